import assert from 'node:assert/strict';
import { it } from 'node:test';
import { DIGEST, SARIF } from '../http/edge-under-test.ts';
import { CONTRACT } from '../waivers/waivers-over-http.ts';
import {
  BROWSER_TEST,
  type ConsoleUnderTest,
  headOverlaps,
  readVerdict,
  visit,
  withConsole,
} from './console-under-test.ts';

const IMAGE = `/console/images/${DIGEST}?repository=shop%2Fapi`;

/** A rule that the findings of the linter violate whatever they are. */
const NEVER = (rule: string) => ({ rule, expression: 'facts.findings.total < 0' });

it('the page of an image says what is so, and where it is shown', BROWSER_TEST, (t) =>
  withConsole(t, async (under) => {
    await t.test('the head holds a long name at 390 and 320 px', () => holdsLongName(under));
    await t.test('whoever asks again for what waits is told so, and led there', () => saysWhatWaits(under));
    await t.test('every entry that is named is a link to its page', () => leadsToEntries(under));
    await t.test('where this image was released stands apart from what was there before it', () => saysReleases(under));
    await t.test('lists show no recorded pass in green that entries came after', () => countsSince(under));
    await t.test('a rule that does not hold is named, each one', () => namesRules(under));
    await t.test('who may sign is said the same whether the contract names the default or not', () =>
      saysWhoSigns(under),
    );
    await t.test('a waiver that was revoked ends no more', () => saysRevoked(under));
    await t.test('that it was retired comes first, and lists say it', () => saysRetired(under));
  }),
);

async function holdsLongName(under: ConsoleUnderTest): Promise<void> {
  const token = await under.shop.grant('bootstrap-admin', 'admin', null, ['*']);
  for (const width of [390, 320]) {
    await using visitor = await visit(under, '/console/', { token, look: { width } });
    const { page } = visitor;
    assert.equal(await page.locator('.account .who').textContent(), 'bootstrap-admin');
    assert.deepEqual(await headOverlaps(page), [], `${width} px`);
    assert((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
    visitor.check();
  }
}

async function saysWhatWaits(under: ConsoleUnderTest): Promise<void> {
  const { shop } = under;
  const asked = await shop.request();
  assert.equal(asked.status, 201, asked.text);
  const { waiver } = asked.body;
  await using visitor = await visit(under, IMAGE, { token: shop.tokens.carl, trust: shop.service.logVkey });
  const { page } = visitor;
  await page.click('text=Ask for a waiver');
  const said = page.locator('dialog .notice');
  assert.match((await said.textContent()) ?? '', /The same was asked for before, and waits for a second person/);
  await said.locator(`a[href="/console/waivers/${waiver}"]`).click();
  await page.waitForURL(`**/console/waivers/${waiver}`);
  visitor.check();
  assert.equal((await shop.approve(waiver)).status, 200);
}

async function leadsToEntries(under: ConsoleUnderTest): Promise<void> {
  const { shop } = under;
  const body = JSON.stringify({ repository: 'shop/api', environment: 'production' });
  const target = `/v1/images/${DIGEST}/release`;
  const released = await shop.ask('releaseImage', { target, token: shop.tokens.anna, body });
  assert.equal(released.status, 201, released.text);
  await using visitor = await visit(under, IMAGE, { token: shop.tokens.anna, trust: shop.service.logVkey });
  const { page } = visitor;
  await page.waitForSelector('h2:text-is("Releases")');
  const dead = await page.$$eval('a[href^="#"]', (links) =>
    links
      .map((link) => link.getAttribute('href') ?? '')
      .filter((href) => document.getElementById(href.slice(1)) === null),
  );
  assert.deepEqual(dead, []);
  const line = page.locator('.releases li').first();
  const { verdict } = released.body;
  assert.match((await line.textContent()) ?? '', new RegExp(`on the verdict recorded at entry #${verdict}`));
  await line.locator(`a:text-is("#${verdict}")`).click();
  await page.waitForURL(`**/console/ledger/${verdict}`);
  await page.waitForSelector('.proof-note.pass >> text=In the log');
  visitor.check();
}

async function saysReleases(under: ConsoleUnderTest): Promise<void> {
  const { shop } = under;
  await using visitor = await visit(under, IMAGE, { token: shop.tokens.anna, trust: shop.service.logVkey });
  const { page } = visitor;
  await page.waitForSelector('text=Before this image, nothing was released to production.');
  const where = page.locator('.facts > div:has(dt:text-is("This image was released to"))').first();
  assert.match((await where.textContent()) ?? '', /production, \d+ .* UTC, #\d+$/);
  const size = page.locator('.facts > div:has(dt:text-is("Size"))');
  assert.equal(await size.locator('dd').textContent(), '2 bytes in 0 layers');
  visitor.check();
}

async function countsSince(under: ConsoleUnderTest): Promise<void> {
  const { shop } = under;
  assert.equal((await shop.attest('scan', shop.tokens.ci)).status, 201);
  assert.equal((await shop.verify(shop.tokens.anna, true)).status, 201);
  await using visitor = await visit(under, '/console/images', { token: shop.tokens.anna });
  const { page } = visitor;
  await page.waitForSelector('.rows .chip.pass:text-is("recorded: pass")');
  assert.equal((await shop.attest('lint', shop.tokens.ci, SARIF.replace('lint', 'lint again'))).status, 201);
  await page.waitForSelector('.rows .chip.warn:text-is("recorded: pass, 1 entry since")');
  for (const address of [`/console/search?q=${DIGEST}`, '/console/repositories', '/console/repositories/shop/api']) {
    await page.goto(under.url + address);
    await page.waitForSelector('.chip.warn:text-is("recorded: pass, 1 entry since")');
  }
  visitor.check();
}

async function namesRules(under: ConsoleUnderTest): Promise<void> {
  const { shop } = under;
  const lint = { stage: 'lint', assurance: 'service', rules: [NEVER('nothing-found'), NEVER('nothing-new')] };
  const stricter = JSON.stringify({ ...CONTRACT, stages: [lint, { stage: 'scan' }] });
  assert.equal((await shop.ask('publishContract', { target: '/v1/contracts', body: stricter })).status, 201);
  await using visitor = await visit(under, IMAGE, { token: shop.tokens.anna, trust: shop.service.logVkey });
  const { page } = visitor;
  await readVerdict(page);
  assert.deepEqual(await page.locator('.obstacles .sentence').allTextContents(), [
    'Stage lint: rule nothing-found does not hold.',
    'Stage lint: rule nothing-new does not hold.',
  ]);
  visitor.check();
}

async function saysWhoSigns(under: ConsoleUnderTest): Promise<void> {
  await using visitor = await visit(under, '/console/contracts/shop', { token: under.shop.tokens.anna });
  const { page } = visitor;
  await page.waitForSelector('[aria-label="What is asked for"]');
  const either = /by the pipeline’s own key, or the service’s for the caller$/;
  for (const stage of ['lint', 'scan']) {
    const line = page.locator(`[aria-label="What is asked for"] li:has(.lead:text-is("Stage ${stage}"))`);
    assert.match((await line.locator('.quiet').first().textContent()) ?? '', either);
  }
  visitor.check();
}

async function saysRevoked(under: ConsoleUnderTest): Promise<void> {
  const { shop } = under;
  const asked = await shop.request(shop.tokens.anna, { reason: 'SHOP-115: by mistake' });
  assert.equal((await shop.revoke(asked.body.waiver)).status, 200);
  await using visitor = await visit(under, '/console/waivers?state=revoked', { token: shop.tokens.anna });
  const { page } = visitor;
  const row = page.locator('.rows li').first();
  const text = (await row.textContent()) ?? '';
  assert.match(text, /revoked.* ago|revoked.*in less/);
  assert.doesNotMatch(text, /ends/);
  visitor.check();
}

async function saysRetired(under: ConsoleUnderTest): Promise<void> {
  const { shop } = under;
  const body = JSON.stringify({ repository: 'shop/api' });
  const target = `/v1/images/${DIGEST}/retire`;
  const retired = await shop.ask('retireImage', { target, token: shop.tokens.anna, body });
  assert.equal(retired.status, 200, retired.text);
  await using visitor = await visit(under, IMAGE, { token: shop.tokens.anna, trust: shop.service.logVkey });
  const { page } = visitor;
  await readVerdict(page);
  assert.match((await page.locator('.obstacles code').first().textContent()) ?? '', /^image\/retired/);
  assert.equal(await page.locator('.obstacles li').count(), 3, 'the rules of lint do not hold either');
  assert.equal(
    await page.locator('.obstacles .remedy').count(),
    1,
    'nothing but its retirement has a remedy to tell of',
  );
  assert.equal(await page.getByText('Ask for a waiver').count(), 0);
  await page.waitForSelector('.facts >> text=retired everywhere since');
  for (const [address, row] of [
    ['/console/images', '.rows li'],
    [`/console/search?q=${DIGEST}`, '.rows li'],
    ['/console/repositories', '.rows li'],
    ['/console/repositories/shop/api', 'tbody tr'],
  ] as const) {
    await page.goto(under.url + address);
    const chip = page.locator(`${row} .chip`).first();
    assert.equal(await chip.textContent(), 'retired', address);
  }
  visitor.check();
}
