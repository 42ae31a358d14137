import type { Client } from '../client/client.ts';
import { GIT_COMMIT, IMAGE_DIGEST, REPOSITORY } from '../core/entry/names.ts';
import { EXIT } from './exit-codes.ts';
import { type LayoutChoice, readLocalManifest } from './image-layout.ts';
import { kindOfPath } from './local-file.ts';
import { stop } from './stop.ts';

/** What a command is about: `sha256:…` or `gitCommit:…`, and the repository where the argument named one. */
export type Subject = { readonly subject: string; readonly repository?: string };

/**
 * The subject that an argument names: a digest, `repository@digest`, `gitCommit:<hex>`, an OCI image layout folder, or a
 * manifest file. `--repository` wins over nothing: where both are given they must agree.
 */
export function readSubject(
  text: string,
  choice: LayoutChoice & { readonly repository?: string | undefined },
): Subject {
  const repository = choice.repository;
  if (repository !== undefined && !REPOSITORY.test(repository)) {
    throw stop(EXIT.usage, 'cli/bad-argument', `"${repository}" is no repository name: lower case, such as shop/api.`);
  }
  const place = repository === undefined ? {} : { repository };
  if (IMAGE_DIGEST.test(text) || GIT_COMMIT.test(text)) return { subject: text, ...place };
  const at = text.lastIndexOf('@');
  const digest = text.slice(at + 1);
  if (at > 0 && IMAGE_DIGEST.test(digest)) {
    const named = withoutTag(text.slice(0, at));
    if (REPOSITORY.test(named) && (repository === undefined || repository === named)) {
      return { subject: digest, repository: named };
    }
    throw stop(EXIT.usage, 'cli/bad-argument', `"${text}" and --repository name different repositories, or none.`);
  }
  if (kindOfPath(text) !== undefined) {
    return { subject: readLocalManifest(text, choice).manifest.digest, ...place };
  }
  const hint = 'Give sha256:<64 hex digits>, repository@sha256:…, an OCI image layout folder, or a manifest file.';
  throw stop(EXIT.usage, 'cli/bad-argument', `"${text}" is neither a digest nor a file.`, hint);
}

/** A subject that is an image: what reports, verdicts and gates are about. */
export function readImageSubject(
  text: string,
  choice: LayoutChoice & { readonly repository?: string | undefined },
): { readonly digest: string; readonly repository?: string } {
  const { subject, ...rest } = readSubject(text, choice);
  if (IMAGE_DIGEST.test(subject)) return { digest: subject, ...rest };
  throw stop(EXIT.usage, 'cli/bad-argument', `${subject} is a commit, and this command is about images.`);
}

/** The repository as given, else the one that the service knows the image in; several are its `image/repository-ambiguous`. */
export async function repositoryOf(client: Client, { subject, repository }: Subject): Promise<string> {
  if (repository !== undefined) return repository;
  if (!IMAGE_DIGEST.test(subject)) {
    throw stop(EXIT.usage, 'cli/repository-needed', 'A commit is in no repository yet: give --repository.');
  }
  return (await client.image({ digest: subject })).value.repository;
}

/** `shop/api:1.2` is `shop/api`; the colon of a registry's port stands before a slash. */
function withoutTag(name: string): string {
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
}
