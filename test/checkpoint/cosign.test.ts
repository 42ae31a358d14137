import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint.ts';
import { cosignCheckpoint } from '../../src/core/checkpoint/cosign.ts';
import { NOTE_COSIGNATURE, NOTE_ED25519 } from '../../src/core/checkpoint/note-key.ts';
import { formatNote, formatVkey, parseVkey } from '../../src/core/checkpoint/signed-note.ts';

const LOG = 'log.example/a';
const TEXT = `${LOG}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n`;

function signer(name: string, type: number) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = new Uint8Array(Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'));
  return {
    vkey: formatVkey(name, type, raw),
    sign: (bytes: Uint8Array) => new Uint8Array(sign(null, bytes, privateKey)),
  };
}

function opened(note: string, ...vkeys: readonly string[]) {
  const keys = vkeys.map((vkey) => {
    const key = parseVkey(vkey);
    assert(key.ok);
    return key.value;
  });
  const checkpoint = openCheckpoint(note, keys);
  assert(checkpoint.ok, JSON.stringify(checkpoint));
  return checkpoint.value;
}

test('a cosigned checkpoint opens with the log key and shows the time of the cosigner', () => {
  const [log, monitor, other] = [
    signer(LOG, NOTE_ED25519),
    signer('monitor', NOTE_COSIGNATURE),
    signer('w', NOTE_COSIGNATURE),
  ];
  const note = cosignCheckpoint(formatNote(TEXT, [log]), monitor, 1_700_000_000);
  const both = cosignCheckpoint(note, other, 5);
  const { cosigned } = opened(both, log.vkey, monitor.vkey, other.vkey);
  assert.deepEqual(
    cosigned.map(({ key, timeSeconds }) => [key.name, timeSeconds]),
    [
      ['monitor', 1_700_000_000],
      ['w', 5],
    ],
  );
});

test('a cosigner that signs once more has one line, with the newer time, and the others keep theirs', () => {
  const [log, monitor] = [signer(LOG, NOTE_ED25519), signer('monitor', NOTE_COSIGNATURE)];
  const once = cosignCheckpoint(formatNote(TEXT, [log]), monitor, 10);
  const twice = cosignCheckpoint(once, monitor, 20);
  assert.equal(twice.split('\n').length, once.split('\n').length);
  assert.deepEqual(
    opened(twice, log.vkey, monitor.vkey).cosigned.map(({ timeSeconds }) => timeSeconds),
    [20],
  );
});
