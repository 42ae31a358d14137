import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAgainstReceipt, viewOfEvidence, viewOfReceipt } from '../../src/core/custody/contradiction.ts';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { imageKey, releaseKey } from '../../src/core/entry/keys.ts';
import { IMAGE, REPOSITORY, sign } from './custody-under-test.ts';
import type { EvidenceOptions, LedgerUnderTest } from './ledger-under-test.ts';
import {
  billOf,
  comparedLedger,
  IN_PRODUCTION,
  inProduction,
  NEWER,
  NEWER_MANIFEST,
  releaseOlder,
} from './previous-under-test.ts';
import { OLDER, release } from './releases-under-test.ts';
import { assertFound, trustOf } from './verify-under-test.ts';

const PRODUCTION = releaseKey(REPOSITORY, 'production');

/** Ways to hide the image of two components that was released before, so that the rule would have nothing to say. */
const HIDDEN: readonly [
  name: string,
  reason: string,
  hide: (seqs: Seqs, ledger: LedgerUnderTest) => EvidenceOptions,
][] = [
  ['its release is left out', 'list/length-differs', ({ released }) => ({ without: [released] })],
  [
    'its release is left out, and the list said to be empty',
    'map/absence-not-shown',
    ({ released }, ledger) => ({
      without: [released],
      edit: claimed(PRODUCTION, 0, ledger.mapProof(releaseKey(REPOSITORY, 'nowhere'))),
    }),
  ],
  [
    'the list is not claimed',
    'list/claim-missing',
    ({ released }) => ({
      without: [released],
      edit: (parts) => ({ ...parts, lists: parts.lists.filter(({ key }) => key !== PRODUCTION) }),
    }),
  ],
  ['what was attested of it is left out', 'list/gap', ({ bill }) => ({ without: [bill] })],
  [
    'its list is not claimed',
    'list/claim-missing',
    () => ({ edit: (parts) => ({ ...parts, lists: parts.lists.filter(({ key }) => key !== imageKey(OLDER)) }) }),
  ],
];

type Seqs = { readonly bill: number; readonly released: number };

function claimed(of: string, n: number, proof: Uint8Array): NonNullable<EvidenceOptions['edit']> {
  return (parts) => ({
    ...parts,
    lists: parts.lists.map((claim) => (claim.key === of ? { ...claim, n, proof } : claim)),
  });
}

for (const [name, reason, hide] of HIDDEN) {
  test(`a previous release cannot be hidden: ${name} (${reason})`, () => {
    const ledger = comparedLedger(3);
    const seqs = releaseOlder(ledger, 2);
    assertFound(inProduction(ledger, hide(seqs, ledger)), 'fail', 'list/complete', reason);
  });
}

test('nor is the one before it put in its place (list/gap, list/length-differs)', () => {
  for (const [later, reason] of [
    [false, 'list/length-differs'],
    [true, 'list/gap'],
  ] as const) {
    const ledger = comparedLedger(3);
    releaseOlder(ledger, 4);
    sign(ledger, NEWER_MANIFEST);
    billOf(ledger, NEWER, 2);
    const newest = release(ledger, { digest: NEWER });
    if (later) release(ledger);
    assertFound(inProduction(ledger), 'fail', 'contract/rule', 'contract/rule-violated');
    // The server shows what it would show had the newest release never been.
    const past = comparedLedger(3);
    releaseOlder(past, 4);
    if (later) release(past);
    const kept = new Set(past.evidence(IN_PRODUCTION).lists.map(({ key }) => key));
    const result = inProduction(ledger, {
      without: [newest, newest - 1, newest - 2],
      edit: (parts) => {
        const older = ledger.evidence({ ...IN_PRODUCTION, subject: NEWER });
        const known = new Set(parts.entries.map(({ entry }) => entry.seq));
        const more = older.entries.filter(({ entry }) => isOfOlder(entry) && !known.has(entry.seq));
        const lists = [...parts.lists, ...older.lists].filter(
          ({ key }, at, all) => kept.has(key) && all.findIndex((one) => one.key === key) === at,
        );
        return { ...parts, entries: [...parts.entries, ...more], lists };
      },
    });
    assertFound(result, 'fail', 'list/complete', reason);
  }
});

function isOfOlder({ keys }: { readonly keys: readonly { readonly key: string }[] }): boolean {
  return keys.some(({ key }) => key === imageKey(OLDER));
}

test('a receipt of an older release does not contradict the end of the list, and one of a hidden release does (map/omission-proved)', () => {
  const ledger = comparedLedger(3);
  const first = release(ledger, { digest: NEWER });
  const { released } = releaseOlder(ledger, 4);
  const keys = trustOf(ledger).logKeys.map(({ key }) => key);
  const against = (seq: number, options: EvidenceOptions) => {
    const evidence = parseEvidence(ledger.evidenceBytes(IN_PRODUCTION, options));
    assert(evidence.ok);
    const [shown, held] = [viewOfEvidence(evidence.value, keys), viewOfReceipt(ledger.receipt(seq), keys)];
    assert(shown.ok && held.ok);
    const checked = checkAgainstReceipt(shown.value, held.value);
    return checked.ok ? undefined : checked.fault.code;
  };
  assert.equal(against(first, {}), undefined);
  assert.equal(against(released, { without: [released] }), 'list/omission-proved');
});

test('every bit of what shows the previous image counts', () => {
  const ledger = comparedLedger(3);
  const { released, bill } = releaseOlder(ledger, 4);
  for (const seq of [released, bill]) {
    const result = inProduction(ledger, {
      edit: (parts) => ({
        ...parts,
        entries: parts.entries.map((one) =>
          one.entry.seq === seq ? { ...one, entry: { ...one.entry, principal: 'shop-cj' } } : one,
        ),
      }),
    });
    assertFound(result, 'fail', 'entry/inclusion', 'merkle/root-mismatch');
  }
  const flipped = inProduction(ledger, {
    edit: (parts) => ({
      ...parts,
      payloads: parts.payloads.map((one) =>
        one.seq === bill ? { ...one, bytes: one.bytes.map((byte, at) => (at === 400 ? byte ^ 1 : byte)) } : one,
      ),
    }),
  });
  assertFound(flipped, 'fail', 'payload/commitment', 'payload/commitment-wrong');
  const end = inProduction(ledger, {
    edit: (parts) => ({
      ...parts,
      lists: parts.lists.map((claim) =>
        claim.key === PRODUCTION ? { ...claim, proof: ledger.mapProof(imageKey(IMAGE)) } : claim,
      ),
    }),
  });
  assert.equal(end.verdict, 'fail');
  assertFound(end, 'fail', 'list/complete', 'list/not-in-map');
});
