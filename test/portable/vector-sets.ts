import type { Json } from '../../src/core/encoding/json.ts';
import { PUBLISHED_NOTES } from '../checkpoint/published-notes.ts';
import { wycheproofEcdsa } from '../crypto/ecdsa-vectors.ts';
import { RFC_8032, speccheckEd25519, strictEd25519, wycheproofEd25519 } from '../crypto/ed25519-vectors.ts';
import { publishedBytes, publishedFiles, publishedJson } from './published-vectors.ts';
import type { Vector } from './vector-set.ts';

/** The vectors of one run, and how many outcomes they must give: a set that shrinks unseen proves nothing. */
export type VectorSet = {
  readonly name: string;
  readonly run: string;
  readonly countMin: number;
  /** Undefined where published vectors are absent. */
  readonly load: () => Json | undefined;
};

export const VECTOR_SETS: readonly VectorSet[] = [
  { name: 'ed25519, own', run: 'ed25519', countMin: 55, load: () => inputs([...RFC_8032, ...strictEd25519()]) },
  { name: 'ed25519, Wycheproof', run: 'ed25519', countMin: 151, load: () => inputs(wycheproofEd25519()) },
  { name: 'ed25519, speccheck', run: 'ed25519', countMin: 12, load: () => inputs(speccheckEd25519()) },
  { name: 'ecdsa, Wycheproof', run: 'ecdsa', countMin: 988, load: () => inputs(wycheproofEcdsa()) },
  { name: 'json, own', run: 'json', countMin: 9, load: () => DOCUMENTS.map((text) => base64Of(Buffer.from(text))) },
  { name: 'json, published documents', run: 'json', countMin: 50, load: documents },
  { name: 'hex and base64', run: 'binary', countMin: 10, load: () => BINARY_TEXTS.map((text) => ({ text })) },
  { name: 'DSSE example', run: 'dsse', countMin: 7, load: () => [] },
  { name: 'inclusion proofs', run: 'inclusion', countMin: 98, load: () => jsonFiles('merkle/inclusion') },
  { name: 'consistency proofs', run: 'consistency', countMin: 98, load: () => jsonFiles('merkle/consistency') },
  {
    name: 'signed notes',
    run: 'notes',
    countMin: 6,
    load: () => PUBLISHED_NOTES.map((vector): Json => ({ ...vector })),
  },
  { name: 'growing log', run: 'growing-log', countMin: 16 + 120, load: growingLog },
];

const BINARY_TEXTS = [
  '',
  '00ff',
  '00FF',
  'abc',
  'Zg==',
  'Zh==',
  'Zm9v',
  'Zm-_',
  'ÿÿÿÿ',
  '\ud800aaa',
  'aa aa',
  '====',
  'deadbeef',
];

const DOCUMENTS = [
  '{"a":1,"a":2}',
  '{"__proto__":1,"constructor":{"prototype":[]}}',
  '["\\ud800"]',
  '1e400',
  '[1e21,1e-7,5e-324,-0,0.1,9007199254740993]',
  '\ufeff1',
  '{"b":"\\u2028\\u007f\\u0000","a":"😀"}',
  '['.repeat(65),
  '{"\ufb33":1,"😀":2}',
];

function inputs(vectors: readonly Vector[] | undefined): Json | undefined {
  return vectors?.map(({ input }) => input);
}

/** Real documents of every kind, and the inputs and outputs of the canonical form. */
function documents(): Json | undefined {
  const real = publishedFiles('documents');
  const canonical = publishedFiles('jcs');
  if (real === undefined || canonical === undefined) return undefined;
  return [...real, ...canonical].map((path) => base64Of(publishedBytes(path) ?? new Uint8Array()));
}

function base64Of(bytes: Uint8Array): Json {
  return { base64: Buffer.from(bytes).toString('base64') };
}

/** The growing log of tessera's test data, and its key from the script that built it. */
function growingLog(): Json | undefined {
  const folder = 'tessera-log/log/';
  const paths = publishedFiles(folder.slice(0, -1));
  if (paths === undefined) return undefined;
  const text = (path: string): string => Buffer.from(publishedBytes(path) ?? []).toString('utf8');
  const tiles = paths.filter((path) => path.startsWith(`${folder}tile/`));
  return {
    vkey: 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx',
    checkpoints: Array.from({ length: 16 }, (_, size) => text(`${folder}checkpoint.${size}`)),
    files: Object.fromEntries(
      tiles.map((path) => [path.slice(folder.length), Buffer.from(publishedBytes(path) ?? []).toString('base64')]),
    ),
  };
}

function jsonFiles(folder: string): Json | undefined {
  return publishedFiles(folder)?.map((path) => publishedJson<Json>(path) ?? null);
}
