import type { Requirement } from '../evaluated.ts';

/** A sound signature of the image: asked for by every contract, also by one without stages. */
export const requireSignature: Requirement = ({ signatures }) => {
  const sound = signatures.find((signature) => signature.sound);
  if (sound !== undefined) return [{ seq: sound.seq }];
  return [{ reason: signatures.length === 0 ? 'contract/signature-missing' : 'contract/signature-failed' }];
};
