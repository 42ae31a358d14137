import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BUNDLE_GLOBAL, bundleForBrowsers } from './bundle.ts';
import { launchChromium } from './chromium.ts';
import { run } from './entry.ts';
import { orSkip } from './published-vectors.ts';
import { VECTOR_SETS } from './vector-sets.ts';

it('core gives in a real browser the outcomes that Node gives, on every vector', async (t) => {
  const browser = await launchChromium(t);
  if (browser === undefined) return;
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: await bundleForBrowsers() });
    for (const { name, run: runName, countMin, load } of VECTOR_SETS) {
      await t.test(name, async (inner) => {
        const vectors = orSkip(inner, load());
        if (vectors === undefined) return;
        const input = JSON.stringify(vectors);
        const native: readonly unknown[] = JSON.parse(run(runName, input));
        assert(native.length >= countMin, `${native.length} outcomes`);
        // The page receives text and returns text: nothing is converted on the way.
        const call = `${BUNDLE_GLOBAL}.run(${JSON.stringify(runName)}, ${JSON.stringify(input)})`;
        assert.deepEqual(JSON.parse(await page.evaluate<string>(call)), native);
      });
    }
  } finally {
    await browser.close();
  }
});
