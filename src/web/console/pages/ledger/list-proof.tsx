import { callBytes } from '../../api/call.ts';
import { entryAddress } from '../../page-addresses.ts';
import { Fact, Row, Rows } from '../../ui/rows.tsx';
import { Answer, Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { judge } from '../../verify/judge.ts';
import { ProofNote } from './proof-note.tsx';
import { useProof } from './use-proof.ts';

/** The whole list of a key, proved by the ledger and checked here. */
export function ListProof({ listKey }: { readonly listKey: string }) {
  const proved = useProof(listKey, async (trust, signal) => {
    const proof = await callBytes('/v1/proofs/completeness', { query: { key: listKey }, signal });
    return judge<'list'>({ kind: 'list', proof, key: listKey, trust, now: new Date().toISOString() });
  });
  return (
    <Answer answered={proved} what="the proof">
      {(result) => (
        <>
          <ProofNote result={result.ok ? { ok: true, value: result.value.shown } : result} />
          {result.ok &&
            (result.value.entries.length === 0 ? (
              <Empty title="The list has no entry." />
            ) : (
              <Rows label={`Entries of ${listKey}`}>
                {result.value.entries.map((entry) => (
                  <Row
                    key={entry.seq}
                    name={<a href={entryAddress(entry.seq)}>{entry.kind}</a>}
                    state={<span class="chip">#{entry.seq}</span>}
                  >
                    <Fact name="by">{entry.principal}</Fact>
                    {entry.stage !== undefined && <Fact name="stage">{entry.stage}</Fact>}
                    <Time time={entry.time} />
                  </Row>
                ))}
              </Rows>
            ))}
        </>
      )}
    </Answer>
  );
}
