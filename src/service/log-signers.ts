import { type NoteSigner, parseVkey } from '../core/checkpoint/signed-note.ts';
import { formatHex } from '../core/encoding/hex.ts';
import { TRUST_KEY } from '../core/entry/keys.ts';
import type { LogOpened } from '../core/entry/kinds/log-opened.ts';
import { invariant } from '../core/fault.ts';
import { followTrust, type LogKeys, openedLogKeys } from '../core/trust/log-keys.ts';
import { type LedgerStore, ServiceError, type ServiceKeys, type StoredHead } from './ports.ts';
import { type ListedEntry, readWholeList } from './read-list.ts';

/** What signs the checkpoints of a log. */
export type LogSigners = {
  /** The oldest in force. */
  readonly claimed: () => NoteSigner;
  /** Those that sign the checkpoint of a head, oldest first; at least one. */
  readonly of: (head: StoredHead) => readonly NoteSigner[];
  /** Looks again where the list `trust` has grown: another process may have rotated the key. */
  readonly refresh: () => Promise<void>;
};

type Signing = Pick<LogSigners, 'claimed' | 'of'>;

/**
 * The signers of a log, by the keys at hand and the rotations that the log recorded. A key that lies ready signs from the
 * head on that carries its MAC: that one stands over its announcement, whoever wrote it.
 *
 * Throws ServiceError: `key/log-key-missing` where a key that the log names is not at hand, `head/not-ours` where the newest
 * head does not carry the MAC of the newest key, and those of `followTrust`.
 */
export async function openLogSigners(store: LedgerStore, keys: ServiceKeys, head: StoredHead): Promise<LogSigners> {
  const lengthOf = async () => (await store.listEnds([TRUST_KEY])).get(TRUST_KEY)?.n;
  let length = await lengthOf();
  let signing = await readSigning(store, keys, head);
  return {
    claimed: () => signing.claimed(),
    of: (signed) => signing.of(signed),
    refresh: async () => {
      const now = await lengthOf();
      if (now === length) return;
      signing = await readSigning(store, keys, await store.head());
      length = now;
    },
  };
}

async function readSigning(store: LedgerStore, keys: ServiceKeys, head: StoredHead): Promise<Signing> {
  const held = keys.logSigners(store.origin);
  const [first] = held;
  invariant(first !== undefined, 'a service has a log key');
  if (head.frontier.size === 0) return signersAmong([first], keys);
  const named = followLogKeys(await readWholeList(store, TRUST_KEY));
  const lacks = [...named.retired.keys(), ...named.inForce].find(
    (vkey) => !keys.headAuthenticator.keys.includes(publicHex(vkey)),
  );
  const missing = lacks ?? named.inForce.find((vkey) => !held.some((signer) => signer.vkey === vkey));
  if (missing !== undefined) {
    const message = `The log names the key ${missing}, and its files are not here: copy them from a replica that has them.`;
    throw new ServiceError({ code: 'key/log-key-missing', message });
  }
  const newest = named.inForce.at(-1) ?? first.vkey;
  if (head.macKey !== publicHex(newest))
    throw new ServiceError({
      code: 'head/not-ours',
      message: 'The head does not carry the MAC of the newest log key.',
    });
  const next = held.find(({ vkey }) => !named.inForce.includes(vkey) && !named.retired.has(vkey));
  const inForce = held.filter(({ vkey }) => named.inForce.includes(vkey));
  return signersAmong(next === undefined || inForce.length > 1 ? inForce : [...inForce, next], keys);
}

function signersAmong(signers: readonly NoteSigner[], { headAuthenticator }: ServiceKeys): Signing {
  const order = (key: string | undefined) => (key === undefined ? -1 : headAuthenticator.keys.indexOf(key));
  const [claimed] = signers;
  invariant(claimed !== undefined, 'a log has a key in force');
  // Asked for every batch.
  const placed = signers.map((signer) => ({ signer, place: order(publicHex(signer.vkey)) }));
  return {
    claimed: () => claimed,
    of: ({ macKey }) => {
      const until = order(macKey);
      const signing = placed.flatMap(({ signer, place }) => (place <= until ? [signer] : []));
      return signing.length === 0 ? [claimed] : signing;
    },
  };
}

/** The keys of the log by its whole list `trust`. Throws ServiceError for a rotation that does not hold. */
export function followLogKeys(list: readonly ListedEntry[]): LogKeys {
  const [opened, ...later] = list.map(({ entry }) => entry);
  invariant(opened?.kind === 'log.opened', 'a log begins with its opening');
  let keys = openedLogKeys(opened.body as LogOpened);
  for (const entry of later) {
    const after = followTrust(keys, entry);
    if (!after.ok) throw new ServiceError(after.fault);
    keys = after.value;
  }
  return keys;
}

/** The public part of a log key, in hex: what MACs of heads are told apart by. */
function publicHex(vkey: string): string {
  const key = parseVkey(vkey);
  return key.ok ? formatHex(key.value.publicKey) : '';
}
