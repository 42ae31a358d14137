import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatNote, formatVkey, type NoteSigner, openNote, parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import type { Result } from '../../src/core/fault.ts';
import {
  PUBLISHED_NOTES,
  SPECIFICATION_LINE,
  SPECIFICATION_NOTE,
  SPECIFICATION_TEXT,
  SPECIFICATION_VKEY,
  UNKNOWN_LINE,
} from './published-notes.ts';
import { runNoteVectors } from './vector-runs.ts';

const specificationKey = unwrap(parseVkey(SPECIFICATION_VKEY));
const keys = [specificationKey];

test('opens and refuses the published notes as their sources say', () => {
  assert.deepEqual(
    runNoteVectors(PUBLISHED_NOTES).filter((outcome) => outcome.broken.length > 0),
    [],
  );
});

test('recomputes the key ID of the verifier key in the specification', () => {
  assert.equal(Buffer.from(specificationKey.keyId).toString('hex'), '530d903a');
  assert.equal(formatVkey('example.com/foo', 0x01, specificationKey.publicKey), SPECIFICATION_VKEY);
});

test('refuses malformed verifier keys (note/malformed-key)', () => {
  const [name, id, material] = ['example.com/foo', '530d903a', 'AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'];
  const refused = [
    '',
    '+',
    '++',
    `${name}+${id}`,
    `+${id}+${material}`,
    `exa mple.com/foo+${id}+${material}`,
    `example.com/bar+${id}+${material}`,
    `${name}+530D903A+${material}`,
    `${name}+530d903b+${material}`,
    `${name}+530d903+${material}`,
    `${name}+${id}+${material}=`,
    `${name}+${id}+${material.slice(0, -4)}`,
    `${name}+${id}+${material}\n`,
    `${name}+${id}+`,
    `\u0085${name}+${id}+${material}`,
    `${'x'.repeat(1_000)}${name}+${id}+${material}`,
    `\ud800+${id}+${material}`,
  ];
  for (const vkey of refused) assert.equal(codeOf(parseVkey(vkey)), 'note/malformed-key', JSON.stringify(vkey));
  // The identity point: of small order, so that it would verify signatures that nobody made.
  const weak = formatVkey(name, 0x01, Uint8Array.of(1, ...new Uint8Array(31)));
  assert.equal(codeOf(parseVkey(weak)), 'note/malformed-key');
});

test('refuses verifier keys of other signature types (note/unsupported-key-type)', () => {
  const ecdsa = `example.com/foo+530d903a+${Buffer.from([2, ...new Uint8Array(65)]).toString('base64')}`;
  assert.equal(codeOf(parseVkey(ecdsa)), 'note/unsupported-key-type');
});

test('passes by lines of unknown keys, even with the name or the key ID of a known one', () => {
  const [, base64 = ''] = SPECIFICATION_LINE.trimEnd().split('foo ');
  const bytes = Buffer.from(base64, 'base64');
  const otherId = Buffer.concat([Buffer.of(1, 2, 3, 4), bytes.subarray(4)]).toString('base64');
  const sameName = `\u2014 example.com/foo ${otherId}\n`;
  const sameId = `\u2014 example.com/bar ${base64}\n`;
  const cosignature = `\u2014 witness.example/w1 ${Buffer.alloc(76, 7).toString('base64')}\n`;
  const postQuantum = `\u2014 log.example/pq ${Buffer.alloc(2_432, 7).toString('base64')}\n`;
  const lines = [sameName, sameId, cosignature, postQuantum, UNKNOWN_LINE, SPECIFICATION_LINE];
  const opened = unwrap(openNote(`${SPECIFICATION_TEXT}\n${lines.join('')}`, keys));
  assert.equal(opened.text, SPECIFICATION_TEXT);
  assert.deepEqual(opened.verified, keys);
  assert.deepEqual(
    opened.unverified.map((line) => line.name),
    ['example.com/foo', 'example.com/bar', 'witness.example/w1', 'log.example/pq', 'example.com/behind-the-sofa'],
  );
  assert.deepEqual(opened.cosigned, []);
});

test('refuses the whole note for one false line of a known key (note/bad-signature)', () => {
  const [, base64 = ''] = SPECIFICATION_LINE.trimEnd().split('foo ');
  const bytes = Buffer.from(base64, 'base64');
  for (const altered of [
    bytes.subarray(0, -1),
    Buffer.concat([bytes, Buffer.of(0)]),
    Buffer.concat([bytes.subarray(0, 67), Buffer.of(0)]),
  ]) {
    const line = `\u2014 example.com/foo ${altered.toString('base64')}\n`;
    const note = `${SPECIFICATION_TEXT}\n${SPECIFICATION_LINE}${line}`;
    assert.equal(codeOf(openNote(note, keys)), 'note/bad-signature');
  }
});

test('lists a key once however often its line stands there', () => {
  const note = SPECIFICATION_NOTE + SPECIFICATION_LINE;
  assert.deepEqual(unwrap(openNote(note, [...keys, ...keys])).verified, keys);
});

test('refuses two different keys with one name and key ID (note/ambiguous-key)', () => {
  const other = { ...specificationKey, publicKey: specificationKey.publicKey.toReversed() };
  assert.equal(codeOf(openNote(SPECIFICATION_NOTE, [...keys, other])), 'note/ambiguous-key');
});

test('refuses every other form of a note (note/malformed)', () => {
  const text = SPECIFICATION_TEXT;
  const line = SPECIFICATION_LINE;
  const refused = [
    '',
    '\n',
    '\n\n',
    text,
    `${text}\n`,
    `${text}${line}`,
    `${text}\n${line.trimEnd()}`,
    `${text}\n${line}\n`,
    `${text}\n${line}x`,
    `${text}\n\n${line}\n`,
    `${text}\r\n\n${line}`,
    `\t${text}\n${line}`,
    `\0${text}\n${line}`,
    `\u001f${text}\n${line}`,
    `${text}\n${line.replace('\u2014', '-')}`,
    `${text}\n${line.replace('\u2014 ', '\u2014')}`,
    `${text}\n${line.replace('\u2014 ', '\u2014  ')}`,
    `${text}\n${line.replace('foo ', 'foo  ')}`,
    `${text}\n${line.replace('foo', 'f+o')}`,
    `${text}\n${line.replace('foo', 'f\u00a0o')}`,
    `${text}\n${line.replace('\n', ' \n')}`,
    `${text}\n${line.replace('=\n', '\n')}`,
    `${text}\n${line.replace('M=\n', 'N=\n')}`,
    `${text}\n\u2014 example.com/foo Uw2QOg==\n`,
    `${text}\n\u2014 example.com/foo \n`,
    `${text}\n\u2014 example.com/foo\n`,
    `\ud800${text}\n${line}`,
  ];
  for (const note of refused) assert.equal(codeOf(openNote(note, keys)), 'note/malformed', JSON.stringify(note));
  const latin1 = Buffer.concat([Buffer.of(0xe9), Buffer.from(SPECIFICATION_NOTE)]);
  assert.equal(codeOf(openNote(latin1, keys)), 'note/malformed');
  assert.ok(openNote(Buffer.from(SPECIFICATION_NOTE), keys).ok);
});

test('bounds signature lines (note/too-many-signatures) and length (note/too-large)', () => {
  const many = (count: number) => `${SPECIFICATION_TEXT}\n${UNKNOWN_LINE.repeat(count)}${SPECIFICATION_LINE}`;
  assert.equal(codeOf(openNote(many(99), keys)), 'ok');
  assert.equal(codeOf(openNote(many(100), keys)), 'note/too-many-signatures');
  assert.equal(codeOf(openNote('x'.repeat(1_000_001), keys)), 'note/too-large');
  assert.equal(codeOf(openNote('é'.repeat(500_001), keys)), 'note/too-large');
  assert.equal(codeOf(openNote(new Uint8Array(1_000_001), keys)), 'note/too-large');
});

test('opens what it formats, with empty lines in the text and any number of signers', () => {
  const first = signerOf(1, 'log.example/a');
  const second = signerOf(2, 'log.example/\u00fcber');
  for (const text of ['\n', 'one\n', 'one\n\ntwo\n', '\n\n\n', 'Zeile \u2014 zwei\n\n\u2014 no signature\n']) {
    const note = formatNote(text, [first, second]);
    const opened = unwrap(openNote(note, [unwrap(parseVkey(second.vkey))]));
    assert.equal(opened.text, text);
    assert.deepEqual(
      opened.verified.map((key) => key.name),
      ['log.example/\u00fcber'],
    );
    assert.deepEqual(
      opened.unverified.map((line) => line.name),
      ['log.example/a'],
    );
  }
  for (const text of ['', 'no newline', 'tab\t\n', 'cr\r\n', '\ud800\n']) {
    assert.throws(() => formatNote(text, [first]), { name: 'InvariantError' });
  }
  assert.throws(() => formatNote('one\n', []), { name: 'InvariantError' });
});

test('lets no single-bit flip of a note through with another text', () => {
  const bytes = Buffer.from(SPECIFICATION_NOTE);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Uint8Array.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(openNote(flipped, keys).ok, false, `bit ${bit}`);
  }
});

test('never throws on random text and bytes', () => {
  const pieces = fc.constantFrom(
    '\n',
    '\n\n',
    '\u2014 ',
    'example.com/foo',
    ' ',
    'AAAAAAAA',
    '=',
    '+',
    '\ud800',
    SPECIFICATION_LINE,
    SPECIFICATION_TEXT,
  );
  const notes = fc.oneof(
    fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(notes, fc.uint8Array(), (text, bytes) => {
      for (const result of [openNote(text, keys), openNote(bytes, keys)]) {
        if (result.ok) assert.equal(result.value.text, SPECIFICATION_TEXT);
      }
      assert.equal(parseVkey(text).ok, false);
    }),
    { numRuns: 300 },
  );
});

function signerOf(seed: number, name: string): NoteSigner {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)]);
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    vkey: formatVkey(name, 0x01, new Uint8Array(spki.subarray(-32))),
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  };
}

function codeOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.fault.code;
}

function unwrap<T>(result: Result<T>): T {
  assert.ok(result.ok, result.ok ? '' : result.fault.code);
  return result.value;
}
