import { formatVkey, NOTE_ED25519 } from '../../core/checkpoint/note-key.ts';
import type { NoteSigner } from '../../core/checkpoint/signed-note.ts';
import { formatBase64 } from '../../core/encoding/base64.ts';
import { formatHex } from '../../core/encoding/hex.ts';
import { encodeUtf8 } from '../../core/encoding/utf8.ts';
import { TRUST_KEY } from '../../core/entry/keys.ts';
import type { LogKeyRotated } from '../../core/entry/kinds/log-key-rotated.ts';
import { invariant } from '../../core/fault.ts';
import { SERVICE_PRINCIPAL } from '../../core/trust/grant-document.ts';
import { logKeyRotationText, rotationSigners } from '../../core/trust/log-keys.ts';
import { appended, lastOfList, type ShadowLedger } from '../../tamper/shadow-ledger.ts';
import { controlled, makeHolders } from './control-drills.ts';
import type { CarriedFile, Drill } from './drill.ts';
import { fileDrill } from './file-drill.ts';
import { signedEvidence } from './liar-drills.ts';
import { makeKey } from './pipeline.ts';
import type { Scene } from './scene.ts';

const HOLDERS = makeHolders();

/** What whoever has a key of the log, of now or of before, makes of it. The reader knows the key that the log was opened with. */
export const LOG_KEY_DRILLS: readonly Drill[] = [
  fileDrill({
    id: 'retired-log-key',
    sentence: 'Go on signing for the log with its old key, once another one has taken its place.',
    code: 'checkpoint/log-key-retired',
    said: 'the checkpoint bears the signature of the key that the log retired, and no other',
    honest: (scene) => {
      const { ledger, next } = rotated(scene, scene.shadow);
      return { kind: 'evidence', bytes: signedEvidence(scene, ledger, next) };
    },
    forge: (scene) => ({ kind: 'evidence', bytes: signedEvidence(scene, rotated(scene, scene.shadow).ledger) }),
  }),
  fileDrill({
    id: 'unagreed-log-key',
    sentence: 'Have the key of a log under control keys followed by one’s own, without the agreement of their holders.',
    code: 'note/no-known-signature',
    said: 'the log says that its key is retired, and the one that signs in its place was agreed to by nobody',
    honest: (scene) => underControl(scene, (ledger) => controlled(ledger, HOLDERS)),
    forge: (scene) => underControl(scene, (ledger) => ledger),
  }),
];

/** A rotation in a log with control keys, each step of which goes through `agree`, as its new key shows it. */
function underControl(scene: Scene, agree: (ledger: ShadowLedger) => ShadowLedger): CarriedFile {
  const { ledger, next } = rotated(scene, controlled(scene.shadow, HOLDERS), agree);
  return { kind: 'evidence', bytes: signedEvidence(scene, ledger, next), control: HOLDERS.set };
}

/** The ledger with the announcement of a new log key and the retirement of the old one, and the new key. */
function rotated(
  { keys, origin }: Scene,
  ledger: ShadowLedger,
  agree: (ledger: ShadowLedger) => ShadowLedger = (one) => one,
): { readonly ledger: ShadowLedger; readonly next: NoteSigner } {
  const [old, next] = [keys.logSigner(origin), makeLogKey(origin)];
  const announced = agree(withRotation(ledger, [old], [old, next]));
  return { ledger: agree(withRotation(announced, [old, next], [next])), next };
}

function withRotation(ledger: ShadowLedger, from: readonly NoteSigner[], to: readonly NoteSigner[]): ShadowLedger {
  const last = lastOfList(ledger, TRUST_KEY);
  const link = last?.entry.keys.find(({ key }) => key === TRUST_KEY);
  invariant(last !== undefined && link !== undefined, 'a log begins with its opening');
  const named = { previousLogKeys: from.map(({ vkey }) => vkey), logKeys: to.map(({ vkey }) => vkey) };
  const text = logKeyRotationText({ log: ledger.origin, n: link.n + 1, prev: formatHex(last.hash) }, named);
  const signatures = rotationSigners(named).map((vkey) => {
    const signer = [...from, ...to].find((one) => one.vkey === vkey);
    invariant(signer !== undefined, 'who is named is at hand');
    return formatBase64(signer.sign(encodeUtf8(text)));
  });
  const body: LogKeyRotated = { ...named, signatures };
  return appended(ledger, { proposal: { kind: 'log-key.rotated', principal: SERVICE_PRINCIPAL, body } });
}

function makeLogKey(origin: string): NoteSigner {
  const { publicKey, sign } = makeKey();
  return { vkey: formatVkey(origin, NOTE_ED25519, publicKey.raw), sign };
}
