/**
 * Where the time of a verification goes in a small ledger and in a large one:
 * `node scripts/profile-verifications.ts [--share 1] [--set shared_buffers=512MB]`. The bench's own services, ledgers and
 * questions, each image asked about for the first time. Prints, for both side by side: processes and threads, the main
 * thread by who had the work done, and the statements of Postgres with the blocks that they touched. `--share` makes the large
 * ledger smaller, `--set` gives the server of the large one another setting, `--frames` adds functions. Linux only.
 */
import { parseArgs } from 'node:util';
import { sizeOf } from '../src/main/bench/bar-sizes.ts';
import { growStand } from '../src/main/bench/grow-stand.ts';
import { drawImages, timeVerifications } from '../src/main/bench/measure-custody.ts';
import { type Bench, openBench, type StandName } from '../src/main/bench/stand.ts';
import { median } from '../src/main/bench/statistics.ts';
import { shareByGroup, sharesByFrame } from './profile/main-thread.ts';
import { type Counted, countWork, openProfiled, printTable, profileStand, shorten } from './profile/profiled-stand.ts';

const SMALL = 10_000;
const LARGE = 1_000_000;
const WARMING = 250;
const IMAGES = 300;
const FRAMES = 40;
const SEED = 21;

const { values: options } = parseArgs({
  options: {
    share: { type: 'string', default: '1' },
    set: { type: 'string', multiple: true, default: [] },
    frames: { type: 'boolean', default: false },
  },
});

type Side = Counted & {
  readonly entries: number;
  readonly p50Ms: number;
  readonly groups: ReadonlyMap<string, number>;
  readonly frames: ReadonlyMap<string, number>;
};

async function profileSide(bench: Bench, name: StandName, size: number, settings: readonly string[]): Promise<Side> {
  const stand = await openProfiled(bench, name, Object.fromEntries(settings.map((text) => text.split('=', 2))));
  const growing = sizeOf(size, size);
  const { entries } = await growStand(stand, growing, () => undefined);
  const drawn = [...drawImages(growing.images, WARMING + 2 * IMAGES, SEED)];
  await timeVerifications(bench, stand, drawn.splice(0, WARMING));
  let latencies: readonly number[] = [];
  const counted = await countWork(stand, IMAGES, async () => {
    latencies = await timeVerifications(bench, stand, drawn.splice(0, IMAGES));
  });
  const rest = drawn.splice(0, IMAGES);
  const profile = await profileStand(stand, () => timeVerifications(bench, stand, rest).then(() => undefined));
  const main = counted.times['service: main thread'] ?? 0;
  const scaled = (shares: Iterable<readonly [string, number]>) =>
    new Map([...shares].map(([part, share]) => [part, share * main]));
  await stand.service.stop();
  return {
    ...counted,
    entries,
    p50Ms: median(latencies),
    groups: scaled(shareByGroup(profile)),
    frames: scaled(sharesByFrame(profile, FRAMES)),
  };
}

/** Rows of both sides by name, those in which they differ most first. */
function sideBySide(
  small: Iterable<readonly [string, number]>,
  large: Iterable<readonly [string, number]>,
): readonly (readonly (string | number)[])[] {
  const [a, b] = [new Map(small), new Map(large)];
  return [...new Set([...a.keys(), ...b.keys()])]
    .map((name) => ({ name, a: a.get(name) ?? 0, b: b.get(name) ?? 0 }))
    .filter((row) => row.a >= 5 || row.b >= 5)
    .sort((x, y) => y.b - y.a - (x.b - x.a))
    .map((row) => [row.name, Math.round(row.a), Math.round(row.b), Math.round(row.b - row.a)]);
}

function timesOf({ statements }: Side): Iterable<readonly [string, number]> {
  return statements.map(({ text, milliseconds }) => [shorten(text), (milliseconds * 1000) / IMAGES] as const);
}

function blocksOf({ statements }: Side): Iterable<readonly [string, string]> {
  return statements.map(
    ({ text, calls, blocksFound, blocksRead }) =>
      [
        shorten(text),
        `${(calls / IMAGES).toFixed(1)} × ${(blocksFound / calls).toFixed(0)} + ${(blocksRead / calls).toFixed(1)}`,
      ] as const,
  );
}

const { bench, close } = openBench({ environment: process.env, quick: false, share: 1, log: () => undefined });
try {
  const small = await profileSide(bench, 'small', SMALL, []);
  const large = await profileSide(bench, 'grown', LARGE * Number(options.share), options.set);
  const head = (what: string, unit: string) => [what, `${small.entries} entries, ${unit}`, `${large.entries}`, 'more'];
  const title = `A verification: ${small.p50Ms.toFixed(2)} ms and ${large.p50Ms.toFixed(2)} ms (p50)`;
  printTable(
    title,
    head('process and thread', 'µs'),
    sideBySide(Object.entries(small.times), Object.entries(large.times)),
  );
  printTable('Main thread', head('who had it done', 'µs'), sideBySide(small.groups, large.groups));
  if (options.frames) printTable('Functions', head('function', 'µs'), sideBySide(small.frames, large.frames));
  printTable('Postgres, time within statements', head('statement', 'µs'), sideBySide(timesOf(small), timesOf(large)));
  const blocks = new Map(blocksOf(small));
  printTable(
    'Postgres, calls of a verification × blocks found in its buffers + blocks read',
    ['statement', `${small.entries} entries`, `${large.entries}`],
    [...blocksOf(large)].map(([text, read]) => [text, blocks.get(text) ?? '', read]),
  );
} finally {
  await close();
}
