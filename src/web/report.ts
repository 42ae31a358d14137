/**
 * The program inside a custody report: reads the evidence of its own page, checks it, and shows what came of it. Built
 * by scripts/build-web.ts; docs/spec/report.md section 2 says what it may do.
 */
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { showCustody } from './view/show-custody.ts';

const block = document.getElementById('waybill-evidence');
showCustody({ kind: 'Custody report', evidence: encodeUtf8((block?.textContent ?? '').toWellFormed()) });
