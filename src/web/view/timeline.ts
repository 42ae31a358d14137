import { counted } from './count-words.ts';
import { element } from './element.ts';
import { foldSteps } from './fold-steps.ts';
import { drawStrip, type TimelineStep } from './timeline-strip.ts';

export type { TimelineStep } from './timeline-strip.ts';

/** Steps of one strip: paper breaks between strips and never through one. */
const STRIP_STEPS = 4;

/**
 * Custody as a drawing: one line for the image, a second for an index that contains it, a step for each entry in the
 * ledger's order. It is drawn to the width that there is and again when that changes, so that its text keeps its size.
 * Where there are many steps, attestations of one time are folded into one, until the reader asks for each.
 */
export function timeline(every: readonly TimelineStep[]): HTMLElement {
  const folded = foldSteps(every);
  let steps = folded;
  const strips = element('div', {});
  const figure = element('figure', { class: 'timeline' }, strips, legend([...folded, ...every]));
  let drawnWidth = 0;
  const draw = (width: number) => {
    if (width === 0) return;
    drawnWidth = width;
    const drawings: SVGSVGElement[] = [];
    for (let from = 0; from < steps.length; from += STRIP_STEPS) {
      drawings.push(drawStrip({ steps, from, to: Math.min(from + STRIP_STEPS, steps.length), width }));
    }
    strips.replaceChildren(...drawings);
  };
  const observer = new ResizeObserver(([change]) => {
    const width = Math.floor(change?.contentRect.width ?? 0);
    if (width !== drawnWidth) draw(width);
  });
  observer.observe(strips);
  // Until the page is laid out; also what a browser prints that never laid it out.
  draw(640);
  if (folded.length < every.length) {
    figure.append(
      foldButton(every.length, (isWhole) => {
        steps = isWhole ? every : folded;
        draw(drawnWidth);
      }),
    );
  }
  return figure;
}

function foldButton(count: number, onToggle: (isWhole: boolean) => void): HTMLElement {
  const button = element('button', { type: 'button', class: 'plain on-screen', 'aria-expanded': 'false' });
  const say = (isWhole: boolean) => {
    button.setAttribute('aria-expanded', String(isWhole));
    button.textContent = isWhole
      ? 'Fold attestations of one time'
      : `Show each of the ${counted(count, 'step', 'steps')}`;
  };
  say(false);
  button.addEventListener('click', () => {
    const isWhole = button.getAttribute('aria-expanded') === 'false';
    say(isWhole);
    onToggle(isWhole);
  });
  return button;
}

function legend(steps: readonly TimelineStep[]): HTMLElement {
  const samples = LEGEND.filter(({ needs }) => steps.some(needs)).map(({ mark, text }) =>
    element('li', {}, mark(), element('span', {}, text)),
  );
  return element('ul', { class: 'legend', 'aria-label': 'Legend' }, ...samples);
}

import { sample } from './timeline-marks.ts';

const LEGEND: readonly {
  readonly needs: (step: TimelineStep) => boolean;
  readonly mark: () => SVGSVGElement;
  readonly text: string;
}[] = [
  { needs: (step) => step.mark === 'own', mark: () => sample('own'), text: 'signed by the pipeline’s own key' },
  {
    needs: (step) => step.mark === 'service',
    mark: () => sample('service'),
    text: 'signed by the service for the caller',
  },
  { needs: (step) => step.mark === 'image', mark: () => sample('image'), text: 'image signed' },
  {
    needs: ({ via }) => via?.startsWith('sha256:') === true,
    mark: () => sample('via'),
    text: 'counts through the index that contains it',
  },
  {
    needs: ({ via }) => via?.startsWith('gitCommit:') === true,
    mark: () => sample('via'),
    text: 'counts through the commit that the image comes from',
  },
  { needs: (step) => step.mark === 'decision', mark: () => sample('decision'), text: 'decided by a person' },
  {
    needs: (step) => step.mark === 'withdrawn',
    mark: () => sample('withdrawn'),
    text: 'contract withdrawn, or a decision revoked',
  },
  {
    needs: (step) => step.mark === 'several',
    mark: () => sample('several'),
    text: 'several attestations, none of which failed a check',
  },
  { needs: (step) => step.mark === 'other', mark: () => sample('other'), text: 'about the ledger or its rules' },
  { needs: (step) => step.broken, mark: () => sample('broken'), text: 'a check of this step failed' },
];
