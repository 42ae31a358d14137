import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runKey } from '../../src/core/entry/keys.ts';
import type { RunClosed, RunOutcome } from '../../src/core/entry/kinds/run-closed.ts';
import type { RunOpened } from '../../src/core/entry/kinds/run-opened.ts';
import { RunSweeper } from '../../src/service/expire-runs.ts';
import { openService } from '../../src/service/open-service.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';
import { attestation, COMMIT, codeOf, listOf, PLACE, pause } from './run-under-test.ts';

test('of closings and expiries that race on three replicas exactly one ends each run', async () => {
  await using under = await openServiceUnderTest();
  const contexts = [under.context, (await under.openAnother()).context, (await under.openAnother()).context];
  const services = contexts.map(openService);
  const sweepers = contexts.map((context) => new RunSweeper(context));
  const [first] = services;
  assert(first !== undefined);
  const opened = await Promise.all(
    Array.from({ length: 12 }, (_, number) =>
      first.openRun(under.admin, { ...PLACE, commit: String(number).padStart(40, '0'), lifetimeSeconds: 1 }),
    ),
  );
  const runs = opened.map((each) => (each.ok ? each.value.run : assert.fail(JSON.stringify(each))));
  await pause(850);
  const outcomes: readonly RunOutcome[] = ['succeeded', 'failed', 'cancelled'];
  const closing = runs.flatMap((run, number) =>
    services.map(async (service, replica) => {
      await pause(25 * number);
      return service.closeRun(under.admin, run, outcomes[replica] ?? 'failed');
    }),
  );
  const sweeping = sweepers.map(async (sweeper) => {
    let expired = 0;
    for (let sweep = 0; sweep < 12; sweep += 1) {
      expired += await sweeper.sweep();
      await pause(60);
    }
    return expired;
  });
  const closed = (await Promise.all(closing)).filter((each) => each.ok);
  const expired = (await Promise.all(sweeping)).reduce((sum, each) => sum + each, 0);
  assert.equal(closed.length + expired, runs.length);
  for (const run of runs) {
    const list = await listOf(under, runKey(run));
    assert.equal(list.length, 2, 'opened, and ended once');
    const [begin, end] = list;
    assert(begin !== undefined && end !== undefined);
    const { expires } = begin.body as RunOpened;
    if (end.kind === 'run.closed') assert(end.time < expires && outcomes.includes((end.body as RunClosed).outcome));
    else assert(end.kind === 'run.expired' && end.time >= expires && end.principal === 'service');
  }
});

test('a run whose time has passed takes nothing more, whether or not anybody has swept (run/ended), and expires once', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  const opened = await service.openRun(under.admin, { ...PLACE, lifetimeSeconds: 1 });
  assert(opened.ok);
  const { run } = opened.value;
  const early = attestation({ run });
  assert((await service.submitAttestation(under.admin, early)).ok);
  await pause(1_050);
  assert.equal(codeOf(await service.submitAttestation(under.admin, attestation({ run }))), 'run/ended');
  assert.equal(codeOf(await service.closeRun(under.admin, run, 'succeeded')), 'run/ended');
  const found = await service.submitAttestation(under.admin, early);
  assert(found.ok && found.value.duplicate);
  const sweeper = new RunSweeper(under.context);
  await Promise.all([sweeper.sweep(), new RunSweeper(under.context).sweep()]);
  assert.equal(await sweeper.sweep(), 0);
  const read = await service.readRun(under.admin, run);
  assert(read.ok && read.value.state === 'expired');
  assert.equal(codeOf(await service.closeRun(under.admin, run, 'succeeded')), 'run/ended');
  const list = await listOf(under, runKey(run));
  assert.deepEqual(
    list.map(({ kind }) => kind),
    ['run.opened', 'attestation.recorded', 'run.expired'],
  );
});

test('a run is not expired before its time, whatever a replica takes the time for', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  const opened = await service.openRun(under.admin, { ...PLACE, lifetimeSeconds: 3_600 });
  assert(opened.ok);
  const { run } = opened.value;
  const { projections } = under.context;
  const hasty = new RunSweeper({
    ...under.context,
    projections: {
      ...projections,
      overdueRuns: async () => ({ open: [run], looked: 1, last: { expiresAt: new Date(), run }, now: new Date() }),
    },
  });
  assert.equal(await hasty.sweep(), 0);
  const read = await service.readRun(under.admin, run);
  assert(read.ok && read.value.state === 'open');
});

test('many attestations of one run at once, on two replicas, are all recorded', async () => {
  await using under = await openServiceUnderTest();
  const services = [openService(under.context), openService((await under.openAnother()).context)];
  const [first] = services;
  const opened = await first?.openRun(under.admin, PLACE);
  assert(opened?.ok === true);
  const { run } = opened.value;
  const answers = await Promise.all(
    Array.from({ length: 120 }, (_, number) =>
      services[number % 2]?.submitAttestation(under.admin, attestation({ run })),
    ),
  );
  assert(answers.every((answer) => answer?.ok === true));
  const list = await listOf(under, runKey(run));
  assert.equal(list.length, 121);
  const commits = Array.from({ length: 60 }, () => attestation({ run, subject: `gitCommit:${COMMIT}` }));
  const closing = first?.closeRun(under.admin, run, 'failed');
  const late = await Promise.all(
    commits.map((each, number) => services[number % 2]?.submitAttestation(under.admin, each)),
  );
  assert((await closing)?.ok === true);
  for (const answer of late) assert(answer?.ok === true || answer?.fault.code === 'run/ended');
  const ended = await listOf(under, runKey(run));
  assert.equal(ended.at(-1)?.kind, 'run.closed', 'nothing stands after the end');
  assert.equal(ended.length, 122 + late.filter((answer) => answer?.ok === true).length);
});

test('a run takes 900 entries, and a commit 450 attempts, so that every one of them can still end (run/full, attestation/subject-full)', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  const opened = await Promise.all(Array.from({ length: 455 }, () => service.openRun(under.admin, PLACE)));
  const runs = opened.flatMap((each) => (each.ok ? [each.value.run] : []));
  assert.equal(runs.length, 450);
  for (const each of opened) if (!each.ok) assert.equal(each.fault.code, 'attestation/subject-full');
  const onCommit = await service.submitAttestation(under.admin, attestation({ subject: `gitCommit:${COMMIT}` }));
  assert.equal(codeOf(onCommit), 'attestation/subject-full');
  const closed = await Promise.all(runs.slice(1).map((run) => service.closeRun(under.admin, run, 'failed')));
  assert(closed.every((each) => each.ok));
  const [run = ''] = runs;
  const image = (number: number) => `sha256:${String(number).padStart(64, '0')}`;
  const filed = await Promise.all(
    Array.from({ length: 905 }, (_, number) =>
      service.submitAttestation(under.admin, attestation({ run, subject: image(number) })),
    ),
  );
  assert.equal(filed.filter((each) => each.ok).length, 899, 'the opening is one of the 900');
  for (const each of filed) if (!each.ok) assert.equal(each.fault.code, 'run/full');
  assert((await service.closeRun(under.admin, run, 'failed')).ok);
});
