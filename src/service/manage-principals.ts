import { grantsTrust } from '../core/control/takes-control.ts';
import { equalBytes } from '../core/encoding/bytes.ts';
import { principalKey } from '../core/entry/keys.ts';
import type { PrincipalGranted } from '../core/entry/kinds/principal-granted.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import {
  formatGrantDocument,
  GRANT_MEDIA_TYPE,
  type GrantDocument,
  parseGrantDocument,
  SERVICE_PRINCIPAL,
} from '../core/trust/grant-document.ts';
import { agreeControl } from './agree-control.ts';
import type { Page, PageRequest, PrincipalView, Recorded } from './answers.ts';
import { appendEntry } from './append-entry.ts';
import { readCaller } from './authenticate.ts';
import { authorise } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { listNames } from './list-names.ts';
import type { Submission } from './ports.ts';
import { type PrincipalState, principalState, readPrincipalState } from './read-principal.ts';
import { sealPayload } from './seal-payload.ts';
import { submissionIdentity } from './submission-identity.ts';

export type GrantRequest = GrantDocument & {
  readonly principal: string;
  /** The agreement of the control keys, where the grant takes it. */
  readonly control?: string;
};

/**
 * Grants a principal a role in a scope; it replaces what the principal held. Granting the same again changes nothing
 * and returns the first receipt. An administrator cannot take the role from themselves: `principal/last-admin`.
 */
export async function grantPrincipal(
  context: ServiceContext,
  caller: Caller,
  request: GrantRequest,
): Promise<Result<PrincipalView & Recorded>> {
  const { principal, control, ...grant } = request;
  const document = formatGrantDocument(grant);
  const readable = parseGrantDocument(document);
  if (!readable.ok) return readable;
  if (principal === SERVICE_PRINCIPAL)
    return fail('principal/name-reserved', 'The service itself holds no grant.', 'principal');
  const body: PrincipalGranted = { principal, role: grant.role };
  const appended = await appendEntry(context, async (attempt) => {
    const admin = await requireAdmin(context, caller);
    if (!admin.ok) return admin;
    if (principal === caller.principal && grant.role !== 'admin') return lastAdmin();
    const state = await readPrincipalState(context.store, principal);
    const sealed = sealPayload(document, GRANT_MEDIA_TYPE, context.random);
    const isRepeated = isUnchanged(state, document);
    const place = String((state?.acts ?? 0) - (isRepeated ? 1 : 0));
    const submission: Submission = {
      identity: submissionIdentity('grant', [principal, document, place]),
      proposal: { kind: 'principal.granted', principal: caller.principal, payload: sealed.reference, body },
      payload: sealed.stored,
      restsOn: restsOn(admin.value, principal, state),
      repeats: ['body', 'payload'],
    };
    const trustedBefore = isTrusted(state);
    return agreeControl(context, submission, { control, trustedBefore, isRepeated: isRepeated && attempt === 0 });
  });
  return appended.ok ? recordedView(context, principal, appended.value) : appended;
}

/** Takes a principal's role away. Their tokens stop working with the next request. */
export async function revokePrincipal(
  context: ServiceContext,
  caller: Caller,
  principal: string,
  control?: string,
): Promise<Result<PrincipalView & Recorded>> {
  const appended = await appendEntry(context, async (attempt) => {
    const admin = await requireAdmin(context, caller);
    if (!admin.ok) return admin;
    if (principal === caller.principal) return lastAdmin();
    const state = await readPrincipalState(context.store, principal);
    if (state === undefined) return fail('principal/unknown', `${principal} never held a role.`, 'principal');
    const place = String(state.revoked ? state.acts - 1 : state.acts);
    const submission: Submission = {
      identity: submissionIdentity('grant-revoked', [principal, place]),
      proposal: { kind: 'principal.revoked', principal: caller.principal, body: { principal } },
      restsOn: restsOn(admin.value, principal, state),
    };
    const trustedBefore = isTrusted(state);
    return agreeControl(context, submission, { control, trustedBefore, isRepeated: state.revoked && attempt === 0 });
  });
  return appended.ok ? recordedView(context, principal, appended.value) : appended;
}

export async function listPrincipals(
  context: ServiceContext,
  caller: Caller,
  request: PageRequest,
): Promise<Result<Page<PrincipalView>>> {
  const allowed = authorise(caller, { roles: ['admin', 'auditor'] });
  if (!allowed.ok) return allowed;
  return listNames(context, 'principal', request, (name, list) => principalView(principalState(name, list)));
}

export async function readPrincipal(
  context: ServiceContext,
  caller: Caller,
  principal: string,
): Promise<Result<PrincipalView>> {
  const allowed = authorise(caller, { roles: ['admin', 'auditor'] });
  if (!allowed.ok) return allowed;
  const state = await readPrincipalState(context.store, principal);
  return state === undefined
    ? fail('principal/unknown', `${principal} never held a role.`, 'principal')
    : ok(principalView(state));
}

/** The caller as an administrator, read from the ledger once more. */
export async function requireAdmin(context: ServiceContext, caller: Caller): Promise<Result<Caller>> {
  const current = await readCaller(context, caller.principal);
  return current.ok ? authorise(current.value, { roles: ['admin'] }) : current;
}

function lastAdmin(): Result<never> {
  return fail(
    'principal/last-admin',
    'Administrators do not take the role from themselves; another one can.',
    'principal',
  );
}

/** A grant that is in force and says the same is found again; after a change or a revocation it is a new one. */
function isUnchanged(state: PrincipalState | undefined, document: Uint8Array): boolean {
  return state !== undefined && !state.revoked && equalBytes(formatGrantDocument(state.grant), document);
}

function isTrusted(state: PrincipalState | undefined): boolean {
  if (state === undefined || state.revoked) return false;
  return grantsTrust({ role: state.grant.role, document: formatGrantDocument(state.grant) }) === true;
}

function restsOn(admin: Caller, principal: string, state: PrincipalState | undefined): Submission['restsOn'] {
  const own = { key: principalKey(admin.principal), n: admin.grants };
  return admin.principal === principal ? [own] : [own, { key: principalKey(principal), n: state?.grants ?? 0 }];
}

async function recordedView(
  context: ServiceContext,
  principal: string,
  appended: {
    readonly entry: { readonly seq: number };
    readonly duplicate: boolean;
    readonly receipt: Recorded['receipt'];
  },
): Promise<Result<PrincipalView & Recorded>> {
  const state = await readPrincipalState(context.store, principal);
  if (state === undefined) return fail('principal/unknown', `${principal} never held a role.`);
  const { entry, duplicate, receipt } = appended;
  return ok({ ...principalView(state), seq: entry.seq, duplicate, receipt });
}

function principalView(state: PrincipalState): PrincipalView {
  const { role, repositories, stages, person, title } = state.grant;
  return {
    principal: state.principal,
    role,
    repositories,
    stages,
    ...(person === undefined ? {} : { person }),
    ...(title === undefined ? {} : { title }),
    grantedAt: state.grantedAt,
    revoked: state.revoked,
  };
}
