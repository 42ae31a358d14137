import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { growLedger } from '../harness/grown-ledger.ts';
import { openHttpService } from './http-service.ts';
import { errorCode, openMachine } from './run-cli.ts';

type Event = { readonly seq: number; readonly kind: string };

async function openCommandLine() {
  const service = await openHttpService();
  const machine = openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token });
  const events = async (...args: readonly string[]): Promise<readonly Event[]> => {
    const { exit, out, err } = await machine.run('events', '--json', ...args);
    assert.equal(exit, 0, err);
    return out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Event);
  };
  return { service, machine, events, [Symbol.asyncDispose]: () => service[Symbol.asyncDispose]() };
}

test('events prints what is there, by kind and from a seq on, and follows what comes', async () => {
  await using line = await openCommandLine();
  await growLedger(line.service.under, 2);
  const all = await line.events();
  assert.deepEqual(
    all.map(({ seq }) => seq),
    all.map((_, index) => index),
  );
  const signed = await line.events('--kind', 'image.signed', '--after', '0');
  assert.deepEqual(
    signed,
    all.filter(({ kind }) => kind === 'image.signed'),
  );
  const followed = await line.events('--follow', '--after', '2', '--limit', String(all.length - 3));
  assert.deepEqual(followed, all.slice(3));
  const { out } = await line.machine.run('events', '--limit', '1');
  assert.match(out, /^2\d{3}-\S+ +0 {2}log\.opened +– {2}by /);
  const refused = await line.machine.run('events', '--json', '--follow', '--after', '100000');
  assert.deepEqual([refused.exit, errorCode(refused)], [3, 'service/out-of-range']);
});

test('events that are followed from now on miss nothing though the stream breaks before the first of them came', async () => {
  await using line = await openCommandLine();
  let streams = 0;
  const breaking: typeof fetch = async (...asked) => {
    const response = await fetch(...asked);
    streams += 1;
    if (streams > 1) return response;
    await response.body?.cancel();
    // While nobody listens.
    await growLedger(line.service.under, 2);
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('planted')) });
    return new Response(broken, { status: response.status, headers: response.headers });
  };
  const ran = await line.machine.runWith(breaking)(
    ...['events', '--json', '--follow', '--kind', 'image.signed', '--limit', '1'],
  );
  assert.deepEqual([ran.exit, JSON.parse(ran.out).kind, streams], [0, 'image.signed', 2]);
});

test('webhook adds one whose secret lies in a file of its owner alone, and says how its notices fare', async () => {
  await using line = await openCommandLine();
  const { machine } = line;
  const file = join(machine.home, 'hook.secret');
  const added = await machine.run(
    ...['webhook', 'add', 'https://waybill.invalid/hook', '--json', '-t', 'verdict.failed', '-o', file],
  );
  assert.equal(added.exit, 0, added.err);
  assert(!added.out.includes('whsec_'));
  const { webhook } = JSON.parse(added.out) as { readonly webhook: string };
  assert.match(readFileSync(file, 'utf8'), /^whsec_[A-Za-z0-9+/]{43}=\n$/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const again = await machine.run('webhook', 'rotate', webhook, '-o', file);
  assert.equal(again.exit, 5, 'a secret that could not be written is not drawn');
  assert.match(
    (await machine.run('webhook', 'list')).out,
    /enabled +0 +0 +verdict\.failed +https:\/\/waybill\.invalid/,
  );
  assert.match((await machine.run('webhook', 'disable', webhook)).out, /^disabled webhook wh-/);
  assert.match((await machine.run('webhook', 'enable', webhook, '--after', 'newest')).out, /^enabled webhook wh-/);
  assert.equal((await machine.run('webhook', 'deliveries', webhook)).out, 'No deliveries.\n');
  assert.match((await machine.run('webhook', 'redeliver', webhook)).out, /^0 dead letters are due again/);
  assert.match((await machine.run('webhook', 'remove', webhook)).out, /^removed webhook wh-/);
  const gone = await machine.run('webhook', 'test', webhook, '--json');
  assert.deepEqual([gone.exit, errorCode(gone)], [3, 'webhook/unknown']);
  const inside = await machine.run('webhook', 'add', 'https://10.0.0.1/', '--json');
  assert.deepEqual([inside.exit, errorCode(inside)], [3, 'webhook/address-refused']);
});
