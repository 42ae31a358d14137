import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint.ts';
import { type NoteKey, parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from '../../src/core/checkpoint/tlog-proof.ts';
import type { Contract } from '../../src/core/contract/contract.ts';
import { parseEvidence, type Question } from '../../src/core/custody/evidence.ts';
import { type CustodyQuestion, verifyCustody } from '../../src/core/custody/verify-custody.ts';
import { parseBase64 } from '../../src/core/encoding/base64.ts';
import { formatCanonicalJson, parseCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { Json, JsonObject } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { entryHash } from '../../src/core/entry/entry.ts';
import { verifyConsistency } from '../../src/core/merkle/consistency.ts';
import { verifyInclusion } from '../../src/core/merkle/inclusion.ts';
import { consistencyPath } from '../../src/core/merkle/tree.ts';
import { formatReceipt, parseReceipt, verifyReceipt } from '../../src/core/receipt/receipt.ts';
import {
  attest,
  CONTRACT,
  imageManifest,
  indexManifest,
  MANIFEST,
  openedLedger,
  publish,
  QUESTION,
  sign,
} from '../custody/custody-under-test.ts';
import type { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { assertPasses, trustOf } from '../custody/verify-under-test.ts';

/** A range of bytes, `end` exclusive. */
export type Region = { readonly start: number; readonly end: number };

/** A document that somebody hands on, and a reader who judges it. */
export type MutatedDocument = {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What a forger does after a change: canonical form and trailing hash again. Undefined where there is none. */
  readonly restore: (bytes: Uint8Array) => Uint8Array | undefined;
  /** What the reader is shown; undefined where the document is refused, `failed` where it is shown as that. */
  readonly judge: (bytes: Uint8Array) => unknown;
  /** The bytes that docs/spec lists as those whose change shows nowhere. */
  readonly open: readonly Region[];
  /** The entry whose document docs/spec/evidence.md section 3 lets be left out: a contract version that was replaced. */
  readonly replaced?: number;
};

export const FAILED = 'failed';

/** An index over the image, a contract of two stages, one of them by the pipeline's key, one by the service. */
function wholeLedger(): LedgerUnderTest {
  const ledger = openedLedger();
  publish(ledger, TWO_STAGES);
  sign(ledger, indexManifest([MANIFEST, imageManifest('2')]));
  sign(ledger);
  attest(ledger, { stage: 'test' });
  attest(ledger, { stage: 'scan', key: 'service' });
  return ledger;
}

const TWO_STAGES: Contract = CONTRACT;
const LEDGER = wholeLedger();
/** The newest entry that has a payload; the commitment to the map is behind it. */
const SEQ = LEDGER.size - 2;
const PAYLOAD = LEDGER.payload(SEQ) ?? new Uint8Array();
const KEYS: readonly NoteKey[] = [LEDGER.vkey].map((vkey) => {
  const key = parseVkey(vkey);
  assert(key.ok);
  return key.value;
});
const NOTE = LEDGER.checkpoint();
/** Signed once more, by somebody whom no reader knows. */
const STRANGER = `— witness.example ${Buffer.from(new Uint8Array(76).map((_, index) => index * 7 + 3)).toString('base64')}`;
const WITNESSED = `${NOTE}${STRANGER}\n`;

const canonical = (value: unknown) => encodeUtf8(formatCanonicalJson(value as Json));
const asSent = (bytes: Uint8Array): Uint8Array => bytes;
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

/** Bytes of the one place where `part` stands in the document. */
function regionOf(bytes: Uint8Array, part: string, from = part.indexOf('#') + 1): Region {
  const sought = Buffer.from(part.replace('#', '')).toString('latin1');
  const found = text(bytes).indexOf(sought);
  assert(found >= 0 && text(bytes).indexOf(sought, found + 1) === -1, part);
  return { start: found + Math.max(0, from - 1), end: found + sought.length };
}

/** Name and base64 of the stranger's line, without what separates them, and without padding, which has one spelling. */
function strangersLine(bytes: Uint8Array): readonly Region[] {
  const line = regionOf(bytes, STRANGER);
  const name = line.start + Buffer.byteLength('— ');
  const digits = name + 'witness.example '.length;
  const padding = /=*$/.exec(STRANGER)?.[0].length ?? 0;
  return [
    { start: name, end: digits - 1 },
    { start: digits, end: line.end - padding },
  ];
}

/** What a reader of mutated evidence finds: undefined where it is no evidence, `FAILED`, or everything that is shown. */
export function judgeEvidence(asked: Omit<CustodyQuestion, 'evidence'>): MutatedDocument['judge'] {
  return (given) => {
    const parsed = parseEvidence(given);
    if (!parsed.ok) return undefined;
    const result = verifyCustody({ ...asked, evidence: parsed.value });
    return result.verdict === 'fail' ? FAILED : result;
  };
}

/** The value of the member of that name, which stands once, without padding. */
export function memberRegion(bytes: Uint8Array, member: string): Region {
  const match = new RegExp(`"${member}":"([^"=]*)`).exec(text(bytes));
  assert(match !== null);
  const start = match.index + member.length + 4;
  return { start, end: start + (match[1] ?? '').length };
}

function receipt(name: string, bytes: Uint8Array, payload: Uint8Array | undefined, open: readonly Region[]) {
  const judge = (given: Uint8Array) => {
    const parsed = parseReceipt(given);
    const verified = parsed.ok ? verifyReceipt(parsed.value, KEYS, payload) : parsed;
    return verified.ok ? verified.value : undefined;
  };
  return { name, bytes, restore: restoreCanonical, judge, open };
}

function evidence(
  name: string,
  bytes: Uint8Array,
  pinned: boolean,
  witnessed: boolean,
  question: Question = QUESTION,
): MutatedDocument {
  const trust = pinned ? { trust: trustOf(LEDGER) } : {};
  const judge = judgeEvidence({ question, evaluatedAt: LEDGER.time, ...trust });
  const open = [memberRegion(bytes, 'sha256'), ...(witnessed ? strangersLine(bytes) : [])];
  return { name, bytes, restore: restoreEvidence, judge, open };
}

function restoreCanonical(bytes: Uint8Array): Uint8Array | undefined {
  const document = parseLeniently(bytes);
  return document === undefined ? undefined : tryTo(() => canonical(document));
}

export function restoreEvidence(bytes: Uint8Array): Uint8Array | undefined {
  const document = parseLeniently(bytes);
  return document === undefined ? undefined : sealEvidence(document);
}

/** Evidence around any document: canonical, with its hash. */
export function sealEvidence(document: JsonObject): Uint8Array | undefined {
  return tryTo(() => {
    const { sha256: _old, ...rest } = document;
    const sha256 = createHash('sha256').update(formatCanonicalJson(rest)).digest('hex');
    return canonical({ ...rest, sha256 });
  });
}

function parseLeniently(bytes: Uint8Array): JsonObject | undefined {
  return tryTo(
    () => JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) as JsonObject,
  );
}

function tryTo<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

const witnessedReceipt = canonical({ ...JSON.parse(formatReceipt(LEDGER.receipt(SEQ))), checkpoint: WITNESSED });
const plainReceipt = encodeUtf8(formatReceipt(LEDGER.receipt(SEQ)));
const proof = { index: SEQ, path: LEDGER.receipt(SEQ).path, checkpointNote: WITNESSED, extra: Uint8Array.of(9, 8, 7) };
const proofBytes = encodeUtf8(formatTlogProof(proof));
const FIRST = 5;
const leaves = Array.from({ length: LEDGER.size }, (_, seq) => entryHash(canonical(LEDGER.entry(seq))));
const base64 = (hash: Uint8Array) => Buffer.from(hash).toString('base64');

/** A claim as JSON, checked under roots that the reader has from elsewhere. */
function claim(name: string, document: Json, holds: (document: Record<string, Json>, path: Uint8Array[]) => boolean) {
  const bytes = canonical(document);
  const judge = (given: Uint8Array) => {
    const parsed = parseCanonicalJson(given);
    if (!parsed.ok) return undefined;
    const read = parsed.value as Record<string, Json>;
    if (Object.keys(read).length !== Object.keys(document as JsonObject).length || !Array.isArray(read.path)) return;
    const path = read.path.map((hash: Json) => (typeof hash === 'string' ? parseBase64(hash) : undefined));
    const hashes = path.flatMap((hash) => (hash?.ok ? [hash.value] : []));
    return hashes.length === path.length && holds(read, hashes) ? read : undefined;
  };
  return { name, bytes, restore: restoreCanonical, judge, open: [] };
}

export const MUTATED_DOCUMENTS: readonly MutatedDocument[] = [
  receipt('a receipt, the payload given', plainReceipt, PAYLOAD, []),
  receipt('a receipt without its payload', plainReceipt, undefined, [memberRegion(plainReceipt, 'salt')]),
  receipt('a receipt with a stranger’s line', witnessedReceipt, PAYLOAD, strangersLine(witnessedReceipt)),
  {
    name: 'a checkpoint with a stranger’s line',
    bytes: encodeUtf8(WITNESSED),
    restore: asSent,
    judge: (bytes) => {
      const opened = openCheckpoint(bytes, KEYS);
      return opened.ok ? { checkpoint: opened.value.checkpoint, verified: opened.value.verified } : undefined;
    },
    open: strangersLine(encodeUtf8(WITNESSED)),
  },
  {
    name: 'a tlog-proof with extra data and a stranger’s line',
    bytes: proofBytes,
    restore: asSent,
    judge: (bytes) => {
      const parsed = parseTlogProof(bytes);
      const verified = parsed.ok ? verifyTlogProof(parsed.value, leaves[SEQ] ?? new Uint8Array(), KEYS) : parsed;
      return verified.ok ? verified.value.checkpoint : undefined;
    },
    open: [regionOf(proofBytes, `extra ${base64(proof.extra)}`, 'extra '.length + 1), ...strangersLine(proofBytes)],
  },
  claim(
    'an inclusion proof',
    { index: SEQ, leaf: base64(leaves[SEQ] ?? new Uint8Array()), path: LEDGER.receipt(SEQ).path.map(base64) },
    ({ index, leaf }, path) => {
      const leafHash = typeof leaf === 'string' ? parseBase64(leaf) : undefined;
      if (typeof index !== 'number' || !leafHash?.ok) return false;
      return verifyInclusion({ index, size: LEDGER.size, leafHash: leafHash.value, path, root: LEDGER.root() }).ok;
    },
  ),
  claim(
    'a consistency proof',
    { from: FIRST, path: consistencyPath(leaves, FIRST).map(base64), to: LEDGER.size },
    // The sizes are those of checkpoints that the reader holds: a path alone does not tell neighbouring sizes apart.
    ({ from, to }, path) =>
      from === FIRST &&
      to === LEDGER.size &&
      verifyConsistency({ first: from, second: to, path, firstRoot: LEDGER.root(FIRST), secondRoot: LEDGER.root() }).ok,
  ),
];

const plainEvidence = LEDGER.evidenceBytes(QUESTION);
const witnessedEvidence = LEDGER.evidenceBytes(QUESTION, { edit: (parts) => ({ ...parts, checkpoint: WITNESSED }) });

/** The same ledger as it went on; its state of before is asked about. */
const GROWN = wholeLedger();
const PAST_SIZE = GROWN.size;
attest(GROWN, { stage: 'lint' });
publish(GROWN, { ...TWO_STAGES, title: 'Two stages' }, { version: 2, previous: TWO_STAGES.repositories });
const [THEN, NOW] = (['then', 'now'] as const).map(
  (view): Question => ({ ...QUESTION, asOf: { size: PAST_SIZE, view } }),
);

/** Evidence about the past, as it is given out, and with a stranger's line below the earlier checkpoint. */
function pastEvidence(): readonly MutatedDocument[] {
  assert(THEN !== undefined && NOW !== undefined);
  const earlier = `${GROWN.checkpoint(PAST_SIZE)}${STRANGER}\n`;
  const witnessed = GROWN.evidenceBytes(THEN, { edit: (parts) => ({ ...parts, earlier }) });
  const replaced = Array.from({ length: PAST_SIZE }, (_, seq) => seq).find(
    (seq) => GROWN.entry(seq).kind === 'contract.published',
  );
  assert(replaced !== undefined);
  return [
    evidence('evidence as known then, the log key given', GROWN.evidenceBytes(THEN), true, false, THEN),
    {
      ...evidence('evidence as known now about then, the log key given', GROWN.evidenceBytes(NOW), true, false, NOW),
      replaced,
    },
    evidence(
      'evidence as known then, with a stranger’s line under the earlier checkpoint',
      witnessed,
      true,
      true,
      THEN,
    ),
  ];
}

/** Evidence, as a reader finds it who brings the log key, and as one who does not. */
export const MUTATED_EVIDENCE: readonly MutatedDocument[] = [
  evidence('evidence, the log key given', plainEvidence, true, false),
  evidence('evidence without a log key', plainEvidence, false, false),
  evidence('evidence with a stranger’s line, the log key given', witnessedEvidence, true, true),
  ...pastEvidence(),
];

/** That the evidence passes before anything is changed; called by the suites. */
export function assertHonest(): void {
  const parsed = parseEvidence(plainEvidence);
  assert(parsed.ok);
  assertPasses(
    verifyCustody({ evidence: parsed.value, question: QUESTION, evaluatedAt: LEDGER.time, trust: trustOf(LEDGER) }),
  );
}
