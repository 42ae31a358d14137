import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { PagePath } from '../../src/web/console/page-paths.ts';
import { DIGEST } from '../http/edge-under-test.ts';
import { auditPage } from './audit-page.ts';
import { type ConsoleUnderTest, type Look, readVerdict, visit, withConsole } from './console-under-test.ts';

const LOOKS: readonly Look[] = [
  { width: 1280, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
];

const TIME = { timeout: 900_000 };
const ENTRIES_MAX = 900;
const IMAGE = `/console/images/${DIGEST}?repository=shop%2Fapi`;

/** What pages say to somebody who may read where nothing is. */
const EMPTY: Partial<Readonly<Record<PagePath, string>>> = {
  '/console/': 'Nothing awaits you.',
  '/console/images': 'No image was signed yet.',
  '/console/repositories': 'There is no repository that you may read.',
  '/console/runs': 'There is no such run.',
  '/console/waivers': 'There is no such waiver.',
};

it('pages that have nothing to show say so, and one with all that an image may have is as sound as any', TIME, (t) =>
  withConsole(t, async (under) => {
    const { shop } = under;
    const token = await shop.grant('newcomer', 'release-manager', 'nora', ['empty/*']);
    for (const look of LOOKS) {
      await t.test(`nothing is there yet: ${look.width} px, ${look.colorScheme}`, () => isEmpty(under, token, look));
    }
    await t.test('what cannot be found or is refused is said in words, with its code', () => saysWhy(under, token));
    await attestToTheBound(under);
    for (const look of LOOKS) {
      await t.test(`an image of ${ENTRIES_MAX} entries: ${look.width} px, ${look.colorScheme}`, () =>
        isFull(under, look),
      );
    }
  }),
);

async function isEmpty(under: ConsoleUnderTest, token: string, look: Look): Promise<void> {
  await using visitor = await visit(under, '/console/', { token, look });
  const { page } = visitor;
  for (const [address, words] of Object.entries(EMPTY)) {
    await page.goto(under.url + address);
    await page.waitForSelector(`.empty:has-text("${words}")`);
    await auditPage(page, `empty ${address}`, look);
  }
  visitor.check();
}

async function saysWhy(under: ConsoleUnderTest, token: string): Promise<void> {
  await using visitor = await visit(under, IMAGE, { token });
  const { page } = visitor;
  page.setDefaultTimeout(30_000);
  await page.waitForSelector('.problem code');
  await auditPage(page, 'refused', LOOKS[0] ?? {});
  visitor.expect(/40[34]/);
  visitor.check();
}

/** As many attestations as an image may have: the next one is refused. */
async function attestToTheBound({ shop }: ConsoleUnderTest): Promise<void> {
  const target = `/v1/attestations?repository=shop/api&subject=${DIGEST}&stage=`;
  const stages = ['lint', 'scan', 'test', 'review', 'sbom'];
  for (let n = 0; n <= ENTRIES_MAX; n += 1) {
    const tool = { driver: { name: `lint ${n}` } };
    const body = JSON.stringify({ version: '2.1.0', runs: [{ tool, results: [] }] });
    const answer = await shop.ask('submitAttestation', { target: target + stages[n % stages.length], body });
    if (answer.body.code === 'attestation/subject-full') return assert(n > ENTRIES_MAX - 10, `${n} were taken`);
    assert.equal(answer.status, 201, answer.text);
  }
  assert.fail('no bound was reached');
}

async function isFull(under: ConsoleUnderTest, look: Look): Promise<void> {
  const { shop } = under;
  await using visitor = await visit(under, IMAGE, { token: shop.tokens.anna, look, trust: shop.service.logVkey });
  const { page } = visitor;
  await readVerdict(page);
  await auditPage(page, `${ENTRIES_MAX} entries`, look);
  visitor.check();
}
