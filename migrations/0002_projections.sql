-- Purpose: what lists and lookups read beside the ledger (rebuilt by `waybill rebuild`), and the API tokens.
-- Lock taken: none on existing tables; creates only.
-- Breaking: no.

CREATE TABLE signed_image (
  digest text NOT NULL,
  repository text NOT NULL,
  seq bigint NOT NULL,
  media_type text NOT NULL,
  shape text NOT NULL,
  signed_at timestamptz NOT NULL,
  PRIMARY KEY (digest, repository, seq)
);
CREATE INDEX signed_image_newest ON signed_image (seq DESC);
CREATE INDEX signed_image_repository ON signed_image (repository, seq DESC);
COMMENT ON TABLE signed_image IS 'Projection of image.signed.';

CREATE TABLE image_child (
  child text NOT NULL,
  parent text NOT NULL,
  repository text NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (child, parent, repository, seq)
);
COMMENT ON TABLE image_child IS 'Projection of image.signed: which index contains which image.';

CREATE TABLE recorded_subject (
  subject text NOT NULL,
  repository text NOT NULL,
  seq bigint NOT NULL,
  stage text,
  PRIMARY KEY (subject, repository, seq)
);
COMMENT ON TABLE recorded_subject IS 'Projection: in which repositories a subject is known, and by which entries.';

CREATE TABLE known_name (
  area text NOT NULL,
  name text NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (area, name)
);
COMMENT ON TABLE known_name IS 'Projection: the signers, contracts and principals that have a list, by the entry that began it; for listing them page by page.';

CREATE TABLE recorded_verdict (
  digest text NOT NULL,
  repository text NOT NULL,
  seq bigint NOT NULL,
  verdict text NOT NULL,
  PRIMARY KEY (digest, repository, seq)
);
COMMENT ON TABLE recorded_verdict IS 'Projection of verdict.recorded: what a list of images shows beside each. No verdict is computed from it.';

CREATE TABLE api_token (
  id text PRIMARY KEY,
  hash bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
  principal text NOT NULL,
  title text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE INDEX api_token_principal ON api_token (principal, id);
COMMENT ON TABLE api_token IS 'Credentials, kept as SHA-256 of the token. What a token may do stands in the ledger, in its principal''s grants.';

GRANT SELECT, INSERT ON signed_image, image_child, recorded_subject, known_name, recorded_verdict TO waybill_service;
GRANT SELECT, INSERT, UPDATE ON api_token TO waybill_service;
