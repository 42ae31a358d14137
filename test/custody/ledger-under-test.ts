import { createHash, createPrivateKey } from 'node:crypto';
import { formatCheckpoint } from '../../src/core/checkpoint/checkpoint.ts';
import { formatNote, formatVkey } from '../../src/core/checkpoint/signed-note.ts';
import { isInView } from '../../src/core/custody/as-of.ts';
import { type EvidenceParts, formatEvidence, type Question } from '../../src/core/custody/evidence.ts';
import { neededEnds, neededKeys, neededSeqs } from '../../src/core/custody/needed-lists.ts';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import { formatHex } from '../../src/core/encoding/hex.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { payloadCommitment } from '../../src/core/entry/commitment.ts';
import { type Entry, entryHash, type Proposal } from '../../src/core/entry/entry.ts';
import { type ListHead, proposalKeys } from '../../src/core/entry/link.ts';
import { formatTime, parseTime } from '../../src/core/entry/time.ts';
import { nodeHash } from '../../src/core/merkle/hash.ts';
import { consistencyPath } from '../../src/core/merkle/tree.ts';
import type { Receipt } from '../../src/core/receipt/receipt.ts';
import { signingKey } from '../../src/keys/service-keys.ts';
import type { SigningKey } from '../../src/service/ports.ts';
import { MapUnderTest } from './map-under-test.ts';

/** A document that an entry commits to. */
export type Document = { readonly mediaType: string; readonly bytes: Uint8Array };

/** An entry to be. What a service would never write is written all the same: the deviations are at the end. */
export type Draft = Omit<Proposal, 'payload' | 'body'> & {
  readonly body: unknown;
  readonly document?: Document;
  /** Time of the entry; a minute after the one before unless told. */
  readonly time?: string;
  /** Filed under these keys, whatever the kind says. */
  readonly keys?: readonly string[];
  /** The map that is committed to knows nothing of it. */
  readonly unmapped?: boolean;
  /** Last change before the entry is hashed. */
  readonly alter?: (entry: Entry) => Entry;
};

type Appended = { readonly entry: Entry; readonly hash: Uint8Array };
type Payload = EvidenceParts['payloads'][number];

/** What a server may do differently when it hands out evidence. */
export type EvidenceOptions = {
  /** Entries that are not shown; lists are claimed as if they were, unless `lists` says otherwise. */
  readonly without?: readonly number[];
  readonly withoutPayloads?: readonly number[];
  /** Size of the checkpoint: all entries unless told. */
  readonly size?: number;
  /** Lists to begin with: saves the rounds of asking where one list leads to the next thousands of times. */
  readonly keys?: readonly string[];
  /** Names the key that signs the checkpoint, or those that sign all checkpoints, of which the first is claimed; `log`. */
  readonly signedBy?: string | readonly string[];
  /** Last change before the evidence is written. */
  readonly edit?: (parts: EvidenceParts) => EvidenceParts;
};

const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const FIRST_TIME = parseTime('2026-03-01T12:00:00.000Z') ?? 0;

/**
 * A ledger in memory with real keys, links, trees and signatures, and none of the service's scruples. All keys and salts
 * follow from `secret`, so that the same calls give the same bytes, and another secret gives another world of the same names.
 */
export class LedgerUnderTest {
  readonly origin: string;
  readonly #secret: string;
  readonly #entries: Appended[] = [];
  readonly #lists = new Map<string, ListHead>();
  readonly #payloads = new Map<number, Payload>();
  readonly #subtrees = new Map<string, Uint8Array>();
  readonly #map = new MapUnderTest();
  /** Whether what is published ends with a commitment to the map, as it must. */
  readonly #commits: boolean;

  constructor(origin = 'waybill-0123456789abcdef', secret = 'honest', commits = true) {
    this.origin = origin;
    this.#secret = secret;
    this.#commits = commits;
  }

  /** Entries, with the commitment at the end: whoever asks for the size gets one that can be published. */
  get size(): number {
    this.#publish();
    return this.#entries.length;
  }

  get vkey(): string {
    return this.vkeyOf('log');
  }

  /** Verifier key of the note key of that name. */
  vkeyOf(name: string): string {
    return formatVkey(this.origin, 1, this.key(name).publicKey.raw);
  }

  /** An Ed25519 key of this world, the same for the same name. */
  key(name: string): SigningKey {
    const seed = Buffer.concat([ED25519_PREFIX, this.#digest(`key ${name}`)]);
    return signingKey(createPrivateKey({ key: seed, format: 'der', type: 'pkcs8' }));
  }

  entry(seq: number): Entry {
    return this.#at(seq).entry;
  }

  /** Time of the newest entry, which is that of its commitment. */
  get time(): string {
    return this.#at(this.size - 1).entry.time;
  }

  /** Appends the draft and gives its seq. */
  append(draft: Draft): number {
    const { document, keys, alter, time, unmapped = false, ...fields } = draft;
    const seq = this.#entries.length;
    const last = this.#entries.at(-1);
    const salt = new Uint8Array(this.#digest(`salt ${seq}`));
    const proposal = {
      ...fields,
      ...(document === undefined ? {} : { payload: reference(salt, document) }),
    } as Proposal;
    const linked: Entry = {
      ...proposal,
      v: 1,
      log: this.origin,
      seq,
      ...(last === undefined ? {} : { prev: formatHex(last.hash) }),
      time: time ?? formatTime((parseTime(last?.entry.time ?? '') ?? FIRST_TIME) + 60_000),
      keys: [...(keys ?? proposalKeys(proposal))].sort().map((key) => link(key, this.#lists.get(key))),
    };
    const entry = alter?.(linked) ?? linked;
    const hash = entryHash(encodeUtf8(formatCanonicalJson(entry as unknown as Json)));
    this.#entries.push({ entry, hash });
    for (const { key, n } of entry.keys) {
      const head = { n, seq, hash: formatHex(hash) };
      this.#lists.set(key, head);
      if (!unmapped) this.#map.set(key, head);
    }
    if (document !== undefined) this.#payloads.set(seq, { seq, salt, bytes: document.bytes });
    return seq;
  }

  /** Evidence as the service makes it, before the deviations of `options`. */
  evidence(question: Question, options: EvidenceOptions = {}): EvidenceParts {
    const { without = [], withoutPayloads = [], size = this.size, signedBy = 'log', keys: begin = [], edit } = options;
    const known = this.#entries.slice(0, size);
    const { chosen, keys } = choose(question, known, begin);
    const seqs = [...chosen].filter((seq) => !without.includes(seq)).sort((a, b) => a - b);
    const counts = new Map<string, number>();
    for (const { entry } of known) for (const { key } of entry.keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    const parts: EvidenceParts = {
      question,
      checkpoint: this.checkpoint(size, signedBy),
      ...(question.asOf === undefined
        ? {}
        : this.past(question.asOf.size, size, typeof signedBy === 'string' ? 'log' : signedBy)),
      logKey: typeof signedBy === 'string' ? this.vkey : this.vkeyOf(signedBy[0] ?? 'log'),
      entries: seqs.map((seq) => ({ entry: this.#at(seq).entry, path: this.#path(seq, 0, size) })),
      payloads: seqs.flatMap((seq) => {
        const payload = this.#payloads.get(seq);
        const isShown = isInView(this.entry(seq), question.asOf) && !withoutPayloads.includes(seq);
        return payload === undefined || !isShown ? [] : [payload];
      }),
      lists: keys.map((key) => ({ key, n: counts.get(key) ?? 0, proof: this.mapProof(key, size) })),
    };
    return edit?.(parts) ?? parts;
  }

  /** What shows the state of `first` entries under that of `size`. */
  past(
    first: number,
    size = this.size,
    signedBy: string | readonly string[] = 'log',
  ): { readonly earlier: string; readonly consistency: readonly Uint8Array[] } {
    const hashes = this.#entries.slice(0, size).map(({ hash }) => hash);
    return {
      earlier: this.checkpoint(first, signedBy),
      consistency: first < size ? consistencyPath(hashes, first) : [],
    };
  }

  /** Proof of what the map says of a list under a checkpoint of that size. */
  mapProof(key: string, size = this.size): Uint8Array {
    return this.#map.proof(key, size);
  }

  evidenceBytes(question: Question, options: EvidenceOptions = {}): Uint8Array {
    return encodeUtf8(formatEvidence(this.evidence(question, options)));
  }

  /** Signed note over the first `size` entries. */
  checkpoint(size = this.size, signedBy: string | readonly string[] = 'log'): string {
    const root = this.root(size);
    const signers = [signedBy].flat().map((name) => ({ vkey: this.vkeyOf(name), sign: this.key(name).sign }));
    return formatNote(formatCheckpoint({ origin: this.origin, size, root }), signers);
  }

  root(size = this.size): Uint8Array {
    return this.#subtree(0, size);
  }

  receipt(seq: number): Receipt {
    this.#publish();
    const salt = this.#payloads.get(seq)?.salt;
    const path = this.#path(seq, 0, this.size);
    return {
      entry: this.entry(seq),
      index: seq,
      path,
      checkpoint: this.checkpoint(),
      ...(salt === undefined ? {} : { salt }),
      logKey: this.vkey,
    };
  }

  payload(seq: number): Uint8Array | undefined {
    return this.#payloads.get(seq)?.bytes;
  }

  /** Whatever is shown to anybody ends with a commitment to the map over all entries before. */
  #publish(): void {
    const last = this.#entries.at(-1)?.entry;
    if (!this.#commits || last === undefined || last.kind === 'map.committed') return;
    const body = this.#map.commit(this.#entries.length + 1);
    this.append({ kind: 'map.committed', principal: 'service', body, time: last.time });
  }

  /** MTH of the leaves from `start` to before `end` (RFC 6962 section 2.1), each computed once. */
  #subtree(start: number, end: number): Uint8Array {
    if (end - start === 1) return this.#at(start).hash;
    const name = `${start} ${end}`;
    const split = start + splitOf(end - start);
    const hash = this.#subtrees.get(name) ?? nodeHash(this.#subtree(start, split), this.#subtree(split, end));
    this.#subtrees.set(name, hash);
    return hash;
  }

  #path(seq: number, start: number, end: number): readonly Uint8Array[] {
    if (end - start === 1) return [];
    const split = start + splitOf(end - start);
    return seq < split
      ? [...this.#path(seq, start, split), this.#subtree(split, end)]
      : [...this.#path(seq, split, end), this.#subtree(start, split)];
  }

  #at(seq: number): Appended {
    const appended = this.#entries[seq];
    if (appended === undefined) throw new Error(`the ledger has no entry ${seq}`);
    return appended;
  }

  #digest(text: string): Buffer {
    return createHash('sha256').update(`${this.#secret} ${text}`).digest();
  }
}

/** The entries and lists that the question needs: asked until nothing new is asked for, as the service does. */
function choose(
  question: Question,
  known: readonly Appended[],
  begin: readonly string[],
): { chosen: Set<number>; keys: readonly string[] } {
  const ends = neededEnds(
    question,
    known.map(({ entry }) => entry),
  );
  const held = (wanted: ReadonlySet<string>) =>
    known.flatMap(({ entry: { keys } }, seq) =>
      keys.some(({ key }) => wanted.has(key) && seq >= (ends.get(key) ?? 0)) ? [seq] : [],
    );
  const past = question.asOf === undefined ? [] : [question.asOf.size - 1];
  const chosen = new Set([0, known.length - 1, ...past, ...held(new Set(begin))]);
  let keys: readonly string[] = [];
  for (let before = -1; before !== chosen.size; ) {
    before = chosen.size;
    const entries = known.filter((_, seq) => chosen.has(seq)).map(({ entry }) => entry);
    keys = neededKeys(question, entries);
    for (const seq of neededSeqs(question, entries)) chosen.add(seq);
    for (const seq of held(new Set(keys))) chosen.add(seq);
  }
  return { chosen, keys };
}

/** Largest power of two under `leaves`. */
function splitOf(leaves: number): number {
  return 2 ** Math.floor(Math.log2(leaves - 1));
}

function reference(salt: Uint8Array, { mediaType, bytes }: Document): NonNullable<Entry['payload']> {
  return { commitment: payloadCommitment(salt, bytes), mediaType, size: bytes.length };
}

function link(key: string, head: ListHead | undefined): Entry['keys'][number] {
  return head === undefined ? { key, n: 1 } : { key, n: head.n + 1, prev: head.hash, prevSeq: head.seq };
}
