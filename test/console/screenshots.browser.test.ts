import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { DIGEST } from '../http/edge-under-test.ts';
import { BROWSER_TEST, type ConsoleUnderTest, readVerdict, visit, withConsole } from './console-under-test.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../docs/images');
const BYTES_MAX = 300_000;
const IMAGE = `/console/images/${DIGEST}?repository=shop%2Fapi`;

/** Pictures of the guides: on what screen, and what is decided about the image by then. */
const PICTURES = [
  { name: 'console-no', width: 1280, height: 1000, colorScheme: 'light', verdict: 'fail' },
  { name: 'console-phone', width: 390, height: 900, colorScheme: 'light', verdict: 'fail' },
  { name: 'console-yes', width: 1280, height: 1000, colorScheme: 'dark', verdict: 'pass' },
] as const;

it('the pictures of the guides can be taken, and are small (UPDATE_SCREENSHOTS=1 replaces them)', BROWSER_TEST, (t) =>
  withConsole(t, async (under) => {
    const folder = process.env.UPDATE_SCREENSHOTS === '1' ? FOLDER : under.folder;
    mkdirSync(folder, { recursive: true });
    for (const picture of PICTURES) {
      const taken = await take(under, folder, picture);
      assert(statSync(taken).size < BYTES_MAX, `${taken}: ${statSync(taken).size} bytes`);
      assert(statSync(path.join(FOLDER, path.basename(taken))).size < BYTES_MAX);
    }
  }),
);

async function take(under: ConsoleUnderTest, folder: string, picture: (typeof PICTURES)[number]): Promise<string> {
  const { name, width, height, colorScheme, verdict } = picture;
  const { shop } = under;
  if (verdict === 'pass') assert.equal((await shop.attest('scan', shop.tokens.ci)).status, 201);
  const look = { width, colorScheme };
  await using visitor = await visit(under, IMAGE, { token: shop.tokens.anna, trust: shop.service.logVkey, look });
  assert.equal((await readVerdict(visitor.page)).verdict, verdict);
  await visitor.page.waitForSelector('.timeline svg');
  const target = path.join(folder, `${name}.png`);
  await visitor.page.screenshot({ path: target, fullPage: true, clip: { x: 0, y: 0, width, height } });
  visitor.check();
  return target;
}
