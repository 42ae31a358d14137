import type { Approvals, ApprovedChange } from './facts.ts';
import type { ChangeReviews } from './stated.ts';

/** Approvals of each change, over all documents about it: who is an author of it approves nothing. */
export function approvalsOf(reviews: readonly ChangeReviews[]): Approvals {
  const changes = [...Map.groupBy(reviews, ({ commit }) => commit)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([commit, of]) => changeOf(commit, of));
  return {
    count: changes.reduce((least, { approvers }) => Math.min(least, approvers.length), Number.MAX_SAFE_INTEGER),
    approvers: united(changes.map(({ approvers }) => approvers)),
    objectors: united(changes.map(({ objectors }) => objectors)),
    changes,
  };
}

/** Whoever objects in any document about a change does not approve it in another. */
function changeOf(commit: string, reviews: readonly ChangeReviews[]): ApprovedChange {
  const authors = united(reviews.map((each) => each.authors));
  const objectors = united(reviews.map((each) => each.objectors)).filter((person) => !authors.includes(person));
  const approvers = united(reviews.map((each) => each.approvers)).filter(
    (person) => !authors.includes(person) && !objectors.includes(person),
  );
  return { commit, authors, approvers, objectors };
}

function united(lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())].sort();
}
