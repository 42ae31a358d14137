import type { Json } from '../../core/encoding/json.ts';
import { type BarResult, missedBars } from './bars.ts';
import { limitOf, saidOf, valueWithUnit } from './render-bench.ts';
import type { BenchReport } from './run-bench.ts';

/** A run of the bench as the table of docs/performance.md: every bar, what it was compared with, and the machine. */
export function renderMarkdown(report: BenchReport): string {
  const missed = missedBars(report.bars).length;
  const decided = report.bars.filter(({ met }) => met !== null).length;
  return [
    '| bar | limit | measured | | ceiling and details |',
    '|---|---|---|---|---|',
    ...report.bars.map(rowOf),
    '',
    `${decided - missed} of ${decided} decided bars met. Measured at ${report.startedAt}, commit`,
    `\`${report.commit ?? 'unknown'}\`, in ${report.quick ? 'quick' : 'full'} form, in ${report.seconds} s.`,
    '',
    '| machine | |',
    '|---|---|',
    ...membersOf(report.machine).map(([name, value]) => `| ${name} | ${value} |`),
    ...membersOf(report.parameters).map(([name, value]) => `| ${name} | ${value} |`),
  ].join('\n');
}

function rowOf(bar: BarResult): string {
  const said = bar.met === false ? '**MISSED**' : saidOf(bar);
  const goal = bar.goal === undefined ? '' : `, goal ${bar.goal}`;
  const notes = [
    ...(bar.why === undefined ? [] : [bar.why]),
    ...membersOf(bar.ceiling ?? {}).map(([name, value]) =>
      name === 'what' ? `ceiling: ${value}` : `ceiling ${name} ${value}`,
    ),
    ...membersOf(bar.details ?? {}).map(([name, value]) => `${name} ${value}`),
  ];
  return `| \`${bar.id}\` | ${limitOf(bar)}${goal} | ${valueWithUnit(bar)} | ${said} | ${notes.join('; ')} |`;
}

/** Members and their values as text; members of members under both names. A bar in a text would end its cell. */
function membersOf(value: Json, prefix = ''): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [[prefix, String(value).replaceAll('|', '\\|')]];
  return Object.entries(value).flatMap(([name, member]) =>
    membersOf(member as Json, prefix === '' ? name : `${prefix}.${name}`),
  );
}
