import { CONTRACT_MEDIA_TYPE, formatContract } from '../../core/contract/contract.ts';
import { type EvidenceParts, formatEvidence } from '../../core/custody/evidence.ts';
import { DSSE_MEDIA_TYPE } from '../../core/dsse/envelope.ts';
import { encodeUtf8 } from '../../core/encoding/utf8.ts';
import type { Entry, Proposal } from '../../core/entry/entry.ts';
import type { ImageReleased } from '../../core/entry/kinds/image-released.ts';
import { invariant } from '../../core/fault.ts';
import { formatReceipt, type Receipt } from '../../core/receipt/receipt.ts';
import type { SigningKey } from '../../service/ports.ts';
import { editEvidence } from '../../tamper/edit-evidence.ts';
import {
  appended,
  type Draft,
  type ShadowLedger,
  shadowCheckpoint,
  shadowEvidence,
  shadowReceipt,
} from '../../tamper/shadow-ledger.ts';
import type { CarriedFile, Drill } from './drill.ts';
import { fileDrill } from './file-drill.ts';
import { passesUnder } from './passes-under.ts';
import { type Attested, makeKey, PREDICATE_TYPE, signAttestation } from './pipeline.ts';
import { OTHER_REPOSITORY, type Scene, STRICT_CONTRACT } from './scene.ts';

/** What whoever runs the service and has its log key records or leaves out: every checkpoint is honestly built and signed. */
export const LIAR_DRILLS: readonly Drill[] = [
  fileDrill({
    id: 'withheld-scan',
    sentence: 'Withhold the scan that failed from the middle of the image’s list, and count it out.',
    code: 'list/gap',
    said: 'the evidence lacks the first scan, and claims a list that is one entry shorter',
    forge: (scene) => edited(scene, (parts) => without(parts, [scene.receipts.get('scan')?.index ?? -1])),
  }),
  fileDrill({
    id: 'hidden-contract',
    sentence: 'Hide a stricter contract: leave its list of coverage out, and everything that it leads to.',
    code: 'list/claim-missing',
    said: `the evidence does not show the contract ${STRICT_CONTRACT}`,
    forge: (scene) =>
      edited(scene, (parts) => {
        const hidden = parts.entries.filter(({ entry }) => isContract(entry, STRICT_CONTRACT));
        const keys = new Set(hidden.flatMap(({ entry }) => entry.keys.map(({ key }) => key)));
        const shown = without(
          parts,
          hidden.map(({ entry }) => entry.seq),
        );
        return { ...shown, lists: shown.lists.filter(({ key }) => !keys.has(key)) };
      }),
  }),
  recorded('recorded-other-image', {
    sentence: 'Record a statement about another image as one about this image.',
    code: 'statement/other-subject',
    said: 'the newest entry files an attestation of another image under this one',
    draft: (scene) => attestation(scene, { ...place(scene), digest: scene.other.digest }),
  }),
  recorded('recorded-elsewhere', {
    sentence: 'Record an attestation of another repository in this one.',
    code: 'attestation/filed-elsewhere',
    said: 'the newest entry files an attestation under another repository than it names',
    draft: (scene) => attestation(scene, { ...place(scene), repository: OTHER_REPOSITORY }),
  }),
  recorded('recorded-foreign-stage', {
    sentence: 'Record an attestation of a stage that its writer may not attest, signed by the service for them.',
    code: 'principal/wrong-stage',
    said: 'the newest entry attests the stage "release" for the pipeline',
    draft: (scene) => {
      const attested = { ...place(scene), stage: 'release' };
      const { service } = scene.keys;
      return attestation(scene, attested, { stage: 'release', signer: service.signer, assurance: 'service' }, service);
    },
  }),
  recorded('recorded-false-signature', {
    sentence: 'Record an attestation in the name of a key that did not sign it.',
    code: 'dsse/no-trusted-signature',
    said: 'the newest entry names the pipeline’s key, and another one signed',
    draft: (scene) => attestation(scene, place(scene), {}, makeKey()),
  }),
  recorded('recorded-unknown-key', {
    sentence: 'Record an attestation by a key that was never registered.',
    code: 'signer/not-registered',
    said: 'the newest entry names a key of which the ledger knows nothing',
    draft: (scene) => {
      const stranger = makeKey();
      return attestation(scene, place(scene), { signer: stranger.signer }, stranger);
    },
  }),
  recorded('recorded-loosening', {
    sentence: 'Record a looser version of a contract in the name of somebody who may not publish any.',
    code: 'principal/wrong-role',
    said: 'the newest entry is a version of the contract that asks for nothing, published by the pipeline',
    draft: (scene) => {
      const repositories = ['*'];
      const bytes = formatContract({ contract: STRICT_CONTRACT, repositories, stages: [] });
      const body = { contract: STRICT_CONTRACT, version: 2, repositories, previousRepositories: repositories };
      const { principal } = scene.callers.pipeline;
      const proposal = { kind: 'contract.published', principal, body } as const;
      return { proposal, payload: { mediaType: CONTRACT_MEDIA_TYPE, bytes } };
    },
  }),
  recorded('recorded-release', {
    sentence: 'Record a release of the image in the name of somebody who may not release any.',
    code: 'principal/wrong-role',
    said: 'the newest entry releases the image to production, by the pipeline',
    draft: ({ callers, image }) => ({
      proposal: {
        kind: 'image.released',
        principal: callers.pipeline.principal,
        repository: image.repository,
        body: { digest: image.digest, environment: 'production', verdict: 0 } satisfies ImageReleased,
      },
    }),
  }),
  recorded('backdated-entry', {
    sentence: 'Give the newest entry a time before that of the entry it follows.',
    code: 'entry/time-backwards',
    said: 'the newest entry is dated an hour back',
    draft: (scene) => attestation(scene, place(scene)),
    alter: (entry) => ({ ...entry, time: new Date(Date.parse(entry.time) - 3_600_000).toISOString() }),
  }),
  fileDrill({
    id: 'misfiled-entry',
    sentence: 'Take an attestation and file it under nothing, so that no evidence will ever show it.',
    code: 'entry/keys-wrong',
    said: 'the receipt that its writer gets is of an entry in no list',
    honest: (scene) => receiptFile(scene, attested(scene)),
    forge: (scene) => receiptFile(scene, { ...attested(scene), alterLast: (entry) => ({ ...entry, keys: [] }) }),
  }),
  fileDrill({
    id: 'relinked-list',
    sentence: 'Link the newest entry of a list past the one before it, withhold that one, and count it out.',
    code: 'map/omission-proved',
    said: 'list and map hold together without the scan before the last; whoever wrote that has its receipt',
    honest: (scene) => ({ kind: 'evidence', bytes: scene.evidence, receipt: kept(scene) }),
    forge: (scene) => {
      const hidden = newestScan(scene);
      const ledger = { ...attested(scene), alterLast: (entry: Entry) => ({ ...entry, keys: hidden.entry.keys }) };
      const shown = editEvidence(signedEvidence(scene, ledger), (parts) => without(parts, [hidden.index]));
      // Nothing in the file tells: what is withheld is proved by the receipt alone.
      invariant(passesUnder(scene.logVkey, shown), 'the list holds together');
      return { kind: 'evidence', bytes: shown, receipt: kept(scene) };
    },
  }),
];

type Lie = {
  readonly sentence: string;
  readonly code: string;
  readonly said: string;
  readonly draft: (scene: Scene) => Draft;
  /** What the entry says otherwise than an honest service would link it. */
  readonly alter?: (entry: Entry) => Entry;
};

/** An entry that no honest service would write, recorded by one that does. */
function recorded(id: string, { draft, alter, ...about }: Lie): Drill {
  return fileDrill({
    id,
    ...about,
    forge: (scene) => {
      const ledger = appended(scene.shadow, draft(scene));
      return {
        kind: 'evidence',
        bytes: signedEvidence(scene, alter === undefined ? ledger : { ...ledger, alterLast: alter }),
      };
    },
  });
}

/** Evidence of the image out of a ledger that the log signs, or whoever is told. */
export function signedEvidence(
  scene: Scene,
  ledger: ShadowLedger,
  signer = scene.keys.logSigner(scene.origin),
): Uint8Array {
  const { digest: subject, repository } = scene.image;
  const checkpoint = shadowCheckpoint(ledger, signer);
  const parts = shadowEvidence(ledger, { subject, repository }, { checkpoint, logKey: signer.vkey });
  return encodeUtf8(formatEvidence(parts));
}

/** The ledger with one more attestation of the image, as it should be. */
function attested(scene: Scene): ShadowLedger {
  return appended(scene.shadow, attestation(scene, place(scene)));
}

function receiptFile(scene: Scene, ledger: ShadowLedger): CarriedFile {
  const receipt = shadowReceipt(ledger, ledger.leaves.length - 1, scene.keys.logSigner(scene.origin));
  return { kind: 'receipt', bytes: encodeUtf8(formatReceipt(receipt)) };
}

/** What the pipeline knows of its newest scan. */
export function newestScan(scene: Scene): Receipt {
  const receipt = scene.receipts.get('scan-again');
  invariant(receipt !== undefined, 'the pipeline has kept its receipts');
  return receipt;
}

export function kept(scene: Scene): Uint8Array {
  return encodeUtf8(formatReceipt(newestScan(scene)));
}

function place(scene: Scene): Attested {
  return { ...scene.image, stage: 'scan', note: 'recorded by a liar' };
}

/** An attestation filed under the image of the scene, whatever it says itself. */
export function attestation(
  scene: Scene,
  attested: Attested,
  differs: { readonly stage?: string; readonly signer?: string; readonly assurance?: 'pipeline' | 'service' } = {},
  key: SigningKey = scene.pipeline,
): Draft {
  const proposal: Omit<Proposal, 'payload'> = {
    kind: 'attestation.recorded',
    principal: scene.callers.pipeline.principal,
    repository: scene.image.repository,
    stage: 'scan',
    signer: scene.pipeline.signer,
    assurance: 'pipeline',
    predicateType: PREDICATE_TYPE,
    body: { form: 'envelope', subjects: [scene.image.digest] },
    ...differs,
  };
  return { proposal, payload: { mediaType: DSSE_MEDIA_TYPE, bytes: signAttestation(key, attested) } };
}

function edited(scene: Scene, change: (parts: EvidenceParts) => EvidenceParts) {
  return { kind: 'evidence', bytes: editEvidence(scene.evidence, change) } as const;
}

/** The evidence without these entries and their documents, every claim lessened by what is left out. */
export function without(parts: EvidenceParts, seqs: readonly number[]): EvidenceParts {
  const hidden = parts.entries.filter(({ entry }) => seqs.includes(entry.seq));
  const under = (key: string) => hidden.filter(({ entry }) => entry.keys.some((link) => link.key === key)).length;
  return {
    ...parts,
    entries: parts.entries.filter((shown) => !hidden.includes(shown)),
    payloads: parts.payloads.filter(({ seq }) => !seqs.includes(seq)),
    lists: parts.lists.map(({ n, ...list }) => ({ ...list, n: n - under(list.key) })),
  };
}

export function isContract(entry: Proposal, name: string): boolean {
  return entry.kind.startsWith('contract.') && (entry.body as { readonly contract?: string }).contract === name;
}
