import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiContentObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { PROBLEM_MEDIA_TYPE, PROBLEM_TYPE_BASE, problem } from '../api/problem.ts';
import type { Route, RouteAnswer } from '../api/route.ts';
import { ROUTE_SCOPES, type RouteScope } from '../api/route-scopes.ts';
import { type Operation, ROUTES } from '../api/routes.ts';
import { ROLES } from '../core/entry/kinds/principal-granted.ts';
import type { FaultCode } from '../core/fault.ts';
import { FAULTS } from './faults/faults.ts';
import { faultRow } from './problem-response.ts';

const IDEMPOTENCY_HEADER = z.object({
  'Idempotency-Key': z
    .string()
    .regex(/^[!-~]{1,128}$/)
    .optional()
    .meta({ description: 'A name of the caller’s own for this request, the same whenever it is sent again.' }),
});

/** The OpenAPI 3.1 document of the route table: the schemas that validate are the ones that it shows. */
export function buildOpenapiDocument(version: string): ReturnType<typeof createDocument> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const [operation, route] of Object.entries(ROUTES) as [Operation, Route][]) {
    // OpenAPI knows no parameter that spans segments; the parameter's description says that this one does.
    const path = route.path.replace('{+', '{');
    paths[path] = { ...paths[path], [route.method]: describeRoute(route, ROUTE_SCOPES[operation]) };
  }
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Waybill',
      version,
      description:
        'A ledger of what happened to container images, and proof of it. Every refusal is a problem (RFC 9457) with a stable code.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(Object.values<Route>(ROUTES).map(({ tag }) => tag))].map((name) => ({ name })),
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas: { Problem: problem },
      responses: problemResponses(),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A token of this service, `wbt_…`. The first start writes one for an administrator.',
        },
      },
    },
  });
}

function describeRoute(route: Route, scope: RouteScope): ZodOpenApiOperationObject {
  const roles = route.access === 'public' ? 'Needs no token.' : `${rolesOf(route.access)}${SCOPES[scope]}`;
  const operation: ZodOpenApiOperationObject = {
    operationId: route.operation,
    tags: [route.tag],
    summary: route.summary,
    description: route.description === undefined ? roles : `${route.description}\n\n${roles}`,
    requestParams: {
      path: route.params,
      query: route.query,
      ...(route.idempotencyKey === true ? { header: IDEMPOTENCY_HEADER } : {}),
    },
    responses: { ...describeAnswers(route), ...describeProblems(route) },
  };
  if (route.access === 'public') operation.security = [];
  const { body } = route;
  if (body !== undefined) {
    const bound = `At most ${body.bytesMax} bytes.`;
    operation.requestBody = {
      required: !(body.form === 'json' && body.optional === true),
      description: body.form === 'bytes' ? `${body.description} ${bound}` : bound,
      content: describeBody(body),
    };
  }
  return operation;
}

function rolesOf(access: readonly string[]): string {
  return access.length === ROLES.length ? 'Any role.' : `Roles: ${access.join(', ')}.`;
}

/** What the repositories of the grant do, after the sentence that names the roles. */
const SCOPES: Readonly<Record<RouteScope, string>> = {
  none: '',
  refused: ' Within the repositories of the grant.',
  unknown: ' What belongs to a repository outside of the grant is unknown.',
  image: ' Within the repositories of the grant; an image that is in none of them is unknown.',
  listed: ' Within the repositories of the grant; what belongs to others is left out.',
  'left-out': ' What belongs to a repository outside of the grant is left out.',
  'each-line': ' Within the repositories of the grant, line by line.',
  everything: ' The grant is for `*`.',
};

function describeBody(body: NonNullable<Route['body']>): ZodOpenApiContentObject {
  const example = body.example === undefined ? {} : { example: body.example };
  if (body.form === 'json') return { 'application/json': { schema: body.schema, ...example } };
  return Object.fromEntries(
    body.mediaTypes.map((name) => [name, name === 'application/json' ? { schema: {}, ...example } : { schema: {} }]),
  );
}

function describeAnswers(route: Route): ZodOpenApiResponsesObject {
  const answers: Record<string, object> = {};
  for (const [status, answer] of Object.entries<RouteAnswer>(route.answers)) {
    const mediaType = answer.mediaType ?? 'application/json';
    const schema: z.ZodType | object = answer.schema ?? (mediaType.includes('json') ? {} : { type: 'string' });
    const others = (answer.alsoAs ?? []).map((name) => [name, { schema: { type: 'string' } }]);
    answers[status] = {
      description: answer.description,
      content: {
        [mediaType]: { schema, ...(answer.example === undefined ? {} : { example: answer.example }) },
        ...Object.fromEntries(others),
      },
      headers: {
        'X-Request-Id': { description: 'Id of this request.', schema: { type: 'string' } },
        ...(answer.location === true
          ? { Location: { description: 'Where it can be read.', schema: { type: 'string' } } }
          : {}),
      },
    };
  }
  return answers as ZodOpenApiResponsesObject;
}

/** The problems that a route can answer, by status; its particular codes are named with their status. */
function describeProblems(route: Route): ZodOpenApiResponsesObject {
  const particular = Map.groupBy(route.faults ?? [], (code) => faultRow(code)[0]);
  const statuses = new Set<number>([400, 500, 503, ...particular.keys()]);
  if (route.access !== 'public') for (const status of [401, 403, 429]) statuses.add(status);
  if (route.params !== undefined && route.path.includes('{')) statuses.add(404);
  if (route.body !== undefined) for (const status of [413, 415]) statuses.add(status);
  const described = [...statuses].sort().filter((status) => route.answers[status] === undefined);
  const responses = described.map((status): [string, object] => {
    const codes = particular.get(status);
    if (codes === undefined) return [String(status), { $ref: `#/components/responses/Problem${status}` }];
    return [String(status), problemResponse(`${codes.map(codeLine).join('\n')}\n\nAlso what any route can answer.`)];
  });
  return Object.fromEntries(responses) as ZodOpenApiResponsesObject;
}

/** One response for each status that a code maps to, its description naming every such code. */
function problemResponses(): Record<string, { description: string }> {
  const codes = (Object.keys(FAULTS) as FaultCode[]).sort();
  const byStatus = Map.groupBy(codes, (code) => faultRow(code)[0]);
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, of]) => [`Problem${status}`, problemResponse(of.map(codeLine).join('\n'))]),
  );
}

function codeLine(code: FaultCode): string {
  return `- \`${code}\`: ${faultRow(code)[1]}`;
}

function problemResponse(description: string) {
  return {
    description,
    content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' }, example: PROBLEM_EXAMPLE } },
  };
}

const PROBLEM_EXAMPLE = {
  type: `${PROBLEM_TYPE_BASE}auth/token-missing`,
  title: FAULTS['auth/token-missing'][1],
  status: 401,
  code: 'auth/token-missing',
  detail: 'Send "Authorization: Bearer" and a token.',
  requestId: '6f1c1c9e-6f0a-4c56-9a5e-6d1a0f3f9f10',
};
