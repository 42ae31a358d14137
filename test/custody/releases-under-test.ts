import { digestOf, IMAGE, imageManifest, REPOSITORY } from './custody-under-test.ts';
import type { Draft, LedgerUnderTest } from './ledger-under-test.ts';

/** Images that come before the one in question. */
export const OLDER_MANIFEST = imageManifest('77');
export const OLDER = digestOf(OLDER_MANIFEST);

type Options = {
  readonly by?: string;
  readonly digest?: string;
  readonly environment?: string | null;
  readonly repository?: string;
  readonly entry?: Partial<Draft>;
};

/** Releases the image to production, as anna, on a verdict that no reader looks up. */
export function release(ledger: LedgerUnderTest, options: Options = {}): number {
  const { by = 'anna', digest = IMAGE, environment = 'production', repository = REPOSITORY, entry } = options;
  const body = { digest, environment, verdict: 8 };
  return ledger.append({ kind: 'image.released', principal: by, repository, body, ...entry });
}

/** Retires the image everywhere, or in an environment. */
export function retire(ledger: LedgerUnderTest, options: Options = {}): number {
  const { by = 'anna', digest = IMAGE, environment = null, repository = REPOSITORY, entry } = options;
  const body = { digest, ...(environment === null ? {} : { environment }) };
  return ledger.append({ kind: 'image.retired', principal: by, repository, body, ...entry });
}
