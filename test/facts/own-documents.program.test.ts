import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { factsOfFile } from './facts-under-test.ts';

const ROOT = join(import.meta.dirname, '../..');
const SCRATCH = mkdtempSync(join(tmpdir(), 'waybill-facts-'));

/** Facts of what a tool of this project wrote; a refusal is a failure. */
function factsOfOutput(output: string) {
  const facts = factsOfFile(Buffer.from(output));
  assert(typeof facts !== 'string', String(facts));
  return facts;
}

/** Distinct `name@version` in the lockfile, without this package: read from its keys, as no bill of materials is. */
function lockedPackages(): number {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly name?: string; readonly version: string }>>;
  };
  const names = Object.entries(packages).map(([path, { name, version }]) => {
    return path === '' ? undefined : `${name ?? path.slice(path.lastIndexOf('node_modules/') + 13)}@${version}`;
  });
  return new Set(names.filter((name) => name !== undefined)).size;
}

test('the bill of materials that npm writes of this project states every package of the lockfile', () => {
  for (const format of ['cyclonedx', 'spdx']) {
    const output = execFileSync('npm', ['sbom', '--sbom-format', format, '--package-lock-only'], {
      cwd: ROOT,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    const { components, licences } = factsOfOutput(output);
    assert.equal(components?.count, lockedPackages(), format);
    assert(
      components.list.some(({ purl }) => purl === `pkg:npm/@noble/curves@${versionOf('@noble/curves')}`),
      format,
    );
    assert(
      licences?.list.some(({ licence }) => licence === 'MIT'),
      format,
    );
  }
});

function versionOf(name: string): string {
  return JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')).version;
}

test('the SARIF report of this project’s linter states as many findings as its summary counts', () => {
  const file = join(SCRATCH, 'faulty.ts');
  writeFileSync(file, 'export function a(x: any) {\n  if (x == 1) return x!;\n}\nvar b = 1;\n');
  const biome = (reporter: string) =>
    spawnSync(join(ROOT, 'node_modules/.bin/biome'), ['lint', `--reporter=${reporter}`, file], {
      cwd: ROOT,
      encoding: 'utf8',
    }).stdout;
  const { summary } = JSON.parse(biome('json')) as {
    readonly summary: { readonly errors: number; readonly warnings: number; readonly infos?: number };
  };
  assert(summary.errors >= 1, JSON.stringify(summary));
  const { findings } = factsOfOutput(biome('sarif'));
  assert.deepEqual([findings?.error, findings?.warning], [summary.errors, summary.warnings]);
});

test('the JUnit report of the runner states as many tests as its summary counts', () => {
  const file = join(SCRATCH, 'sample.test.mjs');
  writeFileSync(
    file,
    `import assert from 'node:assert';
     import { describe, test } from 'node:test';
     test('passes, <named> & "quoted" \u0001', () => {});
     test('fails', () => assert.equal(1, 2, 'a ]]> b & <c>'));
     test('is skipped', { skip: 'later' }, () => {});
     describe('nested', () => { test('passes too', () => {}); describe('deeper', () => { test('fails too', () => { throw new Error('x'); }); }); });`,
  );
  const run = (reporter: string) =>
    spawnSync(process.execPath, ['--test', `--test-reporter=${reporter}`, file], {
      encoding: 'utf8',
      env: { ...process.env, NODE_TEST_CONTEXT: undefined },
    }).stdout;
  const tap = run('tap');
  const counted = (what: string) => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(tap)?.[1]);
  const { tests } = factsOfOutput(run('junit'));
  assert.deepEqual(tests, {
    total: counted('tests'),
    passed: counted('pass'),
    failed: counted('fail'),
    skipped: counted('skipped'),
  });
  assert.deepEqual(tests, { total: 5, passed: 2, failed: 2, skipped: 1 });
});
