import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trustFileJson } from '../../src/core/custody/trust-file.ts';
import { attest, CONTRACT, publish, QUESTION } from '../custody/custody-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import { approve, request, unscannedLedger } from '../custody/waivers-under-test.ts';
import { compareVerifiers } from './compare-verifiers.ts';
import { askSecond, base64, skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();

/** The scan is missing, and a waiver of this check and rule or limit is approved. */
function waiving(check: string, rule?: string) {
  const ledger = unscannedLedger();
  request(ledger, { check, stage: null, ...(rule === undefined ? {} : { rule }) });
  approve(ledger);
  return ledger;
}

test('two implementations read a waiver that names a limit, and refuse the same names (entry/body-malformed)', {
  skip,
}, async () => {
  const names = [
    'layersMax',
    'componentsmax',
    'A',
    'Layers',
    '-a',
    'a_B-9.z',
    'a b',
    '',
    'a'.repeat(64),
    'a'.repeat(65),
  ];
  const cases = names.map((name) => {
    const ledger = waiving('contract/limits', name);
    const bytes = ledger.evidenceBytes(QUESTION);
    return { name, bytes, question: QUESTION, evaluatedAt: ledger.time, trust: trustOf(ledger) };
  });
  const { differences, verdicts } = await compareVerifiers(cases);
  assert.deepEqual(differences, []);
  assert.deepEqual([verdicts.get('fail'), verdicts.get('refused')], [4, 6]);
});

test('a waiver of a limit that the second implementation cannot evaluate waives nothing (custody/not-judged)', {
  skip,
}, async () => {
  const ledger = unscannedLedger(['test', 'scan']);
  publish(ledger, { ...CONTRACT, limits: { componentsMax: 3 } }, { version: 2, previous: CONTRACT.repositories });
  // Its components are not read here.
  attest(ledger, { stage: 'sbom', type: 'cyclonedx-xml' });
  request(ledger, { check: 'contract/limits', stage: null, rule: 'componentsMax' });
  approve(ledger);
  const trust = JSON.stringify(trustFileJson(trustOf(ledger)));
  const [answer] = await askSecond([{ bytes: base64(ledger.evidenceBytes(QUESTION)), trust, at: ledger.time }]);
  assert.equal(answer?.verdict, 'not-judged');
  assert.deepEqual(
    answer.checks.filter(({ outcome }) => outcome !== 'pass').map(({ code, reason }) => [code, reason]),
    [['contract/limits', 'custody/not-judged']],
  );
});
