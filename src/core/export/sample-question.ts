import { isJsonObject } from '../encoding/json.ts';
import type { Entry } from '../entry/entry.ts';
import { TRUST_KEY } from '../entry/keys.ts';
import type { AttestationRecorded } from '../entry/kinds/attestation-recorded.ts';
import type { ImageReleased } from '../entry/kinds/image-released.ts';
import { IMAGE_DIGEST } from '../entry/names.ts';

/**
 * What is asked about an entry that was drawn: the custody of an image, as known at the checkpoint of the export; or, of an
 * entry that is about no image, the list that it belongs to, whole.
 */
export type ItemQuestion =
  | {
      readonly form: 'custody';
      readonly repository: string;
      readonly digest: string;
      readonly environment?: string;
    }
  | { readonly form: 'list'; readonly key: string };

/** The question about an entry. Total: what names no image of a repository is asked about by a list that it is filed under. */
export function questionOf(entry: Entry): ItemQuestion {
  const { repository } = entry;
  const digest = repository === undefined ? undefined : imageOf(entry);
  if (repository === undefined || digest === undefined) return { form: 'list', key: listOf(entry) };
  const environment = entry.kind === 'image.released' ? (entry.body as ImageReleased).environment : undefined;
  return { form: 'custody', repository, digest, ...(environment === undefined ? {} : { environment }) };
}

function imageOf({ kind, body }: Entry): string | undefined {
  // The body of a kind that this version does not know is anything at all.
  if (!isJsonObject(body)) return undefined;
  const { digest, subjects } = body as { readonly digest?: unknown } & Partial<AttestationRecorded>;
  const isImage = (subject: string) => IMAGE_DIGEST.test(subject);
  const named = kind === 'attestation.recorded' ? subjects?.find(isImage) : digest;
  return typeof named === 'string' && IMAGE_DIGEST.test(named) ? named : undefined;
}

/** Lists of coverage say which contracts there are; of a contract itself its own list tells more. */
function listOf({ keys }: Entry): string {
  const names = keys.map(({ key }) => key);
  return names.find((key) => !key.startsWith('coverage:')) ?? names[0] ?? TRUST_KEY;
}
