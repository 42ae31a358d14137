import type { FaultCode } from '../fault.ts';
import { CONTRACT_REASONS } from './contract-reasons.ts';
import type { Reason } from './reason.ts';
import { RUN_REASONS } from './run-reasons.ts';
import { WAIVER_REASONS } from './waiver-reasons.ts';

const RETAKE = 'Take fresh evidence from the service; if it stays like this, somebody tampered with it.';
const ASK_CONTROL = 'Ask the holders of the control keys what they agreed to.';
const ASK_TWO = 'Ask the administrators which two of them wanted it.';
const ASK_ADMIN = 'Ask an administrator of the service.';

/** Reasons of checks in words. A code without a line here is shown as it is. */
export const REASONS: Readonly<Partial<Record<FaultCode, Reason>>> = {
  'origin/not-confirmed': {
    text: 'You brought no log key, so nothing shows whose log this is.',
    advice: 'Bring the log key that you know: --log-key, or paste it into the page.',
  },
  'asof/after-checkpoint': { text: 'It is newer than the newest state that is shown.', advice: RETAKE },
  'asof/other-log': { text: 'It is a state of another log.', advice: 'Do not rely on this evidence.' },
  'asof/size-differs': { text: 'It is of another size.', advice: RETAKE },
  'origin/wrong-log': { text: 'It is another log than that of your key.', advice: 'Do not rely on this evidence.' },
  'note/no-known-signature': {
    text: 'No key that you trust signed it.',
    advice: 'Check that you brought the right log key; if you did, do not rely on this evidence.',
  },
  'note/bad-signature': {
    text: 'A signature under the name of a key that you trust is false.',
    advice: 'Do not rely on this evidence.',
  },
  'checkpoint/too-old': {
    text: 'It is older than what your trust file allows or pins.',
    advice: 'Take fresh evidence.',
  },
  'checkpoint/from-the-future': {
    text: 'It lies more than five minutes ahead of your clock.',
    advice: 'Check your clock, then that of the service.',
  },
  'checkpoint/forked': {
    text: 'At the same size the log had another root: two histories exist.',
    advice: 'Keep both files and raise an alarm.',
  },
  'checkpoint/log-key-differs': {
    text: 'The key that signed does not count for a ledger of this size.',
    advice: 'Check the size ranges in your trust file.',
  },
  'checkpoint/log-key-retired': {
    text: 'The log had retired that key before.',
    advice: 'Keep the file and raise an alarm: somebody else may have that key.',
  },
  'rotation/malformed': { text: 'It names a key that is none of this log.' },
  'rotation/not-in-force': { text: 'It is not of the keys that were in force.' },
  'rotation/not-signed': { text: 'Not every key that it names signed it.' },
  'checkpoint/log-key-not-in-log': {
    text: 'The log names no such key.',
    advice: 'Do not rely on this evidence.',
  },
  'checkpoint/pin-not-comparable': {
    text: 'The pinned state is of another size, and the evidence holds no proof between the two.',
  },
  'custody/blocked': { text: 'Something that it rests on failed already.' },
  'custody/wrong-question': {
    text: 'The evidence answers another question than was asked.',
    advice: 'Take evidence for this image and repository.',
  },
  'custody/bad-evaluation-time': { text: 'The time of evaluation is not a time.' },
  'entry/wrong-log': { text: 'The entry belongs to another log.', advice: RETAKE },
  'entry/not-first': { text: 'A log is opened by its first entry, and by no other.', advice: RETAKE },
  'entry/after-seal': {
    text: 'The log was sealed before it: it ended there, and goes on under another name.',
    advice: 'Do not rely on this evidence.',
  },
  'entry/missing': { text: 'The last entry of the ledger is not shown.', advice: RETAKE },
  'entry/link-broken': { text: 'It does not name the entry before it by its hash.', advice: RETAKE },
  'entry/time-backwards': { text: 'Its time lies before that of an earlier entry.', advice: RETAKE },
  'entry/unknown-kind': {
    text: 'A newer version may have written it.',
    advice: 'Verify with the newest version of Waybill.',
  },
  'entry/reserved-kind': {
    text: 'Only a later version gives this kind a meaning.',
    advice: 'Verify with the newest version of Waybill.',
  },
  'merkle/root-mismatch': { text: 'The proof leads to another root than the signed one.', advice: RETAKE },
  'commit/missing': { text: 'It is not shown, or not proved to be there.', advice: RETAKE },
  'commit/not-last': {
    text: 'The log signed a state that ends with another entry, which no honest log publishes.',
    advice: 'Keep the file and raise an alarm.',
  },
  'list/not-in-map': { text: 'The map that the log committed to names another end of the list.', advice: RETAKE },
  'map/absence-not-shown': { text: 'The proof does not show that the list has no entry.', advice: RETAKE },
  'map/malformed-proof': { text: 'The proof of the map is damaged.', advice: RETAKE },
  'list/gap': { text: 'An entry between two others is not shown.', advice: RETAKE },
  'list/link-broken': { text: 'An entry does not link to the one that is shown before it.', advice: RETAKE },
  'list/length-differs': { text: 'The list is shorter or longer than the evidence says.', advice: RETAKE },
  'list/claim-missing': { text: 'The evidence leaves out a list that the answer rests on.', advice: RETAKE },
  'list/not-needed': { text: 'The evidence brings a list that nothing rests on.', advice: RETAKE },
  'list/too-many-entries': { text: 'The list has more than 1,000 entries.' },
  'payload/absent': {
    text: 'The document is not shown: it was withheld, lost or erased.',
    advice: 'Ask the service for complete evidence; after an erasure only a waiver helps.',
  },
  'payload/commitment-wrong': { text: 'Document or salt are not those that were recorded.', advice: RETAKE },
  'payload/size-wrong': { text: 'It has another size than the entry says.', advice: RETAKE },
  'payload/not-needed': { text: 'It belongs to no entry that is shown.', advice: RETAKE },
  'image/manifest-differs': { text: 'Digest, size or shape differ.', advice: RETAKE },
  'image/child-not-in-index': {
    text: 'Its exact manifest contains other images than the entry lists.',
    advice: RETAKE,
  },
  'image/simple-signing-wrong': {
    text: 'The signature in the older form is about something else or false.',
    advice: 'Sign the image again.',
  },
  'image/wrong-predicate-type': { text: 'What was signed is no image signature.', advice: 'Sign the image again.' },
  'dsse/no-trusted-signature': { text: 'The registered key did not make it.', advice: 'Find out who submitted it.' },
  'signer/not-registered': { text: 'The ledger holds no registration of it.', advice: ASK_ADMIN },
  'signer/registered-twice': { text: 'It is registered twice, which no service does.', advice: ASK_ADMIN },
  'signer/registered-later': {
    text: 'It was registered only after this entry.',
    advice: 'Attest again now that the key is registered.',
  },
  'signer/revoked': {
    text: 'Its revocation reaches back to before this entry.',
    advice: 'Rebuild the image, and sign and attest it with keys that are in force.',
  },
  'signer/rotated': {
    text: 'Another key had taken its place by then.',
    advice: 'Run the stage again and attest its result with the successor.',
  },
  'signer/too-old': {
    text: 'It was older by then than its registration allows.',
    advice: 'Rotate it, and attest again with the successor.',
  },
  'signer/rotated-twice': { text: 'It has two successors, which no service allows.', advice: ASK_ADMIN },
  'signer/predecessor-revoked': {
    text: 'The key before it, which vouches for it, was revoked for the time of the rotation.',
    advice: 'Have a new key registered, and attest again with it.',
  },
  'signer/rotation-differs': { text: 'The document of its rotation is that of another one.', advice: RETAKE },
  'signer/rotation-not-signed': { text: 'Not both keys signed the rotation.', advice: ASK_ADMIN },
  'signer/malformed-rotation': { text: 'The document of its rotation does not read.', advice: ASK_ADMIN },
  'signer/wider-than-predecessor': {
    text: 'It reaches farther, or may grow older, than the key that it follows.',
    advice: 'Have it registered instead: a rotation gives no more than there was.',
  },
  'signer/wrong-use': { text: 'It is not the key that signs images.', advice: 'Do not rely on this signature.' },
  'signer/assurance-wrong': { text: 'The entry claims another kind of signer than the key is.', advice: RETAKE },
  'signer/wrong-repository': { text: 'It is not registered for this repository.', advice: ASK_ADMIN },
  'signer/wrong-stage': { text: 'It is not registered for this stage.', advice: ASK_ADMIN },
  'principal/no-grant': { text: 'No role had been granted to them.', advice: ASK_ADMIN },
  'principal/revoked': { text: 'Their role had been taken away.', advice: ASK_ADMIN },
  'principal/wrong-role': { text: 'Their role does not include this.', advice: ASK_ADMIN },
  'principal/wrong-repository': { text: 'Their role does not reach this repository.', advice: ASK_ADMIN },
  'principal/wrong-stage': { text: 'Their role does not reach this stage.', advice: ASK_ADMIN },
  'principal/name-reserved': {
    text: 'It is filed under the name of the service, which may not write it.',
    advice: RETAKE,
  },
  'statement/other-subject': { text: 'It names other digests.', advice: 'Attest this image itself.' },
  'attestation/filed-elsewhere': {
    text: 'Its own annotations say so.',
    advice: 'An attestation counts where it was made for; attest again here.',
  },
  'payload/media-type-wrong': { text: 'It is of another form than the entry says.', advice: RETAKE },
  'entry/not-needed': { text: 'It is shown although nothing rests on it.', advice: RETAKE },
  'control/keys-differ': {
    text: 'They are others than in your trust file: whoever made this log changes trust as they like.',
    advice: 'Do not rely on this evidence; ask the holders of the control keys.',
  },
  'control/keys-not-confirmed': {
    text: 'You brought no control keys, so nothing shows whose those of the log are.',
    advice: 'Put the control keys that you know into your trust file.',
  },
  'control/malformed-keys': { text: 'Keys and threshold do not make a set.', advice: 'Do not rely on this log.' },
  'control/missing': {
    text: 'Nobody but the operator authorised it.',
    advice: 'Ask the operator who wrote it, and the holders of the control keys whether they know of it.',
  },
  'control/malformed': { text: 'What it carries is no control envelope.', advice: ASK_CONTROL },
  'control/no-keys': {
    text: 'The log was opened without control keys, and none can be brought in later.',
    advice: 'Do not rely on the keys that it names.',
  },
  'control/not-needed': { text: 'It carries an envelope that it does not take.', advice: ASK_CONTROL },
  'control/threshold-not-met': { text: 'Too few of the control keys in force signed it.', advice: ASK_CONTROL },
  'control/wrong-log': { text: 'They agreed to it in another log.', advice: ASK_CONTROL },
  'control/wrong-kind': { text: 'They agreed to another kind of change.', advice: ASK_CONTROL },
  'control/wrong-key': { text: 'They agreed to a change of something else.', advice: ASK_CONTROL },
  'control/wrong-place': {
    text: 'They agreed to it at another place of the list: an agreement from before was used again.',
    advice: ASK_CONTROL,
  },
  'control/wrong-payload': { text: 'They agreed to another document.', advice: ASK_CONTROL },
  'control/wrong-body': { text: 'They agreed to something else than the entry says.', advice: ASK_CONTROL },
  'dual-control/not-proposed': {
    text: 'Nobody proposed it right before it was made.',
    advice: ASK_TWO,
  },
  'dual-control/other-change': { text: 'Something else was proposed than was made.', advice: ASK_TWO },
  'dual-control/same-person': { text: 'Whoever proposed it made it, too.', advice: ASK_TWO },
  'dual-control/person-unknown': {
    text: 'The grant of one of the two names no person.',
    advice: 'An administrator grants the role again with a person; then the change is made again.',
  },
  'checkpoint/origin-not-signed': {
    text: 'It is signed in the name of another log.',
    advice: 'Do not rely on this evidence.',
  },
  'note/malformed': { text: 'It does not have the form of a signed note.', advice: RETAKE },
  'merkle/forked': {
    text: 'At the same size it has another root: two histories exist.',
    advice: 'Keep the file and raise an alarm.',
  },
  'merkle/inconsistent': { text: 'The proof does not lead from the one to the other.', advice: RETAKE },
  'merkle/path-length': { text: 'The proof is of other sizes.', advice: RETAKE },
  'merkle/index-out-of-range': { text: 'The entry lies beyond the end of the signed ledger.', advice: RETAKE },
  'signer/id-differs': { text: 'The registered key is another than its name says.', advice: RETAKE },
  'grant/malformed-document': {
    text: 'The document of their role does not read, or says another role.',
    advice: ASK_ADMIN,
  },
  'signer/malformed-document': { text: 'The document of its registration does not read.', advice: ASK_ADMIN },
  'statement/malformed-placement': {
    text: 'Its annotations name a place that is none.',
    advice: 'Attest again; waybill attest writes the annotations.',
  },
  'dsse/malformed-envelope': { text: 'The document is no envelope.', advice: RETAKE },
  'dsse/malformed-bundle': { text: 'The document is no bundle.', advice: RETAKE },
  'image/malformed-signed-image': { text: 'The document is no signed image.', advice: RETAKE },
  'contract/malformed': { text: 'The document is no contract.', advice: ASK_ADMIN },
  'attestation/type-differs': { text: 'The statement is of another type than the entry says.', advice: RETAKE },
  'contract/none': {
    text: 'No contract covers this repository, so nothing was required.',
    advice: 'Publish one: waybill contract init.',
  },
  'contract/signature-missing': {
    text: 'Nobody signed it in this repository.',
    advice: 'Sign the image: waybill sign.',
  },
  'contract/signature-failed': {
    text: 'It is signed, but a check of the signature failed.',
    advice: 'See the checks of the signature.',
  },
  'contract/stage-missing': {
    text: 'Nothing was attested for it.',
    advice: 'Run the stage and attest its result: waybill attest.',
  },
  'contract/stage-attestation-failed': {
    text: 'An attestation of it failed a check.',
    advice: 'See the checks of that entry.',
  },
  'contract/wrong-predicate-type': {
    text: 'What was attested is of a type that the contract does not accept.',
    advice: 'Attest a document of an accepted type.',
  },
  'contract/wrong-signer': {
    text: 'The signer is none that the contract accepts.',
    advice: 'Attest with an accepted key.',
  },
  'contract/wrong-assurance': {
    text: 'The service signed for the caller; the contract asks for the pipeline’s own key.',
    advice:
      'Run the stage again and attest its new result with --key, for a new image or with a contract that says count: latest: the earlier record stays.',
  },
  'contract/stage-too-early': {
    text: 'A stage that it follows came later.',
    advice: 'Run the stages in the order of the contract.',
  },
  'contract/body-differs': { text: 'The entry and its document name different repositories.', advice: ASK_ADMIN },
  'contract/versions-inconsistent': {
    text: 'The versions of the contract do not follow each other.',
    advice: ASK_ADMIN,
  },
  'image/retired': {
    text: 'A release manager ended it.',
    advice: 'Release another image. Whoever retired this one knows why.',
  },
  ...CONTRACT_REASONS,
  ...RUN_REASONS,
  ...WAIVER_REASONS,
};
