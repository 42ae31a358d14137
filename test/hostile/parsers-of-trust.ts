import { parseEnvelope } from '../../src/core/dsse/envelope.ts';
import { parseRotation, ROTATION_PAYLOAD_TYPE, readRotation } from '../../src/core/trust/rotation-document.ts';
import { readSignerDocument } from '../../src/core/trust/signer-document.ts';
import { openedLedger } from '../custody/custody-under-test.ts';
import { rotate } from '../custody/rotation-under-test.ts';
import { type FuzzedParser, ofBytes, ofJson, outcomeOf } from './fuzz-parser.ts';
import { payloadAt } from './seeds.ts';

const rotated = openedLedger();
const ROTATION = rotated.payload(rotate(rotated, 'pipeline', 'next')) ?? new Uint8Array();
const envelope = parseEnvelope(ROTATION);
const SAID = envelope.ok ? envelope.value.payload : new Uint8Array();

/** Documents of the life of keys. */
export const PARSERS_OF_TRUST: readonly FuzzedParser[] = [
  {
    name: 'core/trust/rotation-document.ts parseRotation',
    seeds: [ROTATION],
    parse: ofBytes(parseRotation),
    json: 'plain',
  },
  {
    name: 'core/trust/rotation-document.ts readRotation',
    seeds: [SAID],
    parse: (payload) => outcomeOf(readRotation({ payloadType: ROTATION_PAYLOAD_TYPE, payload, signatures: [] })),
    json: 'canonical',
  },
  {
    name: 'core/trust/signer-document.ts readSignerDocument',
    seeds: [payloadAt(6)],
    parse: ofJson(readSignerDocument),
    json: 'plain',
  },
];
