import { globContains } from '../../core/trust/scope.ts';
import type { InboxItem } from '../found-answers.ts';
import { isInForce } from '../read-signer.ts';
import type { InboxQuestion } from './inbox-question.ts';

const WATCHING: readonly string[] = ['operator', 'admin'];

/** Pipelines' keys that are due for rotation, or soon too old to count, and that nothing follows yet. */
export async function signersThatAge({ context, caller, now, soon }: InboxQuestion): Promise<readonly InboxItem[]> {
  if (!WATCHING.includes(caller.role)) return [];
  const time = now.toISOString();
  const ageing = (await context.signers.current()).filter(
    (state) =>
      state.use === 'attest' &&
      state.rotation === undefined &&
      isInForce(state, time) &&
      ((state.warnFrom !== undefined && state.warnFrom <= time) ||
        (state.expiresAt !== undefined && state.expiresAt <= soon)) &&
      overlap(state.document.repositories, caller.repositories),
  );
  return ageing.map(({ signer, document, registeredAt, warnFrom, expiresAt }) => ({
    kind: 'signer-ages',
    todo: `Rotate the key ${document.title ?? signer.slice(0, 12)}${expiresAt === undefined ? '' : ': from then on what it signs does not count'}.`,
    since: warnFrom !== undefined && warnFrom <= time ? warnFrom : registeredAt,
    ...(expiresAt === undefined ? {} : { until: expiresAt }),
    signer,
  }));
}

/** Whether some repository can fall under a glob of either side. */
function overlap(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.some((other) => globContains(one, other) || globContains(other, one)));
}
