/** The reason of a check in words: what was found, and what to do about it. */
export type Reason = { readonly text: string; readonly advice?: string };
