-- Purpose: which subjects rest on a signer, from an entry on, for `waybill signer impact` (rebuilt by `waybill rebuild`).
-- Lock taken: ACCESS EXCLUSIVE on recorded_subject, while every row is written once and an index is built.
-- Breaking: no.

ALTER TABLE recorded_subject ADD COLUMN signer bigint;
UPDATE recorded_subject
  SET signer = ('x' || substr(convert_from(entry.leaf, 'UTF8')::jsonb ->> 'signer', 1, 16))::bit(64)::bigint
  FROM entry WHERE entry.seq = recorded_subject.seq;
CREATE INDEX recorded_subject_signer ON recorded_subject (signer, seq) WHERE signer IS NOT NULL;
COMMENT ON COLUMN recorded_subject.signer IS 'First 8 bytes of the id of the signer that the entry names; which entry it is decides. No verdict is computed from it.';
