/**
 * The verifier: a page that checks a file of the reader's with its own program. It takes a custody report, evidence, a
 * completeness proof or a receipt, reads nothing of a report but its evidence, and names a report's program that no known release contains.
 * Built by scripts/build-web.ts; docs/spec/report.md section 4 says what it may do.
 */
import { element } from './view/element.ts';
import { masthead } from './view/show-custody.ts';
import { showFiles } from './view/show-file.ts';

const BYTES_MAX = 512 * 1024 * 1024;

const input = element('input', {
  type: 'file',
  multiple: true,
  class: 'unseen',
  'aria-label': 'Files to check',
  id: 'file',
  tabindex: -1,
  'aria-hidden': true,
});
const choose = element('button', { type: 'button' }, 'Choose a file');
const complaint = element('p', { role: 'alert' });
const drop = element(
  'section',
  { class: 'drop' },
  element('h1', {}, 'Drop a custody report here'),
  element(
    'p',
    {},
    'Or evidence, a completeness proof, or a receipt, as JSON. It is checked by this page, on this machine, and leaves it nowhere. ' +
      'Of a report only its evidence is read; its own program is not run. Bring a receipt that you kept along with a ' +
      'report, and it is held against it.',
  ),
  choose,
  input,
  complaint,
);

async function take(list: FileList | null | undefined): Promise<void> {
  const files = [...(list ?? [])];
  if (files.length === 0) return;
  if (files.some(({ size }) => size > BYTES_MAX)) {
    complaint.textContent = 'The file is larger than any that Waybill writes.';
    return;
  }
  const read = async (file: File) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
  showFiles(await Promise.all(files.map(read)));
}

function say(error: unknown): void {
  complaint.textContent = `The file cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

choose.addEventListener('click', () => input.click());
input.addEventListener('change', () => {
  take(input.files).catch(say);
});
addEventListener('dragover', (event) => {
  event.preventDefault();
  drop.classList.add('over');
});
addEventListener('dragleave', () => drop.classList.remove('over'));
addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  take(event.dataTransfer?.files).catch(say);
});
document.getElementById('waybill')?.replaceChildren(masthead('Verifier'), drop);
