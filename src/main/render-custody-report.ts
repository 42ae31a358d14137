/** The custody report as a page. */
export function renderCustodyReport(_evidence: Uint8Array): Uint8Array {
  throw new Error('no report yet');
}
