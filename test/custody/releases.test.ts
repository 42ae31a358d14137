import assert from 'node:assert/strict';
import { test } from 'node:test';
import { releaseKey } from '../../src/core/entry/keys.ts';
import { attest, CONTRACT, custodyLedger, IMAGE, publish, REPOSITORY, register, sign } from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { OLDER, OLDER_MANIFEST, release, retire } from './releases-under-test.ts';
import { assertFound, assertPasses, findings, type VerifyOptions, verify } from './verify-under-test.ts';
import { grantPerson } from './waivers-under-test.ts';

const QUESTION = { subject: IMAGE, repository: REPOSITORY };

/** Custody that passes, with anna and ben as release managers. */
function releasableLedger(): LedgerUnderTest {
  const ledger = custodyLedger();
  for (const name of ['anna', 'ben']) grantPerson(ledger, name, 'release-manager');
  return ledger;
}

/** The older image is signed, tested and released; then the image in question is. */
function succeedingLedger(): LedgerUnderTest {
  const ledger = releasableLedger();
  sign(ledger, OLDER_MANIFEST);
  attest(ledger, { digest: OLDER });
  release(ledger, { digest: OLDER });
  release(ledger);
  return ledger;
}

test('a release is told of, and the first one takes the place of nothing', () => {
  const ledger = releasableLedger();
  const seq = release(ledger);
  const result = verify(ledger);
  assertPasses(result);
  assert.deepEqual(
    result.releases.map(({ environment, verdict, previous, person, assurance }) => ({
      environment,
      verdict,
      previous,
      person,
      assurance,
    })),
    [{ environment: 'production', verdict: 8, previous: undefined, person: 'anna', assurance: 'service' }],
  );
  const step = result.timeline.find(({ kind }) => kind === 'image.released');
  assert.deepEqual([step?.seq, step?.environment], [seq, 'production']);
});

test('the previous release is shown, with what changed since as recorded', () => {
  const ledger = releasableLedger();
  register(ledger, 'second', { repositories: ['shop/*'] });
  sign(ledger, OLDER_MANIFEST);
  attest(ledger, { digest: OLDER });
  attest(ledger, { digest: OLDER, stage: 'lint' });
  const older = release(ledger, { digest: OLDER });
  attest(ledger, { digest: OLDER, stage: 'too-late' });
  publish(ledger, { ...CONTRACT, title: 'newer' }, { version: 2, previous: CONTRACT.repositories });
  attest(ledger, { stage: 'test', key: 'second', note: 'again' });
  release(ledger);
  attest(ledger, { stage: 'afterwards' });
  const result = verify(ledger);
  assertPasses(result);
  const [released] = result.releases;
  assert.deepEqual([released?.previous?.digest, released?.previous?.seq], [OLDER, older]);
  const [pipeline, second] = [ledger.key('pipeline').signer, ledger.key('second').signer];
  const junit = 'https://waybill.dev/attestation/junit/v1';
  const stage = (attestations: number, signers: readonly string[]) => ({
    attestations,
    predicateTypes: [junit],
    signers: [...signers].sort(),
    assurances: ['pipeline'],
  });
  assert.deepEqual(released?.changes, {
    stages: {
      added: ['scan'],
      removed: ['lint'],
      changed: [{ stage: 'test', before: stage(1, [pipeline]), after: stage(2, [pipeline, second]) }],
    },
    signers: { added: [second], removed: [] },
    contracts: [{ contract: 'shop', before: 1, after: 2 }],
  });
});

test('evidence of a release holds the entries that lead to the previous one, and its whole list', () => {
  const ledger = succeedingLedger();
  const parts = ledger.evidence(QUESTION);
  const lists = parts.lists.map(({ key }) => key);
  assert(lists.includes(`image:${OLDER}`));
  assert(!lists.includes(releaseKey(REPOSITORY, 'production')), 'the list of the environment may be long');
  const older = parts.entries.filter(({ entry }) => entry.keys.some(({ key }) => key === `image:${OLDER}`));
  assert.equal(older.length, 3);
});

test('a previous release that is withheld, or another put in its place, fails (entry/missing, list/link-broken)', () => {
  const ledger = succeedingLedger();
  const previous = verify(ledger).releases[0]?.previous?.seq ?? -1;
  const withheld = verify(ledger, {
    without: [previous],
    edit: (parts) => ({ ...parts, lists: parts.lists.filter(({ key }) => key !== `image:${OLDER}`) }),
  });
  assertFound(withheld, 'fail', 'release/previous', 'entry/missing');
  const forged = releasableLedger();
  sign(forged, OLDER_MANIFEST);
  const first = release(forged, { digest: OLDER });
  release(forged, {
    entry: {
      alter: (entry) => ({
        ...entry,
        keys: entry.keys.map((link) =>
          link.key.startsWith('release:') ? { ...link, prev: '0'.repeat(64), prevSeq: first } : link,
        ),
      }),
    },
  });
  assertFound(verify(forged), 'fail', 'entry/order', 'list/link-broken');
});

test('the way back goes past retirements and releases of the image itself', () => {
  const ledger = succeedingLedger();
  retire(ledger, { environment: 'production' });
  release(ledger);
  const result = verify(ledger, { ...inProduction });
  assertPasses(result);
  assert.deepEqual(
    result.releases.map(({ previous }) => previous?.digest),
    [OLDER, OLDER],
  );
});

test('releases of other images, repositories and environments lead nowhere from here', () => {
  const ledger = releasableLedger();
  release(ledger, { digest: OLDER, environment: 'staging' });
  release(ledger, { digest: OLDER, repository: 'shop/web' });
  release(ledger, { repository: 'shop/web' });
  release(ledger);
  const result = verify(ledger);
  assertPasses(result);
  assert.deepEqual(
    result.releases.map(({ environment, previous }) => [environment, previous]),
    [['production', undefined]],
  );
  assert.equal(result.elsewhere.length, 1);
});

test('entries beside the way back are not needed (entry/not-needed)', () => {
  const ledger = succeedingLedger();
  release(ledger, { digest: OLDER, environment: 'staging' });
  const other = release(ledger, { digest: `sha256:${'5'.repeat(64)}`, environment: 'production' });
  const size = ledger.size;
  const { entries } = ledger.evidence({ subject: `sha256:${'5'.repeat(64)}`, repository: REPOSITORY });
  const shown = entries.find(({ entry }) => entry.seq === other);
  assert(shown !== undefined && size > other);
  const result = verify(ledger, {
    edit: (parts) => ({ ...parts, entries: [...parts.entries, shown] }),
  });
  assertFound(result, 'fail', 'list/complete', 'entry/not-needed');
});

test('a retired image fails, for good, whoever retired it (image/retired)', () => {
  const ledger = releasableLedger();
  const seq = retire(ledger);
  assert.equal(assertFound(verify(ledger), 'fail', 'image/retired', 'image/retired').seq, seq);
  release(ledger);
  assertFound(verify(ledger), 'fail', 'image/retired', 'image/retired');
  const stranger = releasableLedger();
  retire(stranger, { by: 'stranger' });
  assertFound(verify(stranger), 'fail', 'image/retired', 'image/retired');
  assertFound(verify(stranger), 'fail', 'principal/allowed', 'principal/no-grant');
});

const inProduction: VerifyOptions = { environment: 'production' };

test('an image that was retired in one environment fails there, until it is released there again (image/retired)', () => {
  const ledger = releasableLedger();
  release(ledger);
  retire(ledger, { environment: 'production' });
  assertPasses(verify(ledger));
  assertPasses(verify(ledger, { environment: 'staging' }));
  assertFound(verify(ledger, inProduction), 'fail', 'image/retired', 'image/retired');
  release(ledger, { environment: 'staging' });
  assertFound(verify(ledger, inProduction), 'fail', 'image/retired', 'image/retired');
  release(ledger);
  assertPasses(verify(ledger, inProduction));
});

test('retirements of other images and in other repositories are no business of this one', () => {
  const ledger = releasableLedger();
  retire(ledger, { digest: OLDER });
  retire(ledger, { repository: 'shop/web' });
  assertPasses(verify(ledger));
});

test('releases and retirements are written by release managers and administrators (principal/wrong-role and others)', () => {
  for (const [by, reason] of [
    ['shop-ci', 'principal/wrong-role'],
    ['reader', 'principal/wrong-role'],
    ['elsewhere', 'principal/wrong-repository'],
    ['stranger', 'principal/no-grant'],
    ['service', 'principal/name-reserved'],
  ] as const) {
    const ledger = releasableLedger();
    grantPerson(ledger, 'reader', 'auditor');
    grantPerson(ledger, 'elsewhere', 'release-manager', 'elsewhere', ['bank/*']);
    release(ledger, { by });
    assertFound(verify(ledger), 'fail', 'principal/allowed', reason);
  }
  const ledger = releasableLedger();
  release(ledger, { by: 'bootstrap-admin' });
  assertPasses(verify(ledger));
});

test('a release is told of as of a past state as it was then', () => {
  const ledger = succeedingLedger();
  const past = ledger.size;
  retire(ledger);
  const question = { ...QUESTION, asOf: { size: past, view: 'then' } as const };
  const result = verify(ledger, { question });
  assert.equal(result.verdict, 'pass', findings(result).join('\n'));
  assert.deepEqual([result.releases.length, result.retirements.length], [1, 0]);
});
