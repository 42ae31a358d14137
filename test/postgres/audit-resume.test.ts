import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Stop } from '../../src/cli/stop.ts';
import { readConfig } from '../../src/config/config.ts';
import { DSSE_MEDIA_TYPE, formatEnvelope } from '../../src/core/dsse/envelope.ts';
import { pae } from '../../src/core/dsse/pae.ts';
import { concatBytes } from '../../src/core/encoding/bytes.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { signingKey } from '../../src/keys/service-keys.ts';
import { auditDatabase } from '../../src/main/audit-database.ts';
import { verifyInPool } from '../../src/native/verify-in-pool.ts';
import type { AuditOptions, AuditResult } from '../../src/postgres/audit-ledger.ts';
import { type AuditState, formatAuditState, parseAuditState } from '../../src/postgres/audit-state.ts';
import { sealPayload } from '../../src/service/seal-payload.ts';
import { submissionIdentity } from '../../src/service/submission-identity.ts';
import { query } from '../harness/embedded-folder.ts';
import { audit, codesOf, growLedger, IMAGE, IMAGE_REPOSITORY } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';

const PAGE = 40;

const optionsOf = (service: ServiceUnderTest): AuditOptions => ({
  origin: service.context.store.origin,
  authenticator: service.keys.headAuthenticator,
  verifySignature: verifyInPool,
  pageEntriesMax: PAGE,
});

/** Records an envelope as if the service had verified it; the key that signs it is `signedBy`. */
async function recordEnvelope(service: ServiceUnderTest, number: number, isForged: boolean): Promise<void> {
  const own = service.keys.service;
  const signer = isForged ? signingKey(generateKeyPairSync('ed25519').privateKey) : own;
  const [payloadType, payload] = ['application/vnd.in-toto+json', encodeUtf8(`{"n":${number}}`)];
  const signatures = [{ keyid: '', sig: signer.sign(pae(payloadType, payload)) }];
  const sealed = sealPayload(
    encodeUtf8(formatEnvelope({ payloadType, payload, signatures })),
    DSSE_MEDIA_TYPE,
    (bytes) => new Uint8Array(bytes).fill(number),
  );
  await service.context.sequencer.sequence({
    identity: submissionIdentity('test', [String(number)]),
    proposal: {
      kind: 'attestation.recorded',
      principal: 'bootstrap-admin',
      repository: IMAGE_REPOSITORY,
      stage: 'bulk',
      signer: own.signer,
      assurance: 'service',
      payload: sealed.reference,
      body: { form: 'envelope', subjects: [IMAGE] },
    },
    payload: sealed.stored,
    restsOn: [],
  });
}

async function recordMany(service: ServiceUnderTest, count: number, forged: readonly number[] = []): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, number) => recordEnvelope(service, number, forged.includes(number))),
  );
}

/** An audit that is interrupted after each page, its state written and read each time. */
async function auditInPieces(url: string, options: AuditOptions, pieces: number[] = []): Promise<AuditResult> {
  let kept: Uint8Array | undefined;
  for (;;) {
    const from: AuditState | undefined = kept === undefined ? undefined : parsed(kept, options.origin);
    const result = await audit(url, {
      ...options,
      ...(from === undefined ? {} : { from }),
      onPage: async (state) => {
        kept = concatBytes(...formatAuditState(await state()));
      },
      isStopping: () => true,
    });
    pieces.push(result.size);
    if (result.isWhole) return result;
  }
}

function parsed(bytes: Uint8Array, origin: string): AuditState {
  const state = parseAuditState(bytes, origin);
  assert(state.ok, JSON.stringify(state));
  return state.value;
}

const sorted = ({ findings, ...rest }: AuditResult) => ({
  ...rest,
  findings: findings.map(({ code, seq, message }) => `${seq} ${code} ${message}`).sort(),
});

test('an audit that is interrupted at every page finds what one without a pause finds, and nothing else', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 2);
  await recordMany(service, 300, [7, 250]);
  const url = service.database.ownerUrl;
  const pieces: number[] = [];
  const clean = await audit(url, { ...optionsOf(service) });
  assert.deepEqual(codesOf(clean), ['dsse/no-trusted-signature']);
  assert.equal(clean.findings.length, 2);
  assert.deepEqual(sorted(await auditInPieces(url, optionsOf(service), pieces)), sorted(clean));
  assert.equal(pieces.length, Math.ceil(clean.size / PAGE) + 1);
  await query(
    url,
    [
      ...['entry', 'head', 'tile', 'payload'].map((table) => `ALTER TABLE ${table} DISABLE TRIGGER USER`),
      `UPDATE head SET mac = decode(repeat('00', 32), 'hex') WHERE size = (SELECT min(size) FROM head WHERE size > 100)`,
      'DELETE FROM tile WHERE level = 0',
      `DELETE FROM payload WHERE commitment IN (SELECT commitment FROM payload_reference WHERE seq IN (90, 260))`,
      `DELETE FROM list_entry WHERE seq IN (41, 200)`,
      `DELETE FROM map_page WHERE bucket = (SELECT min(bucket) FROM map_page)`,
    ].join('; '),
  );
  const whole = await audit(url, optionsOf(service));
  assert.deepEqual(codesOf(whole), [
    'database/projection-differs',
    'dsse/no-trusted-signature',
    'head/not-ours',
    'map/page-differs',
    'merkle/missing-tile',
    'payload/absent',
  ]);
  assert.deepEqual(sorted(await auditInPieces(url, optionsOf(service))), sorted(whole));
});

test('a forged signature, a payload that is no envelope and an unknown signer are found where signatures are verified', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 2);
  await recordMany(service, 3, [1]);
  const { verifySignature: _without, ...quick } = optionsOf(service);
  const unverified = await audit(service.database.ownerUrl, quick);
  assert.deepEqual([codesOf(unverified), unverified.signatures], [[], 0]);
  const verified = await audit(service.database.ownerUrl, optionsOf(service));
  assert.deepEqual([codesOf(verified), verified.signatures], [['dsse/no-trusted-signature'], 6]);
});

test('an anchor that lies where an earlier part of the audit went past is compared all the same (head/not-consistent-with-anchor)', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 2);
  await recordMany(service, 100);
  const url = service.database.ownerUrl;
  let state: AuditState | undefined;
  await audit(url, {
    ...optionsOf(service),
    onPage: async (read) => {
      state = await read();
    },
  });
  assert(state !== undefined);
  const { origin } = service.context.store;
  const rows = await query(url, `SELECT size::int AS size, root FROM head WHERE size < 60 ORDER BY size DESC LIMIT 1`);
  const { size, root } = rows[0] as { readonly size: number; readonly root: Buffer };
  const later = (anchorRoot: Uint8Array) =>
    audit(url, {
      ...optionsOf(service),
      ...(state === undefined ? {} : { from: state }),
      anchor: { origin, size, root: anchorRoot },
    });
  assert.deepEqual(codesOf(await later(root)), []);
  assert.deepEqual(codesOf(await later(new Uint8Array(32))), ['head/not-consistent-with-anchor']);
});

test('a state file that is damaged, or of an audit that checked less, is refused (5 cli/state-unusable)', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 2);
  const { database, folder } = service;
  const environment = {
    DATABASE_URL: database.serviceUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    WAYBILL_KEYS: join(folder, 'no-keys'),
    WAYBILL_STATE: join(folder, 'state'),
  };
  const config = readConfig(environment, folder);
  const stateFile = join(folder, 'audit.state');
  const run = (signatures: boolean) => auditDatabase(config, () => undefined, { stateFile, signatures });
  const isUnusable = (error: unknown) => error instanceof Stop && error.complaint.code === 'cli/state-unusable';
  const first = await run(false);
  assert.deepEqual([first.isWhole, first.findings], [true, []]);
  // What was audited is not read again; what is there is still compared with the map.
  assert.deepEqual(await run(false), first);
  await assert.rejects(run(true), isUnusable);
  const bytes = readFileSync(stateFile);
  writeFileSync(stateFile, bytes.subarray(0, bytes.length - 1));
  await assert.rejects(run(false), isUnusable);
});
