import type { Json } from '../../src/core/encoding/json.ts';
import { wycheproofEcdsa } from '../crypto/ecdsa-vectors.ts';
import { RFC_8032, speccheckEd25519, strictEd25519, wycheproofEd25519 } from '../crypto/ed25519-vectors.ts';
import { publishedBytes, publishedFiles, publishedJson } from './published-vectors.ts';

/** The vectors of one run, and how many outcomes they must give: a set that shrinks unseen proves nothing. */
export type VectorSet = {
  readonly run: string;
  readonly countMin: number;
  /** Undefined where published vectors are absent. */
  readonly load: () => Json | undefined;
};

export const VECTOR_SETS: readonly VectorSet[] = [
  { run: 'ed25519', countMin: 218, load: ed25519 },
  { run: 'ecdsa', countMin: 988, load: () => wycheproofEcdsa()?.map(({ input }) => input) },
  { run: 'json', countMin: 60, load: documents },
  { run: 'binary', countMin: 10, load: () => BINARY_TEXTS.map((text) => ({ text })) },
  { run: 'dsse', countMin: 7, load: () => [] },
  { run: 'inclusion', countMin: 98, load: () => jsonFiles('merkle/inclusion') },
  { run: 'consistency', countMin: 98, load: () => jsonFiles('merkle/consistency') },
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

function ed25519(): Json | undefined {
  const wycheproof = wycheproofEd25519();
  const speccheck = speccheckEd25519();
  if (wycheproof === undefined || speccheck === undefined) return undefined;
  return [...RFC_8032, ...wycheproof, ...speccheck, ...strictEd25519()].map(({ input }) => input);
}

/** Published documents of every kind beside a few that are made to be refused. */
function documents(): Json | undefined {
  const files = publishedFiles('documents');
  const jcs = publishedFiles('jcs');
  if (files === undefined || jcs === undefined) return undefined;
  const own = DOCUMENTS.map((text) => Buffer.from(text));
  const published = [...files, ...jcs].map((path) => Buffer.from(publishedBytes(path) ?? []));
  return [...own, ...published].map((bytes) => ({ base64: bytes.toString('base64') }));
}

function jsonFiles(folder: string): Json | undefined {
  return publishedFiles(folder)?.map((path) => publishedJson<Json>(path) ?? null);
}
