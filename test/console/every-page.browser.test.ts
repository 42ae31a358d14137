import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { PAGE_PATHS, type PagePath } from '../../src/web/console/page-paths.ts';
import { DIGEST } from '../http/edge-under-test.ts';
import { CONTRACT, HOUR_MS, soon } from '../waivers/waivers-over-http.ts';
import { auditPage } from './audit-page.ts';
import { type ConsoleUnderTest, type Look, visit, withConsole } from './console-under-test.ts';

/** An address at which a page shows something, and what is there once it does. */
type Place = { readonly address: string; readonly shows: string };

/** Every page at an address where it shows something. A page without one does not compile. */
async function makePlaces({ shop }: ConsoleUnderTest): Promise<Readonly<Record<PagePath, Place>>> {
  const proposed = await shop.ask('proposeChange', {
    target: '/v1/changes',
    token: await shop.grant('frida', 'admin', 'frida', ['*']),
    body: JSON.stringify({ kind: 'settings.changed', body: { dualControl: true } }),
  });
  assert.equal(proposed.status, 201, proposed.text);
  const waiver = await shop.waived({ expires: soon(HOUR_MS) });
  const signers = await shop.ask('listSigners', { target: '/v1/signers' });
  const [{ signer }] = signers.body.items;
  const commit = '5b'.repeat(20);
  const run = await shop.ask('openRun', {
    target: '/v1/runs',
    body: JSON.stringify({ repository: 'shop/api', commit }),
  });
  const stricter = JSON.stringify({ ...CONTRACT, stages: [...CONTRACT.stages, { stage: 'review' }] });
  assert.equal((await shop.ask('publishContract', { target: '/v1/contracts', body: stricter })).status, 201);
  const rows = (address: string): Place => ({ address, shows: '.rows' });
  return {
    '/console/': rows('/console/'),
    '/console/changes': rows('/console/changes'),
    '/console/changes/:proposal': {
      address: `/console/changes/${proposed.body.proposal}`,
      shows: 'text=Agree…',
    },
    '/console/contracts': rows('/console/contracts'),
    '/console/contracts/:contract': { address: '/console/contracts/shop', shows: '.contract-changes' },
    '/console/images': rows('/console/images'),
    '/console/images/:digest': { address: `/console/images/${DIGEST}?repository=shop%2Fapi`, shows: '.verdict' },
    '/console/ledger': { address: `/console/ledger?key=waiver:${waiver}`, shows: '.proof-note' },
    '/console/ledger/:seq': { address: `/console/ledger/${run.body.openedSeq}`, shows: '.proof-note' },
    '/console/publish': { address: '/console/publish', shows: '#document' },
    '/console/repositories': rows('/console/repositories'),
    '/console/repositories/:repository+': { address: '/console/repositories/shop/api', shows: '.trend' },
    '/console/runs': rows('/console/runs'),
    '/console/runs/:run': { address: `/console/runs/${run.body.run}`, shows: '.proof-note' },
    '/console/search': rows(`/console/search?q=${DIGEST.slice(0, 15)}`),
    '/console/sessions': rows('/console/sessions'),
    '/console/signers': rows('/console/signers'),
    '/console/signers/:signer': { address: `/console/signers/${signer}`, shows: '.age' },
    '/console/signers/:signer/revoke': { address: `/console/signers/${signer}/revoke`, shows: '#revoked-from' },
    '/console/trust': { address: '/console/trust', shows: '.pin .offered' },
    '/console/waivers': rows('/console/waivers'),
    '/console/waivers/:waiver': { address: `/console/waivers/${waiver}`, shows: '.named' },
  };
}

const LOOKS: readonly Look[] = [
  { width: 1280, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
  { width: 1280, colorScheme: 'dark' },
  { width: 390, colorScheme: 'light' },
  { width: 320, colorScheme: 'light' },
];

/** Every page in every look takes minutes, and many on a busy machine. */
const WHOLE_CONSOLE = { timeout: 1_500_000 };

/** Largest script as it is sent, in bytes. */
const SCRIPT_BYTES_MAX = 150 * 1024;

it('every page holds to what any page is held to', WHOLE_CONSOLE, (t) =>
  withConsole(t, async (under) => {
    const places = await makePlaces(under);
    // Whoever may do everything is shown everything; the head has room for a long name, too.
    const token = await under.shop.grant('bootstrap-admin', 'admin', 'root', ['*']);
    for (const look of LOOKS) {
      await t.test(
        `axe finds nothing, and nothing is wider than the screen: ${look.width} px, ${look.colorScheme}`,
        () => isSound(under, places, look, token),
      );
    }
    await t.test('no script is larger than 150 KB as it is sent', () => {
      const sizes = readdirSync(under.folder)
        .filter((name) => /\.js\.(?:gz|br)$/.test(name))
        .map((name) => [name, readFileSync(path.join(under.folder, name)).length] as const);
      assert.equal(sizes.length, 6);
      for (const [name, bytes] of sizes) assert(bytes <= SCRIPT_BYTES_MAX, `${name}: ${bytes}`);
      t.diagnostic(sizes.map(([name, bytes]) => `${name} ${bytes}`).join(', '));
    });
  }),
);

async function isSound(
  under: ConsoleUnderTest,
  places: Readonly<Record<PagePath, Place>>,
  look: Look,
  token: string,
): Promise<void> {
  await using visitor = await visit(under, '/console/', { look });
  const { page } = visitor;
  await page.waitForSelector('#token');
  await auditPage(page, 'sign-in', look);
  await page.fill('#token', token);
  await page.keyboard.press('Enter');
  await page.waitForSelector('header.top');
  for (const name of PAGE_PATHS) {
    const { address, shows } = places[name];
    await page.goto(under.url + address);
    await page.waitForSelector(shows);
    await auditPage(page, name, look);
  }
  await page.goto(under.url + places['/console/images/:digest'].address);
  await page.click('.proof summary');
  await auditPage(page, 'every check', look);
  for (const opens of ['text=Ask for a waiver', 'text=Retire…']) {
    await page.click(opens);
    await page.waitForSelector('dialog[open]');
    await auditPage(page, opens, look);
    await page.click('dialog >> text=Leave it');
    await page.waitForSelector('dialog', { state: 'detached' });
  }
  await page.click('.account summary');
  await auditPage(page, 'menu', look);
  const menu = await page.locator('.account .menu').boundingBox();
  assert(menu !== null && menu.x >= 0 && menu.x + menu.width <= (look.width ?? 0), `the menu is at ${menu?.x}`);
  if ((look.width ?? 0) <= 390) {
    await page.click('.unfold');
    await auditPage(page, 'pages', look);
  }
  await page.goto(`${under.url}/console/nowhere`);
  await page.waitForSelector('h1:has-text("There is no such page")');
  visitor.expect(/404/);
  await auditPage(page, 'no page', look);
  visitor.check();
}
