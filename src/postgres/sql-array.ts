/** What an element may be. Null and undefined stand for SQL's null. */
export type ArrayElement = string | number | bigint | boolean | Uint8Array | null | undefined;

/** Texts that stand in an array as they are. What could be read as SQL's null is quoted. */
const BARE = /^[a-z0-9:._/+-]+$/;
const NULL = /^null$/;

/**
 * The text of a one-dimensional array, as the server reads a parameter. The driver's own is several times slower: it quotes
 * and searches every number and every name. Source: PostgreSQL manual, section 8.15.2.
 */
export function formatArray(elements: readonly ArrayElement[]): string {
  return `{${elements.map(formatElement).join(',')}}`;
}

function formatElement(element: ArrayElement): string {
  if (element === null || element === undefined) return 'NULL';
  if (element instanceof Uint8Array) return `"\\\\x${bufferOf(element).toString('hex')}"`;
  if (typeof element !== 'string') return String(element);
  if (BARE.test(element) && !NULL.test(element)) return element;
  return `"${element.replace(/["\\]/g, '\\$&')}"`;
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
