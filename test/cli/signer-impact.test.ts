import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openHttpService } from './http-service.ts';
import { errorCode, openMachine, type Ran } from './run-cli.ts';

const ROOT = join(import.meta.dirname, '../..');
const DIGEST = 'sha256:8b4699c10e46a8d6c0595b4e4c11cc8d4b4b02fccbf2611e011047eb9be2a323';
const example = (name: string) => join(ROOT, 'examples', name);
const json = (ran: Ran) => JSON.parse(ran.out) as Record<string, unknown>;

describe('what rests on a key, from the command line', () => {
  let service: Awaited<ReturnType<typeof openHttpService>>;
  before(async () => {
    service = await openHttpService();
  });
  after(() => service[Symbol.asyncDispose]());

  test('a compromised key: what it signed, what is saved, and that the verdict says the same', async () => {
    const machine = openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token });
    const key = join(machine.home, 'ci.key');
    const ok = async (...args: readonly string[]) => {
      const ran = await machine.run(...args);
      assert.equal(ran.exit, 0, `${args.join(' ')}\n${ran.out}${ran.err}`);
      return ran;
    };
    await ok('keys', 'new', key);
    await ok('signer', 'register', key, '--repository', '*', '--stage', '*');
    await ok('sign', example('image-layout'), '--repository', 'impact/api');
    await ok('sign', example('image-layout'), '--repository', 'impact/web');
    const attest = (repository: string, stage: string) =>
      ok('attest', `${repository}@${DIGEST}`, '-s', stage, example('junit.xml'), '-k', key, '--json');
    await attest('impact/api', 'unit');
    await attest('impact/api', 'system');
    const cut = new Date(Date.now() + 5).toISOString();
    await new Promise((resume) => setTimeout(resume, 20));
    await attest('impact/web', 'unit');

    const before = await ok('signer', 'impact', key);
    assert.match(
      before.out,
      /^2 subjects rest on it since .*if it were revoked from .*: of 3 entries 0 count and 3 do not\n/,
    );
    assert.match(before.out, /sha256:8b4699c10e46… +impact\/api +unit system +20\S+ +20\S+ +none\n/);
    await ok('signer', 'revoke', key, '--effective', cut);
    const since = '2020-01-01T00:00:00.000Z';
    const after = json(await ok('signer', 'impact', key, '--since', since, '--json'));
    assert.deepEqual([after.subjects, after.entries, after.saved, after.lost], [2, 3, 2, 1]);
    assert.deepEqual([after.effective, after.since, after.revoked], [cut, since, true]);
    const shown = await ok('signer', 'impact', key, '--since', since);
    assert.match(shown.out, /impact\/api +\S+ \S+ +\S+ +\S+ +all\n/);
    assert.match(shown.out, /impact\/web +unit +\S+ +\S+ +none$/m);
    assert.equal((await machine.run('verify', `impact/api@${DIGEST}`)).exit, 11, 'unjudged, and nothing is wrong');
    assert.equal((await machine.run('verify', `impact/web@${DIGEST}`)).exit, 10);
    assert.match(
      (await ok('signer', 'impact', key)).out,
      /^1 subjects .* revoked from .*: of 1 entries 0 count and 1 do not/,
    );
  });

  test('what was released on the strength of a key, and whether that still counts', async () => {
    const machine = openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token });
    const key = join(machine.home, 'ci.key');
    const ok = async (...args: readonly string[]) => {
      const ran = await machine.run(...args);
      assert.equal(ran.exit, 0, `${args.join(' ')}\n${ran.out}${ran.err}`);
      return ran;
    };
    const target = `released/api@${DIGEST}`;
    const attest = (stage: string) => ok('attest', target, '-s', stage, example('junit.xml'), '-k', key);
    await ok('keys', 'new', key);
    await ok('signer', 'register', key, '--repository', 'released/*', '--stage', '*');
    await ok('sign', example('image-layout'), '--repository', 'released/api');
    const contract = join(machine.home, 'released.yaml');
    writeFileSync(contract, 'contract: released\nrepositories: [released/*]\nstages:\n  - stage: unit\n');
    await ok('contract', 'publish', contract);
    await attest('unit');
    await ok('release', target, '-e', 'staging');
    const cut = new Date(Date.now() + 5).toISOString();
    await new Promise((resume) => setTimeout(resume, 20));
    await attest('system');
    await ok('release', target, '-e', 'production');
    await ok('signer', 'revoke', key, '--effective', cut);
    const since = ['--since', '2020-01-01T00:00:00.000Z'];
    const { releases } = json(await ok('signer', 'impact', key, ...since, '--json')) as {
      releases: readonly Record<string, unknown>[];
    };
    assert.deepEqual(
      releases.map(({ environment, state, saved }) => [environment, state, saved]),
      [
        ['production', 'current', false],
        ['staging', 'current', true],
      ],
    );
    const { out } = await ok('signer', 'impact', key, ...since);
    assert.match(out, /\n2 releases rest on it, 1 of them on what does not count, of which 1 are current\n/);
    assert.match(out, /sha256:8b4699c10e46… +released\/api +production +current +20\S+ +no\n/);
    assert.match(out, /released\/api +staging +current +20\S+ +yes$/m);
  });

  test('a time or a signer that is none is refused', async () => {
    const machine = openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token });
    for (const [args, exit, code] of [
      [['ab'.repeat(32)], 3, 'signer/unknown'],
      [['ab'.repeat(32), '--since', 'yesterday'], 2, 'cli/bad-argument'],
      [['nobody'], 2, 'cli/bad-argument'],
    ] as const) {
      const ran = await machine.run('signer', 'impact', ...args, '--json');
      assert.deepEqual([ran.exit, errorCode(ran)], [exit, code]);
    }
  });
});
