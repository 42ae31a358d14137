import type { Fault, Result } from '../../../../core/fault.ts';
import { Icon } from '../../ui/icon.tsx';
import type { ProofShown } from '../../verify/check-proofs.ts';

/** What a proof shows, as the program in this browser found; or why it shows nothing. */
export function ProofNote({ result }: { readonly result: Result<ProofShown> | undefined }) {
  if (result === undefined)
    return (
      <p class="loading" role="status">
        Checking the proof…
      </p>
    );
  const { tone, title, text, code } = result.ok ? result.value : broken(result.fault);
  return (
    <div class={`proof-note ${tone}`} role="status">
      <Icon tone={tone} />
      <div>
        <p>
          <b>{title}</b>
        </p>
        <p class="small">
          {text} {code !== undefined && <code>{code}</code>}
        </p>
      </div>
    </div>
  );
}

function broken({ message, code }: Fault): ProofShown {
  return { tone: 'fail', title: 'This proof does not hold', text: message, code };
}
