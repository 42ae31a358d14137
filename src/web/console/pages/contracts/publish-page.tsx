import { useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { contractAddress } from '../../page-addresses.ts';
import { Page } from '../../ui/page.tsx';
import { ProblemNote } from '../../ui/states.tsx';
import { ChangeDialog } from '../changes/change-dialog.tsx';
import { ContractEffect, ContractEffectLines, isGrave } from './contract-effect.tsx';
import { publishContract } from './publish-contract.ts';
import { type Plan, readDocument, usePlan } from './use-plan.ts';

/** Publishes a contract, after it was compared with the one in force and held against the images that it covers. */
export function PublishPage() {
  const { plan, problem, doing, look, forget } = usePlan();
  const field = useRef<HTMLTextAreaElement>(null);
  const [open, setOpen] = useState(false);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const text = field.current?.value ?? '';
    void look(() => readDocument(text));
  };
  return (
    <Page
      title="Publish a contract"
      lead="What it changes is shown first: what it asks for otherwise, and what would become of the images that it covers. Both are found out in this browser."
    >
      <form class="card pad form-card wide-card" onSubmit={submit}>
        <label for="document">Contract, in YAML or JSON</label>
        <textarea id="document" class="document" ref={field} rows={14} spellcheck={false} required onInput={forget} />
        <button type="submit" disabled={doing !== undefined}>
          Show what it changes
        </button>
        {doing !== undefined && (
          <p class="quiet" role="status">
            {doing}…
          </p>
        )}
        {problem !== undefined && <ProblemNote problem={problem} />}
      </form>
      {plan !== undefined && (
        <>
          <ContractEffect plan={plan} />
          <p class="buttons">
            <button type="button" onClick={() => setOpen(true)}>
              Publish…
            </button>
          </p>
          {open && <PublishDialog plan={plan} close={() => setOpen(false)} />}
        </>
      )}
    </Page>
  );
}

function PublishDialog({ plan, close }: { readonly plan: Plan; readonly close: () => void }) {
  const { route } = useLocation();
  const { contract, change } = plan.proposal;
  const publish = async (control: string | undefined) => {
    await publishContract(plan.document, control);
    route(contractAddress(contract));
  };
  return (
    <ChangeDialog
      title={`Publish ${contract}`}
      verb="Publish it"
      list={`contract:${contract}`}
      change={change}
      danger={isGrave(plan)}
      act={publish}
      close={close}
    >
      <ContractEffectLines plan={plan} />
      <li>It counts at once, for every image that it covers.</li>
    </ChangeDialog>
  );
}
