import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfig } from '../../src/config/config.ts';
import { type LogKeyStep, rotateLogKey } from '../../src/main/rotate-log-key.ts';
import { createSharedLedger, replicaFolders, serveReplica } from '../harness/served-replica.ts';
import { errorCode, openMachine } from './run-cli.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const DIGEST = 'sha256:8b4699c10e46a8d6c0595b4e4c11cc8d4b4b02fccbf2611e011047eb9be2a323';
const PASSPHRASE = 'correct horse battery staple';

test('the command line that knows the old key goes on over a rotation: by memory, by --log-key, and with files', async () => {
  await using ledger = await createSharedLedger();
  const { stateFolder, dataFolder } = replicaFolders(ledger, 'one');
  const config = readConfig(
    {
      WAYBILL_DATA: dataFolder,
      WAYBILL_KEYS: join(ledger.folder, 'keys'),
      WAYBILL_STATE: stateFolder,
      WAYBILL_KEY_PASSPHRASE_FILE: join(ledger.folder, 'passphrase'),
      DATABASE_URL: ledger.database.serviceUrl,
      DATABASE_OWNER_URL: ledger.database.ownerUrl,
    },
    ledger.folder,
  );
  const rotate = (step: LogKeyStep) => rotateLogKey(config, step, { passphrase: PASSPHRASE, log: () => undefined });
  const home = openMachine();
  const file = (name: string) => join(home.home, name);
  /** Runs commands on the machine that remembers; gives what was printed. */
  const run = async (environment: Readonly<Record<string, string>>, ...args: readonly string[]) =>
    openMachine({ XDG_STATE_HOME: join(home.home, 'memory'), ...environment }).run(...args);
  const attest = ['attest', DIGEST, '--stage', 'sbom', join(EXAMPLES, 'sbom.cdx.json')];

  let token = '';
  let old = '';
  const serve = async (use: (environment: Readonly<Record<string, string>>) => Promise<void>) => {
    await using replica = await serveReplica(ledger, 'one');
    token = replica.endpoint.token || token;
    await use({ WAYBILL_URL: replica.endpoint.url, WAYBILL_TOKEN: token, KEY: replica.running.logVkey });
  };
  const ok = async (exit: number, ran: Promise<Awaited<ReturnType<typeof run>>>) => {
    const done = await ran;
    assert.equal(done.exit, exit, done.out + done.err);
    return done;
  };

  await serve(async (there) => {
    old = there.KEY ?? '';
    await ok(0, run(there, 'sign', join(EXAMPLES, 'image-layout'), '--repository', 'shop/api'));
    await ok(0, run(there, ...attest, '--receipt', file('early.json')));
    await ok(11, run(there, 'verify', DIGEST, '--evidence', file('early.evidence.json')));
    const ci = ['ci', '--role', 'pipeline', '--repository', 'shop/*', '--stage', 'lint'];
    await ok(0, run(there, 'principal', 'grant', ...ci));
    await ok(0, run(there, 'token', 'create', 'ci', '--title', 'ci', '--lifetime', '12h', '-o', file('ci.token')));
  });
  await rotate('prepare');
  await rotate('announce');
  await serve(async (there) => {
    await ok(11, run({ ...there, WAYBILL_LOG_KEY: old }, 'verify', DIGEST));
    await ok(0, run(there, 'prove', 'trust', '-o', file('announced.json')));
  });
  await rotate('retire');
  await serve(async (there) => {
    const next = there.KEY ?? '';
    assert.notEqual(next, old);
    // Whoever pins the old key: it vouches for the new one in the log.
    const pinned = { ...there, WAYBILL_LOG_KEY: old, XDG_STATE_HOME: file('pinned') };
    const verified = await ok(11, run(pinned, 'verify', DIGEST, '--json', '--evidence', file('late.evidence.json')));
    assert.equal(JSON.parse(verified.out).confirmed, true);
    const pipeline = [
      'attest',
      DIGEST,
      '--stage',
      'lint',
      join(EXAMPLES, 'report.sarif'),
      '--token-file',
      file('ci.token'),
    ];
    await ok(0, run({ ...pinned, WAYBILL_TOKEN: '' }, ...pipeline, '--receipt', file('late.json')));
    await ok(0, run(pinned, 'prove', 'trust', '-o', file('trust.json')));
    // Whoever remembers it.
    await ok(11, run(there, 'verify', DIGEST));
    await ok(0, run(there, ...attest));
    // Another key vouches for nothing.
    const other = {
      ...there,
      WAYBILL_LOG_KEY: `${old.slice(0, old.indexOf('+'))}+00000000+x`,
      XDG_STATE_HOME: file('x'),
    };
    assert.equal((await run(other, 'verify', DIGEST)).exit, 2);

    for (const name of ['early.evidence.json', 'late.evidence.json'])
      await ok(11, run({}, 'verify', file(name), '--log-key', old));
    await ok(11, run({}, 'verify', file('late.evidence.json'), '--log-key', next));
    for (const name of ['announced.json', 'trust.json']) await ok(0, run({}, 'verify', file(name), '--log-key', old));
    await ok(0, run({}, 'verify', file('early.json'), '--log-key', old));
    await ok(0, run({}, 'verify', file('late.json'), '--log-key', next));
    const late = await run({}, 'verify', file('late.json'), '--log-key', old, '--json');
    assert.deepEqual([late.exit, errorCode(late)], [12, 'note/no-known-signature']);
    const published = await (await fetch(`${there.WAYBILL_URL}/.well-known/waybill/trust.json`)).text();
    writeFileSync(file('published.json'), published);
    for (const [name, exit] of [
      ['early.json', 0],
      ['late.json', 0],
      ['announced.json', 0],
      ['trust.json', 0],
      ['early.evidence.json', 11],
      ['late.evidence.json', 11],
    ] as const)
      await ok(exit, run({}, 'verify', file(name), '--trust', file('published.json')));
    const followed = ['verify', file('late.json'), '--log-key', old, '--follow', file('trust.json')];
    await ok(0, run({}, ...followed));
    assert.equal((await run({}, ...followed.with(-1, file('early.json')))).exit, 5, 'which is no such proof');
    // The sizes of a trust file bind receipts, too: neither does the old key count here, nor does it vouch.
    const ended = [{ vkey: old, toSize: 3 }, { vkey: next }];
    const trust = (logKeys: unknown, name: string) => {
      writeFileSync(file(name), JSON.stringify({ type: 'waybill/trust/v0', origin: old.split('+', 1)[0], logKeys }));
      return file(name);
    };
    await ok(0, run({}, 'verify', file('late.json'), '--trust', trust(ended, 'both.json')));
    const early = await run({}, 'verify', file('early.json'), '--trust', file('both.json'), '--json');
    assert.deepEqual([early.exit, errorCode(early)], [12, 'checkpoint/log-key-differs']);
    const alone = ['--trust', trust([{ vkey: old, toSize: 999 }], 'old.json'), '--follow', file('trust.json')];
    const vouched = await run({}, 'verify', file('late.json'), ...alone, '--json');
    assert.deepEqual([vouched.exit, errorCode(vouched)], [12, 'note/no-known-signature']);
  });
});
