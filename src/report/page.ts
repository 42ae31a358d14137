import { sha256 } from '#sha256';
import { formatBase64 } from '../core/encoding/base64.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { invariant } from '../core/fault.ts';
import { PAGE_STYLE } from './style/page-style.ts';

/** Opening tag of the program: the one script of a page that runs. */
export const PROGRAM_OPEN = '<script type="module" id="waybill-program">';
/** Opening tag of the evidence: a data block, which a browser keeps and never runs. */
export const EVIDENCE_OPEN = '<script type="application/json" id="waybill-evidence">';
export const SCRIPT_CLOSE = '</script>';

/** What differs between the pages that Waybill writes. */
export type Page = {
  readonly title: string;
  /** Static HTML that stands until the program has run, and stays where scripts are off. */
  readonly placeholder: string;
  /** Text of the evidence; absent in the verifier, which reads a file of the reader's. */
  readonly evidence?: string;
  readonly program: string;
};

/**
 * The page as one HTML document that asks nothing of any network. Its Content-Security-Policy allows the one program and
 * the one style sheet by their SHA-256 and nothing else: no connection, no image, no form, no handler in an attribute.
 * Pure: the same input gives the same bytes. A program or evidence that would end its own block is a broken invariant.
 */
export function renderPage({ title, placeholder, evidence, program }: Page): string {
  invariant(staysInBlock(program), 'a program cannot end its own block');
  invariant(evidence === undefined || !evidence.includes('<'), 'evidence holds no "<"');
  const policy = [
    "default-src 'none'",
    `script-src '${sourceHash(program)}'`,
    `style-src '${sourceHash(PAGE_STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const block = evidence === undefined ? '' : `${EVIDENCE_OPEN}${evidence}${SCRIPT_CLOSE}\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main id="waybill">
${placeholder}
</main>
${block}${PROGRAM_OPEN}${program}${SCRIPT_CLOSE}
</body>
</html>
`;
}

/** Whether a program's text can stand in a script block as it is: nothing in it ends the block or opens a comment. */
export function staysInBlock(program: string): boolean {
  // Written so that this very text may stand in a block.
  return !/<\/script|<!-{2}/i.test(program);
}

/** A source expression of Content Security Policy: `sha256-` and the base64 of the text's hash. */
function sourceHash(text: string): string {
  return `sha256-${formatBase64(sha256(encodeUtf8(text)))}`;
}
