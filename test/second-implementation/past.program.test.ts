import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EvidenceParts } from '../../src/core/custody/evidence.ts';
import type { TrustFile } from '../../src/core/custody/trust-file.ts';
import { attest, custodyLedger, publish, QUESTION, register, revoke } from '../custody/custody-under-test.ts';
import { after } from '../custody/past-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import { compareVerifiers, type EvidenceCase } from './compare-verifiers.ts';
import { skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();

test('two implementations find the same in past states, honest and forged, by either knowledge', { skip }, async () => {
  const ledger = custodyLedger();
  const { size } = ledger;
  revoke(ledger, 'pipeline', ledger.entry(6).time);
  register(ledger, 'late');
  attest(ledger, { stage: 'scan', key: 'late' });
  publish(ledger, { contract: 'more', repositories: ['*'], stages: [] });
  ledger.append({ kind: 'future.kind', principal: 'x', body: null, keys: ['trust', `image:${QUESTION.subject}`] });
  const stranger = custodyLedger({ secret: 'forger' });
  const other = custodyLedger({ origin: 'waybill-other' });
  const reordered = custodyLedger({ stages: ['scan', 'test'] });
  for (const one of [stranger, other, reordered]) assert(one.size >= size);
  const changed =
    (change: Partial<EvidenceParts>) =>
    (parts: EvidenceParts): EvidenceParts => ({ ...parts, ...change });
  const edits: readonly [string, (parts: EvidenceParts) => EvidenceParts][] = [
    ['honest', (parts) => parts],
    ['under other keys', changed({ earlier: stranger.checkpoint(size) })],
    ['of another history', changed({ earlier: reordered.checkpoint(size) })],
    ['of another log', changed({ earlier: other.checkpoint(size) })],
    ['of another size', changed({ earlier: ledger.checkpoint(size - 1) })],
    ['no note', changed({ earlier: 'nothing' })],
    ['no path', changed({ consistency: [] })],
    ['another path', changed({ consistency: ledger.past(size - 3).consistency })],
    ['without its last entry', (parts) => ({ ...parts, entries: parts.entries.filter((_, at) => at !== size - 1) })],
    ['without a note', ({ earlier: _, ...parts }) => parts],
    ['without a path', ({ consistency: _, ...parts }) => parts],
    ['with the present', (parts) => ({ ...parts, question: QUESTION })],
    ['with documents of now', (parts) => ({ ...parts, payloads: ledger.evidence(QUESTION).payloads })],
    ['with a checkpoint that does not open', changed({ checkpoint: stranger.checkpoint() })],
    ['before the state', changed({ checkpoint: ledger.checkpoint(size - 1), consistency: [] })],
    ['of itself', changed({ checkpoint: ledger.checkpoint(size), consistency: [] })],
  ];
  const [key] = trustOf(ledger).logKeys;
  assert(key !== undefined);
  const pins = (root: Uint8Array) => [{ size, root }];
  const trusts: readonly (TrustFile | undefined)[] = [
    undefined,
    trustOf(ledger, { checkpointAgeMaxSeconds: 600 }),
    trustOf(ledger, { pins: pins(ledger.root(size)) }),
    trustOf(ledger, { pins: pins(new Uint8Array(32)), logKeys: [{ ...key, fromSize: size + 1 }] }),
    trustOf(ledger, { pins: pins(new Uint8Array(32)) }),
  ];
  const cases = ['then', 'now'].flatMap((view) =>
    edits.flatMap(([what, edit]) =>
      trusts.flatMap((trust, at): readonly EvidenceCase[] => {
        const question = { ...QUESTION, asOf: { size, view: view as 'then' | 'now' } };
        const bytes = ledger.evidenceBytes(question, { edit });
        const times = [ledger.entry(size - 1).time, ledger.time, after(ledger.time, 86_400_000)];
        const evaluatedAt = times[(at + what.length) % times.length] ?? '';
        const one = { name: `${view} ${what} ${at}`, bytes, evaluatedAt, ...(trust === undefined ? {} : { trust }) };
        return at > 0
          ? [{ ...one, question }]
          : [
              { ...one, question },
              { ...one, question: QUESTION },
            ];
      }),
    ),
  );
  const { differences, verdicts } = await compareVerifiers(cases);
  assert.deepEqual(differences, []);
  assert((verdicts.get('pass') ?? 0) >= 3 && (verdicts.get('refused') ?? 0) >= 20, [...verdicts].join());
});
