import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'waybill.js');

function runBench(folder: string, ...args: readonly string[]) {
  const environment = { PATH: process.env.PATH, TMPDIR: folder };
  return spawnSync(process.execPath, [PROGRAM, 'bench', ...args], { env: environment, encoding: 'utf8' });
}

test('the quick form prints one JSON object, measures what it was asked for, and leaves nothing behind', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const out = join(folder, 'run.json');
  const wanted = 'audit-ratio,evidence-10-stage-kb,memory-flat-ratio,absence-proof';
  const run = runBench(folder, '--json', '--quick', '--only', wanted, '--out', out);
  assert.equal(run.status, 0, run.stderr);
  const report = JSON.parse(run.stdout);
  assert.deepEqual(JSON.parse(readFileSync(out, 'utf8')), report);
  rmSync(out);
  const [audit, evidence, absence, memory] = report.bars;
  // It would have ended the run, had it found anything in the ledger that the bench grew.
  assert.equal(audit.id, 'audit-ratio');
  assert.ok(isLate(audit) || (audit.value > 0 && audit.details.treeSize > 4_400));
  const { id, unit, bar, better, met, value } = evidence;
  assert.deepEqual([id, unit, bar, better], ['evidence-10-stage-kb', 'KB', 150, 'lower']);
  assert.ok(isLate(evidence) || (met === null && value > 10 && value < 150));
  assert.ok(isLate(evidence) || /^over a map of \d+ keys instead of 1000000$/.test(evidence.why));
  assert.deepEqual([absence.value, absence.met, absence.why], [null, null, 'not measured in quick form']);
  assert.deepEqual([memory.value, memory.met, memory.why], [null, null, 'not measured in quick form']);
  assert.equal(report.bars.length, 4);
  assert.equal(report.machine.postgres.fsync, 'on');
  assert.ok(report.machine.cores >= 1 && report.machine.fdatasyncP50Ms > 0);
  assert.ok(report.parameters.treeSizes.single > 4_400);
  assert.equal(report.quick, true);
  assert.ok(!existsSync(folder) || readdirSync(folder).length === 0, 'folders of the bench are gone');
});

/** On a machine that is very busy, the quick form says so instead of measuring. */
function isLate(bar: { readonly value: unknown; readonly met: unknown; readonly why?: string }): boolean {
  if (bar.why !== 'no time was left for it in quick form') return false;
  assert.deepEqual([bar.value, bar.met], [null, null]);
  return true;
}

test('a bar that does not exist is refused before anything starts (cli/bad-argument)', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const run = runBench(folder, '--only', 'speed');
  assert.equal(run.status, 2);
  assert.match(run.stderr, /cli\/bad-argument/);
});

test('a bench that is interrupted ends its processes, removes its folders, and does not say that it succeeded', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const environment = { PATH: process.env.PATH, TMPDIR: folder };
  const args = [PROGRAM, 'bench', '--quick', '--only', 'single-post-ratio'];
  const child = spawn(process.execPath, args, { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (text) => (said += String(text)));
  while (!said.includes('single posts:') && child.exitCode === null) await sleep(20);
  const [bench] = readdirSync(folder);
  const service = Number(readFileSync(join(folder, bench ?? '', 'single', 'data', 'pid'), 'utf8'));
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  assert.equal(code, 1, said);
  assert.match(said, /cli\/interrupted/);
  assert.deepEqual(readdirSync(folder), []);
  assert.throws(() => process.kill(service, 0), { code: 'ESRCH' });
});
