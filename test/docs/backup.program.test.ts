import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeCheckout, readTours, removeCheckout, runInBash } from './tours.ts';

const IMAGE = 'sha256:8b4699c10e46a8d6c0595b4e4c11cc8d4b4b02fccbf2611e011047eb9be2a323';
const SIGN = 'npx waybill sign ./examples/image-layout --repository shop/api';
const ATTEST = `npx waybill attest ${IMAGE} --stage lint examples/report.sarif`;
const VERIFY = `npx waybill verify ${IMAGE}`;

test('the operator’s backup is put back as the guide says; one that is too old is refused (head/behind-anchor) and ends in a successor', {
  timeout: 240_000,
}, async (t) => {
  const guide = readTours('docs/guides/operator.md');
  const readme = readTours();
  const part = (name: string) => {
    const text = readme.get(name) ?? guide.get(name);
    assert(text !== undefined, `there is a tour "${name}"`);
    return text;
  };
  const folder = makeCheckout();
  t.after(async () => {
    const data = join(folder, 'data/postgres');
    const aside = existsSync(data) ? globSync(`${realpathSync(data)}.aside-*`) : [];
    for (const each of aside) rmSync(each, { recursive: true });
    await removeCheckout(folder);
  });
  const run = (...parts: readonly string[]) => runInBash(folder, parts.join('\n'), 'script');

  const first = await run(part('start'), SIGN, part('back up'), part('restore'), part('start'), VERIFY, ATTEST);
  // Unjudged, since no contract was published: everything else of the image that was signed before holds.
  assert.deepEqual(first.failed, [`11 npx waybill verify ${IMAGE}`], first.output);
  assert.match(first.output, /^ {2}verdict +unjudged$/m);
  const logKey = readFileSync(join(folder, 'data/log-key'), 'utf8').trim();

  // The copy is older than the attestation whose receipt somebody holds now.
  const late = await run(part('stop'), part('restore'), 'npx waybill serve; npx waybill resume --continue');
  assert.deepEqual(
    late.failed.map((line) => line.split(' ')[0]),
    ['13', '12', '13'],
    late.output,
  );
  assert.match(late.output, /head\/behind-anchor/);

  const after = await run('npx waybill resume --open-successor', part('start'), SIGN, ATTEST, VERIFY, part('stop'));
  assert.deepEqual(after.failed, [`11 npx waybill verify ${IMAGE}`], after.output);
  assert.match(after.output, new RegExp(logKey.split('+')[0] ?? ''), 'the successor says which log it follows');
  assert(!after.output.includes(`log key            ${logKey}`), 'the old log is not signed again');
});
