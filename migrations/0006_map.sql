-- Purpose: the Merkle Patricia map over all lists, cut into 65,536 buckets; each head commits to its root.
-- Lock taken: ACCESS EXCLUSIVE on head, for a moment; creates the rest.
-- Breaking: yes: programs before it write heads without the map's root, and are refused. A ledger with entries of version 0
--   is refused before this runs, and stays as it is: its hashes would be others.

ALTER TABLE head ADD COLUMN map_root bytea NOT NULL CHECK (octet_length(map_root) = 32);
COMMENT ON TABLE head IS 'One row a committed batch: tree size, root, the frontier that the next batch grows from, the root of the map, and the service''s MAC over them. The newest row is what is signed.';

-- A page is written again whenever one of its keys moves: room for the new version beside the old one, and no index on what
-- changes, so that no index is written.
CREATE TABLE map_page (
  bucket integer PRIMARY KEY CHECK (bucket BETWEEN 0 AND 65535),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  body bytea NOT NULL CHECK (octet_length(body) > 0 AND octet_length(body) % 80 = 0)
) WITH (fillfactor = 50);
ALTER TABLE map_page ALTER COLUMN body SET STORAGE EXTERNAL;
COMMENT ON TABLE map_page IS 'Projection: keys and values of the map whose keys begin with the bucket''s two bytes, and what they hash to. Rebuilt from entries; checked against the newest head before anything is proved or signed from it.';

CREATE TABLE map_delta (
  size bigint PRIMARY KEY CHECK (size > 0),
  changes bytea NOT NULL CHECK (octet_length(changes) % 34 = 0)
);
ALTER TABLE map_delta ALTER COLUMN changes SET STORAGE EXTERNAL;
COMMENT ON TABLE map_delta IS 'Buckets that the batch up to this size changed: number (2 bytes) and hash (32) of each. Replicas follow by it; old rows go, and who lacks one reads all buckets.';

GRANT SELECT, INSERT, UPDATE ON map_page TO waybill_service;
GRANT SELECT, INSERT, DELETE ON map_delta TO waybill_service;
