import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openHttpService } from './http-service.ts';
import { errorCode, openMachine } from './run-cli.ts';

const ROOT = join(import.meta.dirname, '../..');
const DIGEST = 'sha256:8b4699c10e46a8d6c0595b4e4c11cc8d4b4b02fccbf2611e011047eb9be2a323';

describe('looking things up, from the command line', () => {
  let service: Awaited<ReturnType<typeof openHttpService>>;
  before(async () => {
    service = await openHttpService();
  });
  after(() => service[Symbol.asyncDispose]());

  test('search names what begins so, and what awaits one is in the inbox', async () => {
    const machine = openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token });
    const ok = async (...args: readonly string[]) => {
      const ran = await machine.run(...args);
      assert.equal(ran.exit, 0, `${args.join(' ')}\n${ran.out}${ran.err}`);
      return ran.out;
    };
    await ok('sign', join(ROOT, 'examples/image-layout'), '--repository', 'search/api', '--tag', '1.4.2-test');
    assert.match(
      await ok('search', 'search/api:1.4'),
      new RegExp(`^tag +search/api@${DIGEST} +1\\.4\\.2-test, signed 20`, 'm'),
    );
    const untagged = await machine.run(
      'sign',
      join(ROOT, 'examples/image-layout'),
      '-r',
      'search/api',
      '--tag',
      'a b',
      '--json',
    );
    assert.deepEqual([untagged.exit, errorCode(untagged)], [2, 'cli/bad-argument']);
    assert.match(await ok('search', '8b4699'), new RegExp(`^image +search/api@${DIGEST} +signed 20`, 'm'));
    assert.match(await ok('search', 'search/'), /^repository +search\/api$/m);
    assert.equal(await ok('search', 'nothing-is-called-so'), 'Nothing begins so where you may read.\n');
    const { items } = JSON.parse(await ok('search', DIGEST, '--json'));
    assert.deepEqual([items[0].type, items[0].digest], ['image', DIGEST]);
    const recorded = await fetch(`${service.url}/v1/verifications`, {
      method: 'POST',
      headers: { authorization: `Bearer ${service.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ subject: DIGEST, repository: 'search/api', record: true }),
    });
    assert.equal(recorded.status, 201);
    assert.match(await ok('search', '8b4699'), /, unjudged$/m);
    await ok('sign', join(ROOT, 'examples/image-layout'), '--repository', 'search/api', '--tag', '1.4.3-test');
    assert.match(await ok('search', '8b4699'), /, unjudged, 1 entry since$/m);
    const refused = await machine.run('search', 'sha256:8b', '--json');
    assert.deepEqual([refused.exit, errorCode(refused)], [3, 'search/too-short']);
  });

  test('inbox says what to do, until when and about what, and that nothing awaits', async () => {
    const machine = openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token });
    const ok = async (...args: readonly string[]) => {
      const ran = await machine.run(...args);
      assert.equal(ran.exit, 0, `${args.join(' ')}\n${ran.out}${ran.err}`);
      return ran.out;
    };
    assert.equal(await ok('inbox'), 'Nothing awaits you.\n');
    const { run } = JSON.parse(
      await ok('run', 'open', '--repository', 'inbox/api', '--commit', '5b'.repeat(20), '--lifetime', '10m', '--json'),
    );
    const out = await ok('inbox', '--days', '14');
    assert.match(out, /^until 20\S+ {2}Close the run with its outcome, or it goes on record as expired\.$/m);
    assert.match(out, new RegExp(`^  ${run}$`, 'm'));
    assert.deepEqual(
      JSON.parse(await ok('inbox', '--json')).items.map(({ kind }: { readonly kind: string }) => kind),
      ['run-expires'],
    );
    for (const days of ['0', '100', 'x']) {
      const refused = await machine.run('inbox', '--days', days, '--json');
      assert.deepEqual([refused.exit, errorCode(refused)], [2, 'cli/bad-argument'], days);
    }
  });
});
