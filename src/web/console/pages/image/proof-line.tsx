import { checkList } from '../../../view/check-list.ts';
import { VERSION } from '../../program.ts';
import { Drawn } from '../../ui/drawn.tsx';
import type { Judged } from '../../verify/judged.ts';

/** Says who computed the verdict, from what, and shows every check of it. */
export function ProofLine({ judged }: { readonly judged: Judged }) {
  const { result, evidenceBytes, evidenceSha256, milliseconds } = judged;
  const { checks, checkpoint } = result;
  const held = checks.filter(({ outcome }) => outcome === 'pass').length;
  return (
    <details class="proof card" id="checks">
      <summary>
        <span>
          Computed in your browser by Waybill core {VERSION}: {checks.length.toLocaleString('en')} checks,{' '}
          {held === checks.length ? 'all hold' : `${held.toLocaleString('en')} hold`}.
        </span>
      </summary>
      <p class="small quiet" data-milliseconds={Math.ceil(milliseconds)}>
        {Math.max(1, Math.round(evidenceBytes / 1024)).toLocaleString('en')} KB of evidence
        {checkpoint !== undefined && `, under a checkpoint of ${checkpoint.size.toLocaleString('en')} entries`}, read
        and checked in {Math.ceil(milliseconds)} ms by the rules {result.evaluator}. The service’s own word on it was
        not asked for. SHA-256 of the evidence: <code>{evidenceSha256}</code>
      </p>
      <Drawn draw={() => checkList(checks)} of={[checks]} />
    </details>
  );
}
