import type { Recorded } from '../service/answers.ts';

/** What the signature lines of a checkpoint begin with (C2SP signed note): an em dash, and the only such character. */
const EM_DASH = '\u2014';

/** The checkpoint that came last, and its JSON: a whole batch of answers has the same. */
let last: { readonly checkpoint: string; readonly text: string } | undefined;

/**
 * JSON of an answer with a receipt. Every reader reads the same value as from `JSON.stringify`; only the em dash of the
 * checkpoint is written as an escape, since a text with a single such character takes twice the memory, and several
 * times as long to be sent.
 */
export function formatRecorded(answer: Recorded & object): string {
  const { receipt, ...rest } = answer;
  const { checkpoint, ...others } = (receipt ?? {}) as { readonly checkpoint?: unknown };
  if (typeof checkpoint !== 'string') return JSON.stringify(answer);
  // Neither object is ever empty, so that each text ends with a member and a brace.
  return `${open(rest)},"receipt":${open(others)},"checkpoint":${formatCheckpoint(checkpoint)}}}`;
}

/** JSON of an object without its last brace. */
function open(value: object): string {
  return JSON.stringify(value).slice(0, -1);
}

function formatCheckpoint(checkpoint: string): string {
  if (last?.checkpoint !== checkpoint) {
    const text = JSON.stringify(checkpoint).replaceAll(EM_DASH, '\\u2014');
    // Parts of a text of two bytes a character keep that form; its bytes read as one character each do not.
    last = { checkpoint, text: Buffer.from(text).toString('latin1') };
  }
  return last.text;
}
