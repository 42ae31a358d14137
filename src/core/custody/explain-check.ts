import type { Check, CheckCode } from './check.ts';
import { REASONS } from './reasons.ts';

/** A check in words: what was tested, what came out, and what to do where it did not pass. */
export type Explanation = { readonly title: string; readonly text: string; readonly advice?: string };

type Words = { readonly title: string; readonly pass: string; readonly fail: string };

const WORDS: Readonly<Record<CheckCode, Words>> = {
  origin: {
    title: 'The log is the one that you know',
    pass: 'The evidence comes from the log whose key you brought.',
    fail: 'The evidence does not come from the log whose key you brought.',
  },
  'checkpoint/signature': {
    title: 'The checkpoint is signed',
    pass: 'The log signed this state of the whole ledger.',
    fail: 'The signature under the state of the ledger is missing or wrong.',
  },
  'checkpoint/age': {
    title: 'The news is recent enough',
    pass: 'The newest entry is no older than your trust file allows, where it sets a limit.',
    fail: 'The newest entry is too old, or lies in the future.',
  },
  'checkpoint/pins': {
    title: 'The log grew out of the states that you know',
    pass: 'The checkpoint is the one that your trust file pins.',
    fail: 'The checkpoint contradicts one that your trust file pins.',
  },
  'asof/checkpoint': {
    title: 'The past state was signed',
    pass: 'The log signed the state of the ledger that is asked about.',
    fail: 'What is shown is not the state of the ledger that is asked about.',
  },
  'asof/consistency': {
    title: 'The ledger grew out of the past state',
    pass: 'The newest state contains the past one, entry by entry.',
    fail: 'The newest state does not contain the one that is asked about: they are of two histories.',
  },
  'entry/kind': {
    title: 'Every entry is of a known kind',
    pass: 'The kind is known.',
    fail: 'The entry is of a kind that this version cannot judge.',
  },
  'entry/inclusion': {
    title: 'The entry is in the log',
    pass: 'The entry is at its place in the signed ledger.',
    fail: 'The entry is not in the signed ledger: it was changed, moved or made up.',
  },
  'entry/order': {
    title: 'Time and links run forward',
    pass: 'The entry follows the one before it.',
    fail: 'The entry contradicts the one before it.',
  },
  'commit/last': {
    title: 'The checkpoint ends with the map of all lists',
    pass: 'The last entry commits to the map over all entries before it.',
    fail: 'The last entry is not shown, or commits to no map.',
  },
  'asof/commit': {
    title: 'The past state was published',
    pass: 'The past state ends with a commitment to its map, whose time is its time.',
    fail: 'The past state is none that the log published.',
  },
  'list/complete': {
    title: 'Nothing is missing from the list',
    pass: 'Every entry of the list is shown, each linked to the one before, up to the end that the signed map names.',
    fail: 'The list is not shown as the log keeps it.',
  },
  'payload/commitment': {
    title: 'The document is the one that was recorded',
    pass: 'The document matches the commitment in its entry.',
    fail: 'The document is not the one that the entry commits to.',
  },
  'log/rotation': {
    title: 'The log handed over to another key',
    pass: 'The keys of the log before and after the rotation signed it.',
    fail: 'The rotation of the log’s key has no effect: the keys of the log did not agree to it.',
  },
  'checkpoint/log-key': {
    title: 'The key of the log counts for this state',
    pass: 'By the rotations that the log recorded, the key that signed counts for a ledger of this size.',
    fail: 'By the rotations that the log recorded, the key that signed does not count for a ledger of this size.',
  },
  'control/keys': {
    title: 'The control keys are the ones that you know',
    pass: 'The log was opened with the control keys that you brought.',
    fail: 'The log was not opened with the control keys that you brought.',
  },
  'control/envelope': {
    title: 'Control keys agreed to the change of trust',
    pass: 'Enough control keys signed this very change.',
    fail: 'The change has no effect: it does not carry the agreement of control keys that it takes.',
  },
  'dual-control/two-people': {
    title: 'Two people are behind the change of trust',
    pass: 'One person proposed this very change, and another made it.',
    fail: 'The change has no effect: it takes two people, and not two are behind it.',
  },
  'image/manifest': {
    title: 'The image is the one that was signed',
    pass: 'The exact manifest has the digest and the contents that the entry names.',
    fail: 'The manifest is not the one that the entry names.',
  },
  'signature/image': {
    title: 'The image is signed',
    pass: 'The signature of the image is good.',
    fail: 'The signature of the image is not good.',
  },
  'signature/envelope': {
    title: 'The attestation is signed',
    pass: 'The signature of the attestation is good.',
    fail: 'The signature of the attestation is not good.',
  },
  'signer/known': {
    title: 'The signer is registered',
    pass: 'The key was registered in the ledger by somebody who may.',
    fail: 'The key was not properly registered in the ledger.',
  },
  'signer/in-force': {
    title: 'The signer was trusted at that time',
    pass: 'The key was registered before, and not revoked for that time.',
    fail: 'The key was not yet registered, or already revoked.',
  },
  'signer/allowed': {
    title: 'The signer may attest this',
    pass: 'The key may be used for this stage of this repository.',
    fail: 'The key may not be used for this.',
  },
  'principal/allowed': {
    title: 'The writer had the right',
    pass: 'The one who recorded it held a role that may, at that time.',
    fail: 'The one who recorded it held no role that may.',
  },
  'statement/subject': {
    title: 'The statement is about this image',
    pass: 'The signed statement names this image.',
    fail: 'The signed statement is about something else.',
  },
  'statement/place': {
    title: 'The statement belongs here',
    pass: 'The statement does not name another repository or stage.',
    fail: 'The statement was made for another repository or stage.',
  },
  'release/previous': {
    title: 'What was released before is shown',
    pass: 'The release links back to what was released to the same environment before it, or is the first one there.',
    fail: 'What was released to the same environment before it is not shown.',
  },
  'image/retired': {
    title: 'The image was not retired',
    pass: 'Nobody retired the image.',
    fail: 'The image was retired: it shall not run any more.',
  },
  'contract/covers': {
    title: 'A contract covers the repository',
    pass: 'The contract is in force for this repository.',
    fail: 'A contract that may cover this repository cannot be read.',
  },
  'contract/signature': {
    title: 'The contract asks for a signed image',
    pass: 'The image is signed, and everything about the signature is in order.',
    fail: 'The image is not signed in the way that the contract asks for.',
  },
  'contract/stage': {
    title: 'The contract asks for this stage',
    pass: 'The stage brought what the contract asks for.',
    fail: 'The stage did not bring what the contract asks for.',
  },
  'contract/order': {
    title: 'The contract asks for this order',
    pass: 'The stage came after those that it follows.',
    fail: 'The stage did not come after those that it follows.',
  },
  'contract/threshold': {
    title: 'The contract asks for several people',
    pass: 'Enough different people are behind the stage.',
    fail: 'Too few different people are behind the stage.',
  },
  'contract/people': {
    title: 'The contract asks for other people',
    pass: 'Enough people behind the stage had no part in what they must be distinct from.',
    fail: 'It is not shown that enough people behind the stage had no part in what they must be distinct from.',
  },
  'contract/freshness': {
    title: 'The contract asks for a recent result',
    pass: 'The stage was attested recently enough.',
    fail: 'The stage was attested too long ago.',
  },
  'contract/limits': {
    title: 'The contract limits the image',
    pass: 'The image keeps the limit.',
    fail: 'It is not shown that the image keeps the limit.',
  },
  'contract/rule': {
    title: 'The contract has a rule of its own',
    pass: 'The rule holds.',
    fail: 'The rule does not hold.',
  },
  'contract/run': {
    title: 'The image comes from a run that ended well',
    pass: 'The run that the image comes from was not lost, cancelled or failed.',
    fail: 'The image does not come from a run that ended well.',
  },
  'contract/expected-stages': {
    title: 'Every stage that the run was to bring is there',
    pass: 'Each stage that was asked for when the run was opened was attested.',
    fail: 'A stage that was asked for when the run was opened was never attested.',
  },
  'contract/attempts': {
    title: 'There were no more attempts than allowed',
    pass: 'The commit was not run more often, and failed no more often, than the contract allows.',
    fail: 'The commit was run, or failed, more often than the contract allows.',
  },
  'run/accounted': {
    title: 'The run is accounted for',
    pass: 'The run was opened by somebody who may, and everything in it is of its repository, its commit and its time.',
    fail: 'Something about the run is not in order.',
  },
  'run/attempts': {
    title: 'Every attempt at the commit is accounted for',
    pass: 'All runs of the commit are shown, each opened and ended as it must be.',
    fail: 'Something about a run of the commit is not in order.',
  },
  'waiver/in-force': {
    title: 'The waiver is in force',
    pass: 'Two people, neither of whom built this, stand for the exemption, or one of them broke the glass and it is not over yet.',
    fail: 'A waiver was asked for, and exempts nothing.',
  },
};

/** The check in words. Every code and every outcome has some; a reason adds what exactly was found and what to do. */
export function explainCheck(check: Check): Explanation {
  const words = WORDS[check.code];
  if (check.outcome === 'pass') return { title: words.title, text: words.pass };
  const reason = check.reason === undefined ? undefined : REASONS[check.reason];
  const found =
    check.outcome === 'not-run'
      ? 'This was not tested.'
      : check.outcome === 'waived'
        ? `${words.fail} The waiver ${check.waiver ?? ''} exempts it.`
        : words.fail;
  if (reason === undefined) return { title: words.title, text: `${found} (${check.reason ?? check.outcome})` };
  return {
    title: words.title,
    text: `${found} ${reason.text}`,
    ...(reason.advice === undefined ? {} : { advice: reason.advice }),
  };
}

/** Title of a check's code, for tables of contents. */
export function checkTitle(code: CheckCode): string {
  return WORDS[code].title;
}
