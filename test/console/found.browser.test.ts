import assert from 'node:assert/strict';
import { it } from 'node:test';
import { DIGEST } from '../http/edge-under-test.ts';
import { CONTRACT, HOUR_MS, soon } from '../waivers/waivers-over-http.ts';
import { BROWSER_TEST, type ConsoleUnderTest, visit, withConsole } from './console-under-test.ts';

const ASKED = '[aria-label="What is asked for"]';
const COMMIT = '5b'.repeat(20);

it('whoever looks for something finds it, and proofs are checked where they look', BROWSER_TEST, (t) =>
  withConsole(t, async (under) => {
    await t.test('what awaits one leads to where it is done', () => awaits(under));
    await t.test('a search leads from four digits to the image, and says why it finds nothing', () => searches(under));
    await t.test('a repository tells its trends in numbers and in words', () => tellsTrends(under));
    await t.test('runs are found by their commit, with every attempt and the proof of their list', () =>
      showsRuns(under),
    );
    await t.test('a contract tells what its newest version asks for differently', () => comparesVersions(under));
    await t.test('a contract says in words everything that it asks for', () => saysWhatIsAsked(under));
    await t.test('a key tells its age and what rests on it', () => showsSigner(under));
    await t.test('an entry is proved to be in the log, and a receipt that was changed is not', () =>
      provesEntry(under),
    );
    await t.test('a list is proved to be whole, and a checkpoint to continue the one before', () => provesLists(under));
    await t.test('a list is read on page by page, by keyboard', () => readsOn(under));
  }),
);

async function awaits(under: ConsoleUnderTest): Promise<void> {
  const { shop } = under;
  const asked = await shop.request(shop.tokens.anna, { expires: soon(HOUR_MS), reason: 'SHOP-114: not yet' });
  const { waiver } = asked.body;
  await using anna = await visit(under, '/console/', { token: shop.tokens.anna });
  await anna.page.waitForSelector('text=Nothing awaits you.');
  await using ben = await visit(under, '/console/', { token: shop.tokens.ben });
  await ben.page.click('.rows >> text=A waiver to approve');
  await ben.page.waitForURL(`**/console/waivers/${waiver}`);
  await ben.page.waitForSelector('text=SHOP-114: not yet');
  await ben.page.click('button:has-text("Approve it")');
  await ben.page.click('dialog button:has-text("Approve")');
  await ben.page.waitForSelector('.named .chip:has-text("in force")');
  await ben.page.click('nav >> text=Waivers');
  await ben.page.waitForSelector('[aria-label="Waivers that end soon"] >> text=contract/stage scan of shop');
  // Whoever asked is told that it ends soon, without loading the page again.
  await anna.page.waitForSelector('.rows >> text=A waiver that ends', { timeout: 15_000 });
  for (const visitor of [anna, ben]) visitor.check();
}

async function searches(under: ConsoleUnderTest): Promise<void> {
  await using visitor = await visit(under, '/console/search', { token: under.shop.tokens.anna });
  const { page } = visitor;
  const search = async (text: string) => {
    await page.fill('#search-text', text);
    await page.keyboard.press('Enter');
  };
  await search(DIGEST.slice('sha256:'.length, 'sha256:'.length + 4));
  await page.click(`.rows >> text=${DIGEST}`);
  await page.waitForURL(`**/console/images/${DIGEST}?repository=shop%2Fapi`);
  await page.goBack();
  await search('nothing-is-called-so');
  await page.waitForSelector('text=Nothing begins so where you may read.');
  visitor.check();
  await search('sha256:1');
  await page.waitForSelector('.problem code:has-text("search/too-short")');
  visitor.expect(/422/);
  visitor.check();
}

async function tellsTrends(under: ConsoleUnderTest): Promise<void> {
  await using visitor = await visit(under, '/console/repositories', { token: under.shop.tokens.anna });
  const { page } = visitor;
  await page.click('.rows >> text=shop/api');
  await page.waitForSelector('h1:has-text("shop/api")');
  const said = await page.getAttribute('.trend svg', 'aria-label');
  assert.match(said ?? '', /^Size: 2 bytes in the newest image, stated once, at most 2 bytes$/);
  const cells = await page.locator('tbody tr').first().locator('td').allTextContents();
  assert.deepEqual(cells.slice(2), ['2 bytes', 'not stated', 'not stated', 'not stated', 'not stated']);
  visitor.check();
}

async function showsRuns(under: ConsoleUnderTest): Promise<void> {
  const { shop } = under;
  const body = JSON.stringify({ repository: 'shop/api', commit: COMMIT });
  const [first, second] = [
    await shop.ask('openRun', { target: '/v1/runs', token: shop.tokens.ci, body }),
    await shop.ask('openRun', { target: '/v1/runs', token: shop.tokens.ci, body }),
  ];
  const closing = { target: `/v1/runs/${first.body.run}/close`, token: shop.tokens.ci, body: '{"outcome":"failed"}' };
  assert.equal((await shop.ask('closeRun', closing)).status, 200);
  await using visitor = await visit(under, '/console/runs', { token: shop.tokens.anna, trust: shop.service.logVkey });
  const { page } = visitor;
  await page.fill('[name=commit]', COMMIT);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/console/runs?commit=${COMMIT}`);
  await page.waitForSelector('.rows >> text=Attempt 2');
  await page.selectOption('[name=state]', 'failed');
  await page.waitForSelector('.rows >> text=Attempt 2', { state: 'detached' });
  await page.click('.rows >> text=Attempt 1');
  await page.waitForURL(`**/console/runs/${first.body.run}`);
  await page.waitForSelector(`[aria-label=Runs] >> text=Attempt 2`);
  await page.waitForSelector('.proof-note.warn >> text=Complete, as claimed by the log');
  assert.equal(await page.locator(`[aria-label="Entries of run:${first.body.run}"] li`).count(), 2);
  assert.notEqual(first.body.run, second.body.run);
  visitor.check();
}

async function comparesVersions(under: ConsoleUnderTest): Promise<void> {
  const { shop } = under;
  const stricter = { ...CONTRACT, stages: [...CONTRACT.stages, { stage: 'review' }] };
  const published = await shop.ask('publishContract', { target: '/v1/contracts', body: JSON.stringify(stricter) });
  assert.equal(published.status, 201, published.text);
  await using visitor = await visit(under, '/console/contracts', { token: shop.tokens.anna });
  const { page } = visitor;
  await page.click('.rows >> text=shop');
  await page.waitForSelector('.contract-changes >> text=Tightened');
  await page.waitForSelector('.contract-changes li:has-text("stage review added")');
  await page.click('.versions >> text=version 1');
  await page.waitForSelector('h2:has-text("What version 1 asks for")');
  await page.waitForSelector('.contract-changes', { state: 'detached' });
  assert.deepEqual(await page.locator(`${ASKED} .lead`).allTextContents(), [
    'Image signature',
    'Stage lint',
    'Stage scan',
    'Run of the pipeline',
  ]);
  visitor.check();
}

async function saysWhatIsAsked(under: ConsoleUnderTest): Promise<void> {
  const { shop } = under;
  const few = { rule: 'few', title: 'Few findings', expression: 'facts.vulnerabilities.critical == 0' };
  const demanding = {
    contract: 'demanding',
    title: 'All that one can ask for',
    repositories: ['shop/elsewhere'],
    from: ['shop/staging'],
    vexFrom: ['triage'],
    stages: [
      { stage: 'triage', assurance: 'pipeline', after: ['review'], maxAge: '7d', rules: [few] },
      { stage: 'review', on: 'source', threshold: 2, distinctFrom: ['triage'], distinctFromBuilder: true },
    ],
    limits: { componentsMax: 1200 },
    rules: [{ ...few, rule: 'few-of-all' }],
    runs: { required: true, attemptsMax: 3 },
  };
  const published = await shop.ask('publishContract', { target: '/v1/contracts', body: JSON.stringify(demanding) });
  assert.equal(published.status, 201, published.text);
  await using visitor = await visit(under, '/console/contracts/demanding', { token: shop.tokens.anna });
  const { page } = visitor;
  await page.waitForSelector(ASKED);
  const lead = page.locator(`p:has(+ ${ASKED})`);
  assert.equal(
    await lead.textContent(),
    'All that one can ask for. Of images in shop/elsewhere, taken from shop/staging too. ' +
      'Here, only stage triage sets vulnerabilities aside by VEX.',
  );
  const lines = await page
    .locator(`${ASKED} li > div`)
    .evaluateAll((all) => all.map((line) => [...line.children].map(({ textContent }) => textContent)));
  assert.deepEqual(lines, [
    ['Image signature', 'signed by the service’s image key'],
    [
      'Stage triage',
      'any type of statement · by the pipeline’s own key · after review · no older than 7d',
      'few, Few findings: facts.vulnerabilities.critical == 0',
    ],
    [
      'Stage review',
      'any type of statement · about the commit · by 2 different people · by others than those behind triage and ' +
        'those who had the image signed · by the pipeline’s own key, or the service’s for the caller',
    ],
    ['Limit componentsMax', 'at most 1,200 components'],
    ['Rule few-of-all', 'Few findings facts.vulnerabilities.critical == 0'],
    ['Run of the pipeline', 'from a run that closed as succeeded · no later than attempt 3'],
  ]);
  visitor.check();
}

async function showsSigner(under: ConsoleUnderTest): Promise<void> {
  await using visitor = await visit(under, '/console/signers', { token: under.shop.tokens.anna });
  const { page } = visitor;
  await page.click('.rows >> text=waybill image key');
  await page.waitForSelector('.age:has-text("Nothing limits its age.")');
  await page.waitForSelector('[aria-label="What rests on it"] >> text=signature of shop/api');
  visitor.check();
}

async function provesEntry(under: ConsoleUnderTest): Promise<void> {
  const { shop } = under;
  const trust = shop.service.logVkey;
  const { body } = await shop.ask('listWaivers', { target: '/v1/waivers', token: shop.tokens.anna });
  const { seq } = body.items[0].requested;
  await using visitor = await visit(under, `/console/ledger/${seq}`, { token: shop.tokens.anna, trust });
  const { page } = visitor;
  await page.waitForSelector('.proof-note.pass >> text=In the log');
  await page.waitForSelector('th:has-text("waiver:w-")');
  await page.click('text=prove it >> nth=0');
  await page.waitForSelector('.proof-note >> text=Complete, as claimed by the log');
  visitor.check();
  // Whoever stands between this browser and the service changes one character of what was recorded.
  await page.route('**/receipt', async (route) => {
    const response = await route.fetch();
    const text = (await response.text()).replace('waiver.requested', 'waiver.revokedxx');
    await route.fulfill({ response, body: text });
  });
  await page.goto(`${under.url}/console/ledger/${seq}`);
  await page.waitForSelector('.proof-note.fail >> text=This proof does not hold');
  visitor.check();
}

async function provesLists(under: ConsoleUnderTest): Promise<void> {
  const { shop } = under;
  const token = await shop.grant('eve', 'auditor', 'eve', ['*']);
  const trust = shop.service.logVkey;
  await using visitor = await visit(under, '/console/ledger', { token, trust });
  const { page } = visitor;
  await page.waitForSelector('[aria-label=Entries] li');
  await page.fill('[name=key]', 'trust');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[aria-label="Entries of trust"] >> text=log.opened');
  await page.click('[aria-label=Checkpoints] >> text=Prove that it continues >> nth=0');
  await page.waitForSelector('[aria-label=Checkpoints] .chip.pass >> text=Continues it');
  await page.fill('[name=key]', 'image:sha256:nothing');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.proof-note.warn >> text=Absent, as claimed by the log');
  visitor.check();
}

async function readsOn(under: ConsoleUnderTest): Promise<void> {
  const { shop } = under;
  for (let number = 0; number < 51; number += 1) {
    const body = JSON.stringify({ repository: 'shop/api', commit: String(number).padStart(40, '0') });
    assert.equal((await shop.ask('openRun', { target: '/v1/runs', token: shop.tokens.ci, body })).status, 201);
  }
  await using visitor = await visit(under, '/console/runs', { token: shop.tokens.anna });
  const { page } = visitor;
  await page.waitForSelector('.rows li >> nth=49');
  assert.equal(await page.locator('.rows li').count(), 50);
  await page.focus('text=Show more runs');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.rows li >> nth=50');
  await page.waitForSelector('text=Show more runs', { state: 'detached' });
  visitor.check();
}
