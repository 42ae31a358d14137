import { formatVkey, type NoteKey } from '../core/checkpoint/signed-note.ts';
import { trustedCheckpoint } from '../core/custody/prove-checkpoint.ts';
import type { TrustFile } from '../core/custody/trust-file.ts';
import { type Brought as BroughtOfLog, vouchedKeys } from '../core/trust/log-keys.ts';
import { givenLogKeys, type ServiceOptions } from './connect.ts';
import { EXIT } from './exit-codes.ts';
import { readCompletenessFile } from './judge-completeness.ts';
import { readTrustFile, type TrustSource, trustOfCheckpoint } from './judge-evidence.ts';
import { parseLogKeys } from './log-watch.ts';
import { stop, stopOf } from './stop.ts';
import type { World } from './world.ts';

type Brought = Pick<ServiceOptions, 'logKey'> & { readonly trust?: string; readonly follow?: string };

/**
 * What the reader brings to a file that shows no list of keys: their keys, and those that they vouch for in the file to
 * follow. Stops with exit code 12 where a trust file says that the keys which signed `note` do not count for its size.
 */
export function readReaderKeys(world: World, options: Brought, note: string): { readonly keys: readonly NoteKey[] } {
  if (options.trust === undefined) {
    const keys = parseLogKeys(givenLogKeys(world, options));
    return { keys: [...keys, ...readVouched(keys, options.follow)] };
  }
  const trust = withFollowed(readTrustFile(options.trust), options.follow);
  const { fault } = trustedCheckpoint({ checkpoint: note, logKey: '', entries: [] }, trust);
  // What else is wrong with it is told with the rest of the file.
  if (fault?.code === 'checkpoint/log-key-differs') throw stopOf(EXIT.integrity, fault, 'The checkpoint does not hold');
  return { keys: trust.logKeys.map(({ key }) => key) };
}

/** A file proves nothing about its origin, so that only what the reader brings counts, never what was remembered. */
export function trustForFile(
  world: World,
  options: Brought,
  checkpoint: string,
): { readonly file?: TrustFile; readonly source: TrustSource } {
  if (options.trust !== undefined)
    return { source: 'given', file: withFollowed(readTrustFile(options.trust), options.follow) };
  const keys = parseLogKeys(givenLogKeys(world, options));
  const file = trustOfCheckpoint({ keys }, checkpoint);
  return file === undefined ? { source: 'none' } : { source: 'given', file: withFollowed(file, options.follow) };
}

/** The trust file with the keys besides that its own vouch for in the file to follow; one with an end vouches for none. */
export function withFollowed(trust: TrustFile, follow: string | undefined): TrustFile {
  const open = trust.logKeys.filter(({ toSize }) => toSize === undefined).map(({ key }) => key);
  const every = trust.logKeys.map(({ key }) => key);
  const vouched = readVouched(open, follow, { named: every, control: trust.control });
  const named = vouched.map((key) => ({ vkey: formatVkey(key.name, key.type, key.publicKey), key }));
  return { ...trust, logKeys: [...trust.logKeys, ...named] };
}

function readVouched(known: readonly NoteKey[], path: string | undefined, brought?: BroughtOfLog): readonly NoteKey[] {
  if (path === undefined) return [];
  const proof = readCompletenessFile(path);
  if (proof === undefined) {
    const hint = 'waybill prove trust -o FILE takes it from the service.';
    throw stop(EXIT.input, 'cli/unusable-file', `${path} is no completeness proof of the list trust.`, hint);
  }
  return vouchedKeys(
    known,
    proof.entries.map(({ entry }) => entry),
    brought,
  );
}
