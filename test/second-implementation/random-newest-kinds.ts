import type { Contract } from '../../src/core/contract/contract.ts';
import { attest, grant, publish, REPOSITORY, register, revoke, sign } from '../custody/custody-under-test.ts';
import { proposed, setDual } from '../custody/dual-control-under-test.ts';
import type { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { rotateLogKey } from '../custody/log-key-under-test.ts';
import { OLDER, OLDER_MANIFEST, release, retire } from '../custody/releases-under-test.ts';
import { rotate } from '../custody/rotation-under-test.ts';
import { close, open } from '../custody/run-under-test.ts';
import { approve, request } from '../custody/waivers-under-test.ts';

type Random = () => number;
type Step = (ledger: LedgerUnderTest, random: Random) => unknown;

function pick<T>(random: Random, from: readonly [T, ...T[]]): T {
  return from[Math.floor(random() * from.length)] ?? from[0];
}

const STAGING = 'shop/staging';
const ADMINISTRATORS = ['bootstrap-admin', 'anna', 'ben', 'dora'] as const;
const PLACES = [REPOSITORY, STAGING, STAGING, 'bank/api'] as const;
const PROMOTED: Contract = { contract: 'promoted', repositories: ['shop/*'], stages: [{ stage: 'test' }] };

/** What an administrator changes, alone, or proposed by somebody. */
function changed(make: (ledger: LedgerUnderTest, random: Random, by: string) => unknown): Step {
  return (ledger, random) => {
    const [by, first] = [pick(random, ADMINISTRATORS), pick(random, ADMINISTRATORS)];
    if (random() < 0.75) proposed(ledger, () => make(ledger, random, by), { by: first });
    else make(ledger, random, by);
  };
}

/** Two people, promotion, the log's key, and what was released to an environment: by somebody who mostly may. */
export const NEWEST_STEPS: readonly [Step, ...Step[]] = [
  (ledger, random) => {
    const person = pick(random, ['anna', 'ben', 'dora']);
    grant(ledger, pick(random, [person, person, 'anna']), pick(random, ['admin', 'admin', 'release-manager']), {
      person,
    });
  },
  changed((ledger, random, by) => setDual(ledger, random() < 0.7, by)),
  changed((ledger, random, by) => {
    const from = pick<Pick<Contract, 'from'>>(random, [{ from: [STAGING] }, { from: ['bank/api', REPOSITORY] }, {}]);
    const version = pick(random, [1, 1, 2]);
    const vexFrom = pick<Pick<Contract, 'vexFrom'>>(random, [
      {},
      { vexFrom: [] },
      { vexFrom: ['test'] },
      { vexFrom: ['lint'] },
    ]);
    publish(
      ledger,
      { ...PROMOTED, ...from, ...vexFrom },
      { by, version, previous: version === 1 ? [] : PROMOTED.repositories },
    );
  }),
  changed((ledger, random, by) => {
    const person = pick<{ readonly person?: string }>(random, [{}, { person: 'anna' }, { person: 'eve' }]);
    grant(ledger, pick(random, ['anna', 'eve', 'shop-ci']), pick(random, ['admin', 'pipeline']), { by, ...person });
  }),
  changed((ledger, random, by) => {
    const principal = pick(random, ['anna', 'ben', 'shop-ci']);
    ledger.append({ kind: 'principal.revoked', principal: by, body: { principal } });
  }),
  changed((ledger, random, by) => register(ledger, pick(random, ['fresh', 'stranger']), { by })),
  changed((ledger, random, by) => revoke(ledger, pick(random, ['pipeline', 'fresh']), ledger.time, by)),
  changed((ledger, random, by) =>
    rotate(ledger, pick(random, ['pipeline', 'fresh']), pick(random, ['fresh', 'third']), { by }),
  ),
  changed((ledger, random, by) => {
    const body = { principal: pick(random, ['shop-ci', 'anna']), lifetimeSeconds: 600 };
    ledger.append({ kind: 'token.issued', principal: by, body });
  }),
  (ledger, random) => {
    const [from, to] = pick<readonly [readonly string[], readonly string[]]>(random, [
      [['log'], ['log', 'next']],
      [['log'], ['log', 'next']],
      [['log', 'next'], ['next']],
      [['next'], ['next', 'log']],
    ]);
    rotateLogKey(ledger, from, to, random() < 0.2 ? { signedBy: ['log', 'third'] } : {});
  },
  (ledger, random) => sign(ledger, undefined, { repository: pick(random, PLACES) }),
  (ledger, random) => {
    const repository = pick(random, PLACES);
    attest(ledger, {
      repository,
      key: pick(random, ['pipeline', 'pipeline', 'fresh', 'service']),
      note: pick(random, ['', 'again']),
    });
  },
  (ledger, random) => {
    const [repository, run] = [pick(random, PLACES), pick(random, ['r-3', 'r-4'])];
    open(ledger, { repository, run });
    sign(ledger, undefined, { repository, entry: { run } });
    if (random() < 0.7) close(ledger, pick(random, ['succeeded', 'failed']), { repository, run });
  },
  (ledger, random) => {
    if (random() < 0.5) sign(ledger, OLDER_MANIFEST, { repository: pick(random, PLACES) });
    release(ledger, { digest: OLDER });
  },
  (ledger) => release(ledger),
  (ledger, random) => random() < 0.3 && retire(ledger, { digest: OLDER, environment: 'production' }),
  (ledger, random) => {
    request(ledger, { contract: 'promoted', stage: 'test', by: pick(random, ['anna', 'dora']) });
    if (random() < 0.8) approve(ledger, { by: pick(random, ['ben', 'anna']) });
  },
];
