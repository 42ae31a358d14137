import type { Command } from 'commander';
import type { Completeness } from '../../core/completeness/completeness.ts';
import { defaultEvaluationTime } from '../../core/custody/as-of.ts';
import type { Evidence, Question } from '../../core/custody/evidence.ts';
import { explainCheck } from '../../core/custody/explain-check.ts';
import type { Json } from '../../core/encoding/json.ts';
import { imageKey } from '../../core/entry/keys.ts';
import type { Fault } from '../../core/fault.ts';
import type { PeriodProof } from '../../core/period/period.ts';
import type { Receipt } from '../../core/receipt/receipt.ts';
import type { Cli, Perform } from '../cli.ts';
import { collect, type ServiceOptions, withServiceOptions } from '../connect.ts';
import { withCosignatures } from '../cosigned-checkpoint.ts';
import { type EvidenceFile, readEvidenceFile } from '../evidence-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type ExportPlace, findExport } from '../export/export-place.ts';
import { judgeExport, withoutWarnings } from '../export/judge-export.ts';
import { readHead } from '../export/kept-entries.ts';
import { exitOfExport, exportJson, exportLines } from '../export/tell-export.ts';
import {
  completenessJson,
  judgeCompleteness,
  keysOf,
  readCompletenessFile,
  renderCompleteness,
} from '../judge-completeness.ts';
import {
  evaluationTime,
  type Judgement,
  judgeEvidence,
  readEvidence,
  readTrustFile,
  trustOfKeys,
} from '../judge-evidence.ts';
import { judgePeriod, readPeriodFile } from '../judge-period.ts';
import { type Contradiction, contradictions, judgeReceipt, readReceiptFile } from '../judge-receipt.ts';
import { readSignedReportFile, verifySignedReport } from '../judge-signed-report.ts';
import { writeLocalFile } from '../local-file.ts';
import {
  type AskedPast,
  askedPast,
  demandedState,
  type PastOptions,
  requireNotAfter,
  withPastOptions,
} from '../past-state.ts';
import { openProgress } from '../progress.ts';
import { readReaderKeys, trustForFile } from '../reader-keys.ts';
import { renderJudgement } from '../render-judgement.ts';
import { Stop, stop, stopOf } from '../stop.ts';
import { readImageSubject, repositoryOf } from '../subject.ts';

type Options = ServiceOptions & {
  readonly repository?: string;
  readonly image?: string;
  readonly environment?: string;
  readonly trust?: string;
  readonly follow?: string;
  readonly at?: string;
  readonly ref?: string;
  readonly platform?: string;
  readonly evidence?: string;
  readonly evidenceOnly?: boolean;
  readonly cosigned?: string;
  readonly receipt?: readonly string[];
  readonly against?: string;
} & PastOptions;

export function addVerify(program: Command, perform: Perform): void {
  const command = program
    .command('verify')
    .summary('check the chain of custody, here')
    .description(
      'Takes the evidence of an image from the service, or out of a file, and runs every custody check on this machine.\n' +
        'What the service or the file says of the outcome is not looked at. A file needs no network: of an HTML report ' +
        'nothing but its evidence block is read, and a program in it that no known release contains is named.',
    )
    .argument(
      '<what>',
      'digest, repository@digest, layout folder or manifest file; or a report, evidence, receipt, proof, period or export',
    )
    .option('-r, --repository <name>', 'repository; of a file: demand that it is about this one')
    .option('--image <digest>', 'of a file: demand that it is about this image')
    .option(
      '-e, --environment <name>',
      'where it shall run: one that was retired there fails, and rules compare with what was released there',
    )
    .option('--trust <file>', 'trust file: log keys, pins, greatest age')
    .option(
      '--follow <file>',
      'of a file: completeness proof of the list trust, by which your log key leads to later ones',
    )
    .option('--at <time>', 'time of evaluation (default: now; of what was known then, that time)')
    .option('--evidence <file>', 'keep the evidence')
    .option('--receipt <file>', 'a receipt you kept: demand that nothing contradicts it; may be repeated', collect)
    .option('--against <file>', 'of a signed report: the page or evidence that it is about, judged here as well')
    .option('--cosigned <file>', 'checkpoint that a monitor of your trust file signed, of the very state that is shown')
    .option('--evidence-only', 'of a report, or those of a sample: judge the evidence, whatever else the file holds')
    .option('--ref <name>', 'which image of a layout with several')
    .option('--platform <os/arch>', 'one image of an index');
  withServiceOptions(withPastOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  waybill verify sha256:…
  waybill verify custody.html --log-key "$WAYBILL_LOG_KEY"
  waybill verify custody.json --log-key "$WAYBILL_LOG_KEY"
  waybill verify custody.json --against custody.html --log-key "$WAYBILL_LOG_KEY"
  waybill verify evidence.json --trust trust.json --image sha256:… --json
  waybill verify api.receipt.json --log-key "$WAYBILL_LOG_KEY"
  waybill verify period.json --log-key "$WAYBILL_LOG_KEY"
  waybill verify q3 --log-key "$WAYBILL_LOG_KEY"
  waybill verify api.receipt.json --log-key "$OLD_KEY" --follow trust.json
  waybill verify sha256:… --as-of 2026-03-14T12:00:00Z --view now
  waybill verify custody.html --receipt scan.receipt.json --log-key "$WAYBILL_LOG_KEY"

Exit codes: 0 pass or waived, 10 fail, 11 unjudged, or a period that had not ended or of which an export does
not show every document, 12 the evidence does not hold, its origin is not confirmed, or the report holds what no report does, 13 what is shown contradicts what
this machine saw before, or a receipt that you gave, 15 pass or waived, but the file is about a past state of
the log and you did not ask for one with --as-of.
`,
    )
    .action(perform(verify));
}

async function verify(cli: Cli, options: Options, text = ''): Promise<ExitCode> {
  const at = evaluationTime(options.at, cli.world.now());
  const past = askedPast(options);
  const found = findExport(text);
  if (found !== undefined) return verifyExport(cli, options, found);
  const period = readPeriodFile(text);
  if (period !== undefined) return verifyPeriodFile(cli, options, period);
  const receipt = readReceiptFile(text);
  if (receipt !== undefined) return verifyReceiptFile(cli, options, receipt);
  const proof = readCompletenessFile(text);
  if (proof !== undefined) return verifyCompletenessFile(cli, options, proof, at);
  const signed = readSignedReportFile(text);
  if (signed !== undefined) return verifySignedReport(cli, options, signed, at);
  if (options.against !== undefined)
    throw stop(EXIT.usage, 'cli/usage', '--against is for signed reports; other files hold what shows their verdict.');
  const file = readEvidenceFile(cli.world, text);
  return file === undefined ? verifyImage(cli, options, text, past) : verifyFile(cli, options, text, file, past);
}

async function verifyImage(cli: Cli, options: Options, text: string, past: AskedPast | undefined): Promise<ExitCode> {
  const image = readImageSubject(text, options);
  const trustFile = options.trust === undefined ? undefined : readTrustFile(options.trust);
  const { client, watch } = cli.connect({
    ...options,
    ...(trustFile === undefined ? {} : { logKey: trustFile.logKeys.map(({ vkey }) => vkey) }),
  });
  const repository = await repositoryOf(client, { subject: image.digest, ...image });
  const progress = openProgress(cli.world, 'receiving evidence', 'bytes');
  const state = past === undefined ? {} : { asOf: past.place, view: past.view };
  const where = options.environment === undefined ? {} : { environment: options.environment };
  const bytes = await client.evidence({ digest: image.digest, repository, ...where, ...state }, progress.at);
  progress.end();
  if (options.evidence !== undefined) writeLocalFile(options.evidence, bytes);
  const evidence = withCosignatures(readEvidence(bytes, 'What the service sent'), options.cosigned);
  const trusted = await watch.keysFor(evidence.logKey);
  const file = trustFile ?? trustOfKeys(trusted, evidence);
  const trust = { source: trusted.source, ...(file === undefined ? {} : { file }) };
  const question = { subject: image.digest, repository, ...where, ...demanded(past, evidence) };
  const judgement = judgeEvidence(evidence, question, trust, timeOf(cli, options, evidence), options.environment);
  requireNotAfter(past, judgement.result);
  const contradicted = contradictions(evidence, options.receipt ?? [], trusted.keys);
  show(cli, judgement, [], contradicted);
  if (isSigned(judgement)) remarkHeld(cli, options, contradicted);
  // Shown before: whoever is told of a rollback should also see what the evidence says.
  if (isSigned(judgement)) await watch.accept(evidence.checkpoint, trusted, { fresh: true });
  return contradicted.length > 0 ? EXIT.history : judgement.exit;
}

function verifyFile(
  cli: Cli,
  options: Options,
  path: string,
  file: EvidenceFile,
  past: AskedPast | undefined,
): ExitCode {
  const evidence = withCosignatures(readEvidence(file.evidence, path), options.cosigned);
  const question = {
    ...evidence.question,
    ...(options.image === undefined ? {} : { subject: options.image }),
    ...(options.repository === undefined ? {} : { repository: options.repository }),
    ...demanded(past, evidence),
  };
  if (options.evidence !== undefined) writeLocalFile(options.evidence, file.evidence);
  const trust = trustForFile(cli.world, options, evidence.checkpoint);
  const judgement = judgeEvidence(evidence, question, trust, timeOf(cli, options, evidence), options.environment);
  requireNotAfter(past, judgement.result);
  const contradicted = contradictions(evidence, options.receipt ?? [], keysOf(trust.file));
  const warnings = options.evidenceOnly === true ? [] : file.warnings;
  show(cli, judgement, warnings, contradicted);
  if (isSigned(judgement)) remarkHeld(cli, options, contradicted);
  if (warnings.length === 0) return contradicted.length > 0 ? EXIT.history : exitOfFile(cli, judgement, question, past);
  cli.print.remark(
    'The file holds more than a report does, and may show anything. Judge its evidence alone with --evidence-only.',
  );
  return contradicted.length > 0 ? EXIT.history : EXIT.integrity;
}

function demanded(past: AskedPast | undefined, evidence: Evidence): Pick<Question, 'asOf'> {
  return past === undefined ? {} : { asOf: demandedState(past, evidence) };
}

function timeOf({ world }: Cli, { at }: Options, evidence: Evidence): string {
  const now = evaluationTime(at, world.now());
  return at === undefined ? defaultEvaluationTime(evidence, now) : now;
}

/** Whoever looks at nothing but the exit code must not take a yes of the past for one of now. */
function exitOfFile(cli: Cli, { exit }: Judgement, { asOf }: Question, past: AskedPast | undefined): ExitCode {
  if (exit !== EXIT.ok || asOf === undefined || past !== undefined) return exit;
  cli.print.remark('The file is about a past state of the log. If that is what you ask, say so with --as-of.');
  return EXIT.past;
}

function verifyCompletenessFile(cli: Cli, options: Options, read: Completeness, at: string): ExitCode {
  const proof = withCosignatures(read, options.cosigned);
  if (options.image !== undefined && proof.key !== imageKey(options.image)) {
    const message = `It is of the list ${proof.key}.`;
    throw stopOf(EXIT.integrity, { code: 'custody/wrong-question', message }, 'The proof is of another list');
  }
  const trust = trustForFile(cli.world, options, proof.checkpoint);
  const judged = judgeCompleteness(proof, trust, at);
  const contradicted = contradictions(proof, options.receipt ?? [], keysOf(trust.file));
  cli.print.result(completenessJson(judged, contradicted), () =>
    renderCompleteness(cli.world, judged, proof, contradicted),
  );
  remarkHeld(cli, options, contradicted);
  return contradicted.length > 0 ? EXIT.history : judged.exit;
}

function verifyReceiptFile(cli: Cli, options: Options, receipt: Receipt): ExitCode {
  const { keys } = readReaderKeys(cli.world, options, receipt.checkpoint);
  const { value, lines } = judgeReceipt(receipt, keys);
  const [first] = contradictions(receipt, options.receipt ?? [], keys);
  if (first !== undefined) throw new Stop(EXIT.history, first);
  cli.print.result(value, () => lines);
  remarkHeld(cli, options, []);
  return EXIT.ok;
}

function verifyPeriodFile(cli: Cli, options: Options, proof: PeriodProof): ExitCode {
  const { keys } = readReaderKeys(cli.world, options, proof.checkpoint);
  const { value, lines, exit } = judgePeriod(proof, keys, options.receipt ?? []);
  cli.print.result(value, () => lines);
  remarkHeld(cli, options, []);
  return exit;
}

function verifyExport(cli: Cli, options: Options, place: ExportPlace): ExitCode {
  const checkpoint = readHead(place.entries)?.checkpoint ?? '';
  const { keys } = readReaderKeys(cli.world, options, checkpoint);
  const trust = trustForFile(cli.world, options, checkpoint);
  const progress = openProgress(cli.world, 'verifying', 'bytes');
  const found = judgeExport(cli.world, place, { keys, trust, receipts: options.receipt ?? [], progress });
  progress.end();
  const judged = options.evidenceOnly === true ? withoutWarnings(found) : found;
  cli.print.result(exportJson(judged, true), () => exportLines(judged, true));
  remarkHeld(cli, options, []);
  return exitOfExport(judged);
}

/** Says that the receipts of the reader were looked at, where they say nothing against what is shown. */
function remarkHeld(cli: Cli, { receipt: held = [] }: Options, found: readonly Contradiction[]): void {
  if (held.length === 0 || found.length > 0) return;
  cli.print.remark(
    held.length === 1 ? 'Nothing contradicts the receipt.' : `Nothing contradicts the ${held.length} receipts.`,
  );
}

function isSigned({ result }: Judgement): boolean {
  return result.checks.some(({ code, outcome }) => code === 'checkpoint/signature' && outcome === 'pass');
}

function show(
  cli: Cli,
  judgement: Judgement,
  warnings: readonly Fault[],
  contradictions: readonly Contradiction[],
): void {
  const { result, trustSource } = judgement;
  const checks = result.checks.map((check) => ({ ...check, ...explainCheck(check) }));
  const doubted = contradictions.length > 0;
  const shown = {
    ...result,
    // Whoever reads nothing but the verdict must not be told yes.
    ...(doubted ? { verdict: 'fail', verdictByItself: result.verdict } : {}),
    checks,
    confirmed: trustSource === 'given',
    trustSource,
    warnings,
    contradictions,
  };
  const words = () => renderJudgement(cli.world, judgement, { warnings, contradictions });
  cli.print.result(JSON.parse(JSON.stringify(shown)) as Json, words);
}
