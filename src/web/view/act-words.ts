import type { Act } from '../../core/custody/act.ts';
import { plainTime } from './plain-time.ts';

/** `by anna on 2026-11-22 21:48:11 UTC`, with the principal behind which a person stands where the two differ. */
export function actWords({ principal, person, time }: Pick<Act, 'principal' | 'person' | 'time'>): string {
  return `by ${whoWords(principal, person)} on ${plainTime(time)}`;
}

/** A person by name, and the principal that they called as where that is another. */
export function whoWords(principal: string, person: string | undefined): string {
  return person === undefined || person === principal ? principal : `${principal} (${person})`;
}
