import { sha256 } from '#sha256';
import { checkReportSigner, type ReportSigned } from '../core/custody/check-report-signer.ts';
import { isSignedReport, readSignedReport, type SignedReport } from '../core/custody/signed-report.ts';
import type { TrustFile } from '../core/custody/trust-file.ts';
import { formatHex } from '../core/encoding/hex.ts';
import { type Json, parseJson } from '../core/encoding/json.ts';
import type { Cli } from './cli.ts';
import { EVIDENCE_FILE_BYTES_MAX, readEvidenceFile, trimmed } from './evidence-file.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { judgeEvidence, readEvidence } from './judge-evidence.ts';
import { fields, plain, wrapped } from './layout-text.ts';
import { kindOfPath, readLocalFile } from './local-file.ts';
import { trustForFile } from './reader-keys.ts';
import { Stop, stop, stopOf } from './stop.ts';
import type { World } from './world.ts';

const COLUMNS = 100;
/** What stands in every signed report, however its JSON is written. */
const MARK = 'vnd.waybill.report+json';

/**
 * The signed report in a file; undefined where the file is something else. The key that it names did sign it; whose that
 * is was not looked at. Stops with exit code 12 on what says to be one and cannot be read.
 */
export function readSignedReportFile(path: string): SignedReport | undefined {
  if (kindOfPath(path) !== 'file') return undefined;
  const bytes = trimmed(readLocalFile(path, EVIDENCE_FILE_BYTES_MAX));
  // Large evidence is not parsed for nothing.
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(MARK)) return undefined;
  const json = parseJson(bytes);
  if (!json.ok || !isSignedReport(json.value)) return undefined;
  const report = readSignedReport(bytes);
  if (!report.ok) throw stopOf(EXIT.integrity, report.fault, `${path} is no signed report that can be checked`);
  return report.value;
}

type Asked = Parameters<typeof trustForFile>[1] & {
  readonly image?: string;
  readonly repository?: string;
  readonly environment?: string;
  /** A page or evidence that the report is held against. */
  readonly against?: string;
  readonly receipt?: readonly string[];
  readonly asOf?: string;
};

/** What only evidence can be held against; the report says what came of it and not what was shown. */
const NEEDS_EVIDENCE = [
  ['receipt', '--receipt'],
  ['asOf', '--as-of'],
] as const satisfies readonly (readonly [keyof Asked, string])[];

/**
 * Verifies a signed report and prints what came of it; `image`, `repository` and `environment` demand what it is about (exit code
 * 12), `against` that its evidence says so here, too. What needs evidence to be answered is refused (exit code 2); a yes about a past
 * state has an exit code of its own.
 */
export function verifySignedReport({ world, print }: Cli, options: Asked, report: SignedReport, at: string): ExitCode {
  const unanswerable = NEEDS_EVIDENCE.find(([name]) => options[name] !== undefined);
  if (unanswerable !== undefined)
    throw new Stop(EXIT.usage, {
      code: 'cli/usage',
      message: `${unanswerable[1]} needs evidence, which a signed report does not hold.`,
      hint: 'Verify the report as a page, or the evidence that it names.',
    });
  demandQuestion(report, options);
  const trust = trustForFile(world, options, report.lists[0]?.checkpoint ?? '');
  const signed = demandSigned(report, trust.file, at);
  if (options.against !== undefined) demandSame(world, report, trust, options.against);
  const isJudged = options.against !== undefined;
  print.result(reportJson(report, signed, isJudged), () => linesOf(report, signed, isJudged));
  const exit = EXITS[report.verdict];
  if (exit !== EXIT.ok || !report.isPast) return exit;
  print.remark('The report is about a past state of the log.');
  return EXIT.past;
}

function demandQuestion(report: SignedReport, asked: Asked): void {
  const { image = report.subject, repository = report.repository, environment = report.environment } = asked;
  const isSame = image === report.subject && repository === report.repository && environment === report.environment;
  if (isSame) return;
  const message = `It is about ${report.subject} in ${report.repository}${report.environment === undefined ? '' : `, for ${report.environment}`}.`;
  throw stopOf(EXIT.integrity, { code: 'custody/wrong-question', message }, 'The report answers another question');
}

/**
 * Whose word it is, where the log that the reader trusts names the key that signed the report. Without a key of the reader's, or
 * where it does not, stops with exit code 12: anybody can sign that all is well.
 */
function demandSigned(report: SignedReport, trust: TrustFile | undefined, now: string): ReportSigned {
  if (trust === undefined) {
    throw new Stop(EXIT.integrity, {
      code: 'origin/not-confirmed',
      message: 'A signed report counts under a log key that you bring; without one anybody could have signed it.',
      hint: 'Give the log key that you know with --log-key.',
    });
  }
  const signed = checkReportSigner(report, trust, now);
  if (signed.ok) return signed.value;
  throw stopOf(EXIT.integrity, signed.fault, 'The log does not show that its service signed the report');
}

/**
 * Judges the evidence that the report is about, under the reader's trust and at the time that the report states. Stops with exit code
 * 12 where it is other evidence (`report/other-evidence`), or gives another verdict (`report/verdict-differs`).
 */
function demandSame(world: World, report: SignedReport, trust: ReturnType<typeof trustForFile>, path: string): void {
  const file = readEvidenceFile(world, path);
  if (file === undefined)
    throw stop(EXIT.input, 'cli/unusable-file', `${path} is neither a report as a page nor evidence.`);
  if (formatHex(sha256(file.evidence)) !== report.evidenceSha256) {
    const message = `The report is about evidence with the SHA-256 ${report.evidenceSha256}.`;
    throw stopOf(EXIT.integrity, { code: 'report/other-evidence', message }, `${path} is other evidence`);
  }
  const evidence = readEvidence(file.evidence, path);
  const { subject, repository, environment, evaluatedAt, isPast } = report;
  const { asOf } = evidence.question;
  const question = {
    subject,
    repository,
    ...(environment === undefined ? {} : { environment }),
    ...(isPast && asOf !== undefined ? { asOf } : {}),
  };
  const { result } = judgeEvidence(evidence, question, trust, evaluatedAt, environment);
  const isSame = result.verdict === report.verdict && isPast === (asOf !== undefined);
  if (isSame) return;
  const message = `The report says ${report.verdict}, and the evidence shows ${result.verdict}: waybill verify ${path} says why.`;
  throw stopOf(EXIT.integrity, { code: 'report/verdict-differs', message }, 'The evidence shows something else');
}

function reportJson(report: SignedReport, signed: ReportSigned, isJudged: boolean): Json {
  const { subject, repository, environment, verdict, evaluatedAt, evidenceSha256 } = report;
  return {
    signedReport: 'holds',
    verdict,
    judgedHere: isJudged,
    subject,
    repository,
    ...(environment === undefined ? {} : { environment }),
    evaluatedAt,
    evidenceSha256,
    signed: { ...signed },
    report: report.report,
  };
}

/** The verdict is the word of the service; where it was held against its evidence, that of the evidence, too. */
const EXITS = { pass: EXIT.ok, waived: EXIT.ok, fail: EXIT.fail, unjudged: EXIT.unjudged } as const;

function linesOf(
  { verdict, subject, repository, environment, evaluatedAt, evidenceSha256 }: SignedReport,
  signed: ReportSigned,
  isJudged: boolean,
): string {
  const { origin, signer, seq, size, time } = signed;
  return [
    `The service of this log signed that the verdict was: ${verdict}`,
    '',
    fields([
      ['verdict', verdict],
      ['image', plain(subject)],
      ['repository', plain(repository)],
      ['environment', environment === undefined ? undefined : plain(environment)],
      ['evaluated', plain(evaluatedAt)],
      ['signed by', `${signer}, its key for verdicts by entry ${seq}`],
      ['log', `${plain(origin)}, ${size} entries${time === undefined ? '' : `, the last at ${time}`}`],
      ['evidence', `sha256:${evidenceSha256}`],
      ['confirmed', 'yes, by the log key that you gave'],
    ]),
    '',
    wrapped(isJudged ? JUDGED : NOT_JUDGED, COLUMNS, ''),
  ].join('\n');
}

const JUDGED = 'The evidence that it names was judged here as of then, and gives the same verdict.';
const NOT_JUDGED =
  'This is the word of the service; nothing was judged here. To judge it yourself take the evidence with that SHA-256, ' +
  'or a page: waybill verify FILE, or this report with --against FILE.';
