import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECK_CODES } from '../../src/core/custody/check.ts';
import { isWaivable } from '../../src/core/custody/waived-check.ts';
import { whoCanAct } from '../../src/core/custody/who-can-act.ts';

test('every check that does not pass has somebody and something to do, in words that stand by themselves', () => {
  for (const code of CHECK_CODES) {
    const { who, how } = whoCanAct({ code });
    assert.match(who, /^[A-Z][A-Za-z’, ]+[a-z]$/, code);
    assert.match(how, /^[A-Z].*\.$/, code);
  }
});

test('what two people may waive is nothing that nobody can mend', () => {
  const waivable = CHECK_CODES.filter((code) => isWaivable({ code }));
  assert.ok(waivable.length >= 8);
  for (const code of waivable) assert.doesNotMatch(whoCanAct({ code }).who, /^Nobody/, code);
});
