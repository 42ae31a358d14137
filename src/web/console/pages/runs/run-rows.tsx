import type { RunView } from '../../api/found.ts';
import { repositoryAddress, runAddress } from '../../page-addresses.ts';
import { Fact, Row, Rows } from '../../ui/rows.tsx';
import { StateTag } from '../../ui/state-tag.tsx';
import { Until } from '../../ui/until.tsx';

export function RunRows({ runs }: { readonly runs: readonly RunView[] }) {
  return (
    <Rows label="Runs">
      {runs.map(({ run, repository, commit, attempt, state, openedAt, expiresAt, endedAt, principal }) => (
        <Row
          key={run}
          name={
            <a href={runAddress(run)}>
              Attempt {attempt} at <span class="mono">{commit.slice(0, 12)}</span>
            </a>
          }
          state={<StateTag state={state} />}
        >
          <Fact name="in">
            <a href={repositoryAddress(repository)}>{repository}</a>
          </Fact>
          <Fact name="opened">
            <Until time={openedAt} /> by {principal}
          </Fact>
          {endedAt === undefined ? (
            <Fact name="expires">
              <Until time={expiresAt} />
            </Fact>
          ) : (
            <Fact name="ended">
              <Until time={endedAt} />
            </Fact>
          )}
        </Row>
      ))}
    </Rows>
  );
}
