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
 */
export function neededKeys(question: Question, entries: readonly Entry[]): readonly string[] {
  const { subject, repository } = question;
  const images = imagesInQuestion(question, entries);
  const keys = new Set([TRUST_KEY, imageKey(subject), ...images.map(imageKey)]);
  for (const glob of globsFor(repository)) keys.add(coverageKey(glob));
  const imageKeys = new Set(images.map(imageKey));
  for (const entry of entries) {
    const about = entry.keys.some(({ key }) => imageKeys.has(key));
    const counts = about && entry.repository === repository;
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
  const images = new Set([question.subject]);
  for (let known = 0; known !== images.size; ) {
    known = images.size;
    for (const entry of entries) {
      if (entry.kind !== 'image.signed' || entry.repository !== question.repository) continue;
      const { digest, children } = entry.body as ImageSigned;
      if (children.some((child) => images.has(child))) images.add(digest);
    }
  }
  return [...images];
}

function isOfTrust(entry: Entry): boolean {
  return /^(?:contract|signer|principal)\./.test(entry.kind);
}
