import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { COMMIT_HEX, REPOSITORY } from '../core/entry/names.ts';
import { type Cli, remarkFirstUse } from './cli.ts';
import type { ServiceOptions } from './connect.ts';
import { parseDuration } from './duration.ts';
import { EXIT } from './exit-codes.ts';
import { stop } from './stop.ts';
import { takeReceipt } from './take-receipt.ts';

/** Options of what opens a run. */
export type OpenOptions = ServiceOptions & {
  readonly repository: string;
  readonly commit: string;
  readonly lifetime?: number;
  readonly idempotencyKey?: string;
};

/** Options that say what to open. */
export function withOpenOptions(command: Command): Command {
  return command
    .requiredOption('-r, --repository <name>', 'repository that the run builds')
    .requiredOption('--commit <hex>', 'commit that it builds: 40 or 64 hex digits')
    .option('--lifetime <duration>', 'longest time until it expires: seconds, or 30m, 6h (default: 6h)', parseDuration)
    .option('--idempotency-key <text>', 'your own name for this opening: the same one finds the same run');
}

/** Opens the run; its receipt is verified before anybody relies on it. */
export async function openRun(cli: Cli, options: OpenOptions, keep: { readonly receipt?: string } = {}) {
  const { repository, commit } = options;
  if (!REPOSITORY.test(repository))
    throw stop(EXIT.usage, 'cli/bad-argument', `"${repository}" is no repository name, such as shop/api.`);
  if (!COMMIT_HEX.test(commit))
    throw stop(EXIT.usage, 'cli/bad-argument', `"${commit}" is no commit.`, 'Give it in full: git rev-parse HEAD.');
  const { client, watch } = cli.connect(options);
  const request = {
    repository,
    commit,
    ...(options.lifetime === undefined ? {} : { lifetimeSeconds: options.lifetime }),
  };
  const { value, json } = await client.openRun(request, options.idempotencyKey ?? randomUUID());
  const { run } = value.view;
  const expected = { kind: 'run.opened', repository, run, says: { commit } };
  const taken = await takeReceipt(watch, value.recorded.receipt, expected, keep);
  remarkFirstUse(cli, taken);
  return { view: value.view, duplicate: value.recorded.duplicate, json, taken, client, watch };
}
