import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { type Check, CheckList } from '../custody/check.ts';
import { checkLogKeys } from '../custody/check-log-keys.ts';
import { checkEntries, checkOrder, type ProvedEntry } from '../custody/material.ts';
import { checkAge, checkCheckpoint, checkPins } from '../custody/prove-checkpoint.ts';
import { checkCommit } from '../custody/prove-commit.ts';
import { checkList } from '../custody/prove-lists.ts';
import type { TrustFile } from '../custody/trust-file.ts';
import { formatHex } from '../encoding/hex.ts';
import { TRUST_KEY } from '../entry/keys.ts';
import type { Completeness } from './completeness.ts';

/** What a completeness proof shows: every check, and what follows. */
export type CompletenessResult = {
  readonly key: string;
  /** How many entries the list has; 0 where there are none. */
  readonly n: number;
  /** Whether the proof holds: these are all, by the map that the log committed to. */
  readonly holds: boolean;
  readonly origin?: string;
  readonly checkpoint?: { readonly size: number; readonly root: string; readonly time?: string };
  readonly evaluatedAt: string;
  readonly checks: readonly Check[];
  readonly assurances: {
    /** The checkpoint is signed by a log key that the reader brought. */
    readonly pinned: boolean;
    /** A monitor that the reader trusts cosigned the checkpoint, up to which it replayed the log. */
    readonly replayed: boolean;
    /** It holds by a map that a monitor replayed. Otherwise it is complete as claimed by the log. */
    readonly complete: boolean;
  };
};

/** Not-run, where nobody could have run it: no key was pinned, or a pin is of another size. */
const BEARABLE: ReadonlySet<string | undefined> = new Set(['origin/not-confirmed', 'checkpoint/pin-not-comparable']);

/**
 * Runs every check on a completeness proof and never stops at the first that fails. `evaluatedAt` is RFC 3339 in UTC
 * with milliseconds. The commitment is proved by its path; the map's value names the newest entry of the list by its
 * hash, and each entry the one before it, so that the checkpoint's signature is over all of them.
 * Source: docs/spec/completeness.md section 2.
 */
export function verifyCompleteness(
  proof: Completeness,
  trust: TrustFile | undefined,
  evaluatedAt: string,
): CompletenessResult {
  const checks = new CheckList();
  const signed = checkCheckpoint(proof, trust, checks);
  const checkpoint = signed?.checkpoint;
  checkPins(checkpoint, undefined, trust, checks);
  checkOrigin(checkpoint, trust, checks);
  const included = checkEntries({ entries: [proof.commit] }, checkpoint, checks);
  const commits = new Map([...included].map(([seq, { entry, hash }]) => [seq, { entry, hash: formatHex(hash) }]));
  const time = checkpoint === undefined ? undefined : commits.get(checkpoint.size - 1)?.entry.time;
  checkAge(time, trust, evaluatedAt, checks);
  const list = proof.entries.map(({ entry, hash }): ProvedEntry => ({ entry, hash: formatHex(hash) }));
  checkOrder(new Map([...list.map((one) => [one.entry.seq, one] as const), ...commits]), checks);
  const mapRoot = checkCommit(checkpoint, commits, checks);
  checkLogs(list, checkpoint, checks);
  const whole = checkList(proof, list, 0, mapRoot, checks);
  // The list that says which keys the log has: the one that signed is held to it.
  if (whole && proof.key === TRUST_KEY && signed !== undefined) {
    const shown = new Map(list.map((one) => [one.entry.seq, one]));
    checkLogKeys({ first: shown.get(0), shown, list, control: trust?.control }, [signed], checks);
  }
  const sorted = checks.sorted();
  const holds = sorted.every(
    ({ outcome, reason }) => outcome === 'pass' || (outcome === 'not-run' && BEARABLE.has(reason)),
  );
  const replayed = signed?.replayed ?? false;
  return {
    key: proof.key,
    n: proof.n,
    holds,
    ...(checkpoint === undefined ? {} : { origin: checkpoint.origin, checkpoint: shown(checkpoint, time) }),
    evaluatedAt,
    checks: sorted,
    assurances: { pinned: trust !== undefined && checkpoint !== undefined, replayed, complete: replayed && holds },
  };
}

function shown({ size, root }: Checkpoint, time: string | undefined) {
  return { size, root: formatHex(root), ...(time === undefined ? {} : { time }) };
}

/** What entry 0 says of the log is not part of the proof: whoever brings a key knows whose it is. */
function checkOrigin(checkpoint: Checkpoint | undefined, trust: TrustFile | undefined, checks: CheckList): void {
  if (checkpoint === undefined) checks.notRun('origin', 'custody/blocked');
  else if (trust === undefined) checks.notRun('origin', 'origin/not-confirmed', { detail: checkpoint.origin });
  else if (trust.origin !== checkpoint.origin) checks.fail('origin', 'origin/wrong-log', { detail: checkpoint.origin });
  else checks.pass('origin', { detail: checkpoint.origin });
}

/** Whatever the map leads to is of this log. */
function checkLogs(list: readonly ProvedEntry[], checkpoint: Checkpoint | undefined, checks: CheckList): void {
  for (const { entry } of list) {
    if (checkpoint !== undefined && entry.log !== checkpoint.origin)
      checks.fail('entry/inclusion', 'entry/wrong-log', { seq: entry.seq });
  }
}
