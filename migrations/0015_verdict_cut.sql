-- Purpose: which tree a recorded verdict judged, so that lists can count what came after it (rebuilt by `waybill rebuild`).
-- Lock taken: ACCESS EXCLUSIVE on recorded_verdict, while every row is written once.
-- Breaking: no.

ALTER TABLE recorded_verdict ADD COLUMN cut bigint;
UPDATE recorded_verdict
  SET cut = (convert_from(entry.leaf, 'UTF8')::jsonb -> 'body' ->> 'cut')::bigint
  FROM entry WHERE entry.seq = recorded_verdict.seq;
COMMENT ON COLUMN recorded_verdict.cut IS 'Size of the tree that was judged: entries from there on were not. Filled by waybill rebuild where a replica of an earlier version wrote the row.';
