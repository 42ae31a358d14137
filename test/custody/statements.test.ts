import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatStatement } from '../../src/core/statement/statement.ts';
import {
  attest,
  custodyLedger,
  IMAGE,
  imageManifest,
  MANIFEST,
  openedLedger,
  QUESTION,
  sign,
} from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { assertFound, assertPasses, findings, verify } from './verify-under-test.ts';

const OTHER = `sha256:${'3'.repeat(64)}`;
type Alter = NonNullable<NonNullable<Parameters<typeof attest>[1]>['alter']>;

function signedLedger(): LedgerUnderTest {
  const ledger = openedLedger();
  sign(ledger);
  return ledger;
}

const annotate =
  (annotations: Record<string, string>): Alter =>
  (statement) => ({ ...statement, subject: statement.subject.map((subject) => ({ ...subject, annotations })) });
const unplaced = annotate({});

test('a statement that names another image does not count for this one (statement/other-subject)', () => {
  const ledger = signedLedger();
  attest(ledger, { digest: OTHER, entry: { body: { form: 'envelope', subjects: [IMAGE] } } });
  assertFound(verify(ledger), 'fail', 'statement/subject', 'statement/other-subject');
});

test('an entry files nothing that its statement does not name (statement/other-subject)', () => {
  const ledger = signedLedger();
  attest(ledger, { entry: { body: { form: 'envelope', subjects: [IMAGE, OTHER] } } });
  assertFound(verify(ledger), 'fail', 'statement/subject', 'statement/other-subject');
});

test('a statement about several images counts for each, once', () => {
  const ledger = custodyLedger();
  const subject = [{ digest: { sha256: '3'.repeat(64) } }];
  const alter: Alter = (statement) => ({ ...statement, subject: [...statement.subject, ...subject] });
  const seq = attest(ledger, { alter, stage: 'lint', entry: { body: { form: 'envelope', subjects: [IMAGE, OTHER] } } });
  const result = verify(ledger);
  assertPasses(result);
  assert.equal(result.timeline.filter((item) => item.seq === seq).length, 1);
});

test('a statement made for another repository is filed elsewhere (attestation/filed-elsewhere)', () => {
  const ledger = signedLedger();
  attest(ledger, { alter: annotate({ 'dev.waybill.repository': 'shop/web', 'dev.waybill.stage': 'test' }) });
  assertFound(verify(ledger), 'fail', 'statement/place', 'attestation/filed-elsewhere');
});

test('a statement made for another stage is filed elsewhere (attestation/filed-elsewhere)', () => {
  const ledger = signedLedger();
  attest(ledger, { entry: { stage: 'scan' } });
  assertFound(verify(ledger), 'fail', 'statement/place', 'attestation/filed-elsewhere');
});

test('a statement made in another run is filed elsewhere (attestation/filed-elsewhere)', () => {
  const ledger = signedLedger();
  attest(ledger, { alter: annotate({ 'dev.waybill.run': 'run-7' }) });
  assertFound(verify(ledger), 'fail', 'statement/place', 'attestation/filed-elsewhere');
});

test('a place that is no text is no place (statement/malformed-placement)', () => {
  const ledger = signedLedger();
  attest(ledger, { alter: annotate({ 'dev.waybill.stage': '' }) });
  assertFound(verify(ledger), 'fail', 'statement/place', 'statement/malformed-placement');
});

test('a statement without its place counts, and the assurance says who placed it', () => {
  const ledger = custodyLedger();
  assert.equal(verify(ledger).assurances.placed, true);
  attest(ledger, { alter: unplaced, stage: 'lint' });
  const result = verify(ledger);
  assertPasses(result);
  assert.equal(result.assurances.placed, false);
});

test('own keys are claimed only where every attestation is signed by the pipeline', () => {
  const ledger = custodyLedger();
  assert.equal(verify(ledger).assurances.ownKeys, true);
  attest(ledger, { key: 'service', stage: 'lint' });
  assert.equal(verify(ledger).assurances.ownKeys, false);
});

test('a statement of another type than the entry says is refused (attestation/type-differs)', () => {
  const ledger = signedLedger();
  attest(ledger, { entry: { predicateType: 'https://openvex.dev/ns' } });
  assertFound(verify(ledger), 'fail', 'statement/subject', 'attestation/type-differs');
});

test('an attestation of the same digest in another repository is shown, and counts for nothing', () => {
  const ledger = custodyLedger();
  const elsewhere = attest(ledger, { repository: 'other/team', key: 'stranger', by: 'stranger', stage: 'scan' });
  const result = verify(ledger, { withoutPayloads: [elsewhere] });
  assertPasses(result);
  assert.deepEqual(result.elsewhere, [elsewhere]);
  assert(!result.timeline.some(({ seq }) => seq === elsewhere));
});

test('a failed stage of another repository does not fail this one, nor a good one fill it (contract/stage-missing)', () => {
  const ledger = custodyLedger({ stages: ['test'] });
  attest(ledger, { repository: 'shop/web', stage: 'scan' });
  assertFound(verify(ledger), 'fail', 'contract/stage', 'contract/stage-missing');
});

test('what others file about a shared digest does not use up the bound of this repository', () => {
  const ledger = custodyLedger();
  for (let made = 0; made < 1001; made += 1) {
    const entry = { repository: 'other/team', body: { form: 'envelope', subjects: [IMAGE] }, stage: 'x' };
    const payload = { commitment: '0'.repeat(64), mediaType: 'a/b', size: 1 };
    const signer = '0'.repeat(64);
    ledger.append({
      kind: 'attestation.recorded',
      principal: 'noise',
      assurance: 'service',
      signer,
      ...entry,
      alter: (linked) => ({ ...linked, payload }),
      keys: [`image:${IMAGE}`],
    });
  }
  assertPasses(verify(ledger));
});

test('more than 1,000 entries of one image in one repository are refused (list/too-many-entries)', () => {
  const ledger = custodyLedger();
  for (let made = 3; made <= 1000; made += 1) attest(ledger, { note: String(made), stage: 'lint' });
  assertFound(verify(ledger), 'fail', 'list/complete', 'list/too-many-entries');
});

test('the signature of an image is over its own digest (statement/other-subject)', () => {
  const ledger = openedLedger();
  const statement = {
    type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256: '3'.repeat(64) } }],
  } as const;
  const text = formatStatement({ ...statement, predicateType: 'https://sigstore.dev/cosign/sign/v1', predicate: {} });
  sign(ledger, MANIFEST, { statement: new TextEncoder().encode(text) });
  assertFound(verify(ledger), 'fail', 'statement/subject', 'statement/other-subject');
});

test('a statement of another type, or with a predicate, is no image signature (image/wrong-predicate-type)', () => {
  for (const [predicateType, predicate] of [
    ['https://slsa.dev/provenance/v1', {}],
    ['https://sigstore.dev/cosign/sign/v1', { anything: true }],
  ] as const) {
    const ledger = openedLedger();
    const subject = [{ digest: { sha256: IMAGE.slice(7) } }];
    const text = formatStatement({ type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate });
    sign(ledger, MANIFEST, { statement: new TextEncoder().encode(text) });
    assertFound(verify(ledger), 'fail', 'statement/subject', 'image/wrong-predicate-type');
  }
});

test('the older form of the signature must say the same (image/simple-signing-wrong)', () => {
  const ledger = openedLedger();
  sign(ledger, MANIFEST, { simple: new TextEncoder().encode('{"critical":{}}') });
  assertFound(verify(ledger), 'fail', 'signature/image', 'image/simple-signing-wrong');
});

test('the manifest must be the one of the digest (image/manifest-differs)', () => {
  const ledger = openedLedger();
  sign(ledger, MANIFEST, { manifest: imageManifest('2') });
  assertFound(verify(ledger), 'fail', 'image/manifest', 'image/manifest-differs');
});

test('a payload that is no signed image, or no envelope, fails its signature (image/malformed-signed-image, dsse/malformed-envelope)', () => {
  const bytes = new TextEncoder().encode('{}');
  const image = openedLedger();
  const document = { mediaType: 'application/vnd.waybill.signed-image+json', bytes };
  sign(image, MANIFEST, { entry: { document } });
  assertFound(verify(image), 'fail', 'signature/image', 'image/malformed-signed-image');
  const ledger = signedLedger();
  attest(ledger, { entry: { document: { mediaType: 'application/vnd.dsse.envelope.v1+json', bytes } } });
  assertFound(verify(ledger), 'fail', 'signature/envelope', 'dsse/malformed-envelope');
});

test('where a signature is withheld every check of it is listed, and none passes for want of it', () => {
  const result = verify(custodyLedger(), { withoutPayloads: [8] });
  assert.equal(result.verdict, 'fail');
  const ofEntry = findings(result).filter((line) => line.endsWith('@8'));
  assert.deepEqual(ofEntry, [
    'not-run image/manifest custody/blocked @8',
    'not-run signature/image payload/absent @8',
    'not-run statement/subject custody/blocked @8',
    'not-run statement/place custody/blocked @8',
  ]);
  assertFound(result, 'fail', 'contract/signature', 'contract/signature-failed');
});

test('an image of which nothing is known is unjudged, intact and empty', () => {
  const result = verify(openedLedger(), { question: { ...QUESTION, subject: OTHER } });
  assert.equal(result.verdict, 'unjudged');
  assert.deepEqual(result.timeline, []);
});
