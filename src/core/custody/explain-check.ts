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
  'list/complete': {
    title: 'Nothing is missing inside the list',
    pass: 'Every entry of the list is shown, each linked to the one before, up to the number that the log claims.',
    fail: 'The list is not shown as the log keeps it.',
  },
  'payload/commitment': {
    title: 'The document is the one that was recorded',
    pass: 'The document matches the commitment in its entry.',
    fail: 'The document is not the one that the entry commits to.',
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
};

/** The check in words. Every code and every outcome has some; a reason adds what exactly was found and what to do. */
export function explainCheck(check: Check): Explanation {
  const words = WORDS[check.code];
  if (check.outcome === 'pass') return { title: words.title, text: words.pass };
  const reason = check.reason === undefined ? undefined : REASONS[check.reason];
  const found = check.outcome === 'not-run' ? 'This was not tested.' : words.fail;
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
