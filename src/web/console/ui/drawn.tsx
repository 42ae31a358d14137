import { useLayoutEffect, useRef } from 'preact/hooks';
import { entryAddress } from '../page-addresses.ts';

type DrawnProps = {
  /** Makes the element; called again when anything in `of` changed. */
  readonly draw: () => Element;
  readonly of: readonly unknown[];
};

/**
 * A place for an element that is made by hand, as reports and verifier have it too. Where those lead to their own appendix of
 * entries, it leads to the page of the entry.
 */
export function Drawn({ draw, of }: DrawnProps) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const drawn = draw();
    leadToPages(drawn);
    place.current?.replaceChildren(drawn);
  }, of);
  return <div ref={place} />;
}

/** The form of `entryLink`: reports have every entry on the same page. */
const OF_ENTRY = '#entry-';

function leadToPages(drawn: Element): void {
  for (const link of drawn.querySelectorAll(`a[href^="${OF_ENTRY}"]`)) {
    const seq = Number(link.getAttribute('href')?.slice(OF_ENTRY.length));
    link.setAttribute('href', entryAddress(seq));
  }
}
