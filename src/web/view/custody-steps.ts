import type { Check } from '../../core/custody/check.ts';
import type { Evidence } from '../../core/custody/evidence.ts';
import type { TimelineItem } from '../../core/custody/timeline.ts';
import type { CustodyResult } from '../../core/custody/verify-custody.ts';
import type { ContractPublished } from '../../core/entry/kinds/contract-published.ts';
import type { ContractWithdrawn } from '../../core/entry/kinds/contract-withdrawn.ts';
import { predicateTypeByUri } from '../../core/statement/predicate-types.ts';
import { parseRotation } from '../../core/trust/rotation-document.ts';
import { parseSignerDocument, type SignerDocument } from '../../core/trust/signer-document.ts';
import { whoWords } from './act-words.ts';
import { shortDigest } from './short-digest.ts';
import type { TimelineStep } from './timeline.ts';
import type { Mark } from './timeline-marks.ts';

const ASSURANCE_WORDS: Readonly<Record<string, string>> = {
  pipeline: 'pipeline’s own key',
  keyless: 'keyless identity',
  service: 'signed by the service',
  unsigned: 'not signed',
};

/** The steps of custody in words, out of what was verified. */
export function custodySteps(result: CustodyResult, evidence: Evidence): readonly TimelineStep[] {
  const titles = signerTitles(evidence);
  const entries = new Map(evidence.entries.map(({ entry }) => [entry.seq, entry]));
  const agreements = result.checks.flatMap(agreementOf);
  return result.timeline.map((item) => {
    const { seq, time, kind, via, sound } = item;
    const body = entries.get(seq)?.body;
    const title = titleOf(item, body);
    return {
      seq,
      day: time.slice(0, 10),
      clock: time.slice(11, 19),
      title: title.name,
      ...(title.end === undefined ? {} : { titleEnd: title.end }),
      details: [...detailsOf(item, titles), ...agreements.filter((one) => one.seq === seq).map(({ words }) => words)],
      ...chipOf(item),
      mark: markOf(item),
      broken: !sound,
      ...(kind === 'attestation.recorded' && sound ? { folds: item.stage ?? kind } : {}),
      ...(via === undefined ? {} : { via }),
    };
  });
}

/** Who vouched for a step, or that a run did not end well. */
function chipOf({ kind, assurance, outcome }: TimelineItem): Pick<TimelineStep, 'assurance'> {
  if (outcome !== undefined && outcome !== 'succeeded') return { assurance: outcome === 'expired' ? 'lost' : outcome };
  if (assurance === undefined || kind === 'image.signed') return {};
  return { assurance: ASSURANCE_WORDS[assurance] ?? assurance };
}

/** What control keys, or two people, made of an entry. */
function agreementOf({
  code,
  outcome,
  reason,
  seq,
}: Check): readonly { readonly seq: number; readonly words: string }[] {
  if (seq === undefined || reason === 'control/not-needed') return [];
  const [agreed, alone] = AGREEMENTS[code] ?? [];
  const words = outcome === 'pass' ? agreed : alone;
  return words === undefined ? [] : [{ seq, words }];
}

const AGREEMENTS: Readonly<Partial<Record<Check['code'], readonly [agreed: string, alone: string]>>> = {
  'control/envelope': ['agreed to by control keys', 'no effect: no agreement of control keys'],
  'dual-control/two-people': ['by two people', 'no effect: not by two people'],
};

/** A run as its commit has it: which attempt, and how it ended. */
function runTitle({ kind, attempt, outcome }: TimelineItem): string {
  if (kind === 'run.opened') return `Run opened, attempt ${attempt}`;
  return kind === 'run.expired' ? `Run expired, attempt ${attempt}` : `Run closed as ${outcome}, attempt ${attempt}`;
}

/** What a step is called. A contract's name may be long; what became of it is the end, which no screen cuts off. */
function titleOf(item: TimelineItem, body: unknown): { readonly name: string; readonly end?: string } {
  const { kind, stage, environment, via } = item;
  if (kind.startsWith('run.')) return { name: runTitle(item) };
  if (kind === 'image.signed') return { name: via === undefined ? 'Image signed' : 'Index signed' };
  if (body !== undefined && kind === 'contract.published') {
    const { contract, version } = body as ContractPublished;
    return { name: `Contract ${contract},`, end: `version ${version} published` };
  }
  if (body !== undefined && kind === 'contract.withdrawn') {
    const { contract, version } = body as ContractWithdrawn;
    return { name: `Contract ${contract}`, end: `withdrawn (version ${version})` };
  }
  const decided = DECISION_WORDS[kind];
  if (decided !== undefined) return { name: environment === undefined ? decided : `${decided}: ${environment}` };
  return { name: stage ?? kind };
}

/** What people decide about an image. */
const DECISION_WORDS: Readonly<Record<string, string>> = {
  'image.released': 'Released',
  'image.retired': 'Retired',
  'waiver.requested': 'Waiver asked for',
  'waiver.approved': 'Waiver approved',
  'waiver.revoked': 'Waiver revoked',
};

function detailsOf(item: TimelineItem, titles: ReadonlyMap<string, string>): readonly string[] {
  const { seq, kind, predicateType, signer, principal, person, via, run, promotedFrom } = item;
  const signature = kind === 'image.signed';
  const type = predicateType === undefined ? undefined : (predicateTypeByUri(predicateType)?.title ?? predicateType);
  const parts = [
    signature ? undefined : type,
    via === undefined ? undefined : viaWords(via, signature),
    promotedFrom === undefined ? undefined : `promoted from ${promotedFrom}`,
    run === undefined ? undefined : `run ${run}`,
    signer === undefined ? undefined : `key “${titles.get(signer) ?? shortDigest(signer)}”`,
    `by ${whoWords(principal, person)}`,
    `entry #${seq}`,
  ];
  return parts.filter((part) => part !== undefined);
}

function viaWords(via: string, signature: boolean): string {
  if (via.startsWith('gitCommit:')) return `via source, commit ${via.slice('gitCommit:'.length).slice(0, 12)}`;
  return `${signature ? '' : 'via '}index ${shortDigest(via)}`;
}

function markOf({ kind, assurance }: TimelineItem): Mark {
  if (kind in DECISION_WORDS) return /\.(?:revoked|retired)$/.test(kind) ? 'withdrawn' : 'decision';
  if (kind === 'image.signed') return 'image';
  if (kind === 'contract.withdrawn') return 'withdrawn';
  if (assurance === 'pipeline' || assurance === 'keyless') return 'own';
  return assurance === 'service' ? 'service' : 'other';
}

/** Titles that administrators gave to signers, by id. */
export function signerTitles(evidence: Evidence): ReadonlyMap<string, string> {
  const payloads = new Map(evidence.payloads.map(({ seq, bytes }) => [seq, bytes]));
  const titles = new Map<string, string>();
  for (const { entry } of evidence.entries) {
    const payload = payloads.get(entry.seq);
    const document = payload === undefined ? undefined : signerDocumentOf(entry.kind, payload);
    if (document?.title !== undefined) titles.set(document.signer, document.title);
  }
  return titles;
}

function signerDocumentOf(kind: string, payload: Uint8Array): SignerDocument | undefined {
  if (kind === 'signer.rotated') {
    const read = parseRotation(payload);
    return read.ok ? read.value.rotation.successor : undefined;
  }
  const read = kind === 'signer.registered' ? parseSignerDocument(payload) : undefined;
  return read?.ok === true ? read.value : undefined;
}
