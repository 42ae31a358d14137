-- Purpose: repositories by name, and whatever begins with the first characters of a digest, a commit, an id or a name
--   (rebuilt by `waybill rebuild`).
-- Lock taken: SHARE on each table while its index is built: appends wait, reads do not.
-- Breaking: no.

INSERT INTO known_name (area, name, seq)
  SELECT 'repository', repository, min(seq)
  FROM (SELECT repository, seq FROM recorded_subject UNION ALL SELECT repository, seq FROM opened_run) AS named
  WHERE repository <> '' GROUP BY repository
  ON CONFLICT DO NOTHING;

-- Byte by byte, whatever the database sorts by: what begins with some characters is then one range of the index.
CREATE INDEX known_name_prefix ON known_name (area, name COLLATE "C");
CREATE INDEX signed_image_prefix ON signed_image (digest COLLATE "C", repository);
CREATE INDEX image_child_prefix ON image_child (child COLLATE "C", repository);
CREATE INDEX opened_run_prefix ON opened_run (run COLLATE "C");
CREATE INDEX opened_run_commit_prefix ON opened_run (commit COLLATE "C", repository);
CREATE INDEX recorded_waiver_prefix ON recorded_waiver (waiver COLLATE "C") WHERE kind = 'waiver.requested';

-- What a repository holds, and what was judged last in it.
CREATE INDEX signed_image_digests ON signed_image (repository, digest);
CREATE INDEX opened_run_repository ON opened_run (repository, seq);
CREATE INDEX recorded_verdict_repository ON recorded_verdict (repository, seq);
CREATE INDEX recorded_verdict_seq ON recorded_verdict (seq);

CREATE TABLE image_tag (
  tag text NOT NULL,
  repository text NOT NULL,
  digest text NOT NULL,
  seq bigint PRIMARY KEY
);
CREATE INDEX image_tag_prefix ON image_tag (tag COLLATE "C", seq DESC);
COMMENT ON TABLE image_tag IS 'Projection of image.signed: the tag that the signature names by its annotation org.opencontainers.image.ref.name. Filled with what is signed from now on; waybill rebuild fills in what was signed before.';

GRANT SELECT, INSERT ON image_tag TO waybill_service;
