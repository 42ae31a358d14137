import type { ComponentChildren } from 'preact';

/** Things below each other. */
export function Rows({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <ul class="rows card" aria-label={label}>
      {children}
    </ul>
  );
}

type RowProps = {
  /** What it is, usually a link to its page. */
  readonly name: ComponentChildren;
  /** On the right: where it stands. */
  readonly state?: ComponentChildren;
  /** Below the name, in smaller letters. */
  readonly children?: ComponentChildren;
};

export function Row({ name, state, children }: RowProps) {
  return (
    <li>
      <div>
        <div class="lead">{name}</div>
        {children !== undefined && <div class="row-facts small quiet">{children}</div>}
      </div>
      {state}
    </li>
  );
}

/** A name and what it is, beside others. */
export function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <span class="fact">
      {name} {children}
    </span>
  );
}
