import { formatVkey, type NoteSigner } from '../../core/checkpoint/signed-note.ts';
import { type EvidenceParts, formatEvidence } from '../../core/custody/evidence.ts';
import { encodeUtf8 } from '../../core/encoding/utf8.ts';
import { invariant } from '../../core/fault.ts';
import { formatReceipt, type Receipt } from '../../core/receipt/receipt.ts';
import { renderReport } from '../../report/render-report.ts';
import { editEvidence, forgePrincipal } from '../../tamper/edit-evidence.ts';
import { type ShadowLedger, shadowCheckpoint, shadowEvidence } from '../../tamper/shadow-ledger.ts';
import { renderCustodyReport } from '../render-custody-report.ts';
import type { CarriedFile, Drill } from './drill.ts';
import { fileDrill } from './file-drill.ts';
import { FLIPPED_BITS } from './flip-drill.ts';
import { passesUnder } from './passes-under.ts';
import { makeKey } from './pipeline.ts';
import type { Scene } from './scene.ts';

/** A program that looks like the real one to whoever only looks, and never looks at the evidence. */
const ALWAYS_GREEN = `document.getElementById('waybill').innerHTML =
  '<section class="banner pass"><h1>Custody is proved</h1></section>';`;

const DAY_SECONDS = 86_400;

/** What somebody forges who has files, a whole copy of the database, and no key of the log. */
export const FILE_DRILLS: readonly Drill[] = [
  fileDrill({
    id: 'forged-evidence',
    sentence: 'Change an entry in a report, and make its hash, its form and its order fit.',
    code: 'merkle/root-mismatch',
    said: 'the newest attestation is somebody else’s in the evidence of the report',
    honest: (scene) => ({ kind: 'report', bytes: renderCustodyReport(scene.evidence) }),
    forge: (scene) => ({ kind: 'report', bytes: renderCustodyReport(forgePrincipal(scene.evidence)) }),
  }),
  fileDrill({
    id: 'forged-checkpoint',
    sentence: 'Sign the checkpoint of evidence with another key, under the name and number of the log’s own.',
    code: 'note/bad-signature',
    said: 'the checkpoint names the log’s key, and another one signed',
    forge: (scene) =>
      edited(scene, (parts) => {
        const own = parts.checkpoint.split('\n').at(-2) ?? '';
        const theirs = shadowCheckpoint(scene.shadow, forger(scene.origin)).split('\n').at(-2) ?? '';
        return { ...parts, checkpoint: parts.checkpoint.replace(own, withKeyIdOf(own, theirs)) };
      }),
  }),
  fileDrill({
    id: 'forged-report',
    sentence: 'Forge a whole report: the ledger of the same name under a key of one’s own.',
    code: 'note/no-known-signature',
    said: 'every entry is as it was, and the log key is the forger’s',
    honest: (scene) => ({ kind: 'report', bytes: renderCustodyReport(scene.evidence) }),
    forge: forgedReport,
  }),
  fileDrill({
    id: 'always-green',
    sentence: 'Show a report whose own program says that all is well, whatever the evidence is.',
    code: 'report/unknown-program',
    said: 'the page always shows green; its evidence is forged',
    honest: (scene) => ({ kind: 'report', bytes: renderCustodyReport(scene.evidence) }),
    forge: (scene) => ({
      kind: 'report',
      bytes: encodeUtf8(renderReport(forgePrincipal(scene.evidence), ALWAYS_GREEN)),
    }),
  }),
  fileDrill({
    id: 'evidence-of-another-image',
    sentence: 'Hand out evidence of one image as that of another.',
    code: 'custody/wrong-question',
    said: 'the reader asked about the other image',
    forge: (scene) => ({ kind: 'evidence', bytes: scene.evidence, subject: scene.other.digest }),
  }),
  fileDrill({
    id: 'stale-evidence',
    sentence: 'Hand out evidence from before the news, to a reader who has seen nothing newer.',
    code: 'checkpoint/too-old',
    said: 'the evidence is two days old, and the reader allows a day',
    honest: (scene) => aged(scene, 0),
    forge: (scene) => aged(scene, 2 * DAY_SECONDS),
  }),
  fileDrill({
    id: 'forged-receipt',
    sentence: 'Change the entry in a receipt.',
    code: 'receipt/not-included',
    said: 'the receipt is of a stage that the entry never named',
    honest: (scene) => receiptFile(receiptOf(scene)),
    forge: (scene) => {
      const receipt = receiptOf(scene);
      return receiptFile({ ...receipt, entry: { ...receipt.entry, stage: 'release' } });
    },
  }),
  FLIPPED_BITS,
];

function edited(scene: Scene, change: (parts: EvidenceParts) => EvidenceParts): CarriedFile {
  return { kind: 'evidence', bytes: editEvidence(scene.evidence, change) };
}

/** A log key of whoever has none of this log. */
function forger(origin: string): NoteSigner {
  const key = makeKey();
  return { vkey: formatVkey(origin, 1, key.publicKey.raw), sign: key.sign };
}

/** The signature of `theirs` in a line that claims the key of `own`: both are `— name base64(key id ‖ signature)`. */
function withKeyIdOf(own: string, theirs: string): string {
  const [dash, name, mine = ''] = own.split(' ');
  const [keyed, signed] = [mine, theirs.split(' ')[2] ?? ''].map((text) => Buffer.from(text, 'base64'));
  invariant(keyed !== undefined && signed !== undefined, 'a signed note has a signature line');
  return `${dash} ${name} ${Buffer.concat([keyed.subarray(0, 4), signed.subarray(4)]).toString('base64')}`;
}

/** The whole ledger under the forger's key, as a report that a reader of that key would find good. */
function forgedReport(scene: Scene): CarriedFile {
  const signer = forger(scene.origin);
  const [opening, ...rest] = scene.shadow.leaves;
  invariant(opening !== undefined, 'a ledger has its opening');
  const body = { ...(opening.proposal.body as object), logKeys: [signer.vkey] };
  const leaves = [{ ...opening, proposal: { ...opening.proposal, body } as typeof opening.proposal }, ...rest];
  const ledger: ShadowLedger = { ...scene.shadow, leaves };
  const { digest: subject, repository } = scene.image;
  const checkpoint = shadowCheckpoint(ledger, signer);
  const parts = shadowEvidence(ledger, { subject, repository }, { checkpoint, logKey: signer.vkey });
  const bytes = encodeUtf8(formatEvidence(parts));
  // One who did not make everything fit would show nothing by being noticed.
  invariant(passesUnder(signer.vkey, bytes), 'under the forger’s own key the forgery passes');
  return { kind: 'report', bytes: renderCustodyReport(bytes) };
}

function aged(scene: Scene, seconds: number): CarriedFile {
  const last = Date.parse(scene.shadow.leaves.at(-1)?.time ?? '');
  const at = new Date(last + seconds * 1000).toISOString();
  return { kind: 'evidence', bytes: scene.evidence, age: { maxSeconds: DAY_SECONDS, at } };
}

function receiptOf(scene: Scene): Receipt {
  const receipt = scene.receipts.get('scan');
  invariant(receipt !== undefined, 'the pipeline has kept its receipts');
  return receipt;
}

function receiptFile(receipt: Receipt): CarriedFile {
  return { kind: 'receipt', bytes: encodeUtf8(formatReceipt(receipt)) };
}
