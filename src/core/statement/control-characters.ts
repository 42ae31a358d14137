const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Most control characters escaped in one document: line ends of quoted source, not a way to make us hold six times it. */
const CONTROL_CHARACTERS_MAX = 100_000;

/**
 * The same JSON text with every control character inside a string written as an escape (`\u000a`), or undefined where
 * there is none, or more than 100,000. Some scanners copy line ends of source files into strings unescaped, which RFC 8259 §7 forbids and
 * about which readers disagree; the escaped form has one reading, and the strings keep their characters.
 * Total for any bytes; whether the result is JSON is for the parser to say.
 */
export function escapeControlCharacters(bytes: Uint8Array): Uint8Array | undefined {
  const places = controlCharactersInStrings(bytes);
  if (places.length === 0 || places.length > CONTROL_CHARACTERS_MAX) return undefined;
  const escaped = new Uint8Array(bytes.length + places.length * 5);
  let from = 0;
  let out = 0;
  for (const place of places) {
    escaped.set(bytes.subarray(from, place), out);
    out += place - from;
    const control = (bytes[place] ?? 0).toString(16).padStart(4, '0');
    for (const character of `\\u${control}`) escaped[out++] = character.charCodeAt(0);
    from = place + 1;
  }
  escaped.set(bytes.subarray(from), out);
  return escaped;
}

function controlCharactersInStrings(bytes: Uint8Array): readonly number[] {
  const places: number[] = [];
  let inString = false;
  for (let i = 0; i < bytes.length && places.length <= CONTROL_CHARACTERS_MAX; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === QUOTE) inString = !inString;
    else if (!inString) continue;
    else if (byte < 0x20) places.push(i);
    // The character after a backslash belongs to it; a control character there stays and is refused by the parser.
    else if (byte === BACKSLASH) i++;
  }
  return places;
}
