import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Filing, predicateTypeOf, signedSubmission, unsignedSubmission } from '../../src/cli/build-attestation.ts';
import { Stop } from '../../src/cli/stop.ts';
import { formatPublicKeyPem } from '../../src/core/crypto/public-key.ts';
import { createPipelineKey, type PipelineKeyType } from '../../src/keys/pipeline-key.ts';

const DIGEST = `sha256:${'4f'.repeat(32)}`;
const FILING: Filing = { subject: DIGEST, repository: 'shop/api', stage: 'test' };
const example = (name: string) => readFileSync(join(import.meta.dirname, '../../examples', name));
const newKey = (type: PipelineKeyType) =>
  createPipelineKey(join(mkdtempSync(join(tmpdir(), 'waybill-key-')), 'ci.key'), type, undefined);

type Signed = { payloadType: string; payload: string; signatures: { keyid: string; sig: string }[] };
type Said = { _type: string; subject: { digest: object; annotations: object }[]; predicateType: string };

function open(body: Uint8Array): { envelope: Signed; payload: Buffer; statement: Said } {
  const envelope = JSON.parse(Buffer.from(body).toString('utf8')) as Signed;
  const payload = Buffer.from(envelope.payload, 'base64');
  return { envelope, payload, statement: JSON.parse(payload.toString('utf8')) as Said };
}

function code(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Stop) return error.complaint.code;
    throw error;
  }
  return 'none';
}

for (const type of ['ed25519', 'ecdsa-p256'] as const) {
  test(`signs an envelope with an ${type} key that OpenSSL verifies, bound to its place`, () => {
    const key = newKey(type);
    const { body, payload: exact } = signedSubmission(example('junit.xml'), FILING, key);
    assert.deepEqual(exact, body);
    const { envelope, payload, statement } = open(body);
    const sig = Buffer.from(envelope.signatures[0]?.sig ?? '', 'base64');
    const message = Buffer.concat([
      Buffer.from(`DSSEv1 ${envelope.payloadType.length} ${envelope.payloadType} ${payload.length} `),
      payload,
    ]);
    const publicKey = createPublicKey(formatPublicKeyPem(key.publicKey));
    assert.equal(verify(type === 'ed25519' ? null : 'sha256', message, publicKey, sig), true);
    assert.equal(envelope.signatures[0]?.keyid, '');
    assert.equal(statement._type, 'https://in-toto.io/Statement/v1');
    assert.equal(statement.predicateType, 'https://waybill.dev/attestation/junit/v1');
    assert.deepEqual(statement.subject, [
      {
        digest: { sha256: '4f'.repeat(32) },
        annotations: { 'dev.waybill.repository': 'shop/api', 'dev.waybill.stage': 'test' },
      },
    ]);
  });
}

test('binds a statement of the user’s own to its place, and keeps its predicate', () => {
  const own = {
    _type: 'https://in-toto.io/Statement/v0.1',
    subject: [{ name: 'api', digest: { sha256: '4f'.repeat(32) } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: { buildDefinition: {} },
  };
  const { statement } = open(signedSubmission(Buffer.from(JSON.stringify(own)), FILING, newKey('ed25519')).body);
  assert.equal(statement._type, 'https://in-toto.io/Statement/v1');
  assert.deepEqual(statement.subject[0]?.annotations, {
    'dev.waybill.repository': 'shop/api',
    'dev.waybill.stage': 'test',
  });
  const elsewhere = { ...own, subject: [{ ...own.subject[0], annotations: { 'dev.waybill.stage': 'build' } }] };
  const other = { ...own, subject: [{ digest: { sha256: '00'.repeat(32) } }] };
  for (const bad of [elsewhere, other]) {
    const bytes = Buffer.from(JSON.stringify(bad));
    assert.equal(
      code(() => signedSubmission(bytes, FILING, newKey('ed25519'))),
      'cli/unusable-file',
    );
  }
});

test('sends a tool’s file as it is, and a file of another format as a predicate of the type given', () => {
  const raw = unsignedSubmission(example('report.sarif'), FILING);
  assert.deepEqual(raw.body, example('report.sarif'));
  assert.deepEqual(raw.query, { subject: DIGEST, repository: 'shop/api', stage: 'test' });
  const document = Buffer.from('{"requests":12}');
  assert.equal(
    code(() => unsignedSubmission(document, FILING)),
    'statement/unrecognised-document',
  );
  const typed = unsignedSubmission(document, { ...FILING, predicateType: 'https://example.com/load/v1' });
  assert.deepEqual(JSON.parse(Buffer.from(typed.body).toString('utf8')), {
    ...FILING,
    predicateType: 'https://example.com/load/v1',
    predicate: { requests: 12 },
  });
});

test('does not sign what is signed already (cli/bad-argument)', () => {
  const { body } = signedSubmission(example('junit.xml'), FILING, newKey('ed25519'));
  assert.equal(
    code(() => signedSubmission(body, FILING, newKey('ed25519'))),
    'cli/bad-argument',
  );
});

test('knows predicate types by name and by URI (cli/bad-argument)', () => {
  assert.equal(predicateTypeOf('cyclonedx'), 'https://cyclonedx.org/bom');
  assert.equal(predicateTypeOf('https://example.com/x'), 'https://example.com/x');
  assert.equal(
    code(() => predicateTypeOf('nonsense')),
    'cli/bad-argument',
  );
});
