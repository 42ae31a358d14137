import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useMemo, useState } from 'preact/hooks';
import type { Fault } from '../../../core/fault.ts';
import { judge } from '../verify/judge.ts';
import type { TrustShown } from '../verify/judged.ts';

/** Where this browser keeps what its reader trusts. Nothing there is secret, and nothing of it comes from the service. */
const PLACE = 'waybill.trust';

export type Trust = {
  /** A log key or a trust file, as the reader gave it. */
  readonly text: string | undefined;
  /** The same, read; undefined until it is, and where there is none. */
  readonly pinned: TrustShown | undefined;
  /** Keeps what the reader gave in this browser; answers why it is neither a key nor a trust file. */
  readonly pin: (text: string) => Promise<Fault | undefined>;
  readonly forget: () => void;
};

const TrustContext = createContext<Trust | undefined>(undefined);

/** Keeps whom the reader trusts, for everything below it; pages of other tabs follow. */
export function TrustProvider({ children }: { readonly children: ComponentChildren }) {
  const [text, setText] = useState(readPlace);
  const [pinned, setPinned] = useState<TrustShown>();
  useEffect(() => {
    let current = true;
    if (text === undefined) setPinned(undefined);
    else
      void judge<'trust'>({ kind: 'trust', text }).then((read) => {
        if (current) setPinned(read.ok ? read.value : undefined);
      });
    return () => {
      current = false;
    };
  }, [text]);
  useEffect(() => {
    const changed = ({ key }: StorageEvent) => {
      if (key === PLACE || key === null) setText(readPlace());
    };
    addEventListener('storage', changed);
    return () => removeEventListener('storage', changed);
  }, []);
  const trust = useMemo(
    (): Trust => ({
      text,
      pinned,
      pin: async (given) => {
        const read = await judge<'trust'>({ kind: 'trust', text: given });
        if (!read.ok) return read.fault;
        writePlace(given.trim());
        setText(given.trim());
        return undefined;
      },
      forget: () => {
        writePlace(undefined);
        setText(undefined);
      },
    }),
    [text, pinned],
  );
  return <TrustContext.Provider value={trust}>{children}</TrustContext.Provider>;
}

export function useTrust(): Trust {
  const trust = useContext(TrustContext);
  if (trust === undefined) throw new Error('no trust above this component');
  return trust;
}

/** A browser that keeps nothing forgets the key with the page, which is safe. */
function readPlace(): string | undefined {
  try {
    return localStorage.getItem(PLACE) ?? undefined;
  } catch {
    return undefined;
  }
}

function writePlace(text: string | undefined): void {
  try {
    if (text === undefined) localStorage.removeItem(PLACE);
    else localStorage.setItem(PLACE, text);
  } catch {
    // It stays in the memory of this page.
  }
}
