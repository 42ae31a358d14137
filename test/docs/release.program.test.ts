import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeCheckout, readTours, removeCheckout, runInBash } from './tours.ts';

test('two people take a release from a failing scan through waiver, approval and release to retirement with the guide alone, also after the README’s tour', {
  timeout: 600_000,
}, async (t) => {
  const tours = new Map([...readTours(), ...readTours('docs/guides/release-manager.md')]);
  const folder = makeCheckout();
  t.after(() => removeCheckout(folder));
  const names = ['start', 'command line', 'people', 'failing scan', 'waiver', 'release', 'retirement', 'stop'];
  const { output, failed } = await runInBash(folder, names.map((name) => tours.get(name)).join('\n'), 'script');
  // The README's tour asks once before there is a contract.
  assert.deepEqual(failed, ['11 npx waybill verify $IMAGE'], output);
  assert.equal([...output.matchAll(/^no: exit code 10$/gm)].length, 2, output);
  assert.match(output, /^ {2}verdict +waived$/m);
  assert.match(output, /^yes: waived /m);
  assert.match(output, /^yes, as long as the waiver lasts$/m);
});
