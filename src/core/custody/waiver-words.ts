import type { Act } from './act.ts';
import type { Waiver } from './check-waivers.ts';
import { REASONS } from './reasons.ts';

/** A waiver in words, and how loud they are. */
export type WaiverWords = {
  readonly tone: 'green' | 'amber' | 'red' | 'grey';
  readonly title: string;
  readonly text: string;
};

/** Who signed for people who carry no key of their own. */
export const SIGNED_FOR = 'signed by the service on behalf of the authenticated principal';

/**
 * What became of a waiver, in words: what it exempts, who asked and who approved, and why it does not hold. Glass that
 * was broken and never approved is told of for ever, whatever the verdict.
 */
export function waiverWords(waiver: Waiver): WaiverWords {
  const { contract, check, stage, rule, expires, requested, approved, revoked, reason } = waiver;
  const what = [check, stage, rule].filter((part) => part !== undefined).join(' ');
  const sentences = [
    `${contract}: ${what}, until ${expires}.`,
    ...(reason === undefined ? [] : [`“${reason}”`]),
    `Asked for by ${actor(requested)}, ${approved === undefined ? 'approved by nobody' : `approved by ${actor(approved)}`}${revoked === undefined ? '' : `, revoked by ${actor(revoked)}`}; ${SIGNED_FOR}.`,
    ...(waiver.fault === undefined ? [] : [`${REASONS[waiver.fault]?.text ?? 'It does not hold.'} [${waiver.fault}]`]),
  ];
  return { ...titleOf(waiver), text: `${titleOf(waiver).title}. ${sentences.join(' ')}` };
}

function titleOf(waiver: Waiver): Pick<WaiverWords, 'tone' | 'title'> {
  const { breakGlass, approved, inForce, exempts, fault } = waiver;
  if (breakGlass && approved === undefined)
    return inForce
      ? { tone: 'amber', title: 'GLASS BROKEN, in force without a second person' }
      : { tone: 'red', title: 'GLASS BROKEN, and never approved by a second person' };
  const how = breakGlass ? ', by break-glass that was approved in time' : '';
  if (inForce)
    return { tone: exempts ? 'amber' : 'grey', title: `${exempts ? 'In force' : 'In force, and not needed'}${how}` };
  return { tone: fault === 'waiver/not-approved' ? 'amber' : 'grey', title: `Exempts nothing${how}` };
}

function actor({ principal, person, time }: Act): string {
  return `${principal}${person === undefined || person === principal ? '' : ` (${person})`} on ${time}`;
}
