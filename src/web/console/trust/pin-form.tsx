import { useRef, useState } from 'preact/hooks';
import type { Fault } from '../../../core/fault.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useTrust } from './trust.tsx';

type Offered = { readonly logKeys: readonly { readonly vkey: string; readonly toSize?: number }[] };

/**
 * Where the reader pins the log key. What the service offers is shown to be compared, and pins nothing by itself: a
 * service that lies would offer a key of its own.
 */
export function PinForm() {
  const { pin } = useTrust();
  const field = useRef<HTMLTextAreaElement>(null);
  const [fault, setFault] = useState<Fault>();
  const [compared, setCompared] = useState(false);
  const offered = useAnswer<Offered>('/.well-known/waybill/trust.json');
  const [inForce] = offered.value?.logKeys.filter(({ toSize }) => toSize === undefined) ?? [];
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const given = field.current?.value.trim() ?? '';
    setFault(given === '' ? undefined : await pin(given));
  };
  return (
    <div class="pin">
      <form onSubmit={submit}>
        <label for="pin-key">Log key or trust file</label>
        <textarea
          id="pin-key"
          ref={field}
          rows={2}
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          required
          aria-describedby="pin-help"
          aria-invalid={fault !== undefined}
        />
        <p class="quiet small" id="pin-help">
          Paste what you got from the operator over a way of its own: not from this service. It is kept in this browser
          and sent nowhere.
        </p>
        {fault !== undefined && (
          <p class="complaint" role="alert">
            That is neither a log key nor a trust file. {fault.message} <code>{fault.code}</code>
          </p>
        )}
        <button type="submit">Pin this key</button>
      </form>
      {inForce !== undefined && (
        <details class="offered">
          <summary>Compare with the key that this service names</summary>
          <p class="small">
            A service that lies names a key of its own. Pin it only if it is the one that you were given:
          </p>
          <p>
            <code class="command">{inForce.vkey}</code>
          </p>
          <label class="check">
            <input type="checkbox" checked={compared} onChange={() => setCompared(!compared)} />
            <span>I compared it, character by character, with the key that I was given.</span>
          </label>
          <button
            type="button"
            class="plain"
            disabled={!compared}
            onClick={() => void pin(inForce.vkey).then(setFault)}
          >
            Pin this key
          </button>
        </details>
      )}
    </div>
  );
}
