import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { DIGEST } from '../http/edge-under-test.ts';
import { openOffline } from '../report/offline-page.ts';
import { BROWSER_TEST, type ConsoleUnderTest, type Shop, visit, withConsole } from './console-under-test.ts';

/** Runs where it is read as markup, leads elsewhere where it is read as a link, and shows less than it has. */
const ATTACK =
  '"><img src=x onerror="window.ran=1"><script>window.ran=1</script>[x](javascript:window.ran=1) data:text/html,x javascript:window.ran=1 //evil.example/x ';
/** What shows nothing; and what turns, which titles of principals and signers are refused for. */
const NOTHING = '\u200B\u200D\u034F\u3164\uFE0F';
const TURNED = '\u202Eevil\u202C\u2066\u2069';
const LONG = `${ATTACK}${NOTHING}${TURNED}${'w'.repeat(1_000)}`;
const TITLE = `${ATTACK.slice(0, 150)}${NOTHING}${'w'.repeat(40)}`;
const HIDDEN = /[\p{Cf}\p{DI}\u202a-\u202e]/u;

/** Everything that somebody can write and somebody else is shown: each is taken, and gives the pages that show it. */
async function write(shop: Shop): Promise<Readonly<Record<string, string>>> {
  const post = async (
    operation: Parameters<Shop['ask']>[0],
    target: string,
    value: object | string,
    token?: string,
  ) => {
    const body = typeof value === 'string' ? value : JSON.stringify(value);
    const answer = await shop.ask(operation, { target, body, ...(token === undefined ? {} : { token }) });
    assert([200, 201].includes(answer.status), `${operation}: ${answer.text}`);
    return answer.body;
  };
  const about = `/v1/attestations?repository=shop/api&subject=${DIGEST}&stage=`;
  const attest = (stage: string, value: object | string) => post('submitAttestation', about + stage, value);
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' });
  const scope = { repositories: ['shop/*'], stages: ['*'], title: TITLE };
  const { signer } = await post('registerSigner', '/v1/signers', { publicKeyPem, ...scope });
  await post('grantPrincipal', '/v1/principals', {
    principal: 'mallory',
    role: 'pipeline',
    ...scope,
    person: 'mallory',
  });
  const { run } = await post('openRun', '/v1/runs', { repository: 'shop/api', commit: '5b'.repeat(20) });
  const statement = JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: LONG, digest: { sha256: DIGEST.slice(7) }, annotations: { note: LONG } }],
    predicateType: 'javascript:window.ran=1',
    predicate: { note: LONG, [LONG.slice(0, 200)]: 1 },
  });
  const type = 'application/vnd.in-toto+json';
  const signed = Buffer.from(`DSSEv1 ${type.length} ${type} ${Buffer.byteLength(statement)} ${statement}`);
  const signatures = [{ keyid: LONG.slice(0, 1_000), sig: sign(null, signed, privateKey).toString('base64') }];
  const payload = Buffer.from(statement).toString('base64');
  const filed = `/v1/attestations?repository=shop/api&stage=review&run=${run}`;
  await post('submitAttestation', filed, { payloadType: type, payload, signatures });
  const vulnerability = { id: LONG, ratings: [{ severity: 'critical' }], affects: [{ ref: LONG }] };
  const component = { type: 'library', name: LONG, version: LONG, purl: LONG, licenses: [{ license: { name: LONG } }] };
  await attest('sbom', {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [component],
    vulnerabilities: [vulnerability],
  });
  const result = { ruleId: LONG, level: 'error', message: { text: LONG } };
  await attest('lint', {
    version: '2.1.0',
    runs: [{ tool: { driver: { name: LONG, informationUri: LONG } }, results: [result] }],
  });
  const name = LONG.replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  await attest(
    'test',
    `<testsuites><testsuite name="${name}" tests="1" failures="1"><testcase name="${name}"><failure message="${name}"/></testcase></testsuite></testsuites>`,
  );
  const built = {
    buildDefinition: {
      buildType: LONG,
      externalParameters: { tag: LONG },
      resolvedDependencies: [{ uri: LONG, name: LONG, digest: { gitCommit: '5b'.repeat(20) } }],
    },
    runDetails: { builder: { id: 'javascript:window.ran=1' }, metadata: { invocationId: LONG } },
  };
  await attest('build', {
    subject: DIGEST,
    repository: 'shop/api',
    stage: 'build',
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: built,
  });
  const rule = { rule: 'none', title: `${TURNED}${TITLE}`.slice(0, 200), expression: 'facts.components.count == 0' };
  await post('publishContract', '/v1/contracts', {
    contract: 'shop',
    title: `${TURNED}${TITLE}`.slice(0, 200),
    repositories: ['shop/*'],
    rules: [rule],
    stages: [{ stage: 'lint' }, { stage: 'scan' }],
  });
  const reason = `${ATTACK}${NOTHING}${'w'.repeat(1_000)}`;
  const expires = new Date(Date.now() + 86_400_000).toISOString();
  const { waiver, seq } = await post(
    'requestWaiver',
    '/v1/waivers',
    {
      digest: DIGEST,
      repository: 'shop/api',
      contract: 'shop',
      check: 'contract/stage',
      stage: 'scan',
      reason,
      expires,
    },
    shop.tokens.anna,
  );
  return {
    inbox: '/console/',
    image: `/console/images/${DIGEST}?repository=shop%2Fapi`,
    images: '/console/images',
    repository: '/console/repositories/shop/api',
    contract: '/console/contracts/shop',
    contracts: '/console/contracts',
    run: `/console/runs/${run}`,
    runs: '/console/runs',
    signer: `/console/signers/${signer}`,
    revocation: `/console/signers/${signer}/revoke`,
    signers: '/console/signers',
    waiver: `/console/waivers/${waiver}`,
    waivers: '/console/waivers',
    entry: `/console/ledger/${seq}`,
    ledger: '/console/ledger',
    search: `/console/search?q=${encodeURIComponent(LONG.slice(0, 60))}`,
    filtered: `/console/images?repository=${encodeURIComponent(ATTACK)}&verdict=${encodeURIComponent(ATTACK)}`,
    nowhere: `/console/ledger/${encodeURIComponent(ATTACK)}`,
  };
}

/** Pages on which something of it stands: what would be shown nowhere would prove nothing. */
const SHOWN_ON: readonly string[] = ['image', 'contract', 'signer', 'signers', 'waiver', 'report'];

it('whatever people write runs nothing, leads nowhere, hides nothing and stays within a phone', BROWSER_TEST, (t) =>
  withConsole(t, async (under) => {
    const pages = await write(under.shop);
    const token = await under.shop.grant('root', 'admin', 'root', ['*']);
    const look = { width: 390 } as const;
    await using visitor = await visit(under, '/console/', { token, trust: under.shop.service.logVkey, look });
    for (const [name, address] of Object.entries(pages)) {
      await visitor.page.goto(under.url + address);
      await visitor.page.waitForSelector('main h1');
      await visitor.page.waitForSelector('.loading', { state: 'detached' });
      await visitor.page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');
      await isHarmless(visitor.page, name);
    }
    // What is asked for wrongly is answered so, and the browser says it.
    visitor.expect(/status of 4\d\d/);
    visitor.check();
    await t.test('nor in the report, and its names are told in full', () => reportIsHarmless(under));
  }),
);

async function reportIsHarmless(under: ConsoleUnderTest): Promise<void> {
  const target = `/v1/images/${DIGEST}/evidence?repository=shop/api`;
  const evidence = await under.shop.ask('readEvidence', { target });
  assert.equal(evidence.status, 200);
  const file = path.join(under.folder, 'report.html');
  const program = readFileSync(path.join(under.folder, '../report.js'), 'utf8');
  writeFileSync(file, renderReport(encodeUtf8(evidence.text), program));
  await using report = await openOffline(under.browser, file, '', { width: 390 });
  await report.page.waitForSelector('#waybill .banner');
  await report.page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');
  await isHarmless(report.page, 'report');
  report.check();
}

async function isHarmless(page: Page, name: string): Promise<void> {
  const found = await page.evaluate(() => {
    const links = [...document.querySelectorAll('[href], [src], [action], [formaction], [data]')];
    const said = [...document.querySelectorAll('[title], [aria-label], [alt], [placeholder]')];
    const addresses = links.flatMap((each) =>
      ['href', 'src', 'action', 'formaction', 'data'].flatMap((attribute) => each.getAttribute(attribute) ?? []),
    );
    return {
      ran: (window as { ran?: unknown }).ran,
      addresses: addresses.map((address) => new URL(address, location.href).href.split(/[?#]/, 1)[0] ?? ''),
      markup: document.querySelectorAll('img, iframe, object, embed, body script:not([type="application/json"])')
        .length,
      text: document.title + (document.querySelector('#waybill') ?? document.body).textContent,
      said: said
        .map((each) => ['title', 'aria-label', 'alt', 'placeholder'].map((at) => each.getAttribute(at) ?? '').join(' '))
        .join('\n'),
      width: document.documentElement.scrollWidth,
      origin: location.origin,
    };
  });
  assert.equal(found.ran, undefined, `${name}: something ran`);
  const own = name === 'report' ? /^(?:file:|data:image\/)/ : new RegExp(`^${found.origin}/`);
  assert.deepEqual(
    found.addresses.filter((address) => !own.test(address)),
    [],
    name,
  );
  for (const text of [found.text, found.said]) {
    const at = text.search(HIDDEN);
    assert.equal(at, -1, `${name}: ${JSON.stringify(text.slice(Math.max(0, at - 60), at + 20))}`);
  }
  assert(found.width <= 390, `${name} is ${found.width} px wide`);
  if (SHOWN_ON.includes(name)) assert(found.text.includes('onerror='), `${name} shows nothing of it`);
}
