import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import { bundleToJSON, toDSSEBundle } from '@sigstore/bundle';
import fc from 'fast-check';
import { parsePublicKey, parsePublicKeyPem } from '../../src/core/crypto/public-key.ts';
import { pae } from '../../src/core/dsse/pae.ts';
import { parseSigstoreBundle } from '../../src/core/dsse/sigstore-bundle.ts';
import { verifyEnvelope } from '../../src/core/dsse/verify-envelope.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import {
  absentReason,
  hasPublished,
  listPublished,
  readPublished,
  readPublishedText,
} from '../merkle/published-vectors.ts';

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const PAYLOAD = encodeUtf8('{"_type":"https://in-toto.io/Statement/v1"}');

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
const hint = createHash('sha256').update(spki).digest('base64');
const signature = sign('sha256', pae(PAYLOAD_TYPE, PAYLOAD), privateKey);

type Bundle = {
  mediaType: string;
  verificationMaterial: Record<string, unknown>;
  dsseEnvelope?: Record<string, unknown> & { signatures: Record<string, unknown>[] };
  messageSignature?: unknown;
};

/** A key-signed bundle made by sigstore's own library. */
function sigstoreBundle(): Bundle {
  const bundle = toDSSEBundle({
    artifact: Buffer.from(PAYLOAD),
    artifactType: PAYLOAD_TYPE,
    signature,
    keyHint: hint,
  });
  return bundleToJSON(bundle) as unknown as Bundle;
}

function codeOf(bundle: unknown): string {
  const result = parseSigstoreBundle(encodeUtf8(typeof bundle === 'string' ? bundle : JSON.stringify(bundle)));
  return result.ok ? 'read' : result.fault.code;
}

function changed(change: (bundle: Bundle) => void): Bundle {
  const bundle = sigstoreBundle();
  change(bundle);
  return bundle;
}

describe('parseSigstoreBundle', () => {
  test("reads and verifies a key-signed bundle of sigstore's own library", () => {
    const key = parsePublicKey(spki);
    const bundle = parseSigstoreBundle(encodeUtf8(JSON.stringify(sigstoreBundle())));
    assert.ok(key.ok && bundle.ok);
    assert.equal(bundle.value.keyHint, hint);
    assert.deepEqual(bundle.value.envelope.payload, PAYLOAD);
    assert.deepEqual(verifyEnvelope(bundle.value.envelope, [key.value]), { ok: true, value: [{ key: key.value }] });
  });

  for (const mediaType of [
    'application/vnd.dev.sigstore.bundle+json;version=0.1',
    'application/vnd.dev.sigstore.bundle+json;version=0.2',
    'application/vnd.dev.sigstore.bundle+json;version=0.3',
    'application/vnd.dev.sigstore.bundle.v0.3+json',
  ]) {
    test(`reads the media type ${mediaType}`, () => {
      assert.equal(codeOf(changed((b) => Object.assign(b, { mediaType }))), 'read');
    });
  }

  const cases: readonly [string, string, (bundle: Bundle) => void][] = [
    [
      'a later version',
      'dsse/unsupported-bundle-version',
      (b) => Object.assign(b, { mediaType: b.mediaType.replace('0.', '9.') }),
    ],
    ['an unknown member of the bundle', 'dsse/malformed-bundle', (b) => Object.assign(b, { extra: {} })],
    [
      'an unknown member of the material',
      'dsse/malformed-bundle',
      (b) => Object.assign(b.verificationMaterial, { extra: {} }),
    ],
    [
      'an unknown member of the envelope',
      'dsse/malformed-bundle',
      (b) => Object.assign(b.dsseEnvelope ?? {}, { extra: 1 }),
    ],
    [
      'an unknown member of a signature',
      'dsse/malformed-bundle',
      (b) => Object.assign(b.dsseEnvelope?.signatures[0] ?? {}, { cert: '' }),
    ],
    [
      'a negative log index',
      'dsse/malformed-bundle',
      (b) => Object.assign(b.verificationMaterial, { tlogEntries: [{ logIndex: '-1' }] }),
    ],
    [
      'two ways to name the signer',
      'dsse/malformed-bundle',
      (b) => Object.assign(b.verificationMaterial, { certificate: { rawBytes: 'AA==' } }),
    ],
    ['no way to name the signer', 'dsse/malformed-bundle', (b) => delete b.verificationMaterial.publicKey],
    [
      'an envelope beside a message signature',
      'dsse/malformed-bundle',
      (b) => Object.assign(b, { messageSignature: { signature: '' } }),
    ],
    [
      'a certificate',
      'dsse/keyless-not-supported',
      (b) => Object.assign(b, { verificationMaterial: { certificate: { rawBytes: 'AA==' } } }),
    ],
    [
      'a certificate chain',
      'dsse/keyless-not-supported',
      (b) =>
        Object.assign(b, { verificationMaterial: { x509CertificateChain: { certificates: [{ rawBytes: 'AA==' }] } } }),
    ],
    ['neither envelope nor message signature', 'dsse/no-envelope', (b) => delete b.dsseEnvelope],
    ['two signatures', 'dsse/signature-count', (b) => b.dsseEnvelope?.signatures.push({ sig: 'AA==' })],
    ['no signature', 'dsse/signature-count', (b) => b.dsseEnvelope?.signatures.splice(0)],
    [
      'a payload that is not base64',
      'dsse/malformed-envelope',
      (b) => Object.assign(b.dsseEnvelope ?? {}, { payload: '?' }),
    ],
  ];
  for (const [title, code, change] of cases) {
    test(`refuses ${title} (${code})`, () => {
      assert.equal(codeOf(changed(change)), code);
    });
  }

  test('refuses text that is not JSON (dsse/malformed-bundle)', () => {
    assert.equal(codeOf('{"mediaType":'), 'dsse/malformed-bundle');
  });

  test('refuses more than 32 MiB (dsse/too-large)', () => {
    const result = parseSigstoreBundle(new Uint8Array(32 * 1024 * 1024 + 1));
    assert.equal(!result.ok && result.fault.code, 'dsse/too-large');
  });

  test('never throws on mutated bytes', () => {
    const good = encodeUtf8(JSON.stringify(sigstoreBundle()));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (place, byte, end) => {
        const bytes = good.slice(0, end);
        bytes[place] = byte;
        parseSigstoreBundle(bytes);
      }),
    );
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), (text) => void parseSigstoreBundle(encodeUtf8(text.toWellFormed()))),
    );
  });
});

describe('sigstore-conformance bundles', () => {
  const folder = 'sigstore-conformance/test/assets/bundle-verify';
  /** Cases refused for their form; every other one signs a file's digest or names a certificate. */
  const malformed: Record<string, string> = {
    'bundle-invalid-base64-signature_fail': 'dsse/malformed-bundle',
    'bundle-malformed-json_fail': 'dsse/malformed-bundle',
    'bundle-negative-log-index_fail': 'dsse/malformed-bundle',
    'bundle-unknown-version_fail': 'dsse/unsupported-bundle-version',
    'rekor2-timestamp-with-incorrect-time_fail': 'dsse/malformed-bundle',
  };

  test('gives each of the 70 cases the code for what it holds, and verifies those that hold an envelope and a key', (t) => {
    if (!hasPublished(folder)) return t.skip(absentReason(folder));
    const bundles = listPublished(folder).filter((path) => path.endsWith('/bundle.sigstore.json'));
    assert.equal(bundles.length, 70);
    for (const path of bundles) {
      const name = path.slice(0, path.indexOf('/'));
      const bytes = readPublished(`${folder}/${path}`);
      const result = parseSigstoreBundle(bytes);
      if (result.ok) {
        const key = parsePublicKeyPem(readPublishedText(`${folder}/${name}/key.pub`));
        assert.equal(key.ok && verifyEnvelope(result.value.envelope, [key.value]).ok, !name.endsWith('_fail'), name);
        continue;
      }
      const signsFile = new TextDecoder().decode(bytes).includes('"messageSignature"');
      const expected = malformed[name] ?? (signsFile ? 'dsse/no-envelope' : 'dsse/keyless-not-supported');
      assert.equal(result.fault.code, expected, name);
    }
  });

  test('answers the key-signed cases with dsse/no-envelope, since all of them sign a file', (t) => {
    if (!hasPublished(folder)) return t.skip(absentReason(folder));
    for (const name of ['happy-path', 'and-trusted-root', 'no-key_fail', 'wrong-key_fail']) {
      const result = parseSigstoreBundle(readPublished(`${folder}/managed-key-${name}/bundle.sigstore.json`));
      assert.equal(!result.ok && result.fault.code, 'dsse/no-envelope', name);
    }
  });
});
