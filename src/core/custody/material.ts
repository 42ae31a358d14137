import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { formatHex } from '../encoding/hex.ts';
import { payloadCommitment } from '../entry/commitment.ts';
import type { Entry } from '../entry/entry.ts';
import { verifyInclusion } from '../merkle/inclusion.ts';
import type { CheckList } from './check.ts';
import type { Evidence, EvidenceEntry } from './evidence.ts';
import { kindFault } from './kind-fault.ts';
import { imagesInQuestion, neededKeys } from './needed-lists.ts';
import { checkAge, checkCheckpoint, checkOrigin } from './prove-checkpoint.ts';
import { checkLists } from './prove-lists.ts';
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
  /** The image in question and the indexes of the repository that say they contain it. */
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
  const plain = [...entries.values()].map(({ entry }) => entry);
  const needed = neededKeys(evidence.question, plain);
  const lists = checkLists(evidence, needed, entries, checkpoint?.size, checks);
  checkOrigin(entries.get(0), evidence, checkpoint, trust, checks);
  return {
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(last === undefined ? {} : { time: last.entry.time }),
    entries,
    lists,
    images: imagesInQuestion(evidence.question, plain),
    pinned: trust !== undefined,
  };
}

function checkEntries(
  evidence: Evidence,
  checkpoint: Checkpoint | undefined,
  checks: CheckList,
): ReadonlyMap<number, EvidenceEntry> {
  const included = new Map<number, EvidenceEntry>();
  for (const shown of evidence.entries) {
    const { entry, hash, path } = shown;
    const { seq, kind } = entry;
    const fault = kindFault(kind);
    if (fault !== undefined) checks.fail('entry/kind', fault, { seq, detail: kind });
    if (checkpoint === undefined) {
      checks.notRun('entry/inclusion', 'custody/blocked', { seq });
      continue;
    }
    const { size, root, origin } = checkpoint;
    const result = verifyInclusion({ index: seq, size, leafHash: hash, path, root });
    if (!result.ok) checks.fail('entry/inclusion', result.fault.code, { seq });
    else if (entry.log !== origin) checks.fail('entry/inclusion', 'entry/wrong-log', { seq });
    else {
      checks.pass('entry/inclusion', { seq });
      included.set(seq, shown);
    }
  }
  return included;
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
      const proved = { entry, hash: formatHex(hash) };
      const payload = shown.get(entry.seq);
      const good = payload !== undefined && checkPayload(entry, payload, checks);
      return [entry.seq, good ? { ...proved, payload: payload.bytes } : proved];
    }),
  );
}

function checkPayload(entry: Entry, { salt, bytes }: Evidence['payloads'][number], checks: CheckList): boolean {
  const about = { seq: entry.seq };
  // The lack of a reference is a finding of its own already.
  if (entry.payload === undefined) return false;
  if (bytes.length !== entry.payload.size) return checks.fail('payload/commitment', 'payload/size-wrong', about);
  if (payloadCommitment(salt, bytes) !== entry.payload.commitment)
    return checks.fail('payload/commitment', 'payload/commitment-wrong', about);
  return checks.pass('payload/commitment', about);
}

/** Time, the link to the entry before where that is shown, and every list's link to an entry that is shown. */
function checkOrder(entries: ReadonlyMap<number, ProvedEntry>, checks: CheckList): void {
  let before: ProvedEntry | undefined;
  for (const proved of entries.values()) {
    const { entry } = proved;
    const about = { seq: entry.seq };
    const neighbour = before?.entry.seq === entry.seq - 1 ? before : undefined;
    if (before !== undefined && before.entry.time > entry.time)
      checks.fail('entry/order', 'entry/time-backwards', about);
    else if (neighbour !== undefined && neighbour.hash !== entry.prev)
      checks.fail('entry/order', 'entry/link-broken', about);
    else if (entry.kind === 'log.opened' && entry.seq !== 0) checks.fail('entry/order', 'entry/not-first', about);
    else if (!entry.keys.every((link) => followsShown(link, entries)))
      checks.fail('entry/order', 'list/link-broken', about);
    else checks.pass('entry/order', about);
    before = proved;
  }
}

/** Also in lists that nothing rests on no link may contradict what is shown. */
function followsShown(link: Entry['keys'][number], entries: ReadonlyMap<number, ProvedEntry>): boolean {
  const before = link.prevSeq === undefined ? undefined : entries.get(link.prevSeq);
  if (before === undefined) return true;
  const held = before.entry.keys.find(({ key }) => key === link.key);
  return before.hash === link.prev && held?.n === link.n - 1;
}
