import type { ControlEnvelope } from '../../src/core/control/control-envelope.ts';
import { controlMessage, formatControl, parseControl } from '../../src/core/control/control-envelope.ts';
import type { ControlSetFields } from '../../src/core/control/control-keys.ts';
import {
  controlKeyId,
  controlKeysJson,
  controlSetFields,
  parseControlKeys,
  readControlSet,
} from '../../src/core/control/control-keys.ts';
import { controlRequestJson, parseControlRequest } from '../../src/core/control/control-request.ts';
import {
  CONTROL_PAYLOAD_TYPE,
  controlStatement,
  formatControlStatement,
  parseControlStatement,
} from '../../src/core/control/control-statement.ts';
import { formatEnvelope } from '../../src/core/dsse/envelope.ts';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { CONTROL, controlKey, controlledCustody } from '../custody/control-under-test.ts';
import { type FuzzedParser, ofBytes, ofJson, ofText } from './fuzz-parser.ts';

const canonical = (value: unknown) => encodeUtf8(formatCanonicalJson(value as Json));
const ledger = controlledCustody();
const document = ledger.payload(7) ?? new Uint8Array();
const statement = controlStatement(ledger.entry(7), document);
const payload = formatControlStatement(statement);
const ann = controlKey('ann');
const signature = ann.sign(controlMessage(payload));
const signatures = [{ keyid: controlKeyId(ann.publicKey), sig: signature }];
const REQUEST = controlRequestJson({ payload, document, signatures, set: CONTROL });

function writeEnvelope({ payload, signatures }: ControlEnvelope): string {
  return formatEnvelope({ payloadType: CONTROL_PAYLOAD_TYPE, payload, signatures });
}

/** Control keys, their envelopes, and what is carried between those who hold them. */
export const PARSERS_OF_CONTROL: readonly FuzzedParser[] = [
  {
    name: 'core/control/control-envelope.ts parseControl',
    seeds: [ledger.entry(7).control ?? '', formatControl(payload, [{ key: ann.publicKey, signature }])].map(encodeUtf8),
    parse: ofText(parseControl, writeEnvelope),
    json: 'canonical',
  },
  {
    name: 'core/control/control-statement.ts parseControlStatement',
    seeds: [payload, formatControlStatement(controlStatement(ledger.entry(6), ledger.payload(6)))],
    parse: ofBytes(parseControlStatement, formatControlStatement),
    json: 'canonical',
  },
  {
    name: 'core/control/control-keys.ts parseControlKeys',
    seeds: [canonical(controlKeysJson(CONTROL))],
    parse: ofBytes(parseControlKeys),
    json: 'plain',
  },
  {
    name: 'core/control/control-keys.ts readControlSet',
    seeds: [canonical(controlSetFields(CONTROL))],
    parse: ofJson((value) => readControlSet(fieldsOf(value))),
    json: 'plain',
  },
  {
    name: 'core/control/control-request.ts parseControlRequest',
    seeds: [canonical(REQUEST)],
    parse: ofBytes(parseControlRequest),
    json: 'plain',
  },
];

/** The members as a reader of an entry hands them on: texts and a number, whatever they say. */
function fieldsOf(value: Json): ControlSetFields {
  const { controlKeys, controlThreshold } = (value ?? {}) as { readonly [name: string]: Json };
  return {
    controlKeys: Array.isArray(controlKeys) ? controlKeys.map(String) : [],
    controlThreshold: Number.isInteger(controlThreshold) ? Number(controlThreshold) : 0,
  };
}
