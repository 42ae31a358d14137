import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contract } from '../../src/core/contract/contract.ts';
import { trustFileJson } from '../../src/core/custody/trust-file.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { imageKey, releaseKey } from '../../src/core/entry/keys.ts';
import { formatReceipt } from '../../src/core/receipt/receipt.ts';
import { attest, IMAGE, indexManifest, QUESTION, REPOSITORY, sign } from '../custody/custody-under-test.ts';
import type { EvidenceOptions, LedgerUnderTest } from '../custody/ledger-under-test.ts';
import {
  billOf,
  comparedLedger,
  IN_PRODUCTION,
  NEWER,
  NEWER_MANIFEST,
  releaseOlder,
  SMALLER,
} from '../custody/previous-under-test.ts';
import { OLDER, OLDER_MANIFEST, release, retire } from '../custody/releases-under-test.ts';
import { close, open, RUN } from '../custody/run-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import { seededRandom } from '../soak/soak-run.ts';
import { compareVerifiers, type EvidenceCase } from './compare-verifiers.ts';
import { askSecond, base64, skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();
const STAGING = 'shop/staging';
const PRODUCTION = releaseKey(REPOSITORY, 'production');

/** Evidence that shows what was released to production before, now or as of a past state, and its reader. */
function caseOf(
  name: string,
  ledger: LedgerUnderTest,
  options: EvidenceOptions = {},
  question = IN_PRODUCTION,
): EvidenceCase {
  const bytes = ledger.evidenceBytes(question, options);
  return { name, bytes, question, evaluatedAt: ledger.time, trust: trustOf(ledger) };
}

function casesOf(name: string, ledger: LedgerUnderTest): readonly EvidenceCase[] {
  const seqs = Array.from({ length: ledger.size }, (_, seq) => seq);
  const states = seqs.filter((seq) => ledger.entry(seq).kind === 'map.committed');
  const past = (['then', 'now'] as const).map((view) =>
    caseOf(`${name}, ${view}`, ledger, {}, { ...IN_PRODUCTION, asOf: { size: (states.at(-2) ?? 0) + 1, view } }),
  );
  const elsewhere = { ...IN_PRODUCTION, environment: 'test' };
  return [caseOf(name, ledger), ...past, caseOf(`${name}, elsewhere`, ledger, {}, elsewhere)];
}

type Step = (ledger: LedgerUnderTest) => unknown;

function ledgerOf(contract: Contract, ...steps: readonly Step[]): LedgerUnderTest {
  const ledger = comparedLedger(3, contract);
  assert(ledger.size > 0);
  for (const step of steps) step(ledger);
  return ledger;
}

const older: Step = (ledger) => releaseOlder(ledger, 4);
const newer: Step = (ledger) => [
  sign(ledger, NEWER_MANIFEST),
  billOf(ledger, NEWER, 5),
  release(ledger, { digest: NEWER }),
];

test('two implementations need the same of the image that was released before', { skip }, async () => {
  const ledgers: Readonly<Record<string, LedgerUnderTest>> = {
    nothing: ledgerOf(SMALLER),
    older: ledgerOf(SMALLER, older),
    'older, newer': ledgerOf(SMALLER, older, newer),
    'older, itself, newer': ledgerOf(SMALLER, older, (ledger) => release(ledger), newer),
    'older, newer, itself': ledgerOf(SMALLER, older, newer, (ledger) => release(ledger)),
    'released twice': ledgerOf(
      SMALLER,
      older,
      older,
      (ledger) => release(ledger),
      (ledger) => release(ledger),
    ),
    'retired there': ledgerOf(
      SMALLER,
      older,
      (ledger) => release(ledger),
      (ledger) => retire(ledger, { environment: 'production' }),
    ),
    'itself alone': ledgerOf(SMALLER, (ledger) => release(ledger)),
    'the older retired': ledgerOf(SMALLER, older, (ledger) =>
      retire(ledger, { digest: OLDER, environment: 'production' }),
    ),
    'by nobody': ledgerOf(SMALLER, older, (ledger) => release(ledger, { digest: OLDER, by: 'nobody' })),
    'an index above': ledgerOf(SMALLER, older, (ledger) => sign(ledger, indexManifest([OLDER_MANIFEST]))),
    'a run of it': ledgerOf(
      SMALLER,
      (ledger) => open(ledger),
      (ledger) => sign(ledger, OLDER_MANIFEST, { entry: { run: RUN } }),
      (ledger) => close(ledger, 'failed'),
      (ledger) => release(ledger, { digest: OLDER }),
    ),
    promoted: ledgerOf(
      { ...SMALLER, from: [STAGING] },
      (ledger) => sign(ledger, OLDER_MANIFEST, { repository: STAGING }),
      (ledger) => billOf(ledger, OLDER, 4, { repository: STAGING }),
      (ledger) => release(ledger, { digest: OLDER }),
    ),
  };
  const cases = Object.entries(ledgers).flatMap(([name, ledger]) => casesOf(name, ledger));
  const { differences, verdicts } = await compareVerifiers(cases);
  assert.deepEqual(differences, []);
  for (const verdict of ['pass', 'fail']) assert((verdicts.get(verdict) ?? 0) > 1, [...verdicts].join());
});

test('two implementations see the same where what was released before is hidden', { skip }, async () => {
  const ledger = ledgerOf(SMALLER, older, newer, (one) => release(one), older);
  const all = Array.from({ length: ledger.size }, (_, seq) => seq);
  const claim = (key: string, change: (n: number) => number | undefined): EvidenceOptions => ({
    edit: (parts) => ({
      ...parts,
      lists: parts.lists.flatMap((list) => {
        const n = list.key === key ? change(list.n) : list.n;
        return n === undefined ? [] : [{ ...list, n }];
      }),
    }),
  });
  const cases = [
    ...all.map((seq) => caseOf(`without ${seq}`, ledger, { without: [seq] })),
    ...all.map((seq) => caseOf(`without the payload of ${seq}`, ledger, { withoutPayloads: [seq] })),
    ...[PRODUCTION, imageKey(OLDER), imageKey(IMAGE)].flatMap((key) =>
      [(n: number) => n - 1, (n: number) => n + 1, () => 0, () => undefined].map((change, index) =>
        caseOf(`${key} ${index}`, ledger, claim(key, change)),
      ),
    ),
    caseOf('all of the list', ledger, { keys: [PRODUCTION] }),
    { ...caseOf('answers more', ledger), question: QUESTION },
    { ...caseOf('answers for elsewhere', ledger), question: { ...IN_PRODUCTION, environment: 'test' } },
  ];
  const { differences, verdicts } = await compareVerifiers(cases);
  assert.deepEqual(differences, []);
  assert((verdicts.get('fail') ?? 0) > 10, [...verdicts].join());
});

test('two implementations agree on what random people release', { skip }, async () => {
  const random = seededRandom(37);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const digests = [IMAGE, OLDER, NEWER];
  const cases = Array.from({ length: 40 }, (_, index) => {
    const ledger = ledgerOf(SMALLER);
    for (let step = 0; step < 10; step += 1) {
      const [environment, digest] = [pick(['production', 'production', 'test']), pick(digests)];
      if (random() < 0.6)
        release(ledger, { digest, environment, by: pick(['anna', 'anna', 'anna', 'anna', 'nobody']) });
      else if (random() < 0.3) retire(ledger, { digest, environment });
      else if (random() < 0.5) sign(ledger, pick([OLDER_MANIFEST, NEWER_MANIFEST]));
      else assert(ledger.size > 0);
    }
    return pick(casesOf(`random ${index}`, ledger));
  });
  const { differences, verdicts } = await compareVerifiers(cases);
  assert.deepEqual(differences, []);
  for (const verdict of ['pass', 'fail']) assert((verdicts.get(verdict) ?? 0) > 1, [...verdicts].join());
});

test('where a bill of the image before is not read here, a rule that compares is not judged (custody/not-judged)', {
  skip,
}, async () => {
  const ledger = ledgerOf(SMALLER, older, (one) => attest(one, { digest: OLDER, stage: 'scan', type: 'trivy' }));
  const trust = JSON.stringify(trustFileJson(trustOf(ledger)));
  const [answer] = await askSecond([{ bytes: base64(ledger.evidenceBytes(IN_PRODUCTION)), trust, at: ledger.time }]);
  assert.equal(answer?.verdict, 'not-judged');
  assert.deepEqual(
    answer.checks.filter(({ outcome }) => outcome !== 'pass').map(({ code, reason }) => [code, reason]),
    [['contract/rule', 'custody/not-judged']],
  );
});

test('a release before the end of a list that is shown is no omission, and one in it is (list/omission-proved)', {
  skip,
}, async () => {
  const ledger = ledgerOf(SMALLER);
  const { released: first } = releaseOlder(ledger, 4);
  sign(ledger, NEWER_MANIFEST);
  release(ledger, { digest: NEWER });
  const last = retire(ledger, { digest: NEWER, environment: 'production' });
  const receiptOf = (seq: number) => base64(encodeUtf8(formatReceipt(ledger.receipt(seq))));
  const trust = JSON.stringify(trustFileJson(trustOf(ledger)));
  const shown = (options: EvidenceOptions) => base64(ledger.evidenceBytes(IN_PRODUCTION, options));
  const answers = await askSecond([
    { bytes: shown({}), trust, at: ledger.time, receipts: [receiptOf(first), receiptOf(last)] },
    { bytes: shown({ without: [last] }), trust, at: ledger.time, receipts: [receiptOf(first), receiptOf(last)] },
  ]);
  assert.deepEqual(
    answers.map(({ receipts }) => receipts?.map(({ reason }) => reason)),
    [
      [undefined, undefined],
      [undefined, 'list/omission-proved'],
    ],
  );
});
