import type { Command } from 'commander';
import type { Evidence } from '../../core/custody/evidence.ts';
import { explainCheck } from '../../core/custody/explain-check.ts';
import type { Json } from '../../core/encoding/json.ts';
import type { Fault } from '../../core/fault.ts';
import type { Receipt } from '../../core/receipt/receipt.ts';
import type { Cli, Perform } from '../cli.ts';
import { givenLogKeys, type ServiceOptions, withServiceOptions } from '../connect.ts';
import { type EvidenceFile, readEvidenceFile } from '../evidence-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import {
  evaluationTime,
  type Judgement,
  judgeEvidence,
  readEvidence,
  readTrustFile,
  trustOfKeys,
} from '../judge-evidence.ts';
import { judgeReceipt, readReceiptFile } from '../judge-receipt.ts';
import { writeLocalFile } from '../local-file.ts';
import { parseLogKeys } from '../log-watch.ts';
import { openProgress } from '../progress.ts';
import { renderJudgement } from '../render-judgement.ts';
import { readImageSubject, repositoryOf } from '../subject.ts';

type Options = ServiceOptions & {
  readonly repository?: string;
  readonly image?: string;
  readonly trust?: string;
  readonly at?: string;
  readonly ref?: string;
  readonly platform?: string;
  readonly evidence?: string;
  readonly evidenceOnly?: boolean;
};

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
      'digest, repository@digest, layout folder or manifest file; or a report, evidence or receipt file',
    )
    .option('-r, --repository <name>', 'repository; of a file: demand that it is about this one')
    .option('--image <digest>', 'of a file: demand that it is about this image')
    .option('--trust <file>', 'trust file: log keys, pins, greatest age')
    .option('--at <time>', 'judge as of this time (default: now)')
    .option('--evidence <file>', 'keep the evidence')
    .option('--evidence-only', 'of a report: judge its evidence, whatever else the file holds')
    .option('--ref <name>', 'which image of a layout with several')
    .option('--platform <os/arch>', 'one image of an index');
  withServiceOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  waybill verify sha256:…
  waybill verify custody.html --log-key "$WAYBILL_LOG_KEY"
  waybill verify evidence.json --trust trust.json --image sha256:… --json
  waybill verify api.receipt.json --log-key "$WAYBILL_LOG_KEY"

Exit codes: 0 pass or waived, 10 fail, 11 unjudged, 12 the evidence does not hold, its origin is not confirmed, or the
report holds what no report does, 13 the log contradicts what this machine saw before.
`,
    )
    .action(perform(verify));
}

async function verify(cli: Cli, options: Options, text = ''): Promise<ExitCode> {
  const at = evaluationTime(options.at, cli.world.now());
  const receipt = readReceiptFile(text);
  if (receipt !== undefined) return verifyReceiptFile(cli, options, receipt);
  const file = readEvidenceFile(cli.world, text);
  return file === undefined ? verifyImage(cli, options, text, at) : verifyFile(cli, options, text, file, at);
}

async function verifyImage(cli: Cli, options: Options, text: string, at: string): Promise<ExitCode> {
  const image = readImageSubject(text, options);
  const trustFile = options.trust === undefined ? undefined : readTrustFile(options.trust);
  const { client, watch } = cli.connect({
    ...options,
    ...(trustFile === undefined ? {} : { logKey: trustFile.logKeys.map(({ vkey }) => vkey) }),
  });
  const repository = await repositoryOf(client, { subject: image.digest, ...image });
  const progress = openProgress(cli.world, 'receiving evidence', 'bytes');
  const bytes = await client.evidence({ digest: image.digest, repository }, progress.at);
  progress.end();
  if (options.evidence !== undefined) writeLocalFile(options.evidence, bytes);
  const evidence = readEvidence(bytes, 'What the service sent');
  const trusted = watch.keysFor(evidence.logKey);
  const file = trustFile ?? trustOfKeys(trusted, evidence);
  const trust = { source: trusted.source, ...(file === undefined ? {} : { file }) };
  const judgement = judgeEvidence(evidence, { subject: image.digest, repository }, trust, at);
  show(cli, judgement, []);
  // Shown before: whoever is told of a rollback should also see what the evidence says.
  if (isSigned(judgement)) await watch.accept(evidence.checkpoint, trusted, { fresh: true });
  return judgement.exit;
}

function verifyFile(cli: Cli, options: Options, path: string, file: EvidenceFile, at: string): ExitCode {
  const evidence = readEvidence(file.evidence, path);
  const question = {
    subject: options.image ?? evidence.question.subject,
    repository: options.repository ?? evidence.question.repository,
  };
  if (options.evidence !== undefined) writeLocalFile(options.evidence, file.evidence);
  const judgement = judgeEvidence(evidence, question, trustForFile(cli, options, evidence), at);
  const warnings = options.evidenceOnly === true ? [] : file.warnings;
  show(cli, judgement, warnings);
  if (warnings.length === 0) return judgement.exit;
  cli.print.remark(
    'The file holds more than a report does, and may show anything. Judge its evidence alone with --evidence-only.',
  );
  return judgement.exit === EXIT.history ? judgement.exit : EXIT.integrity;
}

function verifyReceiptFile(cli: Cli, options: Options, receipt: Receipt): ExitCode {
  const trust = options.trust === undefined ? undefined : readTrustFile(options.trust);
  const { value, lines } = judgeReceipt(receipt, parseLogKeys(givenLogKeys(cli.world, options)), trust);
  cli.print.result(value, () => lines);
  return EXIT.ok;
}

/** A file proves nothing about its origin, so that only what the reader brings counts, never what was remembered. */
function trustForFile(cli: Cli, options: Options, evidence: Evidence): Parameters<typeof judgeEvidence>[2] {
  if (options.trust !== undefined) return { source: 'given', file: readTrustFile(options.trust) };
  const keys = parseLogKeys(givenLogKeys(cli.world, options));
  const file = trustOfKeys({ keys }, evidence);
  return file === undefined ? { source: 'none' } : { source: 'given', file };
}

function isSigned({ result }: Judgement): boolean {
  return result.checks.some(({ code, outcome }) => code === 'checkpoint/signature' && outcome === 'pass');
}

function show(cli: Cli, judgement: Judgement, warnings: readonly Fault[]): void {
  const { result, trustSource } = judgement;
  const checks = result.checks.map((check) => ({ ...check, ...explainCheck(check) }));
  const shown = {
    ...result,
    checks,
    confirmed: trustSource === 'given',
    trustSource,
    warnings,
  };
  cli.print.result(JSON.parse(JSON.stringify(shown)) as Json, () => renderJudgement(cli.world, judgement, warnings));
}
