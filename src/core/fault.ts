import type { CompletenessFaultCode } from './fault-codes/completeness.ts';
import type { ContractFaultCode } from './fault-codes/contract.ts';
import type { ControlFaultCode } from './fault-codes/control.ts';
import type { CryptoFaultCode } from './fault-codes/crypto.ts';
import type { CustodyFaultCode } from './fault-codes/custody.ts';
import type { DatabaseFaultCode } from './fault-codes/database.ts';
import type { DsseFaultCode } from './fault-codes/dsse.ts';
import type { DualControlFaultCode } from './fault-codes/dual-control.ts';
import type { EncodingFaultCode } from './fault-codes/encoding.ts';
import type { EntryFaultCode } from './fault-codes/entry.ts';
import type { ExportFaultCode } from './fault-codes/export.ts';
import type { FactsFaultCode } from './fault-codes/facts.ts';
import type { HttpFaultCode } from './fault-codes/http.ts';
import type { ImageFaultCode } from './fault-codes/image.ts';
import type { LogKeyFaultCode } from './fault-codes/log-key.ts';
import type { MapFaultCode } from './fault-codes/map.ts';
import type { MerkleFaultCode } from './fault-codes/merkle.ts';
import type { MonitorFaultCode } from './fault-codes/monitor.ts';
import type { NoteFaultCode } from './fault-codes/note.ts';
import type { PeriodFaultCode } from './fault-codes/period.ts';
import type { ReleaseFaultCode } from './fault-codes/release.ts';
import type { ReportFaultCode } from './fault-codes/report.ts';
import type { RunFaultCode } from './fault-codes/run.ts';
import type { SearchFaultCode } from './fault-codes/search.ts';
import type { ServiceFaultCode } from './fault-codes/service.ts';
import type { SessionFaultCode } from './fault-codes/session.ts';
import type { SignerFaultCode } from './fault-codes/signer.ts';
import type { StatementFaultCode } from './fault-codes/statement.ts';
import type { WaiverFaultCode } from './fault-codes/waiver.ts';
import type { WebhookFaultCode } from './fault-codes/webhook.ts';

/** The closed set of stable codes. One file per area, so that an area's codes stand next to each other. */
export type FaultCode =
  | CompletenessFaultCode
  | ContractFaultCode
  | ControlFaultCode
  | CryptoFaultCode
  | CustodyFaultCode
  | DatabaseFaultCode
  | DsseFaultCode
  | DualControlFaultCode
  | EncodingFaultCode
  | EntryFaultCode
  | ExportFaultCode
  | FactsFaultCode
  | HttpFaultCode
  | ImageFaultCode
  | LogKeyFaultCode
  | MapFaultCode
  | MerkleFaultCode
  | MonitorFaultCode
  | NoteFaultCode
  | PeriodFaultCode
  | ReleaseFaultCode
  | ReportFaultCode
  | RunFaultCode
  | SearchFaultCode
  | ServiceFaultCode
  | SessionFaultCode
  | SignerFaultCode
  | StatementFaultCode
  | WaiverFaultCode
  | WebhookFaultCode;

/** What went wrong, as data: a stable code to branch on, a sentence to read, and where in the input it was found. */
export type Fault = {
  readonly code: FaultCode;
  readonly message: string;
  /** Place in the input: a JSON pointer, a line number or an offset. */
  readonly at?: string;
  readonly cause?: Fault;
};

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail(code: FaultCode, message: string, at?: string, cause?: Fault): Result<never> {
  return {
    ok: false,
    fault: { code, message, ...(at === undefined ? {} : { at }), ...(cause === undefined ? {} : { cause }) },
  };
}

/** A broken invariant is our own error, never the input's: it throws, and the process is expected to stop. */
export class InvariantError extends Error {
  override name = 'InvariantError';
}

export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
