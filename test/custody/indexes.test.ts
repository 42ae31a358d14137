import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../src/core/encoding/json.ts';
import { imageKey } from '../../src/core/entry/keys.ts';
import { predicateTypeUri } from '../../src/core/statement/predicate-types.ts';
import {
  attest,
  digestOf,
  IMAGE,
  imageManifest,
  indexManifest,
  MANIFEST,
  openedLedger,
  publish,
  sign,
} from './custody-under-test.ts';
import { claimWithout, editClaim } from './edit-evidence.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { assertFound, assertPasses, findings, verify } from './verify-under-test.ts';

const INDEX_MANIFEST = indexManifest([MANIFEST, imageManifest('2')]);
const INDEX = digestOf(INDEX_MANIFEST);
const BUILD = { contract: 'build', repositories: ['*'], stages: [{ stage: 'build' }] };

/** Only the index is signed and has provenance; a contract asks for both. Contract 7, index 8, build 9. */
function indexLedger(stages: readonly { readonly stage: string }[] = BUILD.stages): LedgerUnderTest {
  const ledger = openedLedger();
  publish(ledger, { ...BUILD, stages });
  sign(ledger, INDEX_MANIFEST);
  attest(ledger, { stage: 'build', type: 'slsa-provenance', digest: INDEX });
  return ledger;
}

test('signature and provenance of an index count for the images in it, and say so', () => {
  const result = verify(indexLedger());
  assertPasses(result);
  assert.deepEqual(
    result.timeline.map(({ via }) => via),
    [undefined, INDEX, INDEX],
  );
});

test('SBOM, scan and tests of an index say nothing about the images in it (contract/stage-missing)', () => {
  for (const type of ['cyclonedx', 'spdx', 'vulns', 'junit', 'sarif'] as const) {
    const ledger = indexLedger([{ stage: 'other' }]);
    attest(ledger, { stage: 'other', type, digest: INDEX });
    const result = verify(ledger);
    assertFound(result, 'fail', 'contract/stage', 'contract/stage-missing');
    assert(!result.timeline.some(({ stage }) => stage === 'other'), 'what does not count is not in the timeline');
  }
});

test('provenance of both SLSA versions is handed down', () => {
  const ledger = indexLedger();
  attest(ledger, { stage: 'build', type: 'slsa-provenance-v0.2', digest: INDEX });
  assertPasses(verify(ledger));
});

test('the SBOM of an index counts for the index itself', () => {
  const ledger = indexLedger([{ stage: 'sbom' }]);
  attest(ledger, { stage: 'sbom', type: 'cyclonedx', digest: INDEX });
  assertPasses(verify(ledger, { question: { subject: INDEX, repository: 'shop/api' } }));
});

test('an index inside an index hands down all the same', () => {
  const outer = indexManifest([INDEX_MANIFEST]);
  const ledger = openedLedger();
  publish(ledger, BUILD);
  sign(ledger, INDEX_MANIFEST);
  sign(ledger, outer);
  attest(ledger, { stage: 'build', type: 'slsa-provenance', digest: digestOf(outer) });
  const result = verify(ledger);
  assertPasses(result);
  assert.equal(result.timeline.at(-1)?.via, digestOf(outer));
});

test('an image that an entry counts in, and the exact manifest does not, is no child (image/child-not-in-index)', () => {
  const ledger = openedLedger();
  publish(ledger, BUILD);
  const strangers = indexManifest([imageManifest('8')]);
  sign(ledger, strangers, { children: [IMAGE] });
  attest(ledger, { stage: 'build', type: 'slsa-provenance', digest: digestOf(strangers) });
  const result = verify(ledger);
  assertFound(result, 'fail', 'image/manifest', 'image/child-not-in-index');
  assertFound(result, 'fail', 'statement/subject', 'image/child-not-in-index');
  assertFound(result, 'fail', 'contract/stage', 'contract/stage-attestation-failed');
});

test('a child more, less or in another order than the exact manifest has is refused (image/child-not-in-index)', () => {
  const other = digestOf(imageManifest('2'));
  for (const children of [[IMAGE], [other, IMAGE], [IMAGE, other, `sha256:${'5'.repeat(64)}`]]) {
    const ledger = openedLedger();
    sign(ledger, INDEX_MANIFEST, { children });
    assertFound(verify(ledger), 'fail', 'image/manifest', 'image/child-not-in-index');
  }
});

test('the list of an index cannot be left out (list/claim-missing)', () => {
  const result = verify(indexLedger(), { edit: editClaim(imageKey(INDEX), () => undefined) });
  assert.equal(assertFound(result, 'fail', 'list/complete', 'list/claim-missing').key, imageKey(INDEX));
});

test('an index cannot be left out of the list of its image (list/gap)', () => {
  const ledger = indexLedger();
  sign(ledger);
  const result = verify(ledger, { without: [8], edit: claimWithout([ledger.entry(8)]) });
  assertFound(result, 'fail', 'list/complete', 'list/gap');
});

test('a false attestation of an index is not hidden by withholding the manifest of the index (payload/absent)', () => {
  const ledger = openedLedger();
  sign(ledger);
  sign(ledger, INDEX_MANIFEST);
  attest(ledger, { stage: 'build', type: 'slsa-provenance', digest: INDEX, key: 'stranger' });
  assertFound(verify(ledger), 'fail', 'signer/known', 'signer/not-registered');
  const withheld = verify(ledger, { withoutPayloads: [8] });
  assertFound(withheld, 'fail', 'signature/image', 'payload/absent');
  assert(findings(withheld).includes('fail signer/known signer/not-registered @9'));
});

test('an index of another repository hands nothing down (contract/signature-missing)', () => {
  const ledger = openedLedger();
  publish(ledger, { ...BUILD, stages: [] });
  sign(ledger, INDEX_MANIFEST, { repository: 'shop/web' });
  const result = verify(ledger);
  assertFound(result, 'fail', 'contract/signature', 'contract/signature-missing');
  assert.equal(result.elsewhere.length, 1);
});

test('an attestation that names index and image counts once, as one of the image', () => {
  const ledger = indexLedger();
  const seq = attest(ledger, {
    stage: 'sbom',
    type: 'cyclonedx',
    alter: (statement) => ({
      ...statement,
      subject: [...statement.subject, { digest: { sha256: INDEX.slice(7) } }],
    }),
    entry: { body: { form: 'envelope', subjects: [IMAGE, INDEX] }, predicateType: predicateTypeUri('cyclonedx') },
  });
  const steps = verify(ledger).timeline.filter((item) => item.seq === seq);
  assert.equal(steps.length, 1);
  assert.equal(steps[0]?.via, undefined);
});

test('the signature of an index that fails takes the verdict with it (contract/signature-failed)', () => {
  const ledger = openedLedger();
  publish(ledger, { ...BUILD, stages: [] });
  sign(ledger, INDEX_MANIFEST, { by: 'stranger' });
  const result = verify(ledger);
  assertFound(result, 'fail', 'principal/allowed', 'principal/no-grant');
  assertFound(result, 'fail', 'contract/signature', 'contract/signature-failed');
});

test('a record of an index alone takes nothing from what the same statement says of an image (contract/rule-violated)', () => {
  const clean = { result: [] };
  const grave = { result: [{ id: 'CVE-2026-1', severity: [{ method: 'x', score: 'critical' }] }] };
  const rules = [{ rule: 'nothing-critical', expression: 'facts.vulnerabilities.critical == 0' }];
  const ledger = openedLedger();
  publish(ledger, { ...BUILD, stages: [{ stage: 'scan', count: 'latest' }], rules });
  sign(ledger);
  sign(ledger, INDEX_MANIFEST);
  // A statement about both, that whoever runs the log filed under the index before it came from the scanner.
  const scan = (scanner: Json, subjects: readonly string[]) =>
    attest(ledger, {
      stage: 'scan',
      type: 'vulns',
      entry: { body: { form: 'envelope', subjects } },
      alter: (statement) => ({
        ...statement,
        subject: [...statement.subject, { digest: { sha256: INDEX.slice(7) } }],
        predicate: { scanner },
      }),
    });
  scan(grave, [INDEX]);
  scan(grave, [IMAGE, INDEX]);
  scan(clean, [IMAGE, INDEX]);
  assertFound(verify(ledger), 'fail', 'contract/rule', 'contract/rule-violated');
});
