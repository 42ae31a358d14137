/** The text with every run of 64 hex digits cut to its first 12: enough to tell apart, short enough to read. */
export function shortDigest(text: string): string {
  return text.replaceAll(/[0-9a-f]{64}/g, (hex) => `${hex.slice(0, 12)}…`);
}
