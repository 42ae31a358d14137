import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Contract } from '../../core/contract/contract.ts';
import type { Check } from '../../core/custody/check.ts';
import { PAYLOAD_BYTES_MAX } from '../../core/limits.ts';
import type { Place } from '../../yaml/place-in-yaml.ts';
import { claimIn, predicateTypeOf } from '../build-attestation.ts';
import { CONTRACT_BYTES_MAX, readYaml, type Trouble } from '../contract-file.ts';
import { EXIT } from '../exit-codes.ts';
import { kindOfPath, readLocalFile } from '../local-file.ts';
import { Stop, stop } from '../stop.ts';
import { type CaseDifference, compareCase } from './compare-case.ts';
import { type CaseAttestation, type PlacedCase, readCases } from './contract-case.ts';
import { type CaseClaim, type JudgedCase, judgeCase } from './judge-case.ts';

/** What came of one case: `trouble` where it could not be read, so that nothing was judged. */
export type CaseResult = { readonly file: string; readonly name: string } & Outcome;
type Outcome = { readonly trouble: Trouble } | { readonly judged: JudgedCase; readonly difference?: CaseDifference };
type PlaceOf = (pointer: string) => Place;

/** Files of one folder; more are no cases that anybody reads. */
const CASES_MAX = 10_000;

/** The files of cases: every `.yaml` and `.yml` of the folder, by name, or the one file. None at all stops: nothing would be tested. */
export function findCases(path: string): readonly string[] {
  const kind = kindOfPath(path);
  if (kind === undefined) {
    const hint = 'Say where they are with --cases, or write one: docs/guides/contracts.md.';
    throw stop(EXIT.input, 'cli/unusable-file', `There are no cases at ${path}.`, hint);
  }
  const files =
    kind === 'file'
      ? [path]
      : readdirSync(path)
          .filter(isCase)
          .sort()
          .map((name) => join(path, name));
  if (files.length > 0 && files.length <= CASES_MAX) return files;
  const found = files.length === 0 ? 'no .yaml file' : `more than ${CASES_MAX} files`;
  throw stop(EXIT.input, 'cli/unusable-file', `${path} holds ${found}.`);
}

function isCase(name: string): boolean {
  return /\.ya?ml$/.test(name);
}

/** Judges the cases in one file. What is wrong with a case itself is told of it, and stops no other. */
export function runCases(contract: Contract, file: string): readonly CaseResult[] {
  const name = file.replace(/^.*\//, '').replace(/\.[^.]+$/, '');
  const yaml = readYaml(readLocalFile(file, CONTRACT_BYTES_MAX));
  if (!yaml.ok) return [{ file, name, trouble: yaml.trouble }];
  const read = readCases(yaml.value);
  if (!read.ok) return [{ file, name, trouble: yaml.troubleOf(read.fault) }];
  return read.value.map((placed, index) => {
    const fallback = read.value.length === 1 ? name : `${name} ${index + 1}`;
    return { file, name: placed.one.case ?? fallback, ...runCase(contract, file, placed, yaml.placeOf) };
  });
}

function runCase(contract: Contract, file: string, { one, attestationsAt }: PlacedCase, placeOf: PlaceOf): Outcome {
  const claims: CaseClaim[] = [];
  for (const [index, attestation] of (one.attestations ?? []).entries()) {
    const claim = claimOf(attestation, file);
    if ('fault' in claim) {
      const { at, ...fault } = claim.fault;
      return { trouble: { ...fault, ...placeOf(`${attestationsAt[index]}/${at}`) } };
    }
    claims.push(claim);
  }
  const judged = judgeCase(contract, one, claims);
  if ('backwards' in judged) {
    const message = 'It is older than the one before it: attestations stand in the order in which they were recorded.';
    return { trouble: { code: 'entry/time-backwards', message, ...placeOf(attestationsAt[judged.backwards] ?? '') } };
  }
  const difference = compareCase(one, judged);
  return { judged, ...(difference === undefined ? {} : { difference }) };
}

type ClaimFault = { readonly fault: Pick<Trouble, 'code' | 'message'> & { readonly at: 'type' | 'document' } };

/** What the attestation claims, its file found beside the case; a file that cannot be used is a fault of the case. */
function claimOf({ type, predicate = {}, document }: CaseAttestation, file: string): CaseClaim | ClaimFault {
  try {
    const given = type === undefined ? undefined : predicateTypeOf(type);
    if (document === undefined) return { predicateType: given ?? predicateTypeOf('custom'), predicate };
    return claimIn(readLocalFile(join(dirname(file), document), PAYLOAD_BYTES_MAX), given);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    const { code, message } = error.complaint;
    return { fault: { code, message, at: document === undefined ? 'type' : 'document' } };
  }
}

/** Every check that was made in any of the cases. */
export function checksOf(results: readonly CaseResult[]): readonly Check[] {
  return results.flatMap((result) => ('judged' in result ? result.judged.checks : []));
}
