import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contract, ContractStage } from '../../src/core/contract/contract.ts';
import { trustFileJson } from '../../src/core/custody/trust-file.ts';
import {
  changeKeys,
  controlledCustody,
  controlledLedger,
  controlSet,
  controlTrust,
} from '../custody/control-under-test.ts';
import {
  attest,
  CONTRACT,
  custodyLedger,
  grant,
  openedLedger,
  publish,
  QUESTION,
  revoke,
  sign,
} from '../custody/custody-under-test.ts';
import type { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { after as timeAfter } from '../custody/past-under-test.ts';
import { OLDER, OLDER_MANIFEST, release, retire } from '../custody/releases-under-test.ts';
import { rotate } from '../custody/rotation-under-test.ts';
import { attempted, close, contractOf, expire, minutesOn, open, RUN, runLedger } from '../custody/run-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import {
  approve,
  OTHER_WAIVER,
  request,
  revokeWaiver,
  unscannedLedger,
  waivedLedger,
} from '../custody/waivers-under-test.ts';
import { compareVerifiers, type EvidenceCase } from './compare-verifiers.ts';
import { askSecond, base64, skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();
const LATER = 90_000_000;

/** What every reader asks: now, a day later, each with and without a trust file, and about the state before the last entries. */
function casesOf(name: string, ledger: LedgerUnderTest, trust = trustOf(ledger)): readonly EvidenceCase[] {
  const seqs = Array.from({ length: ledger.size }, (_, seq) => seq);
  const states = seqs.filter((seq) => ledger.entry(seq).kind === 'map.committed');
  const bytes = ledger.evidenceBytes(QUESTION);
  const asked = { bytes, question: QUESTION };
  const late = timeAfter(ledger.time, LATER);
  const past = (['then', 'now'] as const).map((view): EvidenceCase => {
    const question = { ...QUESTION, asOf: { size: (states.at(-2) ?? states.at(-1) ?? 0) + 1, view } };
    return {
      name: `${name}, ${view}`,
      bytes: ledger.evidenceBytes(question),
      question,
      evaluatedAt: ledger.time,
      trust,
    };
  });
  return [
    { ...asked, name, evaluatedAt: ledger.time, trust },
    { ...asked, name: `${name}, late`, evaluatedAt: late, trust, environment: 'production' },
    { ...asked, name: `${name}, at no time`, evaluatedAt: 'now' },
    ...past,
  ];
}

/** Asserts that both say the same of each, and that this verdict is among them. */
async function assertAgree(ledgers: Readonly<Record<string, () => LedgerUnderTest>>, verdict = 'pass'): Promise<void> {
  const cases = Object.entries(ledgers).flatMap(([name, make]) => casesOf(name, make()));
  const { differences, verdicts } = await compareVerifiers(cases);
  assert.deepEqual(differences, []);
  for (const one of [verdict, 'fail']) assert((verdicts.get(one) ?? 0) > 1, [...verdicts].join());
}

function reviewed(stage: ContractStage, ...by: readonly string[]): LedgerUnderTest {
  const ledger = openedLedger();
  grant(ledger, 'ana-laptop', 'pipeline', { person: 'ana' });
  grant(ledger, 'ana-phone', 'pipeline', { person: 'ana' });
  grant(ledger, 'ben', 'pipeline', { person: 'ben' });
  publish(ledger, { ...CONTRACT, stages: [stage, { stage: 'test' }] });
  sign(ledger, undefined, { by: 'ana-phone' });
  attest(ledger, { stage: 'test', by: 'ana-phone' });
  for (const who of by) attest(ledger, { stage: 'review', by: who, note: `${who} ${ledger.size}` });
  return ledger;
}

test('two implementations count the same people, and find the same too old', { skip }, async () => {
  const stage = 'review';
  await assertAgree({
    'two people': () => reviewed({ stage, threshold: 2 }, 'ana-laptop', 'ben'),
    'one person twice': () => reviewed({ stage, threshold: 2 }, 'ana-laptop', 'ana-phone'),
    'nobody known': () => reviewed({ stage, threshold: 2 }, 'shop-ci', 'ben'),
    'latest of each': () => reviewed({ stage, threshold: 2, count: 'latest' }, 'ana-laptop', 'ben', 'ana-phone'),
    'somebody else': () => reviewed({ stage, distinctFrom: ['test'] }, 'ben'),
    'the same': () => reviewed({ stage, distinctFrom: ['test'] }, 'ana-laptop'),
    'the builder': () => reviewed({ stage, distinctFromBuilder: true }, 'ana-laptop'),
    'not the builder, in time': () => reviewed({ stage, distinctFromBuilder: true, maxAge: '1d' }, 'ben', 'ana-laptop'),
    'two in time': () => reviewed({ stage, threshold: 2, maxAge: '2h' }, 'ana-laptop', 'ben'),
    'one in time': () => reviewed({ stage, maxAge: '2h' }, 'ana-laptop', 'ben'),
    'none at all': () => reviewed({ stage, threshold: 1, distinctFrom: ['test'], maxAge: '2h' }),
  });
});

test('two implementations judge the same runs and attempts', { skip }, async () => {
  const required = { required: true } as const;
  await assertAgree({
    succeeded: () => runLedger(contractOf({ runs: required })),
    'about a commit': () => runLedger(contractOf({ stages: [{ stage: 'review', on: 'source' }] })),
    failed: () => runLedger(contractOf({}), { outcome: 'failed' }),
    open: () => runLedger(contractOf({}), { outcome: 'open', minutes: 600 }),
    'open, and required': () => runLedger(contractOf({ runs: required }), { outcome: 'open' }),
    'stages missing': () => runLedger(contractOf({ runs: required }), { stages: ['audit', 'scan', 'test'] }),
    'no run': () => custodyLedger({ contracts: [contractOf({ runs: required })] }),
    'many attempts': () =>
      attempted(contractOf({ runs: { ...required, attemptsMax: 2, failedAttemptsMax: 1 } }), ['failed', 'expired']),
    'failed attempts': () =>
      attempted(contractOf({ runs: { ...required, failedAttemptsMax: 1 } }), ['failed', 'open', 'succeeded']),
    'closed twice': () => {
      const ledger = runLedger(contractOf({}));
      close(ledger, 'failed');
      return ledger;
    },
    'expired early': () => {
      const ledger = runLedger(contractOf({}), { outcome: 'open' });
      expire(ledger, { time: minutesOn(ledger, 1) });
      return ledger;
    },
    'opened twice': () => {
      const ledger = runLedger(contractOf({}), { outcome: 'open' });
      open(ledger, { run: RUN, by: 'nobody' });
      return ledger;
    },
  });
});

test('two implementations let the same waivers exempt', { skip }, async () => {
  const asked = (more: Parameters<typeof request>[1], decide?: (ledger: LedgerUnderTest) => unknown) => () => {
    const ledger = unscannedLedger();
    request(ledger, more);
    decide?.(ledger);
    return ledger;
  };
  await assertAgree(
    {
      waived: () => waivedLedger(),
      'not approved': asked({}),
      'by themselves': asked({}, (ledger) => approve(ledger, { by: 'anna' })),
      'by the pipeline': asked({ by: 'shop-ci' }, approve),
      'break-glass': asked({ breakGlass: true }),
      'break-glass, approved': asked({ breakGlass: true }, approve),
      'of another check': asked({ check: 'contract/order' }, approve),
      'without a stage': asked({ stage: null }, approve),
      'by nobody': asked({}, (ledger) => approve(ledger, { by: 'nobody' })),
      'of a stage that is met': () => {
        const ledger = unscannedLedger([]);
        const review = { stage: 'review', threshold: 2, distinctFromBuilder: true } as const;
        publish(ledger, { ...CONTRACT, stages: [review] }, { version: 2, previous: CONTRACT.repositories });
        request(ledger, { stage: 'review' });
        approve(ledger);
        request(ledger, { waiver: OTHER_WAIVER, check: 'contract/threshold', stage: 'review' });
        approve(ledger, { waiver: OTHER_WAIVER });
        attest(ledger, { stage: 'review', by: 'shop-ci' });
        return ledger;
      },
      revoked: () => {
        const ledger = waivedLedger();
        revokeWaiver(ledger);
        return ledger;
      },
    },
    'waived',
  );
});

test('two implementations follow the same keys', { skip }, async () => {
  const rotated = (options?: Parameters<typeof rotate>[3], then?: (ledger: LedgerUnderTest) => unknown) => () => {
    const ledger = custodyLedger({ stages: ['test'] });
    rotate(ledger, 'pipeline', 'next', options);
    then?.(ledger);
    attest(ledger, { stage: 'scan', key: 'next' });
    return ledger;
  };
  await assertAgree({
    rotated: rotated(),
    'over already': rotated({ until: '2026-03-01T12:00:00.000Z' }, (ledger) => attest(ledger, { stage: 'lint' })),
    'not signed': rotated({ signedBy: ['pipeline'] }),
    wider: rotated({ repositories: ['*'] }),
    'other log': rotated({ said: { log: 'waybill-other' } }),
    'too old': rotated({ ageSecondsMax: 1 }),
    'by nobody': rotated({ by: 'shop-ci' }),
    'no envelope': rotated({ bytes: new Uint8Array([1]) }),
    'other payload': rotated({ payloadType: 'text/plain' }),
    twice: rotated({}, (ledger) => rotate(ledger, 'pipeline', 'third')),
    'in a circle': rotated({}, (ledger) => rotate(ledger, 'next', 'pipeline')),
    disowned: rotated({}, (ledger) => revoke(ledger, 'pipeline', '2026-03-01T12:00:00.000Z')),
  });
});

test('two implementations see the same releases and retirements', { skip }, async () => {
  const released = (then: (ledger: LedgerUnderTest) => unknown) => () => {
    const ledger = custodyLedger();
    grant(ledger, 'anna', 'release-manager');
    sign(ledger, OLDER_MANIFEST);
    release(ledger, { digest: OLDER });
    assert(ledger.size > 0);
    then(ledger);
    return ledger;
  };
  await assertAgree({
    released: released((ledger) => release(ledger)),
    'by nobody': released((ledger) => release(ledger, { by: 'nobody' })),
    retired: released((ledger) => retire(ledger)),
    'retired there': released((ledger) => [release(ledger), retire(ledger, { environment: 'production' })]),
    'released again': released((ledger) => [retire(ledger, { environment: 'production' }), release(ledger)]),
  });
});

test('two implementations ask control keys for the same agreement', { skip }, async () => {
  const next = controlSet(['dan', 'eve'], 1);
  const cases = (['honest', 'changed', 'changed by too few', 'without', 'of another entry'] as const).flatMap(
    (name) => {
      const ledger = controlledCustody();
      assert(ledger.size > 0);
      if (name === 'changed') changeKeys(ledger, next);
      if (name === 'changed by too few') changeKeys(ledger, next, ['ann']);
      const loosened = () => publish(ledger, { ...CONTRACT, stages: [] }, { version: 2, previous: ['shop/*'] });
      const { control } = ledger.entry(7);
      if (name === 'without') ledger.with(() => undefined, loosened);
      else if (name === 'of another entry') ledger.with(() => control, loosened);
      else loosened();
      return [...casesOf(name, ledger), ...casesOf(`${name}, known`, ledger, controlTrust(ledger))];
    },
  );
  const named = controlledLedger(undefined, undefined, { person: 'ghost' });
  publish(named, CONTRACT);
  cases.push(...casesOf('a first administrator who is somebody', named, controlTrust(named)));
  assert.deepEqual((await compareVerifiers(cases)).differences, []);
});

test('the second implementation passes over no rule and no limit that it cannot evaluate (custody/not-judged)', {
  skip,
}, async () => {
  const rules = [
    { rule: 'holds', expression: 'true || false' },
    { rule: 'scanned', expression: 'facts.vulnerabilities.total >= 0' },
  ];
  const asked: readonly Contract[] = [
    { ...CONTRACT, rules },
    { ...CONTRACT, limits: { componentsMax: 3 } },
  ];
  const answers = await askSecond(
    asked.map((contract) => {
      const ledger = custodyLedger({ contracts: [contract] });
      // What these state is not read here.
      attest(ledger, { stage: 'sbom', type: 'cyclonedx-xml' });
      const trust = JSON.stringify(trustFileJson(trustOf(ledger)));
      return { bytes: base64(ledger.evidenceBytes(QUESTION)), trust, at: ledger.time };
    }),
  );
  for (const [index, { verdict, checks }] of answers.entries()) {
    const [check, ...more] = checks.filter(({ outcome }) => outcome !== 'pass');
    const code = ['contract/rule', 'contract/limits'][index];
    assert.deepEqual(
      [verdict, check?.code, check?.outcome, check?.reason],
      ['not-judged', code, 'not-run', 'custody/not-judged'],
    );
    assert.deepEqual(more, []);
  }
});
