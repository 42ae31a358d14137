import { checkReportSigner, type ReportSigned } from '../core/custody/check-report-signer.ts';
import { isSignedReport, readSignedReport, type SignedReport } from '../core/custody/signed-report.ts';
import type { TrustFile } from '../core/custody/trust-file.ts';
import { type Json, parseJson } from '../core/encoding/json.ts';
import type { Cli } from './cli.ts';
import { EVIDENCE_FILE_BYTES_MAX, trimmed } from './evidence-file.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { fields, plain, wrapped } from './layout-text.ts';
import { kindOfPath, readLocalFile } from './local-file.ts';
import { trustForFile } from './reader-keys.ts';
import { Stop, stopOf } from './stop.ts';

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
  readonly receipt?: readonly string[];
  readonly environment?: string;
  readonly asOf?: string;
};

/** What only evidence can be held against; the report says what came of it and not what was shown. */
const NEEDS_EVIDENCE = [
  ['receipt', '--receipt'],
  ['environment', '--environment'],
  ['asOf', '--as-of'],
] as const satisfies readonly (readonly [keyof Asked, string])[];

/**
 * Verifies a signed report and prints what came of it; `image` and `repository` demand what it is about (exit code 12). What
 * needs evidence to be answered is refused (exit code 2); a yes about a past state has an exit code of its own.
 */
export function verifySignedReport({ world, print }: Cli, options: Asked, report: SignedReport, at: string): ExitCode {
  const unanswerable = NEEDS_EVIDENCE.find(([name]) => options[name] !== undefined);
  if (unanswerable !== undefined)
    throw new Stop(EXIT.usage, {
      code: 'cli/usage',
      message: `${unanswerable[1]} needs evidence, which a signed report does not hold.`,
      hint: 'Verify the report as a page, or the evidence that it names.',
    });
  const { image = report.subject, repository = report.repository } = options;
  if (image !== report.subject || repository !== report.repository) {
    const message = `It is about ${report.subject} in ${report.repository}.`;
    throw stopOf(EXIT.integrity, { code: 'custody/wrong-question', message }, 'The report is about another image');
  }
  const trust = trustForFile(world, options, report.lists[0]?.checkpoint ?? '');
  const { value, lines, exit } = judgeSignedReport(report, trust.file, at);
  print.result(value, () => lines);
  if (exit !== EXIT.ok || !report.isPast) return exit;
  print.remark('The report is about a past state of the log.');
  return EXIT.past;
}

/** What a signed report says, as JSON and as lines for people, and what the program says by its exit code. */
type JudgedSignedReport = { readonly value: Json; readonly lines: string; readonly exit: ExitCode };

/**
 * Whether the log that the reader trusts names the key that signed the report. Without a key of the reader's, or where it
 * does not, stops with exit code 12: anybody can sign that all is well. The exit code is that of the verdict, which is the
 * word of the service and was not judged here.
 */
function judgeSignedReport(report: SignedReport, trust: TrustFile | undefined, now: string): JudgedSignedReport {
  if (trust === undefined) {
    throw new Stop(EXIT.integrity, {
      code: 'origin/not-confirmed',
      message: 'A signed report counts under a log key that you bring; without one anybody could have signed it.',
      hint: 'Give the log key that you know with --log-key.',
    });
  }
  const signed = checkReportSigner(report, trust, now);
  if (!signed.ok)
    throw stopOf(EXIT.integrity, signed.fault, 'The log does not show that its service signed the report');
  const { subject, repository, verdict, evaluatedAt, evidenceSha256 } = report;
  const value = {
    signedReport: 'holds',
    verdict,
    judgedHere: false,
    subject,
    repository,
    evaluatedAt,
    evidenceSha256,
    signed: { ...signed.value },
    report: report.report,
  };
  return { value, lines: linesOf(report, signed.value), exit: EXITS[verdict] };
}

const EXITS = { pass: EXIT.ok, waived: EXIT.ok, fail: EXIT.fail, unjudged: EXIT.unjudged } as const;

function linesOf(
  { verdict, subject, repository, evaluatedAt, evidenceSha256 }: SignedReport,
  signed: ReportSigned,
): string {
  const { origin, signer, seq, size, time } = signed;
  return [
    `The service of this log signed that the verdict was: ${verdict}`,
    '',
    fields([
      ['verdict', verdict],
      ['image', plain(subject)],
      ['repository', plain(repository)],
      ['evaluated', plain(evaluatedAt)],
      ['signed by', `${signer}, its key for verdicts by entry ${seq}`],
      ['log', `${plain(origin)}, ${size} entries${time === undefined ? '' : `, the last at ${time}`}`],
      ['evidence', `sha256:${evidenceSha256}`],
      ['confirmed', 'yes, by the log key that you gave'],
    ]),
    '',
    wrapped(
      'This is the word of the service; nothing was judged here. To judge it yourself take the evidence with that SHA-256, ' +
        'or a page: waybill verify FILE.',
      COLUMNS,
      '',
    ),
  ].join('\n');
}
