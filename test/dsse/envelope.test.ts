import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type PublicKey, parsePublicKey } from '../../src/core/crypto/public-key.ts';
import { type Envelope, formatEnvelope, parseEnvelope } from '../../src/core/dsse/envelope.ts';
import { pae } from '../../src/core/dsse/pae.ts';
import { verifyEnvelope } from '../../src/core/dsse/verify-envelope.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

function parse(document: unknown): string | Envelope {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const result = parseEnvelope(encodeUtf8(text));
  return result.ok ? result.value : result.fault.code;
}

function envelopeWith(members: object): object {
  return { payloadType: PAYLOAD_TYPE, payload: 'e30=', signatures: [{ keyid: '', sig: 'AAEC' }], ...members };
}

describe('parseEnvelope', () => {
  test('reads an absent key id as empty and ignores members that DSSE does not name', () => {
    const signature = { sig: 'AAEC', certificate: 'x', timestamps: [{ type: 'rfc3161' }] };
    assert.deepEqual(parse(envelopeWith({ signatures: [signature], extra: 1 })), {
      payloadType: PAYLOAD_TYPE,
      payload: encodeUtf8('{}'),
      signatures: [{ keyid: '', sig: Uint8Array.of(0, 1, 2) }],
    });
  });

  test('reads both base64 alphabets to the same bytes', () => {
    const bytes = Uint8Array.of(0xfb, 0xff, 0xbf);
    for (const payload of ['+/+/', '-_-_']) {
      const envelope = parse(envelopeWith({ payload }));
      assert.ok(typeof envelope !== 'string');
      assert.deepEqual(envelope.payload, bytes);
    }
  });

  const malformed: Record<string, unknown> = {
    'mixed alphabets': envelopeWith({ payload: '+_+_' }),
    'missing padding': envelopeWith({ payload: 'e30' }),
    'spare bits': envelopeWith({ payload: 'e31=' }),
    'a line end in base64': envelopeWith({ payload: 'e30=\n' }),
    'a signature that is not base64': envelopeWith({ signatures: [{ sig: '?' }] }),
    'no payload': { payloadType: PAYLOAD_TYPE, signatures: [] },
    'no payload type': { payload: '', signatures: [] },
    'a null key id': envelopeWith({ signatures: [{ keyid: null, sig: '' }] }),
    'a member that differs only in case': envelopeWith({ PayloadType: 'text/plain' }),
    'a member that folds to a known one in Go': envelopeWith({ 'payload\u017f': 0, '\u017fignatures': [] }),
    'an array': [],
    'text that is not JSON': '{',
    'a duplicate member': '{"payload":"","payload":"","payloadType":"a","signatures":[]}',
  };
  for (const [title, document] of Object.entries(malformed)) {
    test(`refuses ${title} (dsse/malformed-envelope)`, () => {
      assert.equal(parse(document), 'dsse/malformed-envelope');
    });
  }

  test('refuses an envelope without signatures (dsse/no-signature)', () => {
    assert.equal(parse(envelopeWith({ signatures: [] })), 'dsse/no-signature');
  });

  test('refuses a seventeenth signature (dsse/too-many-signatures)', () => {
    const sixteen = Array.from({ length: 16 }, () => ({ sig: '' }));
    assert.ok(typeof parse(envelopeWith({ signatures: sixteen })) !== 'string');
    assert.equal(parse(envelopeWith({ signatures: [...sixteen, { sig: '' }] })), 'dsse/too-many-signatures');
  });

  test('refuses more than 32 MiB (dsse/too-large)', () => {
    const result = parseEnvelope(new Uint8Array(32 * 1024 * 1024 + 1));
    assert.equal(!result.ok && result.fault.code, 'dsse/too-large');
  });

  test('never throws on mutated bytes', () => {
    const good = encodeUtf8(JSON.stringify(envelopeWith({})));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (place, byte, end) => {
        const bytes = good.slice(0, end);
        bytes[place] = byte;
        parseEnvelope(bytes);
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseEnvelope(bytes)));
  });
});

describe('formatEnvelope', () => {
  test('writes canonical JSON with an empty key id and no other members', () => {
    const envelope = {
      payloadType: PAYLOAD_TYPE,
      payload: encodeUtf8('{}'),
      signatures: [{ keyid: '', sig: encodeUtf8('s') }],
    };
    assert.equal(
      formatEnvelope(envelope),
      '{"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"","sig":"cw=="}]}',
    );
  });

  test('is undone by parseEnvelope', () => {
    const signature = fc.record({
      keyid: fc.string({ unit: 'grapheme', maxLength: 20 }),
      sig: fc.uint8Array({ maxLength: 80 }),
    });
    const envelopes = fc.record({
      payloadType: fc.string({ unit: 'grapheme', maxLength: 40 }),
      payload: fc.uint8Array({ maxLength: 200 }),
      signatures: fc.array(signature, { minLength: 1, maxLength: 16 }),
    });
    fc.assert(
      fc.property(envelopes, (envelope) => {
        const again = parseEnvelope(encodeUtf8(formatEnvelope(envelope)));
        assert.ok(again.ok);
        assert.deepEqual(JSON.stringify(again.value), JSON.stringify(envelope));
      }),
    );
  });
});

describe('pae', () => {
  test('counts bytes of the type, not characters', () => {
    assert.deepEqual(pae('é', encodeUtf8('ü')), encodeUtf8('DSSEv1 2 é 2 ü'));
  });

  test('writes a length of zero as 0', () => {
    assert.deepEqual(pae('', new Uint8Array()), encodeUtf8('DSSEv1 0  0 '));
  });
});

type Pair = { readonly key: PublicKey; readonly privateKey: KeyObject; readonly hash: string | null };

function pair(algorithm: 'ed25519' | 'P-256' | 'P-384'): Pair {
  const { publicKey, privateKey } =
    algorithm === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: algorithm });
  const key = parsePublicKey(new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })));
  assert.ok(key.ok);
  return { key: key.value, privateKey, hash: { ed25519: null, 'P-256': 'sha256', 'P-384': 'sha384' }[algorithm] };
}

function signed(pairs: readonly Pair[], keyid = ''): Envelope {
  const payload = encodeUtf8('{"_type":"x"}');
  const message = pae(PAYLOAD_TYPE, payload);
  const signatures = pairs.map(({ privateKey, hash }) => ({
    keyid,
    sig: new Uint8Array(sign(hash, message, privateKey)),
  }));
  return { payloadType: PAYLOAD_TYPE, payload, signatures };
}

describe('verifyEnvelope', () => {
  const [ed, p256, p384, stranger] = [pair('ed25519'), pair('P-256'), pair('P-384'), pair('P-256')];

  test('names every key that signed, once and in the order of the keys given', () => {
    const keys = [p384.key, stranger.key, ed.key, p256.key, ed.key];
    const verified = verifyEnvelope(signed([ed, p256, p384, ed]), keys);
    assert.ok(verified.ok);
    assert.deepEqual(verified.value, [{ key: p384.key }, { key: ed.key }, { key: p256.key }]);
  });

  test('ignores what the key id says', () => {
    assert.ok(verifyEnvelope(signed([p256], 'SHA256:somebody-else'), [ed.key, p256.key]).ok);
  });

  test('accepts a P-384 signature over SHA-256, as older cosign makes it', () => {
    assert.ok(verifyEnvelope(signed([{ ...p384, hash: 'sha256' }]), [p384.key]).ok);
  });

  test('refuses a stranger, no keys, a changed payload and a changed type (dsse/no-trusted-signature)', () => {
    const envelope = signed([p256]);
    const refused = [
      verifyEnvelope(envelope, [stranger.key, ed.key]),
      verifyEnvelope(envelope, []),
      verifyEnvelope({ ...envelope, payload: encodeUtf8('{"_type":"y"}') }, [p256.key]),
      verifyEnvelope({ ...envelope, payloadType: 'application/vnd.in-toto.x+json' }, [p256.key]),
      verifyEnvelope({ ...envelope, signatures: [{ keyid: '', sig: new Uint8Array() }] }, [p256.key]),
    ];
    for (const result of refused) assert.equal(!result.ok && result.fault.code, 'dsse/no-trusted-signature');
  });
});
