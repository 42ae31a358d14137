import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DRILLS } from '../../src/main/drill/all-drills.ts';
import type { Sighting } from '../../src/main/drill/drill.ts';
import { openMachine } from '../cli/run-cli.ts';
import { askSecond, base64, type FileJob, skipWithoutPython } from '../second-implementation/second-verifier.ts';
import { type DrillRun, readIndex, runWaybillDrill } from './run-waybill-drill.ts';
import { makeScratchFolder } from './scratch-folder.ts';

/** How long all drills may take where two cores are free; this machine may be busy. */
const DRILLS_MS_MAX = 300_000;

/** One drill of each family, to be played without its attack. */
const SAMPLE = ['edited-entry', 'foreign-stage', 'withheld-scan', 'compromised-key', 'two-histories', 'always-green'];

/** Some files, and the exit code of whoever verifies them. */
const EXITS: Readonly<Record<string, number>> = {
  'withheld-scan': 12,
  'stale-commitment': 12,
  'uncommitted-tail': 12,
  'unagreed-contract': 12,
  'other-control-keys': 12,
  'one-person-twice': 12,
  'retired-log-key': 12,
  'retired-image': 10,
  'endless-run': 10,
  'waiver-expired': 10,
};

describe('drills', { timeout: DRILLS_MS_MAX }, () => {
  const scratch = makeScratchFolder();
  const files = join(scratch.path, 'files');
  let run: DrillRun;
  before(async () => {
    run = await runWaybillDrill(scratch.path, ['--files', files]);
  });
  after(scratch.remove);

  it('are all caught, each by exactly those who must notice and under exactly their codes', () => {
    assert.equal(run.exit, 0, run.output);
    assert.deepEqual(
      run.drills.map(({ id }) => id),
      DRILLS.map(({ id }) => id),
    );
    for (const { id, caught, by, code, expected, noticed, control } of run.drills) {
      assert.deepEqual(sorted(noticed), sorted(expected), id);
      assert.deepEqual(control, [], id);
      assert.deepEqual({ caught, by, code }, { caught: true, ...expected[0] }, id);
    }
  });

  it('leave nothing behind but the files that were asked for', () => {
    assert.deepEqual(readdirSync(scratch.path), ['files']);
  });

  it('leave a file of every attack that a file can carry, with what its reader brings', () => {
    const { files: indexed } = readIndex(files);
    const carrying = DRILLS.filter(({ carries }) => carries !== undefined);
    assert.deepEqual(
      indexed.flatMap(({ drill, code }) => (drill === undefined ? [] : [[drill, code]])),
      carrying.map(({ id, carries }) => [id, carries]),
    );
    for (const { file, trust, receipt } of indexed)
      for (const path of [file, trust, receipt]) assert(path === undefined || existsSync(join(files, path)), path);
  });

  it('are noticed in those files by the second implementation too, under the same codes', {
    skip: skipWithoutPython(),
  }, async () => {
    const { files: indexed } = readIndex(files);
    const read = (path: string) => readFileSync(join(files, path));
    const known = JSON.parse(readFileSync(join(import.meta.dirname, '../../dist/web/program.json'), 'utf8')).sha256;
    const jobs = indexed.map(
      ({ kind, file, trust, receipt, at, subject, repository, environment }): FileJob => ({
        bytes: base64(read(file)),
        kind,
        trust: read(trust).toString('utf8'),
        image: subject,
        repository,
        ...(environment === undefined ? {} : { environment }),
        knownPrograms: [String(known)],
        ...(receipt === undefined ? {} : { receipts: [base64(read(receipt))] }),
        ...(at === undefined ? {} : { at }),
      }),
    );
    for (const [index, answer] of (await askSecond(jobs)).entries()) {
      const { drill, code, file } = indexed[index] ?? assert.fail();
      const named = [
        ...answer.checks.flatMap(({ outcome, reason }) => (outcome === 'fail' ? [reason] : [])),
        ...(answer.warnings ?? []).map((each) => each.code),
        ...(answer.receipts ?? []).map(({ reason }) => reason),
        answer.fault?.code,
      ].filter((each) => each !== undefined);
      if (code === undefined) assert.deepEqual([answer.verdict, named], ['pass', []], file);
      else assert(named.includes(code), `${drill}: expected ${code}, the second implementation says ${named.join()}`);
    }
  });

  it('break the ledger itself (12), or leave it whole and say no (10), by the exit code of the command line', async () => {
    const exits: Record<string, number> = {};
    const { files: indexed } = readIndex(files);
    const machine = openMachine();
    for (const { drill, file, trust, at, subject, repository } of indexed) {
      if (drill === undefined || EXITS[drill] === undefined) continue;
      const place = ['--image', subject, '-r', repository, '--trust', join(files, trust)];
      const ran = await machine.run('verify', join(files, file), ...place, ...(at === undefined ? [] : ['--at', at]));
      exits[drill] = ran.exit;
    }
    assert.deepEqual(exits, EXITS);
  });

  it('are missed where nothing is done, and the exit code says so', async () => {
    const idle = await runWaybillDrill(scratch.path, ['--without-attacks', '--only', SAMPLE.join(',')]);
    assert.equal(idle.exit, 1, idle.output);
    assert.equal(idle.drills.length, SAMPLE.length);
    for (const { id, caught, by, code, noticed, control } of idle.drills)
      assert.deepEqual(
        { caught, by, code, noticed, control },
        { caught: false, by: null, code: null, noticed: [], control: [] },
        id,
      );
  });
});

function sorted(all: readonly Sighting[]): readonly string[] {
  return all.map(({ by, code }) => `${by}: ${code}`).sort();
}
