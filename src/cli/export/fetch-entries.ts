import { closeSync, fsyncSync, renameSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/client-error.ts';
import type { ExportQuestion } from '../../client/log-calls.ts';
import type { ExportHead } from '../../core/export/export-lines.ts';
import { EXPORT_LINE_BYTES_MAX } from '../../core/limits.ts';
import { EXIT } from '../exit-codes.ts';
import type { Progress } from '../progress.ts';
import { Stop, stop } from '../stop.ts';
import { type KeptEntries, keepEntries, readHead } from './kept-entries.ts';
import { openPlainFile } from './plain-file.ts';

/** Answers in a row that may bring nothing new until it is given up. */
const ATTEMPTS = 5;
const BACKOFF_MS = 250;
const LF = 0x0a;

export type Fetching = {
  readonly client: Client;
  readonly question: Pick<ExportQuestion, 'from' | 'to'>;
  readonly partial: string;
  readonly entries: string;
  readonly progress: Progress;
};

/**
 * Takes the entries of a period from the service to `entries`; by way of `partial`, from which it goes on where an answer, or
 * this program, ended too early. Nothing is verified yet. Throws `ClientError` where nothing new comes any more.
 */
export async function fetchEntries(fetching: Fetching): Promise<void> {
  const { partial, entries, question } = fetching;
  for (let attempts = 0; ; ) {
    const kept = keepEntries(partial);
    if (kept.head !== undefined) demandPeriod(kept.head, question, partial);
    if (kept.ended) break;
    try {
      attempts = (await fetchSome(fetching, kept)) ? 0 : attempts + 1;
      if (attempts >= ATTEMPTS) throw brokenOff();
    } catch (error) {
      if (!(error instanceof ClientError) || error.refused) throw error;
      // What came before the break counts as progress.
      const last = keepEntries(partial).last;
      attempts = last !== kept.last ? 1 : attempts + 1;
      if (attempts >= ATTEMPTS) throw error;
      await sleep(BACKOFF_MS * 2 ** attempts);
    }
  }
  renameSync(partial, entries);
}

function brokenOff(): ClientError {
  const message = 'The service ends its answers before the export ends.';
  return new ClientError({ code: 'client/malformed-answer', message });
}

function demandPeriod({ period }: ExportHead, { from, to }: Fetching['question'], path: string): void {
  if (String(period.from) === from && String(period.to) === to) return;
  const message = `${path} is of the period from ${period.from} to ${period.to}.`;
  throw stop(EXIT.input, 'cli/unusable-file', message, 'Name another folder, or the same period.');
}

/** One answer, written as it comes. Gives whether a line came with it. */
async function fetchSome({ client, question, partial, progress }: Fetching, kept: KeptEntries): Promise<boolean> {
  const goesOn = kept.head === undefined ? {} : { size: sizeOf(kept.head), after: kept.last };
  const parts = await client.exportLines({ ...question, ...goesOn });
  const file = openPlainFile(partial, 'append');
  let [lines, lineBytes] = [0, 0];
  let { head } = kept;
  const done = () => (head === undefined || kept.last === undefined ? 0 : kept.last + 1 - head.seqs.from) + lines;
  try {
    for await (const part of parts) {
      writeWhole(file, part);
      const feed = part.lastIndexOf(LF);
      lines += countFeeds(part);
      lineBytes = feed === -1 ? lineBytes + part.length : part.length - feed - 1;
      if (lineBytes > EXPORT_LINE_BYTES_MAX) throw endless('A line does not end.');
      head ??= lines > 0 ? readHead(partial) : undefined;
      if (head === undefined) continue;
      const total = head.seqs.to - head.seqs.from;
      if (done() > total + 2) throw endless('More lines came than the export says that it has.');
      progress.at(Math.min(done(), total), total);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return lines > 0;
}

/** Whoever sends for ever would fill the disk. */
function endless(message: string): Stop {
  return new Stop(EXIT.integrity, { code: 'export/malformed', message });
}

/** The size that the checkpoint states, by which the service knows which state of the log is meant. */
function sizeOf({ checkpoint }: ExportHead): number {
  return Number(checkpoint.split('\n', 2)[1]);
}

function countFeeds(part: Uint8Array): number {
  let count = 0;
  for (let at = part.indexOf(LF); at !== -1; at = part.indexOf(LF, at + 1)) count += 1;
  return count;
}

function writeWhole(file: number, part: Uint8Array): void {
  for (let at = 0; at < part.length; ) at += writeSync(file, part, at);
}
