/** Spellings that entries, contracts and the API agree on. Each is anchored and bounded. */

/** `sha256:` and 64 lower-case hex digits. */
export const IMAGE_DIGEST = /^sha256:[0-9a-f]{64}$/;
/** 64 lower-case hex digits: a hash, a link, a commitment. */
export const SHA256_HEX = /^[0-9a-f]{64}$/;
/** A commit: SHA-1 or SHA-256 object name. */
export const COMMIT_HEX = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** The same as a subject. */
export const GIT_COMMIT = /^gitCommit:(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** Lower-case OCI repository name, with an optional registry host and port (OCI distribution-spec, "Pulling manifests"). */
export const REPOSITORY =
  /^(?=.{1,255}$)(?:[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?(?::[0-9]{1,5})?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
/** Stage, contract and principal names: lower case, digits, dot, dash, underscore; starts with a letter or digit. */
export const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** Rule or limit of a contract, as a waiver names it: a name, or one in mixed case such as `layersMax`. */
export const RULE_OR_LIMIT = /^[a-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Id of a waiver, issued by the service: `w-` and 26 digits of base32 in lower case (RFC 4648 section 6). */
export const WAIVER_ID = /^w-[a-z2-7]{26}$/;
/** Key that an entry is filed under (DESIGN 4.1). */
export const ENTRY_KEY = /^[a-z]+(?::[a-z0-9.:_-]{1,128})?$/;
/** RFC 3339 in UTC with milliseconds, of a day that its month has: the only spelling of a time. */
export const TIME =
  /^(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z$/;
/** Media type of a payload, without parameters. */
export const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$^_.+-]{0,126}$/;
/** Origin of a log: a schema-less name without spaces or plus signs (C2SP signed-note, key names). */
export const ORIGIN = /^[a-z0-9][a-z0-9./_-]{0,199}$/;
/** Printable ASCII without `<`, so that evidence can stand in a page as it is. */
export const PRINTABLE = /^[ -;=-~]*$/;
/** Repository pattern of a contract or scope: an exact name, `prefix/*`, or `*`. */
export const REPOSITORY_GLOB =
  /^(?:\*|(?=.{1,255}$)(?:[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?(?::[0-9]{1,5})?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?:\/\*)?)$/;

/** Whether `repository` falls under `glob`: equal to it, below `prefix/` for `prefix/*`, or anything for `*`. */
export function globMatches(glob: string, repository: string): boolean {
  if (glob === '*') return true;
  if (glob.endsWith('/*')) return repository.startsWith(glob.slice(0, -1));
  return glob === repository;
}

/**
 * Every glob that can match `repository`, narrowest first: the name, each `prefix/*`, then `*`.
 * A verifier derives these itself, so that no server chooses which contracts apply (DESIGN 4.1).
 */
export function globsFor(repository: string): readonly string[] {
  const globs = [repository];
  for (let cut = repository.lastIndexOf('/'); cut > 0; cut = repository.lastIndexOf('/', cut - 1)) {
    globs.push(`${repository.slice(0, cut)}/*`);
  }
  return [...globs, '*'];
}
