import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatRoleDocs } from '../../scripts/write-role-docs.ts';
import type { Route } from '../../src/api/route.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { runProgram } from '../../src/cli/program.ts';
import { SERVICE_FAULT_CODES } from '../../src/core/fault-codes/service.ts';
import { FAULTS } from '../../src/http/faults/faults.ts';
import { SERVICE_COMMANDS } from '../../src/main/service-commands.ts';
import { ROOT } from './tours.ts';

const GUIDES = readdirSync(join(ROOT, 'docs/guides')).filter((name) => name.endsWith('.md'));
const PAGES = [
  'README.md',
  'SECURITY.md',
  'docs/README.md',
  'examples/README.md',
  'keys.example/README.md',
  ...GUIDES.map((name) => `docs/guides/${name}`),
];

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** A help text as the program prints it. */
async function help(words: readonly string[]): Promise<string> {
  let out = '';
  const say = (text: string | Uint8Array) => {
    out += String(text);
  };
  const world = { version: '0', environment: {}, home: ROOT, now: () => new Date(0), colour: false, knownPrograms: [] };
  const exit = await runProgram({ ...world, write: say, note: say }, [...words, '--help'], SERVICE_COMMANDS);
  assert.equal(exit, 0, `waybill ${words.join(' ')} --help: ${out}`);
  return out;
}

const COMMAND_LINE = /^ {2}([a-z]+(?:-[a-z]+)*)(?: \[options\])?(?: <[^>]+>| \[[^\]]+\])*(?: {2,}\S|$)/gm;

/** Every command with its help: `sign`, `keys new`, and groups such as `keys` themselves. */
async function readHelps(): Promise<ReadonlyMap<string, string>> {
  const helps = new Map<string, string>();
  const readBelow = async (path: readonly string[], listed: string): Promise<void> => {
    for (const [, name = ''] of listed.matchAll(COMMAND_LINE)) {
      if (name === 'help') continue;
      const words = [...path, name];
      const text = await help(words);
      helps.set(words.join(' '), text);
      await readBelow(words, text.split('\nCommands:\n')[1] ?? '');
    }
  };
  await readBelow([], await help([]));
  return helps;
}

/** The command that the words begin with, groups passed through; its name where there is none such. */
function commandOf(words: readonly string[], helps: ReadonlyMap<string, string>): string {
  const isGroup = (name: string) => [...helps.keys()].some((other) => other.startsWith(`${name} `));
  let name = words[0] ?? '';
  for (const word of words.slice(1)) {
    if (!isGroup(name)) break;
    name = `${name} ${word}`;
  }
  return name;
}

type Use = { readonly page: string; readonly line: string; readonly words: readonly string[] };

/** Every `waybill …` of a page, in code blocks and between backticks, cut where the shell or the sentence goes on. */
function usesIn(page: string): readonly Use[] {
  const code = [...read(page).matchAll(/```[a-z]*\n([\s\S]*?)```|`([^`\n]+)`/g)].map(
    ([, block, span]) => block ?? span ?? '',
  );
  return code.flatMap((text) =>
    [...text.replaceAll('\\\n', ' ').matchAll(/(?:^|[^\w/.-])waybill ((?:[^\n|>;&#`]|&(?!&))+)/gm)].map(
      ([, rest = '']) => ({
        page,
        line: `waybill ${rest.trim()}`,
        words: rest.trim().split(/\s+/),
      }),
    ),
  );
}

test('every command and every option that a page names is in the help', async () => {
  const helps = await readHelps();
  const uses = PAGES.flatMap(usesIn).filter(({ words: [first = ''] }) => /^[a-z]+$/.test(first));
  assert(uses.length > 50, `${uses.length} uses were found`);
  for (const { page, line, words } of uses) {
    const text = helps.get(commandOf(words, helps));
    assert(text !== undefined, `${page}: ${line}`);
    for (const option of words.filter((word) => /^--?[a-z]/.test(word))) {
      assert(new RegExp(`(?:^|[ ,])${option}(?=[ ,\\n])`, 'm').test(text), `${page}: ${line}`);
    }
  }
});

test('every option that a page names between backticks is one of some command', async () => {
  const all = [...(await readHelps()).values()].join('\n');
  for (const page of PAGES) {
    for (const [, option = ''] of read(page).matchAll(/(?<=`)(--[a-z][a-z-]*)(?=[ `])/g)) {
      assert(all.includes(` ${option} `) || all.includes(` ${option}\n`), `${page}: ${option}`);
    }
  }
});

test('every route that a page names is in the route table', () => {
  const routes = Object.values<Route>(ROUTES).map(({ path }) => {
    const pattern = path.replaceAll(/\{\+[a-z]+\}/g, '.+').replaceAll(/\{[a-z]+\}/g, '[^/]+');
    return new RegExp(`^${pattern}$`);
  });
  let found = 0;
  for (const page of PAGES) {
    for (const [, route = ''] of read(page).matchAll(
      /(?<![\w.])(?:\$WAYBILL_URL)?(\/(?:v1|log|\.well-known)\/[^\s"'`?|)]+)/g,
    )) {
      if (page.endsWith('operator.md') && route.startsWith('/log/tile')) continue;
      found += 1;
      assert(
        routes.some((pattern) => pattern.test(route)),
        `${page}: ${route}`,
      );
    }
  }
  assert(found > 30, `${found} routes were found`);
});

test('roles.md is what the route table says; run scripts/write-role-docs.ts where it is not', () => {
  assert.equal(read('docs/guides/roles.md'), formatRoleDocs());
});

test('the operator’s guide has a line for each variable of the configuration, and for no other', () => {
  const schema = read('src/config/config.ts').split('z.object({')[1]?.split('\n});')[0] ?? '';
  const variables = [...schema.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name]) => name);
  const listed = [...read('docs/guides/operator.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
  assert(variables.length >= 11);
  assert.deepEqual(listed.sort(), variables.sort());
});

test('the operator’s guide says what to do for every head/… and anchor/… code', () => {
  const guide = read('docs/guides/operator.md');
  const codes = SERVICE_FAULT_CODES.filter((code) => /^(?:head|anchor)\//.test(code));
  assert(codes.length >= 9);
  for (const code of codes) assert(guide.includes(`\n| \`${code}\` |`), code);
});

test('every fault code that a page names exists', () => {
  const areas = new Set(Object.keys(FAULTS).map((code) => code.split('/', 1)[0]));
  const own = /^(?:cli|client|key|log-key|receipt|checkpoint|report)\//;
  for (const page of PAGES) {
    for (const [, code = ''] of read(page).matchAll(/`([a-z][a-z-]*\/[a-z][a-z0-9-]*)`/g)) {
      if (!areas.has(code.split('/', 1)[0]) || own.test(code)) continue;
      assert(code in FAULTS || isCheck(code), `${page}: ${code}`);
    }
  }
});

/** Names of checks look like codes. */
function isCheck(name: string): boolean {
  return read('src/core/custody/check.ts').includes(`'${name}'`);
}

test('every metric of the operator’s guide is one that the service counts, and the other way round', () => {
  const named = (text: string) =>
    [...new Set(text.match(/\bwaybill_[a-z_]+\b/g))].filter((name) => !/_(?:service|owner)$/.test(name)).sort();
  assert.deepEqual(named(read('docs/guides/operator.md')), named(read('src/http/metrics.ts')));
});

test('the index and the README list every guide', () => {
  for (const guide of GUIDES) {
    assert(read('docs/README.md').includes(`(guides/${guide})`), guide);
    assert(read('README.md').includes(`(docs/guides/${guide})`), guide);
  }
});

test('the index lists every specification', () => {
  const pages = readdirSync(join(ROOT, 'docs/spec')).filter((name) => name.endsWith('.md'));
  assert(pages.length > 20);
  for (const page of pages) assert(read('docs/README.md').includes(`(spec/${page})`), page);
});

test('the examples’ README lists every file, and the digest is that of the manifest', () => {
  const text = read('examples/README.md');
  const entries = readdirSync(join(ROOT, 'examples'), { withFileTypes: true });
  for (const entry of entries) {
    if (entry.name === 'README.md') continue;
    assert(text.includes(`| \`${entry.name}${entry.isDirectory() ? '/' : ''}\` |`), entry.name);
  }
  const { manifests } = JSON.parse(read('examples/image-layout/index.json'));
  assert(text.includes(manifests[0].digest) && read('README.md').includes(manifests[0].digest));
});
