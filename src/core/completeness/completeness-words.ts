import type { Headline } from '../custody/report-model.ts';
import type { CompletenessResult } from './verify-completeness.ts';

/** What a completeness proof says, in one line and why. Green takes a log key and a monitor of the reader's. */
export function completenessHeadline({ key, n, holds, assurances }: CompletenessResult): Headline {
  if (!holds) {
    return {
      tone: 'red',
      title: 'This proof does not hold',
      text: 'Something in it does not fit together. See the failed checks; nothing that it says may be relied on.',
    };
  }
  const what = n === 0 ? `no entry under ${key}` : `${n} ${n === 1 ? 'entry' : 'entries'} under ${key}, all shown here`;
  if (!assurances.pinned) {
    return {
      tone: 'amber',
      title: 'Internally consistent, origin not confirmed',
      text: `By this proof the log has ${what}. Bring the log key that you know to confirm whose log this is.`,
    };
  }
  if (!assurances.complete) {
    return {
      tone: 'amber',
      title: n === 0 ? 'Absent, as claimed by the log' : 'Complete, as claimed by the log',
      text: `The log signed a map by which it has ${what}. No monitor of yours has replayed that map; a receipt of anything left out would convict the log.`,
    };
  }
  return {
    tone: 'green',
    title: n === 0 ? 'Proved to be absent' : 'Proved to be complete',
    text: `The log has ${what}, and a monitor of yours has replayed the map that says so.`,
  };
}
