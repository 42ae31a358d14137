import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeCheckout, readTours, removeCheckout, runInBash } from './tours.ts';

const STOP = 'kill "$(cat data/pid)"; while [ -e data/pid ]; do sleep 0.2; done';

test('the ceremony of the guide works as it stands, and its reader is told of the agreement', {
  timeout: 300_000,
}, async (t) => {
  const folder = makeCheckout();
  t.after(() => removeCheckout(folder));
  const tours = readTours('docs/guides/control.md');
  const names = ['open', 'prepare', 'sign', 'publish', 'read'];
  assert.deepEqual([...tours.keys()], names);
  const ran = await runInBash(folder, [...names.map((name) => tours.get(name)), STOP].join('\n'), 'script');
  assert.deepEqual(ran.failed, [], ran.output);
  assert.match(ran.output, /\(control\/missing/);
  assert.match(ran.output, /^refused, as it must be$/m);
  assert.match(ran.output, /Publish the contract shop-api, version 1, for shop\/api/);
  assert.match(ran.output, /takes +2 of 3 control keys; 2 agreed/);
  const trust = JSON.parse(readFileSync(join(folder, 'trust.json'), 'utf8'));
  assert.equal(trust.controlKeys.length, 3);
  assert.equal(trust.controlThreshold, 2);
});
