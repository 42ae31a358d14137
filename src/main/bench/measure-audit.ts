import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { readConfig } from '../../config/config.ts';
import { openServiceKeys } from '../../keys/service-keys.ts';
import { auditLedger } from '../../postgres/audit-ledger.ts';
import { parseSeq } from '../../postgres/pool.ts';
import { readOrigin } from '../../postgres/read-ledger.ts';
import type { Tables } from '../../postgres/tables.ts';
import { withDatabase } from '../with-database.ts';
import { forJson, type Measured } from './bars.ts';
import type { Bench, Stand } from './stand.ts';
import { median, ratioOfRounds } from './statistics.ts';

const ROWS_AT_ONCE = 2_000;
const LEAF = Buffer.of(0);

/**
 * The whole-ledger audit, as `waybill audit` does it, against nothing but reading the rows of entries and payloads and hashing each once.
 * Both in one thread of one process over one connection, in turns. Fails where the audit finds anything: that it finds
 * nothing is also what shows that a ledger which the bench grew is a true one.
 */
export async function measureAudit(bench: Bench, stand: Stand): Promise<Measured> {
  const rounds = bench.quick ? 2 : 3;
  const config = readConfig(stand.service.environment, stand.folder);
  const { headAuthenticator } = openServiceKeys(config.keysFolder, undefined);
  return withDatabase(
    config,
    'service',
    () => undefined,
    async (database) => {
      const origin = (await readOrigin(database)) ?? '';
      const measured: { readonly value: number; readonly ceiling: number }[] = [];
      let size = 0;
      for (let round = 0; round < rounds; round += 1) {
        const [read, readSeconds] = await timed(() => readAndHash(database));
        const [audited, seconds] = await timed(() =>
          auditLedger(database, { origin, authenticator: headAuthenticator }),
        );
        const [finding] = audited.findings;
        if (finding !== undefined)
          throw new Error(`the audit found ${finding.code} at ${finding.seq}: ${finding.message}`);
        if (audited.size !== read) throw new Error(`the audit saw ${audited.size} entries, the ceiling ${read}`);
        size = audited.size;
        measured.push({ value: size / seconds, ceiling: size / readSeconds });
        bench.log(`audit of ${size} entries: ${seconds.toFixed(1)} s, reading and hashing ${readSeconds.toFixed(1)} s`);
      }
      const { ratio, min, max } = ratioOfRounds(measured);
      return {
        value: ratio,
        ceiling: forJson({
          what: 'the rows of entries and payloads read and hashed, one thread',
          entriesPerSecond: Math.round(median(measured.map(({ ceiling }) => ceiling))),
        }),
        details: forJson({
          entriesPerSecond: Math.round(median(measured.map(({ value }) => value))),
          treeSize: size,
          rounds,
          ratioMin: min,
          ratioMax: max,
        }),
      };
    },
  );
}

async function timed<T>(run: () => Promise<T>): Promise<readonly [T, seconds: number]> {
  const startedAt = performance.now();
  const result = await run();
  return [result, (performance.now() - startedAt) / 1000];
}

/** Reads every entry with its payload in the order of the ledger, and hashes both once; gives the number of entries. */
async function readAndHash(database: Kysely<Tables>): Promise<number> {
  let page = readRows(database, 0);
  for (let next = 0; ; ) {
    const rows = await page;
    const last = rows.at(-1);
    if (last === undefined) return next;
    next = parseSeq(last.seq) + 1;
    // As the audit does: the database reads on while these are hashed.
    page = readRows(database, next);
    page.catch(() => undefined);
    for (const { leaf, salt, bytes } of rows) {
      createHash('sha256').update(LEAF).update(leaf).digest();
      if (salt !== null && bytes !== null) createHash('sha256').update(salt).update(bytes).digest();
    }
  }
}

type Row = { readonly seq: string; readonly leaf: Buffer; readonly salt: Buffer | null; readonly bytes: Buffer | null };

async function readRows(database: Kysely<Tables>, from: number): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    SELECT entry.seq, entry.leaf, payload.salt, payload.bytes FROM entry
    LEFT JOIN payload_reference USING (seq) LEFT JOIN payload USING (commitment)
    WHERE entry.seq >= ${String(from)}::bigint AND entry.seq < ${String(from + ROWS_AT_ONCE)}::bigint
    ORDER BY entry.seq`.execute(database);
  return rows;
}
