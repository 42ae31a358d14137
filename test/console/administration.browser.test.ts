import assert from 'node:assert/strict';
import { it } from 'node:test';
import { DIGEST } from '../http/edge-under-test.ts';
import { BROWSER_TEST, type ConsoleUnderTest, readVerdict, visit, withConsole } from './console-under-test.ts';

it('an administrator sees what a change does before it is made', BROWSER_TEST, (t) =>
  withConsole(t, async (under) => {
    await t.test('a contract: compared with the one in force, held against images, then published', () =>
      publishes(under),
    );
    await t.test('a contract that reads in two ways, or is none, is told so and not published', () =>
      isNoContract(under),
    );
    await t.test('a signer: what stops counting, then revoked', () => revokes(under));
    await t.test('what hides in a text that somebody wrote is shown by its number', () => showsWhatHides(under));
    await t.test('whoever is no administrator is refused by the service', () => isRefused(under));
    await t.test('who may not decide about an image is offered nothing', () => isOfferedNothing(under));
    await t.test('changes that were not looked through are told, and looked through on demand', () =>
      looksFurther(under),
    );
  }),
);

const STRICTER =
  'contract: shop\nrepositories: ["shop/*"]\nstages:\n  - stage: lint\n  - stage: scan\n  - stage: sbom\n';

async function publishes(under: ConsoleUnderTest): Promise<void> {
  assert.equal((await under.shop.attest('scan', under.shop.tokens.ci)).status, 201);
  await using visitor = await visit(under, '/console/publish', {
    token: under.shop.admin,
    trust: under.shop.service.logVkey,
  });
  const { page } = visitor;
  await page.fill('#document', STRICTER);
  await page.click('text=Show what it changes');
  await page.waitForSelector('text=shop takes the place of version 1');
  await page.waitForSelector('text=stage sbom');
  await page.waitForSelector('text=pass → fail');
  assert.match((await page.textContent('.rows')) ?? '', /Stage sbom: /);
  await page.click('text=Publish…');
  const effect = (await page.textContent('dialog .effect')) ?? '';
  assert.match(effect, /1 of 1 images that were looked at would fail by it/);
  await page.click('dialog >> text=Publish it');
  await page.waitForSelector('h1:has-text("shop")');
  assert.equal((await under.shop.verify()).body.verdict, 'fail');
  visitor.check();
}

async function isNoContract(under: ConsoleUnderTest): Promise<void> {
  await using visitor = await visit(under, '/console/publish', { token: under.shop.admin });
  const { page } = visitor;
  for (const [text, code] of [
    ['contract: &a shop\nrepositories: [*a]\n', /At line 1, column 14\..*http\/malformed-yaml/s],
    ['contract: shop\ncontract: shop\n', /At line 2, column 1\..*http\/malformed-yaml/s],
    ['contract: Shop\nrepositories: ["shop/*"]\nstages: []\n', /contract\/malformed/],
  ] as const) {
    await page.fill('#document', text);
    await page.click('text=Show what it changes');
    await page.waitForSelector('.problem');
    assert.match((await page.textContent('.problem')) ?? '', code, text);
    assert.equal(await page.locator('button:has-text("Publish…")').count(), 0);
  }
  visitor.check();
}

async function showsWhatHides(under: ConsoleUnderTest): Promise<void> {
  const asked = await under.shop.request(under.shop.tokens.anna, { reason: 'no\u200b fix yet' });
  assert.equal(asked.status, 201, asked.text);
  await using visitor = await visit(under, `/console/waivers/${asked.body.waiver}`, { token: under.shop.tokens.ben });
  await visitor.page.waitForSelector('.written');
  assert.equal(await visitor.page.textContent('.written'), 'no\\u{200b} fix yet');
  visitor.check();
}

async function revokes(under: ConsoleUnderTest): Promise<void> {
  const listed = await under.shop.ask('listSigners', { target: '/v1/signers' });
  const signer = listed.body.items.find(({ use }: { use: string }) => use === 'service').signer;
  await using visitor = await visit(under, `/console/signers/${signer}/revoke`, { token: under.shop.admin });
  const { page } = visitor;
  await page.waitForSelector('text=Nothing that is recorded stops counting.');
  await page.fill('#revoked-from', '2026-01-31');
  await page.waitForSelector('text=stop counting');
  await page.click('button:has-text("Revoke…")');
  assert.match((await page.textContent('dialog .effect')) ?? '', /counts no more, from 31 Jan 2026/);
  await page.click('dialog >> text=Leave it');
  const still = await under.shop.ask('readSigner', { target: `/v1/signers/${signer}` });
  assert.equal(still.body.revokedFrom, undefined, 'leaving it changes nothing');
  await page.click('button:has-text("Revoke…")');
  await page.click('dialog >> text=Revoke it');
  await page.waitForSelector('text=Revoked from');
  const revoked = await under.shop.ask('readSigner', { target: `/v1/signers/${signer}` });
  assert.equal(revoked.body.revokedFrom, '2026-01-31T00:00:00.000Z', revoked.text);
  visitor.check();
}

async function isRefused(under: ConsoleUnderTest): Promise<void> {
  await using visitor = await visit(under, '/console/publish', { token: under.shop.tokens.anna });
  const { page } = visitor;
  assert.equal(await page.locator('nav >> text=Publish a contract').count(), 0);
  await page.fill('#document', STRICTER.replace('sbom', 'licences'));
  await page.click('text=Show what it changes');
  await page.click('text=Publish…');
  await page.click('dialog >> text=Publish it');
  await page.waitForSelector('dialog .problem');
  assert.match((await page.textContent('dialog .problem')) ?? '', /auth\/role-not-allowed/);
  visitor.expect(/403/);
  visitor.check();
}

async function isOfferedNothing(under: ConsoleUnderTest): Promise<void> {
  const token = await under.shop.grant('eve', 'auditor', 'eve', ['shop/*']);
  const address = `/console/images/${DIGEST}?repository=shop%2Fapi`;
  await using visitor = await visit(under, address, { token, trust: under.shop.service.logVkey });
  await readVerdict(visitor.page);
  for (const name of ['Ask for a waiver', 'Release…', 'Retire…', 'Approve', 'Revoke'])
    assert.equal(await visitor.page.locator(`button:has-text("${name}")`).count(), 0, name);
  visitor.check();
}

/** One change waits, on the page behind those of one look. */
async function looksFurther(under: ConsoleUnderTest): Promise<void> {
  const pagesOfALook = 20;
  const change = {
    key: 'trust',
    kind: 'settings.changed',
    body: { dualControl: true },
    proposal: 99_999,
    proposedAt: '2026-01-01T00:00:00.000Z',
    principal: 'frida',
    person: 'frida',
  };
  await using visitor = await visit(under, '/console/', { token: under.shop.admin });
  const { page } = visitor;
  await page.route('**/v1/changes?*', async (route) => {
    const at = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0);
    const json = at < pagesOfALook ? { items: [], next: String(at + 1) } : { items: [change] };
    await route.fulfill({ json });
  });
  for (const address of ['/console/changes', `/console/changes/${change.proposal}`]) {
    await page.goto(under.url + address);
    await page.waitForSelector('.notice:has-text("20 pages") >> text=waybill change list');
    for (const untrue of ['Nothing waits for a second person.', 'It does not wait any more.'])
      assert.equal(await page.locator(`text=${untrue}`).count(), 0, untrue);
    await page.click('button:has-text("Look further")');
    await page.waitForSelector('text=Turn dual control on');
    assert.equal(await page.locator('.notice:has-text("looked through")').count(), 0);
  }
  visitor.check();
}
