import type { Completeness } from '../../core/completeness/completeness.ts';
import { completenessHeadline } from '../../core/completeness/completeness-words.ts';
import { type CompletenessResult, verifyCompleteness } from '../../core/completeness/verify-completeness.ts';
import { explainCheck } from '../../core/custody/explain-check.ts';
import type { TrustFile } from '../../core/custody/trust-file.ts';
import { type Banner, banner } from './banner.ts';
import { checkList } from './check-list.ts';
import { element } from './element.ts';
import { doubted, type HeldReceipt, heldAgainst } from './held-receipts.ts';
import { keyPanel } from './key-panel.ts';
import { masthead, trustOfAddress } from './show-custody.ts';
import { headlineTone } from './verdict-words.ts';

type CompletenessPage = {
  readonly kind: string;
  readonly proof: Completeness;
  readonly above: readonly HTMLElement[];
  /** Receipts that the reader brought along. */
  readonly held: readonly HeldReceipt[];
};

/** Fills the page with what a completeness proof shows: that these entries are all of one list, or that it has none. */
export function showCompleteness({ kind, proof, above, held }: CompletenessPage): void {
  const show = (trust: TrustFile | undefined) => {
    const result = verifyCompleteness(proof, trust, new Date().toISOString());
    const against = heldAgainst(proof, held, trust);
    const words = against.contradicted ? doubted(bannerOf(result)) : bannerOf(result);
    const main = document.getElementById('waybill') ?? document.body;
    main.replaceChildren(
      masthead(kind),
      ...above,
      ...against.parts,
      banner(words),
      keyPanel({ trust, source: undefined, onTrust: show }),
      entries(proof),
      element('section', { class: 'part' }, element('h2', {}, 'Every check'), checkList(result.checks)),
    );
  };
  show(trustOfAddress());
}

function bannerOf(result: CompletenessResult): Banner {
  const { tone, title, text } = completenessHeadline(result);
  const reasons = result.checks
    .filter(({ outcome }) => outcome === 'fail')
    .map((check) => ({ sentence: explainCheck(check).text, code: `${check.code} · ${check.reason}` }));
  return { tone: headlineTone(tone), title, text, reasons };
}

function entries({ key, entries }: Completeness): HTMLElement {
  const title = `Entries under ${key}: ${entries.length}`;
  return element(
    'section',
    { class: 'part entry' },
    element('h2', {}, title),
    ...entries.map(({ entry }) =>
      element(
        'details',
        {},
        element('summary', {}, `#${entry.seq} ${entry.kind}, recorded ${entry.time} by ${entry.principal}`),
        element('div', { class: 'body' }, element('pre', { tabindex: 0 }, JSON.stringify(entry, undefined, 2))),
      ),
    ),
  );
}
