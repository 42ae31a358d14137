import { readFileSync } from 'node:fs';

/** What the documentation page may do: its own style and script, its own document, and nothing written inline. */
export const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const files = new Map<string, Buffer>();

/** A file of the documentation page, which lies beside this one in source and in the compiled program alike. */
export function readDocsFile(name: 'page.html' | 'page.css' | 'page.js'): Uint8Array {
  const kept = files.get(name);
  if (kept !== undefined) return kept;
  const read = readFileSync(new URL(`./docs/${name}`, import.meta.url));
  files.set(name, read);
  return read;
}
