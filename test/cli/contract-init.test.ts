import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { openHttpService } from './http-service.ts';
import { openMachine } from './run-cli.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');

test('a draft has the stages of the image and of the commit of its run, and the image passes under it', async () => {
  await using service = await openHttpService();
  const { url, token, logKey } = service;
  const machine = openMachine({ WAYBILL_URL: url, WAYBILL_TOKEN: token, WAYBILL_LOG_KEY: logKey });
  const ok = async (...args: readonly string[]) => {
    const ran = await machine.run(...args);
    assert.equal(ran.exit, 0, `${args.join(' ')}: ${ran.err}`);
    return ran.out;
  };
  const commit = '5b'.repeat(20);
  const run = (await ok('run', 'open', '--commit', commit, '--repository', 'shop/api', '--quiet')).trim();
  const layout = join(EXAMPLES, 'image-layout');
  const at = ['--repository', 'shop/api', '--run', run];
  await ok('attest', `gitCommit:${commit}`, '--stage', 'review', join(EXAMPLES, 'report.sarif'), ...at);
  await ok('sign', layout, ...at);
  await ok('attest', layout, '--stage', 'sbom', join(EXAMPLES, 'sbom.cdx.json'), ...at);
  await ok('run', 'close', run, '--outcome', 'succeeded');
  const draft = await ok('contract', 'init', 'shop/api');
  assert.deepEqual(
    parse(draft).stages.map(({ stage, on }: { stage: string; on?: string }) => [stage, on]),
    [
      ['sbom', undefined],
      ['review', 'source'],
    ],
  );
  const file = join(machine.home, 'draft.yaml');
  writeFileSync(file, draft.replace('# runs:', 'runs:'));
  await ok('contract', 'lint', file);
  await ok('contract', 'publish', file);
  const verdict = await machine.run('verify', layout, '--repository', 'shop/api', '--json');
  assert.equal(JSON.parse(verdict.out).verdict, 'pass', verdict.out.slice(0, 2_000));
});
