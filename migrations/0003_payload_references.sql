-- Purpose: large payloads are written before the append that refers to them; what no entry ever referred to is swept.
-- Lock taken: ACCESS EXCLUSIVE on payload for the time of replacing a trigger; no rewrite.
-- Breaking: no.

CREATE TABLE payload_reference (
  commitment bytea PRIMARY KEY CHECK (octet_length(commitment) = 32),
  seq bigint NOT NULL
);
CREATE INDEX payload_reference_seq ON payload_reference (seq);
COMMENT ON TABLE payload_reference IS 'Projection: which entry refers to a payload. A payload without a line here is an orphan of an append that never was.';

INSERT INTO payload_reference (commitment, seq)
  SELECT decode(convert_from(leaf, 'UTF8')::jsonb #>> '{payload,commitment}', 'hex'), seq FROM entry
  WHERE convert_from(leaf, 'UTF8')::jsonb #>> '{payload,commitment}' IS NOT NULL;

-- An hour is far longer than any append takes, so that nothing under way is ever swept.
CREATE FUNCTION refuse_payload_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.stored_at < clock_timestamp() - interval '1 hour'
    AND NOT EXISTS (SELECT 1 FROM payload_reference WHERE commitment = OLD.commitment) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'payloads are kept: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
DROP TRIGGER payload_fixed ON payload;
CREATE TRIGGER payload_fixed BEFORE UPDATE OR DELETE ON payload FOR EACH ROW EXECUTE FUNCTION refuse_payload_rewrite();
ALTER TABLE payload ENABLE ALWAYS TRIGGER payload_fixed;

-- Runs with the owner's rights: the service's role may not delete, and this deletes orphans only.
CREATE FUNCTION sweep_orphaned_payloads() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
  WITH gone AS (
    DELETE FROM payload p WHERE stored_at < clock_timestamp() - interval '1 hour'
      AND NOT EXISTS (SELECT 1 FROM payload_reference r WHERE r.commitment = p.commitment)
    RETURNING 1
  )
  SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION sweep_orphaned_payloads() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sweep_orphaned_payloads() TO waybill_service;
GRANT SELECT, INSERT ON payload_reference TO waybill_service;
CREATE INDEX payload_stored_at ON payload (stored_at);
