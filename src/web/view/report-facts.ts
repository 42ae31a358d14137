import { asOfWords } from '../../core/custody/as-of-words.ts';
import type { CustodyResult } from '../../core/custody/verify-custody.ts';
import { assuranceLines } from './assurance-words.ts';
import { counted } from './count-words.ts';
import { type Child, element } from './element.ts';
import { icon } from './icon.ts';
import { plainTime } from './plain-time.ts';

/** What a report is about, of which state of which log, and as of when. */
export function reportFacts(result: CustodyResult): HTMLElement {
  const { subject, repository, origin, checkpoint, asOf, validUntil, evaluatedAt } = result;
  const newest = checkpoint === undefined ? 'not established' : stateWords(checkpoint);
  const past = asOfWords(result);
  const clock = asOf?.view === 'then' ? 'as at that time' : 'by this browser’s clock';
  return element(
    'dl',
    { class: 'facts' },
    fact('Repository', element('span', { class: 'lead' }, repository), 'wide'),
    fact('Image', element('span', { class: 'mono' }, subject), 'wide'),
    fact('Log', element('span', { class: 'mono' }, origin ?? 'not established')),
    past !== undefined && fact('Question', past.title, 'wide'),
    fact('As of', asOf === undefined ? newest : stateWords(asOf)),
    asOf !== undefined && fact('Shown under', newest),
    fact('Checked', `${plainTime(evaluatedAt)}, ${clock}`),
    validUntil !== undefined && fact('Holds until', plainTime(validUntil)),
    fact('Rests on', assurances(result), 'wide'),
  );
}

function fact(name: string, value: Child, className = ''): HTMLElement {
  return element('div', { class: className }, element('dt', {}, name), element('dd', {}, value));
}

/** Every assurance with its yes or no in one line; what each means stands further below. */
function assurances(result: CustodyResult): HTMLElement {
  return element(
    'ul',
    { class: 'chips' },
    ...assuranceLines(result.assurances).map(({ short, holds, warns }) =>
      element(
        'li',
        { class: holds ? 'yes' : 'no' },
        icon(holds ? 'pass' : warns === true ? 'warn' : 'neutral'),
        `${short}: ${holds ? 'yes' : 'no'}`,
      ),
    ),
  );
}

function stateWords({ size, time }: { readonly size: number; readonly time?: string }): string {
  return `${counted(size, 'entry', 'entries')}${time === undefined ? '' : `, the last at ${plainTime(time)}`}`;
}
