import { readdirSync, readFileSync } from 'node:fs';
import type { ContractCase } from './contract-case.ts';

const FOLDER = new URL('cases/', import.meta.url);

/** A case with the outcome that docs/spec/contract.md gives it, written down by hand. */
export type ExpectedCase = ContractCase & { readonly expected: readonly string[] };

/** Every case of every file of `cases`, by the name of the file. */
export function contractCases(): ReadonlyMap<string, readonly ExpectedCase[]> {
  const files = readdirSync(FOLDER).sort();
  return new Map(
    files.map((file) => [file.slice(0, -'.json'.length), JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))]),
  );
}
