import assert from 'node:assert/strict';
import { it } from 'node:test';
import { foldSteps } from '../../src/web/view/fold-steps.ts';
import type { TimelineStep } from '../../src/web/view/timeline-strip.ts';

const DAY_MS = 86_400_000;

/** So many attestations, one each hour; `special` are no ordinary ones. */
function steps(count: number, special: readonly number[] = []): readonly TimelineStep[] {
  return Array.from({ length: count }, (_, seq) => {
    const time = new Date(Date.UTC(2026, 0, 1) + (seq * DAY_MS) / 24).toISOString();
    const ordinary = special.includes(seq) ? { broken: true } : { broken: false, folds: `stage-${seq % 9}` };
    return {
      seq,
      day: time.slice(0, 10),
      clock: time.slice(11, 19),
      title: 'a step',
      details: [],
      mark: seq % 2 === 0 ? 'own' : 'service',
      assurance: seq % 2 === 0 ? 'own' : 'service',
      ...ordinary,
    };
  });
}

it('a short story is told step by step', () => {
  const short = steps(48);
  assert.equal(foldSteps(short), short);
});

it('a long story fits, and what is out of the ordinary stands by itself, in its place', () => {
  const long = foldSteps(steps(1_000, [0, 333, 999]));
  assert(long.length <= 48, `${long.length} steps`);
  assert.deepEqual(
    long.filter(({ broken }) => broken).map(({ seq }) => seq),
    [0, 333, 999],
  );
  const seqs = long.map(({ seq }) => seq);
  assert.deepEqual(
    seqs,
    seqs.toSorted((a, b) => a - b),
  );
});

it('a fold says how many, of which stages, which entries and until when, and who vouched where that was one', () => {
  const fold = foldSteps(steps(100)).find(({ mark }) => mark === 'several');
  assert.equal(fold?.title, '24 attestations');
  assert.match(fold.details[0] ?? '', /^stage-0 ×3, .* and 3 other stages$/);
  assert.deepEqual(fold.details.slice(1), ['entries #0 to #23', 'until 2026-01-01 23:00:00 UTC']);
  assert.equal(fold.assurance, undefined);
  const own = foldSteps(steps(100).map((step) => ({ ...step, assurance: 'own' }))).find(
    ({ mark }) => mark === 'several',
  );
  assert.equal(own?.assurance, 'own');
});

it('nothing is lost: folds and steps together count every step', () => {
  const counted = foldSteps(steps(500, [7, 8, 250])).map(({ title }) => Number.parseInt(title, 10) || 1);
  assert.equal(
    counted.reduce((sum, count) => sum + count, 0),
    500,
  );
});
