import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openHttpService } from './http-service.ts';
import { errorCode, openMachine, type Ran } from './run-cli.ts';

const LAYOUT = join(import.meta.dirname, '../../examples/image-layout');
const DIGEST = 'sha256:8b4699c10e46a8d6c0595b4e4c11cc8d4b4b02fccbf2611e011047eb9be2a323';
const json = (ran: Ran) => JSON.parse(ran.out) as Record<string, unknown>;

describe('changes by two people on the command line', () => {
  let service: Awaited<ReturnType<typeof openHttpService>>;
  let [admin, anna, ben] = [openMachine(), openMachine(), openMachine()];
  const file = (name: string) => join(admin.home, name);
  const ok = async (machine: typeof admin, ...args: readonly string[]) => {
    const ran = await machine.run(...args);
    assert.equal(ran.exit, 0, `${args.join(' ')}\n${ran.out}${ran.err}`);
    return ran;
  };
  /** Proposed by anna, and made by ben. */
  const byTwo = async (approve: readonly string[], ...change: readonly string[]) => {
    const { key, proposal } = json(await ok(anna, 'change', 'propose', ...change, '--json'));
    return ok(ben, 'change', 'approve', String(key), String(proposal), ...approve);
  };

  before(async () => {
    service = await openHttpService();
    const world = (token: string) => ({
      WAYBILL_URL: service.url,
      WAYBILL_TOKEN: token,
      WAYBILL_LOG_KEY: service.logKey,
    });
    admin = openMachine(world(service.token));
    const tokens = ['anna', 'ben'].map(async (name) => {
      await ok(admin, 'principal', 'grant', name, '--role', 'admin', '--person', name);
      await ok(admin, 'token', 'create', name, '-o', file(`${name}.token`));
      return readFileSync(file(`${name}.token`), 'utf8').trim();
    });
    const [first = '', second = ''] = await Promise.all(tokens);
    [anna, ben] = [openMachine(world(first)), openMachine(world(second))];
    writeFileSync(file('shop.yaml'), 'contract: shop\nrepositories: [shop/*]\nstages: []\n');
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
  });

  test('dual control is turned on, a contract published, and the image verified', async () => {
    const early = await anna.run('change', 'propose', 'contract', file('shop.yaml'), '--json');
    assert.equal(errorCode(early), 'dual-control/off');
    const proposed = await ok(anna, 'change', 'propose', 'settings', 'on');
    assert.match(proposed.out, /^proposed Turn dual control on\.$/m);
    const [, approving = ''] = /runs: waybill (change approve trust [0-9]+)$/m.exec(proposed.out) ?? [];
    assert.notEqual(approving, '');
    const own = await anna.run(...approving.split(' '), '--json');
    assert.equal(errorCode(own), 'dual-control/same-person');
    assert.match((await ok(ben, 'change', 'settings')).out, /^Dual control is off\.$/m);
    await ok(ben, ...approving.split(' '));
    assert.match((await ok(ben, 'change', 'settings')).out, /^Dual control is on\.$/m);

    const alone = await ben.run('contract', 'publish', file('shop.yaml'), '--json');
    assert.equal(errorCode(alone), 'dual-control/not-proposed');
    const { proposal } = json(await ok(anna, 'change', 'propose', 'contract', file('shop.yaml'), '--json'));
    const listed = await ok(ben, 'change', 'list');
    assert.match(listed.out, /^contract:shop, proposed by anna \(anna\) on /m);
    assert.match(
      listed.out,
      /Publish the contract shop, version 1, for shop\/\* \(its first version\)\.\n {2}contract: shop/,
    );
    const other = await ben.run('change', 'approve', 'contract:shop', String(Number(proposal) + 1), '--json');
    assert.equal(errorCode(other), 'cli/bad-argument');
    await ok(ben, 'change', 'approve', 'contract:shop', String(proposal));
    assert.match((await ok(ben, 'change', 'list')).out, /^Nothing waits for a second person\.$/m);
    await ok(anna, 'sign', LAYOUT, '--repository', 'shop/api');
    const verified = json(await ok(anna, 'verify', DIGEST, '--json'));
    assert.equal(verified.verdict, 'pass');
    const people = (verified.checks as { code: string; outcome: string }[]).filter(
      ({ code }) => code === 'dual-control/two-people',
    );
    assert.deepEqual(
      people.map(({ outcome }) => outcome),
      ['pass', 'pass'],
    );
  });

  test('people, their tokens and signers are made and unmade by two', async () => {
    await byTwo([], 'grant', 'rita', '--role', 'release-manager', '--person', 'rita');
    const alone = await ben.run('token', 'create', 'rita', '-o', file('rita.token'), '--json');
    assert.equal(errorCode(alone), 'dual-control/not-proposed');
    assert(!existsSync(file('rita.token')));
    await byTwo(['-o', file('rita.token')], 'token', 'rita', '--lifetime', '10m');
    const token = readFileSync(file('rita.token'), 'utf8').trim();
    const rita = openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: token, WAYBILL_LOG_KEY: service.logKey });
    await ok(rita, 'waiver', 'list');
    await ok(anna, 'keys', 'new', file('ci.key'));
    const registered = json(await byTwo(['--json'], 'signer', file('ci.key'), '-r', 'shop/*', '-s', 'test'));
    assert.equal(registered.state, 'in-force');
    await ok(anna, 'keys', 'new', file('next.key'));
    const rotation = file('rotation.json');
    await ok(anna, 'signer', 'rotate', file('ci.key'), file('next.key'), '--overlap', '1h', '--output', rotation);
    const rotated = json(await byTwo(['--json'], 'rotation', rotation));
    assert.equal(rotated.follows, registered.signer);
    const revoked = json(await byTwo(['--json'], 'signer-revocation', String(registered.signer)));
    assert.equal(revoked.state, 'revoked');
    await byTwo([], 'grant-revocation', 'rita');
    const gone = await rita.run('waiver', 'list', '--json');
    assert.equal(errorCode(gone), 'auth/principal-revoked');
    const next = file('next.yaml');
    writeFileSync(next, 'contract: shop\nrepositories: [shop/*]\ntitle: second\nstages: []\n');
    assert.equal(json(await byTwo(['--json'], 'contract', next)).version, 2);
    assert.equal(json(await byTwo(['--json'], 'withdrawal', 'shop')).withdrawn, true);
    await byTwo([], 'settings', 'off');
    await ok(ben, 'contract', 'publish', file('shop.yaml'));
  });
});
