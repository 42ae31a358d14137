import { useEffect, useRef, useState } from 'preact/hooks';
import { type Problem, problemOfError } from '../api/call.ts';
import { Wordmark } from '../ui/icon.tsx';
import { ProblemNote } from '../ui/states.tsx';
import { useSession } from './session.tsx';

/** Where a browser signs in, at whatever address it was: afterwards that page is there. */
export function SignIn({ why }: { readonly why?: Problem | undefined }) {
  const { signIn } = useSession();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = 'Sign in · Waybill';
    field.current?.focus();
  }, []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const token = field.current?.value.trim() ?? '';
    if (token === '') return;
    setBusy(true);
    try {
      await signIn(token);
    } catch (error) {
      setProblem(problemOfError(error));
      setBusy(false);
      field.current?.select();
    }
  };
  return (
    <main class="sign-in" id="main">
      <Wordmark />
      <section class="card" aria-labelledby="sign-in-title">
        <h1 id="sign-in-title">Sign in</h1>
        {why !== undefined && problem === undefined && (
          <p class="notice" role="status">
            You were signed out. {why.detail}
          </p>
        )}
        <form onSubmit={submit}>
          <label for="token">Token</label>
          <input
            id="token"
            ref={field}
            type="password"
            autocomplete="off"
            spellcheck={false}
            required
            aria-describedby="token-help"
            aria-invalid={problem !== undefined}
          />
          <p class="quiet small" id="token-help">
            It begins with <code>wbt_</code>; an administrator issues it. It is exchanged for a session of this browser,
            which ends after twelve hours, or half an hour without you. The token itself is not kept here.
          </p>
          {problem !== undefined && <ProblemNote problem={problem} />}
          <button type="submit" disabled={busy}>
            {busy ? 'Signing in…' : 'Sign in'}
          </button>
        </form>
      </section>
    </main>
  );
}
