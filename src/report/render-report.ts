import { decodeUtf8 } from '../core/encoding/utf8.ts';
import { invariant } from '../core/fault.ts';
import { renderPage } from './page.ts';

const PLACEHOLDER = `<header class="masthead"><p class="wordmark">Waybill</p><p class="kind">Custody report</p></header>
<section class="banner neutral"><h1>Checking the evidence</h1>
<p>Everything on this page is computed here, from the evidence that the file carries.</p></section>
<noscript><section class="banner neutral"><h1>Nothing was checked</h1>
<p>This page checks its evidence with a program, and scripts are switched off. Switch them on (the page reaches no network),
or check the file with a program that did not come with it: <code>waybill verify FILE --log-key KEY</code>.</p></section></noscript>`;

/**
 * The custody report: one HTML file with the evidence, exactly as given, and the program that checks it in the reader's
 * browser. Nothing in it was computed before: it holds no verdict. Pure: the same input gives the same bytes.
 *
 * `evidence` is canonical evidence (UTF-8 without "<"), `program` the text of the browser program `report`; either in
 * another form is a broken invariant. Source: docs/spec/report.md section 1.
 */
export function renderReport(evidence: Uint8Array, program: string): string {
  const text = decodeUtf8(evidence);
  invariant(text.ok, 'evidence is UTF-8');
  return renderPage({ title: 'Custody report', placeholder: PLACEHOLDER, evidence: text.value, program });
}
