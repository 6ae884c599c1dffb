-- Points, packed (server/points/points.h). An upload writes its points beside each other: one row for each 256 neighbouring
-- series (series id / 256). When a group has many such rows they are folded into blocks of their series.
CREATE TABLE run_points (
  series_group BIGINT NOT NULL,
  run_id       BIGINT NOT NULL REFERENCES run (id),
  at_us        BIGINT NOT NULL, -- the run's
  packed       BLOB NOT NULL,
  PRIMARY KEY (series_group, run_id)
);

-- Points of one series in the order of (at_us, run_id), a part of them in each row; the parts do not overlap.
CREATE TABLE point_block (
  series_id   BIGINT NOT NULL REFERENCES series (id),
  first_at_us BIGINT NOT NULL,
  first_run   BIGINT NOT NULL,
  last_at_us  BIGINT NOT NULL,
  points      BIGINT NOT NULL,
  packed      BLOB NOT NULL,
  PRIMARY KEY (series_id, first_at_us, first_run)
) WITHOUT ROWID;

-- The rows of `point` are packed into blocks by the program, which then drops the table.
