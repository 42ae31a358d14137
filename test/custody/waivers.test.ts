import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  attest,
  CONTRACT,
  custodyLedger,
  IMAGE,
  imageManifest,
  indexManifest,
  MANIFEST,
  openedLedger,
  publish,
  REPOSITORY,
  sign,
} from './custody-under-test.ts';
import { assertFound, assertPasses, findings, verify } from './verify-under-test.ts';
import {
  after,
  approve,
  assertExemptsNothing,
  DAY_MS,
  grantPerson,
  later,
  NO_REASON,
  OTHER_WAIVER,
  type RequestOptions,
  request,
  revokeWaiver,
  unscannedLedger,
  WAIVER,
  waivedLedger,
} from './waivers-under-test.ts';

test('a waiver that one person asked for and another approved makes the verdict waived, and is named', () => {
  const ledger = waivedLedger();
  const result = verify(ledger);
  assert.equal(result.verdict, 'waived', findings(result).join('\n'));
  assert.equal(result.intact, true);
  const stage = result.checks.find(({ code, stage: name }) => code === 'contract/stage' && name === 'scan');
  assert.deepEqual([stage?.outcome, stage?.reason, stage?.waiver], ['waived', 'contract/stage-missing', WAIVER]);
  const order = result.checks.find(({ code }) => code === 'contract/order');
  assert.deepEqual([order?.outcome, order?.reason, order?.waiver], ['waived', 'custody/blocked', WAIVER]);
  const own = result.checks.filter(({ code }) => code === 'waiver/in-force');
  assert.deepEqual(
    own.map(({ outcome, waiver, stage: name }) => [outcome, waiver, name]),
    [['pass', WAIVER, 'scan']],
  );
  const [waiver] = result.waivers;
  assert.equal(waiver?.reason, 'no fix yet');
  assert.deepEqual([waiver?.requested.person, waiver?.approved?.person], ['anna', 'ben']);
  assert.deepEqual([waiver?.requested.assurance, waiver?.inForce, waiver?.exempts], ['service', true, true]);
  assert.equal(result.validUntil, waiver?.expires);
  assert(result.timeline.some(({ kind, person }) => kind === 'waiver.approved' && person === 'ben'));
});

test('a waiver that was only asked for exempts nothing (waiver/not-approved)', () => {
  const ledger = unscannedLedger();
  request(ledger);
  assertExemptsNothing(verify(ledger), 'waiver/not-approved');
});

test('a waiver on which nothing hangs has no check, and the verdict is that of the contract', () => {
  const ledger = custodyLedger();
  for (const name of ['anna', 'ben']) grantPerson(ledger, name, 'release-manager');
  request(ledger);
  const result = verify(ledger);
  assertPasses(result);
  assert.deepEqual([result.waivers.length, result.waivers[0]?.exempts, result.validUntil], [1, false, undefined]);
});

test('a waiver ends with its time, to the millisecond (waiver/expired)', () => {
  const ledger = waivedLedger();
  const expires = verify(ledger).waivers[0]?.expires ?? '';
  assert.equal(verify(ledger, { evaluatedAt: later(expires, -1) }).verdict, 'waived');
  for (const late of [0, 1])
    assertExemptsNothing(verify(ledger, { evaluatedAt: later(expires, late) }), 'waiver/expired');
});

test('an approval that came when the time was over is none (waiver/expired)', () => {
  const ledger = unscannedLedger();
  request(ledger, { expires: after(ledger, 120_000) });
  approve(ledger, { entry: { time: after(ledger, 60_000) } });
  const { expires = '' } = verify(ledger).waivers[0] ?? {};
  assert.equal(verify(ledger, { evaluatedAt: later(expires, -1) }).waivers[0]?.fault, 'waiver/expired');
});

test('a waiver that was revoked exempts nothing, whoever revoked it and whatever follows (waiver/revoked)', () => {
  for (const by of ['carl', 'anna', 'shop-ci', 'stranger']) {
    const ledger = waivedLedger();
    revokeWaiver(ledger, { by });
    approve(ledger, { by: 'carl' });
    assertExemptsNothing(verify(ledger), 'waiver/revoked');
  }
});

test('a waiver lasts 91 days at the most (waiver/too-long)', () => {
  const ledger = unscannedLedger();
  const expires = later(ledger.time, 91 * DAY_MS);
  request(ledger, { expires, entry: { time: ledger.time } });
  approve(ledger);
  assert.equal(verify(ledger).verdict, 'waived');
  const longer = unscannedLedger();
  request(longer, { expires: later(longer.time, 91 * DAY_MS + 1), entry: { time: longer.time } });
  approve(longer);
  assertExemptsNothing(verify(longer), 'waiver/too-long');
});

test('a waiver exempts the check that it names and no other', () => {
  const deviations: readonly RequestOptions[] = [
    { stage: 'test' },
    { stage: null },
    { check: 'contract/order' },
    { check: 'contract/covers' },
    { check: 'contract/signature', stage: null },
    { contract: 'other' },
    { rule: 'no-critical' },
  ];
  for (const options of deviations) {
    const result = verify(waivedLedger(options));
    assertFound(result, 'fail', 'contract/stage', 'contract/stage-missing');
    assert.equal(result.waivers[0]?.exempts, options.check === 'contract/order', JSON.stringify(options));
  }
});

test('a waiver of a stage that is met stands in for nothing that is not run there for another reason', () => {
  const ledger = unscannedLedger([], openedLedger());
  const review = { stage: 'review', threshold: 2, distinctFromBuilder: true } as const;
  publish(ledger, { ...CONTRACT, stages: [review] }, { version: 2, previous: CONTRACT.repositories });
  request(ledger, { stage: 'review' });
  approve(ledger);
  request(ledger, { waiver: OTHER_WAIVER, check: 'contract/threshold', stage: 'review' });
  approve(ledger, { waiver: OTHER_WAIVER });
  // The builder alone: nobody waived that somebody else has to look.
  attest(ledger, { stage: 'review', by: 'shop-ci' });
  const result = verify(ledger);
  assert.deepEqual(
    result.waivers.map(({ inForce, exempts }) => [inForce, exempts]),
    [
      [true, false],
      [true, true],
    ],
  );
  const found = assertFound(result, 'fail', 'contract/people', 'custody/blocked');
  assert.deepEqual([found.outcome, found.waiver], ['not-run', undefined]);
});

test('of two rules that one attestation breaks, a waiver exempts the one that it names, and without a name neither', () => {
  const rules = ['first', 'second'].map((rule) => ({ rule, expression: 'predicate.result == "none of it"' }));
  const waivedOf = (rule?: string) => {
    const ledger = unscannedLedger();
    publish(ledger, { contract: 'ruled', repositories: ['shop/*'], stages: [{ stage: 'test', rules }] });
    const named = rule === undefined ? {} : { rule };
    request(ledger, { check: 'contract/rule', contract: 'ruled', stage: 'test', ...named });
    approve(ledger);
    const { checks } = verify(ledger);
    return checks.flatMap(({ code, outcome, detail }) => (code === 'contract/rule' ? [`${detail} ${outcome}`] : []));
  };
  assert.deepEqual(waivedOf('first'), ['first waived', 'second fail']);
  assert.deepEqual(waivedOf('second'), ['first fail', 'second waived']);
  assert.deepEqual(waivedOf('third'), ['first fail', 'second fail']);
  assert.deepEqual(waivedOf(), ['first fail', 'second fail']);
});

test('a waiver is of one image in one repository', () => {
  const other = unscannedLedger();
  request(other, { digest: `sha256:${'1'.repeat(64)}` });
  approve(other, { digest: `sha256:${'1'.repeat(64)}` });
  const elsewhere = unscannedLedger();
  request(elsewhere, { repository: 'shop/web' });
  approve(elsewhere, { entry: { repository: 'shop/web' } });
  for (const ledger of [other, elsewhere]) {
    const result = verify(ledger);
    assertFound(result, 'fail', 'contract/stage', 'contract/stage-missing');
    assert.deepEqual(result.waivers, []);
  }
});

test('a waiver of an index is none of its images', () => {
  const ledger = unscannedLedger();
  const index = indexManifest([MANIFEST, imageManifest('2')]);
  sign(ledger, index);
  const [digest] = [...verify(ledger).timeline.flatMap(({ via }) => via ?? [])];
  assert(digest !== undefined);
  request(ledger, { digest });
  approve(ledger, { digest });
  const result = verify(ledger);
  assertFound(result, 'fail', 'contract/stage', 'contract/stage-missing');
  assert.deepEqual(result.waivers, []);
});

test('an approval of another waiver, image or repository is none (waiver/not-approved, waiver/inconsistent)', () => {
  const replayed = unscannedLedger();
  request(replayed);
  request(replayed, { waiver: OTHER_WAIVER, check: 'contract/order' });
  approve(replayed, { waiver: OTHER_WAIVER });
  assertExemptsNothing(verify(replayed), 'waiver/not-approved');
  const digest = unscannedLedger();
  request(digest);
  approve(digest, { digest: `sha256:${'1'.repeat(64)}` });
  assertExemptsNothing(verify(digest), 'waiver/inconsistent');
  const repository = unscannedLedger();
  request(repository);
  approve(repository, { entry: { repository: 'shop/web' } });
  assertExemptsNothing(verify(repository), 'waiver/inconsistent');
});

test('an approval before the request, and a second request, leave no waiver (waiver/inconsistent)', () => {
  const before = unscannedLedger();
  approve(before);
  request(before);
  assertExemptsNothing(verify(before), 'waiver/inconsistent');
  const twice = waivedLedger();
  request(twice, { expires: after(twice, 90 * DAY_MS) });
  const result = verify(twice);
  assertFound(result, 'fail', 'waiver/in-force', 'waiver/inconsistent');
  assert.equal(result.waivers.length, 2);
});

test('an entry of another kind in the list of a waiver lets it exempt nothing (entry/unknown-kind)', () => {
  const ledger = waivedLedger();
  ledger.append({ kind: 'future.kind', principal: 'x', body: null, keys: [`waiver:${WAIVER}`] });
  assertFound(verify(ledger), 'fail', 'waiver/in-force', 'entry/unknown-kind');
});

test('a reason that is withheld or does not read leaves no waiver (payload/absent, waiver/malformed-document)', () => {
  const ledger = unscannedLedger();
  const seq = request(ledger);
  approve(ledger);
  assertExemptsNothing(verify(ledger, { withoutPayloads: [seq] }), 'payload/absent');
  assertExemptsNothing(verify(waivedLedger({ entry: { document: NO_REASON } })), 'waiver/malformed-document');
  const typed = { ...NO_REASON, mediaType: 'application/json' };
  assertExemptsNothing(verify(waivedLedger({ entry: { document: typed } })), 'payload/media-type-wrong');
});

test('integrity is never waived: what does not hold fails the verdict beside a waiver in force', () => {
  const ledger = waivedLedger();
  attest(ledger, { stage: 'lint', key: 'stranger' });
  const result = verify(ledger);
  assert.equal(result.verdict, 'fail');
  assert.equal(result.waivers[0]?.exempts, true);
});

test('a stage that failed is waived like one that is missing, with its attestation still judged', () => {
  const ledger = unscannedLedger();
  publish(
    ledger,
    { ...CONTRACT, stages: [{ stage: 'test' }, { stage: 'scan', assurance: 'pipeline' }] },
    { version: 2, previous: ['shop/*'] },
  );
  attest(ledger, { stage: 'scan', key: 'service' });
  assertFound(verify(ledger), 'fail', 'contract/stage', 'contract/wrong-assurance');
  request(ledger);
  approve(ledger);
  assert.equal(verify(ledger).verdict, 'waived');
});

test('every contract is waived by itself', () => {
  const ledger = waivedLedger();
  publish(ledger, { ...CONTRACT, contract: 'all', repositories: ['*'] });
  const result = verify(ledger);
  assert.equal(result.verdict, 'fail');
  assert.deepEqual(
    result.checks
      .filter(({ code, outcome }) => code === 'contract/stage' && outcome === 'fail')
      .map(({ contract }) => contract),
    ['all'],
  );
});

test('the newer of two waivers goes on where the older one ended, and the verdict says until when', () => {
  const ledger = unscannedLedger();
  request(ledger, { expires: after(ledger, 2 * DAY_MS) });
  approve(ledger);
  request(ledger, { waiver: OTHER_WAIVER, expires: after(ledger, 9 * DAY_MS) });
  approve(ledger, { waiver: OTHER_WAIVER });
  const [older, newer] = verify(ledger).waivers;
  const evaluatedAt = later(older?.expires ?? '', 1);
  const result = verify(ledger, { evaluatedAt });
  assert.equal(result.verdict, 'waived', findings(result).join('\n'));
  assert.equal(result.validUntil, newer?.expires);
  assert(!result.checks.some(({ code, outcome }) => code === 'waiver/in-force' && outcome !== 'pass'));
});

test('evidence that hides a revocation of the waiver, or its list, does not pass', () => {
  const ledger = waivedLedger();
  const seq = revokeWaiver(ledger);
  assert.equal(verify(ledger, { without: [seq] }).verdict, 'fail');
  const withoutList = verify(ledger, {
    edit: (parts) => ({ ...parts, lists: parts.lists.filter(({ key }) => key !== `waiver:${WAIVER}`) }),
  });
  assertFound(withoutList, 'fail', 'list/complete', 'list/claim-missing');
  assertFound(withoutList, 'fail', 'waiver/in-force', 'list/gap');
});

test('the lists of a waiver and of its people are asked for', () => {
  const keys = waivedLedger()
    .evidence({ subject: IMAGE, repository: REPOSITORY })
    .lists.map(({ key }) => key);
  for (const key of [`waiver:${WAIVER}`, 'principal:anna', 'principal:ben']) assert(keys.includes(key), key);
});
