import type { TrustFile } from '../../core/custody/trust-file.ts';
import { custodyView } from './custody-view.ts';
import { element } from './element.ts';
import { type HeldReceipt, heldAgainst } from './held-receipts.ts';
import { wordmark } from './icon.ts';
import { keyOfAddress, readTrust } from './reader-key.ts';

type CustodyPage = {
  /** What the page calls itself. */
  readonly kind: string;
  readonly evidence: Uint8Array;
  /** What stands above the verdict. */
  readonly above?: readonly HTMLElement[];
  /** Receipts that the reader brought along. */
  readonly held?: readonly HeldReceipt[];
};

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
    const shown = custodyView({
      evidence,
      contradicted: against.contradicted,
      trust,
      source,
      onTrust: (given) => {
        show(given, undefined);
        scrollTo({ top: 0 });
      },
    });
    main.replaceChildren(masthead(kind), announcement, ...above, ...against.parts, ...shown.parts);
    main.dataset.milliseconds = String(Math.ceil(shown.milliseconds));
    announcement.textContent = shown.verdict;
  };
  const fromAddress = () => {
    const trust = trustOfAddress();
    show(trust, trust === undefined ? undefined : FROM_ADDRESS);
  };
  addEventListener('hashchange', fromAddress);
  addEventListener('beforeprint', unfold);
  fromAddress();
}

/** The head of a page: the mark, and what the page is. */
export function masthead(kind: string): HTMLElement {
  return element('header', { class: 'masthead' }, wordmark(), element('p', { class: 'kind' }, kind));
}

/** Paper cannot be clicked on: every check is shown there. Entries stay folded unless the reader opened them. */
function unfold(): void {
  for (const group of document.querySelectorAll<HTMLDetailsElement>('details.group')) group.open = true;
}
