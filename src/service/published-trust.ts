import { type TrustFile, trustFileJson, trustLogKey } from '../core/custody/trust-file.ts';
import type { Json } from '../core/encoding/json.ts';
import { TRUST_KEY } from '../core/entry/keys.ts';
import { invariant } from '../core/fault.ts';
import type { ServiceContext } from './context.ts';
import { followLogKeys } from './log-signers.ts';
import { readWholeList } from './read-list.ts';

/** As many keys as a trust file names. */
const LOG_KEYS_MAX = 16;

/**
 * The trust file that the service offers, as the newest entries have it: the keys in force, and the newest of those that
 * were retired, each up to its end. What it is worth, the reader decides. Read anew where the list `trust` has grown.
 */
export function openPublishedTrust(context: ServiceContext): () => Promise<Json> {
  const { store, control } = context;
  let known: { readonly n: number; readonly json: Json } | undefined;
  return async () => {
    // A database that is away takes nothing back of what was said of it.
    const ends = await store.listEnds([TRUST_KEY]).catch((error: unknown) => {
      if (known === undefined) throw error;
      return undefined;
    });
    const n = ends?.get(TRUST_KEY)?.n;
    if (known !== undefined && (ends === undefined || known.n === n)) return known.json;
    const { inForce, retired } = followLogKeys(await readWholeList(store, TRUST_KEY));
    const ended = [...retired].map(([vkey, toSize]) => ({ ...trusted(vkey), toSize }));
    const logKeys = [...ended, ...inForce.map(trusted)].slice(-LOG_KEYS_MAX);
    const trust: TrustFile = { origin: store.origin, logKeys, pins: [], ...(control === undefined ? {} : { control }) };
    known = { n: n ?? 0, json: trustFileJson(trust) };
    return known.json;
  };
}

function trusted(vkey: string): TrustFile['logKeys'][number] {
  const trust = trustLogKey(vkey);
  const [key] = trust.ok ? trust.value.logKeys : [];
  invariant(key !== undefined, 'a key that the log followed is one');
  return key;
}
