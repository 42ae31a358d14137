import type { BadRequest } from '../http/bad-addresses.ts';
import { post } from './bad-requests.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const COMMIT = '5b'.repeat(20);
const run = (over: object) => ({ repository: 'shop/api', commit: COMMIT, ...over });

/** Runs that nobody may open or close like that. */
export const BAD_RUNS: readonly BadRequest[] = [
  ...post('/v1/runs', JSON_TYPE, [
    ['a commit of 41 digits', run({ commit: `${COMMIT}a` }), 'http/invalid-body'],
    ['a commit in upper case', run({ commit: COMMIT.toUpperCase() }), 'http/invalid-body'],
    ['a commit as subjects name it', run({ commit: `gitCommit:${COMMIT}` }), 'http/invalid-body'],
    ['commits in a list', run({ commit: [COMMIT] }), 'http/invalid-body'],
    ['a commit with a line feed', run({ commit: `${COMMIT}\n` }), 'http/invalid-body'],
    ['a run of a repository that climbs', run({ repository: '../api' }), 'http/invalid-body'],
    ['a run of every repository', run({ repository: '*' }), 'http/invalid-body'],
    ['a run that lasts no time', run({ lifetimeSeconds: 0 }), 'http/invalid-body'],
    ['a run that ended before it began', run({ lifetimeSeconds: -1 }), 'http/invalid-body'],
    ['a run for ever', run({ lifetimeSeconds: Number.MAX_SAFE_INTEGER }), 'run/lifetime-out-of-range', 422],
    ['a run beyond exact numbers', run({ lifetimeSeconds: 2 ** 60 }), 'http/invalid-body'],
    ['a run with a wish for its id', run({ run: 'r-mine' }), 'http/invalid-body'],
    ['a run that chooses its contracts', run({ contracts: [] }), 'http/invalid-body'],
    ['a run of a prototype', `{"__proto__":{},"repository":"a","commit":"${COMMIT}"}`, 'http/invalid-body'],
    ['no run at all', '', 'http/body-missing'],
  ]),
  ...post('/v1/runs', { ...JSON_TYPE, 'Idempotency-Key': 'a b' }, [
    ['a key with a space', run({}), 'http/malformed-header'],
  ]),
  ...post('/v1/runs', { ...JSON_TYPE, 'Idempotency-Key': '' }, [['an empty key', run({}), 'http/malformed-header']]),
  ...post('/v1/runs', { ...JSON_TYPE, 'Idempotency-Key': 'k'.repeat(129) }, [
    ['a key of 129 characters', run({}), 'http/malformed-header'],
  ]),
  ...post('/v1/runs/r-none/close', JSON_TYPE, [
    ['the end of a run that never was', { outcome: 'succeeded' }, 'run/unknown', 404],
    ['a run closed as expired', { outcome: 'expired' }, 'http/invalid-body'],
    ['a run closed as nothing', {}, 'http/invalid-body'],
    ['a run closed twice at once', { outcome: ['failed', 'succeeded'] }, 'http/invalid-body'],
  ]),
  ...post('/v1/runs/r%2fnone/close', JSON_TYPE, [
    ['the end of a path', { outcome: 'failed' }, 'http/malformed-parameter'],
  ]),
];
