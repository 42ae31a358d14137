import type { Fault } from '../../../../core/fault.ts';
import { unreadableBanner } from '../../../view/verdict-words.ts';
import { Icon } from '../../ui/icon.tsx';

/** Evidence that could not even be read: red, whatever the service says of the image. */
export function Unreadable({ fault }: { readonly fault: Fault }) {
  const { title, text, reasons } = unreadableBanner(fault);
  return (
    <section class="banner verdict fail" aria-label="Verdict" data-verdict="unreadable" role="alert">
      <Icon tone="fail" />
      <div>
        <p class="question">May it ship?</p>
        <h2 class="answer">No</h2>
        <p>
          <b>{title}.</b> {text}
        </p>
        <ul class="obstacles">
          {reasons.map(({ sentence, code }) => (
            <li key={code}>
              <div>
                <p class="sentence">{sentence}</p>
                <p class="small">
                  <code>{code}</code>
                </p>
              </div>
            </li>
          ))}
        </ul>
        <p class="small">
          This browser found that, and not the service. Keep what was answered, and ask the operator of the service.
        </p>
      </div>
    </section>
  );
}
