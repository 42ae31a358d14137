import { drawn } from './element.ts';
import { fitParts, fitText, widthOf } from './fit-text.ts';
import { type Mark, mark } from './timeline-marks.ts';

/** One step of custody, in words. */
export type TimelineStep = {
  readonly seq: number;
  /** Date and time of day of the entry, UTC: `2026-11-23`, `14:32:07`. */
  readonly day: string;
  readonly clock: string;
  readonly title: string;
  /** What follows the title: on a line of its own where both do not fit into one, so that it is never cut off. */
  readonly titleEnd?: string;
  /** What, by which key, by whom, where: each a few words. */
  readonly details: readonly string[];
  /** Who vouched for it, in a few words; absent for steps that nobody signed. */
  readonly assurance?: string;
  readonly mark: Mark;
  readonly broken: boolean;
  /** One of many of its kind, which a long drawing may fold: the stage that it attests. */
  readonly folds?: string;
  /** The index or commit (`gitCommit:…`) that the step is about, where it counts for the image through that. */
  readonly via?: string;
};

type Strip = {
  readonly steps: readonly TimelineStep[];
  readonly from: number;
  readonly to: number;
  /** Pixels. */
  readonly width: number;
};

/** Where things stand across a strip, in pixels. */
type Columns = {
  readonly narrow: boolean;
  readonly indexRail: number;
  readonly imageRail: number;
  readonly text: number;
  readonly end: number;
};

/** A step with its place down the strip: the height of its mark, and the lines that stand beside it. */
type Row = {
  readonly step: TimelineStep;
  readonly y: number;
  readonly title: readonly string[];
  readonly details: readonly string[];
};

const NARROW_BELOW = 600;
/** From the top of a row to its mark. */
const MIDDLE = 22;
const LINE = 21;
const TITLE_FONT = '640 15px';

/** Steps `from` to `to` as one drawing as wide as asked. Rails run on from strip to strip. */
export function drawStrip({ steps, from, to, width }: Strip): SVGSVGElement {
  const columns = layOut(
    width,
    steps.some((step) => step.via !== undefined),
  );
  const shown = steps.slice(from, to);
  const { rows, height } = place(shown, columns);
  const titleId = `timeline-title-${from}`;
  const textId = `timeline-text-${from}`;
  const svg = drawn('svg', {
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'aria-labelledby': `${titleId} ${textId}`,
  });
  svg.append(
    drawn('title', { id: titleId }, `Timeline of custody, steps ${from + 1} to ${to} of ${steps.length}`),
    drawn('desc', { id: textId }, shown.map(inWords).join(' ')),
    ...rails(steps, from, rows, height, columns),
  );
  for (const [index, row] of rows.entries()) {
    svg.append(drawStep(row, steps[from + index - 1]?.day !== row.step.day, columns));
  }
  return svg;
}

function layOut(width: number, hasIndex: boolean): Columns {
  const narrow = width < NARROW_BELOW;
  const first = narrow ? 10 : 118;
  const imageRail = hasIndex ? first + 26 : first;
  return { narrow, indexRail: first, imageRail, text: imageRail + 28, end: width };
}

function place(
  steps: readonly TimelineStep[],
  columns: Columns,
): { readonly rows: readonly Row[]; readonly height: number } {
  const rows: Row[] = [];
  let top = 0;
  for (const step of steps) {
    const details = fitParts(step.details, columns.end - columns.text, '13px', columns.narrow ? 3 : 2);
    const title = titleLines(step, columns);
    rows.push({ step, y: top + MIDDLE, title, details });
    const lines = title.length - 1 + details.length;
    top += columns.narrow ? 60 + LINE * (lines + 1) : 45 + LINE * lines;
  }
  return { rows, height: top };
}

function titleLines(step: TimelineStep, { narrow, text, end }: Columns): readonly string[] {
  const { title, titleEnd } = step;
  const chip = chipOf(step);
  const room = end - text - (chip === undefined || narrow ? 0 : widthOf(chip, '12px') + 36);
  const whole = titleEnd === undefined ? title : `${title} ${titleEnd}`;
  if (titleEnd === undefined || widthOf(whole, TITLE_FONT) <= room) return [fitText(whole, room, TITLE_FONT)];
  return [fitText(title, room, TITLE_FONT), titleEnd];
}

function chipOf({ broken, assurance }: TimelineStep): string | undefined {
  return broken ? 'check failed' : assurance;
}

/** The line of the image, and the line of the index from its first to its last step. */
function rails(
  steps: readonly TimelineStep[],
  from: number,
  rows: readonly Row[],
  height: number,
  { indexRail, imageRail }: Columns,
): readonly SVGElement[] {
  const first = steps.findIndex((step) => step.via !== undefined);
  const last = steps.findLastIndex((step) => step.via !== undefined);
  const heightOf = (index: number) => rows[index - from]?.y ?? (index < from ? 0 : height);
  const rail = (x: number, start: number, end: number) => {
    const [top, bottom] = [heightOf(start), heightOf(end)];
    return bottom > top ? drawn('path', { class: 'rail', d: `M${x} ${top}V${bottom}` }) : undefined;
  };
  const lines = [rail(imageRail, 0, steps.length - 1), first < 0 ? undefined : rail(indexRail, first, last)];
  return lines.filter((line) => line !== undefined);
}

function drawStep({ step, y, title, details }: Row, isNewDay: boolean, columns: Columns): SVGElement {
  const { narrow, indexRail, imageRail, text, end } = columns;
  const group = drawn('g', {});
  if (step.via !== undefined) {
    const bend = `M${indexRail} ${y}C${indexRail + 14} ${y} ${imageRail} ${y + 2} ${imageRail} ${y + 20}`;
    group.append(drawn('path', { class: 'branch', d: bend }));
  }
  group.append(mark(step.mark, step.broken, step.via === undefined ? imageRail : indexRail, y));
  const chip = chipOf(step);
  const base = y + 5;
  for (const [index, part] of title.entries()) group.append(line('strong', text, base + LINE * index, part));
  const last = base + LINE * (title.length - 1);
  for (const [index, detail] of details.entries()) group.append(line('soft', text, last + LINE * (index + 1), detail));
  const foot = last + LINE * (details.length + 1) + 4;
  if (narrow) group.append(line('when', text, foot, `${step.day} ${step.clock} UTC`));
  else group.append(line('when', 0, isNewDay ? base + 18 : base, `${step.clock} UTC`));
  if (isNewDay && !narrow) group.append(line('day', 0, base, step.day));
  if (chip !== undefined) group.append(drawChip(chip, step, end, narrow ? foot : base));
  return group;
}

function line(name: string, x: number, y: number, text: string): SVGElement {
  return drawn('text', { class: name, x, y }, text);
}

function drawChip(text: string, step: TimelineStep, x: number, base: number): SVGElement {
  const width = widthOf(text, '12px') + 20;
  const tone = step.broken ? ' broken' : step.mark === 'own' ? ' own' : '';
  return drawn(
    'g',
    {},
    drawn('rect', { class: `chip${tone}`, x: x - width - 0.5, y: base - 16.5, width, height: 23, rx: 11.5 }),
    drawn('text', { class: `chip-text${tone}`, x: x - width / 2 - 0.5, y: base - 0.5, 'text-anchor': 'middle' }, text),
  );
}

function inWords(step: TimelineStep): string {
  const title = step.titleEnd === undefined ? step.title : `${step.title} ${step.titleEnd}`;
  const who = step.assurance === undefined ? '' : `, ${step.assurance}`;
  const through = step.via?.startsWith('gitCommit:') === true ? 'commit' : 'index';
  const via = step.via === undefined ? '' : `, through the ${through} ${step.via}`;
  const broken = step.broken ? ', a check failed' : '';
  return `${step.day} ${step.clock} UTC: ${title}, ${step.details.join(', ')}${who}${via}${broken}.`;
}
