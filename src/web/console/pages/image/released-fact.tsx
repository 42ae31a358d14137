import type { Release, Retirement } from '../../../../core/custody/check-releases.ts';
import { entryAddress } from '../../page-addresses.ts';
import { Time } from '../../ui/time.tsx';
import type { Judged } from '../../verify/judged.ts';

type Props = {
  readonly judged: Judged;
  /** Environments where another image took its place since, as the service lists them. */
  readonly superseded: readonly string[];
};

/** Where the image itself was released, by the evidence, each environment with the newest release to it and what came of it. */
export function ReleasedFact({ judged, superseded }: Props) {
  const { releases, retirements } = judged.result;
  const newest = [...new Map(releases.map((release) => [release.environment, release])).values()];
  if (newest.length === 0) return null;
  return (
    <div>
      <dt>This image was released to</dt>
      {newest.map((release) => (
        <dd key={release.environment} class="released">
          <b>{release.environment}</b>, <Time time={release.time} />,{' '}
          <a href={entryAddress(release.seq)}>#{release.seq}</a>
          {sinceThen(release, retirements, superseded)}
        </dd>
      ))}
    </div>
  );
}

function sinceThen(
  { environment, seq }: Release,
  retirements: readonly Retirement[],
  superseded: readonly string[],
): string {
  if (retirements.some((ended) => ended.environment === undefined)) return '; retired everywhere since';
  if (retirements.some((ended) => ended.environment === environment && ended.seq > seq)) return '; retired there since';
  return superseded.includes(environment) ? '; another image took its place' : '';
}
