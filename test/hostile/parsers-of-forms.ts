import { createPrivateKey, generateKeyPairSync, sign as signNatively } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { formatCheckpoint, openCheckpoint, parseCheckpoint } from '../../src/core/checkpoint/checkpoint.ts';
import { formatVkey, openNote, parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { formatTlogProof, parseTlogProof } from '../../src/core/checkpoint/tlog-proof.ts';
import { parseEcdsaSignature } from '../../src/core/crypto/ecdsa-signature.ts';
import { formatPublicKeyPem, parsePublicKey, parsePublicKeyPem } from '../../src/core/crypto/public-key.ts';
import { parseEnvelopeBase64 } from '../../src/core/dsse/envelope-base64.ts';
import { formatBase64, parseBase64 } from '../../src/core/encoding/base64.ts';
import { readU64be, u64be } from '../../src/core/encoding/bytes.ts';
import { formatCanonicalJson, parseCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import { formatHex, parseHex } from '../../src/core/encoding/hex.ts';
import { JSON_DEPTH_MAX, JSON_MEMBERS_MAX, type Json, parseJson, parseJsonText } from '../../src/core/encoding/json.ts';
import { JsonScanner } from '../../src/core/encoding/json-scanner.ts';
import { decodeUtf8, encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { formatTime, parseTime } from '../../src/core/entry/time.ts';
import type { Result } from '../../src/core/fault.ts';
import { parseImageDigest } from '../../src/core/image/digest.ts';
import { formatBundle, parseBundle } from '../../src/core/merkle/entry-bundle.ts';
import { appendLeaves, EMPTY_FRONTIER, formatFrontier, parseFrontier } from '../../src/core/merkle/frontier.ts';
import { formatBundlePath, formatTilePath, parseBundlePath, parseTilePath } from '../../src/core/merkle/tile-path.ts';
import { readXmlRoot } from '../../src/core/statement/xml-root.ts';
import { type FuzzedParser, ofBytes, ofText, outcomeOf } from './fuzz-parser.ts';
import { LEDGER, text } from './seeds.ts';

const KEYS = [LEDGER.vkey].map((vkey) => {
  const key = parseVkey(vkey);
  if (!key.ok) throw new Error('the key of the seeds is one');
  return key.value;
});
const ED25519 = LEDGER.key('pipeline').publicKey;
const EC = (['P-256', 'P-384'] as const).map((namedCurve) => generateKeyPairSync('ec', { namedCurve }));
const SPKI = [ED25519.spki, ...EC.map(({ publicKey }) => publicKey.export({ type: 'spki', format: 'der' }))];
const PEM = EC.map(({ publicKey }) => publicKey.export({ type: 'spki', format: 'pem' }).toString());
const SIGNATURES = EC.map(({ privateKey }) =>
  signNatively('sha256', Buffer.from('a'), createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))),
);
const FRONTIER = appendLeaves(
  EMPTY_FRONTIER,
  [1, 2, 3, 4, 5, 6, 7].map((byte) => new Uint8Array(32).fill(byte)),
);
const DOCUMENTS = [
  '{"a":[1,-0.5e3,true,null,"\\u00e9\\n"],"b":{"c":""}}',
  '[[[[]]],{"":0}]',
  '"a\\ud83d\\ude00"',
  '1.5e300',
];

/** JSON in whichever way is quick for it, and by the scanner alone: both must read the same, or refuse for the same reason. */
function readBothWays(given: string): Result<Json> {
  const quick = parseJsonText(given);
  const scanner = new JsonScanner(given, JSON_DEPTH_MAX, JSON_MEMBERS_MAX);
  const value = scanner.readDocument();
  if (quick.ok ? scanner.fault !== undefined : quick.fault.code !== scanner.fault?.code) throw new Error('one refuses');
  if (quick.ok && !isDeepStrictEqual(quick.value, value)) throw new Error('two values');
  return quick;
}

/** Encodings, notes, trees and keys: everything that is no document of its own. */
export const PARSERS_OF_FORMS: readonly FuzzedParser[] = [
  {
    name: 'core/encoding/hex.ts parseHex',
    seeds: text('', '00ff', 'ab'.repeat(32)),
    parse: ofText(parseHex, formatHex),
  },
  {
    name: 'core/encoding/base64.ts parseBase64',
    seeds: text('', 'AA==', 'AAA=', 'AAAA', '+/+/'.repeat(8)),
    parse: ofText(parseBase64, formatBase64),
  },
  {
    name: 'core/dsse/envelope-base64.ts parseEnvelopeBase64',
    seeds: text('', 'AA==', '-_-_', '+/+/'),
    parse: ofText(parseEnvelopeBase64),
  },
  { name: 'core/encoding/utf8.ts decodeUtf8', seeds: text('a', 'é€😀\ufeff'), parse: ofBytes(decodeUtf8, encodeUtf8) },
  {
    name: 'core/encoding/bytes.ts readU64be',
    seeds: [u64be(0), u64be(2 ** 53 - 1)],
    parse: (bytes) => outcomeOf(readU64be(bytes, 0), bytes.subarray(0, 8), u64be),
  },
  { name: 'core/encoding/json.ts parseJson', seeds: text(...DOCUMENTS), parse: ofBytes(parseJson), json: 'plain' },
  {
    name: 'core/encoding/json.ts parseJsonText',
    seeds: text(...DOCUMENTS),
    parse: ofText(readBothWays),
    json: 'plain',
  },
  {
    name: 'core/encoding/canonical-json.ts parseCanonicalJson',
    seeds: text('{"a":[1,-500,true,null,"é\\n"],"b":{"c":""}}', '[[[[]]],{"":0}]', '1.5e+300'),
    parse: ofBytes(parseCanonicalJson, formatCanonicalJson),
    json: 'canonical',
  },
  {
    name: 'core/entry/time.ts parseTime',
    seeds: text('2026-03-01T12:00:00.000Z', '2024-02-29T23:59:59.999Z', '0001-01-01T00:00:00.000Z').slice(0, 2),
    parse: (bytes) => {
      const given = Buffer.from(bytes).toString();
      const time = parseTime(given);
      return time === undefined ? { code: 'encoding/pattern-mismatch' } : { given, again: formatTime(time) };
    },
  },
  {
    name: 'core/checkpoint/note-key.ts parseVkey',
    seeds: text(LEDGER.vkey, 'example.com/foo+530d903a+AekyRHwgH4dMmhk6rW5RiqTZ8sgPcSgBOHjo8o3KcVQk').slice(0, 1),
    parse: ofText(parseVkey, ({ name, type, publicKey }) => formatVkey(name, type, publicKey)),
  },
  {
    name: 'core/checkpoint/checkpoint.ts parseCheckpoint',
    seeds: text(formatCheckpoint({ origin: 'log.example', size: 7, root: new Uint8Array(32).fill(3) })),
    parse: ofText(parseCheckpoint, formatCheckpoint),
  },
  {
    name: 'core/checkpoint/signed-note.ts openNote',
    seeds: text(LEDGER.checkpoint()),
    parse: ofBytes((bytes) => openNote(bytes, KEYS)),
  },
  {
    name: 'core/checkpoint/checkpoint.ts openCheckpoint',
    seeds: text(LEDGER.checkpoint()),
    parse: ofText((note) => openCheckpoint(note, KEYS)),
  },
  {
    name: 'core/checkpoint/tlog-proof.ts parseTlogProof',
    seeds: text(
      formatTlogProof({ index: 2, path: FRONTIER.hashes, checkpointNote: LEDGER.checkpoint() }),
      formatTlogProof({ index: 0, path: [], checkpointNote: LEDGER.checkpoint(), extra: Uint8Array.of(1, 2) }),
    ),
    parse: ofBytes(parseTlogProof, formatTlogProof),
  },
  {
    name: 'core/merkle/tile-path.ts parseTilePath',
    seeds: text('tile/0/000', 'tile/3/x001/x234/067.p/5', 'tile/6/000.p/31'),
    parse: ofText(parseTilePath, formatTilePath),
  },
  {
    name: 'core/merkle/tile-path.ts parseBundlePath',
    seeds: text('tile/entries/000', 'tile/entries/x001/067.p/255'),
    parse: ofText(parseBundlePath, formatBundlePath),
  },
  {
    name: 'core/merkle/entry-bundle.ts parseBundle',
    seeds: [
      formatBundle([Uint8Array.of(1, 2), new Uint8Array(300)]),
      formatBundle([new Uint8Array(), new Uint8Array(1)]),
    ],
    parse: ofBytes((bytes) => parseBundle(bytes, 2), formatBundle),
  },
  {
    name: 'core/merkle/frontier.ts parseFrontier',
    seeds: [formatFrontier(FRONTIER), formatFrontier(EMPTY_FRONTIER)],
    parse: ofBytes(parseFrontier, formatFrontier),
  },
  {
    name: 'core/crypto/public-key.ts parsePublicKey',
    seeds: SPKI,
    parse: ofBytes(parsePublicKey, ({ spki }) => spki),
  },
  {
    name: 'core/crypto/public-key.ts parsePublicKeyPem',
    seeds: text(formatPublicKeyPem(ED25519), ...PEM),
    parse: ofText(parsePublicKeyPem),
  },
  {
    name: 'core/crypto/ecdsa-signature.ts parseEcdsaSignature',
    seeds: SIGNATURES,
    parse: (bytes) => {
      const read = parseEcdsaSignature(bytes.length > 72 ? 'P-384' : 'P-256', bytes);
      return read === undefined ? { code: 'crypto/malformed-key' } : 'read';
    },
  },
  {
    name: 'core/image/digest.ts parseImageDigest',
    seeds: text(`sha256:${'ab'.repeat(32)}`),
    parse: ofText(parseImageDigest, (digest) => digest),
  },
  {
    name: 'core/statement/xml-root.ts readXmlRoot',
    seeds: text('<testsuites/>', '\ufeff<?xml version="1.0"?>\n<!-- a -->\n<testsuite name="a"></testsuite>'),
    parse: ofBytes(readXmlRoot),
  },
];
