import { useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { call } from '../../api/call.ts';
import { contractAddress } from '../../page-addresses.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { ControlField } from '../../ui/control-field.tsx';
import { Digest, imageAddress } from '../../ui/digest.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Empty, ProblemNote } from '../../ui/states.tsx';
import { ContractChanges } from './contract-changes.tsx';
import { PLANNED_MAX, type Plan, type PlannedImage, usePlan } from './use-plan.ts';

/** A contract with the agreement of control keys: the document has no place for it. */
const CONTROLLED_MEDIA_TYPE = 'application/vnd.waybill.controlled+json';

/** Publishes a contract, after it was compared with the one in force and held against the images that it covers. */
export function PublishPage() {
  const { plan, problem, doing, look, forget } = usePlan();
  const field = useRef<HTMLTextAreaElement>(null);
  const [open, setOpen] = useState(false);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void look(field.current?.value ?? '');
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
          <Effect plan={plan} />
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

function Effect({ plan }: { readonly plan: Plan }) {
  const { proposal, version, images } = plan;
  return (
    <>
      <Section
        title={
          version === undefined
            ? `${proposal.contract} is new`
            : `${proposal.contract} takes the place of version ${version}`
        }
        text={`It covers ${proposal.repositories.join(', ')}.`}
      >
        {version !== undefined && <ContractChanges changes={proposal.changes} />}
      </Section>
      <Section
        title="Images as if it was published"
        text={`The newest ${PLANNED_MAX} that it covers, or that the version in force does, judged now out of their evidence.`}
      >
        {images.length === 0 ? (
          <Empty title="It covers no image that is there." />
        ) : (
          <ul class="rows card">
            {images.map((image) => (
              <Planned key={`${image.digest} ${image.repository}`} image={image} />
            ))}
          </ul>
        )}
      </Section>
    </>
  );
}

const TONES = { pass: 'pass', waived: 'warn', fail: 'fail', unjudged: 'neutral' } as const;

function Planned({ image: { digest, repository, planned, broken } }: { readonly image: PlannedImage }) {
  return (
    <li>
      <div>
        <b>{repository}</b>
        <p class="small quiet">
          <Digest digest={digest} href={imageAddress(digest, repository)} />
        </p>
        {broken.map((sentence) => (
          <p key={sentence} class="small">
            {sentence}
          </p>
        ))}
      </div>
      {planned === undefined ? (
        <span class="chip warn">not judged</span>
      ) : (
        <span class={`chip ${TONES[planned.after]}`}>
          {planned.before === planned.after ? `${planned.after}, as before` : `${planned.before} → ${planned.after}`}
        </span>
      )}
    </li>
  );
}

function PublishDialog({ plan, close }: { readonly plan: Plan; readonly close: () => void }) {
  const { route } = useLocation();
  const [control, setControl] = useState('');
  const { document, proposal, version, images } = plan;
  const newlyFailing = images.filter(({ planned }) => planned?.before !== 'fail' && planned?.after === 'fail').length;
  const looser = proposal.changes.filter(({ direction }) => direction === 'loosened' || direction === 'unclear').length;
  const publish = async () => {
    if (control === '') await call('POST', '/v1/contracts', { body: document });
    else {
      const headers = { 'content-type': CONTROLLED_MEDIA_TYPE };
      await call('POST', '/v1/contracts', { body: { document, control }, headers });
    }
    route(contractAddress(proposal.contract));
  };
  return (
    <Confirm
      title={`Publish ${proposal.contract}?`}
      verb="Publish it"
      danger={looser > 0 || newlyFailing > 0}
      act={publish}
      close={close}
    >
      <div class="effect">
        <p>
          <b>What it changes</b>
        </p>
        <ul>
          <li>
            {version === undefined
              ? 'It is the first version of this contract.'
              : `It takes the place of version ${version}, which stays visible.`}
          </li>
          <li>
            {newlyFailing === 0
              ? 'No image that was looked at would fail by it.'
              : `${newlyFailing} of ${images.length} images that were looked at would fail by it, and do not now.`}
          </li>
          {looser > 0 && <li>{looser} of its changes let images pass that did not, or may.</li>}
          <li>It counts at once, for every image that it covers.</li>
        </ul>
      </div>
      <ControlField value={control} onInput={setControl} />
    </Confirm>
  );
}
