import { parseBase64 } from '../../../../core/encoding/base64.ts';
import { entryText, signedText } from '../../../view/entry-text.ts';
import { callBytes } from '../../api/call.ts';
import type { EntryView } from '../../api/found.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { entryAddress, repositoryAddress, runAddress, signerAddress } from '../../page-addresses.ts';
import type { PageProps } from '../../page-props.ts';
import { Facts } from '../../ui/facts.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Scrolled } from '../../ui/scrolled.tsx';
import { Answer } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { judge } from '../../verify/judge.ts';
import { ProofNote } from './proof-note.tsx';
import { useProof } from './use-proof.ts';

/** One entry: what it says, where it stands in each of its lists, and the proof that it is in the log. */
export function EntryPage({ params }: PageProps) {
  const seq = params.seq !== undefined && /^\d{1,16}$/.test(params.seq) ? Number(params.seq) : undefined;
  const answered = useAnswer<EntryView>(seq === undefined ? undefined : `/v1/entries/${seq}`);
  return (
    <Page
      title={`Entry ${params.seq ?? ''}`}
      actions={
        seq !== undefined && (
          <>
            {seq > 0 && (
              <a class="button plain" href={entryAddress(seq - 1)}>
                Entry before
              </a>
            )}
            <a class="button plain" href={entryAddress(seq + 1)}>
              Entry after
            </a>
          </>
        )
      }
    >
      {seq === undefined ? (
        <p>An entry is named by its number.</p>
      ) : (
        <Answer answered={answered} what="the entry">
          {(view) => (
            <>
              <About view={view} />
              <Section title="Is it in the log?" text="Its receipt, fetched now and checked in this browser.">
                <Inclusion seq={seq} />
              </Section>
              {view.payload !== undefined && <Attested payload={view.payload} />}
              <Links view={view} />
              <Section title="The entry as it stands in the ledger">
                <Scrolled label="Entry">
                  <pre>{JSON.stringify(view.entry, undefined, 2)}</pre>
                </Scrolled>
              </Section>
            </>
          )}
        </Answer>
      )}
    </Page>
  );
}

function About({ view: { entry, hash } }: { readonly view: EntryView }) {
  const { kind, time, principal, repository, stage, run, signer, assurance, predicateType, payload } = entry;
  return (
    <Facts
      of={[
        ['Kind', kind],
        ['Recorded', <Time key="time" time={time} />],
        ['By', principal],
        [
          'Repository',
          repository === undefined ? undefined : (
            <a key="repository" href={repositoryAddress(repository)}>
              {repository}
            </a>
          ),
        ],
        ['Stage', stage],
        [
          'Run',
          run === undefined ? undefined : (
            <a key="run" href={runAddress(run)}>
              {run}
            </a>
          ),
        ],
        [
          'Signer',
          signer === undefined ? undefined : (
            <a key="signer" class="mono" href={signerAddress(signer)}>
              {signer.slice(0, 16)}…
            </a>
          ),
        ],
        ['Assurance', assurance],
        ['Predicate type', predicateType],
        [
          'Document',
          payload === undefined ? undefined : `${payload.mediaType}, ${payload.size.toLocaleString('en')} bytes`,
        ],
        [
          'Hash',
          <span key="hash" class="mono whole">
            {hash}
          </span>,
        ],
      ]}
    />
  );
}

/** The document of an entry: of an envelope, what it signs. */
function Attested({ payload }: { readonly payload: string }) {
  const bytes = parseBase64(payload);
  if (!bytes.ok) return null;
  const { type, text } = signedText(bytes.value) ?? { type: undefined, text: entryText(bytes.value) };
  return (
    <Section
      title="Its document"
      text="As the service shows it. Pages and reports of an image check each document by what the entry commits to."
    >
      {type !== undefined && <p class="small quiet">Signed as {type}.</p>}
      <Scrolled label="Document">
        <pre>{text}</pre>
      </Scrolled>
    </Section>
  );
}

function Inclusion({ seq }: { readonly seq: number }) {
  const proved = useProof(`receipt ${seq}`, async (trust, signal) => {
    const receipt = await callBytes(`/v1/entries/${seq}/receipt`, { signal });
    return judge<'receipt'>({ kind: 'receipt', receipt, seq, trust });
  });
  return (
    <Answer answered={proved} what="the proof">
      {(result) => <ProofNote result={result.ok ? { ok: true, value: result.value.shown } : result} />}
    </Answer>
  );
}

/** Where it stands in each list: the entry before it there, and the list as a whole. */
function Links({ view: { entry } }: { readonly view: EntryView }) {
  return (
    <Section title="Links" text="Each list that it is filed under, and the entry before it there.">
      {entry.keys.length === 0 ? (
        <p>It is filed under no list.</p>
      ) : (
        <Scrolled label="Lists of the entry">
          <table>
            <thead>
              <tr>
                <th scope="col">List</th>
                <th scope="col" class="number">
                  Place
                </th>
                <th scope="col">Before it</th>
                <th scope="col">Whole list</th>
              </tr>
            </thead>
            <tbody>
              {entry.keys.map(({ key, n, prevSeq }) => (
                <tr key={key}>
                  <th scope="row" class="mono whole">
                    {key}
                  </th>
                  <td class="number">{n}</td>
                  <td>
                    {prevSeq === undefined ? 'it is the first' : <a href={entryAddress(prevSeq)}>entry {prevSeq}</a>}
                  </td>
                  <td>
                    <a href={`/console/ledger?key=${encodeURIComponent(key)}`}>prove it</a>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scrolled>
      )}
    </Section>
  );
}
