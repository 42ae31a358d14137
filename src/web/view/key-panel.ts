import type { TrustFile } from '../../core/custody/trust-file.ts';
import { element } from './element.ts';
import { readTrust } from './reader-key.ts';

type KeyPanel = {
  /** What the reader trusts now; undefined as long as they gave nothing. The key that a file names is never proposed. */
  readonly trust: TrustFile | undefined;
  /** Where that came from, in words. */
  readonly source: string | undefined;
  readonly onTrust: (trust: TrustFile | undefined) => void;
};

/** Where the reader brings the log key, or a trust file. It is kept in the memory of this page and nowhere else. */
export function keyPanel({ trust, source, onTrust }: KeyPanel): HTMLElement {
  const panel = element('section', {
    class: `key card${trust === undefined ? ' on-screen' : ''}`,
    'aria-labelledby': 'key-title',
  });
  panel.append(...(trust === undefined ? asking(onTrust) : holding(trust, source, onTrust)));
  return panel;
}

function asking(onTrust: KeyPanel['onTrust']): readonly HTMLElement[] {
  const input = element('textarea', {
    id: 'key-input',
    rows: 1,
    spellcheck: 'false',
    autocapitalize: 'off',
    autocomplete: 'off',
    'aria-describedby': 'key-help key-complaint',
    placeholder: 'waybill-…+1a2b3c4d+AQ…',
  });
  const complaint = element('p', { class: 'complaint', id: 'key-complaint', role: 'alert' });
  const form = element(
    'form',
    {},
    element('label', { class: 'unseen', for: 'key-input' }, 'Log key or trust file'),
    input,
    element('button', { type: 'submit' }, 'Confirm the origin'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const read = readTrust(input.value);
    if (read.ok) {
      onTrust(read.value);
      return;
    }
    input.setAttribute('aria-invalid', 'true');
    complaint.textContent = `That is neither a log key nor a trust file (${read.fault.code}). ${read.fault.message}`;
  });
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || input.value.includes('{')) return;
    event.preventDefault();
    form.requestSubmit();
  });
  return [
    element('h2', { id: 'key-title' }, 'Whose log is this?'),
    element(
      'p',
      { class: 'quiet small', id: 'key-help' },
      'Paste the log key, or a trust file, that you got from the operator over a way of its own: not from this file, ' +
        'and not from whoever sent it. It stays in this page and is forgotten with it.',
    ),
    form,
    complaint,
  ];
}

function holding(trust: TrustFile, source: string | undefined, onTrust: KeyPanel['onTrust']): readonly HTMLElement[] {
  const change = element('button', { type: 'button', class: 'plain' }, 'Use another key');
  change.addEventListener('click', () => onTrust(undefined));
  const keys = trust.logKeys.map(({ vkey }) => element('p', {}, element('code', {}, vkey)));
  return [
    element(
      'div',
      { class: 'held' },
      element(
        'div',
        {},
        element('h2', { id: 'key-title' }, 'Checked against your log key'),
        source !== undefined && element('p', { class: 'quiet small' }, source),
        ...keys,
      ),
      change,
    ),
  ];
}
