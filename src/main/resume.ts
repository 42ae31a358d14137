import { type Command, InvalidArgumentError } from 'commander';
import type { Cli, Perform } from '../cli/cli.ts';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { stop } from '../cli/stop.ts';
import { type Config, readPassphrase } from '../config/config.ts';
import { openServiceKeys } from '../keys/service-keys.ts';
import { DatabaseError } from '../postgres/database-error.ts';
import type { ServiceKeys } from '../service/ports.ts';
import { configOf, ENVIRONMENT_HELP, foreseen } from './foreseen.ts';
import { continueLog } from './resume/continue-log.ts';
import { describeSurvey, MEANING, surveyJson } from './resume/describe-log.ts';
import { describeSuccessor, successorJson } from './resume/describe-successor.ts';
import { type OpenedSuccessor, openSuccessor } from './resume/open-successor.ts';
import { withStoppedDatabase } from './resume/resume-database.ts';
import { sealLog } from './resume/seal-log.ts';
import { STATE_EXITS } from './resume/state-exits.ts';
import { readEndedControl, refuseOutdatedControl } from './resume/successor-control.ts';
import { type Survey, surveyLog } from './resume/survey-log.ts';
import { controlOf } from './serve.ts';

const EXAMPLES = `
Examples:
  waybill resume
  waybill resume --continue
  waybill resume --continue --checkpoint anchor-of-another-replica.json
`;

type Options = {
  readonly continue?: boolean;
  readonly checkpoint?: readonly string[];
  readonly acceptSize?: number;
  readonly skipAudit?: boolean;
  readonly openSuccessor?: boolean;
  readonly seal?: boolean;
};

/** `waybill resume`. */
export function addResume(program: Command, perform: Perform): void {
  program
    .command('resume')
    .summary('go on after a restore, a promotion or a loss')
    .description(
      'Compares the database with what anchor and keys remember of the log, while the service is stopped, and says ' +
        'what that means. Without an option it changes nothing. Exit code 0: the service would start; 14: it can be ' +
        'continued, and somebody has to decide so; 13: signed history is missing; 12: this is another log; 5: the service ' +
        'runs, or a file cannot be used; 4: the database does not answer; 2: the command line is wrong.',
    )
    .option('--continue', 'continue a log that lost nothing: audit it, then write its anchor anew')
    .option('--checkpoint <file>', 'what another saw of the log: an anchor, checkpoint or receipt; repeatable', collect)
    .option('--accept-size <size>', 'with no anchor and no checkpoint: the size that you answer for', parseSize)
    .option('--skip-audit', 'continue without replaying the whole log')
    .option('--open-successor', 'end a log that lost entries, and open another one that says what was lost')
    .option('--seal', 'end a log that is in order: seal it, and open its successor')
    .addHelpText('after', `${ENVIRONMENT_HELP}${EXAMPLES}`)
    .action(perform((cli: Cli, options: Options) => foreseen(() => resume(cli, configOf(cli), options))));
}

async function resume(cli: Cli, config: Config, options: Options): Promise<ExitCode> {
  const log = (line: string) => cli.print.remark(line);
  const ways = [options.continue, options.openSuccessor, options.seal].filter((way) => way === true);
  if (ways.length > 1) throw stop(EXIT.usage, 'cli/usage', 'Give one of --continue, --open-successor and --seal.');
  const keys = openServiceKeys(config.keysFolder, readPassphrase(config), { mustExist: true });
  try {
    return await withStoppedDatabase(config, { log, mayCreate: options.openSuccessor === true }, async (opened) => {
      const look = () => surveyLog(opened, config, keys, options.checkpoint ?? []);
      const survey = await look();
      if (options.openSuccessor === true || options.seal === true) {
        // What was set aside by an earlier run is not looked at: that run went past this.
        const before = survey.origin === undefined ? undefined : await readEndedControl(opened.database);
        refuseOutdatedControl(controlOf(config).control, before);
      }
      if (options.openSuccessor === true) return ended(cli, await openSuccessor(cli, config, keys, opened, survey));
      if (options.seal === true) {
        const receipt = await sealLog(config, keys, opened, survey);
        return ended(cli, await openSuccessor(cli, config, keys, opened, await look()), receipt);
      }
      if (options.continue !== true || survey.state === 'in-order') return tell(cli, survey);
      return continued(cli, config, keys, opened, survey, options);
    });
  } catch (error) {
    if (error instanceof DatabaseError && error.fault.code === 'database/data-missing') return tellGone(cli, error);
    throw error;
  }
}

/** Nothing is left to look at. */
function tellGone(cli: Cli, { fault }: DatabaseError): ExitCode {
  cli.print.result({ state: 'lost', code: fault.code, message: fault.message }, () =>
    [`${fault.message} (${fault.code})`, ...MEANING.lost].join('\n'),
  );
  return EXIT.history;
}

function ended(cli: Cli, opened: OpenedSuccessor, sealReceipt?: string): ExitCode {
  cli.print.result(successorJson(opened, sealReceipt), () => describeSuccessor(opened, sealReceipt));
  return EXIT.ok;
}

function tell(cli: Cli, survey: Survey): ExitCode {
  cli.print.result(surveyJson(survey), () => describeSurvey(survey));
  return STATE_EXITS[survey.state];
}

async function continued(
  cli: Cli,
  config: Config,
  keys: ServiceKeys,
  opened: Parameters<typeof continueLog>[3],
  survey: Survey,
  options: Options,
): Promise<ExitCode> {
  cli.print.remark(`${describeSurvey(survey)}\n`);
  const { acceptSize, skipAudit = false } = options;
  const audited = await continueLog(cli, config, keys, opened, survey, {
    ...(acceptSize === undefined ? {} : { acceptSize }),
    skipAudit,
  });
  cli.print.result({ ...surveyJson(survey), continued: true, audited: audited?.size ?? null }, () =>
    [
      audited === undefined ? 'The audit was skipped.' : `The audit of ${audited.size} entries found nothing.`,
      'The log is continued: start the service. Other replicas have anchors of their own: resume each.',
    ].join('\n'),
  );
  return EXIT.ok;
}

function collect(path: string, before: readonly string[] = []): readonly string[] {
  return [...before, path];
}

function parseSize(text: string): number {
  const size = Number(text);
  if (/^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(size)) return size;
  throw new InvalidArgumentError('Give a whole number from 1.');
}
