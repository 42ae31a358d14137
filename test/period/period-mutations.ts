import type { Entry } from '../../src/core/entry/entry.ts';
import type { PeriodDocument } from './period-under-test.ts';

export const IN_AGES = '2999-01-01T00:00:00.000Z';

/** What a server or a thief could do to a proof, its hash made anew each time, and the code that it meets. */
export const PERIOD_MUTATIONS: readonly (readonly [string, (document: PeriodDocument) => void, string])[] = [
  ['the first entry dropped', ({ entries }) => void entries.shift(), 'period/not-contiguous'],
  ['the last entry dropped', ({ entries }) => void entries.pop(), 'period/not-contiguous'],
  ['an entry in the middle dropped', ({ entries }) => void entries.splice(1, 1), 'period/not-contiguous'],
  [
    'two entries swapped',
    ({ entries }) => void entries.splice(0, 2, ...entries.slice(0, 2).reverse()),
    'period/not-contiguous',
  ],
  ['an entry shown twice', ({ entries }) => void entries.push(...entries.slice(-1)), 'period/not-contiguous'],
  ['the first entry shown as the neighbour', (proof) => moveBefore(proof), 'period/neighbour-inside'],
  ['the last entry shown as the neighbour', (proof) => moveAfter(proof), 'period/neighbour-inside'],
  ['no entry before the period', (proof) => delete proof.before, 'period/neighbour-missing'],
  ['no entry after the period', (proof) => delete proof.after, 'period/neighbour-missing'],
  ['an edited entry', ({ entries }) => edit(entries, 1, { time: IN_AGES }), 'entry/link-broken'],
  [
    'an edited last neighbour',
    (proof) => (proof.after = { ...proof.after, time: IN_AGES } as Entry),
    'period/not-included',
  ],
  ['an entry of another log', ({ entries }) => edit(entries, 0, { log: 'waybill-000000' }), 'period/wrong-log'],
  [
    'a period that begins earlier',
    (proof) => (proof.period.from = Number(proof.period.from) - 1),
    'period/neighbour-inside',
  ],
  ['a period that ends later', (proof) => (proof.period.to = Number(proof.period.to) + 1), 'period/neighbour-inside'],
  [
    'a period that begins later',
    (proof) => (proof.period.from = Number(proof.period.from) + 1),
    'period/entry-outside',
  ],
  ['a period that ends earlier', (proof) => (proof.period.to = Number(proof.period.to) - 1), 'period/entry-outside'],
  ['a period that ends before it begins', (proof) => (proof.period.to = 0), 'period/malformed'],
  ['a period by a seq and a time', (proof) => (proof.period.to = IN_AGES), 'period/malformed'],
  ['a hash on the left', ({ left }) => (left[0] = flipped(left[0])), 'period/not-included'],
  ['no hash on the left', ({ left }) => void left.pop(), 'period/not-included'],
  ['a hash on the right', ({ right }) => (right[0] = flipped(right[0])), 'period/not-included'],
  ['one more on the right', ({ right }) => void right.push(right[0] ?? ''), 'period/not-included'],
  [
    'a hash between the checkpoints',
    ({ consistency = [] }) => (consistency[0] = flipped(consistency[0])),
    'period/not-consistent',
  ],
  ['no path between the checkpoints', (proof) => delete proof.consistency, 'period/malformed'],
  ['another checkpoint', (proof) => (proof.checkpoint = proof.earlier ?? ''), 'period/not-consistent'],
  ['the later checkpoint as the earlier', (proof) => laterAsEarlier(proof), 'period/earlier-misplaced'],
  [
    'a digit of the size',
    (proof) => (proof.checkpoint = proof.checkpoint.replace(/\n(\d)/, '\n1$1')),
    'note/bad-signature',
  ],
  [
    'a digit of the earlier size',
    (proof) => (proof.earlier = proof.earlier?.replace(/\n(\d)/, '\n1$1') ?? ''),
    'note/bad-signature',
  ],
  ['another log key', (proof) => (proof.logKey = `${proof.logKey.slice(0, -2)}x=`), 'period/wrong-log'],
  ['one more member', (proof) => Object.assign(proof, { complete: true }), 'period/malformed'],
  ['another type', (proof) => (proof.type = 'waybill/period/v2'), 'period/malformed'],
];

function moveBefore(proof: PeriodDocument): void {
  const first = proof.entries.shift();
  if (first !== undefined) proof.before = first;
}

function moveAfter(proof: PeriodDocument): void {
  const last = proof.entries.pop();
  if (last !== undefined) proof.after = last;
}

function laterAsEarlier(proof: PeriodDocument): void {
  proof.earlier = proof.checkpoint;
  proof.consistency = [];
}

function edit(entries: Entry[], place: number, change: object): void {
  entries[place] = { ...entries[place], ...change } as Entry;
}

function flipped(hash: string | undefined): string {
  return hash === undefined ? '' : `${hash.startsWith('A') ? 'B' : 'A'}${hash.slice(1)}`;
}
