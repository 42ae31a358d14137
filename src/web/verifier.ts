/**
 * The verifier: a page that checks a file of the reader's with its own program. It takes a custody report, evidence or a
 * receipt, reads nothing of a report but its evidence, and names a report's program that no known release contains.
 * Built by scripts/build-web.ts; docs/spec/report.md section 4 says what it may do.
 */
import { element } from './view/element.ts';
import { masthead } from './view/show-custody.ts';
import { showFile } from './view/show-file.ts';

const BYTES_MAX = 512 * 1024 * 1024;

const input = element('input', { type: 'file', class: 'unseen', id: 'file', tabindex: -1, 'aria-hidden': true });
const choose = element('button', { type: 'button' }, 'Choose a file');
const complaint = element('p', { role: 'alert' });
const drop = element(
  'section',
  { class: 'drop' },
  element('h1', {}, 'Drop a custody report here'),
  element(
    'p',
    {},
    'Or evidence, or a receipt, as JSON. It is checked by this page, on this machine, and leaves it nowhere. ' +
      'Of a report only its evidence is read; its own program is not run.',
  ),
  choose,
  input,
  complaint,
);

async function take(file: File | undefined): Promise<void> {
  if (file === undefined) return;
  if (file.size > BYTES_MAX) {
    complaint.textContent = 'The file is larger than any that Waybill writes.';
    return;
  }
  showFile(file.name, new Uint8Array(await file.arrayBuffer()));
}

function say(error: unknown): void {
  complaint.textContent = `The file cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

choose.addEventListener('click', () => input.click());
input.addEventListener('change', () => {
  take(input.files?.[0]).catch(say);
});
addEventListener('dragover', (event) => {
  event.preventDefault();
  drop.classList.add('over');
});
addEventListener('dragleave', () => drop.classList.remove('over'));
addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  take(event.dataTransfer?.files[0]).catch(say);
});
document.getElementById('waybill')?.replaceChildren(masthead('Verifier'), drop);
