import type { Json } from '../../src/core/encoding/json.ts';
import { PUBLISHED_NOTES } from '../checkpoint/published-notes.ts';
import { contractCases } from '../contract/contract-cases.ts';
import { ruleTable } from '../contract/rule-tables.ts';
import { wycheproofEcdsa } from '../crypto/ecdsa-vectors.ts';
import { RFC_8032, speccheckEd25519, strictEd25519, wycheproofEd25519 } from '../crypto/ed25519-vectors.ts';
import { strictRsa } from '../crypto/rsa-vectors.ts';
import { caseInput } from '../custody/cases/custody-case.ts';
import { CUSTODY_CASES } from '../custody/cases/custody-cases.ts';
import { controlCases } from '../custody/control-cases.ts';
import { mapClaims, mapRoots } from '../map/portable-vectors.ts';
import { publishedBytes, publishedFiles, publishedJson } from './published-vectors.ts';
import type { Vector } from './vector-set.ts';

/** The vectors of one run, and how many outcomes they must give: a set that shrinks unseen proves nothing. */
export type VectorSet = {
  readonly name: string;
  readonly run: string;
  readonly countMin: number;
  /** Of a set that takes long without native code, only each so-manieth runs in the bare context; a browser runs all. */
  readonly sampled?: number;
  /** Undefined where published vectors are absent. */
  readonly load: () => Json | undefined;
};

export const VECTOR_SETS: readonly VectorSet[] = [
  { name: 'ed25519, own', run: 'ed25519', countMin: 55, load: () => inputs([...RFC_8032, ...strictEd25519()]) },
  { name: 'ed25519, Wycheproof', run: 'ed25519', countMin: 151, load: () => inputs(wycheproofEd25519()) },
  { name: 'ed25519, speccheck', run: 'ed25519', countMin: 12, load: () => inputs(speccheckEd25519()) },
  { name: 'ecdsa, Wycheproof', run: 'ecdsa', countMin: 988, load: () => inputs(wycheproofEcdsa()) },
  { name: 'rsa, own', run: 'rsa', countMin: 44, load: () => inputs(strictRsa([2048, 4096])) },
  { name: 'json, own', run: 'json', countMin: 9, load: () => DOCUMENTS.map((text) => base64Of(Buffer.from(text))) },
  { name: 'json, published documents', run: 'json', countMin: 50, load: documents },
  { name: 'facts, own', run: 'facts', countMin: 8, load: () => FILES.map((text) => base64Of(Buffer.from(text))) },
  { name: 'facts of published documents', run: 'facts', countMin: 43, load: toolFiles },
  { name: 'hex and base64', run: 'binary', countMin: 10, load: () => BINARY_TEXTS.map((text) => ({ text })) },
  { name: 'DSSE example', run: 'dsse', countMin: 7, load: () => [] },
  { name: 'inclusion proofs', run: 'inclusion', countMin: 98, load: () => jsonFiles('merkle/inclusion') },
  { name: 'consistency proofs', run: 'consistency', countMin: 98, load: () => jsonFiles('merkle/consistency') },
  { name: 'maps', run: 'map-root', countMin: 5, load: mapRoots },
  { name: 'claims on maps', run: 'map-claim', countMin: 500, load: mapClaims },
  {
    name: 'contracts',
    run: 'contract',
    countMin: 160,
    load: () => [...contractCases().values()].flat() as unknown as Json,
  },
  { name: 'custody of whole images', run: 'custody', countMin: 75, sampled: 10, load: custody },
  { name: 'agreements of control keys', run: 'control', countMin: 60, load: () => [...controlCases()] },
  { name: 'rules', run: 'rule', countMin: 230, load: rules },
  {
    name: 'patterns of rules',
    run: 'pattern',
    countMin: 80,
    load: () => ruleTable('patterns').map(([pattern, text]) => ({ pattern: String(pattern), text: String(text) })),
  },
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

/** Files of tools, and what none writes. */
const FILES = [
  '<testsuites failures="1"><testsuite><testcase/><testcase name="&#x1F600;"><failure/></testcase></testsuite></testsuites>',
  '<testsuite><testcase></testsuite>',
  '<!DOCTYPE coverage SYSTEM "a.dtd"><coverage lines-covered="1" lines-valid="3" branch-rate="0.99999"/>',
  '<!DOCTYPE report SYSTEM "a.dtd" [<!ENTITY a "b">]><report/>',
  '{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"ä","licenses":[{"expression":"(MIT OR X)"},{"license":{"name":"two\\nlines"}}]}]}',
  '{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Class":"os-pkgs","Vulnerabilities":[{"VulnerabilityID":"CVE-2024-1","PkgName":"a","Severity":"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N"}]}]}',
  '{"matches":[{"vulnerability":{"id":"CVE-2024-1","severity":8.95},"artifact":{"name":"a","purl":"pkg:npm/%40a/b@1?x=y"}}],"descriptor":{"name":"grype"}}',
  '{"version":"2.1.0","runs":[{"results":[{"level":"fatal"}]}]}',
];

function rules(): Json {
  const tables = ['values', 'documents', 'refused'] as const;
  return tables.flatMap((name) => ruleTable(name).map(([expression]) => ({ expression: String(expression) })));
}

/** Made on Node once, and judged wherever core runs. */
function custody(): Json {
  return Object.values(CUSTODY_CASES).flatMap((cases) => cases.map((one) => caseInput(one) as unknown as Json));
}

function inputs(vectors: readonly Vector[] | undefined): Json | undefined {
  return vectors?.map(({ input }) => input);
}

function toolFiles(): Json | undefined {
  return publishedFiles('documents')
    ?.filter((path) => !path.endsWith('/LICENSE'))
    .map((path) => base64Of(publishedBytes(path) ?? new Uint8Array()));
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
