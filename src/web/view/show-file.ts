import { isCompleteness, parseCompleteness } from '../../core/completeness/completeness.ts';
import type { Fault } from '../../core/fault.ts';
import { parseReceipt } from '../../core/receipt/receipt.ts';
import { type KnownProgram, knownPrograms } from '../../report/known-programs.ts';
import { isPage, type ReportFile, readReport } from '../../report/read-report.ts';
import { banner } from './banner.ts';
import { showCompleteness } from './completeness-view.ts';
import { element } from './element.ts';
import type { HeldReceipt } from './held-receipts.ts';
import { showReceipt } from './receipt-view.ts';
import { masthead, showCustody } from './show-custody.ts';
import { unreadableBanner } from './verdict-words.ts';

/** The program of the reports of this very build, put in by scripts/build-web.ts. */
declare const WAYBILL_REPORT_PROGRAM: KnownProgram;

/** A file of the reader's. */
export type ReaderFile = { readonly name: string; readonly bytes: Uint8Array };

/**
 * Shows what files of the reader's prove: a report, evidence, a completeness proof or a receipt, told apart by what stands in it. Of several
 * the first that is no receipt is shown, and the receipts are held against it; of several receipts the first is shown.
 */
export function showFiles(files: readonly ReaderFile[]): void {
  const held = files.flatMap((file) => {
    const receipt = isPage(file.bytes) ? undefined : parseReceipt(file.bytes);
    return receipt?.ok === true ? [{ file, name: file.name, receipt: receipt.value }] : [];
  });
  const shown = files.find((file) => held.every((each) => each.file !== file)) ?? files[0];
  if (shown === undefined) return;
  showFile(
    shown,
    held.filter(({ file }) => file !== shown),
  );
}

function showFile({ name, bytes }: ReaderFile, held: readonly HeldReceipt[]): void {
  const kind = 'Verifier';
  const file = element('p', { class: 'file quiet small' }, `File: ${name}`);
  if (isPage(bytes)) {
    const report = readReport(bytes, knownPrograms([WAYBILL_REPORT_PROGRAM]));
    if (report.ok) {
      showCustody({ kind, evidence: report.value.evidence, above: [file, ...aboutPage(report.value)], held });
      return;
    }
    const words = unreadableBanner(report.fault);
    const said = { ...words, title: 'This is not a custody report', text: 'No evidence could be taken out of it.' };
    document.getElementById('waybill')?.replaceChildren(masthead(kind), file, banner(said));
    return;
  }
  const proof = parseCompleteness(bytes);
  if (proof.ok) {
    showCompleteness({ kind, proof: proof.value, above: [file], held });
    return;
  }
  if (isCompleteness(bytes)) {
    showUnreadable(kind, file, proof.fault, 'This completeness proof cannot be read');
    return;
  }
  const receipt = parseReceipt(bytes);
  if (receipt.ok) showReceipt({ kind, receipt: receipt.value, above: [file], held });
  else if (receipt.fault.code === 'receipt/malformed') showCustody({ kind, evidence: bytes, above: [file], held });
  else showUnreadable(kind, file, receipt.fault, 'This receipt cannot be read');
}

/** A document that says what it is, and cannot be that: an entry in it is none that a log may hold, say. */
function showUnreadable(kind: string, file: HTMLElement, fault: Fault, title: string): void {
  const said = { ...unreadableBanner(fault), title };
  document.getElementById('waybill')?.replaceChildren(masthead(kind), file, banner(said));
}

/** What is to be said of the page that the evidence came in. */
function aboutPage({ warnings, programKnown, programVersion }: ReportFile): readonly HTMLElement[] {
  if (warnings.length === 0) {
    const text = `The report’s own program is that of Waybill ${programVersion}. Below is what this page found in its evidence.`;
    return [element('p', { class: 'file quiet small' }, text)];
  }
  const refusal = banner({
    tone: 'fail',
    title: programKnown ? 'Refused: this page was changed' : 'Refused: this report carries an unknown program',
    text:
      'Whatever this report shows when it is opened may be made up. Do not rely on it, and ask whoever sent it why it ' +
      'differs. Its evidence was checked here all the same; that result stands below and is this page’s own.',
    reasons: warnings.map(({ code, message, at }) => ({
      sentence: message,
      code: at === undefined ? code : `${code} at ${at}`,
    })),
  });
  return [refusal, element('h2', { class: 'above' }, 'What its evidence shows')];
}
