import type { Json } from '../../core/encoding/json.ts';
import { signRotation } from '../../keys/sign-rotation.ts';
import type { SigningKey } from '../../service/ports.ts';
import type { Service } from '../../service/service.ts';
import type { Drill } from './drill.ts';
import { judgedDrill } from './judged-drill.ts';
import { type Attested, makeImage, makeKey, signAttestation } from './pipeline.ts';
import { given, placed, REPOSITORY, type Scene } from './scene.ts';

/** What everybody may do at the service, and what must not make custody look better than it is. */
export const CUSTODY_DRILLS: readonly Drill[] = [
  judgedDrill({
    id: 'compromised-key',
    sentence: 'Learn that a key was stolen before it signed, and revoke it from then on.',
    code: 'signer/revoked',
    said: 'the key is revoked from before its signatures on',
    live: async (service, scene, attacked) => {
      // A revocation that takes effect in an hour takes nothing away from what was signed until now.
      const tested = Date.parse(scene.receipts.get('build')?.entry.time ?? '');
      const effective = new Date(attacked ? tested - 1 : Date.now() + 3_600_000).toISOString();
      given(await service.revokeSigner(scene.callers.admin, scene.pipeline.signer, effective));
      return scene.image.digest;
    },
  }),
  judgedDrill({
    id: 'vouched-by-thief',
    sentence: 'Have a stolen key vouch for a key of one’s own, and attest with that after the theft is known.',
    code: 'signer/predecessor-revoked',
    said: 'the stolen key is revoked from before it let another one follow it',
    live: async (service, scene, attacked) => {
      const { manifest, digest } = makeImage('the handed over image');
      const { admin, pipeline } = scene.callers;
      given(await service.signImage(pipeline, { manifest, repository: REPOSITORY }));
      const submit = async (key: SigningKey, stage: string) => {
        const attested: Attested = { digest, repository: REPOSITORY, stage };
        given(await service.submitAttestation(pipeline, { ...placed(attested), body: signAttestation(key, attested) }));
      };
      for (const stage of ['build', 'test']) await submit(scene.pipeline, stage);
      const next = makeKey();
      const known = given(await service.readSigner(admin, scene.pipeline.signer));
      const { repositories, stages } = known;
      const until = new Date(Date.now() + 3_600_000).toISOString();
      const envelope = signRotation(scene.pipeline, next, { log: service.origin, until, repositories, stages });
      const rotated = given(await service.rotateSigner(admin, scene.pipeline.signer, JSON.parse(envelope) as Json));
      await submit(next, 'scan');
      const effective = attacked ? rotated.registeredAt : until;
      given(await service.revokeSigner(admin, scene.pipeline.signer, effective));
      return digest;
    },
  }),
  judgedDrill({
    id: 'reposted-attestation',
    sentence: 'Scan too early, and post the old attestation once more in another form, as if it were new.',
    code: 'contract/stage-too-early',
    said: 'the scan stands before the test, and its envelope again behind it, in a bundle',
    live: async (service, scene, attacked) => {
      const { manifest, digest } = makeImage('the late image');
      const { pipeline } = scene.callers;
      given(await service.signImage(pipeline, { manifest, repository: REPOSITORY }));
      const submit = async (stage: string, form?: 'bundle') => {
        const attested: Attested = { digest, repository: REPOSITORY, stage };
        const body = signAttestation(scene.pipeline, attested, form);
        given(await service.submitAttestation(pipeline, { ...placed(attested), body }));
      };
      if (attacked) await submit('scan');
      for (const stage of ['build', 'test']) await submit(stage);
      await submit('scan', 'bundle');
      return digest;
    },
  }),
  judgedDrill({
    id: 'retired-image',
    sentence: 'Go on with an image that was retired.',
    code: 'image/retired',
    said: 'the image is retired everywhere',
    live: async (service, scene, attacked) => {
      if (attacked) await retire(service, scene);
      return scene.image.digest;
    },
  }),
  judgedDrill({
    id: 'hidden-retirement',
    sentence: 'Hide that an image was retired, and count the retirement out.',
    code: 'list/not-in-map',
    said: 'the evidence lacks the retirement, and claims a list that is one entry shorter',
    live: async (service, scene, attacked) => {
      if (attacked) await retire(service, scene);
      return scene.image.digest;
    },
    hide: ({ kind }) => kind === 'image.retired',
  }),
];

async function retire(service: Service, { callers, image }: Scene): Promise<void> {
  given(await service.retireImage(callers.admin, image));
}
