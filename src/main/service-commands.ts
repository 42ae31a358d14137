import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { AddCommands, Cli, Perform } from '../cli/cli.ts';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { Stop } from '../cli/stop.ts';
import { findUnknownVariables } from '../config/unknown-variables.ts';
import { addAudit } from './audit.ts';
import { addBench } from './bench.ts';
import { addDemo } from './demo.ts';
import { addDrill } from './drill.ts';
import { configOf, ENVIRONMENT_HELP, foreseen } from './foreseen.ts';
import { awaitInterruption } from './interruption.ts';
import { addKeysRotate } from './keys-rotate.ts';
import { addMonitor } from './monitor.ts';
import { rebuildDatabase } from './rebuild-database.ts';
import { addResume } from './resume.ts';
import { startService } from './serve.ts';

/** The commands that run the service itself, or beside it on the same machine. */
export const SERVICE_COMMANDS: readonly AddCommands[] = [
  addServe,
  addAudit,
  addMonitor,
  addResume,
  addRebuild,
  addKeysRotate,
  addDemo,
  addDrill,
  addBench,
];

const SERVE_EXITS = `
Exit codes: 0 it was interrupted and has ended in order; 2 a setting is wrong; 4 the database cannot be used, or has
ended; 5 keys or folders cannot be used; 12 the ledger is not the one that keys and anchor remember (see "resume").
`;

function addServe(program: Command, perform: Perform): void {
  program
    .command('serve')
    .summary('run the service')
    .description(
      'Runs the service until it is interrupted. Without DATABASE_URL it starts a Postgres of its own below ./data; ' +
        'a second start uses the same data again. The first start writes an administrator token into data/admin.token.',
    )
    .addHelpText('after', `${ENVIRONMENT_HELP}${SERVE_EXITS}`)
    .action(perform(serve));
}

async function serve(cli: Cli): Promise<ExitCode> {
  const config = configOf(cli);
  // Also with --json: who misspells a setting believes that it is set.
  for (const { name, nearest } of findUnknownVariables(cli.world.environment))
    cli.world.note(`note: ${name} is set, and nothing reads it; the nearest setting is ${nearest}\n`);
  // A start that is interrupted ends at once. Never forgotten: signals may come until the very end of the process.
  const interruption = awaitInterruption({ begun: false });
  const running = await foreseen(() => startService(config, (line) => cli.print.remark(line)));
  interruption.begin();
  const { url, logVkey, database } = running;
  // It is written once, and administrators are told to delete it.
  const tokenFile = existsSync(running.tokenFile) ? running.tokenFile : null;
  cli.print.result({ url, logKey: logVkey, tokenFile, database: database.kind, roles: database.roles }, () =>
    [
      `Waybill serves at  ${url}`,
      `log key            ${logVkey}`,
      `admin token        ${tokenFile ?? '(deleted; an administrator can issue another: waybill token create)'}`,
      `database           ${database.kind}, ${database.roles === 'two' ? 'two roles' : 'one database role'}`,
      ...(config.passphraseFile === undefined ? ['keys               development: not encrypted'] : []),
      '',
      'Stop with Ctrl-C.',
    ].join('\n'),
  );
  const reason = await Promise.race([
    interruption.came.then(() => 'signal' as const),
    database.exited.then(() => 'database' as const),
  ]);
  await running.stop();
  if (reason !== 'database') return EXIT.ok;
  throw new Stop(EXIT.unreachable, {
    code: 'database/unreachable',
    message: 'The database ended by itself.',
    hint: 'See its log below the data folder.',
  });
}

function addRebuild(program: Command, perform: Perform): void {
  program
    .command('rebuild')
    .summary('make the projections again from the entries')
    .description(
      'Empties everything that is derived from entries and fills it again, under the lock of the ledger. No verdict changes by it.',
    )
    .addHelpText('after', `${ENVIRONMENT_HELP}\nExample:\n  waybill rebuild && waybill audit\n`)
    .action(perform(rebuild));
}

async function rebuild(cli: Cli): Promise<ExitCode> {
  const config = configOf(cli);
  const entries = await foreseen(() => rebuildDatabase(config, (line) => cli.print.remark(line)));
  cli.print.result({ entries }, () => `Projections rebuilt from ${entries} entries.`);
  return EXIT.ok;
}
