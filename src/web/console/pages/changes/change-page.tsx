import type { ProposedChange } from '../../api/changes.ts';
import { useAsked } from '../../api/use-answer.ts';
import { entryAddress } from '../../page-addresses.ts';
import type { PageProps } from '../../page-props.ts';
import { Facts } from '../../ui/facts.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Scrolled } from '../../ui/scrolled.tsx';
import { Answer, Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { judge } from '../../verify/judge.ts';
import type { ChangeShown } from '../../verify/read-change.ts';
import { Agree } from './agree.tsx';
import { NotLookedThrough, useWaiting } from './use-waiting.tsx';

/** A change of trust that one person proposed: what it says, what it changes, and the way to agree to it. */
export function ChangePage({ params }: PageProps) {
  const proposal = Number(params.proposal);
  const waiting = useWaiting();
  return (
    <Page title="A change by two people" lead={`Proposed by entry ${params.proposal} of the ledger.`}>
      <Answer answered={waiting} what="the change">
        {({ changes, goesOn }) => {
          const change = changes.find((each) => each.proposal === proposal);
          if (change !== undefined) return <Waiting change={change} />;
          if (goesOn) return <NotLookedThrough waiting={waiting} />;
          return (
            <Empty title="It does not wait any more.">
              It was made, or something else was proposed or done in its place.{' '}
              {Number.isSafeInteger(proposal) && <a href={entryAddress(proposal)}>The entry that proposed it</a>}
            </Empty>
          );
        }}
      </Answer>
    </Page>
  );
}

function Waiting({ change }: { readonly change: ProposedChange }) {
  const { kind, body, mediaType, document, proposal } = change;
  const payload = mediaType === undefined || document === undefined ? {} : { mediaType, document };
  const read = useAsked(`change ${proposal}`, false, () =>
    judge<'change'>({ kind: 'change', change: { kind, body, ...payload } }),
  );
  return (
    <Answer answered={read} what="the document of the change">
      {(shown) =>
        shown.ok ? (
          <Shown change={change} shown={shown.value} />
        ) : (
          <Empty title="This program does not read the change.">
            {shown.fault.message} <code>{shown.fault.code}</code>
          </Empty>
        )
      }
    </Answer>
  );
}

type ShownProps = { readonly change: ProposedChange; readonly shown: ChangeShown };

function Shown({ change, shown }: ShownProps) {
  const { key, proposal, proposedAt, principal, person } = change;
  return (
    <>
      <Facts
        of={[
          ['Once made', <b key="headline">{shown.headline}</b>],
          ['Proposed by', person === undefined || person === principal ? principal : `${principal} (${person})`],
          [
            'Waits since',
            <span key="since">
              <Time time={proposedAt} />, <a href={entryAddress(proposal)}>entry {proposal}</a>
            </span>,
          ],
          [
            'List',
            <span key="list" class="mono whole">
              {key}
            </span>,
          ],
        ]}
      />
      {shown.document !== undefined && (
        <Section title="The document" text="Exactly what becomes part of the ledger.">
          <Scrolled label="Document">
            <pre>{JSON.stringify(shown.document, undefined, 2)}</pre>
          </Scrolled>
        </Section>
      )}
      <Agree change={change} shown={shown} />
    </>
  );
}
