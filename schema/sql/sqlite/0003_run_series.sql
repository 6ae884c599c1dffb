-- Which series a run has points of, in place of an index over all points: ids ascending, LEB128 of each one's distance
-- from the one before. It may name more than there are: a point is looked up by (series, time, run). A run without a
-- row here is older than this table: its points are looked for in all series of its testbed and branch.
CREATE TABLE run_series (
  run_id     BIGINT NOT NULL REFERENCES run (id),
  series_ids BLOB NOT NULL,
  PRIMARY KEY (run_id)
) WITHOUT ROWID;
DROP INDEX point_by_run;

-- From here on the minimum of a point of one sample is stored as 0, which takes no room: it is the value.

-- What a trend says of its runs, side by side in the order of the trend.
DROP INDEX run_by_lane;
CREATE INDEX run_by_lane ON run (project_id, testbed, branch, at_us, id, commit_id, environment_id, suspect);
