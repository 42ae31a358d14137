import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/**
 * A place for what may be wider than the screen. Whoever has no pointer scrolls it with the arrow keys, so that it can
 * be reached by Tab (WCAG 2.2, 2.1.1).
 */
export function Scrolled({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (place.current !== null) place.current.tabIndex = 0;
  }, []);
  return (
    <section ref={place} class="table-scroll" aria-label={label}>
      {children}
    </section>
  );
}
