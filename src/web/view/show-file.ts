import { parseReceipt } from '../../core/receipt/receipt.ts';
import { type KnownProgram, knownPrograms } from '../../report/known-programs.ts';
import { isPage, type ReportFile, readReport } from '../../report/read-report.ts';
import { banner } from './banner.ts';
import { element } from './element.ts';
import { showReceipt } from './receipt-view.ts';
import { masthead, showCustody } from './show-custody.ts';
import { unreadableBanner } from './verdict-words.ts';

/** The program of the reports of this very build, put in by scripts/build-web.ts. */
declare const WAYBILL_REPORT_PROGRAM: KnownProgram;

/** Shows what a file of the reader's proves: a report, evidence or a receipt, told apart by what stands in it. */
export function showFile(name: string, bytes: Uint8Array): void {
  const kind = 'Verifier';
  const file = element('p', { class: 'file quiet small' }, `File: ${name}`);
  if (isPage(bytes)) {
    const report = readReport(bytes, knownPrograms([WAYBILL_REPORT_PROGRAM]));
    if (report.ok) {
      showCustody({ kind, evidence: report.value.evidence, above: [file, ...aboutPage(report.value)] });
      return;
    }
    const words = unreadableBanner(report.fault);
    const said = { ...words, title: 'This is not a custody report', text: 'No evidence could be taken out of it.' };
    document.getElementById('waybill')?.replaceChildren(masthead(kind), file, banner(said));
    return;
  }
  const receipt = parseReceipt(bytes);
  if (receipt.ok) showReceipt({ kind, receipt: receipt.value, above: [file] });
  else showCustody({ kind, evidence: bytes, above: [file] });
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
