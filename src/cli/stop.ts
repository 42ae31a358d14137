import { ClientError, type Problem } from '../client/client-error.ts';
import type { Fault } from '../core/fault.ts';
import { KeyFileError } from '../keys/pipeline-key.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { hintFor } from './hints.ts';

/** Codes that only the command line gives; the service's and core's stand beside them in what is printed. */
export const CLI_FAULT_CODES = [
  /** The log is smaller than one that this machine saw before. */
  'checkpoint/rolled-back',
  /** The log does not contain one that this machine saw before. */
  'checkpoint/forked',
  /** The service at this address shows another log, or another log key, than before. */
  'log-key/changed',
  'log-key/malformed',
  'cli/unexpected',
  'cli/usage',
  'cli/bad-argument',
  'cli/no-service',
  'cli/no-token',
  'cli/unusable-file',
  'cli/not-a-layout',
  'cli/layout-ambiguous',
  'cli/layout-damaged',
  'cli/repository-needed',
  'cli/state-unusable',
  'key/unusable',
  'receipt/other-submission',
  'resume/audit-failed',
  'resume/checkpoint-unusable',
  'resume/control-keys-outdated',
  'resume/control-keys-unknown',
  'resume/log-intact',
  'resume/service-running',
  'resume/size-differs',
] as const;
export type CliFaultCode = (typeof CLI_FAULT_CODES)[number];

/** What is told to the user when a command cannot go on. */
export type Complaint = {
  readonly code: string;
  readonly message: string;
  readonly at?: string;
  readonly hint?: string;
  readonly requestId?: string;
  readonly status?: number;
};

/** Ends the command with an exit code and a complaint. */
export class Stop extends Error {
  override name = 'Stop';
  readonly exit: ExitCode;
  readonly complaint: Complaint;

  constructor(exit: ExitCode, complaint: Complaint) {
    super(complaint.message);
    this.exit = exit;
    const hint = complaint.hint ?? hintFor(complaint.code);
    this.complaint = hint === undefined ? complaint : { ...complaint, hint };
  }
}

export function stop(exit: ExitCode, code: CliFaultCode, message: string, hint?: string): Stop {
  return new Stop(exit, { code, message, ...(hint === undefined ? {} : { hint }) });
}

/** A fault of core as a stop: its innermost cause is the sentence that helps. */
export function stopOf(exit: ExitCode, fault: Fault, about?: string): Stop {
  const causes = [fault.message];
  for (let cause = fault.cause; cause !== undefined; cause = cause.cause)
    causes.push(`${cause.message} (${cause.code})`);
  const message = `${about === undefined ? '' : `${about}: `}${causes.join(' ')}`;
  return new Stop(exit, { code: fault.code, message, ...(fault.at === undefined ? {} : { at: fault.at }) });
}

/** What the service answered: where the command line has no hint of its own, the service's remedy is the hint. */
function stopOfProblem(exit: ExitCode, { remedy, ...complaint }: Problem): Stop {
  const hint = hintFor(complaint.code) ?? remedy;
  return new Stop(exit, hint === undefined ? complaint : { ...complaint, hint });
}

/** Any error as a stop. What is not foreseen keeps its message and the exit code of a defect. */
export function toStop(error: unknown): Stop {
  if (error instanceof Stop) return error;
  if (error instanceof ClientError && error.problem.code === 'client/bad-url') {
    return new Stop(EXIT.usage, error.problem);
  }
  if (error instanceof ClientError)
    return stopOfProblem(error.refused ? EXIT.refused : EXIT.unreachable, error.problem);
  if (error instanceof KeyFileError) return stop(EXIT.input, 'key/unusable', error.message);
  const message = error instanceof Error ? error.message : String(error);
  return new Stop(EXIT.unexpected, { code: 'cli/unexpected', message, hint: 'Please report this, with the command.' });
}
