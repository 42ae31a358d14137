import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { parseCompleteness } from '../../src/core/completeness/completeness.ts';
import { formatEvidence, parseEvidence, type Question } from '../../src/core/custody/evidence.ts';
import { readPayload } from '../../src/core/custody/read-payload.ts';
import { readSignedReport, signReport } from '../../src/core/custody/signed-report.ts';
import { parseTrustFile, trustFileJson } from '../../src/core/custody/trust-file.ts';
import { parseEnvelope, readEnvelope } from '../../src/core/dsse/envelope.ts';
import { parseSigstoreBundle, readSigstoreBundle } from '../../src/core/dsse/sigstore-bundle.ts';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import { isJsonObject, type Json } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { parseEntry, readEntry } from '../../src/core/entry/entry.ts';
import { readDescriptor, readDescriptors } from '../../src/core/image/descriptor.ts';
import { parseManifest } from '../../src/core/image/manifest.ts';
import { formatSignedImage, parseSignedImage } from '../../src/core/image/signed-image.ts';
import { formatPeriod, parsePeriod } from '../../src/core/period/period.ts';
import { formatReceipt, parseReceipt, readReceipt } from '../../src/core/receipt/receipt.ts';
import { envelopeStatement, IN_TOTO_PAYLOAD_TYPE } from '../../src/core/statement/envelope-statement.ts';
import { statementPlacement } from '../../src/core/statement/placement.ts';
import { recogniseDocument } from '../../src/core/statement/recognise-document.ts';
import { parseStatement, readStatement } from '../../src/core/statement/statement.ts';
import { subjectsOf } from '../../src/core/statement/subjects.ts';
import { formatChange, parseChange } from '../../src/core/trust/change-document.ts';
import { formatGrantDocument, parseGrantDocument } from '../../src/core/trust/grant-document.ts';
import { formatSignerDocument, parseSignerDocument } from '../../src/core/trust/signer-document.ts';
import { formatWaiverDocument, parseWaiverDocument } from '../../src/core/trust/waiver-document.ts';
import { completenessBytes } from '../completeness/completeness-under-test.ts';
import { attest, imageManifest, indexManifest, openedLedger, sign } from '../custody/custody-under-test.ts';
import { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import { type FuzzedParser, ofBytes, ofJson } from './fuzz-parser.ts';
import { LEDGER, payloadAt, publishedDocuments, text } from './seeds.ts';

const canonical = (value: unknown) => encodeUtf8(formatCanonicalJson(value as Json));
const ENTRIES = [0, 1, 4, 7, 8, 9].map((seq) => canonical(LEDGER.entry(seq)));
const RECEIPT = encodeUtf8(formatReceipt(LEDGER.receipt(9)));
const ENVELOPE = payloadAt(9);
const bundles = openedLedger();
sign(bundles);
attest(bundles, { form: 'bundle' });
const BUNDLE = bundles.payload(8) ?? new Uint8Array();
/** Of a log that holds nothing yet: small, so that a second has room for many. */
const EMPTY = new LedgerUnderTest();
EMPTY.append({
  kind: 'log.opened',
  principal: 'service',
  body: { mapRule: 'waybill/map/v1', logKeys: [EMPTY.vkey], controlKeys: [], controlThreshold: 0 },
});
const NOTHING: Question = { subject: `sha256:${'00'.repeat(32)}`, repository: 'a' };
const SMALL_EVIDENCE = EMPTY.evidenceBytes(NOTHING);
const PAST_EVIDENCE = EMPTY.evidenceBytes({ ...NOTHING, asOf: { size: EMPTY.size, view: 'now' } });
const STATEMENT = JSON.parse(Buffer.from(ENVELOPE).toString()) as { readonly payload: string };
const STATEMENT_BYTES = Buffer.from(STATEMENT.payload, 'base64');
const MANIFESTS = [imageManifest(), indexManifest([imageManifest(), imageManifest('2')])];
const DESCRIPTOR = `{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:${'a1'.repeat(32)}","size":2}`;
const TOOL_FILES = text(
  '{"bomFormat":"CycloneDX","specVersion":"1.6","components":[]}',
  '{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT"}',
  '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"a"}},"results":[]}]}',
  '{"@context":"https://openvex.dev/ns/v0.2.0","statements":[]}',
  '{"document":{"csaf_version":"2.0","category":"csaf_vex"}}',
);
const VERDICT_KEY = LEDGER.key('verdict');
const SIGNED = signReport(
  canonical({
    type: 'waybill/report/v1',
    evidenceSha256: '00'.repeat(32),
    report: {
      result: { ...NOTHING, verdict: 'unjudged', evaluatedAt: LEDGER.time },
    },
    signer: {
      spki: Buffer.from(VERDICT_KEY.publicKey.spki).toString('base64'),
      lists: [JSON.parse(Buffer.from(completenessBytes(EMPTY, `signer:${VERDICT_KEY.signer}`)).toString())],
    },
  }),
  VERDICT_KEY.sign,
);
assert(SIGNED.ok);
const REPORT = SIGNED.value;

const PERIOD = encodeUtf8(
  formatPeriod({
    period: { by: 'seq', from: 1, to: 2 },
    earlier: { checkpoint: LEDGER.receipt(9).checkpoint, path: [new Uint8Array(32)] },
    checkpoint: LEDGER.receipt(9).checkpoint,
    logKey: LEDGER.vkey,
    left: [new Uint8Array(32)],
    before: ENTRIES[0] ?? new Uint8Array(),
    entries: ENTRIES.slice(1, 2),
    after: ENTRIES[2] ?? new Uint8Array(),
    right: [],
  }),
);

/** Of a list without entries, and of one that has some. */
const COMPLETENESS = [`image:sha256:${'00'.repeat(32)}`, 'trust'].map((key) => completenessBytes(LEDGER, key));

/** Writes the hash of evidence or of a proof again, as whoever forges it would. */
function restoreHash(document: Json): Json {
  if (!isJsonObject(document)) return document;
  const { sha256: _old, ...rest } = document;
  try {
    return { ...rest, sha256: createHash('sha256').update(formatCanonicalJson(rest)).digest('hex') };
  } catch {
    return document;
  }
}

/** Documents: what is stored, sent and handed out. */
export const PARSERS_OF_DOCUMENTS: readonly FuzzedParser[] = [
  { name: 'core/entry/entry.ts parseEntry', seeds: ENTRIES, parse: ofBytes(parseEntry, canonical), json: 'canonical' },
  { name: 'core/entry/entry.ts readEntry', seeds: ENTRIES, parse: ofJson(readEntry), json: 'plain' },
  {
    name: 'core/receipt/receipt.ts parseReceipt',
    seeds: [RECEIPT],
    parse: ofBytes(parseReceipt, formatReceipt),
    json: 'canonical',
  },
  { name: 'core/receipt/receipt.ts readReceipt', seeds: [RECEIPT], parse: ofJson(readReceipt), json: 'plain' },
  {
    name: 'core/custody/evidence.ts parseEvidence',
    seeds: [SMALL_EVIDENCE],
    parse: ofBytes(parseEvidence, formatEvidence),
    json: 'canonical',
    restore: restoreHash,
  },
  {
    name: 'core/custody/evidence.ts parseEvidence of the past',
    seeds: [PAST_EVIDENCE],
    parse: ofBytes(parseEvidence, formatEvidence),
    json: 'canonical',
    restore: restoreHash,
  },
  {
    name: 'core/completeness/completeness.ts parseCompleteness',
    seeds: COMPLETENESS,
    parse: ofBytes(parseCompleteness),
    json: 'canonical',
    restore: restoreHash,
  },
  {
    name: 'core/period/period.ts parsePeriod',
    seeds: [PERIOD],
    parse: ofBytes(parsePeriod),
    json: 'canonical',
    restore: restoreHash,
  },
  {
    name: 'core/custody/read-payload.ts readPayload',
    seeds: [payloadAt(8)],
    parse: ofBytes((payload) => readPayload({ ...proved(8), payload })),
    json: 'canonical',
  },
  {
    name: 'core/custody/trust-file.ts parseTrustFile',
    seeds: [canonical(trustFileJson(trustOf(LEDGER, { pins: [{ size: 3, root: LEDGER.root(3) }] })))],
    parse: ofBytes(parseTrustFile),
    json: 'plain',
  },
  {
    name: 'core/custody/signed-report.ts readSignedReport',
    seeds: [REPORT],
    parse: ofBytes(readSignedReport),
    json: 'plain',
  },
  {
    name: 'core/dsse/envelope.ts parseEnvelope',
    seeds: [ENVELOPE, ...publishedDocuments((bytes) => parseEnvelope(bytes).ok)],
    parse: ofBytes(parseEnvelope),
    json: 'plain',
  },
  { name: 'core/dsse/envelope.ts readEnvelope', seeds: [ENVELOPE], parse: ofJson(readEnvelope), json: 'plain' },
  {
    name: 'core/dsse/sigstore-bundle.ts parseSigstoreBundle',
    seeds: [BUNDLE],
    parse: ofBytes(parseSigstoreBundle),
    json: 'plain',
  },
  {
    name: 'core/dsse/sigstore-bundle.ts readSigstoreBundle',
    seeds: [BUNDLE],
    parse: ofJson(readSigstoreBundle),
    json: 'plain',
  },
  {
    name: 'core/statement/statement.ts parseStatement',
    seeds: [STATEMENT_BYTES],
    parse: ofBytes(parseStatement),
    json: 'plain',
  },
  {
    name: 'core/statement/statement.ts readStatement',
    seeds: [STATEMENT_BYTES],
    parse: ofJson(readStatement),
    json: 'plain',
  },
  {
    name: 'core/statement/subjects.ts subjectsOf',
    seeds: [STATEMENT_BYTES],
    parse: ofBytes((bytes) => {
      const statement = parseStatement(bytes);
      return statement.ok ? subjectsOf(statement.value) : statement;
    }),
    json: 'plain',
  },
  {
    name: 'core/statement/placement.ts statementPlacement',
    seeds: [STATEMENT_BYTES],
    parse: ofBytes((bytes) => {
      const statement = parseStatement(bytes);
      return statement.ok ? statementPlacement(statement.value) : statement;
    }),
    json: 'plain',
  },
  {
    name: 'core/statement/envelope-statement.ts envelopeStatement',
    seeds: [STATEMENT_BYTES],
    parse: ofBytes((payload) => envelopeStatement({ payloadType: IN_TOTO_PAYLOAD_TYPE, payload, signatures: [] })),
    json: 'plain',
  },
  {
    name: 'core/statement/recognise-document.ts recogniseDocument',
    seeds: [
      ...TOOL_FILES,
      STATEMENT_BYTES,
      ENVELOPE,
      BUNDLE,
      ...publishedDocuments((bytes) => recogniseDocument(bytes).ok),
    ],
    parse: ofBytes(recogniseDocument),
    json: 'plain',
  },
  {
    name: 'core/image/manifest.ts parseManifest',
    seeds: MANIFESTS,
    parse: ofBytes((bytes) => parseManifest(bytes)),
    json: 'plain',
  },
  {
    name: 'core/image/descriptor.ts readDescriptor',
    seeds: text(DESCRIPTOR),
    parse: ofJson((value) => readDescriptor(value, '')),
    json: 'plain',
  },
  {
    name: 'core/image/descriptor.ts readDescriptors',
    seeds: text(`[${DESCRIPTOR}]`),
    parse: ofJson((value) => readDescriptors(Array.isArray(value) ? value : [value], '')),
    json: 'plain',
  },
  {
    name: 'core/image/signed-image.ts parseSignedImage',
    seeds: [payloadAt(8)],
    parse: ofBytes(parseSignedImage, formatSignedImage),
    json: 'canonical',
  },
  {
    name: 'core/trust/signer-document.ts parseSignerDocument',
    seeds: [payloadAt(6)],
    parse: ofBytes(parseSignerDocument, formatSignerDocument),
    json: 'canonical',
  },
  {
    name: 'core/trust/grant-document.ts parseGrantDocument',
    seeds: [payloadAt(5)],
    parse: ofBytes(parseGrantDocument, formatGrantDocument),
    json: 'canonical',
  },
  {
    name: 'core/trust/change-document.ts parseChange',
    seeds: [
      formatChange({ kind: 'settings.changed', body: { dualControl: true } }),
      formatChange({
        kind: 'principal.granted',
        body: { principal: 'anna', role: 'pipeline' },
        payload: { mediaType: 'application/vnd.waybill.grant+json', bytes: payloadAt(5) },
      }),
    ],
    parse: ofBytes(parseChange, ({ kind, body, mediaType, document }) =>
      formatChange({
        kind,
        body,
        ...(mediaType === undefined || document === undefined ? {} : { payload: { mediaType, bytes: document } }),
      }),
    ),
    json: 'canonical',
  },
  {
    name: 'core/trust/waiver-document.ts parseWaiverDocument',
    seeds: [formatWaiverDocument({ reason: 'SHOP-113: no fix yet' })],
    parse: ofBytes(parseWaiverDocument, formatWaiverDocument),
    json: 'canonical',
  },
];

/** An entry as evidence shows it, whatever its payload then is. */
function proved(seq: number) {
  return { entry: LEDGER.entry(seq), hash: '' };
}
