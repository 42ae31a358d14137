import { sha256 } from '#sha256';
import type { FirstRecord } from '../contract/evaluated.ts';
import { FirstRecords } from '../contract/first-records.ts';
import { formatHex } from '../encoding/hex.ts';
import type { Json } from '../encoding/json.ts';
import type { Assurance, Entry } from '../entry/entry.ts';
import { imageKey, sourceKey } from '../entry/keys.ts';
import type { ImageSigned } from '../entry/kinds/image-signed.ts';
import type { Result } from '../fault.ts';
import { predicateTypeUri } from '../statement/predicate-types.ts';
import type { CheckList } from './check.ts';
import type { Runs } from './check-runs.ts';
import { type About, checkSigner } from './check-signer.ts';
import { checkManifest, checkPlace, checkSubject, isPlaced } from './check-statement.ts';
import type { Question } from './evidence.ts';
import type { Material, ProvedEntry } from './material.ts';
import { withIndexes } from './needed-lists.ts';
import { type ReadPayload, readPayload } from './read-payload.ts';
import type { TrustState } from './trust-state.ts';

/**
 * An entry that custody of the image counts: a signature or an attestation, of it, of an index that contains it, or of a
 * commit that it comes from.
 */
export type Counted = {
  readonly entry: Entry;
  readonly what: 'signature' | 'attestation';
  /** The index or the commit (`gitCommit:…`) that it is about, where it is not about the image itself. */
  readonly via?: string;
  /** Whether it is about the image or an index, and whether about a commit. */
  readonly on: readonly ('image' | 'source')[];
  readonly predicateType: string;
  readonly predicate?: Json;
  readonly assurance: Assurance;
  /** The statement carries its own repository and stage, signed. */
  readonly placed: boolean;
  /** The first entries with the same statement bytes: an envelope posted again is not new, and not somebody else's. */
  readonly first: FirstRecord;
  /** Whether every check of it passed. */
  readonly sound: boolean;
  /** What its payload holds, where that was shown and reads. */
  readonly content?: ReadPayload;
};

/** An entry about the image, an index that says it contains it, or a commit, with what its payload holds. */
type Candidate = {
  readonly entry: Entry;
  /** The image or index, absent where it is about a commit alone, and the commit. */
  readonly image?: string;
  readonly commit?: string;
  readonly read: Result<ReadPayload>;
};

/** Predicate types that an index hands down to its images (DESIGN 6): signatures and provenance, nothing else. */
export const INHERITED_PREDICATE_TYPES: ReadonlySet<string> = new Set<string>([
  predicateTypeUri('cosign-sign'),
  predicateTypeUri('slsa-provenance'),
  predicateTypeUri('slsa-provenance-v0.2'),
]);

/** Checks every entry about the image in the repository, and gives those that count, in the ledger's order, sound or not. */
export function checkCounted(
  question: Question,
  material: Material,
  trust: TrustState,
  runs: Runs,
  checks: CheckList,
): readonly Counted[] {
  const candidates = withSources(question, material, runs, candidatesOf(question, material));
  const containing = provedImages(question.subject, candidates);
  const firsts = new FirstRecords();
  return candidates.flatMap((candidate) => {
    const { entry, read } = candidate;
    const first = firstOf(candidate, trust, firsts);
    const about = countedAbout(candidate, question.subject);
    if (about === undefined) return [];
    const predicate = read.ok ? read.value.statement.predicate : undefined;
    const sound = checkCandidate(candidate, about.named, containing, trust, checks);
    return [
      {
        entry,
        what: entry.kind === 'image.signed' ? 'signature' : 'attestation',
        ...(about.named === question.subject ? {} : { via: about.named }),
        on: about.on,
        predicateType: read.ok ? read.value.statement.predicateType : (entry.predicateType ?? ''),
        ...(predicate === undefined ? {} : { predicate }),
        assurance: entry.assurance ?? 'unsigned',
        placed: read.ok && isPlaced(read.value.statement),
        first,
        sound,
        ...(read.ok ? { content: read.value } : {}),
      } satisfies Counted,
    ];
  });
}

/**
 * What an entry counts for, and what its statement must name for that; undefined where it counts for nothing. What an index
 * does not hand down says nothing about its images; whether it is true is asked of the index.
 */
function countedAbout(
  { image, commit, read }: Candidate,
  subject: string,
): { readonly named: string; readonly on: Counted['on'] } | undefined {
  const inherited = !read.ok || INHERITED_PREDICATE_TYPES.has(read.value.statement.predicateType);
  const ofImage = image !== undefined && (image === subject || inherited) ? image : undefined;
  const named = ofImage ?? commit;
  if (named === undefined) return undefined;
  return {
    named,
    on: [...(ofImage === undefined ? [] : ['image' as const]), ...(commit === undefined ? [] : ['source' as const])],
  };
}

/** Adds the attestations of each commit that a signature comes from by its run, where the run is accounted for. */
function withSources(
  { repository }: Question,
  material: Material,
  runs: Runs,
  ofImages: readonly Candidate[],
): readonly Candidate[] {
  const candidates = new Map(ofImages.map((candidate) => [candidate.entry.seq, candidate]));
  for (const { entry } of ofImages) {
    const run = entry.kind === 'image.signed' ? runs.accounted.get(entry.run ?? '') : undefined;
    if (run === undefined) continue;
    const commit = `gitCommit:${run.commit}`;
    for (const proved of material.lists.get(sourceKey(repository, run.commit)) ?? []) {
      const { seq, kind } = proved.entry;
      if (kind !== 'attestation.recorded') continue;
      const known = candidates.get(seq);
      candidates.set(seq, { ...(known ?? { entry: proved.entry, read: readPayload(proved) }), commit });
    }
  }
  return [...candidates.values()].sort((a, b) => a.entry.seq - b.entry.seq);
}

/** Signatures and attestations of the repository, each once: as one of the image itself where it names that too. */
function candidatesOf(question: Question, material: Material): readonly Candidate[] {
  const candidates = new Map<number, Candidate>();
  for (const image of material.images) {
    for (const proved of material.lists.get(imageKey(image)) ?? []) {
      const { entry } = proved;
      if (entry.repository !== question.repository || candidates.has(entry.seq) || !isAbout(proved, image)) continue;
      candidates.set(entry.seq, { entry, image, read: readPayload(proved) });
    }
  }
  return [...candidates.values()].sort((a, b) => a.entry.seq - b.entry.seq);
}

/** An index is filed under its children too, so that they find it; there it is about the index, not about them. */
function isAbout({ entry }: ProvedEntry, image: string): boolean {
  if (entry.kind === 'image.signed') return (entry.body as ImageSigned).digest === image;
  return entry.kind === 'attestation.recorded';
}

/** The image, and the indexes whose exact manifest bytes contain it, directly or through another such index. */
function provedImages(subject: string, candidates: readonly Candidate[]): ReadonlySet<string> {
  const indexes = new Map<string, string[]>();
  for (const { image, read } of candidates) {
    const manifest = read.ok ? read.value.image?.manifest : undefined;
    if (image === undefined || manifest?.ok !== true || manifest.value.digest !== image) continue;
    for (const { digest } of manifest.value.children) {
      const above = indexes.get(digest);
      if (above === undefined) indexes.set(digest, [image]);
      else above.push(image);
    }
  }
  return new Set(withIndexes(subject, indexes));
}

function firstOf({ entry, read }: Candidate, trust: TrustState, firsts: FirstRecords): FirstRecord {
  const { seq, time, principal, stage } = entry;
  const person = trust.personOf(entry);
  const named = person === undefined ? {} : { person };
  const own = { seq, time, ...named, filing: { seq, principal, ...named } };
  if (!read.ok) return own;
  const record = { stage, statement: formatHex(sha256(read.value.envelope.payload)) };
  firsts.note(record, own);
  return firsts.of(record) ?? own;
}

/** Every check of one entry; none keeps another from being made. */
function checkCandidate(
  { entry, read }: Candidate,
  named: string,
  containing: ReadonlySet<string>,
  trust: TrustState,
  checks: CheckList,
): boolean {
  const about: About = { seq: entry.seq, ...(entry.stage === undefined ? {} : { stage: entry.stage }) };
  const writer = { ...about, detail: entry.principal };
  const fault = trust.writerFault(entry);
  const written =
    fault === undefined ? checks.pass('principal/allowed', writer) : checks.fail('principal/allowed', fault, writer);
  const signed = checkSigner(entry, read.ok ? read.value : undefined, trust, checks, about);
  if (!read.ok) {
    checkUnread(entry, read.fault.code, checks, about);
    return false;
  }
  const { statement, image: signedImage } = read.value;
  const results = [
    signedImage === undefined || checkManifest(entry, signedImage.manifest, checks, about),
    checkSubject(entry, named, statement, named.startsWith('gitCommit:') || containing.has(named), checks, about),
    checkPlace(entry, statement, checks, about),
  ];
  return written && signed && results.every(Boolean);
}

/** A payload that is not shown leaves its checks not run; one that does not read fails the first of them. */
function checkUnread(entry: Entry, reason: Parameters<CheckList['fail']>[1], checks: CheckList, about: About): void {
  const image = entry.kind === 'image.signed';
  const code = image ? 'signature/image' : 'signature/envelope';
  if (reason === 'payload/absent') checks.notRun(code, reason, about);
  else checks.fail(code, reason, about);
  if (image) checks.notRun('image/manifest', 'custody/blocked', about);
  checks.notRun('statement/subject', 'custody/blocked', about);
  checks.notRun('statement/place', 'custody/blocked', about);
}
