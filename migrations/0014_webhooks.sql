-- Purpose: webhooks, how far each has looked at the log, and what is still to be delivered.
-- Lock taken: none on existing tables; creates only.
-- Breaking: no.

CREATE TABLE webhook (
  id text PRIMARY KEY,
  url text NOT NULL,
  title text,
  types text[] NOT NULL,
  repositories text[] NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  cursor bigint NOT NULL,
  disabled_at timestamptz,
  disabled_because text,
  last_delivered_at timestamptz
);
COMMENT ON TABLE webhook IS 'Who is told of what. The cursor is the last entry that was looked at for it.';

CREATE TABLE webhook_secret (
  webhook text NOT NULL REFERENCES webhook ON DELETE CASCADE,
  generation integer NOT NULL,
  mac bytea NOT NULL,
  until timestamptz,
  PRIMARY KEY (webhook, generation)
);
COMMENT ON TABLE webhook_secret IS 'That a secret was given out, never the secret: it is derived under a key that the database does not have, as is the MAC, which binds the webhook.';

CREATE TABLE webhook_delivery (
  webhook text NOT NULL REFERENCES webhook ON DELETE CASCADE,
  id text NOT NULL,
  type text NOT NULL,
  seq bigint NOT NULL,
  occurred_at timestamptz,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'dead')),
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL,
  lease uuid,
  lease_until timestamptz,
  created_at timestamptz NOT NULL,
  settled_at timestamptz,
  last_fault text,
  last_status integer,
  PRIMARY KEY (webhook, id)
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook, due_at) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_newest ON webhook_delivery (webhook, seq DESC, id DESC);
CREATE INDEX webhook_delivery_settled ON webhook_delivery (settled_at) WHERE state <> 'waiting';
COMMENT ON TABLE webhook_delivery IS 'Notices on their way. What is sent is made from the entry at seq each time, and is not kept here.';

GRANT SELECT, INSERT, UPDATE, DELETE ON webhook, webhook_secret, webhook_delivery TO waybill_service;
