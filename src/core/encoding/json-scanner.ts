import type { Fault, FaultCode } from '../fault.ts';
import type { Json } from './json.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const LOWER_T = 0x74;
const LOWER_F = 0x66;
const LOWER_N = 0x6e;

/** The one place where a number begins and where it ends. Source: RFC 8259 §6. */
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

/**
 * One pass over the text of one document. A class because a position and the first fault live as long as the pass.
 *
 * The input is hostile. After the first fault every method returns at once and what it returns is meaningless:
 * the caller looks at `fault` before it looks at the value.
 */
export class JsonScanner {
  fault: Fault | undefined = undefined;
  readonly #text: string;
  readonly #depthMax: number;
  readonly #membersMax: number;
  #position = 0;
  #depth = 0;
  #members = 0;

  constructor(text: string, depthMax: number, membersMax: number) {
    this.#text = text;
    this.#depthMax = depthMax;
    this.#membersMax = membersMax;
  }

  /** The value of the whole text, with nothing but white space around it. */
  readDocument(): Json {
    this.#skipSpace();
    const value = this.#readValue();
    this.#skipSpace();
    if (this.fault === undefined && this.#position < this.#text.length) this.#refuse('Text follows the JSON value.');
    return value;
  }

  #readValue(): Json {
    switch (this.#text.charCodeAt(this.#position)) {
      case QUOTE:
        return this.#readString();
      case OPEN_BRACE:
        return this.#nested(() => this.#readObject());
      case OPEN_BRACKET:
        return this.#nested(() => this.#readArray());
      case LOWER_T:
        return this.#readWord('true', true);
      case LOWER_F:
        return this.#readWord('false', false);
      case LOWER_N:
        return this.#readWord('null', null);
      default:
        return this.#readNumber();
    }
  }

  #nested(read: () => Json): Json {
    if (this.#depth >= this.#depthMax) {
      return this.#refuse(`Arrays and objects nest deeper than ${this.#depthMax}.`, 'encoding/too-deep');
    }
    this.#depth++;
    this.#position++;
    const value = read();
    this.#depth--;
    return value;
  }

  #readObject(): Json {
    const object: Record<string, Json> = {};
    this.#skipSpace();
    if (this.#take(CLOSE_BRACE)) return object;
    while (this.#countMember()) {
      const nameAt = this.#position;
      if (this.#text.charCodeAt(nameAt) !== QUOTE) return this.#refuse('A member name in quotes was expected.');
      const name = this.#readString();
      this.#skipSpace();
      if (!this.#take(COLON)) return this.#refuse('A colon was expected.');
      this.#skipSpace();
      const value = this.#readValue();
      if (this.fault !== undefined) return null;
      if (Object.hasOwn(object, name)) {
        this.#position = nameAt;
        return this.#refuse('A member name occurs twice in one object.', 'encoding/duplicate-member');
      }
      // Plain assignment to this one name would replace the prototype instead of adding a member.
      if (name === '__proto__') {
        Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
      } else object[name] = value;
      this.#skipSpace();
      if (this.#take(CLOSE_BRACE)) return object;
      if (!this.#take(COMMA)) return this.#refuse('A comma or a closing brace was expected.');
      this.#skipSpace();
    }
    return null;
  }

  #readArray(): Json {
    const array: Json[] = [];
    this.#skipSpace();
    if (this.#take(CLOSE_BRACKET)) return array;
    while (this.#countMember()) {
      array.push(this.#readValue());
      if (this.fault !== undefined) return null;
      this.#skipSpace();
      if (this.#take(CLOSE_BRACKET)) return array;
      if (!this.#take(COMMA)) return this.#refuse('A comma or a closing bracket was expected.');
      this.#skipSpace();
    }
    return null;
  }

  /** The string at the position, which stands on its opening quote. */
  #readString(): string {
    const start = this.#position;
    let escaped = false;
    let end = start + 1;
    for (; ; end++) {
      const code = this.#text.charCodeAt(end);
      if (code === QUOTE) break;
      if (code === BACKSLASH) {
        escaped = true;
        end++;
      } else if (!(code >= 0x20)) {
        // Also reached at the end of the text, where the code is NaN.
        this.#position = Math.min(end, this.#text.length);
        return this.#refuse('A string holds a control character or does not end.') ?? '';
      }
    }
    this.#position = end + 1;
    if (!escaped) return this.#text.slice(start + 1, end);
    return this.#unescape(start, end + 1);
  }

  /** Only a string with escapes can spell a lone surrogate: decoded UTF-8 never holds one. */
  #unescape(start: number, end: number): string {
    let value: unknown;
    try {
      value = JSON.parse(this.#text.slice(start, end));
    } catch {
      value = undefined;
    }
    if (typeof value === 'string' && value.isWellFormed()) return value;
    this.#position = start;
    if (typeof value !== 'string') this.#refuse('A string holds an unknown escape.');
    else this.#refuse('A string holds half of a surrogate pair.', 'encoding/lone-surrogate');
    return '';
  }

  #readWord<T extends Json>(word: string, value: T): T {
    if (this.#text.startsWith(word, this.#position)) this.#position += word.length;
    else this.#refuse('A JSON value was expected.');
    return value;
  }

  #readNumber(): number {
    NUMBER.lastIndex = this.#position;
    const match = NUMBER.exec(this.#text);
    if (match === null) {
      this.#refuse('A JSON value was expected.');
      return 0;
    }
    const value = Number(match[0]);
    if (Number.isFinite(value)) this.#position += match[0].length;
    else this.#refuse('A number is too large for a double.', 'encoding/number-out-of-range');
    return value;
  }

  #countMember(): boolean {
    this.#members++;
    if (this.#members <= this.#membersMax) return true;
    this.#refuse(`There are more than ${this.#membersMax} members and elements.`, 'encoding/too-many-members');
    return false;
  }

  #skipSpace(): void {
    for (; ; this.#position++) {
      const code = this.#text.charCodeAt(this.#position);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    }
  }

  #take(code: number): boolean {
    if (this.#text.charCodeAt(this.#position) !== code) return false;
    this.#position++;
    return true;
  }

  /** Keeps the first fault: what is found after it is a consequence. */
  #refuse(message: string, code: FaultCode = 'encoding/malformed-json'): null {
    this.fault ??= { code, message, at: String(this.#position) };
    return null;
  }
}
