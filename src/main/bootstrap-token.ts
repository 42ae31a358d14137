import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { BOOTSTRAP_PRINCIPAL } from '../core/trust/grant-document.ts';
import type { ServiceContext } from '../service/context.ts';
import { issueToken } from '../service/manage-tokens.ts';
import { readPrincipalState } from '../service/read-principal.ts';

const LIFETIME_SECONDS = 90 * 24 * 60 * 60;

/**
 * Writes a token of the bootstrap administrator into `path` (mode 0600), once: only while the service has never issued
 * any token. A file that was deleted is not made again; another administrator issues tokens from then on.
 */
export async function writeBootstrapToken(context: ServiceContext, path: string): Promise<void> {
  if (existsSync(path) || (await context.tokens.list(undefined, 1)).length > 0) return;
  const state = await readPrincipalState(context.store, BOOTSTRAP_PRINCIPAL);
  if (state === undefined || state.revoked) return;
  const request = {
    principal: BOOTSTRAP_PRINCIPAL,
    title: 'bootstrap token of the first start',
    lifetimeSeconds: LIFETIME_SECONDS,
  };
  const issued = await issueToken(context, request, state.epoch);
  await writeFile(`${path}.new`, `${issued.token}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
