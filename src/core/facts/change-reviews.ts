import type { Json, JsonObject } from '../encoding/json.ts';
import { NAME } from '../entry/names.ts';
import type { Collector } from './collector.ts';

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const DECISIONS = ['approved', 'changes-requested', 'dismissed'] as const;

/**
 * Approvals of a change of the source, of the predicate type `pull-request-review`: of each reviewer the last review
 * counts, if it is of the change's own commit. Source: docs/spec/facts.md §5.15.
 */
export function readChangeReviews(predicate: JsonObject, into: Collector): void {
  const change = into.object(predicate.change, '/change');
  const commit = readCommit(change.commit, '/change/commit', into);
  const authors = new Set<string>();
  for (const [index, author] of into.array(predicate.authors, '/authors').entries()) {
    if (!into.step()) return;
    authors.add(readPseudonym(author, `/authors/${index}`, into));
  }
  if (authors.size === 0) into.refuse('facts/malformed-document', 'The change names no author.', '/authors');
  const newest = new Map<string, string>();
  for (const [index, value] of into.requiredArray(predicate.reviews, '/reviews').entries()) {
    if (!into.step()) return;
    const at = `/reviews/${index}`;
    const review = into.object(value, at);
    const reviewer = readPseudonym(review.reviewer, `${at}/reviewer`, into);
    const decision = DECISIONS.find((each) => each === review.decision);
    if (decision === undefined) {
      into.refuse('facts/malformed-document', 'The decision is none of the three.', `${at}/decision`);
      return;
    }
    // An approval of an earlier commit says nothing of what came after it; an objection stands until it is taken back.
    const ofCommit = readCommit(review.commit, `${at}/commit`, into) === commit;
    newest.set(reviewer, decision === 'approved' && !ofCommit ? 'dismissed' : decision);
  }
  const of = (decision: string) => [...newest].flatMap(([person, last]) => (last === decision ? [person] : []));
  into.addReviews({ commit, authors: [...authors], approvers: of('approved'), objectors: of('changes-requested') });
}

function readCommit(value: Json | undefined, at: string, into: Collector): string {
  if (typeof value === 'string' && COMMIT.test(value)) return value;
  into.refuse('facts/malformed-document', 'A commit is 40 or 64 lower-case hex digits.', at);
  return '';
}

/** Names of people do not belong into facts: a pseudonym is a name as principals and persons have it. */
function readPseudonym(value: Json | undefined, at: string, into: Collector): string {
  if (typeof value === 'string' && NAME.test(value)) return value;
  into.refuse('facts/malformed-document', 'A pseudonym is a name of lower-case letters, digits, dots and hyphens.', at);
  return '';
}
