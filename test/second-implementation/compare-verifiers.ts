import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEvidence, type Question } from '../../src/core/custody/evidence.ts';
import { type TrustFile, trustFileJson } from '../../src/core/custody/trust-file.ts';
import { verifyCustody } from '../../src/core/custody/verify-custody.ts';
import { askSecond, base64, type FileJob, type SecondAnswer } from './second-verifier.ts';

/** Evidence, and everything that a reader brings. */
export type EvidenceCase = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly question: Question;
  readonly evaluatedAt: string;
  readonly trust?: TrustFile;
  readonly environment?: string;
};

/** What both say in the same words, so that it can be compared as it stands. */
type Said = {
  readonly fault?: string;
  readonly verdict?: string;
  readonly checks?: readonly string[];
  readonly assurances?: readonly string[];
  readonly validUntil?: string | undefined;
};

type CheckWords = {
  readonly code: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly seq?: number;
  readonly key?: string;
  readonly contract?: string;
  readonly stage?: string;
  readonly rule?: string;
  readonly detail?: string;
};

export type Agreement = {
  /** One line for each case on which the two differ, with a file that shows it. */
  readonly differences: readonly string[];
  /** How many cases came to each verdict, or were refused. */
  readonly verdicts: ReadonlyMap<string, number>;
};

/** Puts each case to the product and to the second implementation and compares everything that they say. */
export async function compareVerifiers(cases: readonly EvidenceCase[]): Promise<Agreement> {
  const answers = await askSecond(cases.map(jobOf));
  const differences: string[] = [];
  const verdicts = new Map<string, number>();
  for (const [index, one] of cases.entries()) {
    const [first, second] = [product(one), saidBySecond(answers[index])];
    const verdict = first.verdict ?? 'refused';
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    const where = difference(first, second);
    if (where !== undefined) differences.push(`${one.name}: ${where}\n  kept as ${keep(one)}`);
  }
  return { differences, verdicts };
}

function product({ bytes, question, evaluatedAt, trust, environment }: EvidenceCase): Said {
  const evidence = parseEvidence(bytes);
  if (!evidence.ok) return { fault: evidence.fault.code };
  const result = verifyCustody({
    evidence: evidence.value,
    question,
    evaluatedAt,
    ...(trust === undefined ? {} : { trust }),
    ...(environment === undefined ? {} : { environment }),
  });
  const { verdict, checks, assurances, validUntil } = result;
  return { verdict, checks: checks.map(words), assurances: sortedAssurances(assurances), validUntil };
}

function saidBySecond(answer: SecondAnswer | undefined): Said {
  if (answer === undefined) return {};
  if (answer.fault !== null) return { fault: answer.fault.code };
  const { verdict, checks, assurances = {}, validUntil } = answer;
  return {
    verdict,
    checks: checks.map(words),
    assurances: sortedAssurances(assurances),
    validUntil: validUntil ?? undefined,
  };
}

/** Of `detail` what names a rule or a limit. */
function words({ code, outcome, reason, seq, key, contract, stage, rule, detail }: CheckWords): string {
  const named = code === 'contract/rule' || code === 'contract/limits' ? detail : undefined;
  return [code, outcome, reason, seq, key, contract, stage, rule, named].map((part) => part ?? '-').join(' ');
}

function sortedAssurances(assurances: object): readonly string[] {
  return Object.entries(assurances)
    .map(([name, holds]) => `${name} ${String(holds)}`)
    .sort();
}

function difference(first: Said, second: Said): string | undefined {
  for (const member of ['fault', 'verdict', 'validUntil'] as const) {
    if (first[member] !== second[member]) return `${member} ${first[member]} / ${second[member]}`;
  }
  for (const member of ['checks', 'assurances'] as const) {
    const [one = [], two = []] = [first[member], second[member]];
    const at = Array.from({ length: Math.max(one.length, two.length) }).findIndex(
      (_, index) => one[index] !== two[index],
    );
    if (at >= 0) return `${member}[${at}] ${one[at]} / ${two[at]}`;
  }
  return undefined;
}

function jobOf({ bytes, question, evaluatedAt, trust, environment }: EvidenceCase): FileJob {
  return {
    bytes: base64(bytes),
    kind: 'evidence',
    at: evaluatedAt,
    image: question.subject,
    repository: question.repository,
    environment: question.environment ?? environment ?? null,
    questionEnvironment: question.environment ?? null,
    ...(question.asOf === undefined ? {} : { asOf: question.asOf }),
    ...(trust === undefined ? {} : { trust: JSON.stringify(trustFileJson(trust)) }),
  };
}

/** A job of `--batch` in a file: what reproduces a difference. */
function keep(one: EvidenceCase): string {
  const file = join(mkdtempSync(join(tmpdir(), 'waybill-second-')), 'job.json');
  writeFileSync(file, `${JSON.stringify(jobOf(one))}\n`);
  return file;
}
