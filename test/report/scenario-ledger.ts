import { createHash, createPrivateKey } from 'node:crypto';
import { formatCheckpoint } from '../../src/core/checkpoint/checkpoint.ts';
import { formatNote, formatVkey, type NoteSigner } from '../../src/core/checkpoint/signed-note.ts';
import { type EvidenceParts, formatEvidence, type Question } from '../../src/core/custody/evidence.ts';
import { neededKeys } from '../../src/core/custody/needed-lists.ts';
import { concatBytes } from '../../src/core/encoding/bytes.ts';
import { formatHex } from '../../src/core/encoding/hex.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { payloadCommitment } from '../../src/core/entry/commitment.ts';
import type { Proposal } from '../../src/core/entry/entry.ts';
import { type LinkedEntry, type ListHead, linkEntries } from '../../src/core/entry/link.ts';
import { inclusionPath, rootOf } from '../../src/core/merkle/tree.ts';
import { signingKey } from '../../src/keys/service-keys.ts';
import type { SigningKey } from '../../src/service/ports.ts';

/** An entry to be: its fields, and the document that it commits to. */
export type Draft = Omit<Proposal, 'payload'> & {
  readonly document?: { readonly mediaType: string; readonly bytes: Uint8Array };
};

/** A ledger in memory with real keys, links, proofs and signatures; whoever knows another secret makes another one. */
export type ScenarioLedger = {
  readonly vkey: string;
  /** An Ed25519 key of this ledger's world, the same for the same name. */
  readonly key: (name: string) => SigningKey;
  readonly append: (time: string, draft: Draft) => LinkedEntry;
  /** Evidence as the service makes it: every list that the question needs, complete, and the first and last entry. */
  readonly evidence: (question: Question) => EvidenceParts;
};

const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Opens a ledger of this origin whose keys all follow from `secret`. */
export function openScenarioLedger(origin: string, secret: string): ScenarioLedger {
  const digest = (text: string) => createHash('sha256').update(`${secret} ${text}`).digest();
  const key = (name: string) =>
    signingKey(createPrivateKey({ key: Buffer.concat([ED25519_PREFIX, digest(name)]), format: 'der', type: 'pkcs8' }));
  const log = key('log');
  const vkey = formatVkey(origin, 1, log.publicKey.raw);
  const signer: NoteSigner = { vkey, sign: log.sign };
  const entries: LinkedEntry[] = [];
  const lists = new Map<string, ListHead>();
  const payloads: { seq: number; salt: Uint8Array; bytes: Uint8Array }[] = [];

  function append(time: string, draft: Draft): LinkedEntry {
    const { document, ...fields } = draft;
    const salt = new Uint8Array(digest(`salt ${entries.length}`));
    const proposal: Proposal = {
      ...fields,
      ...(document === undefined
        ? {}
        : {
            payload: {
              commitment: payloadCommitment(salt, document.bytes),
              mediaType: document.mediaType,
              size: document.bytes.length,
            },
          }),
    };
    const last = entries.at(-1);
    const head = {
      log: origin,
      size: entries.length,
      ...(last === undefined ? {} : { last: { hash: formatHex(last.hash), time: last.entry.time } }),
    };
    const [linked] = linkEntries(head, lists, time, [proposal]);
    if (linked === undefined) throw new Error('one proposal becomes one entry');
    entries.push(linked);
    const { seq } = linked.entry;
    for (const { key: name, n } of linked.entry.keys) lists.set(name, { n, seq, hash: formatHex(linked.hash) });
    if (document !== undefined) payloads.push({ seq, salt, bytes: document.bytes });
    return linked;
  }

  function evidence(question: Question): EvidenceParts {
    const chosen = new Set([0, entries.length - 1]);
    let keys: readonly string[] = [];
    for (let before = -1; before !== chosen.size; ) {
      before = chosen.size;
      keys = neededKeys(
        question,
        [...chosen].sort((a, b) => a - b).map((seq) => entryAt(seq).entry),
      );
      for (const { entry } of entries) if (entry.keys.some((link) => keys.includes(link.key))) chosen.add(entry.seq);
    }
    const hashes = entries.map(({ hash }) => hash);
    const checkpoint = formatNote(formatCheckpoint({ origin, size: entries.length, root: rootOf(hashes) }), [signer]);
    return {
      question,
      checkpoint,
      logKey: vkey,
      entries: [...chosen].map((seq) => ({ entry: entryAt(seq).entry, path: inclusionPath(hashes, seq) })),
      payloads: payloads.filter(({ seq }) => chosen.has(seq)),
      lists: keys.map((name) => ({ key: name, n: lists.get(name)?.n ?? 0 })),
    };
  }

  function entryAt(seq: number): LinkedEntry {
    const entry = entries[seq];
    if (entry === undefined) throw new Error(`no entry ${seq}`);
    return entry;
  }

  append('2026-11-02T08:00:00.000Z', {
    kind: 'log.opened',
    principal: 'service',
    body: { mapRule: 'none', logKeys: [vkey], controlKeys: [], controlThreshold: 0 },
  });
  return { vkey, key, append, evidence };
}

/** Canonical evidence as bytes. */
export function evidenceBytes(parts: EvidenceParts): Uint8Array {
  return encodeUtf8(formatEvidence(parts));
}

/** The bytes with one bit of the byte at `offset` changed. */
export function flipBit(bytes: Uint8Array, offset: number): Uint8Array {
  return concatBytes(bytes.subarray(0, offset), Uint8Array.of((bytes[offset] ?? 0) ^ 1), bytes.subarray(offset + 1));
}
