import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRecorded } from '../../src/http/recorded-text.ts';

const CHECKPOINT = 'log.example/0123\n7\nAAAA\n\n\u2014 log.example/0123 BBBB\n';

function answerOf(checkpoint: string) {
  const receipt = { type: 'waybill/receipt/v0', entry: { seq: 6, body: { note: '"}' } }, path: ['AA=='], checkpoint };
  return { seq: 6, duplicate: false, receipt, subjects: ['sha256:00'], repository: undefined };
}

test('an answer with a receipt reads as JSON.stringify would write it, in ASCII', () => {
  for (const checkpoint of [
    CHECKPOINT,
    CHECKPOINT.replace('7', '8'),
    CHECKPOINT,
    'no dash',
    '\u2014\u2014 "\\ \u2014',
  ]) {
    const answer = answerOf(checkpoint);
    const text = formatRecorded(answer);
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(answer)));
    assert.match(text, /^[ -~]*$/);
  }
});

test('a receipt of another shape is written as it is', () => {
  for (const receipt of [null, {}, { checkpoint: 1 }, 'text', ['list']]) {
    const answer = { seq: 1, duplicate: true, receipt };
    assert.equal(formatRecorded(answer), JSON.stringify(answer));
  }
});
