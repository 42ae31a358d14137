import type { WaiverRequested } from '../../entry/kinds/waiver-requested.ts';
import { parseWaiverDocument } from '../../trust/waiver-document.ts';
import type { ExportRow } from '../export-lines.ts';
import { placeIn, type Table, yesNo } from '../table.ts';

/**
 * The life of waivers: a row for the request, for each approval, and for a revocation. Where `entry_of_waiver` of the first
 * row of a waiver is over 1, it was asked for before the period.
 */
export const waivers: Table = {
  name: 'waivers',
  kinds: ['waiver.requested', 'waiver.approved', 'waiver.revoked'],
  columns: [
    'waiver',
    'repository',
    'digest',
    'check',
    'contract',
    'stage',
    'rule',
    'expires',
    'break_glass',
    'reason',
    'control',
    'entry_of_waiver',
  ],
  cells: (row) => {
    const { entry } = row;
    const { waiver, digest, check, contract, stage, rule, expires, breakGlass } =
      entry.body as Partial<WaiverRequested>;
    return {
      waiver,
      repository: entry.repository,
      digest,
      check,
      contract,
      stage,
      rule,
      expires,
      break_glass: breakGlass === undefined ? undefined : yesNo(breakGlass),
      reason: reasonOf(row),
      control: entry.kind === 'waiver.approved' ? yesNo(entry.control !== undefined) : undefined,
      entry_of_waiver: placeIn(entry, 'waiver'),
    };
  },
};

/** In brackets is what nobody wrote. */
function reasonOf({ entry, document }: ExportRow): string | undefined {
  if (entry.kind !== 'waiver.requested') return undefined;
  if (document === undefined) return '[not shown]';
  const read = parseWaiverDocument(document.bytes);
  return read.ok ? read.value.reason : '[does not read]';
}
