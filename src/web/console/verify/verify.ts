/** The worker of the console: everything that decides a verdict runs here, and nothing else does. */
import type { TrustFile } from '../../../core/custody/trust-file.ts';
import { ok, type Result } from '../../../core/fault.ts';
import { readTrust } from '../../view/reader-key.ts';
import { checkContinues, checkReceipt, checkWholeList } from './check-proofs.ts';
import { compareDocuments } from './compare-contracts.ts';
import { continuesLog } from './continues-log.ts';
import { judgeEvidence } from './judge-evidence.ts';
import type { Asked, JudgeAnswer, Told, TrustShown } from './judged.ts';
import { planEvidence, readProposal } from './plan-contract.ts';
import { readChange } from './read-change.ts';

/** What a worker's global is, as far as this one uses it: the page's own types do not know it. */
declare const self: {
  onmessage: ((event: MessageEvent<Asked>) => void) | null;
  postMessage: (told: Told) => void;
};

self.onmessage = ({ data }) => {
  const answered = answer(data);
  const { id } = data;
  self.postMessage(answered.ok ? { id, ok: true, value: answered.value } : { id, ok: false, fault: answered.fault });
};

function answer(asked: Asked): Result<JudgeAnswer> {
  if (asked.kind === 'proposal') return readProposal(asked.document, asked.newest);
  if (asked.kind === 'change') return readChange(asked.change);
  if (asked.kind === 'continues') return continuesLog(asked.first, asked.second, asked.path);
  if (asked.kind === 'trust') {
    const read = readTrust(asked.text);
    return read.ok ? ok(shown(read.value)) : read;
  }
  if (asked.kind === 'compare') return compareDocuments(asked.before, asked.after);
  const trust = asked.trust === undefined ? undefined : readTrust(asked.trust);
  if (trust?.ok === false) return trust;
  return answerUnder(trust?.value, asked);
}

function answerUnder(
  trust: TrustFile | undefined,
  asked: Exclude<Asked, { readonly kind: 'trust' | 'compare' | 'proposal' | 'change' | 'continues' }>,
): Result<JudgeAnswer> {
  switch (asked.kind) {
    case 'judge':
      return judgeEvidence(asked.evidence, asked.question, trust, asked.now);
    case 'receipt':
      return checkReceipt(asked.receipt, asked.seq, trust);
    case 'list':
      return checkWholeList(asked.proof, asked.key, trust, asked.now);
    case 'plan':
      return planEvidence(asked, trust);
    case 'between':
      return checkContinues(asked, trust);
  }
}

function shown({ origin, logKeys }: TrustFile): TrustShown {
  return { origin, logKeys: logKeys.map(({ vkey }) => vkey) };
}
