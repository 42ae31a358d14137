import { type ProvedList, ServiceError } from './ports.ts';

/**
 * Throws `database/projection-differs` where a list, by the seqs of its entries below the size of a head, is not what the
 * map of that head says of it: the map is the one that is committed to.
 */
export function requireMapped(key: string, members: readonly number[], mapped: ProvedList | undefined): void {
  const { n = 0, seq } = mapped?.value ?? {};
  if (members.length === n && members.at(-1) === seq) return;
  const found = members.length === 0 ? 'none is listed' : `${members.length} up to ${members.at(-1)} are listed`;
  const message = `The list ${key} has ${n} entries${n === 0 ? '' : ` up to ${seq}`}, and ${found}: run waybill rebuild.`;
  throw new ServiceError({ code: 'database/projection-differs', message });
}
