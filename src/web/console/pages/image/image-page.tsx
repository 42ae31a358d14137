import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { addressOf } from '../../api/call.ts';
import type { PageProps } from '../../page-props.ts';
import { type Role, useWho } from '../../session/session.tsx';
import { PinForm } from '../../trust/pin-form.tsx';
import { useTrust } from '../../trust/trust.tsx';
import { Digest, imageAddress } from '../../ui/digest.tsx';
import { Page } from '../../ui/page.tsx';
import { Answer } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import type { Judged } from '../../verify/judged.ts';
import { AskWaiver } from './actions/ask-waiver.tsx';
import { ImageActions } from './actions/image-actions.tsx';
import { OpenWaivers } from './actions/open-waivers.tsx';
import { Contradicted } from './contradicted.tsx';
import { CustodySections } from './custody-sections.tsx';
import { ProofLine } from './proof-line.tsx';
import { ReleasedFact } from './released-fact.tsx';
import { RepositoryChooser } from './repository-chooser.tsx';
import { Unreadable } from './unreadable.tsx';
import { type Custody, useCustody } from './use-custody.ts';
import { VerdictCard } from './verdict-card.tsx';
import type { Obstacle } from './who-can-fix.ts';

/** Who decides what ships; the service asks again. */
const DECIDERS: readonly Role[] = ['release-manager', 'admin'];

/** An image: whether it may ship, why not, who can do something about it, and all that this rests on. */
export function ImagePage({ params, query }: PageProps) {
  const digest = params.digest ?? '';
  const { repository, environment } = query;
  const custody = useCustody({ digest, repository, environment });
  const title = custody.value?.image.repository ?? repository ?? 'Image';
  if (custody.problem?.code === 'image/repository-ambiguous' && custody.value === undefined)
    return (
      <Page title="Which repository?">
        <RepositoryChooser digest={digest} />
      </Page>
    );
  return (
    <Page title={title} lead={<Digest digest={digest} />}>
      <Answer answered={custody} what="and checking the evidence">
        {(value) => <CustodyView custody={value} digest={digest} reload={custody.reload} />}
      </Answer>
    </Page>
  );
}

type ViewProps = { readonly custody: Custody; readonly digest: string; readonly reload: () => void };

function CustodyView({ custody, digest, reload }: ViewProps) {
  const { judged, contradiction } = custody;
  const { pinned } = useTrust();
  const { role } = useWho();
  const [waived, setWaived] = useState<Obstacle>();
  if (!judged.ok) return <Unreadable fault={judged.fault} />;
  if (contradiction !== undefined) return <Contradicted contradiction={contradiction} />;
  const decides = DECIDERS.includes(role) && judged.value.result.intact;
  return (
    <>
      <p class="unseen" role="status">
        Verdict: {judged.value.banner.title}
      </p>
      <VerdictCard judged={judged.value} onWaive={decides ? setWaived : undefined} />
      {waived !== undefined && (
        <AskWaiver judged={judged.value} obstacle={waived} done={reload} close={() => setWaived(undefined)} />
      )}
      {decides && <ImageActions custody={custody} judged={judged.value} done={reload} />}
      <ProofLine judged={judged.value} />
      {decides && <OpenWaivers judged={judged.value} done={reload} />}
      {pinned === undefined && (
        <section class="card pad pin-here" aria-labelledby="pin-title">
          <h2 id="pin-title">Whose log is this?</h2>
          <PinForm />
        </section>
      )}
      <When custody={custody} judged={judged.value} digest={digest} />
      <CustodySections judged={judged.value} />
      <Downloads custody={custody} digest={digest} />
    </>
  );
}

/** When it was signed and checked, how long that holds, where it was released, and for which environment it is asked. */
function When({
  custody,
  judged,
  digest,
}: {
  readonly custody: Custody;
  readonly judged: Judged;
  readonly digest: string;
}) {
  const { evaluatedAt, validUntil } = judged.result;
  const fact = (name: string, time: string) => (
    <div>
      <dt>{name}</dt>
      <dd>
        <Time time={time} />
      </dd>
    </div>
  );
  return (
    <dl class="facts">
      {fact('Checked', evaluatedAt)}
      {validUntil !== undefined && fact('Holds until', validUntil)}
      {fact('Signed', custody.image.signedAt)}
      <ReleasedFact judged={judged} superseded={custody.superseded} />
      <Environment custody={custody} digest={digest} />
    </dl>
  );
}

/** Where the image is to run: what was released there before is then compared. */
function Environment({ custody, digest }: { readonly custody: Custody; readonly digest: string }) {
  const { route } = useLocation();
  const { environments, environment, image } = custody;
  if (environments.length === 0) return null;
  const choose = (chosen: string) =>
    route(`${imageAddress(digest, image.repository)}&environment=${encodeURIComponent(chosen)}`, true);
  return (
    <div>
      <dt>
        <label for="environment">Asked for</label>
      </dt>
      <dd>
        <select
          id="environment"
          value={environment ?? '-'}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
        >
          {environments.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
          <option value="-">no environment</option>
        </select>
      </dd>
    </div>
  );
}

function Downloads({ custody, digest }: { readonly custody: Custody; readonly digest: string }) {
  const { image, environment } = custody;
  const path = `/v1/images/${digest}`;
  const query = { repository: image.repository, environment };
  const name = `${image.repository.replaceAll('/', '-')}-${digest.slice(7, 19)}`;
  return (
    <section class="part" aria-labelledby="downloads">
      <h2 id="downloads">Take it away</h2>
      <p>The report checks itself in any browser, without a network; the evidence is what binds.</p>
      <p class="body buttons">
        <a class="button" href={addressOf(`${path}/report`, { ...query, format: 'html' })} download={`${name}.html`}>
          Custody report
        </a>
        <a class="button plain" href={addressOf(`${path}/evidence`, query)} download={`${name}.evidence.json`}>
          Evidence
        </a>
        <a
          class="button plain"
          href={addressOf(`${path}/report`, { ...query, format: 'json' })}
          download={`${name}.report.json`}
        >
          Signed report (JSON)
        </a>
      </p>
    </section>
  );
}
