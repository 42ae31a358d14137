import { listImages } from '../../src/api/images.ts';
import { ConfigError, readConfig } from '../../src/config/config.ts';
import { parseLedgerEvent } from '../../src/core/event/ledger-event.ts';
import { parseWebhookSecret } from '../../src/core/event/webhook-signature.ts';
import type { Result } from '../../src/core/fault.ts';
import { fail, ok } from '../../src/core/fault.ts';
import { readBatchLine, splitLines } from '../../src/http/batch-lines.ts';
import { readLastEventId } from '../../src/http/event-parts.ts';
import { checkHeaders } from '../../src/http/request-headers.ts';
import { readRequestTarget } from '../../src/http/request-target.ts';
import { readQuery } from '../../src/http/request-values.ts';
import { readCookie } from '../../src/http/session-cookie.ts';
import { formatSlot, parseAnchorFile } from '../../src/keys/anchor-format.ts';
import { EVIDENCE_OPEN } from '../../src/report/page.ts';
import { readReport } from '../../src/report/read-report.ts';
import { readSeqCursor } from '../../src/service/cursor.ts';
import { readSearchTerms } from '../../src/service/search-terms.ts';
import { readTrust } from '../../src/web/view/reader-key.ts';
import { parseYamlDocument } from '../../src/yaml/yaml-document.ts';
import { type FuzzedParser, ofBytes, ofText } from './fuzz-parser.ts';
import { LEDGER, text } from './seeds.ts';

const CONTRACTS = text(
  'contract: shop\nrepositories: ["shop/*"]\nstages:\n  - stage: lint\n  - stage: "sbom"\n    after: [lint]\n',
  '{"a": [1, -2.5e3, true, null], b: "x"}',
  'a: |\n  text\nb: >-\n  more\nc: !!str 1\n'.replace('!!str ', ''),
);
const ANCHOR = {
  sequence: 7,
  anchor: {
    origin: LEDGER.origin,
    size: 9,
    root: LEDGER.root(9),
    cluster: { systemIdentifier: '7123', timeline: '00000001' },
  },
};
const SLOTS = Buffer.concat([formatSlot(ANCHOR), formatSlot({ ...ANCHOR, sequence: 8 })]);
/** Shorter than any page of ours, and read all the same, with warnings. */
const PAGE = `<!doctype html><style>a{}</style>${EVIDENCE_OPEN}{"type":"waybill/evidence/v0"}</script><script>a</script>`;
const VARIABLES =
  'WAYBILL_PORT=8420\nWAYBILL_HOST=::1\nWAYBILL_RATE_READS=10\nWAYBILL_PUBLIC_LOG=true\nWAYBILL_STATE=a';

const EVENT = JSON.stringify({
  seq: 7,
  hash: 'ab'.repeat(32),
  log: 'waybill-00',
  time: '2026-03-01T12:00:00.000Z',
  kind: 'run.expired',
  principal: 'waybill',
  repository: 'shop/api',
  keys: ['run:r-1'],
  body: { commit: '5b'.repeat(20) },
});

/** What the edges read: requests, settings, files beside the ledger, pages. */
export const PARSERS_OF_EDGES: readonly FuzzedParser[] = [
  { name: 'yaml/yaml-document.ts parseYamlDocument', seeds: CONTRACTS, parse: ofBytes(parseYamlDocument) },
  {
    name: 'http/batch-lines.ts splitLines',
    seeds: text('{}\n{}\r\n{}', '{"attestation":"AA=="}\n'),
    parse: ofBytes(splitLines),
  },
  {
    name: 'http/batch-lines.ts readBatchLine',
    seeds: text('{"attestation":"AA==","stage":"a"}', '{"attestation":{"a":[1]},"subject":"b"}', '{"payload":""}'),
    parse: ofBytes(readBatchLine),
    json: 'plain',
  },
  {
    name: 'http/session-cookie.ts readCookie',
    seeds: text(`session=wbs_${'ab'.repeat(8)}_${'A'.repeat(43)}`, 'a=b; session=; session=c', ' session = d ;'),
    parse: ofText((header) => {
      const value = readCookie(header, 'session');
      return value === undefined ? fail('session/ended', 'There is none.') : ok(value);
    }),
  },
  {
    name: 'http/request-target.ts readRequestTarget',
    seeds: text('/v1/images?repository=shop%2Fapi&limit=10', 'http://a.example/healthz', '/docs/%C3%A9?a=+b'),
    parse: ofText(readRequestTarget),
  },
  {
    name: 'http/request-values.ts readQuery',
    seeds: text('/v1/images?repository=shop%2Fapi&limit=10&cursor=12&verdict=pass'),
    parse: ofText((target) => {
      const read = readRequestTarget(target);
      return read.ok ? readQuery(listImages.query, read.value.query) : read;
    }),
  },
  {
    name: 'http/request-headers.ts checkHeaders',
    seeds: text('Host: a\nContent-Type: b\nExpect: 100-continue', 'a: b'),
    parse: ofText((lines) => {
      const rawHeaders = lines.split('\n').flatMap((line) => [line.split(': ', 1)[0] ?? '', line]);
      return checkHeaders({ rawHeaders, headers: {}, httpVersionMajor: 1 } as never);
    }),
  },
  { name: 'http/event-parts.ts readLastEventId', seeds: text('0', '9007199254740991'), parse: ofText(readLastEventId) },
  {
    name: 'core/event/ledger-event.ts parseLedgerEvent',
    seeds: text(EVENT),
    parse: ofBytes(parseLedgerEvent),
    json: 'plain',
  },
  {
    name: 'core/event/webhook-signature.ts parseWebhookSecret',
    seeds: text('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'),
    parse: ofText(parseWebhookSecret),
  },
  { name: 'service/cursor.ts readSeqCursor', seeds: text('0', '9007199254740991'), parse: ofText(readSeqCursor) },
  {
    name: 'service/search-terms.ts readSearchTerms',
    seeds: text('shop/api@sha256:8b4699c1', 'gitCommit:5b5b5b5b', 'shop/api:1.4.2-RC', 'w-k5k5k5', 'CAFE'),
    parse: ofText(readSearchTerms),
  },
  {
    name: 'config/config.ts readConfig',
    seeds: text(VARIABLES),
    parse: ofText((lines) => refusedBy(ConfigError, () => readConfig(variables(lines), '/'))),
  },
  {
    name: 'keys/anchor-format.ts parseAnchorFile',
    seeds: [SLOTS],
    parse: ofBytes((bytes) => {
      const read = parseAnchorFile(bytes);
      return read === undefined ? fail('anchor/malformed', 'none') : ok(read);
    }),
  },
  { name: 'report/read-report.ts readReport', seeds: text(PAGE), parse: ofBytes((bytes) => readReport(bytes)) },
  { name: 'web/view/reader-key.ts readTrust', seeds: text(LEDGER.vkey), parse: ofText(readTrust) },
];

function variables(lines: string): Record<string, string> {
  return Object.fromEntries(
    lines.split('\n').map((line) => [line.split('=', 1)[0] ?? '', line.replace(/^[^=]*=?/, '')]),
  );
}

/** For what refuses by an error of its own class: any other one is a finding. */
function refusedBy<T>(kind: abstract new (...args: never) => Error, read: () => T): Result<T> {
  try {
    return ok(read());
  } catch (error) {
    if (error instanceof kind) return fail('encoding/not-allowed', error.message);
    throw error;
  }
}
