/** How a run of tests ended. */
export type InteropSummary = { readonly passed: number; readonly failed: number; readonly skipped: number };

/**
 * The counts at the end of what Node's `spec` reporter printed. A run that ended badly has at least one failure, also where
 * it printed none: it stopped halfway, or a server answered with 500.
 */
export function readSummary(output: string, exitCode: number): InteropSummary {
  const count = (kind: string) => Number(new RegExp(`^ℹ ${kind} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
  const failed = count('fail') + count('cancelled');
  return { passed: count('pass'), failed: exitCode !== 0 && failed === 0 ? 1 : failed, skipped: count('skipped') };
}

export function formatSummary({ passed, failed, skipped }: InteropSummary): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
