import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { CONTAINER_USER } from './container-run.ts';
import { argumentsOf, parseDockerfile, readCopies, type Stage } from './dockerfile.ts';
import { repositoryRoot } from './scratch-repository.ts';

const read = (file: string) => readFileSync(path.join(repositoryRoot, file), 'utf8');
const stages = parseDockerfile(read('Dockerfile'));
const image: Stage = stages.at(-1) ?? assert.fail('the Dockerfile has no stage');

type Service = {
  readonly image?: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly ports?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly secrets?: readonly { readonly source: string; readonly uid: string; readonly mode: number }[];
};
type Compose = {
  readonly services: { readonly waybill: Service; readonly postgres: Service };
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly environment?: string }>>;
};
const compose = parse(read('docker-compose.yml'), { version: '1.1' }) as Compose;
const { waybill, postgres } = compose.services;

test('the image has three stages on one base, and only the last one is shipped', () => {
  assert.deepEqual(
    stages.map(({ name }) => name),
    ['build', 'packages', '2'],
  );
  for (const { base } of stages) assert.match(base, /^\$\{NODE_IMAGE\}$/);
  assert.match(read('Dockerfile'), /^ARG NODE_IMAGE=node:24-/m);
});

test('the image runs as its own user, and the health check asks the service', () => {
  assert.deepEqual(argumentsOf(image, 'USER'), [`${CONTAINER_USER}:${CONTAINER_USER}`]);
  const [check] = argumentsOf(image, 'HEALTHCHECK');
  assert.match(check ?? '', /CMD \["node", "\/app\/docker\/healthcheck\.js"\]$/);
  assert.deepEqual(argumentsOf(image, 'ENTRYPOINT'), ['["node", "/app/bin/waybill.js"]']);
  assert.deepEqual(argumentsOf(image, 'CMD'), ['["serve"]']);
});

test('the image holds neither development nor optional packages', () => {
  const packages = stages.find(({ name }) => name === 'packages') ?? assert.fail('no stage "packages"');
  assert.ok(argumentsOf(packages, 'RUN').includes('npm ci --omit=dev --omit=optional --ignore-scripts'));
  const origins = readCopies(image).filter(({ sources }) => sources.includes('/build/node_modules'));
  assert.deepEqual(
    origins.map(({ from }) => from),
    ['packages'],
  );
});

test('every path that the Dockerfile copies exists and reaches the build', () => {
  const admitted = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const copied = stages
    .flatMap(readCopies)
    .filter(({ from }) => from === undefined)
    .flatMap(({ sources }) => sources);
  assert.ok(copied.length > 10);
  for (const source of copied) {
    assert.ok(existsSync(path.join(repositoryRoot, source)), `${source} does not exist`);
    assert.ok(admitted.includes(source), `${source} is kept out by .dockerignore`);
  }
});

test('what is copied from an earlier stage is made there', () => {
  const made = { build: ['/build/dist'], packages: ['/build/node_modules'] } as Record<string, readonly string[]>;
  for (const { from, sources } of readCopies(image)) {
    if (from !== undefined) for (const source of sources) assert.ok(made[from]?.includes(source), `${from}: ${source}`);
  }
});

test('the service is composed without privileges, on a read-only root', () => {
  assert.equal(waybill.user, `${CONTAINER_USER}:${CONTAINER_USER}`);
  assert.equal(waybill.read_only, true);
  assert.deepEqual(waybill.cap_drop, ['ALL']);
  assert.deepEqual(waybill.security_opt, ['no-new-privileges:true']);
  assert.equal(waybill.tmpfs?.length, 1);
  assert.match(waybill.tmpfs?.[0] ?? '', /^\/tmp:/);
  assert.deepEqual(waybill.healthcheck?.test, ['CMD', 'node', '/app/docker/healthcheck.js']);
  assert.equal(waybill.depends_on?.postgres?.condition, 'service_healthy');
  for (const port of waybill.ports ?? []) assert.match(port, /^127\.0\.0\.1:/);
});

test('keys, state and data are volumes that the image prepares, the database has one of its own', () => {
  const [declared = '[]'] = argumentsOf(image, 'VOLUME');
  const mounted = waybill.volumes.map((volume) => volume.split(':')[1]);
  assert.deepEqual(mounted, JSON.parse(declared));
  assert.equal(postgres.image, 'postgres:18');
  assert.ok(postgres.volumes.includes('database:/var/lib/postgresql'));
  const named = [...waybill.volumes, ...postgres.volumes].map((volume) => volume.split(':')[0] ?? '');
  for (const name of named.filter((place) => !place.startsWith('.'))) assert.ok(name in compose.volumes, name);
  for (const place of named.filter((name) => name.startsWith('.')))
    assert.ok(existsSync(path.join(repositoryRoot, place)));
});

test('owner and service are two roles, and neither password nor passphrase has a default', () => {
  assert.match(waybill.environment.DATABASE_URL ?? '', /^postgres:\/\/waybill_service:\$\{WAYBILL_SERVICE_PASSWORD:\?/);
  assert.match(
    waybill.environment.DATABASE_OWNER_URL ?? '',
    /^postgres:\/\/waybill_owner:\$\{WAYBILL_OWNER_PASSWORD:\?/,
  );
  const roles = read('docker/postgres-init/010-roles.sh');
  for (const role of ['waybill_owner', 'waybill_service'])
    assert.match(roles, new RegExp(`CREATE ROLE ${role} LOGIN PASSWORD :'`));
  const secrets = [...read('docker-compose.yml').matchAll(/\$\{([A-Z_]*(?:PASSWORD|PASSPHRASE))([^}]*)\}/g)];
  assert.ok(secrets.length >= 5);
  for (const [, name, fallback] of secrets) assert.match(fallback ?? '', /^:\?/, name);
  const example = read('.env.example');
  const asked = new Set([
    ...secrets.map(([, name]) => name ?? ''),
    compose.secrets['key-passphrase']?.environment ?? '',
  ]);
  for (const name of asked) assert.match(example, new RegExp(`^${name}=$`, 'm'));
  const [secret] = waybill.secrets ?? [];
  assert.deepEqual([secret?.uid, secret?.mode], [String(CONTAINER_USER), 0o400]);
});
