import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { type Ledger, watchLedger } from './watch-ledger.ts';

const LedgerContext = createContext<Ledger>({ size: undefined, live: false });

/** Listens to the ledger for everything below it. */
export function LedgerProvider({ children }: { readonly children: ComponentChildren }) {
  const [ledger, setLedger] = useState<Ledger>({ size: undefined, live: false });
  useEffect(
    () =>
      watchLedger(({ size, live }) =>
        // A service that is away takes nothing back of what was heard.
        setLedger((before) =>
          (size ?? before.size) === before.size && live === before.live ? before : { size: size ?? before.size, live },
        ),
      ),
    [],
  );
  return <LedgerContext.Provider value={ledger}>{children}</LedgerContext.Provider>;
}

export function useLedger(): Ledger {
  return useContext(LedgerContext);
}

/** Size of the ledger, as last heard; it changes when there is something new. */
export function useLedgerSize(): number | undefined {
  return useLedger().size;
}
