import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { go } from './go-module.ts';

/** The judge's version, and its sums as go.sum of whoever uses it has them. What it needs itself its own go.mod pins. */
const TESSERA = 'github.com/transparency-dev/tessera';
const VERSION = 'v1.0.4';
const SUMS = [
  `${TESSERA} ${VERSION} h1:IXjGowubcLR0T3zUQrysSMKgtTh9KGKQ0iajUiubyP4=`,
  `${TESSERA} ${VERSION}/go.mod h1:WD/EMM6RXWRyImk9yyJ2hrs8xdknN/lpwUrFR2GemfU=`,
];

export const TESSERA_VERSION = `Tessera ${VERSION}`;

/** Where a log is read, and the token and vkey to read it with. */
export type ReadLog = { readonly url: string; readonly token: string; readonly vkey: string };

export type LogQuestion = ReadLog & {
  /** Signed notes, smallest size first. */
  readonly checkpoints: readonly string[];
  readonly indexes: readonly number[];
};

/** How much of what was asked holds by Tessera's client, and what it complains of. */
export type LogAnswer = {
  readonly size: number;
  readonly consistent: number;
  readonly tracked: number;
  readonly included: number;
  readonly leafHashes: number;
  readonly complaints: readonly string[];
};

/** Tessera's programs, built in a folder of their own. */
export type LogJudges = {
  readonly folder: string;
  /** Runs `fsck` over the whole log; `accepted` only where it says that all of it agrees. */
  readonly fsck: (log: ReadLog) => Promise<{ readonly accepted: boolean; readonly said: string }>;
  /** Asks Tessera's client about checkpoints and entries. */
  readonly ask: (question: LogQuestion) => Promise<LogAnswer>;
};

/** Builds both, or says why they cannot be had: no module proxy is reached. */
export function buildLogJudges(): LogJudges | string {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-log-judge-'));
  writeFileSync(join(folder, 'go.mod'), `module judge\n\ngo 1.24\n\nrequire ${TESSERA} ${VERSION}\n`);
  writeFileSync(join(folder, 'go.sum'), `${SUMS.join('\n')}\n`);
  copyFileSync(join(import.meta.dirname, 'log-judge.go'), join(folder, 'judge.go'));
  for (const [name, source] of [
    ['fsck', `${TESSERA}/cmd/fsck`],
    ['judge', 'judge.go'],
  ] as const) {
    const built = go(['build', '-mod=mod', '-buildvcs=false', '-o', name, source], folder);
    if (built.status !== 0 && /SECURITY ERROR|checksum mismatch/.test(built.stderr)) throw new Error(built.stderr);
    if (built.status !== 0) return `${TESSERA_VERSION} cannot be built: ${built.stderr.slice(-2_000)}`;
  }
  return {
    folder,
    fsck: async ({ url, token, vkey }) => {
      writeFileSync(join(folder, 'log.vkey'), vkey);
      const options = [`--storage_url=${url}`, '--public_key=log.vkey', '--ui=false', '--N=4', '--logtostderr'];
      const ran = await run(folder, './fsck', [...options, ...(token === '' ? [] : [`--bearer_token=${token}`])]);
      // It ends with 0 also where it has found something, so that what it says is what counts.
      const accepted =
        ran.code === 0 && /Successfully fsck'd log/.test(ran.said) && !/fsck failed|error/i.test(ran.said);
      return { accepted, said: ran.said };
    },
    ask: async (question) => {
      const ran = await run(folder, './judge', [], JSON.stringify(question));
      if (ran.code !== 0) throw new Error(`the judge ended with ${ran.code}: ${ran.said}`);
      return JSON.parse(ran.out) as LogAnswer;
    },
  };
}

/** Not in this thread's way: the log that the program reads may be served by it. */
async function run(
  cwd: string,
  program: string,
  parameters: readonly string[],
  input = '',
): Promise<{ readonly code: number | null; readonly out: string; readonly said: string }> {
  const child: ChildProcess = spawn(program, parameters, { cwd, timeout: 120_000 });
  let [out, said] = ['', ''];
  child.stdout?.on('data', (text) => (out += String(text)));
  child.stderr?.on('data', (text) => (said += String(text)));
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, said }));
  });
}
