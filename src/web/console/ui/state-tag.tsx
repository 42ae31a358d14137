import type { Tone } from '../../view/icon.ts';

/** States of whatever has some, with the tone that each is shown in; the word says it, and not colour alone. */
const TONES: Readonly<Record<string, Tone>> = {
  succeeded: 'pass',
  failed: 'fail',
  expired: 'fail',
  'break-glass': 'warn',
  'in-force': 'pass',
  lapsed: 'fail',
  revoked: 'fail',
  due: 'warn',
  overlap: 'warn',
  disowned: 'fail',
  withdrawn: 'fail',
};

/** Where something stands, in a word. */
export function StateTag({ state }: { readonly state: string }) {
  return <span class={`chip ${TONES[state] ?? 'neutral'}`}>{state.replaceAll('-', ' ')}</span>;
}
