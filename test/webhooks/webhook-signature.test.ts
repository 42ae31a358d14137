import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { formatWebhookSecret, signWebhook } from '../../src/core/event/webhook-signature.ts';

/** The vector that the specification's own libraries are tested by. */
const PUBLISHED = {
  secret: Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64'),
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1614265330,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

test('a message is signed as the published vector says', () => {
  const { secret, signature, ...message } = PUBLISHED;
  assert.equal(signWebhook([secret], message), signature);
  assert.equal(formatWebhookSecret(secret), 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
});

test('a library that is not ours accepts what is signed by either of two secrets, and nothing that was changed since', () => {
  const [current, previous, other] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const timestamp = Math.floor(Date.now() / 1_000);
  const message = { id: 'msg_1', timestamp, body: '{"type":"run.expired","data":{"ü":1}}' };
  const headers = {
    'webhook-id': message.id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signWebhook([current, previous], message),
  };
  const isAccepted = (secret: Uint8Array, body = message.body, changed: object = {}) => {
    try {
      new Webhook(formatWebhookSecret(secret)).verify(body, { ...headers, ...changed });
      return true;
    } catch {
      return false;
    }
  };
  assert(isAccepted(current) && isAccepted(previous));
  assert(!isAccepted(other));
  assert(!isAccepted(current, `${message.body} `));
  assert(!isAccepted(current, message.body, { 'webhook-id': 'msg_2' }));
  assert(!isAccepted(current, message.body, { 'webhook-timestamp': String(timestamp + 1) }));
  assert(!isAccepted(current, message.body, { 'webhook-signature': 'v1,AAAA' }));
});
