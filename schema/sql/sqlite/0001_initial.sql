-- Terms: schema/README.md. Times are microseconds since the Unix epoch, UTC. Text is UTF-8, '' = not stated.
-- AUTOINCREMENT: rows can be deleted by corrections, and the id of a deleted row must not return.

CREATE TABLE project (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT NOT NULL UNIQUE,
  created_us BIGINT NOT NULL,
  default_branch        TEXT NOT NULL DEFAULT '',   -- its runs are the headline of the project; '' = no runs yet
  default_branch_source INTEGER NOT NULL DEFAULT 0, -- who named it: 0 none 1 first run 2 stated 3 usual name 4 CI 5 person
  -- A random number that changes with every change of the project's points, or of what they are judged by except the
  -- policies. What a server caches of the project is valid while this number stays the same.
  revision   BIGINT NOT NULL DEFAULT 0
);

-- Fingerprints of machines: the parts as a JSON object with sorted names, and its SHA-256.
CREATE TABLE environment (
  id         INTEGER PRIMARY KEY,
  project_id BIGINT NOT NULL REFERENCES project (id),
  sha256     TEXT NOT NULL,
  parts_json TEXT NOT NULL,
  UNIQUE (project_id, sha256)
);

-- How the subject was run (engine, model, threads): the parts as a JSON object with sorted names, and its SHA-256.
-- A part of the identity of a series.
CREATE TABLE configuration (
  id         INTEGER PRIMARY KEY,
  project_id BIGINT NOT NULL REFERENCES project (id),
  sha256     TEXT NOT NULL,
  parts_json TEXT NOT NULL,
  UNIQUE (project_id, sha256)
);

-- Facts of the configuration that are not part of the series' identity: they had a new value in nearly every run.
CREATE TABLE unsteady_fact (
  project_id BIGINT NOT NULL REFERENCES project (id),
  name       TEXT NOT NULL,
  since_us   BIGINT NOT NULL,
  PRIMARY KEY (project_id, name)
);

-- Uploads. A run is all rows with the same first_part: one measurement of one commit on one testbed, in one upload or in
-- several. Each row has points of its own.
CREATE TABLE run (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  first_part     BIGINT NOT NULL, -- id of the run's first part; the own id for the first one
  project_id     BIGINT NOT NULL REFERENCES project (id),
  environment_id BIGINT NOT NULL REFERENCES environment (id),
  configuration_id BIGINT NOT NULL REFERENCES configuration (id),
  subject_json   TEXT NOT NULL,   -- object of text: what is measured (engine build, versions)
  purpose        INTEGER NOT NULL, -- 0 trend 1 confirm 2 bisect 3 calibration; only 0 is judged
  run_key        TEXT NOT NULL,   -- what the parts of a run have in common
  shard          TEXT NOT NULL,   -- which part of a matrix this is
  parts_expected BIGINT NOT NULL, -- number of the run's parts; 0 = not stated
  complete       INTEGER NOT NULL, -- of the first part: 1 = no more parts are expected; later parts have 1
  base_branch    TEXT NOT NULL,   -- the branch that this one is judged against
  base_commit    TEXT NOT NULL,   -- the last commit that both branches have
  clock_ahead    INTEGER NOT NULL DEFAULT 0, -- 1: a stated time was ahead of the server's clock; the arrival replaced it
  excluded       TEXT NOT NULL,   -- why a person excluded the run, its points are in excluded_points; '' = it is not
  testbed        TEXT NOT NULL,
  branch         TEXT NOT NULL,
  commit_id      TEXT NOT NULL,
  ci_url         TEXT NOT NULL,
  at_us          BIGINT NOT NULL, -- time in the trend: commit time where stated, else started_us
  started_us     BIGINT NOT NULL,
  received_us    BIGINT NOT NULL,
  identity       TEXT NOT NULL,   -- SHA-256 of content and coordinates, or 'key:' and the client's Idempotency-Key
  content_sha256 TEXT NOT NULL,   -- SHA-256 of content and coordinates; an Idempotency-Key belongs to one of them
  suspect        TEXT NOT NULL,   -- why the run is not judged (busy machine, or a person says so); '' = it is judged
  suspect_reported TEXT NOT NULL DEFAULT '', -- what the report says; the same as suspect unless a person said otherwise
  suspect_by     TEXT NOT NULL DEFAULT '', -- who said otherwise; '' = the report holds
  cases          BIGINT NOT NULL,
  passed         BIGINT NOT NULL,
  failed         BIGINT NOT NULL,
  errored        BIGINT NOT NULL,
  skipped        BIGINT NOT NULL,
  notrun         BIGINT NOT NULL,
  properties     BIGINT NOT NULL,
  points         BIGINT NOT NULL,
  time_seconds   DOUBLE PRECISION NOT NULL,
  warnings_json  TEXT NOT NULL,   -- array of text
  UNIQUE (project_id, identity)
);
-- Finds a run that was sent before with another key, or without one.
CREATE INDEX run_by_content ON run (project_id, content_sha256);
-- The list of runs, newest first.
CREATE INDEX run_by_time ON run (project_id, at_us, id);
-- Holds every column that a trend shows of its runs, so that a trend reads the index alone.
CREATE INDEX run_by_lane ON run (project_id, testbed, branch, at_us, id, commit_id, environment_id, suspect,
  first_part, purpose, excluded);
-- The parts of a run.
CREATE INDEX run_by_first_part ON run (first_part, id);
-- Runs that a new upload may be a part of.
CREATE INDEX run_by_key ON run (project_id, run_key);
CREATE INDEX run_by_commit ON run (project_id, commit_id);
-- Runs that wait for more parts.
CREATE INDEX run_waiting ON run (complete) WHERE complete = 0;

-- The documents as uploaded (those of an archive one by one), zstd.
CREATE TABLE document (
  run_id       BIGINT NOT NULL REFERENCES run (id),
  ordinal      BIGINT NOT NULL, -- from 0, in the order they were read
  name         TEXT NOT NULL,   -- of the file, where the client gave one
  content_type TEXT NOT NULL,
  body_bytes   BIGINT NOT NULL,
  redacted     TEXT NOT NULL DEFAULT '', -- who emptied it and why; '' = it is as it was uploaded
  body_zstd    BLOB NOT NULL,
  PRIMARY KEY (run_id, ordinal)
);

CREATE TABLE test_case (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id BIGINT NOT NULL REFERENCES project (id),
  suite      TEXT NOT NULL,
  classname  TEXT NOT NULL,
  name       TEXT NOT NULL,
  UNIQUE (project_id, name, classname, suite)
);

-- Former names of cases: an upload with this name belongs to the case.
CREATE TABLE case_alias (
  id         INTEGER PRIMARY KEY,
  project_id BIGINT NOT NULL REFERENCES project (id),
  suite      TEXT NOT NULL,
  classname  TEXT NOT NULL,
  name       TEXT NOT NULL,
  case_id    BIGINT NOT NULL REFERENCES test_case (id),
  created_by TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  UNIQUE (project_id, name, classname, suite)
);

-- Former names of testbeds, branches and metrics: an upload with such a name belongs to what `name` names.
CREATE TABLE name_alias (
  id         INTEGER PRIMARY KEY,
  project_id BIGINT NOT NULL REFERENCES project (id),
  kind       INTEGER NOT NULL, -- 1 testbed 2 branch 3 metric
  was        TEXT NOT NULL,
  name       TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  UNIQUE (project_id, kind, was)
);

-- The result of each case in each run, in document order.
CREATE TABLE run_case (
  run_id       BIGINT NOT NULL REFERENCES run (id),
  ordinal      BIGINT NOT NULL,
  case_id      BIGINT NOT NULL, -- no reference: deleting a case would search the whole table
  status       INTEGER NOT NULL, -- 0 passed 1 failed 2 errored 3 skipped 4 notrun
  flaky        INTEGER NOT NULL,
  reruns       INTEGER NOT NULL,
  time_seconds DOUBLE PRECISION, -- NULL = none stated
  message      TEXT NOT NULL,
  PRIMARY KEY (run_id, ordinal)
) WITHOUT ROWID;

CREATE TABLE series (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id   BIGINT NOT NULL REFERENCES project (id),
  case_id      BIGINT NOT NULL REFERENCES test_case (id),
  metric       TEXT NOT NULL,
  testbed      TEXT NOT NULL,
  branch       TEXT NOT NULL,
  configuration_id BIGINT NOT NULL REFERENCES configuration (id),
  purpose      INTEGER NOT NULL, -- of its runs; only the series of 0 (trend) are judged
  unit         TEXT NOT NULL,
  unit_source  INTEGER NOT NULL, -- who said so: 0 inferred from name and value 1 report 2 policy 3 person
  better_lower INTEGER NOT NULL, -- 1 lower is better, 0 higher is better
  better_source INTEGER NOT NULL, -- as unit_source
  points       BIGINT NOT NULL,  -- number of its points
  UNIQUE (project_id, case_id, metric, testbed, branch, configuration_id, purpose)
);

-- The metrics of a project.
CREATE INDEX series_by_metric ON series (project_id, metric);

-- Lanes: testbed and branch of runs with the purpose trend. The transaction that stores a run maintains its lane.
CREATE TABLE lane (
  project_id       BIGINT NOT NULL REFERENCES project (id),
  testbed          TEXT NOT NULL,
  branch           TEXT NOT NULL,
  runs             BIGINT NOT NULL,
  series           BIGINT NOT NULL,
  points           BIGINT NOT NULL,
  first_run        BIGINT NOT NULL,
  last_run         BIGINT NOT NULL, -- first part of the newest run by (at_us, id)
  last_at_us       BIGINT NOT NULL,
  last_started_us  BIGINT NOT NULL,
  last_received_us BIGINT NOT NULL,
  run_times        BLOB NOT NULL,   -- start, arrival and marks of the newest runs (server/store/run_times.h)
  ended_us         BIGINT,          -- NULL = no person ended it
  ended_by         TEXT NOT NULL,   -- name of the token that ended it
  PRIMARY KEY (project_id, testbed, branch)
);
-- The list of lanes, newest first.
CREATE INDEX lane_by_time ON lane (project_id, last_started_us);

-- Common shifts of environments: by how much the series of a lane moved together when an environment first measured
-- them. They separate the effect of a machine from a regression that begins with its first run.
CREATE TABLE environment_shift (
  project_id       BIGINT NOT NULL REFERENCES project (id),
  testbed          TEXT NOT NULL,
  branch           TEXT NOT NULL,
  environment_id   BIGINT NOT NULL REFERENCES environment (id),
  first_run        BIGINT NOT NULL, -- the first run in this environment that is judged; its first part
  first_at_us      BIGINT NOT NULL,
  from_environment BIGINT NOT NULL, -- the environment it is compared with; 0 = none
  shifts_json      TEXT NOT NULL,   -- by quantity: [logarithm of the median ratio, spread, number of series]
  PRIMARY KEY (project_id, testbed, branch, environment_id)
);

-- The newest runs of each lane that are complete and not mostly failed.
CREATE TABLE recent_run (
  project_id BIGINT NOT NULL REFERENCES project (id),
  testbed    TEXT NOT NULL,
  branch     TEXT NOT NULL,
  run_id     BIGINT NOT NULL, -- first part
  PRIMARY KEY (project_id, testbed, branch, run_id)
);

-- Series that the runs of a lane had and that its last 3 whole runs do not have. The row goes when the series is back.
CREATE TABLE vanished_series (
  series_id    BIGINT PRIMARY KEY,
  project_id   BIGINT NOT NULL REFERENCES project (id),
  testbed      TEXT NOT NULL,
  branch       TEXT NOT NULL,
  last_run     BIGINT NOT NULL, -- newest run that had it
  last_at_us   BIGINT NOT NULL,
  due_us       BIGINT NOT NULL, -- it counts as vanished once its lane has a later run
  similar_case BIGINT,          -- case that appeared when it vanished, perhaps its new name; NULL = none
  ended_us     BIGINT,          -- NULL = no person ended it
  ended_by     TEXT NOT NULL
);
-- The vanished series of a project or a lane.
CREATE INDEX vanished_by_lane ON vanished_series (project_id, testbed, branch);

-- Runs at which a person restarted the baseline.
CREATE TABLE baseline_restart (
  id         INTEGER PRIMARY KEY,
  project_id BIGINT NOT NULL REFERENCES project (id),
  run_id     BIGINT NOT NULL REFERENCES run (id),
  series_id  BIGINT REFERENCES series (id), -- NULL: all series that the run has points in
  note       TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_us BIGINT NOT NULL
);
CREATE INDEX baseline_restart_by_project ON baseline_restart (project_id, run_id);

-- Unit and direction that a person stated for all series of a metric, also for those that begin later.
CREATE TABLE metric_statement (
  project_id   BIGINT NOT NULL REFERENCES project (id),
  metric       TEXT NOT NULL,
  unit         TEXT,   -- NULL: not stated
  better_lower BIGINT, -- NULL: not stated
  stated_by    TEXT NOT NULL,
  stated_us    BIGINT NOT NULL,
  PRIMARY KEY (project_id, metric)
);

-- Packed points (docs/format.md). An upload writes one row for each 256 neighbouring series (series id / 256).
-- When a group has many such rows, they are compacted into blocks of their series.
CREATE TABLE run_points (
  series_group BIGINT NOT NULL,
  run_id       BIGINT NOT NULL, -- no reference: deleting a run would search the whole table
  at_us        BIGINT NOT NULL, -- the run's
  packed       BLOB NOT NULL,
  PRIMARY KEY (series_group, run_id)
);

-- The points of excluded runs, packed as in run_points. No trend has them; including the run again returns them.
CREATE TABLE excluded_points (
  run_id       BIGINT NOT NULL REFERENCES run (id),
  series_group BIGINT NOT NULL,
  packed       BLOB NOT NULL,
  PRIMARY KEY (run_id, series_group)
);

-- Points of one series in the order of (at_us, run_id). Each row holds a range of them; ranges do not overlap.
CREATE TABLE point_block (
  series_id   BIGINT NOT NULL REFERENCES series (id),
  first_at_us BIGINT NOT NULL,
  first_run   BIGINT NOT NULL,
  last_at_us  BIGINT NOT NULL,
  points      BIGINT NOT NULL,
  packed      BLOB NOT NULL,
  PRIMARY KEY (series_id, first_at_us, first_run)
) WITHOUT ROWID;

-- The series in which a run has points: ids ascending, LEB128 of the distance of each from the one before. The list may
-- name more series than have points.
CREATE TABLE run_series (
  run_id     BIGINT NOT NULL REFERENCES run (id),
  series_ids BLOB NOT NULL,
  PRIMARY KEY (run_id)
) WITHOUT ROWID;

-- The samples of points that have more than one: little-endian IEEE 754 doubles, in order of occurrence.
CREATE TABLE sample (
  run_id    BIGINT NOT NULL REFERENCES run (id),
  series_id BIGINT NOT NULL, -- no reference: deleting a series would search the whole table
  values_le BLOB NOT NULL,
  PRIMARY KEY (run_id, series_id)
) WITHOUT ROWID;

-- Regressions and improvements with their state. Their statistics are computed from the points when they are shown.
CREATE TABLE regression (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id     BIGINT NOT NULL REFERENCES project (id),
  series_id      BIGINT NOT NULL REFERENCES series (id),
  kind           INTEGER NOT NULL,                    -- 0 a new level, 1 a slow drift, 2 the environment changed
  first_run      BIGINT NOT NULL REFERENCES run (id), -- the first run on the new level
  first_at_us    BIGINT NOT NULL,
  recognised_run BIGINT NOT NULL,                     -- the run that first showed it
  detection_delay_points    BIGINT NOT NULL,                     -- points of the series from the first run to that one
  last_good      BIGINT,                              -- the last accepted run before it
  worse          INTEGER NOT NULL,                    -- 1 regression, 0 improvement
  state          INTEGER NOT NULL,                    -- 0 suspected 1 confirmed 2 acknowledged 3 fixed 4 dismissed 5 noted 6 closed
  reason         TEXT NOT NULL,                       -- why it is in this state, one word
  decided_by     TEXT NOT NULL,                       -- who set the state: 'perftrend' or the name of a token
  held_run       BIGINT,                              -- a person reopened it when this was the project's newest run
  alerting       INTEGER NOT NULL,                    -- 0: its policy is informational, or its case is in quarantine
  policy_version BIGINT NOT NULL,                     -- version of the project's policies that judged it; 0: it has none
  common_shift_run      BIGINT,                              -- the run of the common shift it belongs to; NULL: none
  assignee       TEXT NOT NULL,
  note           TEXT NOT NULL,                       -- the newest note of a person
  link           TEXT NOT NULL,
  level_before   DOUBLE PRECISION NOT NULL,
  level_after    DOUBLE PRECISION NOT NULL,
  explanation    TEXT NOT NULL,
  created_us     BIGINT NOT NULL,
  updated_us     BIGINT NOT NULL,
  confirmed_us   BIGINT                               -- when it was first confirmed, acknowledged or reopened; NULL: never
);
-- The records of a series, which each upload compares with its episodes.
CREATE INDEX regression_by_series ON regression (series_id, first_at_us);
-- Lists of regressions by state, and the series with an unresolved record.
CREATE INDEX regression_by_project ON regression (project_id, state, first_at_us);
-- How many findings begin at a run.
CREATE INDEX regression_by_run ON regression (first_run);

-- Common shifts: runs in which most series moved together. One finding instead of one for each series.
CREATE TABLE common_shift (
  run_id     BIGINT PRIMARY KEY REFERENCES run (id),
  project_id BIGINT NOT NULL REFERENCES project (id),
  worse      INTEGER NOT NULL,
  shifted    BIGINT NOT NULL,           -- number of series that moved in this direction
  judged     BIGINT NOT NULL,           -- number of judged series
  effect     DOUBLE PRECISION NOT NULL, -- median relative change of the shifted series
  confirmed  INTEGER NOT NULL           -- 1: at least half of the shifted series are on a confirmed level
);

-- Policies of a project: what counts as a regression. The newest version applies; older ones stay for reference.
CREATE TABLE policy (
  project_id BIGINT NOT NULL REFERENCES project (id),
  version    BIGINT NOT NULL, -- from 1
  toml       TEXT NOT NULL,   -- [[policy]] tables
  author     TEXT NOT NULL,
  note       TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  PRIMARY KEY (project_id, version)
);

-- Quarantine entries: cases whose timing does not alert. Their points are stored and judged like all others.
CREATE TABLE quarantine (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id   BIGINT NOT NULL REFERENCES project (id),
  case_id      BIGINT NOT NULL REFERENCES test_case (id),
  source       TEXT NOT NULL, -- how it entered: scenario, hand, noise
  reason       TEXT NOT NULL,
  owner        TEXT NOT NULL,
  entered_us   BIGINT NOT NULL,
  entered_run  BIGINT NOT NULL, -- newest run at that time; only later runs count as clean
  entered_by   TEXT NOT NULL,
  stated_run   BIGINT,        -- of source scenario: the newest run whose report stated it
  expires_us   BIGINT,        -- NULL = never; only warns
  clean_runs_required BIGINT NOT NULL, -- consecutive clean runs after which it leaves
  left_us      BIGINT,        -- NULL = it is in quarantine
  left_by      TEXT NOT NULL,
  left_reason  TEXT NOT NULL
);
-- A case has at most one current entry.
CREATE UNIQUE INDEX quarantine_now ON quarantine (case_id) WHERE left_us IS NULL;
-- The list of a project's entries, newest first.
CREATE INDEX quarantine_by_project ON quarantine (project_id, id);

-- Audit trail: every action on regressions, quarantine and policies, and every correction.
CREATE TABLE audit (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id BIGINT REFERENCES project (id), -- NULL = of the whole server: a project was deleted
  at_us      BIGINT NOT NULL,
  actor      TEXT NOT NULL,   -- 'perftrend' or the name of a token
  subject    TEXT NOT NULL,   -- regression, quarantine, policy, run, series, case, testbed, branch, project
  subject_id BIGINT NOT NULL, -- its id; for a policy its version
  action     TEXT NOT NULL,
  from_state TEXT NOT NULL,   -- '' = it was created, or it has no states
  to_state   TEXT NOT NULL,
  note       TEXT NOT NULL,
  link       TEXT NOT NULL
);
-- The audit trail of a project, newest first.
CREATE INDEX audit_by_project ON audit (project_id, id);
-- The actions on one regression, quarantine entry or policy.
CREATE INDEX audit_by_subject ON audit (project_id, subject, subject_id, id);

-- Access tokens. Only the SHA-256 of the secret is stored.
CREATE TABLE token (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,
  project    TEXT NOT NULL, -- a project's name, or '*'
  scope      TEXT NOT NULL, -- read, upload, admin
  sha256     TEXT NOT NULL UNIQUE,
  created_us BIGINT NOT NULL,
  expires_us BIGINT,        -- NULL = never
  revoked_us BIGINT         -- NULL = valid
);
