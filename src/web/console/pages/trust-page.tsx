import { PinForm } from '../trust/pin-form.tsx';
import { useTrust } from '../trust/trust.tsx';
import { Icon } from '../ui/icon.tsx';
import { Page, Section } from '../ui/page.tsx';

/** Whose log this browser trusts. */
export function TrustPage() {
  const { pinned, forget } = useTrust();
  return (
    <Page
      title="Whose log is this?"
      lead="Every verdict here rests on a checkpoint that the log signed. Which key is the log’s, nobody can tell you but its operator."
    >
      {pinned === undefined ? (
        <>
          <p class="notice warn">
            <Icon tone="warn" /> Nothing is pinned in this browser. Verdicts stay amber: what is shown hangs together,
            and whose it is remains open.
          </p>
          <section class="card pad">
            <PinForm />
          </section>
        </>
      ) : (
        <Section
          title={`Pinned: ${pinned.origin}`}
          text="Verdicts here count only under this key. It stays in this browser until you take it away."
        >
          {pinned.logKeys.map((vkey) => (
            <p key={vkey}>
              <code class="command">{vkey}</code>
            </p>
          ))}
          <p class="buttons">
            <button type="button" class="plain" onClick={forget}>
              Use another key
            </button>
          </p>
        </Section>
      )}
    </Page>
  );
}
