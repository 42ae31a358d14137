import { useLayoutEffect, useRef } from 'preact/hooks';

type DrawnProps = {
  /** Makes the element; called again when anything in `of` changed. */
  readonly draw: () => Element;
  readonly of: readonly unknown[];
};

/** A place for an element that is made by hand, as reports and verifier have it too. */
export function Drawn({ draw, of }: DrawnProps) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    place.current?.replaceChildren(draw());
  }, of);
  return <div ref={place} />;
}
