-- Purpose: say what api_token.hash holds; tokens of before are not known any more, and an administrator issues new ones.
-- Lock taken: SHARE UPDATE EXCLUSIVE on api_token, for a moment.
-- Breaking: no.

COMMENT ON TABLE api_token IS 'Credentials, kept as MACs of the token and of what it stands for, under a key that the database does not have. What a token may do stands in the ledger, in its principal''s grants.';
