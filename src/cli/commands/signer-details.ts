import type { SignerView } from '../../client/answers.ts';
import { type Field, fields, plain } from '../layout-text.ts';

/** State, and where it has or will have an end, when. */
export function stateOf({ state = 'unknown', revokedFrom, retiredFrom, expiresAt }: SignerView): string {
  const [first] = [revokedFrom, retiredFrom, expiresAt].filter((end) => end !== undefined).sort();
  return first === undefined ? state : `${state} ${first}`;
}

/** A signer in lines, as every command about one shows it. */
export function details(view: SignerView, receipt: readonly Field[] = []): string {
  return fields([
    ['title', view.title === undefined ? undefined : plain(view.title)],
    ['use', plain(view.use)],
    ['algorithm', plain(view.algorithm)],
    ['repositories', plain(view.repositories.join(' '))],
    ['stages', plain(view.stages.join(' '))],
    ['registered', plain(view.registeredAt)],
    ['rotate from', view.warnFrom === undefined ? undefined : plain(view.warnFrom)],
    ['expires', view.expiresAt === undefined ? undefined : plain(view.expiresAt)],
    ['state', view.state === undefined ? undefined : plain(view.state)],
    ['follows', view.follows === undefined ? undefined : plain(view.follows)],
    ['followed by', view.successor === undefined ? undefined : plain(view.successor)],
    ['counts until', view.retiredFrom === undefined ? undefined : plain(view.retiredFrom)],
    ['revoked from', view.revokedFrom === undefined ? undefined : plain(view.revokedFrom)],
    ...receipt,
  ]);
}
