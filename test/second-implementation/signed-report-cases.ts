import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { Json } from '../../src/core/encoding/json.ts';
import { completenessBytes } from '../completeness/completeness-under-test.ts';
import { custodyLedger, register, revoke } from '../custody/custody-under-test.ts';
import type { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { rotate } from '../custody/rotation-under-test.ts';
import { type ReportOptions, signedReportBytes } from '../report/signed-report-under-test.ts';
import {
  changed,
  changedProof,
  type Members,
  otherDigit,
  type Payload,
  type Proof,
  type Sign,
} from './changed-report.ts';
import type { ReportCase } from './report-case.ts';
import { reportEvidenceCases } from './report-evidence-cases.ts';

const BEFORE = '2026-03-01T12:00:00.000Z';
const LATER = '2030-01-01T00:00:00.000Z';
const NEXT = { signedBy: 'next', shown: ['next', 'verdict'] };

type Step = (ledger: LedgerUnderTest) => unknown;

function ledgerOf(...steps: readonly Step[]): LedgerUnderTest {
  const ledger = custodyLedger();
  for (const step of steps) step(ledger);
  return ledger;
}

function follow(until = LATER, old = 'verdict', successor = 'next', by = 'service'): Step {
  return (ledger) => rotate(ledger, old, successor, { by, until, repositories: ['*'] });
}

/** Revoked from so many milliseconds after the entry before the one that says so. */
function revokedBy(after: number, name = 'verdict'): Step {
  return (ledger) => revoke(ledger, name, new Date(Date.parse(ledger.time) + after).toISOString());
}

/** Revoked from so many milliseconds after the entry that says so. */
function revokedFrom(after: number): Step {
  return (ledger) => revoke(ledger, 'verdict', new Date(Date.parse(ledger.time) + 60_000 + after).toISOString());
}

const ends: Step = (ledger) => revoke(ledger, 'verdict', BEFORE);

function caseOf(name: string, expected: string, ledger: LedgerUnderTest, options: ReportOptions = {}): ReportCase {
  return { name, expected, bytes: signedReportBytes(ledger, options), logKey: ledger.vkey };
}

/** Of one key and its list. */
function keyCases(): readonly ReportCase[] {
  const plain = ledgerOf();
  const other = custodyLedger({ secret: 'other' });
  const short = (parts: { entries: readonly unknown[] }) => ({ ...parts, entries: parts.entries.slice(0, 1) });
  const revoked = ledgerOf(ends);
  const list = `signer:${revoked.key('verdict').signer}`;
  const cut = JSON.parse(Buffer.from(completenessBytes(revoked, list, short as never)).toString('utf8')) as Json;
  const past = { evaluatedAt: BEFORE };
  return [
    caseOf('nothing wrong', 'pass', plain),
    { ...caseOf('another log key', 'note/no-known-signature', plain), logKey: other.vkey },
    caseOf('lists of another log', 'signer/not-registered', plain, { listsOf: other }),
    caseOf('a key of another use', 'signer/not-registered', plain, { signedBy: 'image' }),
    caseOf('a key of a pipeline', 'signer/not-registered', plain, { signedBy: 'pipeline' }),
    caseOf('a key that nobody registered', 'signer/not-registered', plain, { signedBy: 'nobody' }),
    caseOf('the list of another key', 'signer/not-registered', plain, { shown: ['image'] }),
    caseOf('a list too many', 'signer/not-registered', plain, { shown: ['verdict', 'image'] }),
    caseOf('one list twice', 'signer/not-registered', plain, { shown: ['verdict', 'verdict'] }),
    caseOf(
      'by an administrator',
      'signer/not-registered',
      ledgerOf((one) => register(one, 'my', { use: 'verdict' })),
      {
        signedBy: 'my',
      },
    ),
    caseOf('revoked before', 'signer/revoked', revoked),
    caseOf('revoked before, made before', 'signer/revoked', revoked, past),
    caseOf('shown as it was before the revocation', 'pass', revoked, { listsOf: plain }),
    {
      ...caseOf('the revocation left out', 'list/not-in-map', revoked),
      bytes: changed(signedReportBytes(revoked), revoked.key('verdict').sign, ({ signer }) => {
        signer.lists = [cut];
      }),
    },
    caseOf('revoked from now on', 'signer/revoked', ledgerOf(revokedFrom(0))),
    caseOf('revoked from then on', 'pass', ledgerOf(revokedFrom(1))),
    caseOf('revoked from then on, made later', 'signer/revoked', ledgerOf(revokedFrom(1)), { evaluatedAt: LATER }),
    caseOf('a report that fails', 'fail', ledgerOf(), past),
    caseOf(
      'a checkpoint from the future',
      'checkpoint/from-the-future',
      ledgerOf((ledger) => register(ledger, 'late', { entry: { time: '2099-01-01T00:00:00.000Z' } })),
      past,
    ),
  ];
}

/** Of keys that follow one another. */
function rotationCases(): readonly ReportCase[] {
  const going = ledgerOf(follow());
  const twice = ledgerOf(follow(), follow(LATER, 'next', 'third'));
  const both = (signedBy: string, ...shown: readonly string[]) => ({ signedBy, shown: [signedBy, ...shown] });
  const registered = 'signer/not-registered';
  return [
    caseOf('the old key in the overlap', 'pass', going),
    caseOf('the old key at its end', 'signer/rotated', going, { evaluatedAt: LATER }),
    caseOf('the old key after the overlap', 'signer/rotated', ledgerOf(follow(BEFORE))),
    caseOf('the new key', 'pass', going, NEXT),
    caseOf('the new key without the list of the old', registered, going, both('next')),
    caseOf('the new key, lists the other way round', registered, going, { ...NEXT, shown: ['verdict', 'next'] }),
    caseOf('the new key beside another', registered, going, both('next', 'image')),
    caseOf('the new key, and one list more', registered, going, both('next', 'verdict', 'image')),
    caseOf('the old key as the one that follows', registered, going, both('verdict', 'next')),
    caseOf('the third key', 'pass', twice, both('third', 'next', 'verdict')),
    caseOf('the third key without the second', registered, twice, both('third', 'verdict')),
    caseOf('an administrator says who follows', registered, ledgerOf(follow(LATER, 'verdict', 'next', 'root')), NEXT),
    caseOf('follows a key of another use', registered, ledgerOf(follow(LATER, 'image')), both('next', 'image')),
    caseOf(
      'the new key is revoked',
      'signer/revoked',
      ledgerOf(follow(), (one) => revoke(one, 'next', BEFORE)),
      NEXT,
    ),
    caseOf('the old key is revoked since', 'pass', ledgerOf(follow(), revokedFrom(0)), NEXT),
    caseOf('revoked, and then followed', 'signer/revoked', ledgerOf(ends, follow(BEFORE))),
    caseOf('followed, and then revoked', 'signer/rotated', ledgerOf(follow(BEFORE), ends)),
  ];
}

/** Of keys that follow one that was revoked. */
function predecessorCases(): readonly ReportCase[] {
  const disowned = 'signer/predecessor-revoked';
  const third = { signedBy: 'third', shown: ['third', 'next', 'verdict'] };
  const again = follow(LATER, 'next', 'third');
  const since = ledgerOf(follow(), ends);
  const asItWas = JSON.parse(
    Buffer.from(completenessBytes(ledgerOf(follow()), `signer:${since.key('verdict').signer}`)).toString('utf8'),
  ) as Json;
  const late = (effective: string) => ledgerOf((one) => revoke(one, 'verdict', effective), follow());
  return [
    caseOf('the key before is revoked from long before', disowned, ledgerOf(follow(), ends), NEXT),
    caseOf('from when it handed over', disowned, ledgerOf(follow(), revokedBy(0)), NEXT),
    caseOf('from then on', 'pass', ledgerOf(follow(), revokedBy(1)), NEXT),
    caseOf('from then on, made later', 'pass', ledgerOf(follow(), revokedBy(1)), { ...NEXT, evaluatedAt: LATER }),
    caseOf('revoked before it hands over', disowned, late(BEFORE), NEXT),
    caseOf('before it hands over, from later', 'pass', late(LATER), NEXT),
    caseOf('twice, the second time from before', disowned, ledgerOf(follow(), revokedBy(1), ends), NEXT),
    caseOf(
      'both revoked',
      disowned,
      ledgerOf(follow(), ends, (one) => revoke(one, 'next', BEFORE)),
      NEXT,
    ),
    caseOf('the first of three', disowned, ledgerOf(follow(), ends, again), third),
    caseOf('the first of three, from after it handed over', 'pass', ledgerOf(follow(), revokedBy(1), again), third),
    caseOf('the second of three', disowned, ledgerOf(follow(), again, revokedBy(0, 'next')), third),
    caseOf('the second of three, from later', 'pass', ledgerOf(follow(), again, revokedBy(1, 'next')), third),
    caseOf(
      'one of another use',
      disowned,
      ledgerOf(follow(LATER, 'image'), (one) => revoke(one, 'image', BEFORE)),
      {
        signedBy: 'next',
        shown: ['next', 'image'],
      },
    ),
    caseOf(
      'another one',
      'signer/not-registered',
      ledgerOf(follow(), (one) => revoke(one, 'image', BEFORE)),
      { signedBy: 'next', shown: ['next', 'image'] },
    ),
    {
      ...caseOf('the key before as it was before', 'pass', since, NEXT),
      bytes: changed(signedReportBytes(since, NEXT), since.key('next').sign, ({ signer }) => {
        signer.lists[1] = asItWas;
      }),
    },
  ];
}

/** Signed well, by whoever has the verdict key, and written otherwise than the service writes. */
function formCases(): readonly ReportCase[] {
  const ledger = ledgerOf(follow());
  const { sign: own } = ledger.key('verdict');
  const good = signedReportBytes(ledger);
  const of = (name: string, expected: string, change: (payload: Payload) => unknown, by: Sign = own): ReportCase => ({
    name,
    expected,
    bytes: changed(good, by, change),
    logKey: ledger.vkey,
  });
  const malformed = (name: string, change: (payload: Payload) => unknown) => of(name, 'report/malformed', change);
  const spki = (name: string, expected: string, text: string) =>
    of(name, expected, ({ signer }) => Object.assign(signer, { spki: text }));
  const weak = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from([1]), Buffer.alloc(31)]);
  const result = (name: string, value: Json | undefined) =>
    malformed(`result.${name} ${JSON.stringify(value)}`, ({ report }) =>
      Object.assign(report.result, { [name]: value }),
    );
  const proof = (name: string, expected: string, change: (one: Proof) => unknown) =>
    of(name, expected, changedProof(0, change));
  return [
    of('another headline', 'pass', ({ report }) => Object.assign(report, { headline: 'fine' })),
    of('a verdict', 'waived', ({ report }) => Object.assign(report.result, { verdict: 'waived' })),
    ...[{ size: 2, view: 'then' }, {}, 7, null].map((asOf) => ({
      ...of(`of the past ${JSON.stringify(asOf)}`, 'pass', ({ report }) => Object.assign(report.result, { asOf })),
      past: true,
    })),
    {
      ...of('no, of the past', 'fail', ({ report }) => Object.assign(report.result, { asOf: {}, verdict: 'fail' })),
      past: true,
    },
    of('signed by another key', 'dsse/no-trusted-signature', () => {}, ledger.key('image').sign),
    malformed('another version', (payload) => Object.assign(payload, { type: 'waybill/report/v0' })),
    malformed('a member more', (payload) => Object.assign(payload, { more: 1 })),
    malformed('a member of signer more', ({ signer }) => Object.assign(signer, { more: 1 })),
    malformed('no evidence', (payload) => Object.assign(payload, { evidenceSha256: '' })),
    malformed('no result', ({ report }) => Object.assign(report, { result: null })),
    result('verdict', 'maybe'),
    result('subject', 'sha256:00'),
    result('repository', 'A B'),
    result('evaluatedAt', '2026-02-30T00:00:00.000Z'),
    malformed('no list', ({ signer }) => Object.assign(signer, { lists: [] })),
    malformed('65 lists', ({ signer }) => Object.assign(signer, { lists: Array(65).fill(signer.lists[0]) })),
    of('a list that is none', 'completeness/malformed', ({ signer }) => Object.assign(signer, { lists: [7] })),
    spki('no base64', 'report/malformed', '*'),
    spki('no key', 'crypto/malformed-key', ''),
    spki('a weak key', 'crypto/weak-key', weak.toString('base64')),
    of('a list of another hash', 'completeness/hash-wrong', ({ signer: { lists } }) =>
      Object.assign(lists[0] as Proof, { sha256: '0'.repeat(64) }),
    ),
    proof('the last entry left out', 'list/not-in-map', (one) => {
      one.entries = one.entries.slice(0, 1);
      one.n = 1;
    }),
    proof('another proof of the map', 'list/not-in-map', (one) =>
      Object.assign(one, { proof: otherDigit(String(one.proof), 9) }),
    ),
    proof('another checkpoint', 'note/bad-signature', (one) =>
      Object.assign(one, { checkpoint: String(one.checkpoint).replace('\n13\n', '\n14\n') }),
    ),
    proof('another log key', 'pass', (one) => Object.assign(one, { logKey: otherDigit(String(one.logKey), 40) })),
    proof('another commitment', 'merkle/root-mismatch', (one) => {
      const { entry } = one.commit as { entry: { body: Members } };
      entry.body.root = otherDigit(String(entry.body.root), 0);
    }),
  ];
}

/** Signed by a verdict key that is not Ed25519. */
function otherAlgorithm(): ReportCase {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const signer = createHash('sha256').update('waybill/signer/v1\0').update(spki).digest('hex');
  const ledger = ledgerOf((one) =>
    one.append({
      kind: 'signer.registered',
      principal: 'service',
      body: { signer, use: 'verdict' },
      document: { mediaType: 'application/vnd.waybill.signer+json', bytes: Buffer.from('{}') },
    }),
  );
  const list = JSON.parse(Buffer.from(completenessBytes(ledger, `signer:${signer}`)).toString('utf8')) as Json;
  const bytes = changed(
    signedReportBytes(ledger),
    (message) => sign('sha256', message, privateKey),
    (payload) => Object.assign(payload, { signer: { spki: spki.toString('base64'), lists: [list] } }),
  );
  return { name: 'another algorithm', expected: 'pass', bytes, logKey: ledger.vkey };
}

export function reportCases(): readonly ReportCase[] {
  return [
    ...keyCases(),
    ...rotationCases(),
    ...predecessorCases(),
    ...formCases(),
    ...reportEvidenceCases(),
    otherAlgorithm(),
  ];
}
