import { useState } from 'preact/hooks';
import type { Result } from '../../../../core/fault.ts';
import { call, problemOfError } from '../../api/call.ts';
import type { CheckpointView } from '../../api/found.ts';
import { useTrust } from '../../trust/trust.tsx';
import type { ProofShown } from '../../verify/check-proofs.ts';
import { judge } from '../../verify/judge.ts';

type ContinuesProps = { readonly earlier: CheckpointView | undefined; readonly later: CheckpointView };

/** Has it proved that a checkpoint continues the one before it; asked for, since each takes a proof of its own. */
export function Continues({ earlier, later }: ContinuesProps) {
  const { text: trust } = useTrust();
  const [result, setResult] = useState<Result<ProofShown>>();
  const [said, setSaid] = useState<string>();
  if (earlier === undefined) return <span class="chip">the oldest shown</span>;
  const check = async () => {
    setSaid('Checking…');
    try {
      const { path } = await call<{ readonly path: readonly string[] }>('GET', '/v1/consistency', {
        query: { from: earlier.size, to: later.size },
      });
      const trusted = await call<{ readonly logKeys: readonly { readonly vkey: string }[] }>(
        'GET',
        '/.well-known/waybill/trust.json',
      );
      const checked = await judge<'between'>({
        kind: 'between',
        earlier: earlier.checkpoint,
        later: later.checkpoint,
        path,
        claimed: trusted.logKeys.map(({ vkey }) => vkey),
        trust,
      });
      setResult(checked);
      setSaid(undefined);
    } catch (error) {
      setSaid(problemOfError(error).detail);
    }
  };
  if (result === undefined) {
    return (
      <span>
        <button type="button" class="link" onClick={() => void check()}>
          Prove that it continues {earlier.size.toLocaleString('en')}
        </button>{' '}
        <span role="status" class="small">
          {said}
        </span>
      </span>
    );
  }
  return result.ok ? (
    <span class={`chip ${result.value.tone}`} role="status" title={result.value.text}>
      {result.value.title}
    </span>
  ) : (
    <span class="chip fail" role="status">
      does not continue it ({result.fault.code})
    </span>
  );
}
