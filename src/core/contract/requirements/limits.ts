import type { Facts, ImageReference } from '../../facts/facts.ts';
import type { Finding, Requirement } from '../evaluated.ts';
import type { ContractLimits } from '../limits-member.ts';

/** Limits that are numbers, and the fact that each is of. */
const NUMBERS = {
  imageBytesMax: ({ image }: Facts) => (image?.shape === 'image' ? image.bytes : undefined),
  layersMax: ({ image }: Facts) => (image?.shape === 'image' ? image.layers : undefined),
  componentsMax: ({ components }: Facts) => components?.count,
} as const satisfies Readonly<Partial<Record<keyof ContractLimits, (facts: Facts) => number | undefined>>>;

/** Each limit of the contract, held against what the image's attestations and its manifest state. */
export const requireLimits: Requirement = ({ contract, facts }) => {
  const { limits } = contract;
  if (limits === undefined) return [];
  const findings = (Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]).flatMap((detail): readonly Finding[] => {
    const max = limits[detail];
    if (max === undefined) return [];
    const found = NUMBERS[detail](facts());
    if (found === undefined) return [{ detail, reason: 'contract/fact-missing' }];
    return [found <= max ? { detail } : { detail, reason: 'contract/limit-exceeded' }];
  });
  return limits.baseImages === undefined ? findings : [...findings, judgeBase(limits.baseImages, facts().baseImage)];
};

function judgeBase(allowed: readonly string[], base: ImageReference | undefined): Finding {
  const detail = 'baseImages';
  if (base === undefined) return { detail, reason: 'contract/fact-missing' };
  const good = allowed.some((one) => one === base.digest || (base.name !== undefined && namesBase(one, base.name)));
  return good ? { detail } : { detail, reason: 'contract/base-image-not-allowed' };
}

function namesBase(allowed: string, name: string): boolean {
  return allowed.endsWith('*') ? name.startsWith(allowed.slice(0, -1)) : name === allowed;
}
