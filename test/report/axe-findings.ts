import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Passes are counted out otherwise, which takes most of the time. */
const RUN = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`;

type Violation = { readonly id: string; readonly help: string; readonly nodes: readonly { readonly html: string }[] };

/** What axe finds wrong with a page as it stands: all rules that need no judgement, its best practices too; a line for each. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  // Evaluated by the browser itself, which the policy of the page does not stop; nothing is added to the page.
  if (await page.evaluate('typeof axe === "undefined"')) await page.evaluate(AXE);
  const violations = (await page.evaluate(RUN)) as readonly Violation[];
  return violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map(({ html }) => html).join('\n  ')}`);
}
