import type { TrendPoint } from '../../api/found.ts';
import { bytesInWords } from '../../ui/bytes-in-words.ts';

/** One number of each image, oldest first; undefined where nothing states it. */
export type Series = {
  readonly title: string;
  /** What a number of it is, for people: `12.3 MiB`. */
  readonly inWords: (value: number) => string;
  readonly values: readonly (number | undefined)[];
};

const count = (value: number) => value.toLocaleString('en');

/** The series that some image states a number of; `points` newest first, as the service answers them. */
export function seriesOf(points: readonly TrendPoint[]): readonly Series[] {
  const oldestFirst = points.toReversed();
  const all: readonly Series[] = [
    { title: 'Size', inWords: bytesInWords, values: oldestFirst.map(({ facts }) => facts?.bytes) },
    { title: 'Components', inWords: count, values: oldestFirst.map(({ facts }) => facts?.components) },
    {
      title: 'Critical and high vulnerabilities',
      inWords: count,
      values: oldestFirst.map(({ facts }) =>
        facts?.vulnerabilities === undefined ? undefined : facts.vulnerabilities.critical + facts.vulnerabilities.high,
      ),
    },
    {
      title: 'All vulnerabilities',
      inWords: count,
      values: oldestFirst.map(({ facts }) => facts?.vulnerabilities?.total),
    },
    { title: 'Findings of analyses', inWords: count, values: oldestFirst.map(({ facts }) => facts?.findings?.total) },
    { title: 'Tests', inWords: count, values: oldestFirst.map(({ facts }) => facts?.tests?.total) },
  ];
  return all.filter(({ values }) => values.some((value) => value !== undefined));
}

/** What changed from the first stated number to the last, in words. */
export function changeInWords({ values, inWords }: Series): string {
  const stated = values.filter((value) => value !== undefined);
  const [first, last] = [stated[0], stated.at(-1)];
  if (first === undefined || last === undefined || stated.length < 2) return 'stated once';
  if (first === last) return `unchanged over ${stated.length} images`;
  return `${last > first ? '+' : '−'}${inWords(Math.abs(last - first))} over ${stated.length} images`;
}
