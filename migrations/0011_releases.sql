-- Purpose: what lists of releases read beside the ledger (rebuilt by `waybill rebuild`).
-- Lock taken: none on existing tables; creates only.
-- Breaking: no.

CREATE TABLE recorded_release (
  seq bigint PRIMARY KEY,
  kind text NOT NULL,
  repository text NOT NULL,
  digest text NOT NULL,
  environment text
);
CREATE INDEX recorded_release_place ON recorded_release (repository, environment, seq);
CREATE INDEX recorded_release_digest ON recorded_release (digest, repository, seq);
COMMENT ON TABLE recorded_release IS 'Projection of image.released and image.retired: what was released where, and what ended. No verdict is computed from it.';

GRANT SELECT, INSERT ON recorded_release TO waybill_service;
