import type { Cli } from '../cli/cli.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { hintFor } from '../cli/hints.ts';
import { Stop } from '../cli/stop.ts';
import { type Config, ConfigError, readConfig } from '../config/config.ts';
import type { Fault } from '../core/fault.ts';
import { FAULTS } from '../http/faults/faults.ts';
import { KeyFileError } from '../keys/key-file.ts';
import { DatabaseError } from '../postgres/database-error.ts';
import { ServiceError } from '../service/ports.ts';

/** Help on what the commands of the service read from the environment. */
export const ENVIRONMENT_HELP = `
Environment (all optional; see .env.example):
  WAYBILL_DATA, WAYBILL_KEYS, WAYBILL_STATE       folders: ./data, ./keys, ./data/state
  WAYBILL_HOST, WAYBILL_PORT                      127.0.0.1 and 8420 (a free port where that is taken)
  DATABASE_URL, DATABASE_OWNER_URL                Postgres 15 or later; without it one is started in ./data
  WAYBILL_KEY_PASSPHRASE_FILE                     needed outside development
`;

/** The configuration of the service in the environment of a command. */
export function configOf(cli: Cli): Config {
  try {
    return readConfig(cli.world.environment, process.cwd());
  } catch (error) {
    if (error instanceof ConfigError) throw new Stop(EXIT.usage, { code: 'cli/usage', message: error.message });
    throw error;
  }
}

/** Faults of the database, the keys and the ledger as complaints with their codes; anything else stays a defect. */
export async function foreseen<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof ConfigError) throw new Stop(EXIT.usage, { code: 'cli/usage', message: error.message });
    if (error instanceof KeyFileError) throw new Stop(EXIT.input, { code: 'key/unusable', message: error.message });
    if (error instanceof DatabaseError) throw new Stop(EXIT.unreachable, withRemedy(error.fault));
    if (error instanceof ServiceError) {
      const integrity = /^(?:head|anchor|log)\//.test(error.fault.code);
      const { code, message } = error.fault;
      throw new Stop(integrity ? EXIT.integrity : EXIT.unreachable, withRemedy({ code, message }));
    }
    throw isForbidden(error) ? forbidden(error) : error;
  }
}

/** A fault with what can be done about it: in the words of the command line, else in those that the service sends. */
function withRemedy(fault: Fault) {
  return { ...fault, hint: hintFor(fault.code) ?? FAULTS[fault.code][2] };
}

function isForbidden(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'EACCES' || error.code === 'EPERM' || error.code === 'EROFS')
  );
}

function forbidden({ path, message }: NodeJS.ErrnoException): Stop {
  return new Stop(EXIT.input, {
    code: 'cli/unusable-file',
    message: `This user may not use ${path ?? 'a file of the service'}: ${message}.`,
    hint: 'Run the command as the user who runs the service.',
  });
}
