import { REPOSITORY } from '../core/entry/names.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { TAG } from '../core/image/tags.ts';

/** What a text may be the beginning of; each absent where the text cannot be one. In the ledger's spelling. */
export type SearchTerms = {
  /** `sha256:` and the first hex digits of an image digest. */
  readonly image?: string;
  /** The only repository that is meant, from `repository@digest`. */
  readonly imageRepository?: string;
  /** First hex digits of a commit. */
  readonly commit?: string;
  /** First hex digits of the id of a signer. */
  readonly signer?: string;
  /** `r-` and more. */
  readonly run?: string;
  /** `w-` and more. */
  readonly waiver?: string;
  /** First characters of a repository, and of a contract. */
  readonly name?: string;
  /** First characters of a tag, in which upper and lower case differ. */
  readonly tag?: string;
  /** The only repository that a tag is meant in, from `repository:tag`. */
  readonly tagRepository?: string;
};

/** One in 65,536 digests begins with the same four hex digits: a page of a million images. */
const HEX_DIGITS_MIN = 4;
const HEX_DIGITS_MAX = 64;
const NAME_CHARACTERS_MIN = 2;

const DIGEST = /^(?:([a-z0-9][a-z0-9./:_-]*)@)?sha256:([0-9a-f]*)$/;
const COMMIT = /^gitcommit:([0-9a-f]*)$/;
/** What has to be followed by hex digits. */
const ONLY_HEX = /(?:^|@)(?:sha256|gitcommit):/;
const HEX = /^[0-9a-f]+$/;
/** Ids that the service issues: a letter, a dash, and base32. */
const ISSUED = /^([rw])-[a-z2-7]{0,26}$/;
const NAME = /^[a-z0-9][a-z0-9./:_-]*$/;

/**
 * Reads what somebody typed or pasted, in upper or lower case: `sha256:…`, `repository@sha256:…`, `gitCommit:…`, bare hex
 * digits, an id, a name, a tag or `repository:tag`; tags as they were typed.
 * Faults: `search/too-short` under 4 hex digits or 2 characters of a name, `search/not-searchable` for what is none of these.
 */
export function readSearchTerms(text: string): Result<SearchTerms> {
  const asked = text.trim().toLowerCase();
  const digest = DIGEST.exec(asked);
  if (digest !== null) {
    const [, repository, hex = ''] = digest;
    const image = { image: `sha256:${hex}`, ...(repository === undefined ? {} : { imageRepository: repository }) };
    return hexTerms(hex, image);
  }
  const commit = COMMIT.exec(asked)?.[1];
  if (commit !== undefined) return hexTerms(commit, { commit });
  if (ONLY_HEX.test(asked)) return notSearchable();
  const tag = tagTerms(text.trim());
  if (!NAME.test(asked)) return tag.tag === undefined ? notSearchable() : ok(tag);
  if (asked.length < NAME_CHARACTERS_MIN) return tooShort();
  const issued = ISSUED.exec(asked)?.[1];
  const isHex = HEX.test(asked) && asked.length >= HEX_DIGITS_MIN && asked.length <= HEX_DIGITS_MAX;
  return ok({
    ...(isHex ? { image: `sha256:${asked}`, commit: asked, signer: asked } : {}),
    ...(issued === 'r' ? { run: asked } : {}),
    ...(issued === 'w' ? { waiver: asked } : {}),
    ...tag,
    name: asked,
  });
}

/** `repository:tag`, or the tag alone. */
function tagTerms(text: string): Pick<SearchTerms, 'tag' | 'tagRepository'> {
  const colon = text.lastIndexOf(':');
  const [repository, tag] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1)];
  if (!TAG.test(tag) || (repository !== '' && !REPOSITORY.test(repository))) return {};
  return { tag, ...(repository === '' ? {} : { tagRepository: repository }) };
}

function hexTerms(hex: string, terms: SearchTerms): Result<SearchTerms> {
  if (hex.length < HEX_DIGITS_MIN) return tooShort();
  return hex.length > HEX_DIGITS_MAX ? notSearchable() : ok(terms);
}

function tooShort(): Result<never> {
  return fail('search/too-short', 'Too much would begin with this.', 'query/q');
}

function notSearchable(): Result<never> {
  return fail('search/not-searchable', 'Nothing in the ledger is called like this.', 'query/q');
}
