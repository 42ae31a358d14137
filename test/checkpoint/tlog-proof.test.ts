import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { openNote, parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from '../../src/core/checkpoint/tlog-proof.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import type { Result } from '../../src/core/fault.ts';
import { leafHash } from '../../src/core/merkle/hash.ts';

type Vector = {
  readonly checkpointText: string;
  readonly cosignedAtSeconds: number;
  readonly entry: string;
  readonly proof: string;
  readonly proofWithExtra: string;
  readonly vkey: string;
  readonly witnessVkey: string;
};

const vector: Vector = JSON.parse(readFileSync(new URL('vectors/cosigned-proof.json', import.meta.url), 'utf8'));
const logKey = unwrap(parseVkey(vector.vkey));
const witnessKey = unwrap(parseVkey(vector.witnessVkey));
const leaf = leafHash(encodeUtf8(vector.entry));

test('verifies the proof that torchwood wrote, and writes the same text', () => {
  const proof = unwrap(parseTlogProof(vector.proof));
  assert.equal(proof.index, 41);
  assert.equal('extra' in proof, false);
  assert.equal(formatTlogProof(proof), vector.proof);
  const opened = unwrap(verifyTlogProof(proof, leaf, [logKey]));
  assert.equal(opened.checkpoint.size, 300);
  assert.deepEqual(opened.cosigned, []);
  assert.deepEqual(
    opened.unverified.map((line) => line.name),
    ['witness.example/w1'],
  );
});

test('reads extra data, and writes the same text', () => {
  const proof = unwrap(parseTlogProof(Buffer.from(vector.proofWithExtra)));
  assert.deepEqual(proof.extra, encodeUtf8('extra bytes'));
  assert.equal(formatTlogProof(proof), vector.proofWithExtra);
});

test('verifies the cosignature that torchwood wrote, with its time', () => {
  const proof = unwrap(parseTlogProof(vector.proof));
  const opened = unwrap(openNote(proof.checkpointNote, [logKey, witnessKey]));
  assert.equal(opened.text, vector.checkpointText);
  assert.deepEqual(opened.cosigned, [{ key: witnessKey, timeSeconds: vector.cosignedAtSeconds }]);
  assert.deepEqual(opened.verified, [logKey]);
});

test('counts a cosigner once however often its line stands there', () => {
  const { checkpointNote } = unwrap(parseTlogProof(vector.proof));
  const line = checkpointNote.slice(checkpointNote.lastIndexOf('\u2014'));
  assert.equal(unwrap(openNote(checkpointNote + line, [logKey, witnessKey])).cosigned.length, 1);
});

test('takes no cosignature for the log signature (note/no-known-signature)', () => {
  const { checkpointNote } = unwrap(parseTlogProof(vector.proof));
  assert.equal(codeOf(openNote(checkpointNote, [witnessKey])), 'note/no-known-signature');
});

test('refuses the note where the cosignature of a known witness is false (note/bad-signature)', () => {
  const { checkpointNote } = unwrap(parseTlogProof(vector.proof));
  const at = checkpointNote.lastIndexOf('T5BlEg');
  const bytes = Buffer.from(checkpointNote.slice(at).trimEnd(), 'base64');
  // Key ID 4 bytes, time 8, signature 64: a later time, an absurd time, and a shortened signature.
  const later = Buffer.from(bytes);
  later[11] = (later[11] ?? 0) ^ 1;
  const absurd = Buffer.from(bytes);
  absurd[4] = 0xff;
  for (const altered of [later, absurd, bytes.subarray(0, -1)]) {
    const note = `${checkpointNote.slice(0, at)}${altered.toString('base64')}\n`;
    assert.equal(codeOf(openNote(note, [logKey, witnessKey])), 'note/bad-signature');
    assert.ok(openNote(note, [logKey]).ok);
  }
});

test('refuses another leaf, another index and a path that is cut', () => {
  const proof = unwrap(parseTlogProof(vector.proof));
  const keys = [logKey];
  assert.equal(codeOf(verifyTlogProof(proof, leafHash(encodeUtf8('entry 42')), keys)), 'merkle/root-mismatch');
  assert.equal(codeOf(verifyTlogProof({ ...proof, index: 42 }, leaf, keys)), 'merkle/root-mismatch');
  assert.equal(codeOf(verifyTlogProof({ ...proof, index: 300 }, leaf, keys)), 'merkle/index-out-of-range');
  assert.equal(codeOf(verifyTlogProof({ ...proof, path: proof.path.slice(1) }, leaf, keys)), 'merkle/path-length');
  assert.equal(codeOf(verifyTlogProof(proof, leaf, [])), 'note/no-known-signature');
});

test('refuses every other form of a proof (tlog-proof/malformed)', () => {
  const { proof, proofWithExtra } = vector;
  const [hash = ''] = proof.split('\n').slice(2);
  const refused = [
    '',
    'c2sp.org/tlog-proof@v1\n',
    proof.slice(1),
    proof.replace('@v1', '@v2'),
    proof.replace('\n', '\r\n'),
    proof.replace('index 41', 'index 041'),
    proof.replace('index 41', 'index  41'),
    proof.replace('index 41', 'index -1'),
    proof.replace('index 41', 'index 9007199254740991'),
    proof.replace('index 41\n', ''),
    proof.replace('index 41', 'Index 41'),
    proof.replace(hash, hash.slice(4)),
    proof.replace(hash, `${hash} `),
    proof.replace(hash, 'x'),
    proof.replace(`${hash}\n`, `${hash}\n\n`),
    proof.replace('\n\n', '\n'),
    proof.slice(0, -1),
    `${proof}\n`,
    proof.replace(hash, Array(54).fill(hash).join('\n')),
    `\ufeff${proof}`,
    `\ud800${proof}`,
    proofWithExtra.replace(/extra .*/, 'extra '),
    proofWithExtra.replace(/extra .*/, 'extra'),
    proofWithExtra.replace(/extra (.*)/, 'extra $1\nextra $1'),
    proofWithExtra.replace('ZXM=', 'ZXN='),
    proofWithExtra.replace(/extra (.*)\n(index 41)/, '$2\nextra $1'),
  ];
  for (const text of refused)
    assert.equal(codeOf(parseTlogProof(text)), 'tlog-proof/malformed', JSON.stringify(text).slice(0, 120));
  assert.equal(codeOf(parseTlogProof(Uint8Array.of(0xff))), 'tlog-proof/malformed');
  assert.equal(codeOf(parseTlogProof(new Uint8Array(2_000_001))), 'tlog-proof/too-large');
});

test('refuses every single-bit flip of a proof file but those that make the witness a stranger', () => {
  const bytes = Buffer.from(vector.proof);
  let passed = 0;
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Uint8Array.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const proof = parseTlogProof(flipped);
    const opened = proof.ok ? verifyTlogProof(proof.value, leaf, [logKey, witnessKey]) : proof;
    if (!opened.ok) continue;
    // Another name or key ID on the line: verifiers must pass it by, and then nobody has cosigned.
    assert.deepEqual([opened.value.verified, opened.value.cosigned, opened.value.unverified.length], [[logKey], [], 1]);
    passed += 1;
  }
  assert.ok(passed > 0 && passed <= 8 * ('witness.example/w1'.length + 6), String(passed));
});

test('never throws on random text, bytes and lines', () => {
  const lines = fc.constantFrom(...vector.proofWithExtra.split('\n'), '', 'extra', 'index 1', '\ud800');
  fc.assert(
    fc.property(fc.array(lines), fc.string({ unit: 'binary' }), fc.uint8Array(), (picked, text, bytes) => {
      for (const input of [picked.join('\n'), text, bytes]) {
        const proof = parseTlogProof(input);
        if (proof.ok) assert.equal(formatTlogProof(proof.value), input);
      }
    }),
    { numRuns: 300 },
  );
});

function codeOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.fault.code;
}

function unwrap<T>(result: Result<T>): T {
  assert.ok(result.ok, result.ok ? '' : result.fault.code);
  return result.value;
}
