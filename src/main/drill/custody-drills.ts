import type { Json } from '../../core/encoding/json.ts';
import { signRotation } from '../../keys/sign-rotation.ts';
import { openService } from '../../service/open-service.ts';
import type { SigningKey } from '../../service/ports.ts';
import type { Service } from '../../service/service.ts';
import { withLedgerCopy } from '../scratch/ledger-copy.ts';
import type { Drill } from './drill.ts';
import { refusals } from './file-drill.ts';
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
    isCarried: false,
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
];

type Judged = {
  readonly id: string;
  readonly sentence: string;
  readonly code: string;
  readonly said: string;
  /** Whether its evidence is one of the files that other verifiers are given; it is unless told. */
  readonly isCarried?: boolean;
  /** What happens at the service; gives the image that is judged afterwards. */
  readonly live: (service: Service, scene: Scene, attacked: boolean) => Promise<string>;
};

/** Something that the service records as it must, and that every reader of the evidence judges. */
function judgedDrill({ id, sentence, code, said, isCarried = true, live }: Judged): Drill {
  return {
    id,
    sentence,
    expected: [{ by: 'cli', code }],
    ...(isCarried ? { carries: code } : {}),
    play: (scene, attacked) =>
      withLedgerCopy(scene.original, async (copy) => {
        const running = await copy.open();
        try {
          const service = openService(running.context);
          const evidenceOf = async (digest: string) => {
            const bytes = given(await service.readEvidence(scene.callers.admin, { ...scene.image, digest }));
            return { kind: 'evidence', bytes, subject: digest } as const;
          };
          const control = await refusals(scene, await evidenceOf(scene.image.digest));
          const file = await evidenceOf(await live(service, scene, attacked));
          const noticed = await refusals(scene, file);
          const told = { said: attacked ? said : 'nothing was done', control, noticed };
          return isCarried ? { ...told, carried: file } : told;
        } finally {
          await running.close();
        }
      }),
  };
}
