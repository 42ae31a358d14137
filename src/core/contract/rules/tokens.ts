import { fail, ok, type Result } from '../../fault.ts';

/** A word of an expression, and its offset in the text. `sign` stands for itself. */
export type Token = { readonly at: number } & (
  | { readonly kind: 'literal'; readonly value: null | boolean | string | bigint | number }
  | { readonly kind: 'name' | 'sign'; readonly text: string }
  | { readonly kind: 'end' }
);

const BLANK = /(?:[ \t\n\r]|\/\/[^\n\r]*)*/y;
const FLOAT = /[0-9]{1,40}(?:\.[0-9]{1,40}(?:[eE][+-]?[0-9]{1,4})?|[eE][+-]?[0-9]{1,4})/y;
const HEX = /0[xX][0-9a-fA-F]+/y;
const INT = /[0-9]+/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const RAW = /[rR](?:"[^"\n\r]*"|'[^'\n\r]*')/y;
const QUOTED = /"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'/y;
const SIGN = /&&|\|\||[=!<>]=|[-+*/%<>!?:.,()[\]]/y;

const INT_MAX = 2n ** 63n - 1n;

/** The words of an expression, with `end` at its end. Fault: `contract/rule-malformed`, with the offset as `at`. */
export function readTokens(text: string): Result<readonly Token[]> {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  for (;;) {
    at += take(BLANK)?.length ?? 0;
    if (at >= text.length) return ok([...tokens, { kind: 'end', at }]);
    const token = readToken(take, at);
    if (!token.ok) return token;
    tokens.push(token.value.token);
    at += token.value.length;
  }
}

type Read = { readonly token: Token; readonly length: number };

function readToken(take: (pattern: RegExp) => string | undefined, at: number): Result<Read> {
  const literal = (text: string, value: string | bigint | number): Result<Read> =>
    ok({ token: { kind: 'literal', value, at }, length: text.length });
  const raw = take(RAW);
  if (raw !== undefined) return literal(raw, raw.slice(2, -1));
  const quoted = take(QUOTED);
  if (quoted !== undefined) {
    const value = unescaped(quoted.slice(1, -1));
    return value === undefined ? malformed('A text has an escape that is none', at) : literal(quoted, value);
  }
  const float = take(FLOAT);
  if (float !== undefined) {
    const value = Number(float);
    return Number.isFinite(value) ? literal(float, value) : malformed('A number is out of range', at);
  }
  const int = take(HEX) ?? take(INT);
  if (int !== undefined) {
    const value = int.length <= 20 ? BigInt(int) : INT_MAX + 1n;
    return value <= INT_MAX ? literal(int, value) : malformed('A number is out of range', at);
  }
  const name = take(NAME);
  if (name !== undefined) return ok({ token: nameToken(name, at), length: name.length });
  const sign = take(SIGN);
  if (sign !== undefined) return ok({ token: { kind: 'sign', text: sign, at }, length: sign.length });
  return malformed('A character has no meaning here', at);
}

function nameToken(name: string, at: number): Token {
  if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true', at };
  if (name === 'null') return { kind: 'literal', value: null, at };
  return { kind: name === 'in' ? 'sign' : 'name', text: name, at };
}

const ESCAPE =
  /\\(?:x([0-9a-fA-F]{2})|X([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([\s\S]))/g;
const SINGLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
  '`': '`',
  '?': '?',
};

/** The text that escapes stand for; undefined where one is none, or stands for half of a surrogate pair. */
function unescaped(text: string): string | undefined {
  let good = true;
  const value = text.replaceAll(ESCAPE, (_, x, bigX, u, bigU, octal, single) => {
    const hex: string | undefined = x ?? bigX ?? u ?? bigU;
    if (hex === undefined && octal === undefined) {
      good &&= Object.hasOwn(SINGLE, single);
      return SINGLE[single] ?? '';
    }
    const point = hex === undefined ? Number.parseInt(octal, 8) : Number.parseInt(hex, 16);
    good &&= point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
    return good ? String.fromCodePoint(point) : '';
  });
  return good ? value : undefined;
}

function malformed(message: string, at: number): Result<never> {
  return fail('contract/rule-malformed', `${message}.`, String(at));
}
