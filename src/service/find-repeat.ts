import type { Entry } from '../core/entry/entry.ts';
import type { ServiceContext } from './context.ts';

/**
 * The entry that a submission of this identity is said to have become, undefined where there was none. Asked before what a
 * request rests on is looked at: a retry gets its first receipt, also when it would be refused by now. The append judges
 * under the lock whether it is one.
 */
export async function findRepeat({ store }: ServiceContext, identity: Uint8Array): Promise<Entry | undefined> {
  const seq = await store.submitted(identity);
  const [stored] = seq === undefined ? [] : await store.entries([seq]);
  return stored?.entry;
}
