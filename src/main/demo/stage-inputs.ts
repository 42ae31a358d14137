import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuiltImage } from './build-layout.ts';

/** What a stage found: the file with it, and in words what ran to make it. `real` is false for a stand-in. */
export type StageInput = { readonly file: string; readonly made: string; readonly real: boolean };

/** What the makers of inputs need: where the package lies, where to write, and the environment that tools run in. */
export type InputMaker = {
  readonly packageFolder: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

const TOOL_MS_MAX = 60_000;

/** SLSA provenance 1 of the image, as its pipeline would state it. Source: slsa.dev/spec/v1.0/provenance. */
export function makeProvenance(maker: InputMaker, image: BuiltImage, startedOn: Date, finishedOn: Date): StageInput {
  const file = join(maker.folder, 'provenance.json');
  const commit = run(maker, 'git', ['rev-parse', 'HEAD']).output.trim();
  const known = /^[0-9a-f]{40,64}$/.test(commit);
  const source = { uri: 'git+https://waybill.dev/waybill', digest: { gitCommit: commit } };
  write(file, {
    buildDefinition: {
      buildType: 'https://waybill.dev/build/layout/v1',
      externalParameters: { layers: image.layers, files: image.files },
      ...(known ? { resolvedDependencies: [source] } : {}),
    },
    runDetails: {
      builder: { id: 'https://waybill.dev/builder/demo' },
      metadata: { startedOn: startedOn.toISOString(), finishedOn: finishedOn.toISOString() },
    },
  });
  return {
    file,
    made: known
      ? `SLSA provenance 1, of commit ${commit.slice(0, 12)}`
      : 'SLSA provenance 1, of a packed program without a commit',
    real: true,
  };
}

/** The bill of materials that npm makes of the lockfile; where npm or a lockfile is not there, one of package.json. */
export function makeBillOfMaterials(maker: InputMaker): StageInput {
  const file = join(maker.folder, 'sbom.cdx.json');
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--omit', 'dev'];
  const { output } = existsSync(join(maker.packageFolder, 'package-lock.json'))
    ? run(maker, 'npm', args)
    : { output: '' };
  const components = read(output)?.components;
  if (Array.isArray(components)) {
    writeFileSync(file, output);
    return { file, made: `npm ${args.join(' ')}: ${components.length} components`, real: true };
  }
  const manifest = read(readFileSync(join(maker.packageFolder, 'package.json'), 'utf8'));
  const declared = Object.entries((manifest?.dependencies ?? {}) as Readonly<Record<string, string>>);
  const listed = declared.map(([name, version]) => ({ type: 'library', name, version, purl: `pkg:npm/${name}` }));
  write(file, { bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, components: listed });
  const made = `npm sbom could not run here: ${listed.length} dependencies as package.json declares them`;
  return { file, made, real: false };
}

/** The linter's own SARIF; where it is not installed, a syntax check by Node in its place. */
export function makeLintReport(maker: InputMaker): StageInput {
  const file = join(maker.folder, 'lint.sarif');
  const linter = join(maker.packageFolder, 'node_modules', '.bin', 'biome');
  const args = ['lint', '--reporter=sarif', 'src'];
  const { output } = existsSync(linter) ? run(maker, linter, args) : { output: '' };
  const runs = read(output)?.runs;
  if (Array.isArray(runs)) {
    writeFileSync(file, output);
    const found = (runs as readonly { readonly results?: readonly unknown[] }[]).flatMap(
      ({ results }) => results ?? [],
    );
    return { file, made: `biome ${args.join(' ')}: ${found.length} findings`, real: true };
  }
  const programs = [join(maker.packageFolder, 'bin', 'waybill.js')];
  const results = programs
    .filter((program) => run(maker, process.execPath, ['--check', program]).status !== 0)
    .map((program) => ({ ruleId: 'syntax', level: 'error', message: { text: `${program} does not parse` } }));
  write(file, {
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [{ tool: { driver: { name: 'node --check', rules: [{ id: 'syntax' }] } }, results }],
  });
  return { file, made: `the linter is not installed here: node --check, ${results.length} findings`, real: false };
}

/** Tests of the checkout that need nothing but the checkout, and end within seconds. */
const QUICK_TESTS = [
  'encoding/binary-text.test.ts',
  'encoding/decode.test.ts',
  'encoding/json.test.ts',
  'image/digest.test.ts',
  'image/manifest.test.ts',
  'merkle/small-trees.test.ts',
];

/** JUnit of a test run that happens now: some of the checkout's own tests, or those that the packed program brings. */
export function makeTestReport(maker: InputMaker): StageInput {
  const file = join(maker.folder, 'junit.xml');
  const files = QUICK_TESTS.map((name) => join(maker.packageFolder, 'test', name)).filter((path) => existsSync(path));
  const program = import.meta.url.endsWith('.ts') ? './self-test-program.ts' : './self-test-program.js';
  const chosen = files.length > 0 ? files : [fileURLToPath(new URL(program, import.meta.url))];
  const reporter = ['--test-reporter=junit', `--test-reporter-destination=${file}`];
  const { status } = run(maker, process.execPath, ['--test', ...reporter, ...chosen]);
  if (!existsSync(file)) throw new Error(`the test run wrote no report (exit code ${status})`);
  const cases = readFileSync(file, 'utf8').match(/<testcase\b/g)?.length ?? 0;
  if (status !== 0) throw new Error(`the test run failed; see ${file}`);
  return { file, made: `node --test --test-reporter=junit: ${cases} tests of ${chosen.length} files`, real: true };
}

/** Runs a tool in the package's folder. A tool that is not there has status -1 and says nothing. */
function run(
  maker: InputMaker,
  command: string,
  args: readonly string[],
): { readonly status: number; readonly output: string } {
  // A test run within a test run would report to that one instead of writing its own file.
  const { NODE_TEST_CONTEXT: _context, ...env } = maker.environment;
  const { status, stdout } = spawnSync(command, args, {
    cwd: maker.packageFolder,
    env,
    encoding: 'utf8',
    timeout: TOOL_MS_MAX,
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return { status: status ?? -1, output: stdout ?? '' };
}

function read(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function write(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
