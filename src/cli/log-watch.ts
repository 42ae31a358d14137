import type { Client } from '../client/client.ts';
import { ClientError } from '../client/client-error.ts';
import { type Checkpoint, openCheckpoint } from '../core/checkpoint/checkpoint.ts';
import { formatVkey, type NoteKey, parseVkey } from '../core/checkpoint/signed-note.ts';
import { parseCompleteness } from '../core/completeness/completeness.ts';
import { parseBase64 } from '../core/encoding/base64.ts';
import { equalBytes } from '../core/encoding/bytes.ts';
import { TRUST_KEY } from '../core/entry/keys.ts';
import { verifyConsistency } from '../core/merkle/consistency.ts';
import { vouchedKeys } from '../core/trust/log-keys.ts';
import { EXIT } from './exit-codes.ts';
import { type LogMemory, memoryFolder, readMemories, readMemory, writeMemory } from './log-memory.ts';
import { stop, stopOf } from './stop.ts';
import type { World } from './world.ts';

/** Where a log key comes from, best first: somebody gave it, this machine has met it before, or it meets it now. */
export type KeySource = 'given' | 'remembered' | 'first-use';
export type LogKeys = { readonly keys: readonly NoteKey[]; readonly source: KeySource };

/**
 * Watches one log over the commands of one machine. Open it *before* the request whose answer it judges: an answer that
 * is older than what was known before the question was asked is a rollback, not a race.
 */
export type LogWatch = {
  /**
   * The keys to trust for what the service sent; `claimed` is the vkey that came with it, believed on first use only. Where it
   * is none of those that are known, but one of them vouches for it in the log, it is trusted like that one.
   */
  readonly keysFor: (claimed: string) => Promise<LogKeys>;
  /**
   * Takes note of a signed checkpoint, after showing that it continues what was seen before. `fresh` is one that must be
   * as new as the question; the checkpoint of a receipt may be old, and then must be a prefix of what was seen.
   * Stops with `checkpoint/rolled-back` or `checkpoint/forked`, and with the faults of reading the note.
   */
  readonly accept: (note: string, trusted: LogKeys, age: { readonly fresh: boolean }) => Promise<Checkpoint>;
};

export type WatchOptions = {
  readonly world: World;
  readonly client: Client;
  readonly url: string;
  readonly given: readonly NoteKey[];
};

export function openLogWatch({ world, client, url, given }: WatchOptions): LogWatch {
  const folder = memoryFolder(world);
  const before = readMemories(folder);
  return {
    keysFor: async (claimed) => {
      const known: LogKeys = given.length > 0 ? { keys: given, source: 'given' } : keysFromMemory(before, url, claimed);
      if (known.keys.some((key) => vkeyOf(key) === claimed)) return known;
      const vouched = await readVouched(client, known.keys);
      if (vouched.some((key) => vkeyOf(key) === claimed)) return { ...known, keys: [...known.keys, ...vouched] };
      if (known.source === 'given') return known;
      const message = `${url} shows the log key ${claimed}, and this machine knows it by ${known.keys.map(vkeyOf).join(', ')}.`;
      throw stop(EXIT.history, 'log-key/changed', message);
    },
    accept: async (note, trusted, { fresh }) => {
      const opened = openCheckpoint(note, trusted.keys);
      if (!opened.ok) throw stopOf(EXIT.integrity, opened.fault, 'The checkpoint does not hold');
      const { checkpoint, verified } = opened.value;
      const known = before.get(checkpoint.origin);
      if (known !== undefined) await demandContinuation(client, checkpointOf(known), checkpoint, fresh);
      const key = verified.find(({ name }) => name === checkpoint.origin);
      if (key !== undefined) {
        await remember({ world, client, url, folder, known, checkpoint, note, key, source: trusted.source });
      }
      return checkpoint;
    },
  };
}

/** Verifier keys from their text, as `--log-key` and WAYBILL_LOG_KEY give them. */
export function parseLogKeys(texts: readonly string[]): readonly NoteKey[] {
  return texts.map((text) => {
    const key = parseVkey(text.trim());
    if (key.ok) return key.value;
    const hint = 'It looks like waybill-1a2b3c+0123abcd+Base64…; "waybill serve" prints it.';
    throw stop(EXIT.usage, 'log-key/malformed', `"${text}" is no log key: ${key.fault.message}`, hint);
  });
}

function keysFromMemory(before: ReadonlyMap<string, LogMemory>, url: string, claimed: string): LogKeys {
  const key = parseVkey(claimed);
  if (!key.ok) throw stopOf(EXIT.integrity, key.fault, 'The service names a log key that is none');
  const known = [...before.values()].find(({ urls }) => urls.includes(url)) ?? before.get(key.value.name);
  if (known === undefined) return { keys: [key.value], source: 'first-use' };
  const remembered = parseVkey(known.logKey);
  if (remembered.ok) return { keys: [remembered.value], source: 'remembered' };
  throw stopOf(EXIT.input, remembered.fault, `What this machine remembers of ${known.origin} does not hold`);
}

/** The keys that known ones vouch for in the log's list of what it is; none where it is not to be had. */
async function readVouched(client: Client, known: readonly NoteKey[]): Promise<readonly NoteKey[]> {
  try {
    const proof = parseCompleteness(await client.completeness(TRUST_KEY));
    // What vouches is signed by the known key itself: nothing else of the proof is asked for.
    const entries = proof.ok ? proof.value.entries.map(({ entry }) => entry) : [];
    return vouchedKeys(known, entries);
  } catch (error) {
    if (error instanceof ClientError) return [];
    throw error;
  }
}

function vkeyOf({ name, type, publicKey }: NoteKey): string {
  return formatVkey(name, type, publicKey);
}

function checkpointOf(memory: LogMemory): Checkpoint {
  const key = parseVkey(memory.logKey);
  const opened = key.ok ? openCheckpoint(memory.checkpoint, [key.value]) : key;
  if (opened.ok) return opened.value.checkpoint;
  throw stopOf(EXIT.input, opened.fault, `What this machine remembers of ${memory.origin} does not hold`);
}

/** Shows with the service's own proof that the later of both checkpoints contains the earlier one. */
async function demandContinuation(client: Client, known: Checkpoint, seen: Checkpoint, fresh: boolean): Promise<void> {
  if (seen.size < known.size && fresh) {
    const message = `The log ${seen.origin} has ${seen.size} entries now, and this machine has seen ${known.size}.`;
    throw stop(EXIT.history, 'checkpoint/rolled-back', message);
  }
  const [first, second] = seen.size < known.size ? [seen, known] : [known, seen];
  if (first.size === second.size) {
    if (!equalBytes(first.root, second.root)) throw forked(first, second);
    return;
  }
  const path = await readPath(client, first, second);
  const consistent = verifyConsistency({
    first: first.size,
    second: second.size,
    firstRoot: first.root,
    secondRoot: second.root,
    path,
  });
  if (!consistent.ok) throw forked(first, second);
}

async function readPath(client: Client, first: Checkpoint, second: Checkpoint): Promise<readonly Uint8Array[]> {
  try {
    const { value } = await client.consistency(first.size, second.size);
    const hashes = value.path.map((text) => parseBase64(text));
    return hashes.flatMap((hash) => (hash.ok ? [hash.value] : []));
  } catch (error) {
    if (!(error instanceof ClientError) || error.problem.code !== 'service/out-of-range') throw error;
    const message = `The log ${second.origin} cannot prove ${second.size} entries that this machine has seen.`;
    throw stop(EXIT.history, 'checkpoint/rolled-back', message);
  }
}

function forked(first: Checkpoint, second: Checkpoint) {
  const message = `The log ${first.origin} shows two histories: that of ${second.size} entries does not continue that of ${first.size}.`;
  return stop(EXIT.history, 'checkpoint/forked', message);
}

type Sighting = {
  readonly world: World;
  readonly client: Client;
  readonly url: string;
  readonly folder: string;
  readonly known: LogMemory | undefined;
  readonly checkpoint: Checkpoint;
  readonly note: string;
  readonly key: NoteKey;
  readonly source: KeySource;
};

async function remember({ world, client, url, folder, known, checkpoint, note, key, source }: Sighting): Promise<void> {
  const now = readMemory(folder, checkpoint.origin);
  // Another command may have remembered a newer checkpoint meanwhile; both must belong to one history.
  if (now !== undefined && now.checkpoint !== known?.checkpoint) {
    await demandContinuation(client, checkpointOf(now), checkpoint, false);
  }
  const isNewer = now === undefined || checkpointOf(now).size < checkpoint.size;
  const urls = [...new Set([...(now?.urls ?? []), url])];
  const memory: LogMemory = {
    type: 'waybill/log-memory/v0',
    origin: checkpoint.origin,
    logKey: isNewer ? formatVkey(key.name, key.type, key.publicKey) : now.logKey,
    keyFrom: source === 'given' ? 'given' : (now?.keyFrom ?? 'first-use'),
    firstSeen: now?.firstSeen ?? world.now().toISOString(),
    urls,
    checkpoint: isNewer ? note : now.checkpoint,
  };
  if (now !== undefined && JSON.stringify(now) === JSON.stringify(memory)) return;
  try {
    writeMemory(folder, memory);
    leaveAddress(folder, memory.origin, url);
  } catch (error) {
    // The answer holds all the same; a machine without a place for state only loses the comparison with the next one.
    const reason = error instanceof Error ? error.message : String(error);
    world.note(`note: the checkpoint is not remembered, ${folder} cannot be written: ${reason}\n`);
  }
}

/** One address leads to one log: where somebody gave the key of another than before, the old one no longer claims it. */
function leaveAddress(folder: string, origin: string, url: string): void {
  for (const other of readMemories(folder).values()) {
    if (other.origin === origin || !other.urls.includes(url)) continue;
    writeMemory(folder, { ...other, urls: other.urls.filter((each) => each !== url) });
  }
}
