import { SHAPES, type Tone } from '../../view/icon.ts';

/** The icon of an outcome. `label` is what a screen reader says; without one the icon is decoration. */
export function Icon({ tone, label }: { readonly tone: Tone; readonly label?: string | undefined }) {
  const paths = SHAPES[tone].map((d) => (
    <path
      key={d}
      d={d}
      fill="none"
      stroke="currentColor"
      stroke-width={2}
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  ));
  if (label === undefined)
    return (
      <svg class={`icon ${tone}`} viewBox="0 0 24 24" aria-hidden="true">
        {paths}
      </svg>
    );
  return (
    <svg class={`icon ${tone}`} viewBox="0 0 24 24" role="img" aria-label={label}>
      {paths}
    </svg>
  );
}

/** The mark of Waybill: links of a chain, closed. */
export function Wordmark() {
  return (
    <span class="wordmark">
      <svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width={2.2}>
        <rect x={2.2} y={6.5} width={11} height={11} rx={5.5} />
        <rect x={10.8} y={6.5} width={11} height={11} rx={5.5} />
      </svg>
      Waybill
    </span>
  );
}
