import type { Json, JsonObject } from '../../core/encoding/json.ts';
import type { BarResult } from './bars.ts';
import type { BenchReport } from './run-bench.ts';

/** The report for people: a line a bar, then the machine, then what the numbers were taken with. */
export function renderBench(report: BenchReport): string {
  const rows = report.bars.map(
    (bar) => [bar.id, valueWithUnit(bar), limitOf(bar), saidOf(bar), ceilingOf(bar)] as const,
  );
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const why = report.bars.filter((bar) => bar.why !== undefined).map(({ id, why }) => `${id}: ${why}`);
  return [
    ...lines,
    '',
    ...why,
    ...(why.length > 0 ? [''] : []),
    `machine     ${flat(report.machine)}`,
    `parameters  ${flat(report.parameters)}`,
    `commit      ${report.commit ?? 'unknown'}, ${report.quick ? 'quick form' : 'full form'}, ${report.seconds} s`,
  ].join('\n');
}

/** A value with its unit; a dash where there is none. */
export function valueWithUnit({ value, unit }: Pick<BarResult, 'value' | 'unit'>): string {
  if (value === null) return '-';
  return unit === 'ratio' ? String(value) : `${value} ${unit}`;
}

/** The limit of a bar, as `≥ 0.45`. */
export function limitOf({ better, bar, unit }: Pick<BarResult, 'better' | 'bar' | 'unit'>): string {
  return `${better === 'higher' ? '≥' : '≤'} ${valueWithUnit({ value: bar, unit })}`;
}

/** `met`, `MISSED`, or that it was not decided. */
export function saidOf({ met }: Pick<BarResult, 'met'>): string {
  return met === null ? 'not decided' : met ? 'met' : 'MISSED';
}

/** Numbers that a bar and its ceiling both have, and how they read. */
const COMPARED = [
  ['perSecond', '/s'],
  ['entriesPerSecond', ' entries/s'],
  ['p50Ms', ' ms'],
] as const;

/** The value beside its ceiling's, and how large the ledger was: whatever of it the bar has. */
function ceilingOf({ ceiling, details }: BarResult): string {
  const pairs = COMPARED.flatMap(([name, unit]) => {
    const own = details?.[name];
    const most = ceiling?.[name];
    return own === undefined || most === undefined ? [] : [`${shown(own)}${unit} against ${shown(most)}${unit}`];
  });
  const size = details?.treeSize ?? details?.treeSizeAfter;
  return [...pairs, ...(size === undefined ? [] : [`${shown(size)} entries in the ledger`])].join(', ');
}

function flat(value: JsonObject): string {
  return Object.entries(value)
    .map(([name, member]) => `${name} ${shown(member)}`)
    .join(', ');
}

function shown(value: Json): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? `(${flat(value as JsonObject)})`
    : JSON.stringify(value);
}
