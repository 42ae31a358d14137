import { parseGrantDocument } from '../core/trust/grant-document.ts';
import type { ListedEntry } from './read-list.ts';

/** The person that the newest grant before an entry names, by the list of a principal. */
export function personBefore(list: readonly ListedEntry[], seq: number): string | undefined {
  const grant = list.findLast(({ entry }) => entry.kind === 'principal.granted' && entry.seq < seq);
  const document = grant?.payload === undefined ? undefined : parseGrantDocument(grant.payload.bytes);
  return document?.ok === true ? document.value.person : undefined;
}
