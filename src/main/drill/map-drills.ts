import { formatCompleteness } from '../../core/completeness/completeness.ts';
import { type EvidenceParts, formatEvidence } from '../../core/custody/evidence.ts';
import { encodeUtf8 } from '../../core/encoding/utf8.ts';
import type { Entry } from '../../core/entry/entry.ts';
import { imageKey, signerKey } from '../../core/entry/keys.ts';
import { invariant } from '../../core/fault.ts';
import { editEvidence } from '../../tamper/edit-evidence.ts';
import {
  appended,
  type ShadowLedger,
  shadowCheckpoint,
  shadowCompleteness,
  shadowEvidence,
} from '../../tamper/shadow-ledger.ts';
import type { CarriedFile, Drill } from './drill.ts';
import { fileDrill } from './file-drill.ts';
import { attestation, isContract, kept, newestScan, without } from './liar-drills.ts';
import { passesUnder } from './passes-under.ts';
import { type Scene, STRICT_CONTRACT } from './scene.ts';

/** What whoever has the log key says of lists: first under a map that is that of the entries, then under a false one. */
export const MAP_DRILLS: readonly Drill[] = [
  fileDrill({
    id: 'short-list',
    sentence: 'Drop the newest entry of the image’s list, and count it out.',
    code: 'list/not-in-map',
    said: 'the evidence shows a list that is one entry shorter, without a gap',
    forge: (scene) => edited(scene, (parts) => without(parts, [newestScan(scene).index])),
  }),
  fileDrill({
    id: 'wrong-count',
    sentence: 'Say that a list has an entry less than is shown.',
    code: 'list/length-differs',
    said: 'the image’s list claims one entry less',
    forge: (scene) => edited(scene, (parts) => withList(parts, listOf(scene), (list) => ({ ...list, n: list.n - 1 }))),
  }),
  fileDrill({
    id: 'forged-absence',
    sentence: 'Say that the list of a contract’s coverage is empty, with the proof that another list is.',
    code: 'map/absence-not-shown',
    said: 'the stricter contract is not shown, and its coverage is said to be empty',
    forge: forgedAbsence,
  }),
  fileDrill({
    id: 'withheld-revocation',
    sentence: 'Revoke the pipeline’s key, and leave the revocation out of its list.',
    code: 'list/not-in-map',
    said: 'the key was revoked from before it signed, and its list ends with the registration',
    forge: withheldRevocation,
  }),
  fileDrill({
    id: 'stale-commitment',
    sentence: 'Show the commitment of an earlier batch as that of the checkpoint, with the lists of then.',
    code: 'commit/missing',
    said: 'the lists are those before the newest scan, as the commitment shown says',
    forge: staleCommitment,
  }),
  fileDrill({
    id: 'uncommitted-tail',
    sentence: 'Sign a checkpoint that ends in the middle of a batch, so that no map is committed to.',
    code: 'commit/not-last',
    said: 'the checkpoint ends with the newest scan',
    forge: (scene) => signedEvidence(scene, scene.shadow, newestScan(scene).index + 1),
  }),
  fileDrill({
    id: 'replayed-checkpoint',
    sentence: 'Show new entries under the checkpoint from before them.',
    code: 'merkle/root-mismatch',
    said: 'the checkpoint is one that the log signed earlier',
    forge: (scene) => edited(scene, (parts) => ({ ...parts, checkpoint: olderCheckpoint(scene) })),
  }),
  fileDrill({
    id: 'truncated-log',
    sentence: 'Show the log as it was before the newest entries, to a reader who knows a later state.',
    code: 'checkpoint/too-old',
    said: 'the evidence is whole, and of a state before the newest scan',
    honest: (scene) => ({ kind: 'evidence', bytes: scene.evidence, pin: pinOf(scene) }),
    forge: (scene) => ({
      ...signedEvidence(scene, scene.shadow, beforeNewestScan(scene)),
      pin: pinOf(scene),
    }),
  }),
  fileDrill({
    id: 'short-completeness',
    sentence: 'Prove the image’s list to be whole without its newest entry.',
    code: 'list/not-in-map',
    said: 'the completeness proof is one entry shorter, without a gap',
    honest: (scene) => completeness(scene, scene.shadow),
    forge: (scene) => completeness(scene, scene.shadow, [newestScan(scene).index]),
  }),
  fileDrill({
    id: 'false-map',
    sentence: 'Commit to a map that leaves the newest entry of a list out, and show the list like that.',
    code: 'map/omission-proved',
    said: 'evidence and map agree that there is no such scan; whoever wrote it has its receipt',
    honest: (scene) => ({ kind: 'evidence', bytes: scene.evidence, receipt: kept(scene) }),
    forge: (scene) => {
      const hidden = newestScan(scene);
      const bytes = signedEvidence(scene, unmapped(scene)).bytes;
      const shown = editEvidence(bytes, (parts) => without(parts, [hidden.index]));
      // Nothing in the file tells: what is withheld is proved by the receipt alone.
      invariant(passesUnder(scene.logVkey, shown), 'under the false map the list is whole');
      return { kind: 'evidence', bytes: shown, receipt: kept(scene) };
    },
  }),
  fileDrill({
    id: 'false-map-completeness',
    sentence: 'Prove the shortened list to be whole, by the same false map.',
    code: 'map/omission-proved',
    said: 'the completeness proof holds; whoever wrote the scan has its receipt',
    honest: (scene) => ({ ...completeness(scene, scene.shadow), receipt: kept(scene) }),
    forge: (scene) => ({
      ...completeness(scene, unmapped(scene), [newestScan(scene).index]),
      receipt: kept(scene),
    }),
  }),
];

/** The ledger with one more entry, and a last commitment to a map that knows nothing of the newest scan. */
function unmapped(scene: Scene): ShadowLedger {
  const hidden = newestScan(scene).index;
  const { digest } = scene.other;
  const draft = attestation(scene, { digest, repository: scene.image.repository, stage: 'scan', note: 'the other' });
  const proposal = { ...draft.proposal, body: { form: 'envelope', subjects: [digest] } };
  const ledger = appended(scene.shadow, { ...draft, proposal });
  return { ...ledger, unmapped: ({ seq }: Entry) => seq === hidden };
}

function edited(scene: Scene, change: (parts: EvidenceParts) => EvidenceParts): CarriedFile {
  return { kind: 'evidence', bytes: editEvidence(scene.evidence, change) };
}

/** Evidence of the image out of the first `size` entries of a ledger that the log signs. */
function signedEvidence(scene: Scene, ledger: ShadowLedger, size?: number): CarriedFile {
  const { digest: subject, repository } = scene.image;
  const checkpoint = shadowCheckpoint(ledger, scene.keys.logSigner(scene.origin), size);
  const under = { checkpoint, logKey: scene.logVkey, ...(size === undefined ? {} : { size }) };
  return {
    kind: 'evidence',
    bytes: encodeUtf8(formatEvidence(shadowEvidence(ledger, { subject, repository }, under))),
  };
}

function completeness(scene: Scene, ledger: ShadowLedger, left: readonly number[] = []): CarriedFile {
  const parts = shadowCompleteness(ledger, listOf(scene), scene.keys.logSigner(scene.origin));
  const entries = parts.entries.filter(({ seq }) => !left.includes(seq));
  return { kind: 'completeness', bytes: encodeUtf8(formatCompleteness({ ...parts, entries })) };
}

function forgedAbsence(scene: Scene): CarriedFile {
  return edited(scene, (parts) => {
    const absent = parts.lists.find(({ n }) => n === 0);
    const hidden = parts.entries.filter(({ entry }) => isContract(entry, STRICT_CONTRACT));
    invariant(
      absent !== undefined && hidden.length > 0,
      'some coverage is empty, and the contract of everybody is not',
    );
    const shown = without(
      parts,
      hidden.map(({ entry }) => entry.seq),
    );
    const lists = shown.lists
      .filter(({ key, n }) => n > 0 || !key.startsWith('contract:'))
      .map((list) => (list.n === 0 && list.key.startsWith('coverage:') ? { ...list, proof: absent.proof } : list));
    return { ...shown, lists };
  });
}

function withheldRevocation(scene: Scene): CarriedFile {
  const { signer } = scene.pipeline;
  const body = { signer, effective: scene.receipts.get('build')?.entry.time ?? '' };
  const proposal = { kind: 'signer.revoked', principal: scene.callers.admin.principal, body };
  const ledger = appended(scene.shadow, { proposal });
  return {
    kind: 'evidence',
    bytes: editEvidence(signedEvidence(scene, ledger).bytes, (parts) => {
      const hidden = parts.entries.filter(
        ({ entry }) => entry.kind === 'signer.revoked' && entry.keys.some(({ key }) => key === signerKey(signer)),
      );
      return without(
        parts,
        hidden.map(({ entry }) => entry.seq),
      );
    }),
  };
}

/** The lists and the commitment of an earlier state, all of them included under the newest checkpoint. */
function staleCommitment(scene: Scene): CarriedFile {
  const { digest: subject, repository } = scene.image;
  const size = beforeNewestScan(scene);
  const signer = scene.keys.logSigner(scene.origin);
  const checkpoint = shadowCheckpoint(scene.shadow, signer);
  const under = { checkpoint, logKey: scene.logVkey, size };
  const then = shadowEvidence(scene.shadow, { subject, repository }, under, scene.shadow.leaves.length);
  return { kind: 'evidence', bytes: encodeUtf8(formatEvidence(then)) };
}

function withList(
  parts: EvidenceParts,
  key: string,
  change: (list: EvidenceParts['lists'][number]) => EvidenceParts['lists'][number],
): EvidenceParts {
  return { ...parts, lists: parts.lists.map((list) => (list.key === key ? change(list) : list)) };
}

function listOf(scene: Scene): string {
  return imageKey(scene.image.digest);
}

/** Size of the log under the newest checkpoint that does not cover the newest scan. */
function beforeNewestScan(scene: Scene): number {
  const sizes = [...scene.checkpoints.keys()].filter((size) => size <= newestScan(scene).index);
  return Math.max(...sizes);
}

function olderCheckpoint(scene: Scene): string {
  const note = scene.checkpoints.get(beforeNewestScan(scene));
  invariant(note !== undefined, 'the scene has kept its checkpoints');
  return note;
}

/** The state that the reader knows the log to have had: that of the newest receipt. */
function pinOf(scene: Scene): NonNullable<CarriedFile['pin']> {
  const note = newestScan(scene).checkpoint.split('\n');
  return { size: Number(note[1]), root: note[2] ?? '' };
}
