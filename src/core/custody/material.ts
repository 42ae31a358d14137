import { type Checkpoint, openCheckpoint } from '../checkpoint/checkpoint.ts';
import { type NoteKey, parseVkey } from '../checkpoint/signed-note.ts';
import { equalBytes } from '../encoding/bytes.ts';
import { formatHex } from '../encoding/hex.ts';
import { payloadCommitment } from '../entry/commitment.ts';
import type { Entry } from '../entry/entry.ts';
import type { LogOpened } from '../entry/kinds/log-opened.ts';
import { entryKind, RESERVED_KINDS } from '../entry/kinds.ts';
import { parseTime } from '../entry/time.ts';
import { SUBJECT_ENTRIES_MAX } from '../limits.ts';
import { verifyInclusion } from '../merkle/inclusion.ts';
import type { CheckList } from './check.ts';
import type { Evidence, EvidenceEntry } from './evidence.ts';
import { imagesInQuestion, neededKeys } from './needed-lists.ts';
import type { TrustFile } from './trust-file.ts';

/** An entry that is proved to be in the log, with its payload where that was shown and matches the commitment. */
export type ProvedEntry = { readonly entry: Entry; readonly hash: string; readonly payload?: Uint8Array };

/** What evidence proved: nothing in here is claimed only. */
export type Material = {
  readonly checkpoint?: Checkpoint;
  /** Time of the last entry under the checkpoint, where it was shown. */
  readonly time?: string;
  readonly entries: ReadonlyMap<number, ProvedEntry>;
  /** Complete lists, in order; a key whose list does not hold together is not among them. */
  readonly lists: ReadonlyMap<string, readonly ProvedEntry[]>;
  /** The image in question and the indexes of the repository that contain it. */
  readonly images: readonly string[];
  readonly pinned: boolean;
};

/** Checks log, checkpoint, entries, lists and payloads, and gives what of them was proved. */
export function proveMaterial(
  evidence: Evidence,
  trust: TrustFile | undefined,
  evaluatedAt: string,
  checks: CheckList,
): Material {
  const checkpoint = checkCheckpoint(evidence, trust, checks);
  const included = checkEntries(evidence, checkpoint, checks);
  const entries = checkPayloads(evidence, included, checks);
  checkOrder(entries, checks);
  const last = checkpoint === undefined ? undefined : entries.get(checkpoint.size - 1);
  checkAge(last?.entry.time, trust, evaluatedAt, checks);
  const needed = neededKeys(
    evidence.question,
    [...entries.values()].map(({ entry }) => entry),
  );
  const lists = checkLists(evidence, needed, entries, checks);
  checkOrigin(entries.get(0), evidence, checkpoint, trust, checks);
  return {
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(last === undefined ? {} : { time: last.entry.time }),
    entries,
    lists,
    images: imagesInQuestion(
      evidence.question,
      [...entries.values()].map(({ entry }) => entry),
    ),
    pinned: trust !== undefined,
  };
}

/** With a trust file only its keys count. Without one the key that the evidence names is used, and pins nothing. */
function checkCheckpoint(evidence: Evidence, trust: TrustFile | undefined, checks: CheckList): Checkpoint | undefined {
  const keys = trust === undefined ? claimedKeys(evidence.logKey) : trust.logKeys.map(({ key }) => key);
  const opened = openCheckpoint(evidence.checkpoint, keys);
  if (!opened.ok) {
    checks.fail('checkpoint/signature', opened.fault.code);
    return undefined;
  }
  const { checkpoint, verified } = opened.value;
  const inRange = trust?.logKeys.some(
    ({ key, fromSize = 0, toSize = Number.MAX_SAFE_INTEGER }) =>
      verified.includes(key) && checkpoint.size >= fromSize && checkpoint.size <= toSize,
  );
  if (inRange === false) {
    checks.fail('checkpoint/signature', 'checkpoint/log-key-differs', { detail: String(checkpoint.size) });
    return undefined;
  }
  checks.pass('checkpoint/signature', { detail: String(checkpoint.size) });
  checkPins(checkpoint, trust, checks);
  return checkpoint;
}

function claimedKeys(vkey: string): readonly NoteKey[] {
  const key = parseVkey(vkey);
  return key.ok ? [key.value] : [];
}

function checkPins(checkpoint: Checkpoint, trust: TrustFile | undefined, checks: CheckList): void {
  for (const pin of trust?.pins ?? []) {
    const about = { detail: String(pin.size) };
    if (pin.size > checkpoint.size) checks.fail('checkpoint/pins', 'checkpoint/too-old', about);
    else if (pin.size < checkpoint.size) checks.notRun('checkpoint/pins', 'checkpoint/pin-not-comparable', about);
    else if (equalBytes(pin.root, checkpoint.root)) checks.pass('checkpoint/pins', about);
    else checks.fail('checkpoint/pins', 'checkpoint/forked', about);
  }
}

function checkEntries(
  evidence: Evidence,
  checkpoint: Checkpoint | undefined,
  checks: CheckList,
): ReadonlyMap<number, EvidenceEntry> {
  const included = new Map<number, EvidenceEntry>();
  for (const proved of evidence.entries) {
    const { entry, hash, path } = proved;
    const { seq } = entry;
    if (checkpoint === undefined) {
      checks.notRun('entry/inclusion', 'custody/blocked', { seq });
      continue;
    }
    const { size, root } = checkpoint;
    const result = verifyInclusion({ index: seq, size, leafHash: hash, path, root });
    if (!result.ok) checks.fail('entry/inclusion', result.fault.code, { seq });
    else if (entry.log !== checkpoint.origin) checks.fail('entry/inclusion', 'entry/wrong-log', { seq });
    else {
      checks.pass('entry/inclusion', { seq });
      included.set(seq, proved);
    }
    checkKindKnown(entry, checks);
  }
  return included;
}

function checkKindKnown(entry: Entry, checks: CheckList): void {
  if (entryKind(entry.kind) !== undefined) return;
  const reserved = Object.hasOwn(RESERVED_KINDS, entry.kind);
  checks.fail('entry/kind', reserved ? 'entry/reserved-kind' : 'entry/unknown-kind', {
    seq: entry.seq,
    detail: entry.kind,
  });
}

function checkPayloads(
  evidence: Evidence,
  included: ReadonlyMap<number, EvidenceEntry>,
  checks: CheckList,
): ReadonlyMap<number, ProvedEntry> {
  const shown = new Map(evidence.payloads.map((payload) => [payload.seq, payload]));
  for (const seq of shown.keys()) {
    if (included.get(seq)?.entry.payload === undefined)
      checks.fail('payload/commitment', 'payload/not-needed', { seq });
  }
  return new Map(
    [...included.values()].map(({ entry, hash }) => {
      const payload = shown.get(entry.seq);
      const proved = { entry, hash: formatHex(hash) };
      if (entry.payload === undefined || payload === undefined) return [entry.seq, proved];
      const { salt, bytes } = payload;
      const about = { seq: entry.seq };
      if (bytes.length !== entry.payload.size) checks.fail('payload/commitment', 'payload/size-wrong', about);
      else if (payloadCommitment(salt, bytes) !== entry.payload.commitment)
        checks.fail('payload/commitment', 'payload/commitment-wrong', about);
      else {
        checks.pass('payload/commitment', about);
        return [entry.seq, { ...proved, payload: bytes }];
      }
      return [entry.seq, proved];
    }),
  );
}

function checkOrder(entries: ReadonlyMap<number, ProvedEntry>, checks: CheckList): void {
  let before: ProvedEntry | undefined;
  for (const proved of entries.values()) {
    const { entry } = proved;
    const about = { seq: entry.seq };
    const neighbour = before !== undefined && before.entry.seq === entry.seq - 1;
    if (before !== undefined && before.entry.time > entry.time)
      checks.fail('entry/order', 'entry/time-backwards', about);
    else if (neighbour && before?.hash !== entry.prev) checks.fail('entry/order', 'entry/link-broken', about);
    else checks.pass('entry/order', about);
    before = proved;
  }
}

function checkAge(
  time: string | undefined,
  trust: TrustFile | undefined,
  evaluatedAt: string,
  checks: CheckList,
): void {
  if (time === undefined) {
    checks.notRun('checkpoint/age', 'entry/missing');
    return;
  }
  const [now, then] = [parseTime(evaluatedAt), parseTime(time)];
  if (now === undefined || then === undefined) {
    checks.notRun('checkpoint/age', 'custody/bad-evaluation-time');
    return;
  }
  const ageSeconds = (now - then) / 1000;
  const max = trust?.checkpointAgeMaxSeconds;
  if (ageSeconds < -300) checks.fail('checkpoint/age', 'checkpoint/from-the-future', { detail: time });
  else if (max !== undefined && ageSeconds > max) checks.fail('checkpoint/age', 'checkpoint/too-old', { detail: time });
  else checks.pass('checkpoint/age', { detail: time });
}

function checkLists(
  evidence: Evidence,
  needed: readonly string[],
  entries: ReadonlyMap<number, ProvedEntry>,
  checks: CheckList,
): ReadonlyMap<string, readonly ProvedEntry[]> {
  const claimed = new Map(evidence.lists.map(({ key, n }) => [key, n]));
  const members = new Map<string, ProvedEntry[]>();
  for (const proved of entries.values()) {
    for (const { key } of proved.entry.keys) {
      const list = members.get(key);
      if (list === undefined) members.set(key, [proved]);
      else list.push(proved);
    }
  }
  const lists = new Map<string, readonly ProvedEntry[]>();
  for (const key of needed) {
    const list = members.get(key) ?? [];
    if (checkList(key, claimed.get(key), list, checks)) lists.set(key, list);
  }
  for (const key of claimed.keys()) if (!needed.includes(key)) checks.fail('list/complete', 'list/not-needed', { key });
  return lists;
}

/** A list holds together when its entries are 1 to n, each linked to the one before by hash and by seq. */
function checkList(key: string, claimed: number | undefined, list: readonly ProvedEntry[], checks: CheckList): boolean {
  if (claimed === undefined) return checks.fail('list/complete', 'list/claim-missing', { key });
  if (list.length > SUBJECT_ENTRIES_MAX) return checks.fail('list/complete', 'list/too-many-entries', { key });
  for (const [index, { entry }] of list.entries()) {
    const link = entry.keys.find((candidate) => candidate.key === key);
    const before = list[index - 1];
    if (link?.n !== index + 1) return checks.fail('list/complete', 'list/gap', { key, detail: String(index + 1) });
    if (link.prev !== before?.hash || link.prevSeq !== before?.entry.seq) {
      return checks.fail('list/complete', 'list/link-broken', { key, seq: entry.seq });
    }
  }
  if (list.length !== claimed)
    return checks.fail('list/complete', 'list/length-differs', { key, detail: String(claimed) });
  return checks.pass('list/complete', { key, detail: String(claimed) });
}

function checkOrigin(
  first: ProvedEntry | undefined,
  evidence: Evidence,
  checkpoint: Checkpoint | undefined,
  trust: TrustFile | undefined,
  checks: CheckList,
): void {
  if (checkpoint === undefined) checks.notRun('origin', 'custody/blocked');
  else if (first?.entry.kind !== 'log.opened') checks.fail('origin', 'entry/not-first');
  else if (!(first.entry.body as LogOpened).logKeys.includes(evidence.logKey))
    checks.fail('origin', 'checkpoint/log-key-not-in-log');
  else if (trust !== undefined && trust.origin !== checkpoint.origin) checks.fail('origin', 'origin/wrong-log');
  else if (trust === undefined) checks.notRun('origin', 'origin/not-confirmed', { detail: checkpoint.origin });
  else checks.pass('origin', { detail: checkpoint.origin });
}
