import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parseControlKeys } from '../../src/core/control/control-keys.ts';
import { openHttpService } from './http-service.ts';
import { errorCode, openMachine, type Ran } from './run-cli.ts';

const ROOT = join(import.meta.dirname, '../..');
const DIGEST = 'sha256:8b4699c10e46a8d6c0595b4e4c11cc8d4b4b02fccbf2611e011047eb9be2a323';
const example = (name: string) => join(ROOT, 'examples', name);
const json = (ran: Ran) => JSON.parse(ran.out) as Record<string, unknown>;
const CONTRACT = 'contract: shop\nrepositories: [shop/*]\nstages: []\n';

describe('the ceremony of control keys on the command line', () => {
  /** Machines of the holders, which reach no network. */
  const offline = openMachine();
  const file = (name: string) => join(offline.home, name);
  let service: Awaited<ReturnType<typeof openHttpService>>;
  let online: ReturnType<typeof openMachine>;

  const ok = async (machine: typeof offline, ...args: readonly string[]) => {
    const ran = await machine.run(...args);
    assert.equal(ran.exit, 0, `${args.join(' ')}\n${ran.out}${ran.err}`);
    return ran;
  };
  /** Has these holders sign a request, each a copy, and gives the file for `--control`. */
  const agree = async (request: string, ...names: readonly string[]) => {
    const copies = names.map((name) => file(`${request}-${name}`));
    for (const [index, name] of names.entries())
      await ok(offline, 'control', 'sign', file(request), '--key', file(`${name}.key`), '-o', copies[index] ?? '');
    const agreed = file(`${request}-agreed`);
    await ok(offline, 'control', 'combine', ...copies, '-o', agreed);
    return agreed;
  };

  before(async () => {
    for (const [name, type] of [
      ['ann', 'ed25519'],
      ['ben', 'ecdsa-p256'],
      ['cat', 'ed25519'],
      ['dan', 'ed25519'],
    ] as const)
      await ok(offline, 'control', 'keys', 'new', file(`${name}.key`), '--type', type);
    const keys = ['ann', 'ben', 'cat'].map((name) => file(`${name}.key`));
    await ok(offline, 'control', 'keys', 'set', ...keys, '--threshold', '2', '-o', file('keys.json'));
    const control = parseControlKeys(readFileSync(file('keys.json')));
    assert(control.ok);
    service = await openHttpService({ control: control.value });
    online = openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token, WAYBILL_LOG_KEY: service.logKey });
    writeFileSync(file('contract.yaml'), CONTRACT);
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
  });

  test('a contract is prepared, signed without a network, combined, published, and passes for who brings the keys', async () => {
    const prepared = await ok(online, 'control', 'prepare', 'contract', file('contract.yaml'), '-o', file('r1'));
    assert.match(prepared.out, /^Publish the contract shop, version 1, for shop\/\* \(its first version\)\.$/m);
    assert.match(prepared.out, /2 of 3 control keys; 0 agreed/);
    const refused = await online.run('contract', 'publish', file('contract.yaml'), '--json');
    assert.equal(refused.exit, 3);
    assert.equal(errorCode(refused), 'control/missing');
    const agreed = await agree('r1', 'ann', 'ben');
    const published = json(await ok(online, 'contract', 'publish', '--control', agreed, '--json'));
    assert.equal(published.version, 1);
    assert.equal(json(await ok(online, 'contract', 'publish', '--control', agreed, '--json')).duplicate, true);

    await ok(online, 'sign', example('image-layout'), '--repository', 'shop/api');
    await ok(online, 'verify', DIGEST, '--evidence', file('evidence.json'));
    const trust = { type: 'waybill/trust/v0', origin: service.under.context.store.origin };
    const { controlKeys, controlThreshold } = JSON.parse(readFileSync(file('keys.json'), 'utf8'));
    const reader = { ...trust, logKeys: [{ vkey: service.logKey }], controlKeys, controlThreshold };
    writeFileSync(file('trust.json'), JSON.stringify(reader));
    const verified = json(await ok(offline, 'verify', file('evidence.json'), '--trust', file('trust.json'), '--json'));
    assert.equal(verified.verdict, 'pass');
    assert.equal((verified.assurances as Record<string, boolean>).controlSigned, true);
    writeFileSync(file('other.json'), JSON.stringify({ ...reader, controlThreshold: 1 }));
    const other = await offline.run('verify', file('evidence.json'), '--trust', file('other.json'));
    assert.match(other.out, /control\/keys-differ/);
    assert.notEqual(other.exit, 0);
  });

  test('what was agreed to for a place that is taken is refused (control/wrong-place)', async () => {
    await ok(online, 'control', 'prepare', 'grant', 'rita', '--role', 'release-manager', '-o', file('r2'));
    await ok(online, 'control', 'prepare', 'grant', 'rita', '--role', 'admin', '-o', file('r3'));
    const [first, second] = [await agree('r2', 'ann', 'cat'), await agree('r3', 'ben', 'cat')];
    await ok(online, 'principal', 'grant', '--control', first);
    const late = await online.run('principal', 'grant', '--control', second, '--json');
    assert.equal(late.exit, 3);
    assert.equal(errorCode(late), 'control/wrong-place');
    await ok(online, 'control', 'prepare', 'grant-revocation', 'rita', '-o', file('r4'));
    assert.equal(errorCode(await online.run('principal', 'revoke', 'rita', '--json')), 'control/missing');
    await ok(online, 'principal', 'revoke', '--control', await agree('r4', 'ann', 'ben'));
  });

  test('signers are registered and revoked by agreement', async () => {
    await ok(offline, 'keys', 'new', file('ci.key'));
    const scope = ['-r', 'shop/*', '-s', 'test'];
    assert.equal(
      errorCode(await online.run('signer', 'register', file('ci.key'), ...scope, '--json')),
      'control/missing',
    );
    await ok(online, 'control', 'prepare', 'signer', file('ci.key'), ...scope, '--title', 'CI', '-o', file('r5'));
    const registered = json(
      await ok(online, 'signer', 'register', '--control', await agree('r5', 'ann', 'ben'), '--json'),
    );
    assert.equal(registered.title, 'CI');
    await ok(online, 'control', 'prepare', 'signer-revocation', file('ci.key'), '-o', file('r6'));
    const revoked = json(await ok(online, 'signer', 'revoke', '--control', await agree('r6', 'ben', 'cat'), '--json'));
    assert.match(String(revoked.revokedFrom), /^20/);
  });

  test('a waiver is shown with what it exempts before anybody agrees to its approval, and approved by a second person', async () => {
    const tokenOf = async (name: string) => {
      await ok(
        online,
        'control',
        'prepare',
        'grant',
        name,
        '--role',
        'release-manager',
        '--person',
        name,
        '-o',
        file(name),
      );
      await ok(online, 'principal', 'grant', '--control', await agree(name, 'ann', 'ben'));
      const made = json(await ok(online, 'token', 'create', name, '--title', 't', '--json'));
      return openMachine({
        WAYBILL_URL: service.url,
        WAYBILL_TOKEN: String(made.token),
        WAYBILL_LOG_KEY: service.logKey,
      });
    };
    const [rosa, sven] = [await tokenOf('rosa'), await tokenOf('sven')];
    await ok(
      online,
      'control',
      'prepare',
      'grant',
      'builder',
      '--role',
      'pipeline',
      '--person',
      'robot',
      '-o',
      file('builder'),
    );
    await ok(online, 'principal', 'grant', '--control', await agree('builder', 'ann', 'ben'));
    const made = json(await ok(online, 'token', 'create', 'builder', '--title', 't', '--json'));
    const ci = openMachine({
      WAYBILL_URL: service.url,
      WAYBILL_TOKEN: String(made.token),
      WAYBILL_LOG_KEY: service.logKey,
    });
    await ok(ci, 'sign', example('image-layout'), '--repository', 'waived/api');
    writeFileSync(
      file('scan.yaml'),
      'contract: waived\nrepositories: [waived/*]\nfrom: [waived/dev]\nstages: [{stage: scan}]\n',
    );
    const scan = await ok(online, 'control', 'prepare', 'contract', file('scan.yaml'), '-o', file('scan'));
    assert.match(
      scan.out,
      /^Publish the contract waived, version 1, for waived\/\*, with what counts in waived\/dev /m,
    );
    await ok(online, 'contract', 'publish', '--control', await agree('scan', 'ben', 'cat'));
    const about = [
      '-r',
      'waived/api',
      '--contract',
      'waived',
      '--stage',
      'scan',
      '--expires',
      '7d',
      '--reason',
      'no fix',
    ];
    const broken = await rosa.run('waiver', 'request', DIGEST, ...about, '--break-glass', '--json');
    assert.equal(errorCode(broken), 'waiver/no-break-glass');
    const { waiver } = json(await ok(rosa, 'waiver', 'request', DIGEST, ...about, '--json')) as { waiver: string };
    assert.equal(errorCode(await sven.run('waiver', 'approve', waiver, '--json')), 'control/missing');
    const prepared = await ok(online, 'control', 'prepare', 'waiver', waiver, '-o', file('waiver'));
    assert.match(
      prepared.out,
      new RegExp(`^Approve the waiver ${waiver} of the image sha256:[0-9a-f]{64} in waived/api\\.$`, 'm'),
    );
    assert.match(prepared.out, /asked for by rosa, 20/);
    assert.match(prepared.out, /stage: scan/);
    await ok(sven, 'waiver', 'approve', '--control', await agree('waiver', 'ann', 'cat'));
    assert.equal((await sven.run('verify', DIGEST, '-r', 'waived/api')).exit, 0);
  });

  test('fewer signatures than it takes, one holder twice, or a key of nobody make no agreement', async () => {
    await ok(online, 'control', 'prepare', 'withdrawal', 'shop', '-o', file('r7'));
    await ok(offline, 'control', 'sign', file('r7'), '--key', file('ann.key'), '-o', file('r7-ann'));
    const twice = await offline.run('control', 'combine', file('r7-ann'), file('r7-ann'), '-o', file('r7-x'), '--json');
    assert.equal(twice.exit, 5);
    assert.equal(errorCode(twice), 'control/threshold-not-met');
    const stranger = await offline.run('control', 'sign', file('r7'), '--key', file('dan.key'), '--json');
    assert.equal(errorCode(stranger), 'key/unusable');
    await ok(offline, 'control', 'sign', file('r6'), '--key', file('ben.key'), '-o', file('r6-ben'));
    const mixed = await offline.run('control', 'combine', file('r7-ann'), file('r6-ben'), '-o', file('r7-x'), '--json');
    assert.equal(errorCode(mixed), 'control/malformed-request');
    const kind = await online.run('contract', 'publish', '--control', file('r7-ann'), '--json');
    assert.equal(errorCode(kind), 'cli/bad-argument');
    const alone = await online.run('contract', 'withdraw', '--control', file('r7-ann'), '--json');
    assert.equal(errorCode(alone), 'control/threshold-not-met');
  });

  test('a request whose document was exchanged is not read, so that nobody signs what they did not see', async () => {
    const request = JSON.parse(readFileSync(file('r1'), 'utf8'));
    const forged = { ...request, document: Buffer.from('{"contract":"shop"}').toString('base64') };
    writeFileSync(file('forged'), JSON.stringify(forged));
    const ran = await offline.run('control', 'sign', file('forged'), '--key', file('ann.key'), '--json');
    assert.equal(ran.exit, 5);
    assert.equal(errorCode(ran), 'control/malformed-request');
  });

  test('control keys are changed by agreement, and those before count no more', async () => {
    const keys = ['dan', 'cat'].map((name) => file(`${name}.key`));
    await ok(offline, 'control', 'keys', 'set', ...keys, '--threshold', '2', '-o', file('next.json'));
    await ok(online, 'control', 'prepare', 'keys', file('next.json'), '-o', file('r8'));
    const changed = await ok(online, 'control', 'change-keys', '--control', await agree('r8', 'ann', 'ben'));
    assert.match(changed.out, /it takes 2 of 2 control keys from now on/);
    const status = json(await ok(online, 'control', 'status', '--json'));
    assert.equal((status.controlKeys as string[]).length, 2);
    assert.equal((status.opened as { controlKeys: string[] }).controlKeys.length, 3);
    const gone = await online.run('contract', 'withdraw', '--control', file('r7-ann'), '--json');
    assert.equal(errorCode(gone), 'control/threshold-not-met');
    await ok(online, 'control', 'prepare', 'withdrawal', 'shop', '-o', file('r9'));
    await ok(online, 'contract', 'withdraw', '--control', await agree('r9', 'dan', 'cat'));
    assert.equal((await online.run('verify', DIGEST, '-r', 'shop/api', '--evidence', file('later.json'))).exit, 11);
    const verified = json(await offline.run('verify', file('later.json'), '--trust', file('trust.json'), '--json'));
    assert.equal(verified.verdict, 'unjudged');
    assert.equal((verified.assurances as Record<string, boolean>).controlSigned, true);
  });
});
