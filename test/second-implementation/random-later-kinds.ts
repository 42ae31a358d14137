import { attest, grant, publish, revoke, sign } from '../custody/custody-under-test.ts';
import type { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { OLDER, OLDER_MANIFEST, release, retire } from '../custody/releases-under-test.ts';
import { rotate } from '../custody/rotation-under-test.ts';
import { attestCommit, COMMIT, close, expire, minutesOn, OTHER_COMMIT, open } from '../custody/run-under-test.ts';
import { approve, OTHER_WAIVER, request, revokeWaiver, WAIVER } from '../custody/waivers-under-test.ts';

type Random = () => number;
type Step = (ledger: LedgerUnderTest, random: Random) => unknown;

function pick<T>(random: Random, from: readonly [T, ...T[]]): T {
  return from[Math.floor(random() * from.length)] ?? from[0];
}

const RUNS = ['r-1', 'r-1', 'r-2'] as const;
const COMMITS = [COMMIT, COMMIT, COMMIT, OTHER_COMMIT] as const;
const DECIDERS = ['anna', 'ben', 'ben', 'shop-ci'] as const;
const WAIVERS = [WAIVER, WAIVER, OTHER_WAIVER] as const;

/** People, runs, waivers, keys that follow keys, releases: by somebody who mostly may. */
export const LATER_STEPS: readonly [Step, ...Step[]] = [
  (ledger, random) => {
    const person = pick(random, ['anna', 'ben', 'robot']);
    const role = pick(random, ['release-manager', 'release-manager', 'pipeline'] as const);
    grant(ledger, pick(random, DECIDERS), role, random() < 0.8 ? { person } : {});
  },
  (ledger, random) => {
    publish(ledger, {
      contract: pick(random, ['people', 'runs']),
      repositories: ['shop/*'],
      stages: [
        { stage: 'test', threshold: pick(random, [1, 2]), maxAge: pick(random, ['5m', '1h']), count: 'latest' },
        { stage: 'scan', distinctFrom: ['test'] },
        { stage: 'lint', distinctFromBuilder: true, on: pick(random, ['image', 'source']) },
      ],
      ...(random() < 0.5
        ? {}
        : { runs: { required: random() < 0.5, attemptsMax: pick(random, [1, 2]), failedAttemptsMax: 0 } }),
    });
  },
  (ledger, random) => {
    const [run, commit] = [pick(random, RUNS), pick(random, COMMITS)];
    open(ledger, { run, commit, minutes: pick(random, [3, 120, 120, 50_000]), stages: pick(random, [[], ['lint']]) });
  },
  (ledger, random) => {
    const outcome = pick(random, ['succeeded', 'succeeded', 'failed', 'cancelled'] as const);
    close(ledger, outcome, { run: pick(random, RUNS), commit: pick(random, COMMITS) });
  },
  (ledger, random) => {
    const by = pick(random, ['service', 'service', 'anna']);
    expire(ledger, { run: pick(random, RUNS), by, time: minutesOn(ledger, pick(random, [1, 150])) });
  },
  (ledger, random) => sign(ledger, undefined, { entry: { run: pick(random, RUNS) } }),
  (ledger, random) => attest(ledger, { stage: 'test', entry: { run: pick(random, RUNS) } }),
  (ledger, random) => attestCommit(ledger, 'lint', { commit: pick(random, COMMITS), run: pick(random, RUNS) }),
  (ledger, random) => {
    const stage = pick(random, ['scan', 'scan', 'lint', null]);
    const check = pick(random, ['contract/stage', 'contract/stage', 'contract/order', 'contract/threshold']);
    const contract = pick(random, ['shop', 'shop', 'people']);
    const breakGlass = random() < 0.3;
    request(ledger, { waiver: pick(random, WAIVERS), by: pick(random, DECIDERS), stage, check, contract, breakGlass });
  },
  (ledger, random) => approve(ledger, { waiver: pick(random, WAIVERS), by: pick(random, DECIDERS) }),
  (ledger, random) => approve(ledger, { waiver: pick(random, WAIVERS), by: pick(random, DECIDERS) }),
  (ledger, random) => random() < 0.3 && revokeWaiver(ledger, { waiver: pick(random, WAIVERS) }),
  (ledger, random) => {
    const until = pick(random, ['2026-03-01T12:00:00.000Z', '2026-12-31T00:00:00.000Z']);
    const old = pick(random, ['pipeline', 'pipeline', 'stranger', 'service', 'fresh']);
    rotate(ledger, old, pick(random, ['fresh', 'stranger']), {
      until,
      ...(random() < 0.3 ? { ageSecondsMax: 120 } : {}),
    });
  },
  (ledger, random) => random() < 0.3 && revoke(ledger, 'pipeline', '2026-03-01T12:00:00.000Z'),
  (ledger, random) => {
    if (random() < 0.5) sign(ledger, OLDER_MANIFEST);
    const environment = pick(random, ['production', 'production', 'test']);
    release(ledger, { digest: pick(random, [OLDER, OLDER]), environment });
    if (random() < 0.7) release(ledger, { environment, by: pick(random, DECIDERS) });
  },
  (ledger, random) => random() < 0.3 && retire(ledger, { environment: pick(random, ['production', 'test', null]) }),
];
