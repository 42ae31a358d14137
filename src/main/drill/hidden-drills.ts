import { imageKey } from '../../core/entry/keys.ts';
import type { Service } from '../../service/service.ts';
import type { Drill } from './drill.ts';
import { judgedDrill } from './judged-drill.ts';
import { makeImage, signAttestation } from './pipeline.ts';
import { given, OTHER_REPOSITORY, placed, REPOSITORY, type Scene, STAGES } from './scene.ts';

const ENVIRONMENT = 'production';
const SMALL_BYTES = 1_000;
const LARGE_BYTES = 1_000_000;

/** What was released or attested elsewhere, that a verdict rests on, is left out of the evidence. */
export const HIDDEN_DRILLS: readonly Drill[] = [
  judgedDrill({
    id: 'hidden-predecessor',
    sentence: 'Hide what was released before, so that an image which outgrew it seems to be the first release.',
    code: 'map/absence-not-shown',
    said: 'the evidence lacks the release before and all about that image, and says that nothing was released',
    environment: ENVIRONMENT,
    live: async (service, scene, attacked) => {
      const { admin } = scene.callers;
      const before = await built(service, scene, makeImage('the image before', SMALL_BYTES));
      given(await service.releaseImage(admin, { digest: before, repository: REPOSITORY, environment: ENVIRONMENT }));
      given(
        await service.publishContract(admin, {
          contract: 'no-growth',
          repositories: [REPOSITORY],
          rules: [
            {
              rule: 'no-larger',
              expression: '!has(previous.facts) || facts.image.bytes <= previous.facts.image.bytes',
            },
          ],
          stages: [],
        }),
      );
      return built(service, scene, makeImage('the image after', attacked ? LARGE_BYTES : SMALL_BYTES));
    },
    hide: (entry, shown) => {
      const released = shown.find(({ kind }) => kind === 'image.released');
      const before = imageKey((released?.body as { readonly digest: string } | undefined)?.digest ?? '');
      return entry.keys.some(({ key }) => key === before);
    },
  }),
  judgedDrill({
    id: 'hidden-promotion',
    sentence: 'Hide the scan that failed where an image comes from, so that what is promoted of it looks clean.',
    code: 'list/not-in-map',
    said: 'the evidence lacks the newest scan of the repository that the image was promoted from',
    live: async (service, scene, attacked) => {
      const { admin, pipeline } = scene.callers;
      const image = makeImage('the promoted image');
      const digest = await built(service, scene, image);
      const elsewhere = { digest, repository: OTHER_REPOSITORY };
      given(await service.signImage(pipeline, { manifest: image.manifest, repository: OTHER_REPOSITORY }));
      given(
        await service.publishContract(admin, {
          contract: 'promotion',
          repositories: [REPOSITORY],
          from: [OTHER_REPOSITORY],
          stages: [{ stage: 'scan', rules: [{ rule: 'clean', expression: 'predicate.note == "clean"' }] }],
        }),
      );
      for (const note of ['clean', attacked ? '7 findings' : 'clean']) {
        const attested = { ...elsewhere, stage: 'scan', note };
        const body = signAttestation(scene.pipeline, attested);
        given(await service.submitAttestation(pipeline, { ...placed(attested), body }));
      }
      return digest;
    },
    hide: ({ seq, kind }, shown) =>
      kind === 'attestation.recorded' &&
      seq === shown.findLast((one) => one.kind === kind && one.repository === OTHER_REPOSITORY)?.seq,
  }),
];

/** An image that was signed, and of which every stage says that all is well. */
async function built(
  service: Service,
  scene: Scene,
  { manifest, digest }: ReturnType<typeof makeImage>,
): Promise<string> {
  const caller = scene.callers.pipeline;
  given(await service.signImage(caller, { manifest, repository: REPOSITORY }));
  for (const stage of STAGES) {
    const attested = { digest, repository: REPOSITORY, stage, note: 'clean' };
    const body = signAttestation(scene.pipeline, attested);
    given(await service.submitAttestation(caller, { ...placed(attested), body }));
  }
  return digest;
}
