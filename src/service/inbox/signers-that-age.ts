import { globContains } from '../../core/trust/scope.ts';
import { isInForce } from '../read-signer.ts';
import { type InboxPart, type InboxQuestion, NOTHING } from './inbox-question.ts';

const WATCHING: readonly string[] = ['operator', 'admin'];

/** Pipelines' keys that are due for rotation, or soon too old to count, and that nothing follows yet. */
export async function signersThatAge({ context, caller, now, soon }: InboxQuestion): Promise<InboxPart> {
  if (!WATCHING.includes(caller.role)) return NOTHING;
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
  const items = ageing.map(({ signer, document, registeredAt, warnFrom, expiresAt }) => ({
    kind: 'signer-ages' as const,
    todo: `Rotate the key ${document.title ?? signer.slice(0, 12)}${expiresAt === undefined ? '' : ': from then on what it signs does not count'}.`,
    since: warnFrom !== undefined && warnFrom <= time ? warnFrom : registeredAt,
    ...(expiresAt === undefined ? {} : { until: expiresAt }),
    signer,
  }));
  return { items, isWhole: true };
}

/** Whether some repository can fall under a glob of either side. */
function overlap(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.some((other) => globContains(one, other) || globContains(other, one)));
}
