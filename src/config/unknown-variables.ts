import { type Environment, SETTINGS } from './config.ts';

/** Variables with our prefix that others read: the command line, docker-compose.yml, the launcher, tests and long runs. */
const READ_BY_OTHERS: ReadonlySet<string> = new Set([
  'WAYBILL_URL',
  'WAYBILL_TOKEN',
  'WAYBILL_LOG_KEY',
  'WAYBILL_RUN',
  'WAYBILL_OWNER_PASSWORD',
  'WAYBILL_SERVICE_PASSWORD',
  'WAYBILL_PUBLISHED_PORT',
  'WAYBILL_RELAUNCHED',
  'WAYBILL_SERVED_BY',
]);
const PREFIXES_OF_OTHERS: readonly string[] = ['WAYBILL_TEST_', 'WAYBILL_SOAK_'];
/** A name is shown so far; longer ones are cut. */
const SHOWN_MAX = 60;

/** A variable that nobody reads, and the setting whose name is nearest. */
export type UnknownVariable = { readonly name: string; readonly nearest: string };

/** Variables that begin with `WAYBILL_` and that nothing of ours reads, sorted; empty ones as well. */
export function findUnknownVariables(environment: Environment): readonly UnknownVariable[] {
  return Object.entries(environment)
    .filter(([name, value]) => value !== undefined && name.startsWith('WAYBILL_') && !isKnown(name))
    .map(([name]) => ({ name: name.slice(0, SHOWN_MAX).replaceAll(/[^\w.-]/g, '?'), nearest: nearestSetting(name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isKnown(name: string): boolean {
  return (
    SETTINGS.includes(name) || READ_BY_OTHERS.has(name) || PREFIXES_OF_OTHERS.some((prefix) => name.startsWith(prefix))
  );
}

function nearestSetting(name: string): string {
  const ours = SETTINGS.filter((setting) => setting.startsWith('WAYBILL_'));
  const given = name.slice(0, SHOWN_MAX);
  const distances = ours.map((setting) => ({ setting, distance: editDistance(given, setting) }));
  return distances.reduce((best, each) => (each.distance < best.distance ? each : best)).setting;
}

/** Characters to insert, delete or replace until one text is the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [line, character] of [...from].entries()) {
    const next = [line + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (to[column - 1] === character ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
