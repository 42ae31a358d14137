import type { Entry } from '../entry/entry.ts';
import { contractKey, coverageKey, imageKey, principalKey, signerKey, TRUST_KEY } from '../entry/keys.ts';
import type { ContractPublished } from '../entry/kinds/contract-published.ts';
import type { ImageSigned } from '../entry/kinds/image-signed.ts';
import { globsFor } from '../entry/names.ts';
import { SERVICE_PRINCIPAL } from '../trust/grant-document.ts';
import type { Question } from './evidence.ts';

/**
 * Keys of the lists that a claim about `question` rests on, as far as `entries` tell: asked again with the entries of
 * those lists, it names the lists that follow from them, until nothing new is named. Whoever makes evidence and whoever
 * checks it ask the same function, so that no server chooses what a reader gets to see.
 *
 * `trust`; the image and every index of the same repository that contains it; each glob that can match the repository,
 * and each contract seen there; each signer of what counts; each principal that wrote what counts or what it rests on.
 * Source: docs/spec/evidence.md §4.
 */
export function neededKeys(question: Question, entries: readonly Entry[]): readonly string[] {
  const { repository } = question;
  const imageKeys = new Set(imagesInQuestion(question, entries).map(imageKey));
  const keys = new Set([TRUST_KEY, ...imageKeys]);
  for (const glob of globsFor(repository)) keys.add(coverageKey(glob));
  for (const entry of entries) {
    const counts = entry.repository === repository && entry.keys.some(({ key }) => imageKeys.has(key));
    if (counts && entry.signer !== undefined) keys.add(signerKey(entry.signer));
    if (entry.kind === 'contract.published' || entry.kind === 'contract.withdrawn') {
      keys.add(contractKey((entry.body as ContractPublished).contract));
    }
    if ((counts || isOfTrust(entry)) && entry.principal !== SERVICE_PRINCIPAL) keys.add(principalKey(entry.principal));
  }
  return [...keys].sort();
}

/** The subject, and the indexes of the repository that contain it, directly or through another index. */
export function imagesInQuestion(question: Question, entries: readonly Entry[]): readonly string[] {
  const indexes = new Map<string, string[]>();
  for (const entry of entries) {
    if (entry.kind !== 'image.signed' || entry.repository !== question.repository) continue;
    const { digest, children } = entry.body as ImageSigned;
    for (const child of children) {
      const above = indexes.get(child);
      if (above === undefined) indexes.set(child, [digest]);
      else above.push(digest);
    }
  }
  return withIndexes(question.subject, indexes);
}

/** The image and everything above it, in the order found; `indexes` holds, for an image, the indexes that contain it. */
export function withIndexes(image: string, indexes: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const images = new Set([image]);
  // A set grows while it is walked: what is added is walked too, each once, also where indexes contain each other.
  for (const one of images) for (const above of indexes.get(one) ?? []) images.add(above);
  return [...images];
}

function isOfTrust(entry: Entry): boolean {
  return /^(?:contract|signer|principal)\./.test(entry.kind);
}
