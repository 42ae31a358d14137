import type { Command } from 'commander';
import { formatControlStatement, stateControl } from '../../core/control/control-statement.ts';
import { isAct } from '../../core/dual-control/takes-two.ts';
import type { Perform } from '../cli.ts';
import { readControlPlace } from '../control-place.ts';
import { leaveRequest } from '../leave-request.ts';
import { addChanges, addControlled, type Finish } from './prepare-change.ts';

export function addPrepare(control: Command, perform: Perform): void {
  const prepare = control
    .command('prepare')
    .summary('write a request for signatures')
    .description(
      'Reads from the log where the change will stand, and writes a request that says in words what will change.',
    );
  const common = (command: Command) => command.requiredOption('-o, --output <file>', 'request file to write');
  const add = addChanges(prepare, { finish: writeRequest, common, perform });
  addControlled(add, { finish: writeRequest, perform });
}

/** Asks the log for the place, makes the statement, and writes the request. */
const writeRequest: Finish = async (cli, { output = '', ...options }, key, change) => {
  const { log, n, prev, entries, set } = await readControlPlace(cli.world, cli.connect(options), key);
  const { document: named, ...controlled } = change(entries.filter(isAct));
  const document = named?.bytes;
  const statement = stateControl({ log, ...controlled }, { key, n, ...(prev === undefined ? {} : { prev }) }, document);
  const payload = formatControlStatement(statement);
  const before = entries.at(-1);
  const request = {
    statement,
    payload,
    signatures: [],
    set,
    ...(document === undefined ? {} : { document }),
    ...(before === undefined ? {} : { before }),
  };
  leaveRequest(cli, output, request);
  return undefined;
};
