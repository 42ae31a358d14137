/**
 * A list that a submission rests on: one that must still have `n` entries, or the list of a run that must have been opened
 * and not have ended, however long it is meanwhile.
 */
export type RestsOn = ListLength | { readonly key: string; readonly isOpenRun: true };
export type ListLength = { readonly key: string; readonly n: number };
