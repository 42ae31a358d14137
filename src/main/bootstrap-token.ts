import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { BOOTSTRAP_PRINCIPAL } from '../core/trust/grant-document.ts';
import { authenticate } from '../service/authenticate.ts';
import type { ServiceContext } from '../service/context.ts';
import { issueToken } from '../service/manage-tokens.ts';
import { readPrincipalState } from '../service/read-principal.ts';

const LIFETIME_SECONDS = 90 * 24 * 60 * 60;

/**
 * Writes a token of the bootstrap administrator into `path` (mode 0600), once: only while the database knows of no token
 * at all, which is so at the first start and after a migration that forgets them; what is in the file then counts for
 * nothing, and is replaced. A file that was deleted is not made again; another administrator issues tokens from then on.
 *
 * The token lies durably in `<path>.new` before it counts: a start that is killed in between leaves either no token, or
 * one that the next start puts into its place.
 */
export async function writeBootstrapToken(context: ServiceContext, path: string): Promise<void> {
  if ((await context.tokens.list(undefined, 1)).length > 0) return finishInterrupted(context, path);
  const state = await readPrincipalState(context.store, BOOTSTRAP_PRINCIPAL);
  if (state === undefined || state.revoked) return;
  const request = {
    principal: BOOTSTRAP_PRINCIPAL,
    title: 'bootstrap token of the first start',
    lifetimeSeconds: LIFETIME_SECONDS,
  };
  await issueToken(context, request, state.epoch, (token) =>
    writeFile(`${path}.new`, `${token}\n`, { mode: 0o600, flush: true }),
  );
  await rename(`${path}.new`, path);
}

/** A token that was kept and stored, by a start that ended before its file had its name. One that does not count goes. */
async function finishInterrupted(context: ServiceContext, path: string): Promise<void> {
  if (!existsSync(`${path}.new`)) return;
  const token = (await readFile(`${path}.new`, 'utf8')).trim();
  if ((await authenticate(context, token)).ok) await rename(`${path}.new`, path);
  else await rm(`${path}.new`);
}
