import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Contract } from '../../src/core/contract/contract.ts';
import type { Question } from '../../src/core/custody/evidence.ts';
import type { TrustFile } from '../../src/core/custody/trust-file.ts';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { JsonObject } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import type { Role } from '../../src/core/entry/kinds/principal-granted.ts';
import type { Statement } from '../../src/core/statement/statement.ts';
import {
  attest,
  CONTRACT,
  custodyLedger,
  digestOf,
  grant,
  IMAGE,
  imageManifest,
  indexManifest,
  MANIFEST,
  openedLedger,
  publish,
  QUESTION,
  register,
  revoke,
  sign,
} from '../custody/custody-under-test.ts';
import { claimWithout } from '../custody/edit-evidence.ts';
import type { EvidenceOptions, LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import type { EvidenceCase } from './compare-verifiers.ts';
import { LATER_STEPS } from './random-later-kinds.ts';
import { NEWEST_STEPS } from './random-newest-kinds.ts';

/** The next number of a seeded sequence, from 0 up to and without 1. */
type Random = () => number;
type Step = (ledger: LedgerUnderTest, random: Random) => unknown;

const INDEX = indexManifest([MANIFEST]);
const OUTER = indexManifest([INDEX, imageManifest('2')]);
const NAMES = ['shop-ci', 'bootstrap-admin', 'service', 'anna'] as const;
const KEYS = ['pipeline', 'pipeline', 'service', 'image', 'stranger'] as const;
const STAGES = ['test', 'scan', 'lint'] as const;
const REPOSITORIES = ['shop/api', 'shop/api', 'shop/api', 'shop/web', 'bank/api'] as const;
const TYPES = ['junit', 'junit', 'slsa-provenance', 'cyclonedx', 'custom'] as const;
/** Times of evaluation other than a reader's who is quick: late, too early, and none. */
const TIMES = ['2026-03-02T12:00:00.000Z', '2026-02-28T12:00:00.000Z', '2026-02-30T00:00:00.000Z', ''] as const;
const LENIENT: Contract = { contract: 'all', repositories: ['*'], stages: [{ stage: 'test', count: 'latest' }] };
const STRICT: Contract = {
  contract: 'own-keys',
  repositories: ['shop/api', 'bank/*'],
  stages: [
    { stage: 'scan', assurance: 'pipeline' },
    { stage: 'lint', after: ['scan'], count: 'latest' },
  ],
};

function pick<T>(random: Random, from: readonly [T, ...T[]]): T {
  return from[Math.floor(random() * from.length)] ?? from[0];
}

function chance(random: Random, of: number): boolean {
  return random() < of;
}

/** Mostly the one who may, so that not everything fails. */
function someone(random: Random, honest: string): string {
  return chance(random, 0.8) ? honest : pick(random, NAMES);
}

const ELSEWHERE = { 'dev.waybill.stage': 'other', 'dev.waybill.repository': 'shop/api' };

function withAnnotations(annotations: Readonly<Record<string, string>>): (statement: Statement) => Statement {
  return (statement) => ({ ...statement, subject: statement.subject.map((subject) => ({ ...subject, annotations })) });
}

const STEPS: readonly [Step, ...Step[]] = [
  (ledger, random) => {
    const digest = pick(random, [IMAGE, IMAGE, IMAGE, digestOf(INDEX), digestOf(OUTER)]);
    const stage = pick(random, STAGES);
    const placed = pick(random, ['as it is', 'as it is', 'as it is', 'elsewhere', 'nowhere']);
    attest(ledger, {
      stage,
      digest,
      key: pick(random, KEYS),
      by: someone(random, 'shop-ci'),
      type: pick(random, TYPES),
      form: pick(random, ['envelope', 'bundle']),
      note: pick(random, ['', 'again']),
      repository: pick(random, REPOSITORIES),
      ...(placed === 'as it is' ? {} : { alter: withAnnotations(placed === 'nowhere' ? {} : ELSEWHERE) }),
    });
  },
  (ledger, random) => {
    const manifest = pick(random, [MANIFEST, MANIFEST, INDEX, OUTER]);
    const claimed = chance(random, 0.1) ? { children: [IMAGE] } : {};
    const shown = chance(random, 0.1) ? { manifest: imageManifest('3') } : {};
    const key = chance(random, 0.8) ? 'image' : pick(random, KEYS);
    const repository = pick(random, REPOSITORIES);
    sign(ledger, manifest, { key, by: someone(random, 'shop-ci'), repository, ...claimed, ...shown });
  },
  (ledger, random) => {
    const role = pick<Role>(random, ['admin', 'pipeline', 'auditor', 'release-manager']);
    const scope = pick(random, [
      {},
      {},
      { repositories: ['shop/api'] },
      { repositories: ['bank/*'], stages: ['test'] },
    ]);
    grant(ledger, pick(random, NAMES), role, { by: someone(random, 'bootstrap-admin'), ...scope });
  },
  (ledger, random) => {
    const principal = pick(random, ['shop-ci', 'anna']);
    ledger.append({ kind: 'principal.revoked', principal: someone(random, 'bootstrap-admin'), body: { principal } });
  },
  (ledger, random) => {
    const use = pick(random, ['attest', 'attest', 'image', 'service', 'verdict']);
    register(ledger, pick(random, ['stranger', 'fresh']), {
      by: someone(random, 'bootstrap-admin'),
      use,
      stages: ['*'],
    });
  },
  (ledger, random) => {
    const effective = pick(random, [ledger.time, '2026-03-01T12:08:30.000Z', '2027-01-01T00:00:00.000Z']);
    revoke(
      ledger,
      pick(random, ['pipeline', 'stranger', 'service', 'image']),
      effective,
      someone(random, 'bootstrap-admin'),
    );
  },
  (ledger, random) => {
    const contract = pick(random, [LENIENT, STRICT, CONTRACT]);
    publish(ledger, contract, { by: someone(random, 'bootstrap-admin') });
  },
  (ledger, random) => {
    const version = pick(random, [1, 2]);
    publish(ledger, CONTRACT, {
      version,
      by: someone(random, 'bootstrap-admin'),
      previous: version === 2 ? ['shop/*'] : [],
    });
  },
  (ledger, random) => {
    const { contract, repositories } = pick(random, [LENIENT, CONTRACT]);
    const body = { contract, version: 1, repositories };
    ledger.append({ kind: 'contract.withdrawn', principal: someone(random, 'bootstrap-admin'), body });
  },
];

/** Entries that no honest log has, each only now and then. */
const ODD: readonly [Step, ...Step[]] = [
  (ledger, random) => {
    const keys = [pick(random, [`image:${IMAGE}`, 'trust', 'principal:shop-ci', 'contract:shop'])];
    ledger.append({ kind: pick(random, ['future.kind', 'payload.erased']), principal: 'x', body: {}, keys });
  },
  (ledger) => attest(ledger, { entry: { time: '2026-03-01T11:00:00.000Z' } }),
  (ledger) => attest(ledger, { entry: { alter: (entry) => ({ ...entry, prev: '0'.repeat(64) }) } }),
  (ledger) =>
    ledger.append({ kind: 'log.sealed', principal: 'service', body: { successor: 'waybill-next', logKeys: ['x'] } }),
];

/** A log that somebody wrote, in `steps` steps of people who mostly may. */
function randomLedger(random: Random): LedgerUnderTest {
  const ledger = chance(random, 0.5) ? custodyLedger() : openedLedger();
  const later = pick(random, [0, 0.5, 0.9]);
  const kinds = pick(random, [LATER_STEPS, NEWEST_STEPS]);
  const count = Math.floor(random() * (later > 0 ? 20 : 9));
  for (let made = 0; made < count; made += 1) {
    const steps = chance(random, 0.04) ? ODD : chance(random, later) ? kinds : STEPS;
    pick(random, steps)(ledger, random);
    if (chance(random, 0.4)) assert(ledger.size > 0, 'whoever asks for the size has the state published');
  }
  return ledger;
}

function randomTrust(random: Random, ledger: LedgerUnderTest): { readonly trust?: TrustFile } {
  if (chance(random, 0.2)) return {};
  const size = ledger.size;
  const more: Partial<TrustFile> = {
    ...(chance(random, 0.3) ? { checkpointAgeMaxSeconds: pick(random, [1, 60, 86_400]) } : {}),
    ...(chance(random, 0.2) ? { pins: [{ size: pick(random, [size, size - 1, size + 1]), root: ledger.root() }] } : {}),
  };
  return { trust: trustOf(ledger, more) };
}

function randomDeviation(random: Random, ledger: LedgerUnderTest): EvidenceOptions {
  if (chance(random, 0.6)) return {};
  const seq = Math.floor(random() * ledger.size);
  return pick<EvidenceOptions>(random, [
    { without: [seq] },
    { withoutPayloads: [seq] },
    { without: [seq], edit: claimWithout([ledger.entry(seq)]) },
    { size: Math.max(1, seq) },
    { signedBy: 'other' },
    { signedBy: ['next'] },
    { signedBy: ['log', 'next'] },
    { edit: (parts) => (parts.earlier === undefined ? parts : { ...parts, consistency: [] }) },
    { edit: (parts) => (parts.earlier === undefined ? parts : { ...parts, earlier: ledger.checkpoint(seq + 1) }) },
    { edit: (parts) => (parts.earlier === undefined ? parts : { ...parts, ...ledger.past(seq + 1) }) },
  ]);
}

function randomQuestion(random: Random): Question {
  const environment = chance(random, 0.2) ? { environment: pick(random, ['production', 'production', 'test']) } : {};
  return chance(random, 0.9)
    ? { ...QUESTION, ...environment }
    : { subject: pick(random, [IMAGE, digestOf(INDEX)]), repository: pick(random, REPOSITORIES) };
}

/** Mostly nothing: the present. Otherwise a state of the past, mostly one that was published. */
function randomPast(random: Random, ledger: LedgerUnderTest): Pick<Question, 'asOf'> {
  if (chance(random, 0.6)) return {};
  const seqs = Array.from({ length: ledger.size }, (_, seq) => seq);
  const published = seqs.filter((seq) => ledger.entry(seq).kind === 'map.committed');
  const from = chance(random, 0.9) ? published : seqs;
  return { asOf: { size: pick(random, from as [number, ...number[]]) + 1, view: pick(random, ['then', 'now']) } };
}

/** Evidence of a random log, as an honest server hands it out or nearly so, and a reader who brings something. */
export function randomCase(name: string, random: Random): EvidenceCase {
  const ledger = randomLedger(random);
  const question = { ...randomQuestion(random), ...randomPast(random, ledger) };
  const bytes = ledger.evidenceBytes(question, randomDeviation(random, ledger));
  const asked = chance(random, 0.95) ? question : { ...randomQuestion(random), ...randomPast(random, ledger) };
  const evaluatedAt = chance(random, 0.9) ? ledger.time : pick(random, TIMES);
  // An environment that the evidence shows nothing of is asked about for retirements, and by a reader of their own.
  const retired = question.environment === undefined && asked.environment === undefined && chance(random, 0.3);
  const environment = retired ? { environment: 'production' } : {};
  return { name, bytes, question: asked, evaluatedAt, ...environment, ...randomTrust(random, ledger) };
}

/** The case with one bit flipped, and canonical form and trailing hash restored where the result is JSON. */
export function withFlippedBit(one: EvidenceCase, bit: number): EvidenceCase {
  const bytes = one.bytes.slice();
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return { ...one, name: `${one.name} bit ${bit}`, bytes: restored(bytes) ?? bytes };
}

/** What a forger does after a change: canonical form again, with its hash. Undefined where it is no JSON object. */
function restored(bytes: Uint8Array): Uint8Array | undefined {
  try {
    const { sha256: _old, ...document } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const sha256 = createHash('sha256').update(formatCanonicalJson(document)).digest('hex');
    return encodeUtf8(formatCanonicalJson({ ...(document as JsonObject), sha256 }));
  } catch {
    return undefined;
  }
}
