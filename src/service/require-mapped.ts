import type { Entry } from '../core/entry/entry.ts';
import { type ProvedList, ServiceError } from './ports.ts';

/**
 * Throws `database/projection-differs` where a list, by the seqs of its entries below the size of a head, is not what the
 * map of that head says of it: the map is the one that is committed to.
 */
export function requireMapped(key: string, members: readonly number[], mapped: ProvedList | undefined): void {
  const { n = 0, seq } = mapped?.value ?? {};
  if (members.length === n && members.at(-1) === seq) return;
  const found = members.length === 0 ? 'none is listed' : `${members.length} up to ${members.at(-1)} are listed`;
  throw projectionDiffers(`The list ${key} has ${n} entries${n === 0 ? '' : ` up to ${seq}`}, and ${found}`);
}

/**
 * Throws `database/projection-differs` where a list, by its entries, holds another one in place of its n-th: what is shown of
 * it would not hold together, and look like the log's own doing.
 */
export function requireMembers(key: string, members: readonly Entry[]): void {
  const other = members.find(({ keys }, index) => keys.find((link) => link.key === key)?.n !== index + 1);
  if (other !== undefined)
    throw projectionDiffers(`The list ${key} is listed with entry ${other.seq} at a place that is not its own`);
}

/** What to throw where a projection names what the ledger does not hold so: it says where to look, and no more. */
export function projectionDiffers(message: string): ServiceError {
  return new ServiceError({ code: 'database/projection-differs', message: `${message}: run waybill rebuild.` });
}
