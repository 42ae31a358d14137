import { randomBytes } from 'node:crypto';
import { sha256 } from '#sha256';
import { DSSE_MEDIA_TYPE } from '../../core/dsse/envelope.ts';
import { pae } from '../../core/dsse/pae.ts';
import { concatBytes } from '../../core/encoding/bytes.ts';
import { formatHex, parseHex } from '../../core/encoding/hex.ts';
import { payloadCommitment } from '../../core/entry/commitment.ts';
import type { Proposal } from '../../core/entry/entry.ts';
import { type LedgerHead, type LinkedEntry, type ListHead, linkEntries, proposalKeys } from '../../core/entry/link.ts';
import { invariant } from '../../core/fault.ts';
import { type Manifest, parseManifest } from '../../core/image/manifest.ts';
import { childDigests, formatSignedImage, SIGNED_IMAGE_MEDIA_TYPE } from '../../core/image/signed-image.ts';
import { simpleSigningPayload } from '../../core/image/simple-signing.ts';
import type { LedgerMap } from '../../core/map/ledger-map.ts';
import { appendLeaves, type Frontier, formatFrontier, frontierRoot } from '../../core/merkle/frontier.ts';
import { completedTiles, tileRoot } from '../../core/merkle/tile.ts';
import { imageSignatureStatement } from '../../core/statement/build-statement.ts';
import { IN_TOTO_PAYLOAD_TYPE } from '../../core/statement/envelope-statement.ts';
import { predicateTypeUri } from '../../core/statement/predicate-types.ts';
import { SERVICE_PRINCIPAL } from '../../core/trust/grant-document.ts';
import { projectEntries } from '../../postgres/project-entry.ts';
import type { ServiceKeys, StoredPayload } from '../../service/ports.ts';
import { buildImageBundle } from '../../sigstore/image-bundle.ts';
import type { BulkRows } from './bulk-insert.ts';
import {
  CHILDREN_OF_AN_INDEX,
  digestOf,
  envelopeOf,
  indexManifestOf,
  manifestOf,
  predicateTypeOf,
  repositoryOf,
  STAGES_OF_AN_IMAGE,
  stageNameOf,
  type Workload,
} from './workload.ts';

/** Entries of an image that is signed and has every stage. */
export const ENTRIES_OF_AN_IMAGE = 1 + STAGES_OF_AN_IMAGE;
/** Lists that a signed index begins: its own, and one for each child. */
export const KEYS_OF_AN_INDEX = 1 + CHILDREN_OF_AN_INDEX;
/** Images that are under way at once: the entries of one lie so far apart in the ledger. */
const IMAGES_UNDER_WAY = 2_000;
/** Entries of one batch, as the service makes them under load. */
const BATCH_ENTRIES = 128;

/** Where a ledger stands, and what is needed to go on from there: made from the database, then kept along. */
export type Growth = {
  readonly origin: string;
  readonly keys: ServiceKeys;
  readonly workload: Workload;
  readonly principal: string;
  head: LedgerHead;
  frontier: Frontier;
  /** Hashes of the tiles that are not full yet, level by level. */
  readonly edges: Uint8Array[][];
  readonly lists: Map<string, ListHead>;
  /** The map over the whole ledger. */
  readonly map: LedgerMap;
};

/** Images or indexes of these numbers: `count` from `first` on. */
export type Numbers = { readonly first: number; readonly count: number };

/** One batch as the rows that the append would have written. */
export type GrownBatch = { readonly entries: number; readonly tables: readonly BulkRows[] };

type Proposed = { readonly proposal: Proposal; readonly payload: StoredPayload };

/**
 * Batches that carry signed images with all their stages, linked by `core` exactly as the append links them. The signatures
 * are real; only authorisation, which always holds here, is not asked for.
 */
export function* growImages(growth: Growth, { first, count }: Numbers): Generator<GrownBatch> {
  for (let group = 0; group < count; group += IMAGES_UNDER_WAY) {
    const size = Math.min(IMAGES_UNDER_WAY, count - group);
    growth.lists.clear();
    let batch: Proposed[] = [];
    for (let step = 0; step < ENTRIES_OF_AN_IMAGE; step += 1) {
      for (let image = first + group; image < first + group + size; image += 1) {
        batch.push(step === 0 ? signedImage(growth, manifestOf(image), image) : attestation(growth, image, step - 1));
        if (batch.length < BATCH_ENTRIES) continue;
        yield linkBatch(growth, batch);
        batch = [];
      }
    }
    if (batch.length > 0) yield linkBatch(growth, batch);
  }
}

/** Batches that carry signed indexes, in the same way: few entries, and 65 keys of the map with each. */
export function* growIndexes(growth: Growth, { first, count }: Numbers): Generator<GrownBatch> {
  for (let from = first; from < first + count; from += BATCH_ENTRIES) {
    const size = Math.min(BATCH_ENTRIES, first + count - from);
    growth.lists.clear();
    const indexes = Array.from({ length: size }, (_, n) => from + n);
    yield linkBatch(
      growth,
      indexes.map((index) => signedImage(growth, indexManifestOf(index), index)),
    );
  }
}

function linkBatch(growth: Growth, submissions: readonly Proposed[]): GrownBatch {
  const proposals = submissions.map(({ proposal }) => proposal);
  const lists = new Map<string, ListHead>();
  for (const key of proposals.flatMap(proposalKeys)) {
    const head = growth.lists.get(key);
    if (head !== undefined) lists.set(key, head);
  }
  const times = [new Date().toISOString(), growth.head.last?.time ?? ''].sort();
  const time = times.at(-1) ?? '';
  const fresh = linkEntries(growth.head, lists, time, proposals);
  for (const { entry, hash } of fresh) {
    const { keys, seq } = entry;
    for (const { key, n } of keys) growth.lists.set(key, { n, seq, hash: formatHex(hash) });
    growth.map.take({ keys, seq, hash: formatHex(hash) });
  }
  const { commitment, pages, mapRoot } = commitMap(growth, fresh, time);
  const linked = [...fresh, commitment];
  const tables = [
    { table: 'payload', rows: submissions.map(({ payload }) => payload) },
    { table: 'entry', rows: linked.map(({ entry, bytes }) => entryRow(entry.seq, bytes, entry.prev)) },
    { table: 'map_page', rows: pages },
    ...growTree(growth, linked, mapRoot),
    {
      table: 'submission',
      rows: fresh.map(({ entry, hash }) => ({ identity: sha256(hash), seq: String(entry.seq) })),
    },
    ...Object.entries(projectEntries(linked.map(({ entry }) => entry))).map(([table, rows]) => ({ table, rows })),
  ];
  return { entries: linked.length, tables };
}

/** The commitment that ends the batch, and the buckets that it changed. */
function commitMap(growth: Growth, fresh: readonly LinkedEntry[], time: string) {
  const newest = fresh.at(-1);
  invariant(newest !== undefined, 'a batch has an entry');
  const { keys, root, changed } = growth.map.commit();
  const [commitment] = linkEntries(
    { log: growth.origin, size: newest.entry.seq + 1, last: { hash: formatHex(newest.hash), time } },
    new Map(),
    time,
    [{ kind: 'map.committed', principal: SERVICE_PRINCIPAL, body: { keys, root: formatHex(root) } }],
  );
  invariant(commitment !== undefined, 'one proposal makes one entry');
  const pages = changed.map(({ bucket, hash }) => ({ bucket, hash, body: growth.map.page(bucket) }));
  return { commitment, pages, mapRoot: root };
}

function entryRow(seq: number, leaf: Uint8Array, prev: string | undefined) {
  const bytes = prev === undefined ? undefined : parseHex(prev, 32);
  return { seq: String(seq), leaf, prev: bytes?.ok === true ? bytes.value : null };
}

/** The head over the batch, and the tiles that it fills. */
function growTree(growth: Growth, linked: readonly LinkedEntry[], mapRoot: Uint8Array): readonly BulkRows[] {
  const { origin, keys } = growth;
  const oldSize = growth.frontier.size;
  const hashes = linked.map(({ hash }) => hash);
  growth.frontier = appendLeaves(growth.frontier, hashes);
  const newest = linked.at(-1);
  invariant(newest !== undefined, 'a batch has an entry');
  growth.head = {
    log: origin,
    size: growth.frontier.size,
    last: { hash: formatHex(newest.hash), time: newest.entry.time },
  };
  const root = frontierRoot(growth.frontier);
  const mac = keys.headAuthenticator.mac(origin, growth.frontier, root, mapRoot);
  const frontier = formatFrontier(growth.frontier);
  const head = { size: String(growth.frontier.size), root, frontier, map_root: mapRoot, mac };
  edgeOf(growth, 0).push(...hashes);
  const tiles = completedTiles(oldSize, growth.frontier.size).map(({ level, index }) => {
    const full = concatBytes(...edgeOf(growth, level).splice(0, 256));
    const tile = { level, index: String(index), hashes: full, root: tileRoot(full) };
    edgeOf(growth, level + 1).push(tile.root);
    return tile;
  });
  return [
    { table: 'head', rows: [head] },
    { table: 'tile', rows: tiles },
  ];
}

function edgeOf(growth: Growth, level: number): Uint8Array[] {
  const edge = growth.edges[level] ?? [];
  growth.edges[level] = edge;
  return edge;
}

/** The entry of an image or an index, as the service signs it. */
function signedImage(growth: Growth, bytes: Uint8Array, number: number): Proposed {
  const key = growth.keys.image;
  const manifest = readManifest(bytes);
  const { digest, mediaType, sizeBytes } = manifest;
  const repository = repositoryOf(number);
  const statement = imageSignatureStatement(digest);
  const signature = key.sign(pae(IN_TOTO_PAYLOAD_TYPE, statement));
  const bundle = new Uint8Array(
    Buffer.from(buildImageBundle(IN_TOTO_PAYLOAD_TYPE, statement, signature, key.publicKey)),
  );
  const payload = simpleSigningPayload(repository, digest);
  const simpleSigning = { payload, signature: key.sign(payload) };
  const sealed = seal(formatSignedImage({ bundle, manifest: bytes, simpleSigning }), SIGNED_IMAGE_MEDIA_TYPE);
  const body = { digest, mediaType, size: sizeBytes, shape: manifest.kind, children: childDigests(manifest) };
  const proposal: Proposal = {
    kind: 'image.signed',
    principal: growth.principal,
    repository,
    signer: key.signer,
    predicateType: predicateTypeUri('cosign-sign'),
    assurance: 'service',
    payload: sealed.reference,
    body,
  };
  return { proposal, payload: sealed.stored };
}

function readManifest(bytes: Uint8Array): Manifest {
  const manifest = parseManifest(bytes);
  invariant(manifest.ok, 'a manifest of the workload reads');
  return manifest.value;
}

function attestation(growth: Growth, image: number, stage: number): Proposed {
  const { signers } = growth.workload;
  const sealed = seal(envelopeOf(growth.workload, { image, stage, round: 0 }), DSSE_MEDIA_TYPE);
  const proposal: Proposal = {
    kind: 'attestation.recorded',
    principal: growth.principal,
    repository: repositoryOf(image),
    stage: stageNameOf(stage),
    signer: signers[image % signers.length]?.signer ?? '',
    assurance: 'pipeline',
    predicateType: predicateTypeOf(stage),
    payload: sealed.reference,
    body: { form: 'envelope', subjects: [digestOf(image)] },
  };
  return { proposal, payload: sealed.stored };
}

function seal(bytes: Uint8Array, mediaType: string) {
  const salt = new Uint8Array(randomBytes(32));
  const commitment = payloadCommitment(salt, bytes);
  const stored: StoredPayload = { commitment: new Uint8Array(Buffer.from(commitment, 'hex')), salt, bytes };
  return { reference: { commitment, mediaType, size: bytes.length }, stored };
}
