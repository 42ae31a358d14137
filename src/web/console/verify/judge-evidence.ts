import { sha256 } from '#sha256';
import { parseContract } from '../../../core/contract/contract.ts';
import { defaultEvaluationTime } from '../../../core/custody/as-of.ts';
import { type Evidence, parseEvidence, type Question } from '../../../core/custody/evidence.ts';
import { imageFacts } from '../../../core/custody/image-facts.ts';
import type { TrustFile } from '../../../core/custody/trust-file.ts';
import { type CustodyResult, verifyCustody } from '../../../core/custody/verify-custody.ts';
import { formatHex } from '../../../core/encoding/hex.ts';
import type { ImageSigned } from '../../../core/entry/kinds/image-signed.ts';
import { ok, type Result } from '../../../core/fault.ts';
import { parseManifest } from '../../../core/image/manifest.ts';
import { parseSignedImage } from '../../../core/image/signed-image.ts';
import type { ContractShown } from '../../view/contract-list.ts';
import { custodySteps, signerTitles } from '../../view/custody-steps.ts';
import { verdictBanner } from '../../view/verdict-words.ts';
import type { Judged, PlatformShown, SignerShown } from './judged.ts';

/** Reads and checks evidence, and puts together what a page shows of it. Faults: those of {@link parseEvidence}. */
export function judgeEvidence(
  bytes: Uint8Array,
  question: Question,
  trust: TrustFile | undefined,
  now: string,
): Result<Judged> {
  const started = performance.now();
  const parsed = parseEvidence(bytes);
  if (!parsed.ok) return parsed;
  const evidence = parsed.value;
  const evaluatedAt = defaultEvaluationTime(evidence, now);
  const asked = { evidence, question, evaluatedAt, ...(trust === undefined ? {} : { trust }) };
  const result = verifyCustody(asked);
  const { facts, fault } = imageFacts(asked);
  const pinned = trust !== undefined;
  return ok({
    result,
    pinned,
    banner: verdictBanner(result, pinned),
    steps: custodySteps(result, evidence),
    contracts: contractsShown(result, evidence),
    facts,
    ...(fault === undefined ? {} : { factsFault: fault.message }),
    signers: signersShown(result, evidence),
    platforms: platformsShown(evidence),
    evidenceBytes: bytes.length,
    evidenceSha256: formatHex(sha256(bytes)),
    milliseconds: performance.now() - started,
  });
}

function contractsShown({ contracts }: CustodyResult, evidence: Evidence): readonly ContractShown[] {
  const payloads = new Map(evidence.payloads.map(({ seq, bytes }) => [seq, bytes]));
  return contracts.flatMap(({ version, seq }): ContractShown[] => {
    const payload = payloads.get(seq);
    const contract = payload === undefined ? undefined : parseContract(payload);
    return contract?.ok === true ? [{ contract: contract.value, version, seq }] : [];
  });
}

/** Every key that signed what counts, in the order in which it first did. */
function signersShown({ timeline }: CustodyResult, evidence: Evidence): readonly SignerShown[] {
  const titles = signerTitles(evidence);
  const signers = new Map<string, { assurance: string; signed: string[] }>();
  for (const { signer, stage, kind, assurance = '' } of timeline) {
    if (signer === undefined) continue;
    const known = signers.get(signer) ?? { assurance, signed: [] };
    signers.set(signer, known);
    const what = kind === 'image.signed' ? 'image' : (stage ?? kind);
    if (!known.signed.includes(what)) known.signed.push(what);
  }
  return [...signers].map(([signer, known]) => {
    const title = titles.get(signer);
    return { signer, ...known, ...(title === undefined ? {} : { title }) };
  });
}

/** Platforms of an index, by its own manifest; those that it says nothing of are told by their digests. */
function platformsShown(evidence: Evidence): readonly PlatformShown[] {
  const { subject, repository } = evidence.question;
  const signed = evidence.entries.findLast(
    ({ entry }) =>
      entry.kind === 'image.signed' &&
      entry.repository === repository &&
      (entry.body as ImageSigned).digest === subject,
  );
  const payload = evidence.payloads.find(({ seq }) => seq === signed?.entry.seq);
  const image = payload === undefined ? undefined : parseSignedImage(payload.bytes);
  const manifest = image?.ok === true ? parseManifest(image.value.manifest) : undefined;
  if (manifest?.ok !== true) return [];
  return manifest.value.children.map(({ digest, platform }) => {
    const parts = [platform?.os, platform?.architecture, platform?.variant].filter((part) => part !== undefined);
    return { digest, platform: parts.length === 0 ? 'not stated' : parts.join('/') };
  });
}
