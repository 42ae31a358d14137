import { z } from 'zod';
import { RUN_OUTCOMES } from '../core/entry/kinds/run-closed.ts';
import {
  commit,
  contractName,
  page,
  pageQuery,
  principalName,
  recorded,
  repository,
  runId,
  runState,
  seq,
  stage,
  time,
} from './fields.ts';
import { JSON_BODY_BYTES_MAX } from './limits.ts';
import { ANY_ROLE, defineRoute } from './route.ts';

const runFields = {
  run: runId,
  repository,
  commit,
  attempt: z.int().min(0).meta({ description: 'Which run of this commit it is, from 1.' }),
  state: runState,
  openedAt: time,
  expiresAt: time.meta({ description: 'From then on it has expired, unless it was closed before.' }),
  endedAt: time.exactOptional(),
  principal: principalName.meta({ description: 'Who opened it.' }),
  openedSeq: seq.meta({ description: 'The entry that opened it.' }),
  contracts: z
    .array(z.strictObject({ contract: contractName, version: z.int().min(1) }))
    .meta({ description: 'Contracts that applied to the repository when it was opened.' }),
  stages: z.array(stage).meta({ description: 'Stages that these ask for.' }),
};
const run = z.strictObject(runFields).meta({ id: 'Run' });
const recordedRun = z.strictObject({ ...runFields, ...recorded }).meta({ id: 'RecordedRun' });
const runParams = z.strictObject({ run: runId });

export const openRun = defineRoute({
  operation: 'openRun',
  method: 'post',
  path: '/v1/runs',
  tag: 'Runs',
  summary: 'Open a run of a commit: from now on the ledger tells how it ends',
  description:
    'Pins the contracts that apply to the repository now, and the stages that they ask for. A run that is not closed in its time expires by itself. Every request opens another run, which is another attempt at the commit, unless it repeats the `Idempotency-Key` of an earlier one: then it answers 200 with the run that the first one opened.',
  access: ['pipeline', 'admin'],
  idempotencyKey: true,
  params: z.strictObject({}),
  query: z.strictObject({}),
  body: {
    form: 'json',
    schema: z
      .strictObject({
        repository,
        commit,
        lifetimeSeconds: z.int().min(1).exactOptional().meta({
          description: 'How long it may be open. Six hours where absent, or the longest time that the service allows.',
        }),
      })
      .meta({ id: 'RunRequest' }),
    bytesMax: JSON_BODY_BYTES_MAX,
  },
  answers: {
    201: { description: 'Opened.', schema: recordedRun, location: true },
    200: { description: 'Was opened before, under the same key.', schema: recordedRun },
  },
  faults: [
    'run/lifetime-out-of-range',
    'run/full',
    'run/pins-too-much',
    'http/idempotency-key-reused',
    'auth/repository-out-of-scope',
  ],
});

export const listRuns = defineRoute({
  operation: 'listRuns',
  method: 'get',
  path: '/v1/runs',
  tag: 'Runs',
  summary: 'List runs that the caller may read, newest first',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject({
    repository: repository.exactOptional(),
    commit: commit.exactOptional(),
    state: runState.exactOptional(),
    ...pageQuery,
  }),
  answers: { 200: { description: 'A page of runs.', schema: page(run) } },
  faults: ['auth/repository-out-of-scope'],
});

export const readRun = defineRoute({
  operation: 'readRun',
  method: 'get',
  path: '/v1/runs/{run}',
  tag: 'Runs',
  summary: 'One run',
  access: ANY_ROLE,
  params: runParams,
  query: z.strictObject({}),
  answers: { 200: { description: 'The run.', schema: run } },
  faults: ['run/unknown'],
});

export const closeRun = defineRoute({
  operation: 'closeRun',
  method: 'post',
  path: '/v1/runs/{run}/close',
  tag: 'Runs',
  summary: 'Close a run: nothing is filed under it any more',
  description: 'Doing it again with the same outcome answers with the first receipt.',
  access: ['pipeline', 'admin'],
  params: runParams,
  query: z.strictObject({}),
  body: {
    form: 'json',
    schema: z
      .strictObject({ outcome: z.enum(RUN_OUTCOMES).meta({ description: 'How it ended.', example: 'succeeded' }) })
      .meta({ id: 'RunClosing' }),
    bytesMax: JSON_BODY_BYTES_MAX,
  },
  answers: { 200: { description: 'Closed.', schema: recordedRun } },
  faults: ['run/unknown', 'run/ended', 'auth/repository-out-of-scope'],
});
