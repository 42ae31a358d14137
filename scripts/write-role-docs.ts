/** Writes docs/guides/roles.md from the route table; a test holds the file to it. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Route } from '../src/api/route.ts';
import { ROUTE_SCOPES, SCOPE_WORDS, STAGE_BOUND } from '../src/api/route-scopes.ts';
import { type Operation, ROUTES } from '../src/api/routes.ts';
import { ROLES } from '../src/core/entry/kinds/principal-granted.ts';

const STAGE_LINE = `Stages are asked for by ${STAGE_BOUND.map((operation) => addressOf(ROUTES[operation])).join(' and ')}.`;

const HEAD = `# Roles

| role | is | may |
|---|---|---|
| \`pipeline\` | a machine that builds and tests | sign images and attest, within its repositories and stages; read, verify and ask the gate there |
| \`release-manager\` | a person who decides what ships | read, verify and record verdicts; ask for, approve and revoke waivers; release and retire images, within its repositories |
| \`auditor\` | a person who checks others | read, also the whole ledger, principals and tokens; write nothing |
| \`operator\` | whoever runs the service or a cluster | read, also the whole ledger and the metrics |
| \`admin\` | a person who decides who may what | everything |

A grant names one role, and repositories as exact names, \`prefix/*\` or \`*\`. Whatever concerns a repository outside of them is
refused (\`auth/repository-out-of-scope\`), but for what a contract of a repository within them takes from others (\`from\`): that is shown with the image that was promoted. Stages bind pipelines alone (\`auth/stage-out-of-scope\`). Signing asks for the repository and for no stage.
Verdicts are recorded by \`pipeline\`, \`release-manager\` and \`admin\`. Single entries and receipts answer within the caller's repositories; those without a
repository (contracts, signers, grants) answer every role but \`pipeline\`. The whole ledger (list of entries, bundles, proofs of a period, exports) takes the scope \`*\`: nothing can be left out of it.

The last column says what whoever asks about a repository outside of their grant gets: **403** is \`auth/repository-out-of-scope\`; **404** is what
would be answered if there were no such thing, since nobody is told of what they may not read; **left out** is a list without it; **–** is
a route that concerns no repository, for which the role is all that counts. A grant is compared name by name: \`shop/api\` reaches neither \`shop/api2\` nor
\`shop/api/x\`, and \`shop/*\` reaches \`shop/api\` and \`shop/api/x\`, and not \`shop\`. ${STAGE_LINE}
Without a token (\`auth/token-missing\`), with an unknown, an expired or a revoked one (\`auth/token-unknown\`, \`auth/token-expired\`, \`auth/token-revoked\`)
every route but those under *no token* answers 401, as it does with a session that has ended (\`session/ended\`), and with the token of a principal whose grant was revoked 403 (\`auth/principal-revoked\`).

This file is written by \`npx node scripts/write-role-docs.ts\` from \`src/api\`; \`/docs\` of a running service shows the same.
`;

/** The document: a table for each part of the API, in the order of the route table. */
export function formatRoleDocs(): string {
  const areas = Map.groupBy(Object.entries(ROUTES) as [Operation, Route][], ([, { tag }]) => tag);
  const sections = [...areas].map(([tag, routes]) => {
    const head = ['route', ...ROLES, 'no token', 'outside of its repositories'].map((name) => ` ${name} `).join('|');
    const rule = '|---'.repeat(ROLES.length + 3);
    const rows = routes.map(([operation, route]) => formatRow(operation, route));
    return `## ${tag}\n\n|${head}|\n${rule}|\n${rows.join('\n')}\n`;
  });
  return [HEAD, ...sections].join('\n');
}

function formatRow(operation: Operation, route: Route): string {
  const { access } = route;
  const allowed = [...ROLES.map((role) => access === 'public' || access.includes(role)), access === 'public'];
  const cells = [...allowed.map((each) => (each ? 'yes' : '–')), SCOPE_WORDS[ROUTE_SCOPES[operation]]];
  return `| ${addressOf(route)} | ${cells.join(' | ')} |`;
}

function addressOf({ method, path: address }: Route): string {
  return `\`${method.toUpperCase()} ${address.replace('{+', '{')}\``;
}

if (import.meta.main) {
  writeFileSync(path.resolve(import.meta.dirname, '../docs/guides/roles.md'), formatRoleDocs());
}
