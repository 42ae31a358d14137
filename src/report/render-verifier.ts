import { renderPage } from './page.ts';

const PLACEHOLDER = `<header class="masthead"><p class="wordmark">Waybill</p><p class="kind">Verifier</p></header>
<noscript><section class="banner neutral"><h1>Nothing can be checked</h1>
<p>This page is a program, and scripts are switched off. Switch them on (the page reaches no network), or use
<code>waybill verify FILE --log-key KEY</code>.</p></section></noscript>`;

/**
 * The verifier: a page of its own that checks files of the reader's with its own program. Pure.
 * `program` is the text of the browser program `verifier`. Source: docs/spec/report.md section 4.
 */
export function renderVerifier(program: string): string {
  return renderPage({ title: 'Waybill verifier', placeholder: PLACEHOLDER, program });
}
