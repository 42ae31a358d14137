import type { Client } from '../client/client.ts';
import type { NoteKey } from '../core/checkpoint/signed-note.ts';
import { type PublicKey, parsePublicKeyPem } from '../core/crypto/public-key.ts';
import { type Evidence, parseEvidence } from '../core/custody/evidence.ts';
import { type Replayed, replayHindrance, replayQuestion, replayVerdict } from '../core/custody/replay-verdict.ts';
import type { TrustFile } from '../core/custody/trust-file.ts';
import { parseBase64 } from '../core/encoding/base64.ts';
import { equalBytes } from '../core/encoding/bytes.ts';
import { formatCanonicalJson } from '../core/encoding/canonical-json.ts';
import type { Json } from '../core/encoding/json.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { type Entry, entryHash } from '../core/entry/entry.ts';
import type { PeriodEntry } from '../core/period/period.ts';
import { parseReceipt, verifyReceipt } from '../core/receipt/receipt.ts';
import { EXIT } from './exit-codes.ts';
import { Stop, stopOf } from './stop.ts';

/** What recorded verdicts of one log are replayed with. */
export type ReplayTools = {
  readonly client: Client;
  readonly keys: readonly NoteKey[];
  readonly trusts: readonly TrustFile[];
  /** Hears the checkpoint of each evidence, before anything is made of it. */
  readonly onCheckpoint: (note: string) => Promise<void>;
};

/**
 * Judges one recorded verdict again, here: from evidence as of its cut that the service hands out and this machine checks, and
 * from the payload that the entry commits to. The service's word counts for nothing in it.
 */
export async function replayEntry(tools: ReplayTools, { entry, hash }: PeriodEntry): Promise<Replayed> {
  const hindrance = replayHindrance(entry, tools.trusts);
  if (hindrance !== undefined) return { outcome: hindrance };
  const [evidence, payload, key] = await Promise.all([
    readEvidence(tools, entry),
    readPayload(tools, entry, hash),
    readKey(tools, entry.signer ?? ''),
  ]);
  if (evidence === undefined) return { outcome: 'differs', difference: 'evidence' };
  await tools.onCheckpoint(evidence.checkpoint);
  return replayVerdict({
    entry,
    evidence,
    trusts: tools.trusts,
    ...(payload === undefined ? {} : { payload }),
    ...(key === undefined ? {} : { key }),
  });
}

/** Evidence that does not read shows nothing, which is what the replay then says. */
async function readEvidence({ client }: ReplayTools, entry: Entry): Promise<Evidence | undefined> {
  const { subject, repository, environment, asOf } = replayQuestion(entry);
  const state = { asOf: String(asOf?.size ?? 0), view: 'then' } as const;
  const bytes = await client.evidence({ digest: subject, repository, environment, ...state });
  const evidence = parseEvidence(bytes);
  return evidence.ok ? evidence.value : undefined;
}

/** The payload where it is not erased; held to the entry by the salt of the receipt. */
async function readPayload(
  { client, keys }: ReplayTools,
  entry: Entry,
  hash: Uint8Array,
): Promise<Uint8Array | undefined> {
  const { value } = await client.entry(entry.seq);
  if (value.payload === undefined) return undefined;
  const bytes = parseBase64(value.payload);
  if (!bytes.ok) throw stopOf(EXIT.integrity, bytes.fault, `The payload of entry ${entry.seq} does not read`);
  const receipt = parseReceipt(await client.receipt(entry.seq));
  const verified = receipt.ok ? verifyReceipt(receipt.value, keys, bytes.value) : receipt;
  if (!verified.ok) throw stopOf(EXIT.integrity, verified.fault, `The receipt of entry ${entry.seq} does not hold`);
  const own = entryHash(encodeUtf8(formatCanonicalJson(verified.value.entry as unknown as Json)));
  if (equalBytes(own, hash)) return bytes.value;
  throw new Stop(EXIT.history, {
    code: 'checkpoint/forked',
    message: `The log signed two entries ${entry.seq}.`,
  });
}

const keysOfClient = new WeakMap<Client, Map<string, PublicKey | undefined>>();

/** The key of a signer: its id follows from it, so that whoever names another one is seen. */
async function readKey({ client }: ReplayTools, signer: string): Promise<PublicKey | undefined> {
  const known = keysOfClient.get(client) ?? new Map<string, PublicKey | undefined>();
  keysOfClient.set(client, known);
  if (known.has(signer)) return known.get(signer);
  const { value } = await client.signer(signer);
  const key = parsePublicKeyPem(value.publicKeyPem);
  known.set(signer, key.ok ? key.value : undefined);
  return known.get(signer);
}
