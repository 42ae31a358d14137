import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { visible } from '../../view/element.ts';

type PageProps = {
  /** Of the document and of its heading. */
  readonly title: string;
  /** One sentence below the title. */
  readonly lead?: ComponentChildren;
  /** Beside the title: what can be done with the whole page. */
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
};

let isFirst = true;

/** The frame of a page. Whoever comes from another page is taken to its heading, as a document would do. */
export function Page({ title, lead, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = visible(`${title} · Waybill`);
  }, [title]);
  useEffect(() => {
    // A page that begins with a field to write into has put the focus there.
    const hasFocus = heading.current?.closest('main')?.contains(document.activeElement) === true;
    if (!isFirst && !hasFocus) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, []);
  return (
    <main id="main" class="page">
      <header class="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead !== undefined && <p class="quiet">{lead}</p>}
        </div>
        {actions !== undefined && <div class="page-actions">{actions}</div>}
      </header>
      {children}
    </main>
  );
}

type SectionProps = {
  readonly title: string;
  readonly text?: ComponentChildren;
  readonly id?: string;
  readonly children: ComponentChildren;
};

/** A part of a page, with its own heading. */
export function Section({ title, text, id, children }: SectionProps) {
  return (
    <section class="part" {...(id === undefined ? {} : { id })}>
      <h2>{title}</h2>
      {text !== undefined && <p>{text}</p>}
      <div class="body">{children}</div>
    </section>
  );
}
