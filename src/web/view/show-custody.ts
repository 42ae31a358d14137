import type { TrustFile } from '../../core/custody/trust-file.ts';
import { type Banner, banner } from './banner.ts';
import { custodyView } from './custody-view.ts';
import { element } from './element.ts';
import { type HeldReceipt, heldAgainst } from './held-receipts.ts';
import { wordmark } from './icon.ts';
import { keyOfAddress, readTrust } from './reader-key.ts';
import { followLinks } from './reveal.ts';

type CustodyPage = {
  /** What the page calls itself. */
  readonly kind: string;
  readonly evidence: Uint8Array;
  /** What stands above the verdict. */
  readonly above?: readonly HTMLElement[];
  /** Receipts that the reader brought along. */
  readonly held?: readonly HeldReceipt[];
};

/** Ends what the page that was shown before listens to: another file may be brought into the same page. */
let shown: AbortController | undefined;

/** Evidence that takes more than half a second to check. */
const LARGE_BYTES = 1024 * 1024;

const FROM_ADDRESS = 'Taken from the address of this page: make sure that it is the key that you trust.';

/** The log key of the page's address, where there is one that reads. */
export function trustOfAddress(): TrustFile | undefined {
  const text = keyOfAddress(location.hash);
  const trust = text === undefined ? undefined : readTrust(text);
  return trust?.ok === true ? trust.value : undefined;
}

/** Fills the page with the custody that the evidence shows, again whenever the reader brings another key. */
export function showCustody({ kind, evidence, above = [], held = [] }: CustodyPage): void {
  const main = document.getElementById('waybill') ?? document.body;
  const announcement = element('p', { class: 'unseen', role: 'status' });
  const show = (trust: TrustFile | undefined, source: string | undefined) => {
    const against = heldAgainst(evidence, held, trust);
    const view = custodyView({
      evidence,
      contradicted: against.contradicted,
      trust,
      source,
      onTrust: (given) => {
        whenPainted(() => {
          show(given, undefined);
          scrollTo({ top: 0 });
          // What had the focus is gone; the keyboard goes on from the new verdict.
          main.querySelector<HTMLElement>('.banner h1')?.focus({ preventScroll: true });
        });
      },
    });
    main.replaceChildren(masthead(kind), announcement, ...above, ...against.parts, ...view.parts);
    main.dataset.milliseconds = String(Math.ceil(view.milliseconds));
    announcement.textContent = view.verdict;
  };
  /** Checking much takes seconds, in which nothing is drawn: what says so must be on the screen before. */
  const whenPainted = (then: () => void) => {
    if (evidence.length < LARGE_BYTES) {
      then();
      return;
    }
    main.replaceChildren(masthead(kind), announcement, banner(CHECKING));
    requestAnimationFrame(() => setTimeout(then));
  };
  const fromAddress = () => {
    const trust = trustOfAddress();
    whenPainted(() => show(trust, trust === undefined ? undefined : FROM_ADDRESS));
  };
  shown?.abort();
  shown = new AbortController();
  const { signal } = shown;
  addEventListener('hashchange', fromAddress, { signal });
  addEventListener('beforeprint', unfold, { signal });
  followLinks(main, signal);
  fromAddress();
}

const CHECKING: Banner = {
  tone: 'neutral',
  title: 'Checking the evidence',
  text: 'It is large, and every signature in it is checked here. This takes some seconds.',
  reasons: [],
};

/** The head of a page: the mark, and what the page is. */
export function masthead(kind: string): HTMLElement {
  return element('header', { class: 'masthead' }, wordmark(), element('p', { class: 'kind' }, kind));
}

/** Paper cannot be clicked on: every group and every place is shown there. Documents stay folded unless the reader opened them. */
function unfold(): void {
  for (const group of document.querySelectorAll<HTMLDetailsElement>('details:not(.entry)')) group.open = true;
}
