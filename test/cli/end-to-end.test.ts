import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { renderReport } from '../../src/report/render-report.ts';
import { openHttpService } from './http-service.ts';
import { errorCode, KNOWN_PROGRAM, openMachine, type Ran } from './run-cli.ts';

const ROOT = join(import.meta.dirname, '../..');
const DIGEST = 'sha256:8b4699c10e46a8d6c0595b4e4c11cc8d4b4b02fccbf2611e011047eb9be2a323';
const example = (name: string) => join(ROOT, 'examples', name);
const json = (ran: Ran) => JSON.parse(ran.out) as Record<string, unknown>;
type Check = { readonly code: string; readonly outcome: string; readonly reason?: string; readonly text: string };

describe('the command line against a service', () => {
  let service: Awaited<ReturnType<typeof openHttpService>>;
  const machineOf = (environment: Readonly<Record<string, string>> = {}) =>
    openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token, ...environment });
  const signed = async (repository: string) => {
    const machine = machineOf();
    const ran = await machine.run('sign', example('image-layout'), '--repository', repository, '--json');
    assert.equal(ran.exit, 0, ran.out + ran.err);
    return machine;
  };

  before(async () => {
    service = await openHttpService();
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
  });

  test('goes the simple path, from a signed image to a verdict and a file to take away', async () => {
    const machine = machineOf();
    const key = join(machine.home, 'ci.key');
    const file = (name: string) => join(machine.home, name);
    const ok = async (...args: readonly string[]) => {
      const ran = await machine.run(...args);
      assert.equal(ran.exit, 0, `${args.join(' ')}\n${ran.out}${ran.err}`);
      return ran;
    };
    const receipt = file('receipt.json');
    const first = await ok('sign', example('image-layout'), '--repository', 'shop/api', '--receipt', receipt);
    assert.match(first.out, new RegExp(`^signed ${DIGEST}\n`));
    assert.match(first.err, /met for the first time/);
    await ok('attest', DIGEST, '--stage', 'sbom', example('sbom.cdx.json'));
    await ok('attest', example('image-layout'), '--stage', 'lint', example('report.sarif'));
    await ok('keys', 'new', key);
    const unknown = await machine.run('attest', DIGEST, '-s', 'test', example('junit.xml'), '-k', key, '--json');
    assert.equal(unknown.exit, 3);
    assert.equal(errorCode(unknown), 'attestation/signer-unknown');
    await ok('signer', 'register', key, '--repository', 'shop/api', '--stage', 'test');
    const own = json(await ok('attest', DIGEST, '-s', 'test', example('junit.xml'), '-k', key, '--json'));
    assert.equal(own.assurance, 'pipeline');

    assert.equal((await machine.run('verify', DIGEST)).exit, 11);
    assert.equal((await machine.run('gate', DIGEST)).exit, 11);
    const draft = (await ok('contract', 'init', 'shop/api')).out;
    writeFileSync(file('contract.yaml'), draft);
    await ok('contract', 'publish', file('contract.yaml'));
    await ok('gate', DIGEST);
    const verified = json(await ok('verify', DIGEST, '--evidence', file('evidence.json'), '--json'));
    assert.equal(verified.verdict, 'pass');
    assert.equal(verified.confirmed, false);
    assert.ok((verified.checks as Check[]).every(({ outcome, text }) => outcome === 'pass' && text.length > 10));

    await ok('report', DIGEST, '--format', 'json', '-o', file('report.json'));
    assert.equal(errorCode(await machine.run('verify', file('report.json'), '--json')), 'origin/not-confirmed');
    await ok('verify', file('report.json'), '--log-key', service.logKey);
    const asked = await machine.run('verify', file('report.json'), '--log-key', service.logKey, '-e', 'prod', '--json');
    assert.deepEqual([asked.exit, errorCode(asked)], [12, 'custody/wrong-question']);
    const past = ['--as-of', new Date().toISOString(), '--format', 'json', '-o', file('past.json')];
    await ok('report', DIGEST, ...past);
    assert.equal((await machine.run('verify', file('past.json'), '--log-key', service.logKey)).exit, 15);

    const offline = openMachine();
    const confirmed = await offline.run('verify', file('evidence.json'), '--log-key', service.logKey, '--json');
    assert.equal(confirmed.exit, 0);
    assert.equal(json(confirmed).confirmed, true);
    assert.equal((await offline.run('verify', file('evidence.json'))).exit, 12);
  });

  test('returns the first receipt for what was sent before', async () => {
    const machine = await signed('again/api');
    const files = ['a', 'b'].map((name) => join(machine.home, name));
    for (const file of files) {
      const ran = await machine.run('sign', example('image-layout'), '-r', 'again/api', '--receipt', file, '--json');
      assert.equal(json(ran).duplicate, true);
    }
    assert.deepEqual(readFileSync(files[0] ?? ''), readFileSync(files[1] ?? ''));
  });

  test('says that the verdict is fail, and why (10)', async () => {
    const machine = await signed('bad/api');
    const contract = join(machine.home, 'bad.yaml');
    writeFileSync(contract, 'contract: bad\nrepositories: [bad/*]\nstages:\n  - stage: sbom\n');
    assert.equal((await machine.run('contract', 'publish', contract)).exit, 0);
    const ran = await machine.run('verify', DIGEST, '-r', 'bad/api', '--json');
    assert.equal(ran.exit, 10);
    const missing = (json(ran).checks as Check[]).find(({ reason }) => reason === 'contract/stage-missing');
    assert.equal(missing?.outcome, 'fail');
    const gate = await machine.run('gate', `bad/api@${DIGEST}`);
    assert.equal(gate.exit, 10);
    assert.match(gate.out, /^no: fail[\s\S]*^ {2}Contract bad, stage sbom: .*\. \[contract\/stage-missing\]$/m);
    assert.doesNotMatch(gate.out, /custody\/blocked/);
  });

  test('believes neither evidence with one changed byte (12) nor evidence of another log (12)', async () => {
    const machine = await signed('flip/api');
    const file = join(machine.home, 'evidence.json');
    await machine.run('verify', DIGEST, '-r', 'flip/api', '--evidence', file);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('bootstrap-admin', 'bootstrap-admim'));
    const changed = await machine.run('verify', file, '--log-key', service.logKey, '--json');
    assert.equal(changed.exit, 12);
    assert.equal(errorCode(changed), 'custody/evidence-hash-wrong');
    writeFileSync(file, text);
    await using other = await openHttpService();
    const foreign = await machine.run('verify', file, '--log-key', other.logKey, '--json');
    assert.equal(foreign.exit, 12);
    assert.ok(
      (json(foreign).checks as Check[]).some(
        ({ code, outcome }) => code === 'checkpoint/signature' && outcome === 'fail',
      ),
    );
  });

  test('reads nothing but the evidence of a report, and names what no report holds (12)', async () => {
    const machine = await signed('page/api');
    const evidenceFile = join(machine.home, 'evidence.json');
    await machine.run('verify', DIGEST, '-r', 'page/api', '--evidence', evidenceFile);
    const evidence = readFileSync(evidenceFile);
    const page = renderReport(evidence, KNOWN_PROGRAM);
    const file = join(machine.home, 'custody.html');
    const verify = async (text: string, ...args: readonly string[]) => {
      writeFileSync(file, text);
      const ran = await machine.run('verify', file, '--log-key', service.logKey, '--json', ...args);
      const { error, warnings } = json(ran) as { error?: { code: string }; warnings?: { code: string }[] };
      return [ran.exit, error?.code ?? warnings?.map(({ code }) => code).join(' ')] as const;
    };
    assert.deepEqual(await verify(page), [11, '']);
    const green = renderReport(evidence, 'document.body.textContent = "Custody is proved"');
    assert.deepEqual(await verify(green), [12, 'report/unknown-program']);
    assert.deepEqual(await verify(green, '--evidence-only'), [11, '']);
    const shown = await machine.run('verify', file, '--log-key', service.logKey);
    assert.equal(shown.exit, 12);
    assert.match(shown.out, /^Do not rely on this file[^\n]*\n[^\n]*report\/unknown-program[\s\S]*Its evidence alone/);
    const script = page.replace('</body>', '<script>document.title = "yes"</script></body>');
    assert.match(String((await verify(script))[1]), /report\/unknown-program/);
    const handler = page.replace('<main', '<main onclick="x()"');
    assert.match(String((await verify(handler))[1]), /report\/unexpected-content/);
    const frame = page.replace('</main>', '<iframe src="//example.com"></iframe></main>');
    assert.match(String((await verify(frame))[1]), /report\/unexpected-content/);
    const block = /<script type="application\/json" id="waybill-evidence">[^<]*<\/script>/.exec(page)?.[0] ?? '';
    assert.deepEqual(await verify(page.replace('</main>', `${block}</main>`)), [12, 'report/several-evidence-blocks']);
    assert.deepEqual(await verify(page.replace(block, '')), [12, 'report/no-evidence']);
    const other = page.replace('bootstrap-admin', 'bootstrap-admim');
    assert.deepEqual(await verify(other), [12, 'custody/evidence-hash-wrong']);
  });

  test('demands that a file is about the image that was meant (12 custody/wrong-question)', async () => {
    const machine = await signed('meant/api');
    const file = join(machine.home, 'evidence.json');
    await machine.run('verify', DIGEST, '-r', 'meant/api', '--evidence', file);
    const run = (...args: readonly string[]) =>
      machine.run('verify', file, '--log-key', service.logKey, '--json', ...args);
    assert.equal((await run('--image', DIGEST, '-r', 'meant/api')).exit, 11);
    const ran = await run('--image', `sha256:${'00'.repeat(32)}`);
    assert.equal(ran.exit, 12);
    assert.ok((json(ran).checks as Check[]).some(({ reason }) => reason === 'custody/wrong-question'));
  });

  test('raises the alarm when another log answers at the address (13 log-key/changed)', async () => {
    const machine = await signed('moved/api');
    await using other = await openHttpService();
    const moved: typeof fetch = (input, init) =>
      fetch(String(input).replace(service.url, other.url), {
        ...init,
        headers: { ...(init?.headers as Record<string, string>), authorization: `Bearer ${other.token}` },
      });
    const ran = await machine.runWith(moved)('sign', example('image-layout'), '-r', 'moved/api', '--json');
    assert.equal(ran.exit, 13);
    assert.equal(errorCode(ran), 'log-key/changed');
    // Whoever pins the key of the former log is told the same, and that the entry is there.
    const pinned = machineOf({ WAYBILL_LOG_KEY: service.logKey });
    const layout = example('image-layout');
    const refused = await pinned.runWith(moved)('sign', layout, '-r', 'moved/pinned', '--json');
    assert.deepEqual([refused.exit, errorCode(refused)], [13, 'log-key/changed']);
    const again = await machineOf().runWith(moved)('sign', layout, '-r', 'moved/pinned', '--json');
    const { receipt } = json(again) as { readonly receipt: { readonly index: number } };
    assert.match(refused.out, new RegExp(`recorded what was sent, as entry ${receipt.index}\\b`));
  });

  test('holds a pipeline to its scope, with a token out of a file (3)', async () => {
    const admin = machineOf();
    await admin.run('principal', 'grant', 'ci-scope', '--role', 'pipeline', '-r', 'scope/*', '-s', 'test');
    const file = join(admin.home, 'ci.token');
    const created = await admin.run('token', 'create', 'ci-scope', '--lifetime', '1h', '-o', file);
    assert.equal(created.exit, 0, created.err);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const token = readFileSync(file, 'utf8').trim();
    assert.doesNotMatch(created.out + created.err, new RegExp(token));
    const ci = openMachine({ WAYBILL_URL: service.url });
    const run = (...args: readonly string[]) => ci.run(...args, '--token-file', file, '--json');
    assert.equal((await run('sign', example('image-layout'), '-r', 'scope/api')).exit, 0);
    const elsewhere = await run('sign', example('image-layout'), '-r', 'other/api');
    assert.equal(elsewhere.exit, 3);
    assert.equal(errorCode(elsewhere), 'auth/repository-out-of-scope');
    const stage = await run('attest', DIGEST, '-r', 'scope/api', '-s', 'sbom', example('sbom.cdx.json'));
    assert.equal(errorCode(stage), 'auth/stage-out-of-scope');
  });

  test('lists, shows and takes back signers, principals, tokens and contracts', async () => {
    const machine = machineOf();
    const key = join(machine.home, 'k.key');
    const file = join(machine.home, 'c.yaml');
    writeFileSync(file, 'contract: back\nrepositories: [back/api]\nstages: []\n');
    for (const line of [
      ['keys', 'new', key, '--type', 'ecdsa-p256'],
      ['signer', 'register', key, '-r', 'back/api', '-s', '*', '--title', 'to be revoked'],
      ['signer', 'list'],
      ['signer', 'show', key],
      ['signer', 'revoke', key],
      ['principal', 'grant', 'reader', '--role', 'auditor'],
      ['principal', 'list'],
      ['principal', 'show', 'reader'],
      ['token', 'create', 'reader', '--title', 'for a test'],
      ['token', 'list'],
      ['principal', 'revoke', 'reader'],
      ['contract', 'publish', file],
      ['contract', 'list'],
      ['contract', 'show', 'back'],
      ['contract', 'withdraw', 'back'],
    ]) {
      const ran = await machine.run(...line);
      assert.equal(ran.exit, 0, `${line.join(' ')}\n${ran.out}${ran.err}`);
      assert.notEqual(ran.out, '');
    }
    const tokens = json(await machine.run('token', 'list', '--json')).items as { id: string; title: string }[];
    const id = tokens.find(({ title }) => title === 'for a test')?.id ?? '';
    assert.equal((await machine.run('token', 'revoke', id)).exit, 0);
  });

  test('does not send a token that the service does not know twice (3 auth/token-unknown)', async () => {
    const unknown = `wbt_${'0'.repeat(16)}_${'A'.repeat(43)}`;
    const ran = await machineOf({ WAYBILL_TOKEN: unknown }).run('gate', DIGEST, '--json');
    assert.equal(ran.exit, 3);
    assert.equal(errorCode(ran), 'auth/token-unknown');
    assert.doesNotMatch(ran.out + ran.err, new RegExp(unknown));
  });

  test('the program itself ends with the exit code, and prints results and complaints apart', async () => {
    const home = mkdtempSync(join(tmpdir(), 'waybill-bin-'));
    const run = (...args: readonly string[]) =>
      runBin(args, { WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token, XDG_STATE_HOME: home, HOME: home });
    const ran = await run('sign', example('image-layout'), '-r', 'bin/api');
    assert.equal(ran.exit, 0, ran.err);
    assert.match(ran.out, /^signed sha256:/);
    assert.equal((await run('verify', DIGEST, '-r', 'bin/api')).exit, 11);
    const refused = await run('gate', `sha256:${'00'.repeat(32)}`);
    assert.equal(refused.exit, 3);
    assert.equal(refused.out, '');
    assert.match(refused.err, /^error: .*\(image\/unknown/);
  });
});

test('says that nobody answers (4 client/unreachable)', async () => {
  const gone = openMachine({ WAYBILL_URL: 'http://127.0.0.1:9', WAYBILL_TOKEN: 'wbt_x' });
  const ran = await gone.run('gate', DIGEST, '--json');
  assert.equal(ran.exit, 4);
  assert.equal(errorCode(ran), 'client/unreachable');
});

function runBin(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ran> {
  const child = spawn(process.execPath, [join(ROOT, 'bin/waybill.js'), ...args], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => out.push(part));
  child.stderr.on('data', (part: Buffer) => err.push(part));
  return new Promise((resolve) => {
    child.once('close', (code) =>
      resolve({ exit: code ?? -1, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    );
  });
}
