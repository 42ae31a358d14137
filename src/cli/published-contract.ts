/** `shop` or `shop@3`: a contract that is published, and a version of it. */
const PUBLISHED = /^([a-z0-9][a-z0-9._-]{0,63})(?:@([1-9][0-9]{0,5}))?$/;

/** The contract that a text names, in its newest version where it says none; undefined for what is no name. */
export function publishedContract(text: string): { readonly contract: string; readonly version?: number } | undefined {
  const [, contract, version] = PUBLISHED.exec(text) ?? [];
  if (contract === undefined) return undefined;
  return { contract, ...(version === undefined ? {} : { version: Number(version) }) };
}
