import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceKey } from '../../src/core/entry/keys.ts';
import { attest, grant, imageManifest, openedLedger, publish, sign } from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import {
  attempted,
  attestCommit,
  COMMIT,
  close,
  contractOf,
  expire,
  minutesOn,
  OTHER_COMMIT,
  open,
  RUN,
  runLedger,
} from './run-under-test.ts';
import { assertFound, assertPasses, findings, verify } from './verify-under-test.ts';

const REQUIRED = contractOf({ runs: { required: true } });
const inRun = { entry: { run: RUN } };

test('a failed attempt that is withheld leaves a gap, at whichever end of the list (list/gap, list/not-in-map)', () => {
  const ledger = attempted(contractOf(), ['failed']);
  const key = sourceKey('shop/api', COMMIT);
  const failed = verify(ledger).attempts.find(({ outcome }) => outcome === 'failed');
  assert(failed?.endedSeq !== undefined);
  const hidden = verify(ledger, { without: [failed.openedSeq, failed.endedSeq] });
  assert.equal(assertFound(hidden, 'fail', 'list/complete', 'list/gap').key, key);
  assertFound(hidden, 'fail', 'run/attempts', 'list/gap');
  const later = attempted(contractOf(), []);
  open(later, { run: 'r-later' });
  const last = close(later, 'failed', { run: 'r-later' });
  const cut = verify(later, {
    without: [last - 1, last],
    edit: (parts) => ({
      ...parts,
      lists: parts.lists.map((list) => (list.key === key ? { ...list, n: list.n - 2 } : list)),
    }),
  });
  assert.equal(assertFound(cut, 'fail', 'list/complete', 'list/not-in-map').key, key);
});

/** Each rule that a list of a run is held to, broken once; the list of the commit is held to the same. */
const BROKEN: Readonly<Record<string, (ledger: LedgerUnderTest) => void>> = {
  'run/opened-twice': (ledger) => void open(ledger),
  'run/ended': (ledger) => {
    close(ledger, 'failed');
    attestCommit(ledger, 'review', { run: RUN, note: 'after the end' });
  },
  'run/other-commit': (ledger) => void close(ledger, 'succeeded', { commit: OTHER_COMMIT }),
  'run/other-repository': (ledger) => void close(ledger, 'succeeded', { repository: 'shop/web' }),
  'run/after-expiry': (ledger) => void close(ledger, 'succeeded', { entry: { time: minutesOn(ledger, 600) } }),
  'run/expired-early': (ledger) => void expire(ledger),
  'principal/wrong-role': (ledger) => void expire(ledger, { by: 'shop-ci', time: minutesOn(ledger, 600) }),
  'principal/no-grant': (ledger) => void close(ledger, 'succeeded', { by: 'stranger' }),
  'principal/name-reserved': (ledger) => void close(ledger, 'succeeded', { by: 'service' }),
};
for (const [reason, breakIt] of Object.entries(BROKEN)) {
  test(`a run in which something is out of order is not accounted for (${reason})`, () => {
    const ledger = runLedger(contractOf(), { outcome: 'open' });
    breakIt(ledger);
    const result = verify(ledger);
    assertFound(result, 'fail', 'run/accounted', reason);
    assert.equal(result.intact, false, findings(result).join('\n'));
  });
}

test('a run that was never opened, or by somebody who may not, or for longer than 30 days, is none (run/unknown, principal/*, run/lifetime-out-of-range)', () => {
  const opened = (openIt: (ledger: LedgerUnderTest) => void) => {
    const ledger = openedLedger();
    publish(ledger, contractOf());
    openIt(ledger);
    sign(ledger, undefined, inRun);
    attest(ledger);
    return verify(ledger);
  };
  assertFound(
    opened(() => undefined),
    'fail',
    'run/accounted',
    'run/unknown',
  );
  assertFound(
    opened((ledger) => void open(ledger, { by: 'stranger' })),
    'fail',
    'run/accounted',
    'principal/no-grant',
  );
  assertFound(
    opened((ledger) => void open(ledger, { minutes: 30 * 24 * 60 + 5 })),
    'fail',
    'run/accounted',
    'run/lifetime-out-of-range',
  );
  assertFound(
    opened((ledger) => void open(ledger, { minutes: 0 })),
    'fail',
    'run/accounted',
    'run/lifetime-out-of-range',
  );
  assertFound(
    opened((ledger) => void open(ledger, { repository: 'shop/web' })),
    'fail',
    'run/accounted',
    'run/other-repository',
  );
  const auditor = opened((ledger) => {
    grant(ledger, 'reader', 'auditor');
    open(ledger, { by: 'reader' });
  });
  assertFound(auditor, 'fail', 'run/accounted', 'principal/wrong-role');
});

test('what is out of order in another attempt at the commit speaks against the image too (run/attempts)', () => {
  for (const [reason, breakIt] of [
    [
      'run/opened-twice',
      (ledger: LedgerUnderTest) => void [open(ledger, { run: 'r-2' }), open(ledger, { run: 'r-2' })],
    ],
    ['run/unknown', (ledger: LedgerUnderTest) => void close(ledger, 'failed', { run: 'r-2' })],
    [
      'run/expired-early',
      (ledger: LedgerUnderTest) => void [open(ledger, { run: 'r-2' }), expire(ledger, { run: 'r-2' })],
    ],
    ['principal/no-grant', (ledger: LedgerUnderTest) => void open(ledger, { run: 'r-2', by: 'stranger' })],
  ] as const) {
    const ledger = runLedger(REQUIRED);
    breakIt(ledger);
    const result = verify(ledger);
    assertFound(result, 'fail', 'run/attempts', reason);
    assert(result.checks.some(({ code, outcome }) => code === 'run/accounted' && outcome === 'pass'));
  }
});

test('a list of a run that is left out is missed (list/claim-missing), and other images of the run do not count', () => {
  const ledger = runLedger(REQUIRED, { outcome: 'open' });
  const other = sign(ledger, imageManifest('2'), inRun);
  close(ledger, 'succeeded');
  const result = verify(ledger);
  assertPasses(result);
  assert(!result.timeline.some(({ seq }) => seq === other));
  const without = verify(ledger, {
    edit: (parts) => ({ ...parts, lists: parts.lists.filter(({ key }) => key !== `run:${RUN}`) }),
  });
  assertFound(without, 'fail', 'list/complete', 'list/claim-missing');
  assertFound(without, 'fail', 'run/accounted', 'list/gap');
});
