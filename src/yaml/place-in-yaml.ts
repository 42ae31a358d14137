import { isNode, LineCounter, parseDocument } from 'yaml';

/** Where something stands in a text, both counted from 1. */
export type Place = { readonly line: number; readonly column: number };

/** Tells places in a YAML text: of a JSON pointer into its value, or of an offset. What is not there stands where its container does. */
export function placesIn(text: string): {
  readonly ofPointer: (pointer: string) => Place;
  readonly ofOffset: (offset: number) => Place;
} {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.2', lineCounter: lines, prettyErrors: false });
  const ofOffset = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const ofPointer = (pointer: string): Place => {
    const path = pointer.split('/').slice(1);
    for (let length = path.length; length > 0; length -= 1) {
      const node: unknown = document.getIn(path.slice(0, length).map(indexed), true);
      if (isNode(node) && node.range) return ofOffset(node.range[0]);
    }
    return ofOffset(0);
  };
  return { ofPointer, ofOffset };
}

function indexed(token: string): string | number {
  return /^(?:0|[1-9][0-9]*)$/.test(token) ? Number(token) : token.replaceAll('~1', '/').replaceAll('~0', '~');
}
