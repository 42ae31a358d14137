/**
 * What the gate's slowest answers wait for: `node scripts/profile-gate.ts`. The bench's own service, load and posts, over a
 * ledger of ten thousand entries. Prints the times of the answers; processor time of each process and thread; the main thread
 * by who had the work done, in all and within the stretches in which it was busy for longer than most; and the statements of
 * Postgres. Linux only.
 */
import { sizeOf } from '../src/main/bench/bar-sizes.ts';
import { growStand } from '../src/main/bench/grow-stand.ts';
import { measureGate } from '../src/main/bench/measure-custody.ts';
import { openBench } from '../src/main/bench/stand.ts';
import { busyStretches, shareByGroup } from './profile/main-thread.ts';
import { countWork, openProfiled, printTable, profileStand, shorten } from './profile/profiled-stand.ts';

const SIZE = 10_000;
/** 30 seconds at 500 a second, and the 200 that come first. */
const ANSWERS = 15_200;
const STRETCHES_MS = [2, 5, 10, 20];
const LONG_MS = 5;

const { bench, close } = openBench({ environment: process.env, quick: false, share: 1, log: () => undefined });
try {
  const stand = await openProfiled(bench, 'small');
  const growing = sizeOf(SIZE, SIZE);
  const { entries, keys } = await growStand(stand, growing, () => undefined);
  const grown = { stand, images: growing.images, treeSize: entries, keys };
  await measureGate(bench, grown);
  const { times, statements } = await countWork(stand, ANSWERS, async () => {
    const { value, details } = await measureGate(bench, grown);
    process.stdout.write(`Gate: p99 ${Number(value).toFixed(1)} ms; ${JSON.stringify(details)}\n`);
  });
  const profile = await profileStand(stand, async () => {
    await measureGate(bench, grown);
  });
  const rounded = (rows: Iterable<readonly [string, number]>, scale: number) =>
    [...rows].map(([name, share]) => [name, Math.round(share * scale)] as const).filter(([, value]) => value > 0);
  printTable('Processes and threads', ['which', 'µs an answer'], rounded(Object.entries(times), 1));
  const main = times['service: main thread'] ?? 0;
  printTable('Main thread', ['who had it done', 'µs an answer'], rounded(shareByGroup(profile), main));
  const stretches = busyStretches(profile);
  const all = stretches.reduce((sum, { ms }) => sum + ms, 0);
  printTable(
    'Main thread, stretches in which it was never idle',
    ['longer than, ms', 'how many', 'share of its busy time'],
    STRETCHES_MS.map((least) => {
      const long = stretches.filter(({ ms }) => ms > least);
      return [least, long.length, (long.reduce((sum, { ms }) => sum + ms, 0) / all).toFixed(3)];
    }),
  );
  const long = stretches.filter(({ ms }) => ms > LONG_MS).flatMap(({ samples }) => samples);
  const within = { ...profile, samples: long.map(({ id }) => id), timeDeltas: long.map(({ us }) => us) };
  printTable(`Within those over ${LONG_MS} ms`, ['who had it done', '‰'], rounded(shareByGroup(within), 1000));
  printTable(
    'Postgres',
    ['statement', 'calls', 'µs a call'],
    statements.map(({ text, calls, milliseconds }) => [
      shorten(text),
      calls,
      Math.round((milliseconds * 1000) / calls),
    ]),
  );
  await stand.service.stop();
} finally {
  await close();
}
