import type { SignerAges, SignerView } from './answers.ts';
import type { ServiceContext } from './context.ts';
import { isInForce, standingOf } from './read-signer.ts';

/** How the signers of pipelines stand now, for whoever watches over the service. */
export async function readSignerAges({ signers, now }: ServiceContext): Promise<SignerAges> {
  const time = now();
  const states: Record<SignerView['state'], number> = {
    'in-force': 0,
    due: 0,
    overlap: 0,
    rotated: 0,
    expired: 0,
    revoked: 0,
    disowned: 0,
  };
  const ages: number[] = [];
  const ends: number[] = [];
  const spelled = time.toISOString();
  for (const signer of await signers.current()) {
    if (signer.use !== 'attest') continue;
    states[standingOf(signer, spelled)] += 1;
    if (!isInForce(signer, spelled)) continue;
    ages.push(secondsBetween(Date.parse(signer.registeredAt), time.getTime()));
    if (signer.expiresAt !== undefined && signer.rotation === undefined)
      ends.push(secondsBetween(time.getTime(), Date.parse(signer.expiresAt)));
  }
  return {
    states,
    ...(ages.length === 0 ? {} : { oldestSeconds: ages.reduce((a, b) => Math.max(a, b)) }),
    ...(ends.length === 0 ? {} : { nextExpirySeconds: ends.reduce((a, b) => Math.min(a, b)) }),
  };
}

function secondsBetween(from: number, to: number): number {
  return Math.max(0, (to - from) / 1000);
}
