import { formatHex } from '../encoding/hex.ts';
import { CSV_BEGINNING, formatCsvRecord } from '../export/csv.ts';
import type { Check } from './check.ts';
import type { Evidence, EvidenceEntry } from './evidence.ts';
import { explainCheck } from './explain-check.ts';
import type { JudgedCustody } from './verify-custody.ts';

/** Columns of the table, in order; a row leaves empty what does not apply to it. */
const CSV_COLUMNS = [
  'row',
  'subject',
  'repository',
  'seq',
  'time',
  'name',
  'outcome',
  'reason',
  'stage',
  'principal',
  'person',
  'signer',
  'assurance',
  'predicate_type',
  'contract',
  'rule',
  'waiver',
  'list',
  'detail',
  'sha256',
  'text',
] as const;
type Column = (typeof CSV_COLUMNS)[number];
type Row = { readonly [C in Column]?: string | undefined };

/**
 * The report as a table for spreadsheets, CSV (RFC 4180) with a head: a row `verdict` with what came of it, a row `check` for
 * every check, a row `entry` for every entry of the evidence. Pure: the same evidence judged at the same time gives the
 * same text. Nothing protects it, and it proves nothing. Source: docs/spec/report.md section 6.
 */
export function reportCsv(judged: JudgedCustody, evidence: Evidence): string {
  const { subject, repository } = judged.result;
  const rows = [
    verdictRow(judged),
    ...judged.result.checks.map(checkRow),
    ...evidence.entries.map((one) => entryRow(one, judged)),
  ];
  const records = rows.map((row) => {
    const whole: Row = { subject, repository, ...row };
    return formatCsvRecord(CSV_COLUMNS.map((column) => whole[column]));
  });
  return `${CSV_BEGINNING}${formatCsvRecord(CSV_COLUMNS)}${records.join('')}`;
}

function verdictRow({ result }: JudgedCustody): Row {
  const { verdict, evaluatedAt, evaluator, origin, checkpoint, asOf } = result;
  const state = asOf ?? checkpoint;
  return {
    row: 'verdict',
    ...(state === undefined ? {} : { seq: String(state.size - 1), sha256: state.root }),
    time: evaluatedAt,
    name: evaluator,
    outcome: verdict,
    detail: origin,
    text: 'As found when this table was made. seq and sha256 are of the last entry of the state and of its tree.',
  };
}

function checkRow(check: Check): Row {
  const { code, outcome, reason, seq, key, contract, stage, rule, waiver, detail } = check;
  const { text } = explainCheck(check);
  const place = seq === undefined ? {} : { seq: String(seq) };
  return {
    row: 'check',
    ...place,
    name: code,
    outcome,
    reason,
    stage,
    contract,
    rule,
    waiver,
    list: key,
    detail,
    text,
  };
}

function entryRow({ entry, hash }: EvidenceEntry, { trusted }: JudgedCustody): Row {
  const { seq, time, kind, repository, stage, principal, signer, assurance, predicateType } = entry;
  return {
    row: 'entry',
    repository,
    seq: String(seq),
    time,
    name: kind,
    stage,
    principal,
    person: trusted.personBehind(entry),
    signer,
    assurance,
    predicate_type: predicateType,
    sha256: formatHex(hash),
  };
}
