-- Purpose: what lists of waivers read beside the ledger (rebuilt by `waybill rebuild`).
-- Lock taken: none on existing tables; creates only.
-- Breaking: no.

CREATE TABLE recorded_waiver (
  waiver text NOT NULL,
  seq bigint NOT NULL,
  kind text NOT NULL,
  repository text NOT NULL,
  digest text NOT NULL,
  recorded_at timestamptz NOT NULL,
  expires text COLLATE "C",
  break_glass boolean,
  PRIMARY KEY (waiver, seq)
);
CREATE INDEX recorded_waiver_seq ON recorded_waiver (seq);
CREATE INDEX recorded_waiver_repository ON recorded_waiver (repository, seq) WHERE kind = 'waiver.requested';
CREATE INDEX recorded_waiver_digest ON recorded_waiver (digest, seq) WHERE kind = 'waiver.requested';
COMMENT ON TABLE recorded_waiver IS 'Projection of waiver.requested, waiver.approved and waiver.revoked: which waivers there are, and where each stands. No verdict is computed from it.';

GRANT SELECT, INSERT ON recorded_waiver TO waybill_service;
