import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runProgram } from '../../src/cli/program.ts';
import { addKeysRotate } from '../../src/main/keys-rotate.ts';
import { createSharedLedger, replicaFolders, type SharedLedger, serveReplica } from '../harness/served-replica.ts';
import { openMachine } from './run-cli.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const DIGEST = 'sha256:8b4699c10e46a8d6c0595b4e4c11cc8d4b4b02fccbf2611e011047eb9be2a323';

/** `waybill keys …` where the keys of the ledger lie; what it prints. */
async function runThere(ledger: SharedLedger, ...args: readonly string[]): Promise<string> {
  const { dataFolder, stateFolder } = replicaFolders(ledger, 'one');
  const printed: string[] = [];
  const environment = {
    WAYBILL_DATA: dataFolder,
    WAYBILL_KEYS: join(ledger.folder, 'keys'),
    WAYBILL_STATE: stateFolder,
    WAYBILL_KEY_PASSPHRASE_FILE: join(ledger.folder, 'passphrase'),
    DATABASE_URL: ledger.database.serviceUrl,
    DATABASE_OWNER_URL: ledger.database.ownerUrl,
  };
  const world = { version: '0.0.0-test', environment, home: ledger.folder, now: () => new Date(), colour: false };
  const write = (text: string | Uint8Array) => {
    printed.push(typeof text === 'string' ? text : Buffer.from(text).toString('utf8'));
  };
  const exit = await runProgram({ ...world, knownPrograms: [], write, note: () => undefined }, args, [addKeysRotate]);
  assert.equal(exit, 0, printed.join(''));
  return printed.join('');
}

test('verdicts of before, between and after rotations of the log’s key agree when they are judged again', async () => {
  await using ledger = await createSharedLedger();
  const machine = openMachine();
  let token = '';
  let logKey = '';
  /** Serves while `use` runs, to a machine that remembers the log. */
  const served = async (use: (run: ReturnType<typeof openMachine>['run'], vkey: string) => Promise<void>) => {
    await using replica = await serveReplica(ledger, 'one');
    token = replica.endpoint.token || token;
    const there = { WAYBILL_URL: replica.endpoint.url, WAYBILL_TOKEN: token };
    const { run } = openMachine({ ...there, XDG_STATE_HOME: join(machine.home, 'memory') });
    const ok = async (...args: readonly string[]) => {
      const ran = await run(...args);
      assert.equal(ran.exit, 0, ran.out + ran.err);
      return ran;
    };
    await use(ok, replica.running.logVkey);
  };
  const record = async (run: ReturnType<typeof openMachine>['run'], environment: string) => {
    await run('release', DIGEST, '--repository', 'shop/api', '--environment', environment);
  };

  await served(async (run, vkey) => {
    logKey = vkey;
    await run('sign', join(EXAMPLES, 'image-layout'), '--repository', 'shop/api');
    const contract = join(machine.home, 'shop.yaml');
    writeFileSync(contract, 'contract: shop\nrepositories: [shop/*]\nstages: []\n');
    await run('contract', 'publish', contract);
    await record(run, 'first');
  });
  for (const round of ['second', 'third']) {
    assert.match(
      await runThere(ledger, 'keys', 'rotate', 'log', '--step', 'prepare'),
      /^The next log key lies ready\./,
    );
    const announced = await runThere(ledger, 'keys', 'rotate', 'log', '--step', 'announce');
    assert.match(
      announced,
      /^Entry [0-9]+: the log is signed by\n {2}waybill-\S+\n {2}waybill-\S+\nPublish the new key/,
    );
    await served((run) => record(run, `${round}-between`));
    const retired = await runThere(ledger, 'keys', 'rotate', 'log', '--step', 'retire', '--json');
    const { step, inForce, kept } = JSON.parse(retired);
    assert.deepEqual([step, inForce.length, /log-[0-9a-f]{12}\.old\.key$/.test(kept)], ['retire', 1, true]);
    await served((run) => record(run, round));
  }
  await served(async (run) => {
    const { out } = await run('replay', '--json');
    const { outcomes, named, replayed } = JSON.parse(out);
    assert.deepEqual([replayed, outcomes.agree, named], [5, 5, []]);
    // Whoever knows nothing but the first key is led to the others, and comes to the same.
    const pinned = await run('replay', '--log-key', logKey);
    assert.match(
      pinned.out,
      /^No recorded verdict differs from what the ledger gives\.\nwaybill-[0-9a-f]{16}, entries 0 to [0-9]+: 5 recorded verdicts, 5 agree\n/,
    );
  });
});
