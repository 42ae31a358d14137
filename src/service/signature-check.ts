import type { Envelope } from '../core/dsse/envelope.ts';
import { pae } from '../core/dsse/pae.ts';
import type { SignatureVerifier } from './ports.ts';
import type { SignerState } from './read-signer.ts';

/** Keys that are tried at the same time: enough for every thread, and no more than a few for an early hit. */
const KEYS_AT_ONCE = 8;

/** Which of the signers that are asked about made a signature of one envelope. No key is tried twice. */
export type SignatureCheck = {
  readonly firstOf: (signers: readonly SignerState[]) => Promise<SignerState | undefined>;
  readonly allOf: (signers: readonly SignerState[]) => Promise<readonly SignerState[]>;
};

/**
 * Tries every signature of an envelope under keys of signers. The first key is tried alone, since it is most often the
 * right one; sixteen signatures under a thousand keys take a second, in which others are served.
 */
export function checkSignatures(verify: SignatureVerifier, envelope: Envelope): SignatureCheck {
  const message = pae(envelope.payloadType, envelope.payload);
  const made = new Map<string, Promise<boolean>>();
  const tryKey = async ({ document }: SignerState): Promise<boolean> => {
    for (const { sig } of envelope.signatures) if (await verify(document.key, message, sig)) return true;
    return false;
  };
  const isMadeBy = (signer: SignerState): Promise<boolean> => {
    const known = made.get(signer.signer) ?? tryKey(signer);
    made.set(signer.signer, known);
    return known;
  };
  const whichOf = async (signers: readonly SignerState[]): Promise<readonly SignerState[]> => {
    const answers = await Promise.all(signers.map(isMadeBy));
    return signers.filter((_, index) => answers[index]);
  };
  return {
    firstOf: async (signers) => {
      const [likeliest] = signers;
      if (likeliest === undefined || (await isMadeBy(likeliest))) return likeliest;
      for (let from = 1; from < signers.length; from += KEYS_AT_ONCE) {
        const [first] = await whichOf(signers.slice(from, from + KEYS_AT_ONCE));
        if (first !== undefined) return first;
      }
      return undefined;
    },
    allOf: async (signers) => {
      const signed: SignerState[] = [];
      for (let from = 0; from < signers.length; from += KEYS_AT_ONCE)
        signed.push(...(await whichOf(signers.slice(from, from + KEYS_AT_ONCE))));
      return signed;
    },
  };
}
