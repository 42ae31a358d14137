import { isAct } from '../core/dual-control/takes-two.ts';
import { signerKey } from '../core/entry/keys.ts';
import type { SignerRegistered } from '../core/entry/kinds/signer-registered.ts';
import type { SignerRevoked } from '../core/entry/kinds/signer-revoked.ts';
import type { SignerRotated } from '../core/entry/kinds/signer-rotated.ts';
import { laterTime } from '../core/entry/time.ts';
import { invariant } from '../core/fault.ts';
import { parseRotation } from '../core/trust/rotation-document.ts';
import { parseSignerDocument, type SignerDocument, signerAgeAt } from '../core/trust/signer-document.ts';
import type { SignerView } from './answers.ts';
import type { LedgerStore } from './ports.ts';
import { type ListedEntry, readWholeLists, requireDocument } from './read-list.ts';
import type { ListLength } from './rests-on.ts';

/** What the ledger says of a signer now. */
export type SignerState = {
  readonly signer: string;
  readonly use: SignerRegistered['use'];
  readonly document: SignerDocument;
  readonly registeredAt: string;
  readonly registeredSeq: number;
  /** The earliest time that any revocation names. */
  readonly revokedFrom?: string;
  /** When a warning begins, and when it is too old to count. */
  readonly warnFrom?: string;
  readonly expiresAt?: string;
  /** The key that this one follows. */
  readonly predecessor?: string;
  /** That key was revoked for the time of the rotation, so that this one counts for nothing. */
  readonly isDisowned: boolean;
  /** The key that follows this one, `until` when both count, and when that was or will be: never before the rotation. */
  readonly rotation?: { readonly successor: string; readonly until: string; readonly retiredFrom: string };
  /** Length of its list. */
  readonly entries: number;
  /** Lengths of the lists that this was read from: its own, and that of each key before it. */
  readonly restsOn: readonly ListLength[];
};

/** Undefined for a key that was never registered. */
export async function readSignerState(store: LedgerStore, signer: string): Promise<SignerState | undefined> {
  return (await readSignerStates(store, [signer])).get(signer);
}

/** The state of each signer that is registered; those before them are read with them. */
export async function readSignerStates(
  store: LedgerStore,
  signers: readonly string[],
): Promise<ReadonlyMap<string, SignerState>> {
  const lists = new Map<string, readonly ListedEntry[]>();
  const lengths = new Map<string, number>();
  for (let wanted = [...new Set(signers)]; wanted.length > 0; wanted = missingOf(lists)) {
    const read = await readWholeLists(store, wanted.map(signerKey));
    for (const signer of wanted) {
      const list = read.get(signerKey(signer)) ?? [];
      lengths.set(signer, list.length);
      lists.set(
        signer,
        list.filter(({ entry }) => isAct(entry)),
      );
    }
  }
  const states = new Map<string, SignerState>();
  // By the entry that began each: the key before is read before the one that follows it.
  const begun = [...lists].filter(([, list]) => list.length > 0);
  begun.sort(([, a], [, b]) => (a[0]?.entry.seq ?? 0) - (b[0]?.entry.seq ?? 0));
  for (const [signer, list] of begun)
    states.set(signer, signerState(signer, { list, entries: lengths.get(signer) ?? 0 }, states));
  return states;
}

/** Whether the signer counts at that time (RFC 3339 in UTC with milliseconds). */
export function isInForce(state: SignerState, time: string): boolean {
  return !isRevoked(state, time) && !isRotated(state, time) && !isTooOld(state, time);
}

/** Whether its successor alone counts at that time. */
export function isRotated({ rotation }: SignerState, time: string): boolean {
  return rotation !== undefined && time >= rotation.until;
}

/** Whether it is older at that time than its registration allows. */
export function isTooOld({ expiresAt }: SignerState, time: string): boolean {
  return expiresAt !== undefined && time >= expiresAt;
}

/** Whether the signer was revoked at that time, or the key that vouches for it. */
export function isRevoked({ isDisowned, revokedFrom }: SignerState, time: string): boolean {
  return isDisowned || (revokedFrom !== undefined && time >= revokedFrom);
}

/** How a signer stands at that time, in a word. */
export function standingOf(state: SignerState, time: string): SignerView['state'] {
  if (state.isDisowned) return 'disowned';
  if (isRevoked(state, time)) return 'revoked';
  if (isRotated(state, time)) return 'rotated';
  if (isTooOld(state, time)) return 'expired';
  if (state.rotation !== undefined) return 'overlap';
  return state.warnFrom !== undefined && time >= state.warnFrom ? 'due' : 'in-force';
}

/** When the signer ceases to count, as far as is known; undefined where that is not foreseen. */
export function endOf({ revokedFrom, rotation, expiresAt }: SignerState): string | undefined {
  const ends = [revokedFrom, rotation?.until, expiresAt].filter((end) => end !== undefined);
  return ends.sort()[0];
}

function missingOf(lists: ReadonlyMap<string, readonly ListedEntry[]>): string[] {
  const before = [...lists].map(([signer, list]) => predecessorOf(signer, list));
  return [...new Set(before)].filter((signer) => signer !== undefined).filter((signer) => !lists.has(signer));
}

function predecessorOf(signer: string, [first]: readonly ListedEntry[]): string | undefined {
  if (first?.entry.kind !== 'signer.rotated') return undefined;
  const body = first.entry.body as SignerRotated;
  return body.successor === signer ? body.signer : undefined;
}

function signerState(
  signer: string,
  { list, entries }: { readonly list: readonly ListedEntry[]; readonly entries: number },
  known: ReadonlyMap<string, SignerState>,
): SignerState {
  const [first] = list;
  const before = predecessorOf(signer, list);
  const predecessor = before === undefined ? undefined : known.get(before);
  invariant(first !== undefined && (before === undefined) === (predecessor === undefined), 'a key before is known');
  const revocations = list
    .filter(({ entry }) => entry.kind === 'signer.revoked')
    .map(({ entry }) => (entry.body as SignerRevoked).effective)
    .sort();
  const rotation = rotationOf(signer, list);
  const document = documentOf(first, predecessor);
  const warnFrom = signerAgeAt(first.entry.time, document.ageSecondsWarn);
  const expiresAt = signerAgeAt(first.entry.time, document.ageSecondsMax);
  return {
    signer,
    use: predecessor?.use ?? (first.entry.body as SignerRegistered).use,
    document,
    registeredAt: first.entry.time,
    registeredSeq: first.entry.seq,
    ...(revocations[0] === undefined ? {} : { revokedFrom: revocations[0] }),
    ...(warnFrom === undefined ? {} : { warnFrom }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(predecessor === undefined ? {} : { predecessor: predecessor.signer }),
    isDisowned: predecessor !== undefined && isRevoked(predecessor, first.entry.time),
    ...(rotation === undefined ? {} : { rotation }),
    entries,
    restsOn: [{ key: signerKey(signer), n: entries }, ...(predecessor?.restsOn ?? [])],
  };
}

function rotationOf(signer: string, list: readonly ListedEntry[]): SignerState['rotation'] {
  for (const { entry } of list) {
    const body = entry.body as SignerRotated;
    if (entry.kind !== 'signer.rotated' || body.signer !== signer) continue;
    const { successor, until } = body;
    return { successor, until, retiredFrom: laterTime(until, entry.time) };
  }
  return undefined;
}

function documentOf(first: ListedEntry, predecessor: SignerState | undefined): SignerDocument {
  const bytes = requireDocument(first);
  if (predecessor === undefined) {
    invariant(first.entry.kind === 'signer.registered', 'a list of a signer begins with its registration');
    const document = parseSignerDocument(bytes);
    invariant(document.ok, 'the signer that was appended reads back');
    return document.value;
  }
  const read = parseRotation(bytes);
  invariant(read.ok, 'the rotation that was appended reads back');
  return read.value.rotation.successor;
}
