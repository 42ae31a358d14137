import type { Kysely } from 'kysely';
import { parseVkey } from '../core/checkpoint/signed-note.ts';
import { equalBytes } from '../core/encoding/bytes.ts';
import { formatHex } from '../core/encoding/hex.ts';
import { LedgerReplay, type ReplayFinding } from '../core/entry/replay.ts';
import { verifyConsistency } from '../core/merkle/consistency.ts';
import { frontierRoot, parseFrontier } from '../core/merkle/frontier.ts';
import { consistencyPathFromTiles, tilesForConsistency } from '../core/merkle/tile.ts';
import type { Anchor, HeadAuthenticator, SignatureVerifier, StoredHead } from '../service/ports.ts';
import { AgreementAudit } from './audit-agreements.ts';
import { auditMapPages } from './audit-map.ts';
import { type AuditPage, readAuditPage } from './audit-page.ts';
import { auditPayloads } from './audit-payloads.ts';
import { auditBeyond, auditProjections } from './audit-projections.ts';
import { SignatureAudit } from './audit-signatures.ts';
import type { AuditState } from './audit-state.ts';
import { TileAudit } from './audit-tiles.ts';
import { macKeyOf } from './head-row.ts';
import { runWithin } from './ledger-transaction.ts';
import { parseSeq } from './pool.ts';
import { projectEntries } from './project-entry.ts';
import { readTiles } from './read-tiles.ts';
import { tagOfDocument } from './signed-tags.ts';
import type { Tables } from './tables.ts';

/** One thing that is not as it must be: where, under which code, and in words. */
export type AuditFinding = ReplayFinding;

export type AuditResult = {
  readonly origin: string;
  readonly size: number;
  readonly root: string;
  readonly heads: number;
  readonly tiles: number;
  readonly payloads: number;
  /** Signed payloads whose signatures were verified; 0 where that was not asked for. */
  readonly signatures: number;
  readonly findings: readonly AuditFinding[];
  /** False where it was to stop before the end. */
  readonly isWhole: boolean;
};

export type AuditOptions = {
  readonly origin: string;
  /** The service's own MAC key, where the audit runs beside it; without it MACs are not checked. */
  readonly authenticator?: HeadAuthenticator;
  /** The head that a replica remembers outside the database. */
  readonly anchor?: Anchor;
  /** Verifies the signatures of attestations, images and verdicts as well. */
  readonly verifySignature?: SignatureVerifier;
  /** Goes on from there, where the same was checked; what was found before is among the findings. */
  readonly from?: AuditState;
  readonly onProgress?: (done: number, size: number) => void;
  /** Hears after each page, and after the last one, how the state may be had; nothing is read until it is done. */
  readonly onPage?: (state: () => Promise<AuditState>, isLast: boolean) => Promise<void>;
  readonly isStopping?: () => boolean;
  /** Entries of one page: 2,000. */
  readonly pageEntriesMax?: number;
};

const FINDINGS_MAX = 1_000;

/**
 * Replays the whole ledger out of the database: chain, lists, tree and map by `core`, then everything stored beside the
 * leaves against it: generated hashes, heads and their MACs, pages of the map, tiles, payload commitments, agreements of
 * control keys and of two people, projections (names and tags among them), and the anchor.
 * Reads only, page by page, without a long transaction. Stops looking after 1,000 findings.
 */
export async function auditLedger(database: Kysely<Tables>, options: AuditOptions): Promise<AuditResult> {
  const audit = new Audit(database, options);
  if (!(await audit.replay())) return audit.result(false);
  await audit.checkMap();
  await audit.checkAnchor();
  await audit.settle();
  return audit.result(true);
}

class Audit {
  readonly #database: Kysely<Tables>;
  readonly #options: AuditOptions;
  readonly #replay: LedgerReplay;
  readonly #tiles: TileAudit;
  readonly #signatures: SignatureAudit | undefined;
  readonly #agreements: AgreementAudit;
  readonly #findings: AuditFinding[];
  #next: number;
  #heads: number;
  #payloads: number;
  #anchorSeen: number | undefined;

  constructor(database: Kysely<Tables>, options: AuditOptions) {
    const { origin, from, verifySignature } = options;
    this.#database = database;
    this.#options = options;
    this.#replay = new LedgerReplay(origin, from?.replay);
    this.#tiles = new TileAudit(this.#replay.size, from?.tiles);
    this.#signatures =
      verifySignature === undefined ? undefined : new SignatureAudit(verifySignature, from?.signatures);
    this.#agreements = new AgreementAudit(from?.agreements);
    this.#findings = [...(from?.findings ?? [])];
    this.#next = from?.next ?? 0;
    this.#heads = from?.heads ?? 0;
    this.#payloads = from?.payloads ?? 0;
    this.#anchorSeen = from?.anchorSeen;
  }

  result(isWhole: boolean): AuditResult {
    return {
      origin: this.#options.origin,
      size: this.#replay.size,
      root: formatHex(this.#replay.root),
      heads: this.#heads,
      tiles: this.#tiles.tiles,
      payloads: this.#payloads,
      signatures: this.#signatures?.signatures ?? 0,
      findings: this.#findings.slice(0, FINDINGS_MAX),
      isWhole,
    };
  }

  /** Signatures that are still being verified. */
  async settle(): Promise<void> {
    await this.#signatures?.settle();
  }

  /** Every entry in its order; false where it was to stop before the last one. */
  async replay(): Promise<boolean> {
    const { onProgress, onPage, isStopping, pageEntriesMax } = this.#options;
    const size = await this.#newestHead();
    let reading = readAuditPage(this.#database, this.#next, pageEntriesMax);
    while (this.#findings.length < FINDINGS_MAX) {
      const page = await reading;
      const last = page.entries.at(-1);
      if (last === undefined) break;
      // The database reads on while these are replayed. Who fails meanwhile is heard when the page is waited for.
      reading = readAuditPage(this.#database, parseSeq(last.seq) + 1, pageEntriesMax);
      reading.catch(() => undefined);
      await this.#takePage(page);
      onProgress?.(this.#next, Math.max(this.#next, size));
      await onPage?.(() => this.#state(), false);
      if (isStopping?.() !== true) continue;
      await reading;
      await this.settle();
      return false;
    }
    if (this.#replay.size < size)
      this.#find('entry/missing', this.#replay.size, `The head says ${size} entries; ${this.#replay.size} are there.`);
    await onPage?.(() => this.#state(), true);
    // Read again: what was appended meanwhile came with its head.
    const grown = await this.#newestHead();
    if (this.#replay.size > grown)
      this.#find('head/not-ours', grown, `Entries stand beyond the newest head of size ${grown}.`);
    return true;
  }

  async #state(): Promise<AuditState> {
    await this.settle();
    const signatures = this.#signatures;
    return {
      replay: this.#replay.state,
      next: this.#next,
      heads: this.#heads,
      payloads: this.#payloads,
      tiles: this.#tiles.state,
      findings: this.#findings.slice(0, FINDINGS_MAX),
      agreements: this.#agreements.state,
      macs: this.#options.authenticator !== undefined,
      ...(this.#anchorSeen === undefined ? {} : { anchorSeen: this.#anchorSeen }),
      ...(signatures === undefined ? {} : { signatures: { signatures: signatures.signatures, keys: signatures.keys } }),
    };
  }

  async #newestHead(): Promise<number> {
    const newest = await this.#database
      .selectFrom('head')
      .select('size')
      .orderBy('size', 'desc')
      .limit(1)
      .executeTakeFirst();
    return newest === undefined ? 0 : parseSeq(newest.size);
  }

  async #takePage(page: AuditPage, database = this.#database): Promise<void> {
    const entries = page.entries.flatMap((row) => {
      const seq = parseSeq(row.seq);
      if (seq !== this.#replay.size)
        this.#find('entry/missing', this.#replay.size, `Entry ${this.#replay.size} is missing; ${seq} follows.`);
      const next = this.#replay.next(row.leaf);
      for (const finding of next.findings) this.#findings.push(finding);
      if (!equalBytes(next.hash, row.hash))
        this.#find('entry/link-broken', seq, 'The stored hash is not that of the stored leaf.');
      this.#tiles.take(next.hash);
      this.#checkHead(page.heads.get(this.#replay.size));
      this.#compareAnchor();
      return next.entry === undefined ? [] : [next.entry];
    });
    const found = (finding: AuditFinding) => this.#findings.push(finding);
    // Those of the page before were verified meanwhile.
    await this.settle();
    this.#agreements.open(entries);
    const tags = new Map<number, string | undefined>();
    this.#payloads += await auditPayloads(database, entries, found, (entry, payload) => {
      if (entry.kind === 'image.signed') tags.set(entry.seq, tagOfDocument(payload));
      this.#agreements.take(found, entry, payload);
      this.#signatures?.take(entry, payload, found);
    });
    this.#agreements.take(found);
    await auditProjections(database, projectEntries(entries, tags), page, found);
    await this.#tiles.check(database, found);
    const last = page.entries.at(-1);
    if (last !== undefined) this.#next = parseSeq(last.seq) + 1;
  }

  #checkHead(row: Tables['head'] | undefined): void {
    if (row === undefined) return;
    this.#heads += 1;
    const size = this.#replay.size;
    if (!this.#replay.agrees(row.root))
      this.#find('head/not-ours', size, `The stored head of size ${size} has another root than its entries.`);
    const frontier = parseFrontier(row.frontier);
    if (!frontier.ok || !equalBytes(frontierRoot(frontier.value), row.root)) {
      this.#find('head/not-ours', size, `The stored frontier of size ${size} has another root.`);
      return;
    }
    const mapRoot = this.#replay.committedMap;
    if (mapRoot === undefined || !equalBytes(mapRoot, row.map_root))
      this.#find('head/not-ours', size, `The head of size ${size} does not stand over the commitment to its map.`);
    this.#checkMac(
      { origin: this.#options.origin, frontier: frontier.value, root: row.root, mapRoot: row.map_root },
      row.mac,
    );
  }

  /** From the announcement of a log key on heads carry its MAC; the replay says which one that is. */
  #checkMac(head: StoredHead, mac: Uint8Array): void {
    const { authenticator } = this.#options;
    if (authenticator === undefined) return;
    const { size } = head.frontier;
    const key = macKeyOf(head, mac, authenticator);
    const newest = this.#replay.state.logKeys?.inForce.at(-1);
    const named = newest === undefined ? undefined : parseVkey(newest);
    const isNewest = named?.ok !== true || key === formatHex(named.value.publicKey);
    if (key === undefined || !isNewest)
      this.#find('head/not-ours', size, `The head of size ${size} does not carry this service's MAC.`);
  }

  #compareAnchor(): void {
    const { anchor } = this.#options;
    if (anchor === undefined || anchor.size !== this.#replay.size) return;
    this.#anchorSeen = anchor.size;
    const message = `At size ${anchor.size} the ledger is not the one that the anchor has seen.`;
    if (!this.#replay.agrees(anchor.root)) this.#find('head/not-consistent-with-anchor', anchor.size, message);
  }

  async checkAnchor(): Promise<void> {
    const { anchor, origin } = this.#options;
    if (anchor === undefined) return;
    if (anchor.origin !== origin)
      this.#find('anchor/wrong-origin', anchor.size, `The anchor is that of ${anchor.origin}.`);
    else if (anchor.size > this.#replay.size) {
      const message = `The anchor has seen ${anchor.size} entries; ${this.#replay.size} are there.`;
      this.#find('head/behind-anchor', this.#replay.size, message);
    } else if (this.#anchorSeen !== anchor.size && !(await this.#continuesAnchor(anchor))) {
      const message = `At size ${anchor.size} the ledger is not the one that the anchor has seen.`;
      this.#find('head/not-consistent-with-anchor', anchor.size, message);
    }
  }

  /** For an anchor that an earlier part of this audit went past: by a proof out of the tiles, which that part has checked. */
  async #continuesAnchor({ size, root }: Anchor): Promise<boolean> {
    const second = this.#replay.size;
    if (size === 0) return true;
    const tiles = await readTiles(runWithin(this.#database), tilesForConsistency(size, second));
    const path = consistencyPathFromTiles(size, second, tiles);
    const secondRoot = this.#replay.root;
    return path.ok && verifyConsistency({ first: size, second, firstRoot: root, secondRoot, path: path.value }).ok;
  }

  /** The pages of the map, and what was appended since the replay, in one view of the database. */
  async checkMap(): Promise<void> {
    const view = this.#database.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
    await view.execute(async (transaction) => {
      while (this.#findings.length < FINDINGS_MAX) {
        const page = await readAuditPage(transaction, this.#next);
        if (page.entries.length === 0) break;
        await this.#takePage(page, transaction);
      }
      // Without its commitment the end of the ledger is missing, and said to be.
      if (this.#replay.committedMap === undefined) return;
      await auditMapPages(transaction, this.#replay.map, this.#replay.size, (finding) => this.#findings.push(finding));
      await auditBeyond(transaction, this.#replay.size, (finding) => this.#findings.push(finding));
    });
  }

  #find(code: AuditFinding['code'], seq: number, message: string): void {
    this.#findings.push({ code, seq, message });
  }
}
