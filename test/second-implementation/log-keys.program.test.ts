import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCompleteness, parseCompleteness } from '../../src/core/completeness/completeness.ts';
import { verifyCompleteness } from '../../src/core/completeness/verify-completeness.ts';
import { type TrustFile, trustFileJson } from '../../src/core/custody/trust-file.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { formatReceipt } from '../../src/core/receipt/receipt.ts';
import { CONTROL, controlSet } from '../custody/control-under-test.ts';
import { agreedRotation, rotationByLaterKeys, unagreedRotations } from '../custody/controlled-rotations.ts';
import { attest, custodyLedger, QUESTION } from '../custody/custody-under-test.ts';
import type { Draft, EvidenceOptions, LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { announced, knows, type RotateOptions, rotated, rotateLogKey } from '../custody/log-key-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import { compareVerifiers, type EvidenceCase } from './compare-verifiers.ts';
import { askSecond, base64, skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();

/** What readers bring, who know one key or several, and, where it is told when the old one ended, with sizes, too. */
function readersOf(ledger: LedgerUnderTest, retired?: number): readonly (readonly [string, TrustFile | undefined])[] {
  return [
    ['no key', undefined],
    ['the old key', knows(ledger, { log: {} })],
    ['the new key', knows(ledger, { next: {} })],
    ['both', knows(ledger, { log: {}, next: {} })],
    ...(retired === undefined ? [] : sizedReadersOf(ledger, retired)),
  ];
}

function sizedReadersOf(ledger: LedgerUnderTest, retired: number): readonly (readonly [string, TrustFile])[] {
  return [
    ['the old one to its end', knows(ledger, { log: { toSize: retired } })],
    ['both to the end of one', knows(ledger, { log: { toSize: retired }, next: {} })],
    ['the new one from later on', knows(ledger, { log: {}, next: { fromSize: 1_000 } })],
    ['a stranger', knows(ledger, { stranger: {} })],
  ];
}

const SIGNERS = ['log', ['log', 'next'], ['next', 'log'], ['next'], ['stranger'], ['next', 'stranger']] as const;

function casesOf(name: string, ledger: LedgerUnderTest, retired?: number, more: EvidenceOptions = {}) {
  const cases: EvidenceCase[] = [];
  for (const signedBy of retired === undefined ? SIGNERS.slice(0, 4) : SIGNERS)
    for (const [reader, trust] of readersOf(ledger, retired))
      cases.push({
        name: `${name}, signed by ${signedBy}, ${reader}`,
        bytes: ledger.evidenceBytes(QUESTION, { signedBy, ...more }),
        question: QUESTION,
        evaluatedAt: ledger.time,
        ...(trust === undefined ? {} : { trust }),
      });
  return cases;
}

async function assertAgree(cases: readonly EvidenceCase[], ...verdicts: readonly string[]): Promise<void> {
  const found = await compareVerifiers(cases);
  assert.deepEqual(found.differences, []);
  for (const one of verdicts) assert((found.verdicts.get(one) ?? 0) > 1, [...found.verdicts].join());
}

test('two implementations let the same keys count before, between and after a rotation', { skip }, async () => {
  const { ledger, before, overlap, retired } = rotated();
  await assertAgree(
    [
      ...casesOf('before', ledger, retired, { size: before }),
      ...casesOf('between', ledger, retired, { size: overlap }),
      ...casesOf('after', ledger, retired),
      ...casesOf('without the retirement', ledger, retired, { without: [retired] }),
      ...casesOf('without the first entry', ledger, retired, { without: [0] }),
    ],
    'pass',
    'fail',
  );
});

test('two implementations ask the same of keys of past states', { skip }, async () => {
  const { ledger, before, overlap, retired } = rotated();
  const cases = [before, overlap].flatMap((size) =>
    (['then', 'now'] as const).flatMap((view) =>
      SIGNERS.flatMap((signedBy) =>
        readersOf(ledger, retired).map(([reader, trust]): EvidenceCase => {
          const question = { ...QUESTION, asOf: { size, view } };
          return {
            name: `${size} ${view}, signed by ${signedBy}, ${reader}`,
            bytes: ledger.evidenceBytes(question, { signedBy }),
            question,
            evaluatedAt: ledger.time,
            ...(trust === undefined ? {} : { trust }),
          };
        }),
      ),
    ),
  );
  await assertAgree(cases, 'pass', 'fail');
});

test('two implementations find the same rotations without effect', { skip }, async () => {
  const texts: readonly ((text: string) => string)[] = [
    (text) => text.replace('v1', 'v2'),
    (text) => text.replace('waybill-0123', 'waybill-9123'),
    (text) => text.replace('\n2 ', '\n3 '),
    (text) => text.replace('from ', 'to '),
    (text) => text.trimEnd(),
  ];
  const options: readonly RotateOptions[] = [
    ...texts.map((text) => ({ text })),
    ...[
      ['stranger', 'next'],
      ['log', 'stranger'],
      ['next', 'log'],
    ].map((signedBy) => ({ signedBy })),
  ];
  const again = custodyLedger();
  const first = rotateLogKey(again, ['log'], ['log', 'next']);
  rotateLogKey(again, ['log', 'next'], ['log']);
  again.append({ kind: 'log-key.rotated', principal: 'service', body: again.entry(first).body });
  const back = rotated().ledger;
  rotateLogKey(back, ['next'], ['next', 'log']);
  const stale = rotated().ledger;
  rotateLogKey(stale, ['log', 'next'], ['log']);
  const further = rotated().ledger;
  rotateLogKey(further, ['next'], ['next', 'third']);
  rotateLogKey(further, ['next', 'third'], ['third']);
  attest(further, { stage: 'later' });
  const elsewhere = custodyLedger({ origin: 'waybill-another' });
  const named = ['no key', elsewhere.vkeyOf('next')].map((vkey) =>
    announced({
      entry: {
        alter: (linked) => ({
          ...linked,
          body: { previousLogKeys: [again.vkey], logKeys: [again.vkey, vkey], signatures: [SIGNATURE, SIGNATURE] },
        }),
      },
    }),
  );
  const ledgers: Readonly<Record<string, LedgerUnderTest>> = {
    again,
    back,
    stale,
    further,
    stray: announced({}, { from: ['other'], to: ['other', 'next'] }),
    ...Object.fromEntries(named.map((ledger, index) => [`named ${index}`, ledger])),
    ...Object.fromEntries(options.map((one, index) => [`signed ${index}`, announced(one)])),
  };
  const cases = Object.entries(ledgers).flatMap(([name, ledger]) => casesOf(name, ledger));
  await assertAgree([...cases, ...casesOf('third', further, undefined, { signedBy: ['third'] })], 'pass', 'fail');
});
const SIGNATURE = `${'A'.repeat(86)}==`;

test('two implementations read and refuse the same rotations (entry/body-malformed)', { skip }, async () => {
  const { ledger: keys } = rotated();
  const [a = '', b = '', c = ''] = ['log', 'next', 'third'].map((name) => keys.vkeyOf(name));
  const bodies: readonly (readonly [readonly unknown[], readonly unknown[], readonly unknown[]])[] = [
    [[a], [a, b], [SIGNATURE, SIGNATURE]],
    [[a, b], [b], [SIGNATURE, SIGNATURE]],
    [
      [a, b],
      [a, c],
      [SIGNATURE, SIGNATURE, SIGNATURE],
    ],
    [[a], [a, b], [`${'A'.repeat(85)}B==`, SIGNATURE]],
    [[a], [b], [SIGNATURE, SIGNATURE]],
    [[a], [a], [SIGNATURE]],
    [[a], [b, a], [SIGNATURE, SIGNATURE]],
    [
      [a, b],
      [b, a],
      [SIGNATURE, SIGNATURE],
    ],
    [[a], [a, b], [SIGNATURE]],
    [[a], [a, b], [SIGNATURE, SIGNATURE, SIGNATURE]],
    [[a], [a, a], [SIGNATURE, SIGNATURE]],
    [[a], [a, b, c], [SIGNATURE, SIGNATURE, SIGNATURE]],
    [[], [a], [SIGNATURE]],
    [[a], [], [SIGNATURE]],
    [[1], [1, a], [SIGNATURE, SIGNATURE]],
    [[a], [a, 'x'.repeat(513)], [SIGNATURE, SIGNATURE]],
    [[a], [a, ''], [SIGNATURE, SIGNATURE]],
    [[a], [a, b], [SIGNATURE, SIGNATURE.slice(1)]],
  ];
  const cases = bodies.map(([previousLogKeys, logKeys, signatures], index): EvidenceCase => {
    const ledger = custodyLedger();
    const body = { previousLogKeys, logKeys, signatures };
    ledger.append({ kind: 'log-key.rotated', principal: 'service', body } as Draft);
    const bytes = ledger.evidenceBytes(QUESTION);
    return { name: `body ${index}`, bytes, question: QUESTION, evaluatedAt: ledger.time, trust: trustOf(ledger) };
  });
  const { differences, verdicts } = await compareVerifiers(cases);
  assert.deepEqual(differences, []);
  assert.deepEqual([verdicts.get('fail'), verdicts.get('refused')], [4, 14]);
});

test('two implementations ask control keys for the same rotations (control/missing)', { skip }, async () => {
  const rotations = [agreedRotation(), rotationByLaterKeys(), ...unagreedRotations()];
  const cases = rotations.flatMap(({ ledger }, index) =>
    [['log', 'next'], ['next'], ['log']].flatMap((signedBy) =>
      [
        { ...knows(ledger, { log: {} }), control: CONTROL },
        { ...knows(ledger, { next: {} }), control: CONTROL },
        { ...knows(ledger, { log: {} }), control: controlSet(['mallory'], 1) },
        knows(ledger, { log: {} }),
        undefined,
      ].map((trust, reader): EvidenceCase => {
        const bytes = ledger.evidenceBytes(QUESTION, { signedBy });
        const name = `${index}, signed by ${signedBy}, reader ${reader}`;
        const about = { name, bytes, question: QUESTION, evaluatedAt: ledger.time };
        return trust === undefined ? about : { ...about, trust };
      }),
    ),
  );
  await assertAgree(cases, 'pass', 'fail');
});

test('two implementations are led by the list trust to the same keys', { skip }, async () => {
  const plain = rotated();
  const controlled = [agreedRotation(), ...unagreedRotations()].map(({ ledger }) => ({
    ledger,
    readers: [{}, { control: CONTROL }, { control: controlSet(['mallory'], 1) }].map(
      (brought, index) => [`the old key ${index}`, { ...knows(ledger, { log: {} }), ...brought }] as const,
    ),
  }));
  const logs = [{ ledger: plain.ledger, readers: readersOf(plain.ledger, plain.retired) }, ...controlled];
  const cases = (['trust', `image:${QUESTION.subject}`] as const).flatMap((key) =>
    logs.flatMap(({ ledger, readers }) =>
      SIGNERS.flatMap((signedBy) =>
        readers.map(([reader, trust]) => {
          const { entries, lists, checkpoint, logKey } = ledger.evidence(QUESTION, { signedBy });
          const [proof, commit] = [lists.find((list) => list.key === key)?.proof, entries.at(-1)];
          assert(proof !== undefined && commit !== undefined);
          const list = entries.map(({ entry }) => entry).filter((entry) => entry.keys.some((link) => link.key === key));
          const bytes = encodeUtf8(formatCompleteness({ key, entries: list, proof, commit, checkpoint, logKey }));
          return { name: `${key}, signed by ${signedBy}, ${reader}`, bytes, trust, at: ledger.time };
        }),
      ),
    ),
  );
  const answers = await askSecond(
    cases.map(({ bytes, trust, at }) => ({
      bytes: base64(bytes),
      kind: 'completeness',
      at,
      ...(trust === undefined ? {} : { trust: JSON.stringify(trustFileJson(trust)) }),
    })),
  );
  const words = (checks: readonly object[]) =>
    checks.map((check) => {
      const { code, outcome, reason, seq, key } = check as Readonly<Record<string, unknown>>;
      return [code, outcome, reason, seq, key].map((part) => part ?? '-').join(' ');
    });
  let held = 0;
  for (const [index, { name, bytes, trust, at }] of cases.entries()) {
    const read = parseCompleteness(bytes);
    assert(read.ok);
    const result = verifyCompleteness(read.value, trust, at);
    const { checks = [], assurances } = answers[index] ?? assert.fail();
    assert.deepEqual(words(checks), words(result.checks), name);
    assert.deepEqual(assurances, result.assurances, name);
    held += result.holds ? 1 : 0;
  }
  assert(held > 10 && held < cases.length - 10, String(held));
});

test('receipts verify under a key that signed them, for its sizes alone (checkpoint/log-key-differs)', {
  skip,
}, async () => {
  const { ledger, retired } = rotated();
  const signed = (name: string) => ({
    ...ledger.receipt(8),
    checkpoint: ledger.checkpoint(ledger.size, name),
    logKey: ledger.vkeyOf(name),
  });
  const receipt = (name: string) => base64(encodeUtf8(formatReceipt(signed(name))));
  const evidence = base64(ledger.evidenceBytes(QUESTION, { signedBy: ['next'] }));
  const trust = (...known: Parameters<typeof knows>[1][]) =>
    JSON.stringify(trustFileJson(knows(ledger, Object.assign({}, ...known))));
  const old = trust({ log: {} });
  const ended = trust({ log: { toSize: retired } }, { next: {} });
  const answers = await askSecond([
    { bytes: receipt('next'), trust: old },
    { bytes: receipt('next'), trust: ended },
    { bytes: receipt('log'), trust: ended },
    { bytes: receipt('log'), trust: old },
    { bytes: evidence, trust: old, at: ledger.time, receipts: [receipt('log')] },
    { bytes: evidence, trust: ended, at: ledger.time, receipts: [receipt('log'), receipt('next')] },
  ]);
  assert.deepEqual(
    answers.map(({ verdict, fault, receipts = [] }) => [verdict, fault?.code, ...receipts.map(({ reason }) => reason)]),
    [
      ['refused', 'note/no-known-signature'],
      ['pass', undefined],
      ['refused', 'checkpoint/log-key-differs'],
      ['pass', undefined],
      ['pass', undefined, undefined],
      ['pass', undefined, 'checkpoint/log-key-differs', undefined],
    ],
  );
});
