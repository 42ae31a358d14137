import type { Caller } from '../../service/caller.ts';
import { openService } from '../../service/open-service.ts';
import type { Service } from '../../service/service.ts';
import { withLedgerCopy } from '../scratch/ledger-copy.ts';
import { type Drill, type Sighting, sightings } from './drill.ts';
import { refusals } from './file-drill.ts';
import { fileAbout } from './judged-drill.ts';
import { given, REPOSITORY, type Scene, STRICT_CONTRACT } from './scene.ts';

/** How long a waiver lasts, and a time after that: whoever judges then sets their clock, and nobody waits. */
const WAIVER_SECONDS = 3_600;
const LATER_SECONDS = 2 * WAIVER_SECONDS;

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
    carries: 'waiver/not-approved',
    play: async (service, { anna, annaAtHome, ben }, scene, attacked) => {
      const { waiver } = given(await ask(service, anna, scene));
      const approved = await service.approveWaiver(attacked ? annaAtHome : ben, waiver);
      return approved.ok ? [] : sightings('service', [approved.fault.code]);
    },
  }),
  waiverDrill({
    id: 'waiver-expired',
    sentence: 'Go on with a waiver whose time is over.',
    expected: [{ by: 'cli', code: 'waiver/expired' }],
    said: 'the waiver was approved, and its time is over',
    carries: 'waiver/expired',
    isLater: true,
    play: async (service, people, scene) => {
      await waive(service, people, scene);
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
    isLater: true,
    play: async (service, people, scene, attacked, clock) => {
      await waive(service, people, scene);
      const image = { digest: scene.other.digest, repository: REPOSITORY };
      const before = given(await service.askGate(people.anna, image));
      if (before.verdict !== 'waived') return sightings('service', [`the gate said ${before.verdict}`]);
      if (attacked) clock.aheadMs = LATER_SECONDS * 1000;
      const { verdict, checks } = given(await service.askGate(people.anna, image));
      if (verdict === 'waived') return [];
      const reasons = checks.flatMap(({ reason = '' }) => (reason.startsWith('waiver/') ? [reason] : []));
      return sightings('service', reasons);
    },
  }),
];

type People = { readonly anna: Caller; readonly annaAtHome: Caller; readonly ben: Caller };

/** How far the clock of the service is ahead: of what it judges, and of nothing that it writes. */
type Clock = { aheadMs: number };

type WaiverPlay = Pick<Drill, 'id' | 'sentence' | 'expected' | 'carries'> & {
  readonly said: string;
  /** Whether the file is judged once the time of the waiver is over. */
  readonly isLater?: boolean;
  /** Gives what the service noticed. */
  readonly play: (
    service: Service,
    people: People,
    scene: Scene,
    attacked: boolean,
    clock: Clock,
  ) => Promise<readonly Sighting[]>;
};

/** A waiver of the scan that the other image lacks; without the attack it is in force, and custody is waived. */
function waiverDrill({ id, sentence, expected, carries, said, isLater = false, play }: WaiverPlay): Drill {
  return {
    id,
    sentence,
    expected,
    ...(carries === undefined ? {} : { carries }),
    play: (scene, attacked) =>
      withLedgerCopy(scene.original, async (copy) => {
        const running = await copy.open();
        try {
          const clock: Clock = { aheadMs: 0 };
          const { context } = running;
          const service = openService({ ...context, now: () => new Date(context.now().getTime() + clock.aheadMs) });
          const people = await letPeopleIn(service, scene);
          const control = await refusals(scene, await fileAbout(service, scene, scene.image.digest));
          const noticed = await play(service, people, scene, attacked, clock);
          const later = attacked && isLater ? { laterSeconds: LATER_SECONDS } : {};
          const file = await fileAbout(service, scene, scene.other.digest, later);
          const told = await refusals(scene, file);
          return {
            said: attacked ? said : 'nothing was done',
            control,
            noticed: [...noticed, ...told],
            ...(carries === undefined ? {} : { carried: file }),
          };
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

async function waive(service: Service, { anna, ben }: People, scene: Scene): Promise<void> {
  const { waiver } = given(await ask(service, anna, scene));
  given(await service.approveWaiver(ben, waiver));
}

function ask(service: Service, caller: Caller, scene: Scene) {
  return service.requestWaiver(caller, {
    digest: scene.other.digest,
    repository: REPOSITORY,
    contract: STRICT_CONTRACT,
    check: 'contract/stage',
    stage: 'scan',
    expires: new Date(Date.now() + WAIVER_SECONDS * 1000).toISOString(),
    breakGlass: false,
    reason: 'the scanner is away',
  });
}
