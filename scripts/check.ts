/**
 * `npm run check`: everything about the repository that a tool can judge. `npx node scripts/check.ts [step …] [--root=…]`
 * runs the named steps (all by default) on a folder laid out like this one. Each step runs, whatever the others found;
 * exits 1 when any found something.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { checkDocuments } from './rules/documents.ts';
import { checkImportDirections } from './rules/import-directions.ts';
import { checkMigrations } from './rules/migrations.ts';
import { type Finding, openRepository, type Repository } from './rules/repository.ts';
import { checkTidiness } from './rules/tidy.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { root: { type: 'string', default: path.resolve(import.meta.dirname, '..') } },
});
const root = path.resolve(values.root);

/** Name of a step and what it does; true when it found nothing. */
const STEPS: Readonly<Record<string, () => boolean>> = {
  types: () => runTool('tsc', ['-b']),
  biome: () => runTool('biome', ['check', '--error-on-warnings', '--max-diagnostics=200']),
  knip: () => runTool('knip', ['--no-progress']),
  imports: () => runRules(checkImportDirections),
  tidy: () => runRules(checkTidiness, checkDocuments, checkMigrations),
};

process.exitCode = main(positionals.length > 0 ? positionals : Object.keys(STEPS)) ? 0 : 1;

function main(names: readonly string[]): boolean {
  const outcomes = names.map((name) => {
    const step = STEPS[name];
    if (step === undefined) throw new Error(`no step "${name}"; there are ${Object.keys(STEPS).join(', ')}`);
    const startedAt = performance.now();
    const passed = step();
    return { name, passed, seconds: (performance.now() - startedAt) / 1000 };
  });
  for (const { name, passed, seconds } of outcomes) {
    console.log(`${passed ? 'pass' : 'FAIL'}  ${name.padEnd(8)}${seconds.toFixed(1)} s`);
  }
  return outcomes.every(({ passed }) => passed);
}

/** Runs a tool of `node_modules`; a tool that is not there, or does not start, is a failure and never a pass. */
function runTool(name: string, args: readonly string[]): boolean {
  const program = path.join(root, 'node_modules/.bin', name);
  if (!existsSync(program)) {
    console.error(`${name} is not installed`);
    return false;
  }
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (error !== undefined) console.error(`${name} did not start: ${error.message}`);
  return status === 0;
}

function runRules(...rules: readonly ((repository: Repository) => readonly Finding[])[]): boolean {
  const repository = openRepository(root);
  const findings = rules.flatMap((rule) => rule(repository));
  for (const { at, rule, message } of findings) console.error(`${at} [${rule}] ${message}`);
  return findings.length === 0;
}
