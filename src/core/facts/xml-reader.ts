import type { Fault, FaultCode } from '../fault.ts';
import { XML_ATTRIBUTES_MAX, XML_DEPTH_MAX, XML_NAME_CHARACTERS_MAX, XML_VALUE_CHARACTERS_MAX } from '../limits.ts';

/** An element that begins or ends. Text between elements is checked and passed over, unless it is asked for: `text` then is that since the last tag. */
export type XmlEvent =
  | { readonly kind: 'open'; readonly name: string; readonly attributes: ReadonlyMap<string, string> }
  | { readonly kind: 'close'; readonly name: string; readonly text?: string };

/** Bounded, since an engine keeps a place to return to for each character; one more than is allowed, so that it shows. */
const NAME = /[\p{L}_:][\p{L}\p{M}\p{N}_:.\u00b7-]{0,256}/uy;
const SPACE = /[ \t\r\n]*/y;
/** A processing instruction has a name, which is not `xml`. */
const INSTRUCTION = /<\?(?![Xx][Mm][Ll][ \t\r\n?])[\p{L}_:]/uy;
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));/y;
const DECLARATION =
  /<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.0"|'1\.0')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([A-Za-z][A-Za-z0-9._-]{0,39})"|'([A-Za-z][A-Za-z0-9._-]{0,39})'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/y;
const DOCTYPE =
  /<!DOCTYPE[ \t\r\n]+[\p{L}_:][\p{L}\p{M}\p{N}_:.\u00b7-]{0,255}[ \t\r\n]+(?:SYSTEM|PUBLIC[ \t\r\n]+(?:"[^"<>&]{0,1024}"|'[^'<>&]{0,1024}'))[ \t\r\n]+(?:"[^"<>&]{0,1024}"|'[^'<>&]{0,1024}')[ \t\r\n]*>/uy;
/**
 * What no document may hold anywhere. Other control characters are no characters of XML 1.0 either (§2.2), but reports
 * quote what programs wrote to terminals, and writers copy it: in text and values they count as characters.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a control character is what is looked for.
const FORBIDDEN = /[\u0000\ufffe\uffff]/;
const PREDEFINED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * A pull reader of XML 1.0 without entities and without a document type: one pass, nothing is built, fetched or expanded.
 * Strict wherever readers could disagree about elements: every tag is closed in order, attributes are quoted and stand
 * once, only the five predefined entities and references to characters are known. `]]>` in text, which writers do not
 * escape and which XML forbids, changes nothing. A DOCTYPE that only names an external subset is passed over where that is allowed
 * and what it names is never read; with an internal subset it is refused. A class because a place and the first fault live
 * as long as the reading: after `next` gave undefined the caller looks at `fault`.
 *
 * Faults: `facts/malformed-xml`, `facts/doctype-not-allowed`, `facts/unsupported-encoding` (other than UTF-8 and ASCII),
 * `facts/too-deep` (64), `facts/too-many-elements` (64 attributes), `facts/text-too-long` (a name of over 256 characters, a value of over 1 Mi).
 * Source: XML 1.0 (fifth edition), docs/spec/facts.md §6.
 */
export class XmlReader {
  fault: Fault | undefined = undefined;
  readonly #text: string;
  readonly #allowsDoctype: boolean;
  readonly #keepsText: boolean;
  #characters = '';
  readonly #open: string[] = [];
  #position = 0;
  #hasDoctype = false;
  #pendingClose: string | undefined;
  #state: 'before' | 'inside' | 'after' = 'before';

  constructor(text: string, options: { readonly allowsDoctype: boolean; readonly keepsText?: boolean }) {
    this.#text = text;
    this.#allowsDoctype = options.allowsDoctype;
    this.#keepsText = options.keepsText === true;
    const forbidden = FORBIDDEN.exec(text);
    if (forbidden !== null) {
      this.#position = forbidden.index;
      this.#refuse('The document holds a character that XML does not have.');
    } else this.#readDeclaration();
  }

  /** How many elements are open; that of the root is 1 from its beginning to its end. */
  get depth(): number {
    return this.#open.length + (this.#pendingClose === undefined ? 0 : 1);
  }

  /** The next event, or undefined at the end of the document and after a fault. */
  next(): XmlEvent | undefined {
    if (this.#pendingClose !== undefined) {
      const name = this.#pendingClose;
      this.#pendingClose = undefined;
      this.#leave();
      return this.#closing(name);
    }
    while (this.fault === undefined) {
      if (!this.#skipText()) return undefined;
      const event = this.#readMarkup();
      if (event !== undefined) return event;
    }
    return undefined;
  }

  #readDeclaration(): void {
    if (this.#text.startsWith('\ufeff')) this.#position = 1;
    if (!/^<\?xml[ \t\r\n]/.test(this.#text.slice(this.#position, this.#position + 6))) return;
    const match = this.#match(DECLARATION);
    if (match === undefined) {
      this.#refuse('The XML declaration is not one of XML 1.0.');
      return;
    }
    const encoding = (match[1] ?? match[2] ?? 'utf-8').toLowerCase();
    if (!['utf-8', 'utf8', 'us-ascii', 'ascii'].includes(encoding)) {
      this.#refuse('Only UTF-8 is read.', 'facts/unsupported-encoding');
    }
  }

  /** Moves to the next markup; false where there is none, which is a fault unless the root has ended. */
  #skipText(): boolean {
    const from = this.#position;
    const next = this.#text.indexOf('<', from);
    const end = next === -1 ? this.#text.length : next;
    if (this.#state !== 'inside') {
      this.#skipSpace();
      if (this.#position !== end) this.#refuse('Text stands outside of the root element.');
    } else this.#keep(this.#resolve(this.#text.slice(from, end)));
    if (this.fault !== undefined) return false;
    this.#position = end;
    if (next === -1 && this.#state !== 'after') this.#refuse('The document ends before its root element does.');
    return next !== -1;
  }

  #readMarkup(): XmlEvent | undefined {
    const second = this.#text[this.#position + 1];
    if (second === '?') return this.#skipInstruction();
    if (second === '!') return this.#readDeclared();
    return second === '/' ? this.#readClosing() : this.#readOpening();
  }

  #readDeclared(): undefined {
    // Behind "<!"; the mark in one piece would end the block of a page that holds this program.
    if (this.#text.startsWith('--', this.#position + 2)) return this.#skipComment();
    if (this.#state === 'inside' && this.#text.startsWith('<![CDATA[', this.#position)) {
      const from = this.#position + '<![CDATA['.length;
      this.#skipPast('<![CDATA[', ']]>');
      if (this.fault === undefined) this.#keep(this.#text.slice(from, this.#position - ']]>'.length));
      return undefined;
    }
    if (this.#state !== 'before' || !this.#text.startsWith('<!DOCTYPE', this.#position)) {
      return this.#refuse('A declaration stands where none may.');
    }
    if (!this.#allowsDoctype) {
      return this.#refuse('The document declares a document type.', 'facts/doctype-not-allowed');
    }
    if (this.#hasDoctype || this.#match(DOCTYPE) === undefined) {
      return this.#refuse('The document type declares more than where it is found.', 'facts/doctype-not-allowed');
    }
    this.#hasDoctype = true;
    return undefined;
  }

  #skipInstruction(): undefined {
    const from = this.#position;
    if (this.#match(INSTRUCTION) === undefined)
      return this.#refuse('A processing instruction has no name, or a reserved one.');
    this.#position = from;
    return this.#skipPast('<?', '?>');
  }

  #skipComment(): undefined {
    const end = this.#text.indexOf('--', this.#position + 4);
    if (end === -1 || this.#text[end + 2] !== '>') return this.#refuse('A comment does not end, or holds --.');
    this.#position = end + 3;
    return undefined;
  }

  #skipPast(open: string, close: string): undefined {
    const end = this.#text.indexOf(close, this.#position + open.length);
    if (end === -1) return this.#refuse(`Markup that begins with ${open} does not end.`);
    this.#position = end + close.length;
    return undefined;
  }

  #readClosing(): XmlEvent | undefined {
    this.#position += 2;
    const name = this.#readName();
    if (name === undefined) return undefined;
    this.#skipSpace();
    if (!this.#take('>') || this.#open.at(-1) !== name)
      return this.#refuse('An element ends that is not the last one.');
    this.#open.pop();
    this.#leave();
    return this.#closing(name);
  }

  #readOpening(): XmlEvent | undefined {
    if (this.#state === 'after') return this.#refuse('A second root element begins.');
    this.#position += 1;
    const name = this.#readName();
    if (name === undefined) return undefined;
    const attributes = new Map<string, string>();
    for (;;) {
      const spaced = this.#skipSpace();
      if (this.#take('/>')) this.#pendingClose = name;
      else if (this.#take('>')) this.#open.push(name);
      else {
        if (!spaced) return this.#refuse('A space was expected before an attribute.');
        if (!this.#readAttribute(attributes)) return undefined;
        continue;
      }
      this.#state = 'inside';
      this.#characters = '';
      if (this.depth <= XML_DEPTH_MAX) return { kind: 'open', name, attributes };
      return this.#refuse(`Elements nest deeper than ${XML_DEPTH_MAX}.`, 'facts/too-deep');
    }
  }

  #readAttribute(attributes: Map<string, string>): boolean {
    const name = this.#readName();
    if (name === undefined) return false;
    this.#skipSpace();
    const equals = this.#take('=');
    this.#skipSpace();
    const value = equals ? this.#readValue() : undefined;
    if (value === undefined) this.#refuse('An attribute has no value in quotes, or it holds <.');
    else if (attributes.has(name)) this.#refuse('An attribute stands twice in one element.');
    else if (attributes.size >= XML_ATTRIBUTES_MAX) {
      this.#refuse(`An element has over ${XML_ATTRIBUTES_MAX} attributes.`, 'facts/too-many-elements');
    } else if (value.length > XML_VALUE_CHARACTERS_MAX) {
      this.#refuse(`A value has over ${XML_VALUE_CHARACTERS_MAX} characters.`, 'facts/text-too-long');
    } else attributes.set(name, this.#resolve(value));
    return this.fault === undefined;
  }

  #readValue(): string | undefined {
    const quote = this.#text[this.#position];
    if (quote !== '"' && quote !== "'") return undefined;
    const end = this.#text.indexOf(quote, this.#position + 1);
    const value = end === -1 ? '<' : this.#text.slice(this.#position + 1, end);
    if (value.includes('<')) return undefined;
    this.#position = end + 1;
    return value;
  }

  /** The text with its references replaced; one that XML does not predefine is a fault. */
  #resolve(text: string): string {
    if (!text.includes('&')) return text;
    let resolved = '';
    for (let from = 0; ; ) {
      const next = text.indexOf('&', from);
      if (next === -1) return resolved + text.slice(from);
      REFERENCE.lastIndex = next;
      const match = REFERENCE.exec(text);
      const character = match === null ? undefined : characterOf(match);
      if (match === null || character === undefined) {
        this.#refuse('A reference names no character and none of the five predefined entities.');
        return '';
      }
      resolved += text.slice(from, next) + character;
      from = next + match[0].length;
    }
  }

  #closing(name: string): XmlEvent {
    const text = this.#characters;
    this.#characters = '';
    return this.#keepsText ? { kind: 'close', name, text } : { kind: 'close', name };
  }

  /** Text of an element that ends before another begins, bounded like the value of an attribute. */
  #keep(text: string): void {
    if (!this.#keepsText) return;
    if (this.#characters.length + text.length <= XML_VALUE_CHARACTERS_MAX) this.#characters += text;
    else this.#refuse(`A text has over ${XML_VALUE_CHARACTERS_MAX} characters.`, 'facts/text-too-long');
  }

  #leave(): void {
    if (this.#open.length === 0) this.#state = 'after';
  }

  #readName(): string | undefined {
    const name = this.#match(NAME)?.[0];
    if (name === undefined) return this.#refuse('A name was expected.');
    if (name.length <= XML_NAME_CHARACTERS_MAX) return name;
    return this.#refuse(`A name has over ${XML_NAME_CHARACTERS_MAX} characters.`, 'facts/text-too-long');
  }

  #skipSpace(): boolean {
    const from = this.#position;
    this.#match(SPACE);
    return this.#position > from;
  }

  #take(mark: string): boolean {
    if (!this.#text.startsWith(mark, this.#position)) return false;
    this.#position += mark.length;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#position += match[0].length;
    return match;
  }

  /** Keeps the first fault, placed at the UTF-16 unit where it was met. */
  #refuse(message: string, code: FaultCode = 'facts/malformed-xml'): undefined {
    this.fault ??= { code, message, at: String(this.#position) };
    return undefined;
  }
}

function characterOf([, entity, decimal, hex]: RegExpExecArray): string | undefined {
  if (entity !== undefined) return PREDEFINED[entity];
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  const character = String.fromCodePoint(code);
  return FORBIDDEN.test(character) ? undefined : character;
}
