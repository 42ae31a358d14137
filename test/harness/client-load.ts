import { setTimeout as sleep } from 'node:timers/promises';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint.ts';
import type { KeptReceipt, Submitted } from './kept-receipts.ts';
import {
  type Answer,
  type Endpoint,
  makeRequest,
  send,
  type TracedKind,
  type TracedRequest,
} from './traced-requests.ts';

/** Of a hundred requests, so many of each kind. */
const MIX: readonly (readonly [TracedKind, number])[] = [
  ['attestation', 72],
  ['large', 6],
  ['signing', 8],
  ['signer', 4],
  ['contract', 4],
  ['token', 3],
  ['verdict', 3],
];
/** Longer than a replica may be paused: a client that gives up asks another one. */
const ANSWER_MS_MAX = 12_000;

export type LoadResult = {
  readonly submitted: readonly Submitted[];
  readonly checkpoints: readonly { readonly size: number; readonly root: string }[];
  /** Requests that were answered 200 or 201. */
  readonly acknowledged: number;
  /** Requests that failed at least once. */
  readonly retried: number;
  /** Failed attempts by code; `0` is no answer at all. */
  readonly failures: Readonly<Record<string, number>>;
  /** Answers that no client may ever get. */
  readonly wrong: readonly string[];
};

export type ClientLoad = {
  readonly acknowledged: () => number;
  /** Lets every client finish what it began, and gives all that they were ever told. */
  finish(): Promise<LoadResult>;
};

type Ledger = {
  readonly submitted: { trace: string | undefined; receipts: KeptReceipt[]; failures: number }[];
  readonly checkpoints: Map<string, { readonly size: number; readonly root: string }>;
  readonly failures: Record<string, number>;
  readonly wrong: string[];
  acknowledged: number;
  retried: number;
  stopping: boolean;
};

/**
 * So many clients, each of which sends one request after another to a random replica, and the same body to another one
 * until it is answered 200 or 201. Now and then what was answered is sent again, and the newest checkpoint is read.
 */
export function startLoad(clients: number, endpoints: () => readonly Endpoint[], random: () => number): ClientLoad {
  const told: Ledger = {
    submitted: [],
    checkpoints: new Map(),
    failures: {},
    wrong: [],
    acknowledged: 0,
    retried: 0,
    stopping: false,
  };
  const running = Array.from({ length: clients }, () => runClient(told, endpoints, random));
  return {
    acknowledged: () => told.acknowledged,
    finish: async () => {
      told.stopping = true;
      await Promise.all(running);
      const { submitted, acknowledged, retried, failures, wrong } = told;
      return { submitted, checkpoints: [...told.checkpoints.values()], acknowledged, retried, failures, wrong };
    },
  };
}

async function runClient(told: Ledger, endpoints: () => readonly Endpoint[], random: () => number): Promise<void> {
  while (!told.stopping) {
    const request = makeRequest(drawKind(random));
    const submitted = { trace: request.trace, receipts: [] as KeptReceipt[], failures: 0 };
    told.submitted.push(submitted);
    for (;;) {
      const answer = await sendSomewhere(request, endpoints, random);
      if (take(told, submitted, answer)) break;
      submitted.failures += 1;
      await sleep(20 + random() * 80);
    }
    told.acknowledged += 1;
    if (submitted.failures > 0) told.retried += 1;
    // A retry of what was answered finds it, at whichever replica, and is given the same entry.
    if (request.trace !== undefined && random() < 0.05)
      take(told, submitted, await sendSomewhere(request, endpoints, random));
    if (random() < 0.1) await readCheckpoint(told, endpoints, random);
  }
}

/** Whether the client is done with it: it was recorded, or answered with what no retry mends. */
function take(told: Ledger, submitted: { readonly receipts: KeptReceipt[] }, answer: Answer): boolean {
  const { status, code, receipt } = answer;
  if (receipt !== undefined) submitted.receipts.push(receipt);
  if (status === 200 || status === 201) return true;
  const name = code ?? String(status);
  told.failures[name] = (told.failures[name] ?? 0) + 1;
  if (status === 0 || status === 503) return false;
  told.wrong.push(`${status} ${name}`);
  return true;
}

async function sendSomewhere(
  request: TracedRequest,
  endpoints: () => readonly Endpoint[],
  random: () => number,
): Promise<Answer> {
  const endpoint = pick(endpoints(), random);
  return endpoint === undefined ? { status: 0 } : send(endpoint, request, ANSWER_MS_MAX);
}

async function readCheckpoint(told: Ledger, endpoints: () => readonly Endpoint[], random: () => number): Promise<void> {
  const endpoint = pick(endpoints(), random);
  if (endpoint === undefined) return;
  try {
    const response = await fetch(`${endpoint.url}/log/checkpoint`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    if (response.status !== 200) return;
    const opened = openCheckpoint(await response.text(), [endpoint.logKey]);
    if (!opened.ok) told.wrong.push(`a checkpoint that does not verify: ${opened.fault.code}`);
    else {
      const { size, root } = opened.value.checkpoint;
      const hex = Buffer.from(root).toString('hex');
      told.checkpoints.set(`${size} ${hex}`, { size, root: hex });
    }
  } catch {
    // No answer; another one is asked the next time.
  }
}

function drawKind(random: () => number): TracedKind {
  let drawn = random() * 100;
  for (const [kind, share] of MIX) {
    if (drawn < share) return kind;
    drawn -= share;
  }
  return 'attestation';
}

function pick<T>(values: readonly T[], random: () => number): T | undefined {
  return values[Math.floor(random() * values.length)];
}
