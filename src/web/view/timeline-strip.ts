import { drawn } from './element.ts';
import { fitText, widthOf } from './fit-text.ts';
import { type Mark, mark } from './timeline-marks.ts';

/** One step of custody, in words. */
export type TimelineStep = {
  readonly seq: number;
  /** Date and time of day of the entry, UTC: `2026-11-23`, `14:32:07`. */
  readonly day: string;
  readonly clock: string;
  readonly title: string;
  readonly detail: string;
  /** Who vouched for it, in a few words; absent for steps that nobody signed. */
  readonly assurance?: string;
  readonly mark: Mark;
  readonly broken: boolean;
  /** The index that the step is about, where it counts for the image because the index contains it. */
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
  readonly rowHeight: number;
};

const NARROW_BELOW = 600;

/** Steps `from` to `to` as one drawing as wide as asked. Rails run on from strip to strip. */
export function drawStrip({ steps, from, to, width }: Strip): SVGSVGElement {
  const columns = layOut(
    width,
    steps.some((step) => step.via !== undefined),
  );
  const height = (to - from) * columns.rowHeight;
  const shown = steps.slice(from, to);
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
    ...rails(steps, from, to, columns),
  );
  for (const [index, step] of shown.entries()) {
    const before = steps[from + index - 1];
    svg.append(drawStep(step, before?.day !== step.day, index * columns.rowHeight + MIDDLE, columns));
  }
  return svg;
}

/** From the top of a row to its mark and the base of its first line. */
const MIDDLE = 22;

function layOut(width: number, hasIndex: boolean): Columns {
  const narrow = width < NARROW_BELOW;
  const first = narrow ? 10 : 118;
  const imageRail = hasIndex ? first + 26 : first;
  return {
    narrow,
    indexRail: first,
    imageRail,
    text: imageRail + 28,
    end: width,
    rowHeight: narrow ? 96 : 66,
  };
}

function rails(steps: readonly TimelineStep[], from: number, to: number, columns: Columns): readonly SVGElement[] {
  const first = steps.findIndex((step) => step.via !== undefined);
  const last = steps.findLastIndex((step) => step.via !== undefined);
  const lines = [rail(columns.imageRail, 0, steps.length - 1, from, to, columns)];
  if (first >= 0) lines.push(rail(columns.indexRail, first, last, from, to, columns));
  return lines.filter((line) => line !== undefined);
}

/** The part of a rail between the marks of steps `first` and `last` that lies in this strip. */
function rail(
  x: number,
  first: number,
  last: number,
  from: number,
  to: number,
  { rowHeight }: Columns,
): SVGElement | undefined {
  const top = Math.max(0, (first - from) * rowHeight + MIDDLE);
  const bottom = Math.min((to - from) * rowHeight, (last - from) * rowHeight + MIDDLE);
  return bottom > top ? drawn('path', { class: 'rail', d: `M${x} ${top}V${bottom}` }) : undefined;
}

function drawStep(step: TimelineStep, isNewDay: boolean, y: number, columns: Columns): SVGElement {
  const { narrow, indexRail, imageRail, text } = columns;
  const x = step.via === undefined ? imageRail : indexRail;
  const group = drawn('g', {});
  if (step.via !== undefined) {
    const bend = `M${indexRail} ${y}C${indexRail + 14} ${y} ${imageRail} ${y + 2} ${imageRail} ${y + 18}`;
    group.append(drawn('path', { class: 'branch', d: bend }));
  }
  group.append(mark(step.mark, step.broken, x, y));
  const chip = step.broken ? 'check failed' : step.assurance;
  const base = y + 5;
  if (narrow) {
    const room = columns.end - text;
    group.append(
      line('strong', text, base, fitText(step.title, room, '640 15px')),
      line('soft', text, base + 21, fitText(step.detail, room, '13px')),
      line('when', text, base + 42, fitText(`${step.day} ${step.clock}`, room, '13px')),
    );
    if (chip !== undefined) group.append(drawChip(chip, step, columns.end, base + 42, 'right'));
    return group;
  }
  const chipWidth = chip === undefined ? 0 : widthOf(chip, '12px') + 36;
  group.append(
    line('strong', text, base, fitText(step.title, columns.end - text - chipWidth, '640 15px')),
    line('soft', text, base + 21, fitText(step.detail, columns.end - text, '13px')),
    line('when', 0, isNewDay ? base + 18 : base, `${step.clock} UTC`),
  );
  if (isNewDay) group.append(line('day', 0, base, step.day));
  if (chip !== undefined) group.append(drawChip(chip, step, columns.end, base, 'right'));
  return group;
}

function line(name: string, x: number, y: number, text: string): SVGElement {
  return drawn('text', { class: name, x, y }, text);
}

function drawChip(text: string, step: TimelineStep, x: number, base: number, _side: 'right'): SVGElement {
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
  const who = step.assurance === undefined ? '' : `, ${step.assurance}`;
  const via = step.via === undefined ? '' : `, through the index ${step.via}`;
  const broken = step.broken ? ', a check failed' : '';
  return `${step.day} ${step.clock} UTC: ${step.title}, ${step.detail}${who}${via}${broken}.`;
}
