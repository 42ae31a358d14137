import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { parseReceipt, verifyReceipt } from '../../src/core/receipt/receipt.ts';
import { makeCheckout, ROOT, readTours, removeCheckout, runInBash } from './tours.ts';

const DEADLINE = { timeout: 300_000 };

function part(name: string): string {
  const text = readTours().get(name);
  assert(text !== undefined, `the README has a tour "${name}"`);
  return text;
}

function checkout(t: TestContext): string {
  const folder = makeCheckout();
  t.after(() => removeCheckout(folder));
  return folder;
}

/** Tours behind `start` and before `stop`, with the log key kept for the test. */
function whole(...names: readonly string[]): string {
  return [part('start'), 'cp data/log-key home/log-key', ...names.map(part), part('stop')].join('\n');
}

function read(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}

test('the README opens with one command line for the main job and one for the tests', () => {
  const readme = read(ROOT, 'README.md');
  for (const line of ['npm ci && npm run demo', 'npm ci && npm test']) {
    assert(readme.includes(`\n\`\`\`sh\n${line}\n\`\`\`\n`), line);
  }
  const { scripts } = JSON.parse(read(ROOT, 'package.json'));
  assert('demo' in scripts && 'test' in scripts);
});

test(
  'the command line’s tour works as a script, then pasted over its own data with that of curl, and leaves nothing running',
  DEADLINE,
  async (t) => {
    const folder = checkout(t);
    const first = await runInBash(folder, whole('command line'), 'script');
    assert.deepEqual(first.failed, ['11 npx waybill verify $IMAGE'], first.output);
    const verdicts = [...first.output.matchAll(/^ {2}verdict +(\w+)$/gm)].map(([, verdict]) => verdict);
    assert.deepEqual(verdicts, ['unjudged', 'pass', 'pass'], first.output);
    assert.match(first.output, /^yes: pass /m);
    assert.match(first.output, /^ {2}confirmed +yes, by the log key that you gave$/m);
    assert(read(folder, 'custody.html').startsWith('<!doctype html>'));
    assert(!existsSync(join(folder, 'data/pid')) && !existsSync(join(folder, 'data/url')));

    const logKey = read(folder, 'home/log-key');
    const second = await runInBash(folder, whole('command line', 'curl'), 'pasted');
    assert.deepEqual(second.failed, [], second.output);
    assert.equal([...second.output.matchAll(/^ {2}verdict +pass$/gm)].length, 3, second.output);
    assert.equal([...second.output.matchAll(/^"verdict":"pass"$/gm)].length, 2, second.output);
    assert.equal(read(folder, 'home/log-key'), logKey, 'the second start serves the same log');
    assert(!existsSync(join(folder, 'data/pid')));
  },
);

test(
  'the tour with curl alone works on fresh data, and what it takes away holds under the log key',
  DEADLINE,
  async (t) => {
    const folder = checkout(t);
    const { output, failed } = await runInBash(folder, whole('curl'), 'script');
    assert.deepEqual(failed, [], output);
    const said = output.split('\n').filter((line) => /^(?:"verdict"|ship it|not yet)/.test(line));
    assert.deepEqual(said, ['"verdict":"unjudged"', 'not yet', '"verdict":"pass"', 'ship it'], output);
    assert.match(output, /^waybill-[0-9a-f]{16}\n\d+\n/m, 'the checkpoint is printed');

    const logKey = read(folder, 'home/log-key').trim();
    const key = parseVkey(logKey);
    assert(key.ok);
    for (const answer of [
      'signed',
      'sbom.receipt',
      'lint.receipt',
      'load.receipt',
      'signer',
      'test.receipt',
      'contract',
    ]) {
      const { receipt } = JSON.parse(read(folder, `out/${answer}.json`));
      const parsed = parseReceipt(encodeUtf8(formatCanonicalJson(receipt)));
      assert(parsed.ok, answer);
      assert(verifyReceipt(parsed.value, [key.value]).ok, answer);
    }
    const receipt = await runInBash(folder, `npx waybill verify out/signed.json --log-key '${logKey}'`, 'script');
    assert.deepEqual(receipt.failed, [], receipt.output);
    for (const file of ['custody.html', 'out/evidence.json']) {
      const verified = await runInBash(folder, `npx waybill verify ${file} --log-key '${logKey}'`, 'script');
      assert.deepEqual(verified.failed, [], verified.output);
      assert.match(verified.output, /^ {2}verdict +pass$/m);
    }
  },
);
