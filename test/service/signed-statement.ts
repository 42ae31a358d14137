import { formatEnvelope } from '../../src/core/dsse/envelope.ts';
import { pae } from '../../src/core/dsse/pae.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { buildStatement } from '../../src/core/statement/build-statement.ts';
import { formatStatement } from '../../src/core/statement/statement.ts';
import type { SigningKey } from '../../src/service/ports.ts';

const IN_TOTO = 'application/vnd.in-toto+json';

/** A statement about an image or a commit at its place, in an envelope signed by a pipeline's own key. */
export function signedStatement(
  key: SigningKey,
  place: ({ readonly digest: string } | { readonly commit: string }) & {
    readonly repository: string;
    readonly stage: string;
  },
): Uint8Array {
  const statement = encodeUtf8(
    formatStatement(buildStatement({ ...place, predicateType: 'https://openvex.dev/ns', predicate: {} })),
  );
  const sig = key.sign(pae(IN_TOTO, statement));
  return encodeUtf8(formatEnvelope({ payloadType: IN_TOTO, payload: statement, signatures: [{ keyid: '', sig }] }));
}
