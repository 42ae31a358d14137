import { ok, type Result } from '../core/fault.ts';
import { authorise, EVERY_ROLE } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import type { SearchAnswer, SearchHit, SearchType } from './found-answers.ts';
import { readSignerStates, standingOf } from './read-signer.ts';
import { readSearchTerms, type SearchTerms } from './search-terms.ts';

/** What one type of thing answers to a text that it may be: up to one more than asked for, which says that there are more. */
type Finder = (of: {
  readonly context: ServiceContext;
  readonly caller: Caller;
  readonly terms: SearchTerms;
  readonly limit: number;
}) => Promise<readonly SearchHit[]>;

/**
 * Whatever is known under a digest, a commit, an id or a name, or under one that begins so: up to `limit` of each type,
 * within the caller's scope. Projections say so and nothing is proved: what a hit leads to is.
 * Faults: those of {@link readSearchTerms} and of authorisation.
 */
export async function search(
  context: ServiceContext,
  caller: Caller,
  text: string,
  limit: number,
): Promise<Result<SearchAnswer>> {
  const allowed = authorise(caller, { roles: EVERY_ROLE });
  if (!allowed.ok) return allowed;
  const terms = readSearchTerms(text);
  if (!terms.ok) return terms;
  const asked = { context, caller, terms: terms.value, limit: limit + 1 };
  const found = await Promise.all(
    (Object.entries(FINDERS) as [SearchType, Finder][]).map(async ([type, find]) => ({
      type,
      hits: await find(asked),
    })),
  );
  return ok({
    items: found.flatMap(({ hits }) => hits.slice(0, limit)),
    more: found.flatMap(({ type, hits }) => (hits.length > limit ? [type] : [])),
  });
}

/** In the order in which they are answered. */
const FINDERS: Readonly<Record<SearchType, Finder>> = {
  image: async ({ context, caller, terms: { image, imageRepository }, limit }) => {
    if (image === undefined) return [];
    const found = await context.projections.imagesLike({
      prefix: image,
      globs: caller.repositories,
      limit,
      ...(imageRepository === undefined ? {} : { repository: imageRepository }),
    });
    return found.map((hit) => ({ type: 'image', ...hit }));
  },
  tag: async ({ context, caller, terms: { tag, tagRepository }, limit }) => {
    if (tag === undefined) return [];
    const found = await context.projections.tagsLike({
      prefix: tag,
      globs: caller.repositories,
      limit,
      ...(tagRepository === undefined ? {} : { repository: tagRepository }),
    });
    return found.map((hit) => ({ type: 'tag', ...hit }));
  },
  commit: async ({ context, caller, terms: { commit }, limit }) => {
    if (commit === undefined) return [];
    const found = await context.projections.commitsLike({ prefix: commit, globs: caller.repositories, limit });
    return found.map((hit) => ({ type: 'commit', ...hit }));
  },
  run: async ({ context, caller, terms: { run }, limit }) => {
    if (run === undefined) return [];
    const found = await context.projections.runsLike({ prefix: run, globs: caller.repositories, limit });
    return found.map((hit) => ({ type: 'run', ...hit }));
  },
  waiver: async ({ context, caller, terms: { waiver }, limit }) => {
    if (waiver === undefined) return [];
    const found = await context.projections.waiversLike({ prefix: waiver, globs: caller.repositories, limit });
    return found.map((hit) => ({ type: 'waiver', ...hit }));
  },
  signer: async ({ context, terms: { signer }, limit }) => {
    if (signer === undefined) return [];
    const names = await context.projections.namesLike('signer', { prefix: signer, limit });
    const states = await readSignerStates(context.store, names);
    const now = context.now().toISOString();
    return names.flatMap((name): SearchHit[] => {
      const state = states.get(name);
      if (state === undefined) return [];
      const { title } = state.document;
      return [
        { type: 'signer', signer: name, state: standingOf(state, now), ...(title === undefined ? {} : { title }) },
      ];
    });
  },
  repository: async ({ context, caller, terms: { name }, limit }) => {
    if (name === undefined) return [];
    const names = await context.projections.repositoriesLike({ prefix: name, globs: caller.repositories, limit });
    return names.map((repository) => ({ type: 'repository', repository }));
  },
  contract: async ({ context, terms: { name }, limit }) => {
    if (name === undefined) return [];
    const names = await context.projections.namesLike('contract', { prefix: name, limit });
    return names.map((contract) => ({ type: 'contract', contract }));
  },
};
