import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from '../../service/caller.ts';
import { openService } from '../../service/open-service.ts';
import type { Service } from '../../service/service.ts';
import { withLedgerCopy } from '../scratch/ledger-copy.ts';
import { type Drill, type Sighting, sightings } from './drill.ts';
import { refusals } from './file-drill.ts';
import { given, REPOSITORY, type Scene, STRICT_CONTRACT } from './scene.ts';

/** How long a waiver lasts that is to expire while a drill is played: longer than it takes to approve it. */
const SHORT_MS = 4_000;
const HOUR_MS = 3_600_000;

/** What people may try with waivers, and what must end with them. */
export const WAIVER_DRILLS: readonly Drill[] = [
  waiverDrill({
    id: 'waiver-alone',
    sentence: 'Approve a waiver of one’s own, as another principal of the same person.',
    expected: [
      { by: 'service', code: 'waiver/same-person' },
      { by: 'cli', code: 'waiver/not-approved' },
    ],
    said: 'the waiver was asked for by somebody, and approved by them as somebody else',
    play: async (service, { anna, annaAtHome, ben }, scene, attacked) => {
      const { waiver } = given(await ask(service, anna, scene, HOUR_MS));
      const approved = await service.approveWaiver(attacked ? annaAtHome : ben, waiver);
      return approved.ok ? [] : sightings('service', [approved.fault.code]);
    },
  }),
  waiverDrill({
    id: 'waiver-expired',
    sentence: 'Go on with a waiver whose time is over.',
    expected: [{ by: 'cli', code: 'waiver/expired' }],
    said: 'the waiver was approved, and its time is over',
    play: async (service, people, scene, attacked) => {
      await waive(service, people, scene, attacked);
      if (attacked) await sleep(SHORT_MS);
      return [];
    },
  }),
  waiverDrill({
    id: 'cached-yes',
    sentence: 'Ask a gate again that said yes on a waiver, once its time is over.',
    expected: [
      { by: 'service', code: 'waiver/expired' },
      { by: 'cli', code: 'waiver/expired' },
    ],
    said: 'the gate said yes while the waiver was in force, and was asked again afterwards',
    play: async (service, people, scene, attacked) => {
      await waive(service, people, scene, attacked);
      const image = { digest: scene.other.digest, repository: REPOSITORY };
      const before = given(await service.askGate(people.anna, image));
      if (before.verdict !== 'waived') return sightings('service', [`the gate said ${before.verdict}`]);
      if (attacked) await sleep(SHORT_MS);
      const { verdict, checks } = given(await service.askGate(people.anna, image));
      if (verdict === 'waived') return [];
      const reasons = checks.flatMap(({ reason = '' }) => (reason.startsWith('waiver/') ? [reason] : []));
      return sightings('service', reasons);
    },
  }),
];

type People = { readonly anna: Caller; readonly annaAtHome: Caller; readonly ben: Caller };

type WaiverPlay = Pick<Drill, 'id' | 'sentence' | 'expected'> & {
  readonly said: string;
  /** Gives what the service noticed. */
  readonly play: (service: Service, people: People, scene: Scene, attacked: boolean) => Promise<readonly Sighting[]>;
};

/** A waiver of the scan that the other image lacks; without the attack it is in force, and custody is waived. */
function waiverDrill({ id, sentence, expected, said, play }: WaiverPlay): Drill {
  return {
    id,
    sentence,
    expected,
    play: (scene, attacked) =>
      withLedgerCopy(scene.original, async (copy) => {
        const running = await copy.open();
        try {
          const service = openService(running.context);
          const people = await letPeopleIn(service, scene);
          const evidenceOf = async (digest: string) => {
            const image = { digest, repository: REPOSITORY };
            const bytes = given(await service.readEvidence(scene.callers.admin, image));
            return { kind: 'evidence', bytes, subject: digest } as const;
          };
          const control = await refusals(scene, await evidenceOf(scene.image.digest));
          const noticed = await play(service, people, scene, attacked);
          const told = await refusals(scene, await evidenceOf(scene.other.digest));
          return { said: attacked ? said : 'nothing was done', control, noticed: [...noticed, ...told] };
        } finally {
          await running.close();
        }
      }),
  };
}

/** Two release managers, one of them twice; the pipeline gets a name of its own, so that it is told from both. */
async function letPeopleIn(service: Service, { callers }: Scene): Promise<People> {
  const { admin, pipeline } = callers;
  const { principal, repositories, stages } = pipeline;
  given(await service.grantPrincipal(admin, { principal, role: 'pipeline', repositories, stages, person: 'robot' }));
  const grant = async (name: string, person: string): Promise<Caller> => {
    const scope = { role: 'release-manager', repositories: ['*'], stages: ['*'], person } as const;
    given(await service.grantPrincipal(admin, { principal: name, ...scope }));
    return { principal: name, ...scope, grants: 1 };
  };
  return {
    anna: await grant('anna', 'anna'),
    annaAtHome: await grant('anna-at-home', 'anna'),
    ben: await grant('ben', 'ben'),
  };
}

async function waive(service: Service, { anna, ben }: People, scene: Scene, isShort: boolean): Promise<void> {
  const { waiver } = given(await ask(service, anna, scene, isShort ? SHORT_MS : HOUR_MS));
  given(await service.approveWaiver(ben, waiver));
}

function ask(service: Service, caller: Caller, scene: Scene, milliseconds: number) {
  return service.requestWaiver(caller, {
    digest: scene.other.digest,
    repository: REPOSITORY,
    contract: STRICT_CONTRACT,
    check: 'contract/stage',
    stage: 'scan',
    expires: new Date(Date.now() + milliseconds).toISOString(),
    breakGlass: false,
    reason: 'the scanner is away',
  });
}
