import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildPrograms } from './built-programs.ts';

/** The program that each of them runs, in a checkout of their own. */
const WRITER = fileURLToPath(new URL('./write-reports.fixture.ts', import.meta.url));

/** Two people's machines, as unlike as environments can make them. */
const MACHINES = [
  {
    LANG: 'en_US.UTF-8',
    LC_ALL: 'en_US.UTF-8',
    TZ: 'America/Los_Angeles',
    USER: 'anna',
    LOGNAME: 'anna',
    HOME: '/nowhere/anna',
  },
  {
    LANG: 'ar_EG.UTF-8',
    LC_ALL: 'tr_TR.UTF-8',
    TZ: 'Pacific/Kiritimati',
    USER: 'ben',
    LOGNAME: 'ben',
    HOME: '/nowhere/ben',
  },
] as const;

it('reports of one fixed ledger are the same bytes under two locales, time zones, users and checkout folders', () => {
  const written = MACHINES.map((machine) => {
    using checkout = buildPrograms(['test']);
    const folder = path.join(checkout.folder, 'written');
    mkdirSync(folder);
    const program = path.join(checkout.folder, 'test/report', path.basename(WRITER));
    const ran = spawnSync(process.execPath, [program, folder], {
      cwd: folder,
      env: { ...machine, PATH: process.env.PATH },
      encoding: 'utf8',
    });
    assert.equal(ran.status, 0, ran.stderr);
    return new Map(readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name))]));
  });
  const [first, second] = written;
  assert(first !== undefined && second !== undefined);
  assert.deepEqual([...first.keys()].sort(), [
    'plain.csv',
    'plain.html',
    'plain.json',
    'story.csv',
    'story.html',
    'story.json',
  ]);
  for (const [name, bytes] of first) {
    assert(bytes.length > 1_000, name);
    assert(second.get(name)?.equals(bytes), `${name} differs`);
  }
});
