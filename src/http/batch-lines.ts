import { BATCH_LINE_BYTES_MAX, BATCH_LINES_MAX } from '../api/limits.ts';
import { parseBase64 } from '../core/encoding/base64.ts';
import { formatCanonicalJson } from '../core/encoding/canonical-json.ts';
import { decode, json, object, optional, string } from '../core/encoding/decode.ts';
import { isJsonObject, type Json, parseJson } from '../core/encoding/json.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { fail, ok, type Result } from '../core/fault.ts';

const LF = 0x0a;
const CR = 0x0d;
/** Lines, and bytes of them, that are begun before the event loop turns: a few milliseconds of parsing and verifying. */
const LINES_BEFORE_OTHERS = 16;
const BYTES_BEFORE_OTHERS = 128 * 1024;

/** What a line of a batch asks to be recorded, as a request of its own would. */
export type BatchLine = {
  readonly body: Uint8Array;
  readonly document?: Json;
  readonly repository?: string;
  readonly stage?: string;
  readonly subject?: string;
  readonly run?: string;
};

const parameter = optional(string({ max: 8_192 }));
const wrapped = object({
  attestation: json(),
  repository: parameter,
  stage: parameter,
  subject: parameter,
  run: parameter,
});

/**
 * The lines of newline-delimited JSON: the last one may end without a newline, and each with a carriage return before
 * it. Nothing is parsed. Faults: `http/too-many-lines` (over 1,000), `http/body-missing` (no line).
 */
export function splitLines(bytes: Uint8Array): Result<readonly Uint8Array[]> {
  const lines: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; ) {
    if (lines.length === BATCH_LINES_MAX)
      return fail('http/too-many-lines', `A batch has at most ${BATCH_LINES_MAX} lines.`);
    const found = bytes.indexOf(LF, from);
    const end = found === -1 ? bytes.length : found;
    lines.push(bytes.subarray(from, end > from && bytes[end - 1] === CR ? end - 1 : end));
    from = end + 1;
  }
  return lines.length === 0 ? fail('http/body-missing', 'A batch has at least one line.') : ok(lines);
}

/**
 * One line: an attestation as JSON, whose bytes are those of the line, or `{attestation, repository?, stage?, subject?, run?}`.
 * There an attestation that is a text is base64 of its exact bytes; any other value stands for its canonical JSON.
 * Faults: those of strict JSON and of its readers (`encoding/…`), `http/body-too-large` (over 1 MiB).
 */
export function readBatchLine(line: Uint8Array): Result<BatchLine> {
  if (line.length > BATCH_LINE_BYTES_MAX)
    return fail('http/body-too-large', `A line has at most ${BATCH_LINE_BYTES_MAX} bytes: send it alone.`);
  const document = parseJson(line);
  if (!document.ok) return document;
  if (!isJsonObject(document.value) || !Object.hasOwn(document.value, 'attestation'))
    return ok({ body: line, document: document.value });
  const read = decode(wrapped, document.value);
  if (!read.ok) return read;
  const { attestation, ...parameters } = read.value;
  if (typeof attestation !== 'string')
    return ok({ ...parameters, body: encodeUtf8(formatCanonicalJson(attestation)), document: attestation });
  const bytes = parseBase64(attestation);
  return bytes.ok ? ok({ ...parameters, body: bytes.value }) : bytes;
}

/** Characters of answers after which no further one is sent with them. */
const ANSWERED_AT_ONCE = 64 * 1024;

let turn: Promise<void> = Promise.resolve();

/**
 * The next turn of the event loop that no other batch has. If all batches went on in the same one, everything else would wait
 * for all of them: the transaction under way as well, which holds the ledger's lock meanwhile.
 */
function nextTurn(): Promise<void> {
  turn = turn.then(() => new Promise((resume) => setImmediate(resume)));
  return turn;
}

/** An item that is worked on, and its answer once that is there. */
type UnderWay<A> = { readonly done: Promise<void>; answer?: A };

/**
 * What `answer` gives for each item, in their order and up to 64 KiB at a time as far as they are there, `atOnce` of them under
 * way; none is begun that nobody came to ask for. `answer` never rejects.
 */
export async function* answersInOrder<T extends { readonly length: number }, A extends { readonly length: number }>(
  items: readonly T[],
  answer: (item: T, index: number) => Promise<A>,
  atOnce: number,
): AsyncGenerator<readonly A[], void, undefined> {
  const underWay: UnderWay<A>[] = [];
  let begun = { items: 0, bytes: 0 };
  for (const [index, item] of items.entries()) {
    begun = { items: begun.items + 1, bytes: begun.bytes + item.length };
    if (begun.items >= LINES_BEFORE_OTHERS || begun.bytes >= BYTES_BEFORE_OTHERS) {
      await nextTurn();
      begun = { items: 0, bytes: 0 };
    }
    underWay.push(begin(answer(item, index)));
    if (underWay.length >= atOnce) yield await takeDone(underWay);
  }
  while (underWay.length > 0) yield await takeDone(underWay);
}

function begin<A>(promise: Promise<A>): UnderWay<A> {
  const each: UnderWay<A> = {
    done: promise.then((answer) => {
      each.answer = answer;
    }),
  };
  return each;
}

/** Waits for the oldest, and takes it with all that are there by then and follow it without a gap. */
async function takeDone<A extends { readonly length: number }>(underWay: UnderWay<A>[]): Promise<readonly A[]> {
  await underWay[0]?.done;
  const answers: A[] = [];
  let characters = 0;
  for (const { answer } of underWay) {
    if (answer === undefined || characters >= ANSWERED_AT_ONCE) break;
    answers.push(answer);
    characters += answer.length;
  }
  underWay.splice(0, answers.length);
  return answers;
}
