import type { Evidence } from '../../core/custody/evidence.ts';
import type { CustodyResult, TimelineItem } from '../../core/custody/verify-custody.ts';
import type { ContractPublished } from '../../core/entry/kinds/contract-published.ts';
import type { ContractWithdrawn } from '../../core/entry/kinds/contract-withdrawn.ts';
import type { SignerRegistered } from '../../core/entry/kinds/signer-registered.ts';
import { predicateTypeByUri } from '../../core/statement/predicate-types.ts';
import { parseSignerDocument } from '../../core/trust/signer-document.ts';
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
  return result.timeline.map((item) => {
    const { seq, time, kind, via, assurance, sound } = item;
    const signature = kind === 'image.signed';
    const body = entries.get(seq)?.body;
    const title = titleOf(item, body);
    return {
      seq,
      day: time.slice(0, 10),
      clock: time.slice(11, 19),
      title: title.name,
      ...(title.end === undefined ? {} : { titleEnd: title.end }),
      details: detailsOf(item, titles),
      ...(assurance === undefined || signature ? {} : { assurance: ASSURANCE_WORDS[assurance] ?? assurance }),
      mark: markOf(item),
      broken: !sound,
      ...(via === undefined ? {} : { via }),
    };
  });
}

/** What a step is called. A contract's name may be long; what became of it is the end, which no screen cuts off. */
function titleOf({ kind, stage, via }: TimelineItem, body: unknown): { readonly name: string; readonly end?: string } {
  if (kind === 'image.signed') return { name: via === undefined ? 'Image signed' : 'Index signed' };
  if (body !== undefined && kind === 'contract.published') {
    const { contract, version } = body as ContractPublished;
    return { name: `Contract ${contract},`, end: `version ${version} published` };
  }
  if (body !== undefined && kind === 'contract.withdrawn') {
    const { contract, version } = body as ContractWithdrawn;
    return { name: `Contract ${contract}`, end: `withdrawn (version ${version})` };
  }
  return { name: stage ?? kind };
}

function detailsOf(item: TimelineItem, titles: ReadonlyMap<string, string>): readonly string[] {
  const { seq, kind, predicateType, signer, principal, via } = item;
  const signature = kind === 'image.signed';
  const type = predicateType === undefined ? undefined : (predicateTypeByUri(predicateType)?.title ?? predicateType);
  const parts = [
    signature ? undefined : type,
    via === undefined ? undefined : `${signature ? '' : 'via '}index ${shortDigest(via)}`,
    signer === undefined ? undefined : `key “${titles.get(signer) ?? shortDigest(signer)}”`,
    `by ${principal}`,
    `entry #${seq}`,
  ];
  return parts.filter((part) => part !== undefined);
}

function markOf({ kind, assurance }: TimelineItem): Mark {
  if (kind === 'image.signed') return 'image';
  if (kind === 'contract.withdrawn') return 'withdrawn';
  if (assurance === 'pipeline' || assurance === 'keyless') return 'own';
  return assurance === 'service' ? 'service' : 'other';
}

/** Titles that administrators gave to signers, by id. */
function signerTitles(evidence: Evidence): ReadonlyMap<string, string> {
  const payloads = new Map(evidence.payloads.map(({ seq, bytes }) => [seq, bytes]));
  const titles = new Map<string, string>();
  for (const { entry } of evidence.entries) {
    const payload = payloads.get(entry.seq);
    if (entry.kind !== 'signer.registered' || payload === undefined) continue;
    const document = parseSignerDocument(payload);
    if (document.ok && document.value.title !== undefined)
      titles.set((entry.body as SignerRegistered).signer, document.value.title);
  }
  return titles;
}
