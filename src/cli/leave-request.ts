import type { ControlRequest } from '../core/control/control-request.ts';
import type { Cli } from './cli.ts';
import { writeControlRequest } from './control-file.ts';
import { describeControl, headlineOf } from './describe-control.ts';

/** Writes a request for control signatures, and says in words what it is about. */
export function leaveRequest(cli: Cli, output: string, request: ControlRequest): void {
  writeControlRequest(output, request);
  const json = {
    file: output,
    says: headlineOf(request),
    statement: { ...request.statement },
    threshold: request.set.threshold,
  };
  cli.print.result(
    json,
    () => `${describeControl(request)}\n\nwrote ${output}: have it signed with "waybill control sign"`,
  );
}
