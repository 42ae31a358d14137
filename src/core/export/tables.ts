import { entryKind } from '../entry/kinds.ts';
import { type Table, together } from './table.ts';
import { attestations } from './tables/attestations.ts';
import { images } from './tables/images.ts';
import { releases } from './tables/releases.ts';
import { runs } from './tables/runs.ts';
import { trust } from './tables/trust.ts';
import { verdicts } from './tables/verdicts.ts';
import { waivers } from './tables/waivers.ts';

/** Entries of kinds that this version gives no meaning: what a later version wrote is not passed over. */
const others: Table = {
  name: 'others',
  columns: ['repository', 'lists'],
  cells: ({ entry }) => ({ repository: entry.repository, lists: together(entry.keys.map(({ key }) => key)) }),
};

/** The tables of an export, each its own file. */
export const TABLES: readonly Table[] = [images, attestations, runs, releases, verdicts, waivers, trust, others];

/** Kinds that are counted and stand in no table: they say nothing that is not checked already. */
export const UNTABLED_KINDS: readonly string[] = ['map.committed'];

const BY_KIND = new Map(TABLES.flatMap((table) => (table.kinds ?? []).map((kind) => [kind, table])));

/** The one table that entries of the kind stand in; undefined for one that is only counted. */
export function tableOf(kind: string): Table | undefined {
  if (UNTABLED_KINDS.includes(kind)) return undefined;
  return entryKind(kind) === undefined ? others : (BY_KIND.get(kind) ?? others);
}
