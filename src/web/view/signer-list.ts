import { REASONS } from '../../core/custody/reasons.ts';
import type { SignerBehind } from '../../core/custody/signers-behind.ts';
import { counted } from './count-words.ts';
import { type Child, element } from './element.ts';
import { entryLinks } from './entry-reference.ts';
import { icon, type Tone } from './icon.ts';
import { plainTime } from './plain-time.ts';

const TONES: Readonly<Record<SignerBehind['state'], Tone>> = {
  'in force': 'pass',
  rotated: 'neutral',
  revoked: 'fail',
  'too old': 'warn',
  'not established': 'fail',
};

const USES = {
  attest: 'a pipeline’s own key',
  image: 'the service’s key for images',
  service: 'the service’s key for its callers',
  verdict: 'the service’s key for verdicts',
} as const;

/** Every key that signed something of the custody shown, and how it stands as of the checkpoint. */
export function signerTable(signers: readonly SignerBehind[]): HTMLElement {
  const head = ['Key', 'is', 'stands', 'signed'].map((text) => element('th', { scope: 'col' }, text));
  return element(
    'table',
    { class: 'card table signers' },
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...signers.map(signerRow)),
  );
}

function signerRow(signer: SignerBehind): HTMLElement {
  const { registered, seqs } = signer;
  return element(
    'tr',
    {},
    element(
      'th',
      { scope: 'row' },
      registered?.title ?? element('span', { class: 'quiet' }, 'without a title'),
      element('div', { class: 'mono small' }, signer.signer),
    ),
    element('td', { 'data-label': 'is' }, ...whatItIs(registered)),
    element(
      'td',
      { 'data-label': 'stands' },
      element('div', { class: 'state' }, icon(TONES[signer.state]), stateWords(signer)),
    ),
    element(
      'td',
      { 'data-label': 'signed' },
      element('div', {}, counted(seqs.length, 'entry', 'entries')),
      element('div', { class: 'small' }, ...entryLinks(seqs)),
    ),
  );
}

function whatItIs(registered: SignerBehind['registered']): readonly Child[] {
  if (registered === undefined) return ['unknown'];
  const { use, algorithm, seq, repositories, stages } = registered;
  const scope = use === 'attest' ? `; for ${stages.join(', ')} in ${repositories.join(', ')}` : '';
  return [USES[use], element('div', { class: 'quiet small' }, `${algorithm}, registered at entry #${seq}${scope}`)];
}

function stateWords({ state, until, fault }: SignerBehind): string {
  if (fault !== undefined) return `${state}: ${REASONS[fault]?.text ?? fault}`;
  if (until === undefined) return state;
  return state === 'in force' ? `in force until ${plainTime(until)}` : `${state} for all from ${plainTime(until)} on`;
}
