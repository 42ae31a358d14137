import type { ComponentChildren } from 'preact';
import type { Contract, ContractRule } from '../../../../core/contract/contract.ts';
import { limitWords, runWords, stageWords, vexWords } from '../../../view/contract-words.ts';

/** Everything that a contract asks for, in the words in which reports say whether it is there. */
export function AskedFor({ document }: { readonly document: Contract }) {
  const { stages, limits = {}, rules = [], runs } = document;
  return (
    <>
      <Covered document={document} />
      <ul class="rows card" aria-label="What is asked for">
        <Asked name="Image signature">signed by the service’s image key</Asked>
        {stages.map((stage) => (
          <Asked key={stage.stage} name={`Stage ${stage.stage}`} rules={stage.rules ?? []}>
            {stageWords(stage)}
            {stage.assurance !== 'pipeline' && ' · by the pipeline’s own key, or the service’s for the caller'}
          </Asked>
        ))}
        {Object.entries(limits).map(([name, limit]) => (
          <Asked key={name} name={`Limit ${name}`}>
            {limitWords(name, limit)}
          </Asked>
        ))}
        {rules.map((rule) => (
          <Asked key={rule.rule} name={`Rule ${rule.rule}`}>
            {rule.title} <code class="expression">{rule.expression}</code>
          </Asked>
        ))}
        <Asked name="Run of the pipeline">{runWords(runs)}</Asked>
      </ul>
    </>
  );
}

/** Which images are asked, what other repositories count for them, and whose VEX does. */
function Covered({ document: { title, repositories, from, vexFrom } }: { readonly document: Contract }) {
  return (
    <p class="covered">
      {title !== undefined && <>{title}. </>}
      Of images in <b>{repositories.join(', ')}</b>
      {from !== undefined && (
        <>
          , taken from <b>{from.join(', ')}</b> too
        </>
      )}
      .{vexFrom !== undefined && <> Here, {vexWords(vexFrom)}.</>}
    </p>
  );
}

type AskedProps = {
  readonly name: string;
  readonly rules?: readonly ContractRule[];
  readonly children: ComponentChildren;
};

function Asked({ name, rules = [], children }: AskedProps) {
  return (
    <li>
      <div>
        <div class="lead">{name}</div>
        <div class="quiet small">{children}</div>
        {rules.map(({ rule, title, expression }) => (
          <div class="small" key={rule}>
            <span class="quiet">
              {rule}
              {title !== undefined && `, ${title}`}:
            </span>{' '}
            <code class="expression">{expression}</code>
          </div>
        ))}
      </div>
    </li>
  );
}
