import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseControlKeys } from '../../src/core/control/control-keys.ts';
import { openHttpService } from './http-service.ts';
import { errorCode, openMachine, type Ran } from './run-cli.ts';

const LAYOUT = join(import.meta.dirname, '../../examples/image-layout');
const DIGEST = 'sha256:8b4699c10e46a8d6c0595b4e4c11cc8d4b4b02fccbf2611e011047eb9be2a323';
const json = (ran: Ran) => JSON.parse(ran.out) as Record<string, unknown>;

test('with control keys two people propose first, and approve what the holders agreed to (control/missing)', async () => {
  const holder = openMachine();
  const file = (name: string) => join(holder.home, name);
  const ok = async (machine: typeof holder, ...args: readonly string[]) => {
    const ran = await machine.run(...args);
    assert.equal(ran.exit, 0, `${args.join(' ')}\n${ran.out}${ran.err}`);
    return ran;
  };
  await ok(holder, 'control', 'keys', 'new', file('holder.key'));
  await ok(holder, 'control', 'keys', 'set', file('holder.key'), '--threshold', '1', '-o', file('keys.json'));
  const control = parseControlKeys(readFileSync(file('keys.json')));
  assert(control.ok);
  await using service = await openHttpService({ control: control.value });
  const world = (token: string) =>
    openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: token, WAYBILL_LOG_KEY: service.logKey });
  const admin = world(service.token);
  /** What the holder agreed to, for `--control`. */
  const agreed = async (...change: readonly string[]) => {
    const name = change.join('-').replaceAll('/', '_');
    await ok(admin, 'control', 'prepare', ...change, '-o', file(name));
    await ok(holder, 'control', 'sign', file(name), '--key', file('holder.key'), '-o', file(`${name}-signed`));
    await ok(holder, 'control', 'combine', file(`${name}-signed`), '-o', file(`${name}-agreed`));
    return file(`${name}-agreed`);
  };
  const people = [];
  for (const name of ['anna', 'ben']) {
    const grant = await agreed('grant', name, '--role', 'admin', '--person', name);
    await ok(admin, 'principal', 'grant', '--control', grant);
    await ok(admin, 'token', 'create', name, '-o', file(`${name}.token`));
    people.push(world(readFileSync(file(`${name}.token`), 'utf8').trim()));
  }
  const [anna = admin, ben = admin] = people;
  writeFileSync(file('shop.yaml'), 'contract: shop\nrepositories: [shop/*]\nstages: []\n');
  for (const change of [
    ['settings', 'on'],
    ['contract', file('shop.yaml')],
    ['withdrawal', 'shop'],
    ['contract', file('shop.yaml')],
  ] as const) {
    const { key, proposal } = json(await ok(anna, 'change', 'propose', ...change, '--json'));
    const approving = ['change', 'approve', String(key), String(proposal)];
    assert.equal(errorCode(await ben.run(...approving, '--json')), 'control/missing');
    await ok(ben, ...approving, '--control', await agreed(...change));
  }
  await ok(anna, 'sign', LAYOUT, '--repository', 'shop/api');
  const { origin } = service.under.context.store;
  const { controlKeys, controlThreshold } = JSON.parse(readFileSync(file('keys.json'), 'utf8'));
  const trust = {
    type: 'waybill/trust/v0',
    origin,
    logKeys: [{ vkey: service.logKey }],
    controlKeys,
    controlThreshold,
  };
  writeFileSync(file('trust.json'), JSON.stringify(trust));
  const verified = json(await ok(anna, 'verify', DIGEST, '--trust', file('trust.json'), '--json'));
  assert.equal(verified.verdict, 'pass', JSON.stringify(verified.checks));
  assert.equal((verified.assurances as Record<string, boolean>).controlSigned, true);
});
