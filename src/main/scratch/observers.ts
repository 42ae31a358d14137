import { parseVkey } from '../../core/checkpoint/signed-note.ts';
import { invariant } from '../../core/fault.ts';
import { type Receipt, verifyReceipt } from '../../core/receipt/receipt.ts';
import { type AuditOptions, auditLedger } from '../../postgres/audit-ledger.ts';
import { openKysely, openPool } from '../../postgres/pool.ts';
import type { Tables } from '../../postgres/tables.ts';
import { type Anchor, ServiceError } from '../../service/ports.ts';

/**
 * Distinct codes of what each audit finds in the database at `url`, sorted, in the order of `audits`; all of them read
 * through one connection of their own.
 */
export async function auditCodes(
  url: string,
  audits: readonly AuditOptions[],
): Promise<readonly (readonly string[])[]> {
  const database = openKysely<Tables>(openPool(url, { max: 1, applicationName: 'waybill audit' }));
  try {
    const codes: (readonly string[])[] = [];
    for (const options of audits) {
      const { findings } = await auditLedger(database, options);
      codes.push([...new Set(findings.map(({ code }) => code))].sort());
    }
    return codes;
  } finally {
    await database.destroy();
  }
}

/** What somebody remembers of the log `logVkey` who kept this receipt: its checkpoint, verified. */
export function rememberedBy(receipt: Receipt, logVkey: string): Anchor {
  const key = parseVkey(logVkey);
  invariant(key.ok, 'the log key of a service of ours reads');
  const verified = verifyReceipt(receipt, [key.value]);
  invariant(verified.ok, 'the receipt was verified when it was given');
  return verified.value.checkpoint;
}

/** What `use` found, or the code that the service refused with. */
export async function codesOf(use: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof ServiceError) return [error.fault.code];
    throw error;
  }
}
