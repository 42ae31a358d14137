-- Purpose: keep the sign-ins of browsers, as MACs, so that a cookie is no token and ends by itself.
-- Lock taken: SHARE ROW EXCLUSIVE on api_token, for a moment, by the foreign key; creates otherwise.
-- Breaking: no.

CREATE TABLE browser_session (
  id text PRIMARY KEY,
  hash bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
  token_id text NOT NULL REFERENCES api_token (id) ON DELETE CASCADE,
  principal text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL
);
CREATE INDEX browser_session_principal ON browser_session (principal, created_at);
CREATE INDEX browser_session_token ON browser_session (token_id);
CREATE INDEX browser_session_expiry ON browser_session (expires_at);
COMMENT ON TABLE browser_session IS 'Browsers that are signed in, kept as MACs of the cookie, of the log, and of what it stands for, under a key that the database does not have. A session that ended has no row.';

GRANT SELECT, INSERT, DELETE ON browser_session TO waybill_service;
GRANT UPDATE (seen_at) ON browser_session TO waybill_service;
