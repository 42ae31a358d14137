import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { PAGES } from '../routes.tsx';
import { useSession, useWho } from '../session/session.tsx';
import { useTrust } from '../trust/trust.tsx';
import { Wordmark } from '../ui/icon.tsx';

/** The head of every page: where one is, whose log is trusted, and who is signed in. */
export function Header() {
  return (
    <header class="top">
      <a class="home" href="/console/" aria-label="Waybill, to the start">
        <Wordmark />
      </a>
      <Pages />
      <Account />
    </header>
  );
}

/**
 * The pages. Where they do not fit beside each other the style shows a button in their place, which unfolds them below
 * the head; whatever is chosen folds them again, as Escape does.
 */
function Pages() {
  const { path } = useLocation();
  const { role } = useWho();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => setOpen(false), [path]);
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape' || !open) return;
      setOpen(false);
      button.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [open]);
  const entries = Object.entries(PAGES).filter(
    ([, { nav, roles }]) => nav !== undefined && (roles === undefined || roles.includes(role)),
  );
  return (
    <div class="pages">
      <button
        type="button"
        ref={button}
        class="plain unfold"
        aria-expanded={open}
        aria-controls="pages"
        onClick={() => setOpen(!open)}
      >
        Menu
      </button>
      <nav id="pages" aria-label="Pages" class={open ? 'open' : ''}>
        <ul>
          {entries.map(([address, { nav }]) => (
            <li key={address}>
              <a href={address} aria-current={isAt(path, address) ? 'page' : undefined} onClick={() => setOpen(false)}>
                {nav}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </div>
  );
}

/** Who is signed in, and what they do about that. Escape and whatever is chosen fold it again. */
function Account() {
  const { signOut } = useSession();
  const { principal, role, person } = useWho();
  const { pinned } = useTrust();
  const menu = useRef<HTMLDetailsElement>(null);
  const fold = () => {
    if (menu.current !== null) menu.current.open = false;
  };
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape' || menu.current?.open !== true) return;
      fold();
      menu.current.querySelector('summary')?.focus();
    };
    const onClick = ({ target }: MouseEvent) => {
      const isSummary = target instanceof Element && target.closest('summary') !== null;
      if (!isSummary) fold();
    };
    addEventListener('keydown', onKey);
    addEventListener('click', onClick);
    return () => {
      removeEventListener('keydown', onKey);
      removeEventListener('click', onClick);
    };
  }, []);
  return (
    <details class="account" ref={menu}>
      <summary>
        <span class="who">{person ?? principal}</span> <span class="role">{role}</span>
      </summary>
      <div class="card menu">
        <p class="small quiet">
          Signed in as <b>{principal}</b>, {role}
        </p>
        <ul>
          <li>
            <a href="/console/trust">{pinned === undefined ? 'Whose log is this?' : 'The log that you trust'}</a>
          </li>
          <li>
            <a href="/console/sessions">Your sessions</a>
          </li>
          <li>
            <button type="button" class="link" onClick={() => void signOut()}>
              Sign out
            </button>
          </li>
        </ul>
      </div>
    </details>
  );
}

function isAt(path: string, address: string): boolean {
  const here = address.replace(/\/$/, '');
  return here === '/console' ? path.replace(/\/$/, '') === here : path === here || path.startsWith(`${here}/`);
}
