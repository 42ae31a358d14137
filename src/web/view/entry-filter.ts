import { counted, grouped } from './count-words.ts';
import { element } from './element.ts';

/** From so many entries on there is a field to find them by. */
const FILTERED_FROM = 12;

/** A field that leaves only the entries in whose line every word of it stands; groups that hold some unfold. */
export function entryFilter(groups: readonly HTMLDetailsElement[]): HTMLElement | false {
  const lines = groups.flatMap((group) =>
    [...group.querySelectorAll<HTMLElement>('.entry')].map((line) => ({
      group,
      line,
      text: wordsOf(line.firstElementChild),
    })),
  );
  if (lines.length < FILTERED_FROM) return false;
  const opened = new Map(groups.map((group) => [group, group.open]));
  const field = element('input', { type: 'search', id: 'entry-filter', autocomplete: 'off', spellcheck: 'false' });
  const told = element('p', { class: 'quiet small', role: 'status' }, counted(lines.length, 'entry', 'entries'));
  const filter = () => {
    const words = field.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const found = new Map<HTMLDetailsElement, number>();
    for (const { group, line, text } of lines) {
      line.hidden = !words.every((word) => text.includes(word));
      found.set(group, (found.get(group) ?? 0) + (line.hidden ? 0 : 1));
    }
    for (const group of groups) {
      const count = found.get(group) ?? 0;
      group.hidden = count === 0;
      group.open = words.length === 0 ? opened.get(group) === true : count > 0;
    }
    const left = [...found.values()].reduce((sum, count) => sum + count, 0);
    told.textContent =
      words.length === 0
        ? counted(lines.length, 'entry', 'entries')
        : `${grouped(left)} of ${counted(lines.length, 'entry', 'entries')}`;
  };
  field.addEventListener('input', filter);
  return element(
    'div',
    { class: 'filter on-screen' },
    element('label', { for: 'entry-filter' }, 'Find entries by number, kind, stage, person or time'),
    field,
    told,
  );
}

/** The words of a line, with a space between its columns. */
function wordsOf(summary: Element | null): string {
  const columns = [...(summary?.children ?? [])].map(({ textContent }) => textContent);
  return columns.join(' ').toLowerCase();
}
