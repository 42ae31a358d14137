import { SHA256_HEX } from '../core/entry/names.ts';
import { readPublicKeyFile } from '../keys/pipeline-key.ts';
import type { Cli } from './cli.ts';
import { readPassphrase } from './connect.ts';
import { EXIT } from './exit-codes.ts';
import { kindOfPath } from './local-file.ts';
import { stop } from './stop.ts';

/** The signer that an argument names: by its id, or by a key file. */
export function readSignerId(cli: Pick<Cli, 'world'>, text: string): string {
  if (SHA256_HEX.test(text)) return text;
  if (kindOfPath(text) === 'file') return readPublicKeyFile(text, readPassphrase(cli.world, undefined)).signer;
  const hint = 'Lists show the beginning of an id; "waybill signer list --json" shows all of it.';
  throw stop(EXIT.usage, 'cli/bad-argument', `"${text}" is neither a signer id of 64 hex digits nor a key file.`, hint);
}
