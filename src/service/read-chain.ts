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

/**
 * The entries about an image in one repository, in the ledger's order, together with those about the indexes that
 * contain it, which are marked by `via`.
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
  const direct = await readImageList(context, subject, repository);
  const parents = [...new Set(direct.flatMap((stored) => parentOf(stored, subject)))];
  const steps = new Map(direct.map((stored) => [stored.entry.seq, chainStep(stored, parentOf(stored, subject)[0])]));
  for (const parent of parents) {
    for (const stored of await readImageList(context, parent, repository)) {
      if (!steps.has(stored.entry.seq)) steps.set(stored.entry.seq, chainStep(stored, parent));
    }
  }
  const ordered = [...steps.values()].sort((a, b) => a.entry.seq - b.entry.seq);
  const rest = ordered.filter(({ entry }) => after.value === undefined || entry.seq > after.value);
  return ok(
    page(
      rest,
      request.limit,
      (step) => step,
      ({ entry }) => String(entry.seq),
    ),
  );
}

async function readImageList(
  context: ServiceContext,
  digest: string,
  repository: string,
): Promise<readonly StoredEntry[]> {
  const key = imageKey(digest);
  const seqs = (await context.store.lists([key], INTEGER_MAX)).get(key) ?? [];
  const entries = await context.store.entries(seqs);
  return entries.filter(({ entry }) => entry.repository === repository);
}

function parentOf({ entry }: StoredEntry, subject: string): readonly string[] {
  if (entry.kind !== 'image.signed') return [];
  const { digest } = entry.body as ImageSigned;
  return digest === subject ? [] : [digest];
}

function chainStep({ entry, bytes }: StoredEntry, via: string | undefined): ChainStep {
  return { entry, hash: formatHex(entryHash(bytes)), ...(via === undefined ? {} : { via }) };
}
