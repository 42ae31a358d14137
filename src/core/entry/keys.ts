import { sha256 } from '#sha256';
import { formatHex } from '../encoding/hex.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';

/** The list of entries that change trust in the log itself. */
export const TRUST_KEY = 'trust';

export function imageKey(digest: string): string {
  return `image:${digest}`;
}

export function verdictKey(digest: string): string {
  return `verdict:${digest}`;
}

export function waiverKey(waiver: string): string {
  return `waiver:${waiver}`;
}

/** List of what was released to an environment: `release:` and the hex SHA-256 of repository ‖ 0x00 ‖ environment. */
export function releaseKey(repository: string, environment: string): string {
  return `release:${formatHex(sha256(encodeUtf8(repository), Uint8Array.of(0), encodeUtf8(environment)))}`;
}

export function contractKey(contract: string): string {
  return `contract:${contract}`;
}

export function signerKey(signer: string): string {
  return `signer:${signer}`;
}

export function principalKey(principal: string): string {
  return `principal:${principal}`;
}

/** List of the contracts that name `glob`: `coverage:` and the hex SHA-256 of the glob's text. */
export function coverageKey(glob: string): string {
  return `coverage:${formatHex(sha256(encodeUtf8(glob)))}`;
}

/** List of what is known of a commit in a repository: `source:` and the hex SHA-256 of repository ‖ 0x00 ‖ commit hex. */
export function sourceKey(repository: string, commit: string): string {
  return `source:${formatHex(sha256(encodeUtf8(repository), Uint8Array.of(0), encodeUtf8(commit)))}`;
}

export function runKey(run: string): string {
  return `run:${run}`;
}

/** What the entries that open and end a run are filed under: the run, and the commit that it is of. */
export function runKeys(repository: string, commit: string, run: string): readonly string[] {
  return [runKey(run), sourceKey(repository, commit)];
}

/** Key of a subject as statements name it: `sha256:…` files under the image, `gitCommit:…` under the source. */
export function subjectKey(repository: string, subject: string): string {
  return subject.startsWith('gitCommit:')
    ? sourceKey(repository, subject.slice('gitCommit:'.length))
    : imageKey(subject);
}
