import type { Entry } from '../core/entry/entry.ts';
import { SHA256_HEX } from '../core/entry/names.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import type { ImpactAnswer, ImpactItem, PageRequest } from './answers.ts';
import { authorise, EVERY_ROLE } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { page } from './cursor.ts';
import { firstNotBefore } from './find-by-time.ts';
import { readProved, readReleasesAfter } from './impact-releases.ts';
import { ServiceError, type SignedRow } from './ports.ts';
import { readSignerState, type SignerState } from './read-signer.ts';

/** Place of the last item of a page: seq and subject. */
const CURSOR = /^(0|[1-9][0-9]{0,15}):([A-Za-z0-9]+:[0-9a-f]{40,64})$/;

/**
 * What rests on a signer since a time: every subject of every entry that it signed, within the caller's scope, and of those
 * that followed it by a rotation which the revocation takes with it. `saved` is what stands in the ledger before the
 * revocation takes effect; of a signer that is not revoked, as if it were from `since` on. Where the time is left out it is
 * that of the revocation, or of the registration.
 * With each come the newest releases after it, of the image or of those that were built from the commit ({@link readReleasesAfter}).
 * Projections say where to look, and each entry shown is proved; what is shown enters no verdict.
 *
 * Faults: those of authorisation, `signer/unknown`, `http/malformed-parameter` for a cursor. Throws `head/not-ours`.
 */
export async function readImpact(
  context: ServiceContext,
  caller: Caller,
  signer: string,
  request: PageRequest & { readonly since?: string },
): Promise<Result<ImpactAnswer>> {
  const allowed = authorise(caller, { roles: EVERY_ROLE });
  if (!allowed.ok) return allowed;
  const state = SHA256_HEX.test(signer) ? await readSignerState(context.store, signer) : undefined;
  if (state === undefined) return fail('signer/unknown', 'There is no such signer.', 'signer');
  const after = readCursor(request.cursor);
  if (!after.ok) return after;
  const since = request.since ?? state.revokedFrom ?? state.registeredAt;
  const effective = state.revokedFrom ?? since;
  const size = (await context.store.head()).frontier.size;
  const signers = await disownedBy(context, state, effective);
  const rows = await context.projections.signedBy({
    signers,
    from: await firstNotBefore(context.store, since, 0, size),
    ...(after.value === undefined ? {} : { after: after.value }),
    globs: caller.repositories,
    limit: request.limit + 1,
  });
  const entries = await readProved(
    context.store,
    rows.map(({ seq }) => seq),
  );
  const releases = await readReleasesAfter(context, rows);
  const saved = (time: string) => !state.isDisowned && time < effective;
  const shown = page(
    rows,
    request.limit,
    (row) => ({ ...itemOf(row, entries, signers, saved), releases: releases(row) }),
    ({ seq, subject }) => `${seq}:${subject}`,
  );
  return ok({ signer, signers, since, effective, revoked: state.revokedFrom !== undefined, ...shown });
}

/** The signer, and each that follows it where the rotation is not older than `effective`: it vouches for them no more. */
async function disownedBy(
  { store }: ServiceContext,
  first: SignerState,
  effective: string,
): Promise<readonly string[]> {
  const signers = [first.signer];
  for (let next = first.rotation?.successor; next !== undefined; ) {
    const state = await readSignerState(store, next);
    if (state === undefined || (signers.length === 1 && state.registeredAt < effective)) break;
    signers.push(next);
    next = state.rotation?.successor;
  }
  return signers;
}

function itemOf(
  { subject, repository, seq, checkpoint }: SignedRow,
  entries: ReadonlyMap<number, Entry>,
  signers: readonly string[],
  saved: (time: string) => boolean,
): Omit<ImpactItem, 'releases'> {
  const entry = entries.get(seq);
  const signer = entry?.signer;
  if (entry === undefined || signer === undefined || !signers.includes(signer)) {
    const message = `Entry ${seq} is not one of the signer: run waybill rebuild.`;
    throw new ServiceError({ code: 'database/projection-differs', message });
  }
  return {
    subject,
    repository,
    ...(entry.stage === undefined ? {} : { stage: entry.stage }),
    signer,
    seq,
    time: entry.time,
    saved: saved(entry.time),
    checkpoint,
  };
}

function readCursor(
  cursor: string | undefined,
): Result<{ readonly seq: number; readonly subject: string } | undefined> {
  if (cursor === undefined) return ok(undefined);
  const [, seq, subject] = CURSOR.exec(cursor) ?? [];
  if (seq === undefined || subject === undefined || !Number.isSafeInteger(Number(seq)))
    return fail('http/malformed-parameter', 'The cursor is none of an earlier page.', 'cursor');
  return ok({ seq: Number(seq), subject });
}
