import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openHttpService } from './http-service.ts';
import { openMachine } from './run-cli.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const DIGEST = 'sha256:8b4699c10e46a8d6c0595b4e4c11cc8d4b4b02fccbf2611e011047eb9be2a323';

test('a dry run says what a release would rest on, or why there would be none, and records nothing', async () => {
  await using service = await openHttpService();
  const machine = openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token });
  const ran = async (exit: number, ...args: readonly string[]) => {
    const done = await machine.run(...args);
    assert.equal(done.exit, exit, `${args.join(' ')}\n${done.out}${done.err}`);
    return done;
  };
  const dry = (exit: number, ...more: readonly string[]) =>
    ran(exit, 'release', `shop/api@${DIGEST}`, '-e', 'production', '--dry-run', ...more);
  const releases = async () => JSON.parse((await ran(0, 'releases', '--json')).out).items;
  await ran(0, 'sign', join(EXAMPLES, 'image-layout'), '--repository', 'shop/api');
  assert.match((await dry(11)).out, /^nothing was recorded\nit would not be released: the verdict is unjudged\n/);

  const contract = join(machine.home, 'shop.yaml');
  writeFileSync(contract, 'contract: shop\nrepositories: [shop/*]\nstages:\n  - {stage: test, maxAge: 1d}\n');
  await ran(0, 'contract', 'publish', contract);
  const refused = await dry(10);
  assert.match(refused.out, /it would not be released: the verdict is fail\n {2}.*\[contract\/stage-missing\]\n/);
  assert.doesNotMatch(refused.out, /would be recorded/);

  await ran(0, 'attest', `shop/api@${DIGEST}`, '--stage', 'test', join(EXAMPLES, 'junit.xml'));
  const open = await dry(0);
  assert.match(
    open.out,
    /it would be released: the verdict is pass, until 20\S+Z at the latest\n {2}on a verdict of now, which would be recorded\n {2}judged as of [0-9]+ entries/,
  );
  assert.match((await dry(0, '--verdict', '7')).out, /\n {2}on the verdict at entry 7, where nothing has grown since/);
  const { judged, environment } = JSON.parse((await dry(0, '--json')).out);
  assert.deepEqual([judged.verdict, environment], ['pass', 'production']);
  assert.deepEqual(await releases(), []);

  // What is said of a release comes true.
  await ran(0, 'release', `shop/api@${DIGEST}`, '-e', 'production');
  await ran(0, 'retire', `shop/api@${DIGEST}`, '-e', 'production');
  assert.match((await dry(10)).out, /\[image\/retired\]/);
  assert.equal((await releases()).length, 1);
});
