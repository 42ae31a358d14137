import { headlineOf } from '../../../../core/custody/report-model.ts';
import type { Tone } from '../../../view/icon.ts';
import type { Judged } from '../../verify/judged.ts';

/** May it ship? In one word, in a sentence, and how loud. */
export type Answer = { readonly tone: Tone; readonly word: string; readonly title: string; readonly text: string };

/** The answer to the one question of a release manager; never a plain yes without a key of the reader's. */
export function answerOf({ result, banner }: Judged): Answer {
  const { verdict, intact, assurances } = result;
  const { title, text } = banner;
  if (!intact || banner.tone === 'fail') return { tone: 'fail', word: 'No', title, text };
  if (verdict === 'unjudged')
    return {
      tone: assurances.pinned ? 'neutral' : 'warn',
      word: 'Nobody can say',
      title: headlineOf(result).title,
      text,
    };
  if (verdict === 'fail') return { tone: 'fail', word: 'No', title: 'The contract is not met', text };
  const word = verdict === 'waived' ? 'Yes, with a waiver' : 'Yes';
  if (!assurances.pinned) return { tone: 'warn', word: `${word}, if this is your log`, title, text };
  return { tone: banner.tone, word, title, text };
}
