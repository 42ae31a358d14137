import type { Entry } from '../../core/entry/entry.ts';
import type { RunClosed } from '../../core/entry/kinds/run-closed.ts';
import type { Service } from '../../service/service.ts';
import type { Drill } from './drill.ts';
import { judgedDrill } from './judged-drill.ts';
import { makeImage, signAttestation } from './pipeline.ts';
import { given, placed, REPOSITORY, type Scene, STAGES, STRICT_CONTRACT } from './scene.ts';

/** The commit that the drills build. */
const COMMIT = '5b'.repeat(20);
const HOUR_SECONDS = 3_600;

/** What a pipeline, or whoever runs the service, tries with the runs of a commit. */
export const ATTEMPT_DRILLS: readonly Drill[] = [
  judgedDrill({
    id: 'rerun-until-green',
    sentence: 'Run a commit again and again until it is green, and ship what the last run built.',
    code: 'contract/too-many-failed-attempts',
    said: 'two attempts at the commit failed, and the third one built the image',
    live: async (service, scene, attacked) => {
      await askForRuns(service, scene, { failedAttemptsMax: 1 });
      await fail(service, scene, attacked ? 2 : 1);
      return build(service, scene);
    },
  }),
  judgedDrill({
    id: 'withheld-attempt',
    sentence: 'Withhold the attempts that failed from the list of the commit, and count them out.',
    code: 'list/gap',
    said: 'the evidence shows the attempt that succeeded as the only one',
    live: async (service, scene, attacked) => {
      await askForRuns(service, scene, { failedAttemptsMax: 1 });
      await fail(service, scene, attacked ? 2 : 1);
      return build(service, scene);
    },
    hide: ({ run }, shown) => shown.some((end) => end.run === run && isFailure(end)),
  }),
  judgedDrill({
    id: 'endless-run',
    sentence: 'Build in a run, and never say how it ended.',
    code: 'run/overdue',
    said: 'the run was to last an hour, and an hour later it had no end',
    live: (service, scene, attacked) => build(service, scene, { isClosed: !attacked }),
    laterSeconds: 2 * HOUR_SECONDS,
  }),
  judgedDrill({
    id: 'loosened-afterwards',
    sentence: 'Publish a looser contract once a run has begun, so that it need not bring what it was to bring.',
    code: 'contract/expected-stage-missing',
    said: 'the contract asks for no scan any more, and the image has none',
    live: async (service, scene, attacked) => {
      await askForRuns(service, scene, {});
      const meanwhile = async () => {
        if (!attacked) return;
        const repositories = ['*'];
        const looser = { contract: STRICT_CONTRACT, repositories, stages: [{ stage: 'test' }] };
        given(await service.publishContract(scene.callers.admin, looser));
      };
      return build(service, scene, { stages: attacked ? ['build', 'test'] : STAGES, meanwhile });
    },
  }),
];

function isFailure({ kind, body }: Entry): boolean {
  return kind === 'run.closed' && (body as RunClosed).outcome === 'failed';
}

/** Publishes a contract that asks for the run of an image. */
async function askForRuns(
  service: Service,
  { callers }: Scene,
  runs: { readonly failedAttemptsMax?: number },
): Promise<void> {
  const contract = { contract: 'runs', repositories: [REPOSITORY], stages: [], runs: { required: true, ...runs } };
  given(await service.publishContract(callers.admin, contract));
}

/** So many runs of the commit that failed. */
async function fail(service: Service, { callers }: Scene, count: number): Promise<void> {
  for (let attempt = 0; attempt < count; attempt += 1) {
    const { run } = given(await service.openRun(callers.pipeline, { repository: REPOSITORY, commit: COMMIT }));
    given(await service.closeRun(callers.pipeline, run, 'failed'));
  }
}

/** An image out of a run of the commit that succeeds, signed and attested; gives its digest. */
async function build(
  service: Service,
  scene: Scene,
  {
    stages = STAGES,
    isClosed = true,
    meanwhile,
  }: {
    readonly stages?: readonly string[];
    readonly isClosed?: boolean;
    /** What happens while the run is open. */
    readonly meanwhile?: () => Promise<void>;
  } = {},
): Promise<string> {
  const { pipeline } = scene.callers;
  const { manifest, digest } = makeImage('the image of a run');
  const asked = { repository: REPOSITORY, commit: COMMIT, lifetimeSeconds: HOUR_SECONDS };
  const { run } = given(await service.openRun(pipeline, asked));
  given(await service.signImage(pipeline, { manifest, repository: REPOSITORY, run }));
  await meanwhile?.();
  for (const stage of stages) {
    const attested = { digest, repository: REPOSITORY, stage };
    const body = signAttestation(scene.pipeline, attested);
    given(await service.submitAttestation(pipeline, { ...placed(attested), run, body }));
  }
  if (isClosed) given(await service.closeRun(pipeline, run, 'succeeded'));
  return digest;
}
