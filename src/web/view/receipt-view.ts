import { parseVkey } from '../../core/checkpoint/signed-note.ts';
import { trustedCheckpoint } from '../../core/custody/prove-checkpoint.ts';
import type { TrustFile } from '../../core/custody/trust-file.ts';
import { type Receipt, verifyReceipt } from '../../core/receipt/receipt.ts';
import { type Banner, banner } from './banner.ts';
import { element } from './element.ts';
import { doubted, type HeldReceipt, heldAgainst } from './held-receipts.ts';
import { keyPanel } from './key-panel.ts';
import { masthead, trustOfAddress } from './show-custody.ts';

type ReceiptPage = {
  readonly kind: string;
  readonly receipt: Receipt;
  readonly above: readonly HTMLElement[];
  /** Other receipts that the reader brought along. */
  readonly held: readonly HeldReceipt[];
};

/** Fills the page with what a receipt proves: that one entry is in the log whose key the reader brings. */
export function showReceipt({ kind, receipt, above, held }: ReceiptPage): void {
  const show = (trust: TrustFile | undefined) => {
    const panel = keyPanel({ trust, source: undefined, onTrust: show });
    const entry = element('pre', { tabindex: 0 }, JSON.stringify(receipt.entry, undefined, 2));
    const details = element(
      'section',
      { class: 'part entry' },
      element('h2', {}, `Entry #${receipt.entry.seq}`),
      element('p', {}, `${receipt.entry.kind}, recorded ${receipt.entry.time} by ${receipt.entry.principal}`),
      element('div', { class: 'body' }, entry),
    );
    const main = document.getElementById('waybill') ?? document.body;
    const against = heldAgainst(receipt, held, trust);
    const verdict = verdictOf(receipt, trust);
    const words = against.contradicted ? doubted(verdict) : verdict;
    main.replaceChildren(masthead(kind), ...above, ...against.parts, banner(words), panel, details);
  };
  show(trustOfAddress());
}

function verdictOf(receipt: Receipt, trust: TrustFile | undefined): Banner {
  const claimed = parseVkey(receipt.logKey);
  const keys = trust?.logKeys.map(({ key }) => key) ?? (claimed.ok ? [claimed.value] : []);
  const checked = verifyReceipt(receipt, keys);
  const fault = trust && trustedCheckpoint({ ...receipt, entries: [] }, trust).fault;
  const verified = checked.ok && fault !== undefined ? { ok: false as const, fault } : checked;
  if (!verified.ok) {
    const { code, message } = verified.fault;
    return {
      tone: 'fail',
      title: 'This receipt does not hold',
      text:
        trust === undefined ? 'It contradicts itself.' : 'It contradicts itself, or is not of the log that you trust.',
      reasons: [{ sentence: message, code }],
    };
  }
  const { origin, size } = verified.value.checkpoint;
  if (trust === undefined) {
    return {
      tone: 'warn',
      title: 'Internally consistent, origin not confirmed',
      text: `Entry, proof and checkpoint fit together. Whether they are of the log that you trust, only its key can tell.`,
      reasons: [],
    };
  }
  return {
    tone: 'pass',
    title: 'The entry is in the log',
    text: `It is entry #${receipt.index} of the ${size} that ${origin} had when the checkpoint was signed.`,
    reasons: [],
  };
}
