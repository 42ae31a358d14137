import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useEffect, useMemo, useState } from 'preact/hooks';
import type { SessionView } from '../api/answers.ts';
import { call, type Problem, problemOfError, signedOut } from '../api/call.ts';

export type Role = 'pipeline' | 'release-manager' | 'auditor' | 'operator' | 'admin';

/** Who is signed in. */
export type Who = {
  readonly principal: string;
  readonly role: Role;
  readonly repositories: readonly string[];
  readonly person?: string;
  readonly session?: SessionView;
};

export type SessionState =
  | { readonly state: 'asking' }
  | { readonly state: 'out'; readonly why?: Problem }
  | { readonly state: 'in'; readonly who: Who };

export type Session = SessionState & {
  /** Exchanges a token for a session; throws `Refusal`. The token is kept nowhere. */
  readonly signIn: (token: string) => Promise<void>;
  readonly signOut: () => Promise<void>;
};

const SessionContext = createContext<Session | undefined>(undefined);

/** Tells the other pages of this browser. */
const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('waybill-session');

/** Keeps who is signed in, for everything below it. */
export function SessionProvider({ children }: { readonly children: ComponentChildren }) {
  const [state, setState] = useState<SessionState>({ state: 'asking' });
  const ask = useCallback(async () => {
    if (!wasSignedIn()) return setState({ state: 'out' });
    try {
      setState({ state: 'in', who: await call<Who>('GET', '/v1/whoami') });
    } catch (error) {
      setState(outBecause(problemOfError(error)));
    }
  }, []);
  useEffect(() => {
    void ask();
    const over = (event: Event) => {
      const why = (event as CustomEvent<Problem>).detail;
      rememberSignedIn(false);
      // Only who was signed in is told that it is over.
      setState((before) => (before.state === 'in' ? { state: 'out', why } : before));
    };
    const told = () => void ask();
    signedOut.addEventListener('over', over);
    channel?.addEventListener('message', told);
    return () => {
      signedOut.removeEventListener('over', over);
      channel?.removeEventListener('message', told);
    };
  }, []);
  const session = useMemo(
    (): Session => ({
      ...state,
      signIn: async (token) => {
        await call('POST', '/v1/sessions', { headers: { authorization: `Bearer ${token}` } });
        rememberSignedIn(true);
        await ask();
        channel?.postMessage('in');
      },
      signOut: async () => {
        await call('POST', '/v1/sessions/current/end').catch(() => undefined);
        rememberSignedIn(false);
        setState({ state: 'out' });
        channel?.postMessage('out');
      },
    }),
    [state],
  );
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
}

/** Set while this browser may hold a session, so that one that never did asks nothing. It is no secret, and grants nothing. */
const SIGNED_IN = 'waybill.signed-in';

function wasSignedIn(): boolean {
  try {
    return localStorage.getItem(SIGNED_IN) !== null;
  } catch {
    return true;
  }
}

function rememberSignedIn(signedIn: boolean): void {
  try {
    if (signedIn) localStorage.setItem(SIGNED_IN, 'yes');
    else localStorage.removeItem(SIGNED_IN);
  } catch {
    // Then it is asked for each time.
  }
}

/** A browser that was never signed in has nothing to be told. */
function outBecause(problem: Problem): SessionState {
  return ['auth/token-missing', 'session/ended'].includes(problem.code)
    ? { state: 'out' }
    : { state: 'out', why: problem };
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('no session above this component');
  return session;
}

/** Whoever is signed in; below the sign-in only. */
export function useWho(): Who {
  const session = useSession();
  if (session.state !== 'in') throw new Error('nobody is signed in');
  return session.who;
}
