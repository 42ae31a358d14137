/** Globs as a statement compares them: exact names, prefixes that end with a slash, and whether everything matches. */
export function splitGlobs(globs: readonly string[]): {
  readonly exact: readonly string[];
  readonly prefixes: readonly string[];
  readonly everything: boolean;
} {
  return {
    exact: globs.filter((glob) => !glob.endsWith('*')),
    prefixes: globs.filter((glob) => glob.endsWith('/*')).map((glob) => glob.slice(0, -1)),
    everything: globs.includes('*'),
  };
}
