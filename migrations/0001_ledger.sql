-- Purpose: the append-only, hash-linked ledger: entries, heads, hash tiles, payloads, and the lock that orders writers.
-- Lock taken: none on existing tables; creates only.
-- Breaking: no (first migration).

CREATE TABLE ledger_lock (
  id smallint PRIMARY KEY CHECK (id = 1)
);
COMMENT ON TABLE ledger_lock IS 'One row, never rewritten. Every writer of the ledger and of what is derived from it locks it first.';
INSERT INTO ledger_lock VALUES (1);

CREATE TABLE ledger (
  id smallint PRIMARY KEY CHECK (id = 1),
  origin text NOT NULL UNIQUE
);
COMMENT ON TABLE ledger IS 'The origin of the one log in this database, written with its first entry.';

CREATE TABLE payload (
  commitment bytea PRIMARY KEY CHECK (octet_length(commitment) = 32),
  salt bytea NOT NULL CHECK (octet_length(salt) = 32),
  bytes bytea NOT NULL,
  stored_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE payload ALTER COLUMN bytes SET STORAGE EXTERNAL;
COMMENT ON TABLE payload IS 'What entries commit to, with the salt of the commitment. Outside the entry, so that a payload can be erased while every proof still holds.';

CREATE TABLE entry (
  seq bigint PRIMARY KEY CHECK (seq >= 0 AND seq <= 9007199254740991),
  leaf bytea NOT NULL CHECK (octet_length(leaf) BETWEEN 2 AND 65535),
  hash bytea NOT NULL GENERATED ALWAYS AS (sha256('\x00'::bytea || leaf)) STORED,
  prev bytea,
  prev_seq bigint GENERATED ALWAYS AS (CASE WHEN seq > 0 THEN seq - 1 END) STORED,
  UNIQUE (seq, hash),
  -- MATCH FULL: an entry over 0 without its link, or with half of one, is refused; MATCH SIMPLE would let gaps and forks in.
  FOREIGN KEY (prev_seq, prev) REFERENCES entry (seq, hash) MATCH FULL,
  CONSTRAINT entry_leaf_says_seq CHECK ((convert_from(leaf, 'UTF8')::jsonb ->> 'seq')::bigint = seq),
  CONSTRAINT entry_leaf_says_prev CHECK (convert_from(leaf, 'UTF8')::jsonb ->> 'prev' IS NOT DISTINCT FROM encode(prev, 'hex'))
);
ALTER TABLE entry ALTER COLUMN leaf SET STORAGE EXTERNAL;
COMMENT ON TABLE entry IS 'The leaves of the log: exact canonical bytes, their RFC 6962 leaf hash, and the link to the entry before.';

CREATE TABLE head (
  size bigint PRIMARY KEY CHECK (size > 0),
  root bytea NOT NULL CHECK (octet_length(root) = 32),
  frontier bytea NOT NULL,
  mac bytea NOT NULL CHECK (octet_length(mac) = 32)
);
COMMENT ON TABLE head IS 'One row a committed batch: tree size, root, the frontier that the next batch grows from, and the service''s MAC over them. The newest row is what is signed.';

CREATE TABLE tile (
  level smallint NOT NULL CHECK (level BETWEEN 0 AND 7),
  index bigint NOT NULL CHECK (index >= 0),
  hashes bytea NOT NULL CHECK (octet_length(hashes) = 8192),
  root bytea NOT NULL CHECK (octet_length(root) = 32),
  PRIMARY KEY (level, index)
);
ALTER TABLE tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
COMMENT ON TABLE tile IS 'Full C2SP hash tiles only; root is the one hash that a full tile adds to the level above. Partial tiles are derived on read.';

CREATE TABLE list_entry (
  key text NOT NULL,
  n bigint NOT NULL CHECK (n > 0),
  seq bigint NOT NULL,
  PRIMARY KEY (key, n)
);
CREATE INDEX list_entry_seq ON list_entry (seq);
COMMENT ON TABLE list_entry IS 'Projection: which entry is the n-th under a key. Rebuilt from entries; what it says is checked against the links inside them.';

CREATE TABLE submission (
  identity bytea PRIMARY KEY CHECK (octet_length(identity) = 32),
  seq bigint NOT NULL
);
COMMENT ON TABLE submission IS 'Projection for retries: which entry a submission became. Only ever answers a repeated submission with its first receipt.';

CREATE FUNCTION refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION refuse_rewrite();
CREATE TRIGGER entry_no_truncate BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
CREATE TRIGGER head_append_only BEFORE UPDATE OR DELETE ON head FOR EACH ROW EXECUTE FUNCTION refuse_rewrite();
CREATE TRIGGER head_no_truncate BEFORE TRUNCATE ON head FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
CREATE TRIGGER tile_append_only BEFORE UPDATE OR DELETE ON tile FOR EACH ROW EXECUTE FUNCTION refuse_rewrite();
CREATE TRIGGER tile_no_truncate BEFORE TRUNCATE ON tile FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger FOR EACH ROW EXECUTE FUNCTION refuse_rewrite();
CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
CREATE TRIGGER ledger_lock_fixed BEFORE UPDATE OR DELETE ON ledger_lock FOR EACH ROW EXECUTE FUNCTION refuse_rewrite();
CREATE TRIGGER payload_fixed BEFORE UPDATE OR DELETE ON payload FOR EACH ROW EXECUTE FUNCTION refuse_rewrite();
CREATE TRIGGER payload_no_truncate BEFORE TRUNCATE ON payload FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
-- ALWAYS: also in a session that sets session_replication_role = replica.
ALTER TABLE entry ENABLE ALWAYS TRIGGER entry_append_only;
ALTER TABLE entry ENABLE ALWAYS TRIGGER entry_no_truncate;
ALTER TABLE head ENABLE ALWAYS TRIGGER head_append_only;
ALTER TABLE head ENABLE ALWAYS TRIGGER head_no_truncate;
ALTER TABLE tile ENABLE ALWAYS TRIGGER tile_append_only;
ALTER TABLE tile ENABLE ALWAYS TRIGGER tile_no_truncate;
ALTER TABLE ledger ENABLE ALWAYS TRIGGER ledger_append_only;
ALTER TABLE ledger ENABLE ALWAYS TRIGGER ledger_no_truncate;
ALTER TABLE ledger_lock ENABLE ALWAYS TRIGGER ledger_lock_fixed;
ALTER TABLE payload ENABLE ALWAYS TRIGGER payload_fixed;
ALTER TABLE payload ENABLE ALWAYS TRIGGER payload_no_truncate;

-- The service appends and reads. SELECT … FOR UPDATE on the lock row needs the UPDATE right; the trigger refuses a real one.
GRANT SELECT, UPDATE ON ledger_lock TO waybill_service;
GRANT SELECT, INSERT ON ledger, payload, entry, head, tile, list_entry, submission TO waybill_service;
