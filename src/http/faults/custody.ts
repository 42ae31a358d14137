import type { CustodyFaultCode } from '../../core/fault-codes/custody.ts';
import type { FaultRow } from './faults.ts';

/** Evidence, trust files, signers and grants, and the reasons of custody checks. */
export const CUSTODY_FAULTS = {
  'asof/after-checkpoint': [
    422,
    'The past state that is asked about is newer than the newest one that is shown.',
    'Treat the evidence as forged.',
  ],
  'asof/not-published': [
    422,
    'The log published no checkpoint of that size, or none that early.',
    'Take a size from /log/checkpoints, or a later time.',
  ],
  'asof/other-log': [422, 'The earlier checkpoint is of another log.', 'Treat the evidence as forged.'],
  'asof/size-differs': [
    422,
    'The earlier checkpoint is not of the size that is asked about.',
    'Treat the evidence as forged.',
  ],
  'attestation/filed-elsewhere': [
    422,
    'The statement says that it belongs to another repository, stage or run.',
    'Submit it under the place that it names.',
  ],
  'attestation/type-differs': [
    422,
    'Entry and envelope name different predicate types.',
    'Treat the entry as forged; ask whoever runs the log.',
  ],
  'checkpoint/forked': [
    422,
    'The log shows another history than before.',
    'Two histories were shown: keep both files and raise an alarm.',
  ],
  'checkpoint/from-the-future': [
    422,
    'The checkpoint is younger than the time of evaluation.',
    'Check the clock of whoever evaluates.',
  ],
  'checkpoint/log-key-differs': [
    422,
    'The checkpoint is signed by another key than the one that is trusted.',
    'Get the log key over a channel that you trust.',
  ],
  'checkpoint/log-key-not-in-log': [
    422,
    'The log does not name the key that signed the checkpoint.',
    'Treat the evidence as forged.',
  ],
  'checkpoint/pin-not-comparable': [
    422,
    'The evidence does not allow a comparison with the pinned checkpoint.',
    'Ask for evidence at the pin’s size or later, with its consistency proof.',
  ],
  'checkpoint/too-old': [422, 'The checkpoint is older than the trust file allows.', 'Ask for fresh evidence.'],
  'commit/missing': [
    422,
    'The last entry under the checkpoint, which commits to the map, is not shown.',
    'Ask for the evidence again; if it stays, something is withheld.',
  ],
  'commit/not-last': [
    422,
    'The last entry under the checkpoint does not commit to the map.',
    'Keep the file and raise an alarm: the log signed what no honest log publishes.',
  ],
  'custody/bad-evaluation-time': [
    422,
    'The time of evaluation is not a time.',
    'Give it as RFC 3339 in UTC with milliseconds.',
  ],
  'custody/blocked': [422, 'The check could not be run because another failed.', 'See the check that failed first.'],
  'custody/evidence-hash-wrong': [
    422,
    'The evidence does not have the hash that it ends with.',
    'The file was changed or cut; fetch it again.',
  ],
  'custody/malformed-evidence': [
    400,
    'The document does not have the form of evidence.',
    'Fetch it again, and do not edit or re-format it.',
  ],
  'custody/malformed-trust-file': [
    400,
    'The document does not have the form of a trust file.',
    'Correct what `at` points to.',
  ],
  'custody/not-supported': [
    422,
    'The trust file asks for something that this version cannot check.',
    'Use a version that can; nothing is passed over in silence.',
  ],
  'custody/wrong-question': [
    422,
    'The evidence answers another question.',
    'Ask for evidence on this subject and repository.',
  ],
  'entry/link-broken': [422, 'An entry does not link to the one before it.', 'Treat as tampering.'],
  'entry/missing': [
    422,
    'An entry that the claim needs is not in the evidence.',
    'Ask for the evidence again; if it stays, something is withheld.',
  ],
  'entry/after-seal': [
    422,
    'An entry stands after the one that sealed the log.',
    'Treat the evidence as forged; the log goes on under another name.',
  ],
  'entry/not-first': [422, 'The log does not begin as a log must.', 'Treat the evidence as forged.'],
  'entry/not-needed': [
    422,
    'The evidence holds an entry that the question does not need.',
    'Ask for the evidence again.',
  ],
  'entry/time-backwards': [422, 'An entry is older than the one before it.', 'Treat as tampering.'],
  'grant/admin-limited': [
    422,
    'An admin was to be limited to some repositories or stages.',
    'Grant admin with the repository and the stage `*`, or another role.',
  ],
  'grant/malformed-document': [422, 'The document does not describe a grant.', 'Correct what `at` points to.'],
  'image/child-not-in-index': [
    422,
    'The index does not contain the image that it was reached through.',
    'Treat the entry as forged.',
  ],
  'image/malformed-signed-image': [422, 'The signing of the image is not well-formed.', 'Sign the image again.'],
  'image/manifest-differs': [
    422,
    'The manifest does not have the digest of the image.',
    'Treat the payload as forged.',
  ],
  'image/simple-signing-wrong': [
    422,
    'The simple-signing payload is not about this image.',
    'Treat the payload as forged.',
  ],
  'image/wrong-predicate-type': [
    422,
    'The image’s signature is of another kind of statement.',
    'Sign the image again.',
  ],
  'list/claim-missing': [
    422,
    'The evidence does not say how long a list is that the question needs.',
    'Ask for the evidence again; if it stays, something is withheld.',
  ],
  'list/gap': [
    422,
    'A list lacks one of its entries.',
    'Ask for the evidence again; if it stays, something is withheld.',
  ],
  'list/length-differs': [
    422,
    'A list is not as long as claimed.',
    'Ask for the evidence again; if it stays, something is withheld.',
  ],
  'list/link-broken': [422, 'A list’s entries do not link to each other.', 'Treat as tampering.'],
  'list/omission-proved': [
    422,
    'A receipt is of an entry that a list was shown without.',
    'Do not rely on the file; keep both. Ask the service itself: where its own answer leaves the entry out, the log withholds it.',
  ],
  'list/not-in-map': [
    422,
    'The map that the log committed to says otherwise than the list.',
    'Ask for the evidence again; if it stays, something is withheld.',
  ],
  'list/not-needed': [422, 'The evidence holds a list that the question does not need.', 'Ask for the evidence again.'],
  'map/omission-proved': [
    422,
    'The map that the log signed leaves out an entry that the log took.',
    'Keep both files and raise an alarm: together they convict the log.',
  ],
  'list/too-many-entries': [
    422,
    'A list has more entries than one verdict reads.',
    'Ask about one repository; the bound is 1,000 entries.',
  ],
  'origin/not-confirmed': [
    422,
    'The reader gave no log key, so that nobody confirms whose log this is.',
    'Verify with a log key from a channel that you trust.',
  ],
  'origin/wrong-log': [422, 'The evidence is of another log than the trusted one.', 'Check which log you trust.'],
  'payload/absent': [
    422,
    'The payload of an entry is not in the evidence.',
    'Ask for the evidence again; an erased payload cannot be checked.',
  ],
  'payload/media-type-wrong': [
    422,
    'The payload is of another kind than its entry must have.',
    'Treat the entry as forged.',
  ],
  'payload/not-needed': [422, 'The evidence holds a payload that no entry of it needs.', 'Ask for the evidence again.'],
  'principal/name-reserved': [422, 'The name belongs to the service itself.', 'Choose another name.'],
  'principal/no-grant': [422, 'The principal held no role then.', 'Ask an administrator why it could write.'],
  'principal/revoked': [
    422,
    'The principal’s role had been taken away by then.',
    'Ask an administrator why it could write.',
  ],
  'principal/wrong-repository': [
    422,
    'The principal’s scope did not reach the repository.',
    'Ask an administrator why it could write.',
  ],
  'principal/wrong-role': [
    422,
    'The principal’s role did not allow the entry.',
    'Ask an administrator why it could write.',
  ],
  'principal/wrong-stage': [
    422,
    'The principal’s scope did not reach the stage.',
    'Ask an administrator why it could write.',
  ],
  'signer/assurance-wrong': [
    422,
    'The entry claims another strength than its signer has.',
    'Treat the entry as forged.',
  ],
  'signer/id-differs': [422, 'The signer’s id is not that of its key.', 'Treat the entry as forged.'],
  'signer/malformed-document': [422, 'The document does not describe a signer.', 'Correct what `at` points to.'],
  'signer/not-registered': [422, 'The signer is not registered.', 'Register the key, then sign again.'],
  'signer/registered-later': [422, 'The signer was registered after the entry.', 'Submit the attestation again.'],
  'signer/registered-twice': [
    422,
    'The signer is registered more than once.',
    'Treat as tampering; a key is registered once.',
  ],
  'signer/revoked': [422, 'The signer was revoked when it signed.', 'Sign with a key that is in force.'],
  'signer/wrong-repository': [
    422,
    'The signer may not attest in this repository.',
    'Register the key for the repository, or sign with another.',
  ],
  'signer/wrong-stage': [
    422,
    'The signer may not attest this stage.',
    'Register the key for the stage, or sign with another.',
  ],
  'signer/wrong-use': [
    422,
    'The key is registered for another use.',
    'Sign with a key that is registered for attesting.',
  ],
  'statement/other-subject': [
    422,
    'The statement is about another subject.',
    'Submit a statement that names this image by its digest.',
  ],
} as const satisfies Readonly<Record<CustodyFaultCode, FaultRow>>;
