import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { formatCheckpoint } from '../../src/core/checkpoint/checkpoint.ts';
import { formatNote, type NoteKey, parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { payloadCommitment } from '../../src/core/entry/commitment.ts';
import { type Entry, entryHash, formatEntry, type Proposal } from '../../src/core/entry/entry.ts';
import { KINDS } from '../../src/core/entry/kinds.ts';
import { proposalKeys } from '../../src/core/entry/link.ts';
import {
  type ExportDocument,
  formatExportEnd,
  formatExportHead,
  formatExportRow,
} from '../../src/core/export/export-lines.ts';
import { ExportReader, type VerifiedExport } from '../../src/core/export/export-reader.ts';
import { showsDocument } from '../../src/core/export/shown-documents.ts';
import { appendLeaves, EMPTY_FRONTIER } from '../../src/core/merkle/frontier.ts';
import { consistencyPath, rootOf } from '../../src/core/merkle/tree.ts';
import type { PeriodBounds } from '../../src/core/period/period.ts';
import { formatWaiverDocument } from '../../src/core/trust/waiver-document.ts';
import { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { sample } from '../entry/sample-entries.ts';

/** An entry to be, with the document that it commits to. */
export type Draft = { readonly proposal: Proposal; readonly time: string; readonly bytes?: Uint8Array };

/** A log as somebody has it, or would like it to be: its leaves, and the documents with their salts. */
export type Log = {
  readonly origin: string;
  readonly leaves: readonly Uint8Array[];
  readonly documents: ReadonlyMap<number, ExportDocument>;
};

const KEYS = new LedgerUnderTest();
export const ORIGIN = KEYS.origin;
export const VKEY = KEYS.vkey;
export const LOG_KEYS: readonly NoteKey[] = [keyOf(VKEY)];
/** Somebody else's log of the same name. */
const THIEF = new LedgerUnderTest(ORIGIN, 'thief');
export const THIEF_KEYS: readonly NoteKey[] = [keyOf(THIEF.vkey)];

export function keyOf(vkey: string): NoteKey {
  const key = parseVkey(vkey);
  assert(key.ok);
  return key.value;
}

/**
 * Something of every kind, with its documents: `log.opened`, then the rest in the order of their names, with some that are
 * only there to stand beside the period.
 */
export function draftsOfEveryKind(): readonly Draft[] {
  const others = Object.keys(KINDS).filter((kind) => kind !== 'log.opened');
  const beside = 'map.committed';
  return ['log.opened', beside, ...others, beside, beside, beside].map((kind, place) => {
    const { v: _v, log: _log, seq: _seq, prev: _prev, time: _time, keys: _keys, ...fields } = sample(kind);
    const bytes = fields.payload === undefined ? undefined : documentOf(kind);
    const proposal = fields as unknown as Proposal;
    const time = `2026-03-01T12:${String(place).padStart(2, '0')}:00.000Z`;
    return bytes === undefined ? { proposal, time } : { proposal, time, bytes };
  });
}

export const REASON = '=cmd|\'/C calc\'!A0, "and" so\non';

function documentOf(kind: string): Uint8Array {
  if (kind === 'waiver.requested') return formatWaiverDocument({ reason: REASON });
  if (kind !== 'principal.granted') return Buffer.from(`document of ${kind}`);
  const grant = { person: 'p-1', repositories: ['shop/*'], role: 'auditor', stages: ['*'], title: 'Dörte' };
  return Buffer.from(formatCanonicalJson(grant));
}

/** Links drafts to a log, as a competent superuser does; salts follow from places. */
export function linkLog(drafts: readonly Draft[], origin = ORIGIN): Log {
  const lists = new Map<string, { n: number; seq: number; hash: string }>();
  const documents = new Map<number, ExportDocument>();
  const leaves: Uint8Array[] = [];
  for (const [seq, { proposal, time, bytes }] of drafts.entries()) {
    const salt = createHash('sha256').update(`salt ${seq}`).digest();
    const payload =
      bytes === undefined || proposal.payload === undefined
        ? {}
        : { payload: { ...proposal.payload, size: bytes.length, commitment: payloadCommitment(salt, bytes) } };
    const last = leaves.at(-1);
    const keys = [...proposalKeys(proposal)].sort().map((key) => {
      const head = lists.get(key);
      return head === undefined ? { key, n: 1 } : { key, n: head.n + 1, prev: head.hash, prevSeq: head.seq };
    });
    const prev = last === undefined ? {} : { prev: hexOf(last) };
    const entry = { ...proposal, ...payload, v: 1, log: origin, seq, ...prev, time, keys } as Entry;
    const leaf = formatEntry(entry);
    for (const { key, n } of keys) lists.set(key, { n, seq, hash: hexOf(leaf) });
    if (bytes !== undefined) documents.set(seq, { salt, bytes });
    leaves.push(leaf);
  }
  return { origin, leaves, documents };
}

export function entryOf(leaf: Uint8Array | undefined): Entry {
  return JSON.parse(Buffer.from(leaf ?? []).toString()) as Entry;
}

/** Signed note over the first `size` leaves, by the key of the log or by the thief's. */
export function noteOf(log: Log, size = log.leaves.length, by: 'log' | 'thief' = 'log'): string {
  const root = rootOf(log.leaves.slice(0, size).map(entryHash));
  const ledger = by === 'log' ? KEYS : THIEF;
  const signer = { vkey: ledger.vkey, sign: ledger.key('log').sign };
  return formatNote(formatCheckpoint({ origin: log.origin, size, root }), [signer]);
}

export type ExportOptions = {
  readonly period: PeriodBounds;
  /** Places in the log: [from, to). */
  readonly from: number;
  readonly to: number;
  readonly size?: number;
  readonly note?: string;
  readonly logKey?: string;
  readonly earlierSize?: number;
};

/** The lines of an export, made by nothing that the service makes them with but the format itself. */
export function exportLines(log: Log, options: ExportOptions): string[] {
  const { period, from, to, size = log.leaves.length, logKey = VKEY, earlierSize } = options;
  const leaves = log.leaves.slice(0, size);
  const hashes = leaves.map(entryHash);
  const first = Math.max(0, from - 1);
  const before = from === 0 ? undefined : leaves[first];
  const after = leaves[to];
  const shown = Math.min(size, to + 1);
  const earlier =
    earlierSize === undefined
      ? {}
      : { earlier: noteOf(log, earlierSize), consistency: consistencyPath(hashes, earlierSize) };
  return [
    formatExportHead({
      period,
      seqs: { from, to },
      checkpoint: options.note ?? noteOf(log, size),
      logKey,
      ...earlier,
      left: appendLeaves(EMPTY_FRONTIER, hashes.slice(0, first)).hashes,
      ...(before === undefined ? {} : { before }),
    }),
    ...leaves.slice(from, to).map((leaf, place) => {
      const document = showsDocument(entryOf(leaf).kind) ? log.documents.get(from + place) : undefined;
      return formatExportRow(leaf, document);
    }),
    formatExportEnd({ ...(after === undefined ? {} : { after }), right: consistencyPath(hashes, shown) }),
  ];
}

export const bySeq = (from: number, to: number): PeriodBounds => ({ by: 'seq', from, to });

/** What the lines show under the keys, or the code of the first fault. */
export function shown(lines: readonly string[], keys = LOG_KEYS): VerifiedExport | string {
  const [head = '', ...rest] = lines.map((line) => Buffer.from(line.replace(/\n$/, '')));
  const begun = ExportReader.begin(Buffer.from(head), keys);
  if (!begun.ok) return begun.fault.code;
  for (const [place, line] of rest.entries()) {
    const taken = begun.value.next(line);
    if (!taken.ok) return taken.fault.code;
    if ('whole' in taken.value) return place === rest.length - 1 ? taken.value.whole : 'something follows the end';
  }
  return 'export/not-ended';
}

/** A line with its JSON changed and spelled canonically again. */
export function edit(line: string | undefined, change: (value: Record<string, unknown>) => void): string {
  const value = JSON.parse(line ?? '{}') as Record<string, unknown>;
  change(value);
  return `${formatCanonicalJson(value as Json)}\n`;
}

export function hexOf(leaf: Uint8Array): string {
  return Buffer.from(entryHash(leaf)).toString('hex');
}
