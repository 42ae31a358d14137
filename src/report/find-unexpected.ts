import type { Fault } from '../core/fault.ts';

/** Elements and attributes of the frame that this and earlier versions write. Whatever else stands there is named. */
const ELEMENTS = new Set([
  'html',
  'head',
  'meta',
  'title',
  'style',
  'body',
  'main',
  'header',
  'section',
  'noscript',
  'h1',
  'p',
  'code',
]);
const ATTRIBUTES = new Set(['lang', 'charset', 'http-equiv', 'content', 'name', 'id', 'class']);
const FINDINGS_MAX = 20;

const STYLE_OPEN = '<style>';
const MARKUP = /<(!--|[!?/]?[a-z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^"'>])*)>?/gi;
const ATTRIBUTE = /([^\s=/"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"']+))?/g;

/**
 * What does not belong into the frame of a report, at most 20 findings: elements such as frames, objects, images, links,
 * further metadata or forms, comments, attributes such as handlers, and addresses that run. `text` is the page without
 * its scripts and evidence, `firstLine` the line that it starts at. An allow-list: what is new is unexpected.
 */
export function findUnexpected(text: string, firstLine: number): readonly Fault[] {
  const findings: Fault[] = [];
  const blanked = blankStyles(text);
  for (const match of blanked.matchAll(MARKUP)) {
    const what = describe(match[1] ?? '', match[2] ?? '');
    if (what === undefined || findings.length >= FINDINGS_MAX) continue;
    const line = firstLine + blanked.slice(0, match.index).split('\n').length - 1;
    findings.push({
      code: 'report/unexpected-content',
      message: `The page holds ${what}, which no report does.`,
      at: `line ${line}`,
    });
  }
  return findings;
}

/** Searched for by hand: a pattern would look through the rest of the text once for every sheet that does not end. */
function blankStyles(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (;;) {
    const open = text.indexOf(STYLE_OPEN, from);
    const start = open + STYLE_OPEN.length;
    const end = open === -1 ? -1 : text.indexOf('</style>', start);
    if (end === -1) break;
    parts.push(text.slice(from, start), text.slice(start, end).replaceAll(/[^\n]/g, ' '));
    from = end;
  }
  return [...parts, text.slice(from)].join('');
}

function describe(tag: string, rest: string): string | undefined {
  // An end tag says nothing that its start tag did not say.
  if (tag.startsWith('/')) return undefined;
  const name = tag.toLowerCase();
  if (name === '!doctype') return /^\s+html$/i.test(rest) ? undefined : 'another document type';
  if (name.startsWith('!') || name.startsWith('?')) return 'a comment';
  if (!ELEMENTS.has(name)) return `the element "${name.slice(0, 40)}"`;
  for (const [, attribute = '', quoted = ''] of rest.matchAll(ATTRIBUTE)) {
    const value = quoted.replaceAll(/^["']|["']$/g, '');
    if (!ATTRIBUTES.has(attribute.toLowerCase())) return `the attribute "${attribute.slice(0, 40)}" on "${name}"`;
    if (attribute.toLowerCase() === 'http-equiv' && value !== 'Content-Security-Policy')
      return `"${value.slice(0, 40)}" metadata`;
  }
  return undefined;
}
