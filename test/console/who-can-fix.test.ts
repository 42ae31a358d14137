import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Check } from '../../src/core/custody/check.ts';
import type { Retirement } from '../../src/core/custody/check-releases.ts';
import { obstaclesOf } from '../../src/web/console/pages/image/who-can-fix.ts';

const CHECKS: readonly Check[] = [
  { code: 'origin', outcome: 'fail', reason: 'origin/not-confirmed' },
  { code: 'contract/stage', outcome: 'fail', reason: 'contract/stage-missing', contract: 'shop', stage: 'scan' },
  { code: 'image/retired', outcome: 'fail', reason: 'image/retired' },
] as const satisfies readonly Check[];

/** The codes in their order, each with whether a remedy is told and whether it can be waived. */
function shown(...environments: readonly (string | undefined)[]) {
  const retirements = environments.map((environment) => ({ ...(environment === undefined ? {} : { environment }) }));
  return obstaclesOf({ checks: CHECKS, retirements: retirements as unknown as readonly Retirement[] }).map(
    ({ check, remedy, waivable }) => [check.code, remedy !== undefined, waivable],
  );
}

test('what contracts ask of an image has a remedy until it was retired everywhere, and the log’s key has one then too', () => {
  const mendable = [
    ['image/retired', true, false],
    ['contract/stage', true, true],
    ['origin', true, false],
  ];
  assert.deepEqual(shown(), mendable);
  assert.deepEqual(shown('production'), mendable, 'in one environment alone');
  assert.deepEqual(shown('production', undefined).toSorted(), [
    ['contract/stage', false, false],
    ['image/retired', true, false],
    ['origin', true, false],
  ]);
});
