import type { Contradiction } from '../../trust/log-memory.ts';
import { Icon } from '../../ui/icon.tsx';

/** The log contradicts what this browser was shown of it before: nothing that rests on it is said. */
export function Contradicted({ contradiction: { title, text, code } }: { readonly contradiction: Contradiction }) {
  return (
    <section class="banner verdict fail" aria-label="Verdict" data-verdict="contradicted" role="alert">
      <Icon tone="fail" />
      <div>
        <p class="question">May it ship?</p>
        <h2 class="answer">No</h2>
        <p>
          <b>{title}.</b> {text}
        </p>
        <p>
          Do not rely on anything that this service says. Keep what you have, and ask its operator; whoever restored a
          backup must say so.
        </p>
        <p class="small">
          <code>{code}</code>
        </p>
      </div>
    </section>
  );
}
