import { changeInWords, type Series } from './series.ts';

const WIDTH = 320;
const HEIGHT = 96;
const EDGE = 6;

/**
 * One number over the images, oldest on the left. Where an image does not state it the line is broken: nothing is drawn
 * between what was not measured. The numbers themselves stand in the table below.
 */
export function TrendChart({ series }: { readonly series: Series }) {
  const { title, values, inWords } = series;
  const stated = values.filter((value) => value !== undefined);
  const last = stated.at(-1) ?? 0;
  const most = Math.max(...stated, 1);
  const place = (index: number, value: number) => ({
    x: values.length === 1 ? WIDTH / 2 : EDGE + (index * (WIDTH - 2 * EDGE)) / (values.length - 1),
    y: HEIGHT - EDGE - (value / most) * (HEIGHT - 2 * EDGE),
  });
  const dots = values.flatMap((value, index) => (value === undefined ? [] : [{ index, ...place(index, value) }]));
  return (
    <figure class="trend">
      <figcaption>
        <span class="trend-title">{title}</span>
        <b class="trend-value">{inWords(last)}</b>
        <span class="small quiet">{changeInWords(series)}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${title}: ${inWords(last)} in the newest image, ${changeInWords(series)}, at most ${inWords(most)}`}
      >
        <line class="axis" x1={0} y1={HEIGHT - 1} x2={WIDTH} y2={HEIGHT - 1} />
        <path class="line" d={pathOf(values, place)} fill="none" />
        {dots.map(({ index, x, y }) => (
          <circle
            key={index}
            class={index === dots.at(-1)?.index ? 'dot newest' : 'dot'}
            cx={x}
            cy={y}
            r={index === dots.at(-1)?.index ? 4 : 2.2}
          />
        ))}
      </svg>
    </figure>
  );
}

function pathOf(
  values: Series['values'],
  place: (index: number, value: number) => { readonly x: number; readonly y: number },
): string {
  return values
    .map((value, index) => {
      if (value === undefined) return '';
      const { x, y } = place(index, value);
      return `${values[index - 1] === undefined ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}
