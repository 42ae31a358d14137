import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { createContext, Script } from 'node:vm';
import type { Json } from '../../src/core/encoding/json.ts';
import { BUNDLE_GLOBAL, bundleForBrowsers } from './bundle.ts';
import { run, runNames } from './entry.ts';
import { orSkip } from './published-vectors.ts';
import { VECTOR_SETS } from './vector-sets.ts';

describe('core in a context that holds only TextEncoder and TextDecoder', () => {
  let bare: { readonly run: typeof run };

  before(async () => {
    const context = createContext({ TextEncoder, TextDecoder });
    new Script(await bundleForBrowsers()).runInContext(context, { timeout: 10_000 });
    bare = new Script(BUNDLE_GLOBAL).runInContext(context);
  });

  it('has vectors for every run', () => {
    assert.deepEqual([...new Set(VECTOR_SETS.map((set) => set.run))].sort(), runNames());
  });

  for (const { name, run: runName, countMin, sampled = 1, load } of VECTOR_SETS) {
    it(`gives the outcomes that Node gives: ${name}`, (t) => {
      const vectors = orSkip(t, load());
      if (vectors === undefined) return;
      const some = sampled === 1 ? vectors : (vectors as readonly Json[]).filter((_, index) => index % sampled === 0);
      const input = JSON.stringify(some);
      const native: readonly unknown[] = JSON.parse(run(runName, input));
      assert(native.length >= countMin / sampled, `${native.length} outcomes`);
      assert(!native.some((outcome) => String(outcome).startsWith('threw')));
      assert.deepEqual(JSON.parse(bare.run(runName, input)), native);
    });
  }
});
