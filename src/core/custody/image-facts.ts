import { formatCanonicalJson } from '../encoding/canonical-json.ts';
import type { Json } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import type { CombinedFacts } from '../facts/combine-facts.ts';
import type { Facts } from '../facts/facts.ts';
import type { Fault } from '../fault.ts';
import type { AsOf } from './as-of.ts';
import { CheckList } from './check.ts';
import { readCoverage } from './contracts-in-force.ts';
import type { Counted } from './counted.ts';
import { countedFacts, statingAttestations } from './counted-facts.ts';
import { checkPromotions, withPromoted } from './promoted.ts';
import { type CustodyQuestion, isIntact, proveCounted } from './verify-custody.ts';

/** Why something was not read. */
export type FactsFault = Pick<Fault, 'code' | 'message' | 'at'>;

/** One attestation that facts rest on, or would if its document could be read. */
export type FactsEntry = {
  readonly seq: number;
  readonly stage?: string;
  readonly predicateType: string;
  /** The index that it is about, where it is not about the image itself. */
  readonly via?: string;
  /** The repository that it was filed in, where a contract takes images from there. */
  readonly promotedFrom?: string;
  /** Why its document was not read; what it might have stated is missing. */
  readonly fault?: FactsFault;
};

/** What the sound attestations of an image state, by what evidence shows of them. */
export type ImageFacts = {
  readonly subject: string;
  readonly repository: string;
  /** The past state that is asked about. */
  readonly asOf?: AsOf;
  /** Of the checkpoint that the evidence is under. */
  readonly size?: number;
  /** Whether everything shown holds together; facts of evidence that does not are facts of nothing in particular. */
  readonly intact: boolean;
  readonly facts: Facts;
  readonly stages: { readonly [stage: string]: Facts };
  readonly documents: readonly FactsEntry[];
  /** Attestations of which a check failed: they state nothing. */
  readonly unsound: readonly number[];
  /** Why documents could not be put together, and nothing is stated. */
  readonly fault?: FactsFault;
};

/**
 * Facts of the image in question, out of its sound attestations in the ledger's order, those included that a contract in
 * force takes from other repositories; one that was posted again counts once. Size and base are those of the newest sound signature of the image itself. Total, like `verifyCustody`.
 * Source: docs/spec/facts.md §8.
 */
export function imageFacts(asked: CustodyQuestion): ImageFacts {
  const { question } = asked;
  const checks = new CheckList();
  const { proved, control, trusted, counted: own } = proveCounted(asked, checks);
  const { material } = control;
  const { contracts } = readCoverage(question.repository, material, trusted, checks, proved, asked.proposal);
  const counted = withPromoted(own, checkPromotions(question, contracts, material, trusted, checks));
  const attestations = counted.filter(({ what }) => what === 'attestation');
  const sound = statingAttestations(counted);
  const combined = countedFacts(question.subject, counted, trusted)();
  const { checkpoint } = material;
  return {
    ...question,
    ...(checkpoint === undefined ? {} : { size: checkpoint.size }),
    intact: isIntact(checks.sorted(), material),
    facts: combined.combined,
    stages: combined.stages,
    documents: sound.map((each, index) => factsEntry(each, combined.documents[index], question.repository)),
    unsound: attestations.filter((each) => !each.sound).map(({ entry }) => entry.seq),
    ...(combined.fault === undefined ? {} : { fault: shown(combined.fault) }),
  };
}

/** The one text of facts of an image, as bytes. RFC 8785. */
export function formatImageFacts(facts: ImageFacts): Uint8Array {
  return encodeUtf8(formatCanonicalJson(facts as unknown as Json));
}

function factsEntry(
  { entry, predicateType, via }: Counted,
  outcome: CombinedFacts['documents'][number] | undefined,
  here: string,
): FactsEntry {
  return {
    seq: entry.seq,
    ...(entry.stage === undefined ? {} : { stage: entry.stage }),
    predicateType,
    ...(via === undefined ? {} : { via }),
    ...(entry.repository === undefined || entry.repository === here ? {} : { promotedFrom: entry.repository }),
    ...(outcome?.fault === undefined ? {} : { fault: shown(outcome.fault) }),
  };
}

/** Code, sentence and place; what caused it is for whoever reads the document itself. */
function shown({ code, message, at }: Fault): FactsFault {
  return { code, message, ...(at === undefined ? {} : { at }) };
}
