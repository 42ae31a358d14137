import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('waybill_verify.py', import.meta.url));
const INTERPRETERS = ['python3', '/usr/bin/python3'];

/** A check as the second implementation prints it. */
export type SecondCheck = {
  readonly code: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly seq?: number;
  readonly key?: string;
  readonly contract?: string;
  readonly stage?: string;
  readonly rule?: string;
  readonly detail?: string;
};

/** What the second implementation says of one file. `fault` is null where the file could be read. */
export type SecondAnswer = {
  readonly kind: string;
  readonly verdict: string;
  readonly checks: readonly SecondCheck[];
  readonly failed: readonly string[];
  readonly fault: { readonly code: string } | null;
  readonly validUntil?: string | null;
  readonly assurances?: { readonly [name: string]: boolean };
  readonly warnings?: readonly { readonly code: string; readonly line?: number; readonly sha256?: string }[];
  readonly receipts?: readonly { readonly reason?: string }[];
  /** Of a proof or an export of a period: the seqs of its entries, and whether it had ended. */
  readonly seqs?: readonly number[];
  readonly ended?: boolean;
  /** Of an export: how many entries of each kind, and which documents are absent. */
  readonly counts?: { readonly [kind: string]: number };
  readonly absent?: { readonly count: number; readonly seqs: readonly number[] };
  /** Of the folder of one: rows of each table, what was drawn with the verdict of its file, and what is none of its own. */
  readonly tables?: { readonly [name: string]: number };
  readonly sample?: readonly { readonly table: string; readonly seq: number; readonly verdict: string }[];
  readonly strangers?: readonly string[];
  /** Of a signed report: whether it is about a past state of the log. */
  readonly past?: boolean;
};

/** One file to be verified; `bytes` and the other binary members in base64. */
export type FileJob = {
  readonly bytes?: string;
  /** In place of the bytes: the folder of an export. */
  readonly folder?: string;
  readonly kind?: string;
  readonly trust?: string;
  readonly logKeys?: readonly string[];
  readonly at?: string;
  readonly image?: string;
  readonly repository?: string;
  /** That of retirements; null for none, where without it that of the evidence is meant. */
  readonly environment?: string | null;
  /** That of the question, null for none; without it the one above, where the evidence is about one. */
  readonly questionEnvironment?: string | null;
  readonly asOf?: { readonly size: number; readonly view: 'then' | 'now' };
  readonly receipts?: readonly string[];
  readonly payload?: string;
  readonly entry?: string;
  /** With a signed report: the evidence that it is about. */
  readonly against?: string;
  readonly knownPrograms?: readonly string[];
};

/** One question to one layer, for published vectors; the answer has `value` or `fault`. */
export type LayerJob = { readonly run: string; readonly [member: string]: unknown };
export type LayerAnswer = { readonly value?: unknown; readonly fault?: string };

/** An interpreter of Python that has the crypto package, or undefined. */
export function findInterpreter(): string | undefined {
  return INTERPRETERS.find((python) => spawnSync(python, ['-c', 'import cryptography']).status === 0);
}

const interpreter = findInterpreter();

/** For `skip` of a test: why it cannot run here, or false. With `CI=true` the absence is an error. */
export function skipWithoutPython(): string | false {
  if (interpreter !== undefined) return false;
  const why = 'SKIPPED: no python3 with the package `cryptography` (Debian: python3-cryptography)';
  if (process.env.CI === 'true') throw new Error(why);
  console.error(why);
  return why;
}

/** Answers of the second implementation, one for each job, all from one process. */
export async function askSecond(jobs: readonly FileJob[]): Promise<readonly SecondAnswer[]> {
  return (await ask(jobs)) as readonly SecondAnswer[];
}

export async function askLayers(jobs: readonly LayerJob[]): Promise<readonly LayerAnswer[]> {
  return (await ask(jobs)) as readonly LayerAnswer[];
}

async function ask(jobs: readonly unknown[]): Promise<readonly unknown[]> {
  const child = spawn(interpreter ?? 'python3', [PROGRAM, '--batch'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  child.stdin.on('error', () => {}); // the exit code tells more
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  for (const job of jobs) {
    if (child.stdin.write(`${JSON.stringify(job)}\n`)) continue;
    // A program that has ended reads no more.
    await Promise.race([new Promise((go) => child.stdin.once('drain', go)), ended]);
    if (child.exitCode !== null) break;
  }
  child.stdin.end();
  const status = await ended;
  const answers = Buffer.concat(chunks).toString('utf8').split('\n').filter(Boolean);
  if (status !== 0 || answers.length !== jobs.length) {
    throw new Error(`the second implementation ended with ${status}: ${Buffer.concat(errors).toString('utf8')}`);
  }
  return answers.map((line): unknown => JSON.parse(line));
}

/** Exit code of the second implementation's own command line. */
export function exitOfSecond(...args: readonly string[]): number | null {
  return spawnSync(interpreter ?? 'python3', [PROGRAM, ...args]).status;
}

/** What comes of a file: why it is refused, or its verdict. */
export function outcome(answer: SecondAnswer | undefined): string | undefined {
  return answer?.fault?.code ?? answer?.verdict;
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
