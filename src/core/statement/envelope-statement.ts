import type { Envelope } from '../dsse/envelope.ts';
import { fail, type Result } from '../fault.ts';
import { parseStatement, type Statement } from './statement.ts';

/** The payload type that is written: the generic one, which every cosign release accepts. */
export const IN_TOTO_PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** The generic type, or the one with a predicate's name in it. The name is not relied upon (in-toto spec/v1/envelope.md). */
const IN_TOTO_PAYLOAD_TYPES = /^application\/vnd\.in-toto(?:\.[A-Za-z0-9][A-Za-z0-9!#$&^_.-]{0,126})?\+json$/;

/**
 * The in-toto statement in an envelope's payload. Says nothing about signatures: verify this same value first.
 * A payload type that is not in-toto's JSON: `statement/unsupported-payload-type`; else the faults of `parseStatement`.
 */
export function envelopeStatement(envelope: Envelope): Result<Statement> {
  if (!IN_TOTO_PAYLOAD_TYPES.test(envelope.payloadType)) {
    return fail(
      'statement/unsupported-payload-type',
      'The envelope does not carry an in-toto statement.',
      '/payloadType',
    );
  }
  return parseStatement(envelope.payload);
}
