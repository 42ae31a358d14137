import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeCheckout, readTours, removeCheckout, runInBash } from './tours.ts';

test('two people take a release from a failing scan through waiver, approval and release to retirement with the guide alone', {
  timeout: 300_000,
}, async (t) => {
  const tours = new Map([...readTours(), ...readTours('docs/guides/release-manager.md')]);
  const folder = makeCheckout();
  t.after(() => removeCheckout(folder));
  const names = ['start', 'people', 'failing scan', 'waiver', 'release', 'retirement', 'stop'];
  const { output, failed } = await runInBash(folder, names.map((name) => tours.get(name)).join('\n'), 'script');
  assert.deepEqual(failed, [], output);
  assert.equal([...output.matchAll(/^no: exit code 10$/gm)].length, 2, output);
  assert.match(output, /^ {2}verdict +waived$/m);
  assert.match(output, /^yes: waived /m);
  assert.match(output, /^yes, as long as the waiver lasts$/m);
});
