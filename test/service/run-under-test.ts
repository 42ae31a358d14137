import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Entry } from '../../src/core/entry/entry.ts';
import { INTEGER_MAX } from '../../src/core/limits.ts';
import type { Caller } from '../../src/service/caller.ts';
import { openService } from '../../src/service/open-service.ts';
import type { ServiceUnderTest } from '../harness/service-under-test.ts';

export const COMMIT = '5b'.repeat(20);
/** Where the runs of the tests are, unless they say otherwise. */
export const PLACE = { repository: 'shop/api', commit: COMMIT };
export const MANIFEST = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${'1'.repeat(64)}`, size: 2 },
    layers: [],
  }),
);
export const DIGEST = `sha256:${createHash('sha256').update(MANIFEST).digest('hex')}`;

export const codeOf = (result: { readonly ok: boolean; readonly fault?: { readonly code: string } }) =>
  result.fault?.code;

let attested = 0;

/** An attestation that nobody made before, about the image unless said otherwise. */
export function attestation(
  more: {
    readonly run?: string;
    readonly subject?: string;
    readonly repository?: string;
    readonly stage?: string;
  } = {},
) {
  attested += 1;
  return {
    body: Buffer.from(
      JSON.stringify({
        subject: DIGEST,
        repository: 'shop/api',
        stage: 'test',
        predicateType: 'https://example.com/test/v1',
        predicate: { attested },
        ...more,
      }),
    ),
  };
}

/** The entries of a list, in its order. */
export async function listOf(under: ServiceUnderTest, key: string): Promise<readonly Entry[]> {
  const lists = await under.context.store.listEntries([key], INTEGER_MAX, 1_000);
  return (lists.get(key) ?? []).map(({ entry }) => entry);
}

/** A new principal, a pipeline unless said otherwise, that may attest the stage test. */
export async function principalOf(
  under: ServiceUnderTest,
  principal: string,
  repositories: readonly string[] = ['shop/*'],
  role: Caller['role'] = 'pipeline',
): Promise<Caller> {
  const stages = ['test'];
  const grant = { principal, role, repositories, stages };
  assert((await openService(under.context).grantPrincipal(under.admin, grant)).ok);
  return { ...grant, grants: 1 };
}

export const pause = (ms: number) =>
  new Promise((resume) => {
    setTimeout(resume, ms);
  });
