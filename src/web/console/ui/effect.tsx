import type { ComponentChildren } from 'preact';

/** What an action changes, said before it is done; its children are the list, or what leads to one. */
export function Effect({ children }: { readonly children: ComponentChildren }) {
  return (
    <div class="effect">
      <p>
        <b>What it changes</b>
      </p>
      {children}
    </div>
  );
}

/** What a proposal changes by itself: the second person makes it. */
export function NothingYet() {
  return <li>Nothing yet. Another administrator has to agree, who is told in their inbox.</li>;
}
