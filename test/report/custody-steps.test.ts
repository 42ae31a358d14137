import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { verifyCustody } from '../../src/core/custody/verify-custody.ts';
import { custodySteps } from '../../src/web/view/custody-steps.ts';
import { imageScenario, QUESTION, type ScenarioOptions } from './image-scenario.ts';

const TEAM = { contract: 'team', repositories: ['shop/*'], stages: [{ stage: 'never-attested' }] };

function stepsOf(options: ScenarioOptions): readonly { readonly title: string; readonly mark: string }[] {
  const evidence = parseEvidence(imageScenario(options).evidenceBytes(QUESTION));
  assert(evidence.ok);
  const evaluatedAt = '2026-11-23T12:00:00.000Z';
  const result = verifyCustody({ evidence: evidence.value, question: QUESTION, evaluatedAt });
  return custodySteps(result, evidence.value).map(({ title, titleEnd, mark }) => ({
    title: titleEnd === undefined ? title : `${title} ${titleEnd}`,
    mark,
  }));
}

it('a withdrawal reads otherwise than the publication of the version that it withdraws, and has another mark', () => {
  assert.deepEqual(stepsOf({ withdrawn: TEAM }).slice(0, 5), [
    { title: 'Contract shop-release, version 1 published', mark: 'other' },
    { title: 'Contract team, version 1 published', mark: 'other' },
    { title: 'Contract team, version 2 published', mark: 'other' },
    { title: 'Contract team withdrawn (version 2)', mark: 'withdrawn' },
    { title: 'Index signed', mark: 'image' },
  ]);
});

it('stages are called by their names and marked by whose key signed them', () => {
  const steps = stepsOf({ contract: 'none' });
  assert.deepEqual(steps[2], { title: 'build', mark: 'own' });
  assert.deepEqual(steps[4], { title: 'lint', mark: 'service' });
});
