import type { Kysely } from 'kysely';
import { parseVkey } from '../core/checkpoint/signed-note.ts';
import { formatHex } from '../core/encoding/hex.ts';
import { TRUST_KEY } from '../core/entry/keys.ts';
import type { LogKeyRotated } from '../core/entry/kinds/log-key-rotated.ts';
import { INTEGER_MAX } from '../core/limits.ts';
import { verifyRotation } from '../core/trust/log-keys.ts';
import { type HeadAuthenticator, ServiceError } from '../service/ports.ts';
import { runWithin } from './ledger-transaction.ts';
import { readEntries, readLists } from './read-ledger.ts';
import type { Tables } from './tables.ts';

/**
 * Why a head carries no MAC of ours, where the reason is a rotation of the log's key to one that this replica lacks: then
 * `key/log-key-missing` is thrown, otherwise `error` itself. Only a rotation that a key at hand signed is believed, so that
 * nobody who writes to the database can have a forged head pass for one.
 */
export async function explainUnknownKey(
  database: Kysely<Tables>,
  authenticator: HeadAuthenticator,
  error: unknown,
): Promise<never> {
  if (!(error instanceof ServiceError) || error.fault.code !== 'head/not-ours') throw error;
  const run = runWithin(database);
  const seqs = (await readLists(run, [TRUST_KEY], INTEGER_MAX)).get(TRUST_KEY) ?? [];
  const isHeld = (key: Uint8Array) => authenticator.keys.includes(formatHex(key));
  for (const { entry } of await readEntries(run, seqs)) {
    const rotated = entry.kind === 'log-key.rotated' ? verifyRotation(entry) : undefined;
    if (rotated?.ok !== true || !rotated.value.previous.some(({ publicKey }) => isHeld(publicKey))) continue;
    const lacks = (entry.body as LogKeyRotated).logKeys.find((vkey) => {
      const key = parseVkey(vkey);
      return key.ok && !isHeld(key.value.publicKey);
    });
    if (lacks === undefined) continue;
    const message = `Since entry ${entry.seq} the log is signed with ${lacks}, whose file is not here: copy it, and start this replica again.`;
    throw new ServiceError({ code: 'key/log-key-missing', message });
  }
  throw error;
}
