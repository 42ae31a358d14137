import type { CustodyResult } from '../../core/custody/verify-custody.ts';
import { plainTime } from './plain-time.ts';

/** The sheet that is in force; a page has one, replaced whenever the verdict changes. */
let sheet: CSSStyleSheet | undefined;

/**
 * Writes into the margins of every printed page which report it belongs to, what came of it, and which page of how many it
 * is, so that no leaf can be taken for one of another report. Browsers without margin boxes print none.
 */
export function nameSheets({ repository, subject, origin, evaluatedAt }: CustodyResult, verdict: string): void {
  const image = `${repository} · ${subject.slice(0, 'sha256:'.length + 12)}…`;
  const when = `checked ${plainTime(evaluatedAt)}`;
  sheet ??= new CSSStyleSheet();
  sheet.replaceSync(`@page {
    @top-left { content: ${quoted(image)}; }
    @top-right { content: ${quoted(verdict)}; }
    @bottom-left { content: ${quoted(`Waybill custody report · ${origin ?? 'log not established'} · ${when}`)}; }
    @bottom-right { content: "page " counter(page) " of " counter(pages); }
  }`);
  if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets = [sheet];
}

/** A CSS string: everything but letters, digits and a few marks by its number, so that no text ends it. */
function quoted(text: string): string {
  const escaped = text.replaceAll(/[^A-Za-z0-9 ]/gu, (character) => `\\${character.codePointAt(0)?.toString(16)} `);
  return `"${escaped}"`;
}
