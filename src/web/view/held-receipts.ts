import { parseVkey } from '../../core/checkpoint/signed-note.ts';
import type { Completeness } from '../../core/completeness/completeness.ts';
import {
  checkAgainstReceipt,
  type LogView,
  viewOfCompleteness,
  viewOfEvidence,
  viewOfReceipt,
} from '../../core/custody/contradiction.ts';
import { parseEvidence } from '../../core/custody/evidence.ts';
import type { TrustFile } from '../../core/custody/trust-file.ts';
import type { Fault, Result } from '../../core/fault.ts';
import type { Receipt } from '../../core/receipt/receipt.ts';
import { type Banner, banner } from './banner.ts';
import { element } from './element.ts';

/** A receipt that the reader kept and brought along with a file. */
export type HeldReceipt = { readonly name: string; readonly receipt: Receipt };

/** What came of it: what to show, and whether a receipt speaks against the file, whose own verdict then does not count. */
export type Held = { readonly parts: readonly HTMLElement[]; readonly contradicted: boolean };

/**
 * What receipts of the reader's say against what a file shows: a banner for each that contradicts it or does not hold, a
 * line where none does, and nothing where none was brought. Without a key of the reader's the one that the receipts name
 * is used: whoever signed both, they contradict each other.
 */
export function heldAgainst(
  shown: Uint8Array | Receipt | Completeness,
  held: readonly HeldReceipt[],
  trust: TrustFile | undefined,
): Held {
  if (held.length === 0) return { parts: [], contradicted: false };
  const told = held.flatMap(({ name, receipt }) => {
    const fault = contradiction(shown, receipt, trust);
    return fault === undefined ? [] : [{ name, fault }];
  });
  if (told.length === 0) {
    const text = `Nothing in it contradicts ${held.map(({ name }) => name).join(', ')}.`;
    return { parts: [element('p', { class: 'file quiet small' }, text)], contradicted: false };
  }
  return {
    parts: told.map(({ name, fault }) => banner({ ...wordsOf(name, fault), reasons: [reasonOf(fault)] })),
    contradicted: told.some(({ fault }) => CONTRADICTIONS.has(fault.code)),
  };
}

const CONTRADICTIONS: ReadonlySet<string> = new Set([
  'checkpoint/forked',
  'list/omission-proved',
  'map/omission-proved',
]);

function wordsOf(name: string, { code }: Fault): Omit<Banner, 'reasons'> {
  if (code === 'checkpoint/forked') {
    const text = `What is shown here and ${name} cannot both be of one honest log. Keep both files: together they prove it.`;
    return { tone: 'fail', title: 'The log has two histories', text };
  }
  if (code === 'map/omission-proved') {
    const text = `By ${name} the log took an entry that belongs here, and the map that it signed says that there is none. Keep both files: together they convict the log.`;
    return { tone: 'fail', title: 'The log leaves something out', text };
  }
  if (code === 'list/omission-proved') {
    const text = `By ${name} the log took an entry that belongs here. Whoever made this file, or passed it on, left it out.`;
    return { tone: 'fail', title: 'Something is left out of this file', text };
  }
  const text = `${name} says nothing for or against what is shown here.`;
  return { tone: 'warn', title: 'A receipt does not count', text };
}

function reasonOf({ message, code }: Fault) {
  return { sentence: message, code };
}

/** A verdict that a receipt speaks against: what the file says by itself is told, and never in green. */
export function doubted(words: Banner): Banner {
  if (words.tone === 'fail') return words;
  const text = `By itself the file says: ${words.title}. With what the receipt proves, that does not count.`;
  return { tone: 'neutral', title: 'Not to be relied on', text, reasons: words.reasons };
}

function contradiction(
  shown: Uint8Array | Receipt | Completeness,
  receipt: Receipt,
  trust: TrustFile | undefined,
): Fault | undefined {
  const claimed = parseVkey(receipt.logKey);
  const keys = trust?.logKeys.map(({ key }) => key) ?? (claimed.ok ? [claimed.value] : []);
  const own = viewOfReceipt(receipt, keys);
  if (!own.ok) return own.fault;
  const view = viewOf(shown, keys);
  // That a file does not hold is told by its own checks.
  if (view === undefined || !view.ok) return undefined;
  const compared = checkAgainstReceipt(view.value, own.value);
  return compared.ok ? undefined : compared.fault;
}

function viewOf(
  shown: Uint8Array | Receipt | Completeness,
  keys: Parameters<typeof viewOfEvidence>[1],
): Result<LogView> | undefined {
  if ('commit' in shown) return viewOfCompleteness(shown, keys);
  if (!(shown instanceof Uint8Array)) {
    const read = viewOfReceipt(shown, keys);
    return read.ok ? { ok: true, value: read.value.view } : read;
  }
  const evidence = parseEvidence(shown);
  return evidence.ok ? viewOfEvidence(evidence.value, keys) : undefined;
}
