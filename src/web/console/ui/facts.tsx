import type { ComponentChildren } from 'preact';

type Named = readonly [name: string, value: ComponentChildren];

/** Names and values; what has no value is left out. */
export function Facts({ of }: { readonly of: readonly Named[] }) {
  return (
    <dl class="named card">
      {of
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
