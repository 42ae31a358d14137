import type { Result } from '../../core/fault.ts';
import { openService } from '../../service/open-service.ts';
import type { Service } from '../../service/service.ts';
import { withLedgerCopy } from '../scratch/ledger-copy.ts';
import { type Drill, type Sighting, sightings } from './drill.ts';
import { verifyFile } from './outsider.ts';
import { type Attested, makeKey, signAttestation } from './pipeline.ts';
import { given, OTHER_REPOSITORY, placed, REPOSITORY, type Scene } from './scene.ts';

type Ask = (service: Service, scene: Scene) => Promise<Result<unknown>>;

/** What a pipeline tries that it may not do. */
export const SERVICE_DRILLS: readonly Drill[] = [
  refused({
    id: 'foreign-stage',
    sentence: 'Let a pipeline attest a stage that it may not.',
    code: 'auth/stage-out-of-scope',
    attack: (service, scene) => submit(service, scene, { ...scene.image, stage: 'release' }),
  }),
  refused({
    id: 'foreign-repository',
    sentence: 'Let a pipeline attest in a repository that is not its own.',
    code: 'auth/repository-out-of-scope',
    attack: (service, scene) => submit(service, scene, { ...scene.image, repository: 'bank/core', stage: 'scan' }),
  }),
  refused({
    id: 'unknown-key',
    sentence: 'Attest with a key that nobody has registered.',
    code: 'attestation/signer-unknown',
    attack: (service, scene) => submit(service, scene, { ...scene.image, stage: 'scan' }, { key: makeKey() }),
  }),
  refused({
    id: 'replayed-on-digest',
    sentence: 'Post an attestation of one image once more, for another image.',
    code: 'attestation/subject-not-named',
    attack: (service, scene) => {
      const place = { subject: scene.other.digest, repository: REPOSITORY, stage: 'scan' };
      return submit(service, scene, { ...scene.image, stage: 'scan', note: 'clean' }, { place });
    },
  }),
  refused({
    id: 'replayed-in-repository',
    sentence: 'Post an attestation of one repository once more, in another repository.',
    code: 'attestation/filed-elsewhere',
    attack: (service, scene) => {
      const place = { subject: scene.image.digest, repository: OTHER_REPOSITORY, stage: 'scan' };
      return submit(service, scene, { ...scene.image, stage: 'scan', note: 'clean' }, { place });
    },
  }),
  refused({
    id: 'revoked-key',
    sentence:
      'Revoke a key after use, and go on signing with it: what it signed before stands, what comes later does not.',
    code: 'attestation/signer-revoked',
    prepare: async (service, scene) => {
      given(await service.revokeSigner(scene.callers.admin, scene.pipeline.signer));
    },
    attack: (service, scene) => submit(service, scene, { ...scene.image, stage: 'scan', note: 'after revocation' }),
  }),
];

type Refusal = {
  readonly id: string;
  readonly sentence: string;
  readonly code: string;
  /** What happened before, rightly. */
  readonly prepare?: (service: Service, scene: Scene) => Promise<void>;
  readonly attack: Ask;
};

/** Something that the service must refuse before anything is written; custody passes before and afterwards. */
function refused({ id, sentence, code, prepare, attack }: Refusal): Drill {
  return {
    id,
    sentence,
    expected: [{ by: 'service', code }],
    unmoved: ['cli'],
    play: (scene, attacked) =>
      withLedgerCopy(scene.original, async (copy) => {
        const running = await copy.open();
        try {
          const service = openService(running.context);
          await submitControl(service, scene);
          await prepare?.(service, scene);
          const control = await judged(service, scene);
          const before = await service.readiness();
          const answer = attacked ? await attack(service, scene) : undefined;
          const after = await service.readiness();
          const wrote = before.size !== after.size ? sightings('cli', ['an entry was written']) : [];
          return {
            said: attacked ? 'it was sent to the service as anybody would' : 'nothing was done',
            control,
            noticed: [
              ...sightings('service', answer?.ok === false ? [answer.fault.code] : []),
              ...(await judged(service, scene)),
              ...wrote,
            ],
          };
        } finally {
          await running.close();
        }
      }),
  };
}

/** The same that is refused below, done rightly: what the service refuses is the attack and not everything. */
async function submitControl(service: Service, scene: Scene): Promise<void> {
  given(await submit(service, scene, { ...scene.image, stage: 'scan', note: 'once more' }));
}

/** What an outsider says against the evidence that the service gives. */
async function judged(service: Service, scene: Scene): Promise<readonly Sighting[]> {
  const read = await service.readEvidence(scene.callers.admin, scene.image);
  if (!read.ok) return sightings('service', [read.fault.code]);
  const { verdict, code } = await verifyFile(scene, { kind: 'evidence', bytes: read.value });
  return verdict === 'pass' ? [] : sightings('cli', [code ?? `verdict ${verdict}`]);
}

async function submit(
  service: Service,
  scene: Scene,
  attested: Attested,
  {
    key = scene.pipeline,
    place = placed(attested),
  }: { key?: Scene['pipeline']; place?: ReturnType<typeof placed> } = {},
): Promise<Result<unknown>> {
  const caller = await service.authenticate(scene.tokens.pipeline);
  if (!caller.ok) return caller;
  return service.submitAttestation(caller.value, { ...place, body: signAttestation(key, attested) });
}
