import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { AddCommands, Cli, Perform } from '../cli/cli.ts';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { Stop } from '../cli/stop.ts';
import { type Config, ConfigError, readConfig } from '../config/config.ts';
import { KeyFileError } from '../keys/service-keys.ts';
import { DatabaseError } from '../postgres/database-error.ts';
import { ServiceError } from '../service/ports.ts';
import { auditDatabase } from './audit-database.ts';
import { addDemo } from './demo.ts';
import { rebuildDatabase } from './rebuild-database.ts';
import { startService } from './serve.ts';

/** The commands that run the service itself, or beside it on the same machine. */
export const SERVICE_COMMANDS: readonly AddCommands[] = [addServe, addAudit, addRebuild, addDemo];

const ENVIRONMENT_HELP = `
Environment (all optional; see .env.example):
  WAYBILL_DATA, WAYBILL_KEYS, WAYBILL_STATE       folders: ./data, ./keys, ./data/state
  WAYBILL_HOST, WAYBILL_PORT                      127.0.0.1 and 8420 (a free port where that is taken)
  DATABASE_URL, DATABASE_OWNER_URL                Postgres 15 or later; without it one is started in ./data
  WAYBILL_KEY_PASSPHRASE_FILE                     needed outside development
`;

function addServe(program: Command, perform: Perform): void {
  program
    .command('serve')
    .summary('run the service')
    .description(
      'Runs the service until it is interrupted. Without DATABASE_URL it starts a Postgres of its own below ./data;\n' +
        'a second start uses the same data again. The first start writes an administrator token into data/admin.token.',
    )
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(perform(serve));
}

async function serve(cli: Cli): Promise<ExitCode> {
  const config = configOf(cli);
  const running = await foreseen(() => startService(config, (line) => cli.print.remark(line)));
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
  const reason = await Promise.race([interrupted(), database.exited.then(() => 'database' as const)]);
  await running.stop();
  if (reason !== 'database') return EXIT.ok;
  throw new Stop(EXIT.unreachable, {
    code: 'database/unreachable',
    message: 'The database ended by itself.',
    hint: 'See its log below the data folder.',
  });
}

function interrupted(): Promise<'signal'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve('signal'));
  });
}

function addAudit(program: Command, perform: Perform): void {
  program
    .command('audit')
    .summary('replay the whole ledger out of the database')
    .description(
      'Replays every entry, link, list and tree hash, and compares heads, tiles, payloads, projections and the anchor.\n' +
        'Reads only. Exit code 12 when anything is not as it must be.',
    )
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(perform(audit));
}

async function audit(cli: Cli): Promise<ExitCode> {
  const config = configOf(cli);
  const result = await foreseen(() => auditDatabase(config, (line) => cli.print.remark(line)));
  const { origin, size, root, heads, tiles, payloads, findings } = result;
  cli.print.result(JSON.parse(JSON.stringify(result)), () =>
    [
      `log       ${origin}`,
      `entries   ${size}, root ${root}`,
      `compared  ${heads} heads, ${tiles} full tiles, ${payloads} payloads, the projections, the anchor`,
      ...findings.map(({ code, seq, message }) => `FOUND     ${code} at ${seq}: ${message}`),
      findings.length === 0 ? 'Nothing found: the ledger is what its entries say.' : `${findings.length} findings.`,
    ].join('\n'),
  );
  return findings.length === 0 ? EXIT.ok : EXIT.integrity;
}

function addRebuild(program: Command, perform: Perform): void {
  program
    .command('rebuild')
    .summary('make the projections again from the entries')
    .description('Empties everything that is derived from entries and fills it again, under the lock of the ledger.')
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(perform(rebuild));
}

async function rebuild(cli: Cli): Promise<ExitCode> {
  const config = configOf(cli);
  const entries = await foreseen(() => rebuildDatabase(config, (line) => cli.print.remark(line)));
  cli.print.result({ entries }, () => `Projections rebuilt from ${entries} entries.`);
  return EXIT.ok;
}

function configOf(cli: Cli): Config {
  try {
    return readConfig(cli.world.environment, process.cwd());
  } catch (error) {
    if (error instanceof ConfigError) throw new Stop(EXIT.usage, { code: 'cli/usage', message: error.message });
    throw error;
  }
}

/** Faults of the database, the keys and the ledger as complaints with their codes; anything else stays a defect. */
async function foreseen<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof ConfigError) throw new Stop(EXIT.usage, { code: 'cli/usage', message: error.message });
    if (error instanceof KeyFileError) throw new Stop(EXIT.input, { code: 'key/unusable', message: error.message });
    if (error instanceof DatabaseError) throw new Stop(EXIT.unreachable, error.fault);
    if (error instanceof ServiceError) {
      const integrity = /^(?:head|anchor)\//.test(error.fault.code);
      throw new Stop(integrity ? EXIT.integrity : EXIT.unreachable, {
        code: error.fault.code,
        message: error.fault.message,
      });
    }
    throw isForbidden(error) ? forbidden(error) : error;
  }
}

function isForbidden(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');
}

function forbidden({ path, message }: NodeJS.ErrnoException): Stop {
  return new Stop(EXIT.input, {
    code: 'cli/unusable-file',
    message: `This user may not use ${path ?? 'a file of the service'}: ${message}.`,
    hint: 'Run the command as the user who runs the service.',
  });
}
