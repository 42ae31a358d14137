-- Purpose: forget tokens whose MAC does not name the log that they are of; the next start writes a token of the bootstrap administrator.
-- Lock taken: ROW EXCLUSIVE on api_token, for a moment; SHARE UPDATE EXCLUSIVE on api_token, for a moment.
-- Breaking: yes: tokens that an older program issues afterwards are not known to this one, nor the other way round.

DELETE FROM api_token;
COMMENT ON TABLE api_token IS 'Credentials, kept as MACs of the token, of the log that it is of, and of what it stands for, under a key that the database does not have. What a token may do stands in the ledger, in its principal''s grants.';
