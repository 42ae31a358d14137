import type { Completeness } from '../core/completeness/completeness.ts';
import { type ControlSet, readControlSet } from '../core/control/control-keys.ts';
import { controlSetAfter } from '../core/control/verify-control.ts';
import { formatHex } from '../core/encoding/hex.ts';
import type { Entry } from '../core/entry/entry.ts';
import { TRUST_KEY } from '../core/entry/keys.ts';
import type { LogOpened } from '../core/entry/kinds/log-opened.ts';
import type { Connection } from './connect.ts';
import { EXIT } from './exit-codes.ts';
import { judgeCompleteness, readCompleteness } from './judge-completeness.ts';
import { evaluationTime, trustOfCheckpoint } from './judge-evidence.ts';
import { Stop, stop, stopOf } from './stop.ts';
import type { World } from './world.ts';

/** Where the next entry of a list will stand, and the control keys in force, both proved by the log. */
export type ControlPlace = {
  readonly log: string;
  readonly n: number;
  readonly prev?: string;
  /** The entries that the list has. */
  readonly entries: readonly Entry[];
  readonly set: ControlSet;
};

/** Reads both with proofs, and holds them to what this machine knows of the log. Stops for a log without control keys. */
export async function readControlPlace(world: World, connection: Connection, key: string): Promise<ControlPlace> {
  const trust = await readProvedList(world, connection, TRUST_KEY);
  const list = key === TRUST_KEY ? trust : await readProvedList(world, connection, key);
  const set = setInForce(trust);
  const last = list.entries.at(-1);
  return {
    log: list.commit.entry.log,
    n: list.n + 1,
    ...(last === undefined ? {} : { prev: formatHex(last.hash) }),
    entries: list.entries.map(({ entry }) => entry),
    set,
  };
}

/** The list with its proof, checked on this machine. Stops where it does not hold. */
export async function readProvedList(
  world: World,
  { client, watch }: Pick<Connection, 'client' | 'watch'>,
  key: string,
): Promise<Completeness> {
  const proof = readCompleteness(await client.completeness(key), 'What the service sent');
  if (proof.key !== key) {
    const fault = { code: 'custody/wrong-question', message: `It is of the list ${proof.key}.` } as const;
    throw stopOf(EXIT.integrity, fault, 'The service sent another proof');
  }
  const trusted = await watch.keysFor(proof.logKey);
  const file = trustOfCheckpoint(trusted, proof.checkpoint);
  const judged = judgeCompleteness(
    proof,
    { source: trusted.source, ...(file === undefined ? {} : { file }) },
    evaluationTime(undefined, world.now()),
  );
  if (!judged.result.holds) {
    const { checks } = judged.result;
    const found =
      checks.find(({ outcome }) => outcome === 'fail') ??
      checks.find(({ outcome, reason }) => outcome !== 'pass' && reason !== 'origin/not-confirmed');
    const message = `What the service says of the list ${key} does not hold.`;
    throw new Stop(EXIT.integrity, { code: found?.reason ?? 'cli/unexpected', message });
  }
  await watch.accept(proof.checkpoint, trusted, { fresh: true });
  return proof;
}

/** The control keys in force after the list `trust`. */
function setInForce({ entries }: Completeness): ControlSet {
  const opened = entries[0]?.entry;
  const first = opened?.kind === 'log.opened' ? readControlSet(opened.body as LogOpened) : undefined;
  if (first?.ok !== true || first.value === undefined) {
    const message = 'The log was opened without control keys: its changes take no agreement.';
    throw stop(EXIT.usage, 'cli/bad-argument', message);
  }
  return controlSetAfter(
    first.value,
    entries.map(({ entry }) => entry),
  );
}
