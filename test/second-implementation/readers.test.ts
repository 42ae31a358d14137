import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStatement } from '../../src/core/statement/statement.ts';
import { seededRandom } from '../soak/soak-run.ts';
import { COMPARED, compareReaders } from './compare-readers.ts';
import { askLayers, askSecond, base64, skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();

test('two implementations read the same documents, and refuse the others under the same codes', { skip }, async () => {
  assert.deepEqual(await compareReaders(COMPARED, 150, seededRandom(3)), []);
});

test('a subject without a digest is told from one whose digest is of no form', { skip }, async () => {
  const predicateType = 'https://waybill.dev/attestation/junit/v1';
  const statement = { _type: 'https://in-toto.io/Statement/v1', predicateType, predicate: {} };
  const cases = [
    [{}, 'statement/subject-without-digest'],
    [{ digest: {} }, 'statement/subject-without-digest'],
    [{ digest: null }, 'statement/malformed-statement'],
  ] as const;
  const files = cases.map(([subject]) => Buffer.from(JSON.stringify({ ...statement, subject: [subject] })));
  const answers = await askLayers(files.map((bytes) => ({ run: 'parseStatement', bytes: base64(bytes) })));
  for (const [index, [, code]] of cases.entries()) {
    const read = parseStatement(files[index] ?? new Uint8Array());
    assert.deepEqual([read.ok ? 'read' : read.fault.code, answers[index]?.fault], [code, code]);
  }
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
