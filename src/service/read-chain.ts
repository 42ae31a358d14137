import { formatHex } from '../core/encoding/hex.ts';
import { entryHash } from '../core/entry/entry.ts';
import { imageKey } from '../core/entry/keys.ts';
import type { ImageSigned } from '../core/entry/kinds/image-signed.ts';
import { ok, type Result } from '../core/fault.ts';
import { INTEGER_MAX } from '../core/limits.ts';
import type { ChainStep, Page, PageRequest } from './answers.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { page, readSeqCursor } from './cursor.ts';
import { settleQuestion } from './find-image.ts';
import type { StoredEntry } from './ports.ts';
import type { ImageQuestion } from './service.ts';

/** Entries that are read at once while a page is filled. */
const ENTRIES_AT_ONCE = 256;

/**
 * The entries about an image in one repository, in the ledger's order, together with those about the indexes that
 * contain it, which are marked by `via`. Of the lists only the places are read whole; entries are, page by page.
 */
export async function readChain(
  context: ServiceContext,
  caller: Caller,
  question: ImageQuestion,
  request: PageRequest,
): Promise<Result<Page<ChainStep>>> {
  const settled = await settleQuestion(context, caller, question);
  if (!settled.ok) return settled;
  const after = readSeqCursor(request.cursor);
  if (!after.ok) return after;
  const { subject, repository } = settled.value;
  const indexes = await context.projections.indexesOf(subject, repository);
  const places = await readPlaces(context, [subject, ...indexes]);
  const seqs = [...places.keys()].filter((seq) => after.value === undefined || seq > after.value).sort((a, b) => a - b);
  const steps: ChainStep[] = [];
  for (let from = 0; from < seqs.length && steps.length <= request.limit; from += ENTRIES_AT_ONCE) {
    for (const stored of await context.store.entries(seqs.slice(from, from + ENTRIES_AT_ONCE))) {
      if (stored.entry.repository === repository) steps.push(chainStep(stored, viaOf(stored, subject, places)));
    }
  }
  return ok(
    page(
      steps,
      request.limit,
      (step) => step,
      ({ entry }) => String(entry.seq),
    ),
  );
}

/** Where the lists of the images have entries, each with the first of the images in whose list it stands. */
async function readPlaces({ store }: ServiceContext, digests: readonly string[]): Promise<ReadonlyMap<number, string>> {
  const lists = await store.lists(digests.map(imageKey), INTEGER_MAX);
  const places = new Map<number, string>();
  for (const digest of digests) {
    for (const seq of lists.get(imageKey(digest)) ?? []) if (!places.has(seq)) places.set(seq, digest);
  }
  return places;
}

/** The index that an entry is about: the one in whose list it stands, or whose signature stands in the image's own. */
function viaOf({ entry }: StoredEntry, subject: string, places: ReadonlyMap<number, string>): string | undefined {
  const place = places.get(entry.seq);
  const about = place === subject && entry.kind === 'image.signed' ? (entry.body as ImageSigned).digest : place;
  return about === subject ? undefined : about;
}

function chainStep({ entry, bytes }: StoredEntry, via: string | undefined): ChainStep {
  return { entry, hash: formatHex(entryHash(bytes)), ...(via === undefined ? {} : { via }) };
}
