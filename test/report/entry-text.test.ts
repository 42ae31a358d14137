import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { signedText } from '../../src/web/view/entry-text.ts';

test('of an envelope people are shown what it signs, and nothing of a document that is none', () => {
  const statement = '{"predicate":{"critical":1}}';
  const payload = Buffer.from(statement).toString('base64');
  const envelope = { payload, payloadType: 'application/vnd.in-toto+json', signatures: [{ sig: 'AAAA' }] };
  const shown = signedText(encodeUtf8(JSON.stringify(envelope)));
  assert.equal(shown?.type, 'application/vnd.in-toto+json');
  assert.equal(shown?.text, JSON.stringify(JSON.parse(statement), undefined, 2));
  assert.equal(signedText(encodeUtf8(statement)), undefined);
  assert.equal(signedText(encodeUtf8(JSON.stringify({ ...envelope, payload: '*' }))), undefined);
});
