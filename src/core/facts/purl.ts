import { PURL_QUALIFIERS_MAX } from '../limits.ts';

/** A package URL taken apart; `name` is `pkg:type/namespace/name` without version, qualifiers and subpath. */
export type PurlPattern = {
  readonly name: string;
  readonly version?: string;
  /** Qualifiers as `key=value`. */
  readonly qualifiers: readonly string[];
};

const PURL = /^pkg:\/{0,2}([A-Za-z][A-Za-z0-9.+-]*)\/([^?#]+)(?:\?([^#]*))?/;
/** Characters that some tools escape and others do not, beside the `@` of a scope. */
const SPELLED_PLAIN: Readonly<Record<string, string>> = { '%3a': ':', '%2b': '+', '%7e': '~' };

/**
 * The package that a package URL names, in one spelling: the type in lower case, `:`, `+`, `~` and the `@` of a scope
 * unescaped. Undefined where the text is no package URL. Source: purl-spec, docs/spec/facts.md §4.1.
 */
export function readPurl(text: string): PurlPattern | undefined {
  const match = PURL.exec(text);
  const [, type, path, qualifiers] = match ?? [];
  if (type === undefined || path === undefined) return undefined;
  const slash = path.lastIndexOf('/');
  const plain = (part: string) =>
    part.replaceAll(/%(?:3a|2b|7e)/gi, (code) => SPELLED_PLAIN[code.toLowerCase()] ?? code);
  const namespace = plain(path.slice(0, slash + 1)).replaceAll('%40', '@');
  const last = plain(path.slice(slash + 1));
  const at = last.lastIndexOf('@');
  const versioned = at > 0;
  const stated = qualifiers === undefined || qualifiers === '' ? [] : qualifiers.split('&', PURL_QUALIFIERS_MAX + 1);
  // A pattern with fewer qualifiers than it states would cover more: what has too many is none.
  if (stated.length > PURL_QUALIFIERS_MAX) return undefined;
  return {
    name: `pkg:${type.toLowerCase()}/${namespace}${versioned ? last.slice(0, at) : last}`,
    ...(versioned && at + 1 < last.length ? { version: last.slice(at + 1) } : {}),
    qualifiers: [...new Set(stated)].sort(),
  };
}

/** The package URL without qualifiers and subpath. */
export function formatPurl({ name, version }: PurlPattern): string {
  return version === undefined ? name : `${name}@${version}`;
}

/**
 * What a component is told apart by: its package URL without qualifiers, else `name@version`, else its name.
 */
export function componentKey(name: string, version: string | undefined, purl: PurlPattern | undefined): string {
  if (purl !== undefined) return formatPurl(purl);
  return version === undefined ? name : `${name}@${version}`;
}

/** Whether the pattern is about the package: the same name, and version and qualifiers where the pattern has them. */
export function coversPackage(pattern: PurlPattern, found: PurlPattern): boolean {
  return (
    pattern.name === found.name &&
    (pattern.version === undefined || pattern.version === found.version) &&
    pattern.qualifiers.every((qualifier) => found.qualifiers.includes(qualifier))
  );
}
