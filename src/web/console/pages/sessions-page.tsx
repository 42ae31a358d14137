import { useState } from 'preact/hooks';
import type { SessionView } from '../api/answers.ts';
import { call, type Problem, problemOfError } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useSession, useWho } from '../session/session.tsx';
import { Page } from '../ui/page.tsx';
import { Answer, ProblemNote } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';

/** The browsers that are signed in as the caller, each of which the caller can end. */
export function SessionsPage() {
  const answered = useAnswer<{ readonly items: readonly SessionView[] }>('/v1/sessions');
  const { session } = useWho();
  const { signOut } = useSession();
  const [problem, setProblem] = useState<Problem>();
  const end = async (id: string) => {
    if (id === session?.id) return signOut();
    try {
      await call('POST', `/v1/sessions/${id}/end`);
    } catch (error) {
      setProblem(problemOfError(error));
    }
    answered.reload();
  };
  return (
    <Page
      title="Your sessions"
      lead="Browsers that are signed in as you. One that you do not know is worth ending, and telling an administrator."
    >
      {problem !== undefined && <ProblemNote problem={problem} />}
      <Answer answered={answered} what="your sessions">
        {({ items }) => (
          <ul class="rows card">
            {items.map(({ id, createdAt, seenAt, expiresAt }) => (
              <li key={id}>
                <div>
                  <b>{id === session?.id ? 'This browser' : 'Another browser'}</b> <span class="mono quiet">{id}</span>
                  <p class="small quiet">
                    Signed in <Time time={createdAt} />, last seen <Time time={seenAt} />, ends at the latest{' '}
                    <Time time={expiresAt} />
                  </p>
                </div>
                <EndButton id={id} isOwn={id === session?.id} end={end} />
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </Page>
  );
}

type EndProps = { readonly id: string; readonly isOwn: boolean; readonly end: (id: string) => Promise<void> };

function EndButton({ id, isOwn, end }: EndProps) {
  const verb = isOwn ? 'Sign out' : 'End it';
  return (
    <button type="button" class="plain" onClick={() => void end(id)} aria-label={`${verb}: session ${id}`}>
      {verb}
    </button>
  );
}
