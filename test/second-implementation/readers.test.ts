import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../soak/soak-run.ts';
import { COMPARED, compareReaders } from './compare-readers.ts';
import { askSecond, base64, skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();

test('two implementations read the same documents, and refuse the others under the same codes', { skip }, async () => {
  assert.deepEqual(await compareReaders(COMPARED, 150, seededRandom(3)), []);
});

test('the second implementation refuses files that are nothing, each with a code', { skip }, async () => {
  const texts = ['', '{', '[]', 'null', '{}', '<', '<script>', 'c2sp.org/tlog-proof@v1', '{"payloadType":1}', '\u0000'];
  const nested = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
  const files = [...texts.map((text) => Buffer.from(text)), Buffer.from(nested), Buffer.from([0xff, 0xfe, 0x00])];
  const answers = await askSecond([
    ...files.map((bytes) => ({ bytes: base64(bytes) })),
    { bytes: base64(Buffer.from('{}')), trust: '{"type":' },
    { bytes: base64(Buffer.from('{}')), logKeys: ['no key'] },
  ]);
  for (const [index, { verdict, fault }] of answers.entries()) {
    assert.equal(verdict, 'refused', String(files[index]));
    assert.match(fault?.code ?? '', /^[a-z-]+\/[a-z0-9-]+$/);
  }
});
