-- Purpose: compare seq and prev inside a leaf with the columns by reading the leaf once, and refuse one that lacks its seq.
-- Lock taken: ACCESS EXCLUSIVE on entry, while every row is read once.
-- Breaking: no.

ALTER TABLE entry
  DROP CONSTRAINT entry_leaf_says_seq,
  DROP CONSTRAINT entry_leaf_says_prev,
  ADD CONSTRAINT entry_leaf_says_place CHECK (CASE
    WHEN prev IS NULL THEN convert_from(leaf, 'UTF8')::jsonb @> jsonb_build_object('seq', seq)
      AND NOT convert_from(leaf, 'UTF8')::jsonb ? 'prev'
    ELSE convert_from(leaf, 'UTF8')::jsonb @> jsonb_build_object('seq', seq, 'prev', encode(prev, 'hex'))
  END);
