-- Purpose: which runs there are and which have ended, for lists and for finding those whose time has passed.
-- Lock taken: none on existing tables; creates only.
-- Breaking: no. A ledger from before holds no runs.

CREATE TABLE opened_run (
  seq bigint PRIMARY KEY,
  run text NOT NULL,
  repository text NOT NULL,
  commit text NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX opened_run_name ON opened_run (run, seq);
CREATE INDEX opened_run_commit ON opened_run (repository, commit, seq);
CREATE INDEX opened_run_expiry ON opened_run (expires_at, run);
COMMENT ON TABLE opened_run IS 'Projection of run.opened. The n-th of a repository and commit is attempt n.';

CREATE TABLE ended_run (
  seq bigint PRIMARY KEY,
  run text NOT NULL,
  outcome text NOT NULL
);
CREATE INDEX ended_run_name ON ended_run (run, seq);
COMMENT ON TABLE ended_run IS 'Projection of run.closed and run.expired.';

GRANT SELECT, INSERT ON opened_run, ended_run TO waybill_service;
