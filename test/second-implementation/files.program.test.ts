import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { openHttpService } from '../cli/http-service.ts';
import { KNOWN_PROGRAM, openMachine, type Ran } from '../cli/run-cli.ts';
import { custodyLedger, imageManifest, indexManifest } from '../custody/custody-under-test.ts';
import { changed, changedProof, flippedReports, payloadOf } from './changed-report.ts';
import {
  askSecond,
  base64,
  exitOfSecond,
  type FileJob,
  outcome,
  type SecondAnswer,
  skipWithoutPython,
} from './second-verifier.ts';

const skip = skipWithoutPython();
const ROOT = join(import.meta.dirname, '../..');
const LAYOUT = join(ROOT, 'examples/image-layout');
const DIGEST = 'sha256:8b4699c10e46a8d6c0595b4e4c11cc8d4b4b02fccbf2611e011047eb9be2a323';
const PROGRAM = createHash('sha256').update(KNOWN_PROGRAM).digest('hex');
const MEMBERS = ['code', 'outcome', 'reason', 'seq', 'key', 'contract', 'stage'] as const;

type Check = { readonly [member in (typeof MEMBERS)[number]]?: unknown };
type Judged = { readonly verdict: string; readonly checks: readonly Check[] };

function words(checks: readonly Check[]): readonly string[] {
  return checks.map((check) => MEMBERS.map((member) => check[member] ?? '-').join(' '));
}

describe('files that a real service hands out', { skip }, () => {
  let service: Awaited<ReturnType<typeof openHttpService>>;
  let machine: ReturnType<typeof openMachine>;
  const offline = openMachine();

  before(async () => {
    service = await openHttpService();
    machine = openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token });
    await liveALittle();
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
  });

  const path = (name: string) => join(machine.home, name);
  async function ok(...args: readonly string[]): Promise<Ran> {
    const ran = await machine.run(...args);
    assert.equal(ran.exit, 0, `${args.join(' ')}\n${ran.out}${ran.err}`);
    return ran;
  }

  /** Two repositories, an index, signers of both kinds, one of them revoked, and contracts met and not met. */
  async function liveALittle(): Promise<void> {
    const example = (name: string) => join(ROOT, 'examples', name);
    writeFileSync(path('image.json'), imageManifest('7'));
    writeFileSync(path('index.json'), indexManifest([imageManifest('7')]));
    for (const repository of ['shop/api', 'bank/api', 'free/api']) {
      await ok('sign', LAYOUT, '-r', repository, '--receipt', path(`${repository.split('/')[0]}.receipt.json`));
    }
    await ok('sign', path('index.json'), '-r', 'shop/api');
    await ok('sign', path('image.json'), '-r', 'shop/api');
    for (const [name, type] of [
      ['ed', 'ed25519'],
      ['ec', 'ecdsa-p256'],
      ['gone', 'ed25519'],
    ] as const) {
      await ok('keys', 'new', path(name), '--type', type);
      await ok('signer', 'register', path(name), '-r', '*', '-s', name, '-s', 'test');
    }
    for (const repository of ['shop/api', 'bank/api']) {
      const target = `${repository}@${DIGEST}`;
      await ok('attest', target, '-s', 'sbom', example('sbom.cdx.json'));
      await ok(
        'attest',
        target,
        '-s',
        'test',
        example('junit.xml'),
        '-k',
        path('ed'),
        '--receipt',
        path('test.receipt.json'),
      );
      await ok('attest', target, '-s', 'ec', example('report.sarif'), '-k', path('ec'));
      await ok('attest', target, '-s', 'gone', example('report.sarif'), '-k', path('gone'));
    }
    const listed = JSON.parse((await ok('signer', 'list', '--json')).out) as {
      items?: readonly { signer: string; stages?: readonly string[] }[];
    };
    const gone = (listed.items ?? []).find(({ stages }) => stages?.includes('gone'));
    assert(gone !== undefined, JSON.stringify(listed));
    await ok('signer', 'revoke', gone.signer, '--effective', '2020-01-01T00:00:00.000Z');
    writeFileSync(
      path('shop.yaml'),
      'contract: shop\nrepositories: [shop/*]\nstages:\n  - stage: sbom\n  - stage: test\n    after: [sbom]\n    assurance: pipeline\n',
    );
    writeFileSync(
      path('bank.yaml'),
      'contract: bank\nrepositories: [bank/*]\nstages:\n  - stage: gone\n  - stage: scan\n',
    );
    for (const name of ['shop.yaml', 'bank.yaml']) await ok('contract', 'publish', path(name));
  }

  async function evidenceOf(target: string, repository: string): Promise<string> {
    const file = path(`${repository.replace('/', '-')}.evidence.json`);
    await machine.run('verify', target, '-r', repository, '--evidence', file);
    return file;
  }

  function jobOf(file: string, more: Partial<FileJob> = {}): FileJob {
    return { bytes: base64(readFileSync(file)), logKeys: [service.logKey], ...more };
  }

  async function second(file: string, more: Partial<FileJob> = {}): Promise<SecondAnswer> {
    const [answer] = await askSecond([jobOf(file, more)]);
    assert(answer !== undefined);
    return answer;
  }

  test('evidence: each check and the verdict are those that the command line prints', async () => {
    const printed: Judged[] = [];
    const jobs: FileJob[] = [];
    for (const [target, repository] of [
      [DIGEST, 'shop/api'],
      [DIGEST, 'bank/api'],
      [DIGEST, 'free/api'],
      [path('index.json'), 'shop/api'],
      [path('image.json'), 'shop/api'],
    ] as const) {
      const file = await evidenceOf(target, repository);
      for (const logKeys of [[service.logKey], []]) {
        const ran = await offline.run('verify', file, '--json', ...logKeys.flatMap((one) => ['--log-key', one]));
        printed.push(JSON.parse(ran.out) as Judged);
        jobs.push(jobOf(file, { logKeys }));
      }
    }
    const answers = await askSecond(jobs);
    for (const [index, { verdict, checks }] of printed.entries()) {
      assert.deepEqual(words(answers[index]?.checks ?? []), words(checks));
      assert.equal(answers[index]?.verdict, verdict);
    }
    assert.deepEqual(new Set(answers.map(({ verdict }) => verdict)), new Set(['fail', 'unjudged']));
    const reasons = answers.flatMap(({ checks }) => checks.map(({ reason }) => reason));
    for (const expected of ['signer/revoked', 'contract/stage-missing', 'contract/none', 'origin/not-confirmed']) {
      assert(reasons.includes(expected), expected);
    }
  });

  test('reports: the evidence decides, and a page with another program is named (report/unknown-program)', async () => {
    const evidence = readFileSync(await evidenceOf(DIGEST, 'free/api'));
    const cases = [
      ['report.html', renderReport(evidence, KNOWN_PROGRAM), []],
      ['green.html', renderReport(evidence, 'document.body.textContent = "yes"'), ['report/unknown-program']],
      [
        'frame.html',
        renderReport(evidence, KNOWN_PROGRAM).replace('</main>', '<iframe></iframe></main>'),
        ['report/unexpected-content'],
      ],
      [
        'click.html',
        renderReport(evidence, KNOWN_PROGRAM).replace('<main', '<main onclick="x()"'),
        ['report/unexpected-content'],
      ],
    ] as const;
    for (const [name, page] of cases) writeFileSync(path(name), page);
    const answers = await askSecond(cases.map(([name]) => jobOf(path(name), { knownPrograms: [PROGRAM] })));
    for (const [index, [name, , codes]] of cases.entries()) {
      const { kind, verdict, fault, warnings } = answers[index] ?? assert.fail();
      assert.deepEqual([...new Set(warnings?.map(({ code }) => code))], codes, name);
      assert.deepEqual([kind, verdict, fault], ['report', 'unjudged', null], name);
    }
    writeFileSync(path('none.html'), '<!doctype html><title>Custody report</title>');
    assert.equal((await second(path('none.html'))).fault?.code, 'report/no-evidence');
  });

  test('signed JSON reports: they hold under the log key, and not after any change', async () => {
    const file = path('report.json');
    await ok('report', `shop/api@${DIGEST}`, '--format', 'json', '-o', file);
    const { verdict, service: otherUse } = service.under.keys;
    const bytes = readFileSync(file);
    const said = payloadOf(bytes).report.result.verdict;
    const proof = (change: Parameters<typeof changedProof>[1]) => changed(bytes, verdict.sign, changedProof(0, change));
    const cases: readonly (readonly [string, Uint8Array, string, FileJob['logKeys']?])[] = [
      ['as it is', bytes, String(said)],
      ['no log key', bytes, 'unconfirmed', []],
      ['another log key', bytes, 'note/no-known-signature', [custodyLedger().vkey]],
      ['another signer', changed(bytes, otherUse.sign, () => {}), 'dsse/no-trusted-signature'],
      [
        'a key of another use',
        changed(bytes, otherUse.sign, ({ signer }) => {
          signer.spki = base64(otherUse.publicKey.spki);
        }),
        'signer/not-registered',
      ],
      [
        'no list',
        changed(bytes, verdict.sign, ({ signer }) => Object.assign(signer, { lists: [] })),
        'report/malformed',
      ],
      [
        'a list without its entries',
        proof((one) => Object.assign(one, { entries: [], n: 0, proof: '' })),
        'list/not-in-map',
      ],
    ];
    const answers = await askSecond(
      cases.map(([, changedBytes, , logKeys = [service.logKey]]) => ({ bytes: base64(changedBytes), logKeys })),
    );
    for (const [index, [name, , expected]] of cases.entries()) {
      assert.deepEqual([answers[index]?.kind, outcome(answers[index])], ['signed-report', expected], name);
    }
    for (const [asked, code] of [
      [{ image: `sha256:${'0'.repeat(64)}` }, 'custody/wrong-question'],
      [{ repository: 'bank/api' }, 'custody/wrong-question'],
      [{ environment: 'production' }, 'custody/wrong-question'],
    ] as const)
      assert.equal((await second(file, asked)).fault?.code, code);
  });

  test('signed JSON reports: of a past state, and what one cannot answer, end as on the command line', async () => {
    const about = ['report', `free/api@${DIGEST}`, '--format', 'json'];
    await ok(...about, '-o', path('now.json'));
    await ok(...about, '--as-of', new Date().toISOString(), '-o', path('past.json'));
    const waived = changed(readFileSync(path('past.json')), service.under.keys.verdict.sign, ({ report }) => {
      report.result.verdict = 'waived';
    });
    writeFileSync(path('waived.json'), waived);
    writeFileSync(path('none.json'), '{"payloadType":""}');
    const key = ['--log-key', service.logKey];
    for (const [name, expected, ...args] of [
      ['now.json', 11, ...key],
      ['past.json', 11, ...key],
      ['waived.json', 15, ...key],
      ['waived.json', 12],
      ['now.json', 2, ...key, '--receipt', path('free.receipt.json')],
      ['now.json', 2, '--receipt', path('free.receipt.json')],
      ['now.json', 12, ...key, '--environment', 'production'],
      ['now.json', 2, ...key, '--as-of', '2'],
      ['waived.json', 2, ...key, '--as-of', '2'],
      ['none.json', 12, ...key],
      ['none.json', 12, ...key, '--environment', 'production'],
      ['now.json', 12, ...key, '--environment', 'production', '--repository', 'bank/api'],
    ] as [string, number, ...string[]][]) {
      const ran = await offline.run('verify', path(name), ...args);
      assert.deepEqual([exitOfSecond(path(name), ...args), ran.exit], [expected, expected], `${name} ${args}`);
    }
  });

  test('signed JSON reports: a bit flipped in any part of one is found', async () => {
    const flipped = flippedReports(readFileSync(path('report.json'), 'latin1'));
    assert(flipped.length > 43, `${flipped.length}`);
    const jobs = flipped.map((one) => ({
      bytes: base64(Buffer.from(one, 'latin1')),
      logKeys: [service.logKey],
    }));
    for (const { verdict } of await askSecond(jobs)) assert.equal(verdict, 'refused');
  });

  test('receipts: they hold under the log key, with the payload, and not with another (payload/size-wrong)', async () => {
    const file = path('test.receipt.json');
    assert.equal((await second(file)).verdict, 'pass');
    const changed = readFileSync(file, 'utf8').replace('bank/api', 'bank/apj');
    writeFileSync(path('changed.json'), changed);
    assert.equal((await second(path('changed.json'))).fault?.code, 'receipt/not-included');
    assert.equal((await second(file, { payload: base64(Buffer.from('x')) })).fault?.code, 'payload/size-wrong');
    const answer = JSON.stringify({ seq: 1, duplicate: false, receipt: JSON.parse(readFileSync(file, 'utf8')) });
    writeFileSync(path('answer.json'), answer);
    assert.equal((await second(path('answer.json'))).verdict, 'pass');
  });

  test('receipts beside evidence: what is left out is proved (list/omission-proved)', async () => {
    const evidence = await evidenceOf(DIGEST, 'shop/api');
    const receipts = ['shop', 'bank', 'free'].map((name) => base64(readFileSync(path(`${name}.receipt.json`))));
    const whole = await second(evidence, { receipts });
    assert.deepEqual(whole.receipts, [{}, {}, {}]);
    const { entries, payloads, sha256: _old, ...rest } = JSON.parse(readFileSync(evidence, 'utf8'));
    const { entry } = JSON.parse(readFileSync(path('shop.receipt.json'), 'utf8'));
    const without = {
      ...rest,
      entries: entries.filter((shown: { entry: { seq: number } }) => shown.entry.seq !== entry.seq),
      payloads: payloads.filter(({ seq }: { seq: number }) => seq !== entry.seq),
    };
    const sha256 = createHash('sha256').update(formatCanonicalJson(without)).digest('hex');
    writeFileSync(path('without.json'), formatCanonicalJson({ ...without, sha256 }));
    const cut = await second(path('without.json'), { receipts });
    assert.deepEqual(cut.receipts?.[0], { reason: 'list/omission-proved' });
  });
});
