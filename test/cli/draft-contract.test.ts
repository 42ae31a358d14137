import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { draftContract, type SeenImage, type SeenStep } from '../../src/cli/draft-contract.ts';
import { readContract } from '../../src/core/contract/contract.ts';
import type { Json } from '../../src/core/encoding/json.ts';

const CYCLONEDX = 'https://cyclonedx.org/bom';
const JUNIT = 'https://waybill.dev/attestation/junit/v1';

function image(digest: string, ...stages: readonly (readonly [string, string | undefined, string])[]): SeenImage {
  const entry = { seq: 1, time: 't', principal: 'p', repository: 'shop/api', signer: '9b'.repeat(32) };
  const signed = { on: 'image' as const, entry: { ...entry, kind: 'image.signed', assurance: 'service' } };
  const attested = stages.map(([stage, predicateType, assurance]) => ({
    on: 'image' as const,
    entry: {
      ...entry,
      kind: 'attestation.recorded',
      stage,
      assurance,
      ...(predicateType === undefined ? {} : { predicateType }),
    },
  }));
  return { digest, steps: [signed, ...attested] };
}

test('drafts a contract that requires every stage seen, with its predicate types', () => {
  const draft = draftContract('shop/api', [
    image('a', ['sbom', CYCLONEDX, 'service'], ['test', JUNIT, 'pipeline']),
    image('b', ['test', JUNIT, 'pipeline'], ['1e3', undefined, 'service']),
  ]);
  const contract = readContract(parse(draft) as Json);
  assert.ok(contract.ok, draft);
  assert.deepEqual(contract.value, {
    contract: 'shop-api',
    repositories: ['shop/api'],
    stages: [
      { stage: 'sbom', predicateTypes: [CYCLONEDX] },
      { stage: 'test', predicateTypes: [JUNIT], assurance: 'pipeline' },
      { stage: '1e3' },
    ],
  });
});

test('a stage that commits have and images have not is one of the source; a run for each image can be asked for', () => {
  const step = (stage: string, on: 'image' | 'source', predicateType = JUNIT): SeenStep => ({
    on,
    entry: { kind: 'attestation.recorded', stage, predicateType, assurance: 'service', signer: '9b'.repeat(32) },
  });
  const signed: SeenStep = { on: 'image', entry: { kind: 'image.signed', run: 'r-1' } };
  const steps = [signed, step('review', 'source'), step('test', 'image'), step('test', 'source', CYCLONEDX)];
  const draft = draftContract('shop/api', [{ digest: 'a', steps }]);
  const taken = readContract(parse(draft.replace('# runs:', 'runs:')) as Json);
  assert.ok(taken.ok, draft);
  assert.deepEqual(taken.value.stages, [
    { stage: 'review', predicateTypes: [JUNIT], on: 'source' },
    { stage: 'test', predicateTypes: [JUNIT] },
  ]);
  assert.deepEqual(taken.value.runs, { required: true });
  const one = draftContract('shop/api', [
    { digest: 'a', steps },
    { digest: 'b', steps: [step('test', 'image')] },
  ]);
  assert.doesNotMatch(one, /runs:/);
});

test('drafts a contract to fill in where nothing was attested yet', () => {
  const contract = readContract(parse(draftContract('ghcr.io:443/shop/api', [])) as Json);
  assert.ok(contract.ok);
  assert.equal(contract.value.contract, 'ghcr.io-443-shop-api');
});

test('every suggestion in a draft can be taken', () => {
  const draft = draftContract('shop/api', [image('a', ['sbom', CYCLONEDX, 'service'], ['test', JUNIT, 'pipeline'])]);
  const taken = draft.replaceAll(/^( {4})# (assurance|signers)/gm, '$1$2');
  const contract = readContract(parse(taken) as Json);
  assert.ok(contract.ok, taken);
  assert.deepEqual(
    contract.value.stages.map(({ assurance }) => assurance),
    ['pipeline', 'pipeline'],
  );
  assert.equal(contract.value.stages[1]?.signers?.length, 1);
});

test('the example is a contract', () => {
  const text = readFileSync(join(import.meta.dirname, '../../examples/contract.yaml'), 'utf8');
  assert.ok(readContract(parse(text) as Json).ok);
});
