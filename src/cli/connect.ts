import { type Command, InvalidArgumentError } from 'commander';
import { type Client, openClient } from '../client/client.ts';
import { NAME } from '../core/entry/names.ts';
import { EXIT } from './exit-codes.ts';
import { readLocalFile } from './local-file.ts';
import { type LogWatch, openLogWatch, parseLogKeys } from './log-watch.ts';
import { Stop, stop } from './stop.ts';
import type { World } from './world.ts';

/** Options of every command that speaks to a service. */
export type ServiceOptions = {
  readonly url?: string;
  readonly tokenFile?: string;
  readonly logKey?: readonly string[];
  readonly timeout?: number;
};

export type Connection = { readonly client: Client; readonly watch: LogWatch; readonly url: string };

const TOKEN_BYTES_MAX = 16_384;
const VKEYS_MAX = 64;

export function withServiceOptions(command: Command): Command {
  return command
    .optionsGroup('Service:')
    .option('--url <url>', 'address of the service (default: $WAYBILL_URL)')
    .option('--token-file <file>', 'file with the API token (default: the token in $WAYBILL_TOKEN)')
    .option('--timeout <seconds>', 'longest wait for one answer (default: 60)', parseSeconds)
    .option('--log-key <vkey>', 'log key that you trust; may be repeated (default: $WAYBILL_LOG_KEY)', collect)
    .optionsGroup('Options:');
}

/** For commands that change trust. */
export function withControlOption(command: Command): Command {
  return command.option('--control <file>', 'agreement of the control keys: what "waybill control combine" wrote');
}

/** A client and the watch over its log. Stops with `cli/no-service` or `client/bad-url`. */
export function connect(world: World, options: ServiceOptions): Connection {
  const { client, url } = connectUnwatched(world, options);
  const given = parseLogKeys(givenLogKeys(world, options));
  return { client, url, watch: openLogWatch({ world, client, url, given }) };
}

/** A client alone, for whoever keeps a memory of the log of their own. Stops as {@link connect} does. */
export function connectUnwatched(world: World, options: ServiceOptions): Omit<Connection, 'watch'> {
  const url = (options.url ?? world.environment.WAYBILL_URL ?? '').replace(/\/+$/, '');
  if (url === '') throw stop(EXIT.usage, 'cli/no-service', 'No service is named.');
  demandScheme(url, options.url === undefined ? 'WAYBILL_URL' : '--url');
  const token = readToken(world, options);
  const client = openClient({
    url,
    userAgent: `waybill/${world.version}`,
    ...(token === undefined ? {} : { token }),
    ...(options.timeout === undefined ? {} : { patience: { timeoutMs: options.timeout * 1000 } }),
    ...(world.fetch === undefined ? {} : { fetch: world.fetch }),
  });
  return { client, url };
}

/** The log keys that the user gave; an option wins over the environment, which may hold several, parted by white space. */
export function givenLogKeys(world: World, options: Pick<ServiceOptions, 'logKey'>): readonly string[] {
  if (options.logKey !== undefined) return options.logKey;
  return (world.environment.WAYBILL_LOG_KEY ?? '')
    .split(/\s+/)
    .filter((text) => text !== '')
    .slice(0, VKEYS_MAX);
}

/** Passphrase of key files: the first line of the file that the option or WAYBILL_KEY_PASSPHRASE_FILE names. */
export function readPassphrase(world: World, file: string | undefined): string | undefined {
  const path = file ?? world.environment.WAYBILL_KEY_PASSPHRASE_FILE;
  if (path === undefined || path === '') return undefined;
  return Buffer.from(readLocalFile(path, TOKEN_BYTES_MAX))
    .toString('utf8')
    .replace(/\r?\n[\s\S]*$/, '');
}

/** The run that an option names, or, where there is none, the environment: `waybill run exec` sets it for its command. */
export function readRun(world: World, option: string | false | undefined): { readonly run?: string } {
  const named = option === false ? undefined : (option ?? world.environment.WAYBILL_RUN);
  if (named === undefined || named === '') return {};
  if (NAME.test(named)) return { run: named };
  throw stop(EXIT.usage, 'cli/bad-argument', `"${named}" is no id of a run.`, 'waybill run open gives one: r-…');
}

/** For options that may be repeated. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** `localhost:8420` reads as a URL of the scheme `localhost`, so that only this can say what is missing. */
function demandScheme(url: string, source: string): void {
  if (/^https?:\/\//i.test(url)) return;
  const value = url.includes('@') ? 'does not begin' : `is "${url}", which does not begin`;
  const whole = `http://${url}`;
  const isLacking = !url.includes('://') && !url.includes('@') && URL.canParse(whole);
  throw new Stop(EXIT.usage, {
    code: 'client/bad-url',
    message: `${source} ${value} with http:// or https://.`,
    ...(isLacking ? { hint: `Was ${whole} meant?` } : {}),
  });
}

function readToken(world: World, { tokenFile }: ServiceOptions): string | undefined {
  const text =
    tokenFile === undefined
      ? world.environment.WAYBILL_TOKEN
      : Buffer.from(readLocalFile(tokenFile, TOKEN_BYTES_MAX)).toString('utf8');
  const token = text?.trim();
  if (token === undefined || token === '') return undefined;
  // Anything else would make the header malformed, and its error message would show the token.
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw stop(EXIT.usage, 'cli/no-token', 'The token holds white space or other characters that no token has.');
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3600) {
    throw new InvalidArgumentError('A whole number of seconds from 1 to 3600.');
  }
  return seconds;
}
