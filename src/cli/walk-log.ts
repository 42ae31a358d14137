import type { Client } from '../client/client.ts';
import { ClientError } from '../client/client-error.ts';
import type { NoteKey } from '../core/checkpoint/signed-note.ts';
import type { PeriodEntry } from '../core/period/period.ts';
import { type VerifiedPeriod, verifyPeriod } from '../core/period/verify-period.ts';
import { EXIT } from './exit-codes.ts';
import { readPeriod } from './judge-period.ts';
import { Stop, stopOf } from './stop.ts';

/** Entries of one proof; fewer where they are large. */
const PAGE_ENTRIES = 2_000;

/** Some entries of a log that follow each other, all of them, and the seq of the next. */
export type LogPage = { readonly entries: readonly PeriodEntry[]; readonly next: number; readonly checkpoint: string };

/** Every entry in [`from`, `to`), page by page, each page with the proof that none is missing in it. */
export async function* walkLog(
  client: Client,
  keys: readonly NoteKey[],
  from: number,
  to: number,
): AsyncGenerator<LogPage> {
  let [next, width] = [from, PAGE_ENTRIES];
  while (next < to) {
    const end = Math.min(next + width, to);
    const page = await readPage(client, keys, next, end);
    if (page === undefined) {
      width = Math.max(1, Math.floor((end - next) / 2));
      continue;
    }
    yield page;
    next = end;
  }
}

/** Undefined where one answer does not hold so much. */
async function readPage(
  client: Client,
  keys: readonly NoteKey[],
  from: number,
  to: number,
): Promise<LogPage | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await client.period(String(from), String(to));
  } catch (error) {
    if (error instanceof ClientError && error.problem.code === 'period/too-large' && to - from > 1) return undefined;
    throw error;
  }
  const proof = readPeriod(bytes, 'What the service sent');
  const verified = verifyPeriod(proof, keys);
  if (!verified.ok) throw stopOf(EXIT.integrity, verified.fault, 'The proof of a period does not hold');
  demandPeriod(verified.value, from, to);
  return { entries: verified.value.entries, next: to, checkpoint: proof.checkpoint };
}

function demandPeriod({ period, ended }: VerifiedPeriod, from: number, to: number): void {
  if (period.by === 'seq' && period.from === from && period.to === to && ended) return;
  throw new Stop(EXIT.integrity, {
    code: 'period/malformed',
    message: `The service answered with other entries than those from ${from} up to but without ${to}.`,
  });
}
