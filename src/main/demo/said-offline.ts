type SaidOffline = {
  readonly verdict?: string;
  readonly error?: { readonly code?: string };
  readonly checks?: readonly { readonly code: string; readonly outcome: string; readonly reason?: string }[];
};

/** The verdict in the JSON that `waybill verify` printed. */
export function verdictOf(output: string): string {
  return (parse(output) as SaidOffline).verdict ?? 'nothing';
}

/** The code that a file was refused by: of its form, or of the first check that failed. */
export function refusalOf(output: string): string | undefined {
  const { error, checks, verdict } = parse(output) as SaidOffline;
  const failed = checks?.find(({ outcome }) => outcome === 'fail');
  return error?.code ?? (failed === undefined ? verdict : `${failed.code} (${failed.reason ?? 'failed'})`);
}

/** What a command printed as JSON; nothing where it printed something else. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
