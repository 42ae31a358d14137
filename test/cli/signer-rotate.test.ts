import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openHttpService } from './http-service.ts';
import { errorCode, openMachine, type Ran } from './run-cli.ts';

const ROOT = join(import.meta.dirname, '../..');
const DIGEST = 'sha256:8b4699c10e46a8d6c0595b4e4c11cc8d4b4b02fccbf2611e011047eb9be2a323';
const example = (name: string) => join(ROOT, 'examples', name);
const json = (ran: Ran) => JSON.parse(ran.out) as Record<string, unknown>;

describe('rotating a pipeline’s key from the command line', () => {
  let service: Awaited<ReturnType<typeof openHttpService>>;
  before(async () => {
    service = await openHttpService();
  });
  after(() => service[Symbol.asyncDispose]());

  async function openPipeline(repository: string) {
    const machine = openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token });
    const file = (name: string) => join(machine.home, name);
    const ok = async (...args: readonly string[]) => {
      const ran = await machine.run(...args);
      assert.equal(ran.exit, 0, `${args.join(' ')}\n${ran.out}${ran.err}`);
      return ran;
    };
    await ok('sign', example('image-layout'), '--repository', repository);
    for (const name of ['ci.key', 'next.key']) await ok('keys', 'new', file(name));
    const scope = ['--repository', repository, '--stage', 'test', '--title', 'shop CI'];
    const registered = json(await ok('signer', 'register', file('ci.key'), ...scope, '--json'));
    const subject = `${repository}@${DIGEST}`;
    const attest = (key: string) =>
      machine.run('attest', subject, '-s', 'test', example('junit.xml'), '-k', key, '--json');
    return { machine, file, ok, subject, attest, signer: String(registered.signer) };
  }

  test('the new key attests for the old one, and a contract that names the old one passes', async () => {
    const { file, ok, subject, attest, signer } = await openPipeline('rotate/api');
    writeFileSync(
      file('contract.yaml'),
      `contract: rotate\nrepositories: [rotate/api]\nstages:\n  - stage: test\n    signers: ["${signer}"]\n`,
    );
    await ok('contract', 'publish', file('contract.yaml'));
    const rotated = await ok('signer', 'rotate', file('ci.key'), file('next.key'), '--overlap', '30m');
    assert.match(
      rotated.out,
      new RegExp(`follows ${signer}\n.* title +shop CI\n.* stages +test\n.*receipt verified`, 's'),
    );
    assert.equal((await attest(file('next.key'))).exit, 0);
    await ok('gate', subject);
    const verified = json(await ok('verify', subject, '--json'));
    assert.equal(verified.verdict, 'pass');
    const shown = await ok('signer', 'show', file('ci.key'));
    assert.match(shown.out, /state +overlap\n +followed by +[0-9a-f]{64}\n +counts until +20/);
    assert.match((await ok('signer', 'list')).out, / overlap 20.*\n.* in-force/s);
  });

  test('what is signed where the keys are is sent by an administrator', async () => {
    const { machine, file, ok, signer } = await openPipeline('rotate/web');
    const keys = [file('ci.key'), file('next.key')];
    await ok('signer', 'rotate', ...keys, '--until', '2027-01-02T03:04:05.678Z', '-o', file('rotation.json'));
    const before = json(await ok('signer', 'show', signer, '--json'));
    assert.equal(before.state, 'in-force', 'nothing was sent yet');
    const sent = json(await ok('signer', 'rotate', '--signed', file('rotation.json'), '--json'));
    assert.deepEqual([sent.follows, sent.duplicate], [signer, false]);
    const again = json(await ok('signer', 'rotate', '--signed', file('rotation.json'), '--json'));
    assert.deepEqual([again.seq, again.duplicate], [sent.seq, true]);
    const after = json(await ok('signer', 'show', signer, '--json'));
    assert.equal(after.retiredFrom, '2027-01-02T03:04:05.678Z');
    const other = await machine.run('signer', 'rotate', file('ci.key'), file('next.key'), '--json');
    assert.deepEqual([other.exit, errorCode(other)], [3, 'signer/already-registered']);
  });

  test('a command line that names no two keys, no time or no rotation says so', async () => {
    const { machine, file } = await openPipeline('rotate/cli');
    const keys = [file('ci.key'), file('next.key')];
    writeFileSync(file('none.json'), '{"payloadType":"a","payload":"e30=","signatures":[{"sig":"AAAA"}]}');
    for (const [args, exit, code] of [
      [[keys[0] ?? ''], 2, 'cli/bad-argument'],
      [[...keys, '--until', 'tomorrow'], 2, 'cli/bad-argument'],
      [[...keys, '--overlap', 'long'], 2, 'cli/usage'],
      [['--signed', file('none.json')], 5, 'signer/malformed-rotation'],
      [['--signed', file('ci.key')], 5, 'encoding/malformed-json'],
      [[keys[1] ?? '', keys[0] ?? ''], 3, 'signer/unknown'],
      [[...keys, '-r', '*'], 3, 'signer/wider-than-predecessor'],
    ] as const) {
      const ran = await machine.run('signer', 'rotate', ...args, '--json');
      assert.deepEqual([ran.exit, errorCode(ran)], [exit, code], ran.out + ran.err);
    }
    assert.doesNotMatch(readFileSync(file('ci.key'), 'utf8'), /ENCRYPTED/);
  });
});
