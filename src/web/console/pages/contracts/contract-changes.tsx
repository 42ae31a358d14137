import { type ContractChange, DIRECTIONS, type Direction } from '../../../../core/contract/contract-change.ts';
import type { Json } from '../../../../core/encoding/json.ts';

const HEADS: Readonly<Record<Direction, string>> = {
  loosened: 'Loosened: images may pass that did not',
  unclear: 'Either way: images may pass that did not, or the other way round',
  tightened: 'Tightened: images may fail that did not',
  neutral: 'No difference in what is asked for',
};
const TONES: Readonly<Record<Direction, string>> = {
  loosened: 'fail',
  unclear: 'warn',
  tightened: 'pass',
  neutral: 'neutral',
};

/** What two versions ask for differently, what got looser first. */
export function ContractChanges({ changes }: { readonly changes: readonly ContractChange[] }) {
  if (changes.length === 0) return <p>They ask for the same.</p>;
  return (
    <>
      {DIRECTIONS.map((direction) => {
        const some = changes.filter((change) => change.direction === direction);
        if (some.length === 0) return null;
        return (
          <div key={direction} class="contract-changes">
            <h3>
              <span class={`chip ${TONES[direction]}`}>{HEADS[direction]}</span>
            </h3>
            <ul>
              {some.map((change) => (
                <li key={JSON.stringify(change)}>
                  <Change of={change} />
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </>
  );
}

function Change({ of: { member, stage, rule, before, after } }: { readonly of: ContractChange }) {
  const place = [
    ...(stage === undefined ? [] : [`stage ${stage}`]),
    ...(rule === undefined ? [] : [`rule ${rule}`]),
    ...(member === 'stage' || member === 'rule' ? [] : [member]),
  ].join(', ');
  if (member === 'stage') {
    return (
      <>
        <b>{place}</b> {before === undefined ? 'added' : 'dropped'}
      </>
    );
  }
  return (
    <>
      <b>{place}</b>{' '}
      {before !== undefined && (
        <del>
          <Shown value={before} />
        </del>
      )}
      {before !== undefined && after !== undefined && ' → '}
      {after !== undefined && (
        <ins>
          <Shown value={after} />
        </ins>
      )}
    </>
  );
}

function Shown({ value }: { readonly value: Json }) {
  return <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>;
}
