import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../src/core/entry/entry.ts';
import { runKey, sourceKey } from '../../src/core/entry/keys.ts';
import type { RunOpened } from '../../src/core/entry/kinds/run-opened.ts';
import { rebuildProjections } from '../../src/postgres/rebuild-projections.ts';
import type { Caller } from '../../src/service/caller.ts';
import { openService } from '../../src/service/open-service.ts';
import { openSuperuser } from '../../src/tamper/superuser.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';
import { attestation, COMMIT, codeOf, listOf, MANIFEST, PLACE, principalOf } from './run-under-test.ts';

function pinnedBy(opening: Entry | undefined): RunOpened['contracts'] {
  assert(opening?.kind === 'run.opened');
  return (opening.body as RunOpened).contracts;
}

test('a run is opened, pins the contracts in force, is filed under its id and its commit, and closes', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  const stages = [{ stage: 'test' }, { stage: 'scan' }];
  for (const [contract, repositories] of [
    ['shop', ['shop/*']],
    ['bank', ['bank/*']],
    ['gone', ['*']],
  ] as const) {
    assert((await service.publishContract(under.admin, { contract, repositories, stages })).ok);
  }
  const wider = { contract: 'shop', repositories: ['shop/*'], stages: [...stages, { stage: 'build' }] };
  assert((await service.publishContract(under.admin, wider)).ok);
  assert((await service.withdrawContract(under.admin, 'gone')).ok);
  const opened = await service.openRun(under.admin, { ...PLACE, lifetimeSeconds: 60 });
  assert(opened.ok, JSON.stringify(opened));
  const { run, attempt, state, contracts, duplicate } = opened.value;
  assert.match(run, /^r-[a-z2-7]{26}$/);
  assert.deepEqual(
    { attempt, state, contracts, duplicate },
    { attempt: 1, state: 'open', contracts: [{ contract: 'shop', version: 2 }], duplicate: false },
  );
  assert.deepEqual(opened.value.stages, ['build', 'scan', 'test']);
  assert.equal(Math.round((Date.parse(opened.value.expiresAt) - Date.parse(opened.value.openedAt)) / 1000), 60);
  const signed = await service.signImage(under.admin, { manifest: MANIFEST, repository: 'shop/api', run });
  const tested = await service.submitAttestation(under.admin, attestation({ run }));
  const reviewed = await service.submitAttestation(under.admin, attestation({ run, subject: `gitCommit:${COMMIT}` }));
  assert(signed.ok && tested.ok && reviewed.ok);
  const closed = await service.closeRun(under.admin, run, 'succeeded');
  assert(closed.ok, JSON.stringify(closed));
  assert.equal(closed.value.state, 'succeeded');
  const kinds = (entries: readonly Entry[]) => entries.map(({ kind }) => kind);
  const filed = await listOf(under, runKey(run));
  assert.deepEqual(kinds(filed), [
    'run.opened',
    'image.signed',
    'attestation.recorded',
    'attestation.recorded',
    'run.closed',
  ]);
  assert.deepEqual(kinds(await listOf(under, sourceKey('shop/api', COMMIT))), [
    'run.opened',
    'attestation.recorded',
    'run.closed',
  ]);
  assert.deepEqual(pinnedBy(filed[0]), [{ contract: 'shop', version: 2 }]);
  assert(filed.every((entry) => entry.run === run && entry.repository === 'shop/api'));
  const again = await service.openRun(under.admin, PLACE);
  assert(again.ok && again.value.attempt === 2, 'the second run of a commit is its second attempt');
});

test('the same request under the same key finds the first run, also at once and on another replica; another is refused', async () => {
  await using under = await openServiceUnderTest();
  const [one, two] = [openService(under.context), openService((await under.openAnother()).context)];
  const asked = { ...PLACE, lifetimeSeconds: 60 };
  const answers = await Promise.all(
    [one, two, one, two, one].map((each) => each.openRun(under.admin, asked, 'build-7')),
  );
  const runs = answers.map((answer) => (answer.ok ? answer.value : assert.fail(JSON.stringify(answer))));
  assert.equal(new Set(runs.map(({ run, seq }) => `${run} ${seq}`)).size, 1);
  assert.equal(runs.filter(({ duplicate }) => !duplicate).length, 1);
  const others = [
    { ...asked, commit: '5c'.repeat(20) },
    { ...asked, repository: 'shop/web' },
    { ...asked, lifetimeSeconds: 61 },
    PLACE,
  ];
  for (const other of others)
    assert.equal(codeOf(await two.openRun(under.admin, other, 'build-7')), 'http/idempotency-key-reused');
  const first = await one.openRun(under.admin, PLACE, 'build-8');
  const racing = await Promise.all([
    one.openRun(under.admin, { ...PLACE, commit: '5d'.repeat(20) }, 'build-9'),
    one.openRun(under.admin, { ...PLACE, commit: '5e'.repeat(20) }, 'build-9'),
  ]);
  assert(first.ok && first.value.attempt === 2);
  assert.deepEqual(racing.map(codeOf).sort(), ['http/idempotency-key-reused', undefined].sort());
  const stranger = await principalOf(under, 'ci-shop');
  const own = await two.openRun(stranger, asked, 'build-7');
  assert(own.ok && !own.value.duplicate, 'a key belongs to its principal');
});

test('what names a run must fit it: repository, commit, scope, and an open run (run/unknown, run/other-*, run/ended)', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  const ci = await principalOf(under, 'ci-shop');
  const opened = await service.openRun(ci, PLACE);
  assert(opened.ok, JSON.stringify(opened));
  const { run } = opened.value;
  const refusals: readonly (readonly [string, Promise<{ readonly ok: boolean }>])[] = [
    ['run/unknown', service.submitAttestation(ci, attestation({ run: 'r-none' }))],
    ['run/unknown', service.signImage(ci, { manifest: MANIFEST, repository: 'shop/api', run: 'r-none' })],
    ['run/unknown', service.closeRun(ci, 'r-none', 'failed')],
    ['run/unknown', service.closeRun(ci, 'R/../x', 'failed')],
    ['run/other-repository', service.submitAttestation(ci, attestation({ run, repository: 'shop/web' }))],
    ['run/other-repository', service.signImage(ci, { manifest: MANIFEST, repository: 'shop/web', run })],
    ['run/other-commit', service.submitAttestation(ci, attestation({ run, subject: `gitCommit:${'5c'.repeat(20)}` }))],
    ['attestation/filed-elsewhere', service.submitAttestation(ci, { ...attestation({ run }), run: 'r-other' })],
    ['auth/repository-out-of-scope', service.openRun(ci, { ...PLACE, repository: 'bank/core' })],
    ['run/lifetime-out-of-range', service.openRun(ci, { ...PLACE, lifetimeSeconds: 86_401 })],
    ['run/lifetime-out-of-range', service.openRun(ci, { ...PLACE, lifetimeSeconds: 0 })],
  ];
  for (const [code, refusal] of refusals) assert.equal(codeOf(await refusal), code);
  const outsider = await principalOf(under, 'ci-bank', ['bank/*']);
  assert.equal(codeOf(await service.closeRun(outsider, run, 'failed')), 'auth/repository-out-of-scope');
  assert.equal(codeOf(await service.readRun(outsider, run)), 'run/unknown');
  for (const role of ['auditor', 'operator', 'release-manager'] as const) {
    const reader = await principalOf(under, `a-${role}`, ['shop/*'], role);
    assert.equal(codeOf(await service.openRun(reader, PLACE)), 'auth/role-not-allowed');
    assert.equal(codeOf(await service.closeRun(reader, run, 'failed')), 'auth/role-not-allowed');
    assert((await service.readRun(reader, run)).ok);
  }
  const before = attestation({ run });
  assert((await service.submitAttestation(ci, before)).ok);
  assert((await service.closeRun(ci, run, 'cancelled')).ok);
  assert.equal(codeOf(await service.submitAttestation(ci, attestation({ run }))), 'run/ended');
  assert.equal(codeOf(await service.signImage(ci, { manifest: MANIFEST, repository: 'shop/api', run })), 'run/ended');
  assert.equal(codeOf(await service.closeRun(ci, run, 'succeeded')), 'run/ended');
  const found = await service.submitAttestation(ci, before);
  assert(found.ok && found.value.duplicate, 'a retry of what was recorded before the end finds it');
  const closedAgain = await service.closeRun(ci, run, 'cancelled');
  assert(closedAgain.ok && closedAgain.value.duplicate);
});

test('runs are listed by scope, state and commit, page after page, and after a rebuild as before', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  for (let number = 0; number < 7; number += 1) {
    const repository = number % 2 === 0 ? 'shop/api' : 'bank/core';
    const opened = await service.openRun(under.admin, { repository, commit: COMMIT, lifetimeSeconds: 3_600 });
    assert(opened.ok);
    if (number > 3) assert((await service.closeRun(under.admin, opened.value.run, 'failed')).ok);
  }
  const readAll = async () => {
    const first = await service.listRuns(under.admin, {}, { limit: 4 });
    assert(first.ok && first.value.next !== undefined);
    const second = await service.listRuns(under.admin, {}, { limit: 4, cursor: first.value.next });
    assert(second.ok && second.value.next === undefined);
    return [...first.value.items, ...second.value.items];
  };
  const all = await readAll();
  assert.deepEqual(
    all.map(({ repository, attempt, state }) => `${repository} ${attempt} ${state}`),
    [
      'shop/api 4 failed',
      'bank/core 3 failed',
      'shop/api 3 failed',
      'bank/core 2 open',
      'shop/api 2 open',
      'bank/core 1 open',
      'shop/api 1 open',
    ],
  );
  const ci: Caller = { ...under.admin, role: 'pipeline', repositories: ['shop/*'] };
  const open = await service.listRuns(ci, { state: 'open' }, { limit: 50 });
  assert(open.ok && open.value.items.length === 2);
  const none = await service.listRuns(ci, { commit: '5c'.repeat(20) }, { limit: 50 });
  assert(none.ok && none.value.items.length === 0);
  assert.equal(
    codeOf(await service.listRuns(ci, { repository: 'bank/core' }, { limit: 5 })),
    'auth/repository-out-of-scope',
  );
  assert.equal(codeOf(await service.listRuns(ci, {}, { limit: 5, cursor: 'x' })), 'http/malformed-parameter');
  const owner = openSuperuser(under.database.ownerUrl);
  await rebuildProjections(owner.database);
  await owner.close();
  assert.deepEqual(await readAll(), all);
});
