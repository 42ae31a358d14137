import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint.ts';
import { type NoteKey, parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { parseTrustFile, trustLogKey } from '../../src/core/custody/trust-file.ts';
import { verifyCustody } from '../../src/core/custody/verify-custody.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { formatReceipt, readReceipt, verifyReceipt } from '../../src/core/receipt/receipt.ts';
import { promoteNextLogKey } from '../../src/keys/log-key-files.ts';
import { openServiceKeys } from '../../src/keys/service-keys.ts';
import type { Replica } from '../../src/main/open-replica.ts';
import { readWitness } from '../../src/main/resume/read-witness.ts';
import { type LogKeyStep, rotateLogKey } from '../../src/main/rotate-log-key.ts';
import { openService } from '../../src/service/open-service.ts';
import { readLeaves, rewriteLedger } from '../../src/tamper/rewrite-ledger.ts';
import { openSuperuser, withoutGuards } from '../../src/tamper/superuser.ts';
import { assertRefused } from '../harness/embedded-folder.ts';
import { attestStage, audit, growLedger, IMAGE, IMAGE_REPOSITORY } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';
import { configOf, startReplica as start } from './started-replica.ts';

const QUESTION = { digest: IMAGE, repository: IMAGE_REPOSITORY };

async function rotate(under: ServiceUnderTest, step: LogKeyStep, killAfter?: string) {
  return rotateLogKey(configOf(under), step, {
    passphrase: undefined,
    log: () => undefined,
    afterPart: (part) => {
      if (part === killAfter) throw new Error(`killed after ${part}`);
    },
  });
}

function keyOf(vkey: string): NoteKey {
  const key = parseVkey(vkey);
  assert(key.ok);
  return key.value;
}

/** Which of the keys signed the newest checkpoint of a replica. */
async function signedBy({ context }: Replica, keys: Readonly<Record<string, NoteKey>>): Promise<readonly string[]> {
  const newest = await context.sequencer.checkpoint();
  const opened = openCheckpoint(newest?.checkpoint ?? '', Object.values(keys));
  assert(opened.ok, JSON.stringify(opened));
  return Object.entries(keys).flatMap(([name, key]) => (opened.value.verified.includes(key) ? [name] : []));
}

/** What a reader finds who knows this key alone. */
async function verdictUnder(replica: Replica, under: ServiceUnderTest, vkey: string) {
  const [evidence, trust] = [await openService(replica.context).readEvidence(under.admin, QUESTION), trustLogKey(vkey)];
  assert(evidence.ok && trust.ok);
  const read = parseEvidence(evidence.value);
  assert(read.ok);
  const question = { subject: IMAGE, repository: IMAGE_REPOSITORY };
  const result = verifyCustody({
    evidence: read.value,
    question,
    trust: trust.value,
    evaluatedAt: new Date().toISOString(),
  });
  return result.checks.find(({ outcome }) => outcome === 'fail')?.reason ?? result.verdict;
}

const reasonOf = async ({ context }: Replica) => (await openService(context).readiness()).reason;

test('a log goes on over a rotation of its key, beside replicas, and what was signed before and after verifies', async () => {
  await using under = await openServiceUnderTest();
  const [first] = await growLedger(under, 1);
  assert(first !== undefined);
  const token = await openService(under.context).createToken(under.admin, {
    principal: 'bootstrap-admin',
    title: 'before',
    lifetimeSeconds: 86_400,
  });
  assert(token.ok);
  const { origin } = under.context.store;
  const old = under.context.logSigner.vkey;

  assert.deepEqual(await rotate(under, 'prepare'), { step: 'prepare' });
  const prepared = await start(under);
  const next = prepared.context.keys.logSigners(origin)[1]?.vkey ?? '';
  const keys = { old: keyOf(old), next: keyOf(next) };
  await attestStage(prepared.context, under.admin, 'prepared');
  assert.deepEqual(await signedBy(prepared, keys), ['old'], 'a key that lies ready signs nothing');

  const announced = await rotate(under, 'announce');
  assert.deepEqual(announced.inForce, [old, next]);
  await attestStage(prepared.context, under.admin, 'announced');
  assert.deepEqual(await signedBy(prepared, keys), ['old', 'next'], 'without being started again');
  assert.equal(await reasonOf(prepared), undefined);
  assert.equal(await reasonOf(under), 'key/log-key-missing');
  await assertRefused(attestStage(under.context, under.admin, 'without'), 'key/log-key-missing');
  for (const vkey of [old, next]) assert.equal(await verdictUnder(prepared, under, vkey), 'unjudged');

  const retired = await rotate(under, 'retire');
  assert.deepEqual(retired.inForce, [next]);
  const fresh = await start(under);
  assert.equal(fresh.context.logSigner.vkey, next);
  const receipt = await attestStage(fresh.context, under.admin, 'retired');
  assert.deepEqual(await signedBy(fresh, keys), ['next']);
  await attestStage(prepared.context, under.admin, 'still');
  assert.deepEqual(await signedBy(prepared, keys), ['old', 'next'], 'harmless until it looks again');
  await prepared.context.logSigners.refresh();
  assert.deepEqual(await signedBy(prepared, keys), ['next'], 'what was signed by both is signed anew');
  const followed = await attestStage(prepared.context, under.admin, 'followed');
  assert.deepEqual(await signedBy(prepared, keys), ['next'], 'without being started again');
  assert(verifyReceipt(followed, [keys.next]).ok);
  for (const vkey of [old, next]) assert.equal(await verdictUnder(fresh, under, vkey), 'unjudged');

  assert(verifyReceipt(first, [keys.old]).ok && verifyReceipt(receipt, [keys.next]).ok);
  const kept = join(under.folder, 'first.json');
  writeFileSync(kept, formatReceipt(first));
  assert.equal(readWitness(kept, origin, fresh.context.keys).anchor.origin, origin, 'a witness of before');
  const again = await openService(fresh.context).readReceipt(under.admin, first.index);
  assert(again.ok);
  const remade = readReceipt(again.value as Parameters<typeof readReceipt>[0]);
  assert(remade.ok && verifyReceipt(remade.value, [keys.next]).ok, 'the state of then, signed by who signs now');
  const caller = await openService(fresh.context).authenticate(token.value.token);
  assert(caller.ok, 'tokens outlive the key that their MAC is of');
  const published = parseTrustFile(encodeUtf8(JSON.stringify(await openService(fresh.context).trustFile())));
  assert(published.ok);
  assert.deepEqual(
    published.value.logKeys.map(({ vkey, toSize }) => [vkey, toSize]),
    [
      [old, retired.seq],
      [next, undefined],
    ],
  );
  const authenticator = fresh.context.keys.headAuthenticator;
  assert.deepEqual((await audit(under.database.ownerUrl, { origin, authenticator })).findings, []);
  await prepared.close();
  await fresh.close();
});

test('a rotation that was cut short anywhere leaves a log that starts, and is run again to its end', async () => {
  const cuts: readonly (readonly [LogKeyStep, string])[] = [
    ['prepare', 'drawn'],
    ['announce', 'recorded'],
    ['retire', 'recorded'],
    ['retire', 'promoted'],
  ];
  for (const [cutStep, killAfter] of cuts) {
    await using under = await openServiceUnderTest();
    await growLedger(under, 1);
    for (const step of ['prepare', 'announce', 'retire'] as const) {
      if (step !== cutStep) {
        await rotate(under, step);
        continue;
      }
      await assert.rejects(rotate(under, step, killAfter), /killed after/);
      const between = await start(under);
      await attestStage(between.context, under.admin, 'between');
      await between.close();
      if (killAfter !== 'promoted') await rotate(under, step);
    }
    const files = readdirSync(join(under.folder, 'keys')).filter((name) => /^log.*key$/.test(name));
    assert.deepEqual(
      files.map((name) => name.replace(/[0-9a-f]{12,}/, 'ID')).sort(),
      ['log-ID.heads.key', 'log-ID.old.key', 'log-ID.tokens.key', 'log.key'],
      `${cutStep} ${killAfter}`,
    );
    for (const name of files) assert.equal(statSync(join(under.folder, 'keys', name)).mode & 0o077, 0);
    rmSync(join(under.folder, 'keys', files.find((name) => name.endsWith('.old.key')) ?? ''));
    const after = await start(under);
    await attestStage(after.context, under.admin, 'after');
    assert.equal(await verdictUnder(after, under, under.context.logSigner.vkey), 'unjudged', 'by the old key');
    await after.close();
  }
});

test('whichever files a cut promotion left, the log starts by them, and it is run again to its end', async () => {
  await using under = await openServiceUnderTest();
  await growLedger(under, 1);
  for (const step of ['prepare', 'announce'] as const) await rotate(under, step);
  await assert.rejects(rotate(under, 'retire', 'recorded'), /killed after/);
  const [keys, before] = [join(under.folder, 'keys'), join(under.folder, 'before')];
  cpSync(keys, before, { recursive: true });
  await rotate(under, 'retire');
  const written = ['.tokens.key', '.heads.key', '.old.key'].map(
    (end) => readdirSync(keys).find((name) => name.startsWith('log-') && name.endsWith(end)) ?? '',
  );
  for (let count = 0; count <= written.length; count += 1) {
    const folder = join(under.folder, `cut-${count}`);
    cpSync(before, folder, { recursive: true });
    for (const name of written.slice(0, count)) cpSync(join(keys, name), join(folder, name));
    const between = await start(under, folder);
    await attestStage(between.context, under.admin, `cut-${count}`);
    await between.close();
    await promoteNextLogKey(folder, undefined);
    const after = await start(under, folder);
    await attestStage(after.context, under.admin, `promoted-${count}`);
    await after.close();
    assert(!readdirSync(folder).includes('log.next.key'));
  }
});

test('a key is followed more than once', async () => {
  await using under = await openServiceUnderTest();
  await growLedger(under, 1);
  for (let round = 0; round < 2; round += 1)
    for (const step of ['prepare', 'announce', 'retire'] as const) await rotate(under, step);
  const after = await start(under);
  await attestStage(after.context, under.admin, 'after');
  for (const vkey of [under.context.logSigner.vkey, after.context.logSigner.vkey])
    assert.equal(await verdictUnder(after, under, vkey), 'unjudged');
  assert.equal(after.context.keys.headAuthenticator.keys.length, 3);
  await after.close();
});

test('a replica does not start without a key in force, or without the MAC keys of one before (key/log-key-missing)', async () => {
  await using under = await openServiceUnderTest();
  const keys = join(under.folder, 'keys');
  const before = join(under.folder, 'before');
  cpSync(keys, before, { recursive: true });
  for (const step of ['prepare', 'announce'] as const) await rotate(under, step);
  await assertRefused(start(under, before), 'key/log-key-missing');
  const early = join(under.folder, 'early');
  cpSync(keys, early, { recursive: true });
  await rotate(under, 'retire');
  // The files of a replica that was never given the new ones: both keys lie there, and the new one signs.
  await (await start(under, early)).close();
  const lacking = join(under.folder, 'lacking');
  cpSync(keys, lacking, { recursive: true });
  for (const name of readdirSync(lacking)) if (name.endsWith('.heads.key')) rmSync(join(lacking, name));
  await assertRefused(start(under, lacking), 'key/log-key-missing');
});

test('steps out of order are refused, and write nothing', async () => {
  await using under = await openServiceUnderTest();
  const { size } = (await under.context.store.head()).frontier;
  await assert.rejects(rotate(under, 'announce'), { name: 'KeyFileError' });
  await rotate(under, 'prepare');
  await assertRefused(rotate(under, 'retire'), 'rotation/not-in-force');
  assert.equal((await under.context.store.head()).frontier.size, size);
  const drawn = () => readFileSync(join(under.folder, 'keys', 'log.next.key'), 'utf8');
  const key = drawn();
  assert.equal(await rotate(under, 'prepare').then(drawn), key, 'what was drawn is kept');
});

test('whoever has the old key and the database continues nothing after the announcement (head/not-ours)', async () => {
  await using under = await openServiceUnderTest();
  await growLedger(under, 1);
  await rotate(under, 'prepare');
  const running = await start(under);
  await rotate(under, 'announce');
  await attestStage(running.context, under.admin, 'announced');
  const superuser = openSuperuser(under.database.adminUrl);
  await withoutGuards(superuser, async (transaction) => {
    const leaves = await readLeaves(transaction);
    const proposal = { kind: 'principal.revoked', principal: 'bootstrap-admin', body: { principal: 'auditor' } };
    const time = leaves.at(-1)?.time ?? '';
    await rewriteLedger(transaction, [...leaves, { proposal, time }], under.keys.headAuthenticator);
  });
  await superuser.close();
  assert.equal(await reasonOf(running), 'head/not-ours');
  await assertRefused(start(under), 'head/not-ours');
  const { origin } = running.context.store;
  const { headAuthenticator } = openServiceKeys(join(under.folder, 'keys'), undefined);
  const found = await audit(under.database.ownerUrl, { origin, authenticator: headAuthenticator });
  assert(found.findings.length > 0 && found.findings.every(({ code }) => code === 'head/not-ours'));
  await running.close();
});
