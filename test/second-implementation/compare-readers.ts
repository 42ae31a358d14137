import { type FuzzedParser, inputsOf } from '../hostile/fuzz-parser.ts';
import { PARSERS } from '../hostile/parser-registry.ts';
import { askLayers, base64 } from './second-verifier.ts';

/** Names of the readers that both implementations have. */
export const COMPARED = [
  'parseBase64',
  'decodeUtf8',
  'parseJson',
  'parseCanonicalJson',
  'parseTime',
  'parseVkey',
  'parseCheckpoint',
  'parseTlogProof',
  'parsePublicKey',
  'parseEntry',
  'parseReceipt',
  'parseEvidence',
  'parseCompleteness',
  'parseTrustFile',
  'parseEnvelope',
  'parseSigstoreBundle',
  'parseStatement',
  'parseManifest',
  'parseSignedImage',
  'parseContract',
  'parseSignerDocument',
  'parseGrantDocument',
] as const;

/** Readers of text, to whom bytes that are no text are not put. */
const OF_TEXT: readonly string[] = ['parseBase64', 'parseTime', 'parseVkey', 'parseCheckpoint'];
/** Readers whose kind of refusal nobody sees: what matters is whether they refuse. */
const ANY_CODE: readonly string[] = ['parsePublicKey', 'parseTime'];

type ReaderName = (typeof COMPARED)[number];

/** Puts `count` seeded inputs to both readers of each name. One line for each on which they differ, with the input. */
export async function compareReaders(
  names: readonly ReaderName[],
  count: number,
  random: () => number,
): Promise<readonly string[]> {
  const asked = names.flatMap((name) => inputsFor(name, count, random).map((bytes) => ({ name, bytes })));
  const answers = await askLayers(asked.map(({ name, bytes }) => ({ run: name, bytes: base64(bytes) })));
  return asked.flatMap(({ name, bytes }, index) => {
    const outcome = parserOf(name).parse(bytes);
    const first = outcome !== 'read' && 'code' in outcome ? outcome.code : 'read';
    const second = answers[index]?.fault ?? 'read';
    const same = first === second || (ANY_CODE.includes(name) && first !== 'read' && second !== 'read');
    return same ? [] : [`${name}: ${first} / ${second}: ${base64(bytes)}`];
  });
}

function inputsFor(name: ReaderName, count: number, random: () => number): readonly Uint8Array[] {
  const parser = parserOf(name);
  const next = inputsOf(parser, random);
  const inputs = [...parser.seeds, ...Array.from({ length: count }, next)];
  return OF_TEXT.includes(name) ? inputs.filter(isText) : inputs;
}

function parserOf(name: ReaderName): FuzzedParser {
  const parser = PARSERS.find((one) => one.name.endsWith(` ${name}`));
  if (parser === undefined) throw new Error(`no parser ${name} is fuzzed`);
  return parser;
}

/** Whether the fuzzed reader gets the text of these bytes as it is: it drops a byte order mark and adds odd characters. */
function isText(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes);
  return Buffer.compare(Buffer.from(text), bytes) === 0;
}
