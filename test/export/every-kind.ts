import { bySeq, draftsOfEveryKind, exportLines, linkLog } from './export-under-test.ts';

export const DRAFTS = draftsOfEveryKind();
/** A log with an entry of every kind. */
export const LOG = linkLog(DRAFTS);
export const SIZE = LOG.leaves.length;
/** A period that has every kind but the first entry's. */
export const FROM = 2;
export const TO = SIZE - 2;
/** The lines of its export. */
export const HONEST: readonly string[] = exportLines(LOG, {
  period: bySeq(FROM, TO),
  from: FROM,
  to: TO,
  earlierSize: 1,
});
/** The place of an entry among these lines. */
export const lineOf = (seq: number) => seq - FROM + 1;
