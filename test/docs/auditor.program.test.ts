import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findInterpreter, skipWithoutPython } from '../second-implementation/second-verifier.ts';
import { makeCheckout, readTours, removeCheckout, runInBash } from './tours.ts';

const DEADLINE = 600_000;

function part(name: string): string {
  const text = readTours('docs/guides/auditor.md').get(name) ?? readTours().get(name);
  assert(text !== undefined, `there is a tour "${name}"`);
  return text;
}

test('an auditor takes everything away with the guide alone, and two programs check it without the service', {
  timeout: DEADLINE,
}, async (t) => {
  const folder = makeCheckout();
  t.after(() => removeCheckout(folder));
  const run = (...parts: readonly string[]) => runInBash(folder, parts.join('\n'), 'script');

  const taken = await run(part('start'), part('command line'), part('take away'), part('stop'));
  // The README's tour asks once before there is a contract.
  assert.deepEqual(taken.failed, ['11 npx waybill verify $IMAGE'], taken.output);
  assert.match(taken.output, /^Everything that the log signed holds\.$/m);

  // A shell of its own: nothing is known of the service, which is down, nor of its log key.
  const checked = await run(part('offline'));
  assert.deepEqual(checked.failed, [], checked.output);
  assert.match(checked.output, /^ {2}assurances +pinned yes, complete yes, witnessed no, replayed yes,/m);
  assert.match(checked.output, /^Proved to be complete$/m);
  assert.match(checked.output, /^These are all entries of the period$/m);

  // The year of an entry is another one: both programs say no.
  const path = join(folder, 'away/evidence.json');
  const evidence = readFileSync(path, 'utf8');
  const forged = join(folder, 'away/forged.json');
  writeFileSync(forged, evidence.replace(/"time":"20\d\d/, '"time":"1999'));
  const refused = await run('npx waybill verify away/forged.json --trust away/trust.json');
  assert.deepEqual(refused.failed, ['12 npx waybill verify away/forged.json --trust away/trust.json'], refused.output);

  if (skipWithoutPython() !== false) return;
  const asked = spawnSync(findInterpreter() ?? '', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  writeFileSync(join(folder, 'programs/python3'), `#!/bin/sh\nexec ${asked.stdout.trim()} "$@"\n`, { mode: 0o755 });
  const again = await run(part('second program'));
  assert.deepEqual(again.failed, [], again.output);
  assert.equal([...again.output.matchAll(/^(?:evidence|completeness|period|report): pass$/gm)].length, 4, again.output);
  const no = await run(part('second program').split('\n')[0] ?? '', '$WITH away/forged.json --trust away/trust.json');
  assert.deepEqual(no.failed, ['12 $WITH away/forged.json --trust away/trust.json'], no.output);
});
