import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { formatEvidence } from '../../src/core/custody/evidence.ts';
import { trustLogKey } from '../../src/core/custody/trust-file.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { continuesLog } from '../../src/web/console/verify/continues-log.ts';
import { judgeEvidence } from '../../src/web/console/verify/judge-evidence.ts';
import { planEvidence, readProposal } from '../../src/web/console/verify/plan-contract.ts';
import {
  digestOf,
  indexManifest,
  MANIFEST,
  openedLedger,
  publish,
  REPOSITORY,
  sign,
} from '../custody/custody-under-test.ts';
import { imageScenario, QUESTION } from '../report/image-scenario.ts';

const NOW = '2026-11-23T00:00:00.000Z';
const SCENARIO = imageScenario();
const EVIDENCE = encodeUtf8(formatEvidence(SCENARIO.evidence(QUESTION)));

function keyOf(vkey: string) {
  const trust = trustLogKey(vkey);
  assert(trust.ok);
  return trust.value;
}

test('what a page shows of an image is what core found in the evidence, and nothing beside', () => {
  const judged = judgeEvidence(EVIDENCE, QUESTION, keyOf(SCENARIO.vkey), NOW);
  assert(judged.ok);
  const { result, pinned, banner, steps, contracts, signers, platforms, evidenceSha256 } = judged.value;
  assert.deepEqual([result.verdict, pinned, banner.tone], ['pass', true, 'pass']);
  assert.equal(steps.length, result.timeline.length);
  assert.deepEqual(
    contracts.map(({ contract }) => contract.contract),
    ['shop-release'],
  );
  assert.deepEqual(platforms, []);
  assert.equal(evidenceSha256, createHash('sha256').update(EVIDENCE).digest('hex'));
  const signed = signers.flatMap((signer) => signer.signed);
  for (const stage of ['image', 'build', 'sbom', 'lint']) assert(signed.includes(stage), stage);
  assert(signers.every(({ signer }) => /^[0-9a-f]{64}$/.test(signer)));
});

test('without a key nothing is pinned; evidence of another question does not hold (custody/wrong-question)', () => {
  const loose = judgeEvidence(EVIDENCE, QUESTION, undefined, NOW);
  assert(loose.ok && !loose.value.pinned && loose.value.banner.tone === 'warn');
  const other = { ...QUESTION, repository: 'shop/other' };
  const judged = judgeEvidence(EVIDENCE, other, keyOf(SCENARIO.vkey), NOW);
  assert(judged.ok && !judged.value.result.intact);
  assert(judged.value.result.checks.some(({ reason }) => reason === 'custody/wrong-question'));
  const broken = judgeEvidence(EVIDENCE.subarray(1), QUESTION, undefined, NOW);
  assert(!broken.ok);
});

test('the platforms of an index are those of its own manifest, and what it does not state is said not to be', () => {
  const index = JSON.parse(new TextDecoder().decode(indexManifest([MANIFEST])));
  const platform = { os: 'linux', architecture: 'arm64', variant: 'v8' };
  const other = { ...index.manifests[0], digest: `sha256:${'ab'.repeat(32)}` };
  const bytes = encodeUtf8(JSON.stringify({ ...index, manifests: [{ ...index.manifests[0], platform }, other] }));
  const ledger = openedLedger();
  sign(ledger, bytes);
  const question = { subject: digestOf(bytes), repository: REPOSITORY };
  const judged = judgeEvidence(encodeUtf8(formatEvidence(ledger.evidence(question))), question, undefined, NOW);
  assert(judged.ok);
  assert.deepEqual(judged.value.platforms, [
    { digest: digestOf(MANIFEST), platform: 'linux/arm64/v8' },
    { digest: `sha256:${'ab'.repeat(32)}`, platform: 'not stated' },
  ]);
});

test('a proposal is compared with what is in force, and an image is judged as if it was published', () => {
  const before = { contract: 'shop', repositories: ['shop/*'], stages: [{ stage: 'lint' }] };
  const stricter = { ...before, stages: [{ stage: 'lint' }, { stage: 'sbom' }] };
  const read = readProposal(stricter, { version: 3, withdrawn: false, document: before });
  assert(read.ok);
  assert.deepEqual(
    read.value.changes.map(({ direction, member, stage }) => [direction, member, stage]),
    [['tightened', 'stage', 'sbom']],
  );
  // One that was withdrawn asks for nothing, and its place in the list is taken all the same.
  const again = readProposal(stricter, { version: 3, withdrawn: true, document: before });
  assert(again.ok);
  assert.deepEqual([again.value.covered, again.value.changes, again.value.change.body.version], [[], [], 4]);
  assert(!readProposal({ contract: 'Shop' }, undefined).ok);
  const ledger = openedLedger();
  publish(ledger, { contract: 'shop', repositories: ['shop/*'], stages: [] });
  sign(ledger, MANIFEST);
  const evidence = encodeUtf8(formatEvidence(ledger.evidence(QUESTION)));
  const planned = planEvidence({ evidence, question: QUESTION, proposal: stricter, now: NOW }, keyOf(ledger.vkey));
  assert(planned.ok);
  assert.deepEqual([planned.value.before, planned.value.after], ['pass', 'fail']);
  assert.deepEqual(
    planned.value.broken.map(({ stage }) => stage),
    ['lint', 'sbom'],
  );
});

test('a log continues what was seen of it by a proof, and by nothing else (merkle/inconsistent, merkle/forked)', () => {
  const state = (size: number) => ({ size, root: Buffer.from(SCENARIO.root(size)).toString('hex') });
  assert(continuesLog(state(28), state(28), []).ok);
  const forked = continuesLog(state(28), { size: 28, root: '00'.repeat(32) }, []);
  assert(!forked.ok && forked.fault.code === 'merkle/forked');
  const made = continuesLog(state(20), state(28), ['AA==']);
  assert(!made.ok && made.fault.code === 'merkle/hash-length');
  const zeros = Array.from({ length: 4 }, () => Buffer.alloc(32).toString('base64'));
  const led = continuesLog(state(20), state(28), zeros);
  assert(!led.ok && /^merkle\/(?:inconsistent|path-length)$/.test(led.fault.code));
});
