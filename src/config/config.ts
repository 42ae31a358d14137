import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** An environment, as the process has it; tests pass a plain object. */
export type Environment = Readonly<Record<string, string | undefined>>;

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const count = z.coerce.number().int().min(1).max(1_000_000);
/** An address and its bits, as `10.20.0.0/16` or `fd12:3456::/32`. */
function isNetwork(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  const family = isIP(address);
  return family !== 0 && more.length === 0 && /^[0-9]{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

const networks = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((parts) => parts.every(isNetwork), { error: 'expected networks as CIDR, parted by commas' });
const port = z.coerce.number().int().min(0).max(65_535);

const schema = z.object({
  /** Folder of the embedded database and of what the service keeps beside it. Default `./data`. */
  WAYBILL_DATA: z.string().min(1).default('data'),
  /** Folder of the service's keys. Default `./keys`. */
  WAYBILL_KEYS: z.string().min(1).default('keys'),
  /** File of the control keys that a new log is opened with, as `waybill control keys set` writes it. Default none. */
  WAYBILL_CONTROL_KEYS: z.string().min(1).optional(),
  /** Folder of the anchor: a volume of its own in production. Default `<data>/state`. */
  WAYBILL_STATE: z.string().min(1).optional(),
  /** Address to listen on. Default 127.0.0.1. */
  WAYBILL_HOST: z.string().min(1).default('127.0.0.1'),
  /** Port to listen on; 0 is any free one. Default 8420, or a free one where that is taken. */
  WAYBILL_PORT: port.optional(),
  /** Postgres 15 or later: the service's role, or, alone, the owner. Without it an embedded server is started. */
  DATABASE_URL: z.string().min(1).optional(),
  /** The role that owns the schema and migrates. */
  DATABASE_OWNER_URL: z.string().min(1).optional(),
  /** File whose first line is the passphrase of the keys. Needed everywhere but for development. */
  WAYBILL_KEY_PASSPHRASE_FILE: z.string().min(1).optional(),
  /** Whether entry bundles answer without a token. Default false. */
  WAYBILL_PUBLIC_LOG: flag.default(false),
  /** Proxies in front that add to `X-Forwarded-For`; failed logins are counted by the address they name. Default 0. */
  WAYBILL_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(8).default(0),
  /** Requests that one principal may send within 10 seconds; each replica counts its own. Default 60000 each. */
  WAYBILL_RATE_READS: count.optional(),
  WAYBILL_RATE_WRITES: count.optional(),
  /** Verifications, evidence and reports of one principal within 10 seconds, and at once. Default 5000 and 32. */
  WAYBILL_RATE_JUDGEMENTS: count.optional(),
  WAYBILL_JUDGEMENTS_AT_ONCE: count.optional(),
  /** Requests without a token from one address within 10 seconds. Default 10000. */
  WAYBILL_RATE_ANONYMOUS: count.optional(),
  /** Connections at once, and from one address; the second is not looked at behind proxies. Default 1024 and 512. */
  WAYBILL_CONNECTIONS: count.optional(),
  WAYBILL_CONNECTIONS_PER_ADDRESS: count.optional(),
  /** Connections to the database. Default 10. */
  WAYBILL_DATABASE_CONNECTIONS: z.coerce.number().int().min(2).max(200).default(10),
  /** Longest time that a run may be open, in hours; at most a week. Default 24. */
  WAYBILL_RUN_HOURS_MAX: z.coerce.number().int().min(1).max(168).default(24),
  /** Networks that webhooks may lie in besides the public Internet: CIDR, parted by commas. Default none. */
  WAYBILL_WEBHOOK_NETWORKS: networks.optional(),
  /** `trace`, `debug`, `info`, `warn`, `error` or `silent`. Default info. */
  WAYBILL_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** Names of the variables that `readConfig` reads. */
export const SETTINGS: readonly string[] = Object.keys(schema.shape);

/** What one principal or address may take, as far as it was set; rates are requests within 10 seconds. */
export type RequestLimits = {
  readonly reads?: number;
  readonly writes?: number;
  readonly judgements?: number;
  readonly judgementsAtOnce?: number;
  readonly anonymous?: number;
  readonly connections?: number;
  readonly connectionsPerAddress?: number;
};

/** Settings of `waybill serve`, with every default filled in and every path absolute. */
export type Config = {
  readonly dataFolder: string;
  readonly keysFolder: string;
  readonly stateFolder: string;
  /** File of control keys. */
  readonly controlKeysFile?: string;
  readonly host: string;
  readonly port: number;
  /** Whether the port was asked for; otherwise a taken one gives way to a free one. */
  readonly portRequired: boolean;
  readonly databaseUrl?: string;
  readonly databaseOwnerUrl?: string;
  readonly databaseConnections: number;
  readonly publicLog: boolean;
  readonly trustedProxies: number;
  readonly limits?: RequestLimits;
  readonly logLevel: string;
  readonly runSecondsMax: number;
  /** As CIDR. */
  readonly webhookNetworks?: readonly string[];
  readonly passphraseFile?: string;
};

export const PORT_DEFAULT = 8420;

/** Thrown for an environment that cannot be used; the message names the variable. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** The configuration in an environment; unknown variables are none of ours. */
export function readConfig(environment: Environment, workingFolder: string): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ConfigError(
      `${issue?.path.join('.') ?? 'environment'}: ${issue === undefined ? 'cannot be used' : messageOf(issue)}`,
    );
  }
  const env = parsed.data;
  const dataFolder = resolve(workingFolder, env.WAYBILL_DATA);
  return {
    dataFolder,
    keysFolder: resolve(workingFolder, env.WAYBILL_KEYS),
    stateFolder:
      env.WAYBILL_STATE === undefined ? join(dataFolder, 'state') : resolve(workingFolder, env.WAYBILL_STATE),
    ...(env.WAYBILL_CONTROL_KEYS === undefined
      ? {}
      : { controlKeysFile: resolve(workingFolder, env.WAYBILL_CONTROL_KEYS) }),
    host: env.WAYBILL_HOST,
    port: env.WAYBILL_PORT ?? PORT_DEFAULT,
    portRequired: env.WAYBILL_PORT !== undefined,
    ...(env.DATABASE_URL === undefined ? {} : { databaseUrl: env.DATABASE_URL }),
    ...(env.DATABASE_OWNER_URL === undefined ? {} : { databaseOwnerUrl: env.DATABASE_OWNER_URL }),
    databaseConnections: env.WAYBILL_DATABASE_CONNECTIONS,
    publicLog: env.WAYBILL_PUBLIC_LOG,
    trustedProxies: env.WAYBILL_TRUSTED_PROXIES,
    limits: limitsOf(env),
    logLevel: env.WAYBILL_LOG_LEVEL,
    runSecondsMax: env.WAYBILL_RUN_HOURS_MAX * 3_600,
    ...(env.WAYBILL_WEBHOOK_NETWORKS === undefined ? {} : { webhookNetworks: env.WAYBILL_WEBHOOK_NETWORKS }),
    ...(env.WAYBILL_KEY_PASSPHRASE_FILE === undefined
      ? {}
      : { passphraseFile: resolve(workingFolder, env.WAYBILL_KEY_PASSPHRASE_FILE) }),
  };
}

/** What is not a number comes out of the coercion as NaN, which nobody wrote. */
function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_type' && issue.expected === 'number' ? 'expected a whole number' : issue.message;
}

function limitsOf(env: z.output<typeof schema>): RequestLimits {
  const set = {
    reads: env.WAYBILL_RATE_READS,
    writes: env.WAYBILL_RATE_WRITES,
    judgements: env.WAYBILL_RATE_JUDGEMENTS,
    judgementsAtOnce: env.WAYBILL_JUDGEMENTS_AT_ONCE,
    anonymous: env.WAYBILL_RATE_ANONYMOUS,
    connections: env.WAYBILL_CONNECTIONS,
    connectionsPerAddress: env.WAYBILL_CONNECTIONS_PER_ADDRESS,
  };
  return Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined));
}

/**
 * The passphrase of the keys, or undefined in development. Without one only the embedded database on a loopback
 * address starts: keys in the clear are for trying things out.
 */
export function readPassphrase(config: Config): string | undefined {
  if (config.passphraseFile === undefined) {
    if (config.databaseUrl !== undefined || config.databaseOwnerUrl !== undefined) {
      throw new ConfigError(
        'WAYBILL_KEY_PASSPHRASE_FILE is needed with DATABASE_URL: keys are encrypted outside development',
      );
    }
    if (!['127.0.0.1', '::1', 'localhost'].includes(config.host)) {
      throw new ConfigError('WAYBILL_KEY_PASSPHRASE_FILE is needed to listen on other than a loopback address');
    }
    return undefined;
  }
  if ((statSync(config.passphraseFile).mode & 0o077) !== 0)
    throw new ConfigError('the passphrase file may be read by others: chmod 600 it');
  const passphrase = readFileSync(config.passphraseFile, 'utf8').split('\n')[0] ?? '';
  if (passphrase.length < 12) throw new ConfigError('the passphrase has fewer than 12 characters');
  return passphrase;
}
