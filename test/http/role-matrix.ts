import type { Route } from '../../src/api/route.ts';
import { type ROUTE_SCOPES, STAGE_BOUND } from '../../src/api/route-scopes.ts';
import { type Operation, ROUTES } from '../../src/api/routes.ts';
import type { Service } from '../../src/service/service.ts';
import { type MatrixRequest, matrixRequests } from './role-matrix-requests.ts';
import type { MatrixCaller, World } from './role-matrix-world.ts';

/** Who may call what, and what their repositories do to it: the table that docs/guides/roles.md shows. */
export type RoleTable = {
  readonly access: Readonly<Record<Operation, Route['access']>>;
  readonly scopes: Readonly<Record<Operation, (typeof ROUTE_SCOPES)[Operation]>>;
};

/** What an answer is held to: an answer to somebody who may, an empty list, or a refusal by its status and code. */
export type Expected = 'reached' | 'empty' | `${401 | 403 | 404} ${string}` | `line ${403} ${string}`;

export type Answered = { readonly status: number; readonly code: string; readonly text: string };

/** Codes of what does not exist. */
const UNKNOWN: Readonly<Partial<Record<Operation, string>>> = {
  proveCompleteness: 'service/not-found',
  readRun: 'run/unknown',
  readWaiver: 'waiver/unknown',
  approveWaiver: 'waiver/unknown',
  revokeWaiver: 'waiver/unknown',
  readWebhook: 'webhook/unknown',
  removeWebhook: 'webhook/unknown',
  disableWebhook: 'webhook/unknown',
  enableWebhook: 'webhook/unknown',
  rotateWebhook: 'webhook/unknown',
  testWebhook: 'webhook/unknown',
  listDeliveries: 'webhook/unknown',
  redeliverNotices: 'webhook/unknown',
};

const OUT_OF_SCOPE = '403 auth/repository-out-of-scope';

/** What the table says that a caller gets for a request about `shop/api`. */
export function expectedOf(
  { access, scopes }: RoleTable,
  operation: Operation,
  { isNamed }: MatrixRequest,
  { role, repositories, stages, isInside }: MatrixCaller,
): Expected {
  const roles = access[operation];
  if (roles === 'public') return 'reached';
  if (!roles.includes(role)) return '403 auth/role-not-allowed';
  const scope = scopes[operation];
  if (scope === 'none') return 'reached';
  if (scope === 'everything') return repositories.includes('*') ? 'reached' : OUT_OF_SCOPE;
  if (isInside) {
    const may = !STAGE_BOUND.includes(operation) || stages.includes('*') || stages.includes('lint');
    if (may) return 'reached';
    return scope === 'each-line' ? 'line 403 auth/stage-out-of-scope' : '403 auth/stage-out-of-scope';
  }
  if (scope === 'each-line') return `line ${OUT_OF_SCOPE}`;
  if (scope === 'refused' || (isNamed && scope !== 'unknown')) return OUT_OF_SCOPE;
  if (scope === 'unknown') return `404 ${UNKNOWN[operation] ?? 'no such code'}`;
  return scope === 'image' ? '404 image/unknown' : 'empty';
}

/** Whether an answer is what was expected; otherwise what it was. */
export function deviationOf(
  operation: Operation,
  { reached = [] }: MatrixRequest,
  expected: Expected,
  { status, code, text }: Answered,
): string | undefined {
  const said = `${status} ${code}`;
  if (expected === 'reached') {
    const isAnswer = ROUTES[operation].answers[status as never] !== undefined && !refusesLines(operation, text);
    return isAnswer || reached.includes(code) ? undefined : `${said} ${text.slice(0, 200)}`;
  }
  if (expected === 'empty') {
    return isEmptyList(operation, status, text) ? undefined : `${said} ${text.slice(0, 200)}`;
  }
  if (expected.startsWith('line ')) {
    const line = status === 200 ? JSON.parse(text) : undefined;
    const refused = `line ${line?.status} ${line?.problem?.code}`;
    return refused === expected ? undefined : `${said} ${text.slice(0, 200)}`;
  }
  return said === expected ? undefined : `${said} ${text.slice(0, 200)}`;
}

function isEmptyList(operation: Operation, status: number, text: string): boolean {
  if (status !== 200) return false;
  if (operation === 'listEvents') return text === '';
  const { items } = JSON.parse(text);
  return Array.isArray(items) && items.length === 0;
}

/** The status of a batch says nothing of its lines. */
function refusesLines(operation: Operation, text: string): boolean {
  return operation === 'submitAttestations' && JSON.parse(text).problem !== undefined;
}

/** Sends a request as it stands, with that `Authorization`, with a browser's headers, or with none. */
export async function send(
  url: string,
  operation: Operation,
  { target, body, type = 'application/json' }: MatrixRequest,
  shown: string | Readonly<Record<string, string>> | undefined,
  repository = 'shop/api',
): Promise<Answered> {
  const sent = body?.(repository);
  const response = await fetch(url + target(repository), {
    method: ROUTES[operation].method,
    redirect: 'manual',
    headers: {
      ...(typeof shown === 'string' ? { authorization: shown } : shown),
      ...(sent === undefined ? {} : { 'content-type': type }),
    },
    ...(sent === undefined ? {} : { body: typeof sent === 'string' ? sent : new Uint8Array(sent) }),
  });
  const text = await response.text();
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
  return { status: response.status, code: isProblem ? JSON.parse(text).code : '', text };
}

/**
 * Where repositories play no part, because the role decides or because the route concerns none, one who may read everywhere
 * and one who may read elsewhere stand for all of a role.
 */
function saysNothingNew(
  { access, scopes }: RoleTable,
  operation: Operation,
  expected: Expected,
  { role, repositories }: MatrixCaller,
): boolean {
  const name = repositories.join();
  if (expected === '403 auth/role-not-allowed') return name !== '*';
  // Whoever may is let in by one line for each of these routes, and each answer costs a judgement: two grants are enough.
  if (expected === 'reached' && scopes[operation] === 'image') return name === '*' && role !== 'admin';
  return (access[operation] === 'public' || scopes[operation] === 'none') && name !== '*' && name !== 'bank/api';
}

/**
 * Sends every request of the given routes as every caller, and names each answer that the table does not say. `which` is
 * about the callers that a table expects to be let in, or refused, or both.
 */
export async function walkMatrix(
  { url, callers, things }: Pick<World, 'url' | 'callers' | 'things'>,
  table: RoleTable,
  operations: readonly Operation[],
  which: 'reached' | 'refused' | 'both' = 'both',
  show: (caller: MatrixCaller) => Parameters<typeof send>[3] = ({ token }) => `Bearer ${token}`,
): Promise<readonly string[]> {
  const requests = matrixRequests(things);
  const deviations: string[] = [];
  for (const operation of operations) {
    for (const request of requests[operation]) {
      const asked = callers.flatMap((caller) => {
        const expected = expectedOf(table, operation, request, caller);
        const isLeftOut = which !== 'both' && (expected === 'reached') !== (which === 'reached');
        return isLeftOut || saysNothingNew(table, operation, expected, caller) ? [] : [{ caller, expected }];
      });
      const ask = async ({ caller, expected }: (typeof asked)[number]) => {
        const answered = await send(url, operation, request, show(caller));
        const deviation = deviationOf(operation, request, expected, answered);
        if (deviation === undefined) return;
        const who = `${caller.role} of ${caller.repositories.join(' ')}, stages ${caller.stages.join(' ')}`;
        const what = `${operation}${request.isNamed ? ' named' : ''}`;
        deviations.push(`${what}: ${who} expected ${expected}, got ${deviation}`);
      };
      // Writes one after the other: they would rest on each other's lists.
      if (ROUTES[operation].method === 'get') await Promise.all(asked.map(ask));
      else for (const one of asked) await ask(one);
    }
  }
  return deviations;
}

/** The service with a fault planted: the use case that `forgetting` names lets everybody do what an administrator may. */
export function withoutAuthorisation({ service, adminCaller }: World, forgetting: () => keyof Service): Service {
  const planted = Object.entries(service).map(([name, use]) => {
    if (typeof use !== 'function') return [name, use];
    const original = use as (...given: readonly unknown[]) => unknown;
    return [
      name,
      (caller: unknown, ...rest: unknown[]) => original(forgetting() === name ? adminCaller : caller, ...rest),
    ];
  });
  return Object.fromEntries(planted) as Service;
}
