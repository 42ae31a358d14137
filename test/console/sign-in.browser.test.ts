import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BROWSER_TEST, type ConsoleUnderTest, signIn, visit, withConsole } from './console-under-test.ts';

it('a browser signs in, stays signed in, and is out everywhere once it signs out', BROWSER_TEST, (t) =>
  withConsole(t, async (under) => {
    await t.test('a wrong token is refused in words, and the right one leads to the page that was asked for', () =>
      signsIn(under),
    );
    await t.test('signing out ends the session in every tab, and the cookie is worth nothing', () => signsOut(under));
    await t.test('a session that ended meanwhile leads to the sign-in, which says why, and back', () => isEnded(under));
    await t.test('an address that is no page says so', () => isNoPage(under));
    await t.test('the token is nowhere in the browser', () => keepsNoToken(under));
  }),
);

async function signsIn(under: ConsoleUnderTest): Promise<void> {
  await using visitor = await visit(under, '/console/sessions');
  const { page } = visitor;
  await page.waitForSelector('#token');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'token', 'the field has the focus');
  visitor.check();
  await page.fill('#token', 'wbt_wrong');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[role=alert]');
  assert.match((await page.textContent('[role=alert]')) ?? '', /auth\/token-unknown/);
  visitor.expect(/401/);
  await signIn(page, under.shop.tokens.anna);
  await page.waitForSelector('h1:has-text("Your sessions")');
  await page.waitForSelector('.rows >> text=This browser');
  await page.reload();
  await page.waitForSelector('h1:has-text("Your sessions")');
  visitor.check();
}

async function signsOut(under: ConsoleUnderTest): Promise<void> {
  await using visitor = await visit(under, '/console/', { token: under.shop.tokens.anna });
  const { page, context } = visitor;
  const other = await context.newPage();
  await other.goto(`${under.url}/console/`);
  await other.waitForSelector('header.top');
  const cookies = await context.cookies();
  const [cookie] = cookies;
  assert(cookie?.httpOnly === true && cookie.sameSite === 'Strict', JSON.stringify(cookies));
  await page.click('.account summary');
  await page.click('text=Sign out');
  await page.waitForSelector('#token');
  await other.waitForSelector('#token');
  const stolen = await fetch(`${under.url}/v1/whoami`, { headers: { cookie: `${cookie.name}=${cookie.value}` } });
  assert.deepEqual([stolen.status, (await stolen.json()).code], [401, 'session/ended']);
  assert.deepEqual(await context.cookies(), []);
  visitor.check();
}

async function isEnded(under: ConsoleUnderTest): Promise<void> {
  await using visitor = await visit(under, '/console/sessions', { token: under.shop.tokens.ben });
  const { page } = visitor;
  await page.waitForSelector('.rows >> text=This browser');
  const { items } = await page.evaluate(async () => (await fetch('/v1/sessions')).json());
  const ended = await under.shop.client
    .post(`/v1/sessions/${items[0].id}/end`)
    .set('Authorization', `Bearer ${under.shop.tokens.ben}`);
  assert.equal(ended.status, 200, ended.text);
  // Nothing is pressed: the stream of events ends with the session.
  await page.waitForSelector('#token');
  assert.match((await page.textContent('[role=status]')) ?? '', /You were signed out/);
  visitor.expect(/401/);
  await signIn(page, under.shop.tokens.ben);
  await page.waitForSelector('h1:has-text("Your sessions")');
  visitor.check();
}

async function isNoPage(under: ConsoleUnderTest): Promise<void> {
  await using visitor = await visit(under, '/console/nowhere/at/all', { token: under.shop.tokens.anna });
  await visitor.page.waitForSelector('h1:has-text("There is no such page")');
  visitor.expect(/404/);
  await visitor.page.click('text=To the start');
  await visitor.page.waitForSelector('h1:has-text("What awaits you")');
  visitor.check();
}

async function keepsNoToken(under: ConsoleUnderTest): Promise<void> {
  await using visitor = await visit(under, '/console/', { token: under.shop.tokens.anna });
  const kept = await visitor.page.evaluate(() =>
    JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }, document.body.innerHTML]),
  );
  assert(!kept.includes(under.shop.tokens.anna) && !kept.includes('wbs_'), kept);
  visitor.check();
}
