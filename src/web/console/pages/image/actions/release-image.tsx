import { useRef, useState } from 'preact/hooks';
import type { Waiver } from '../../../../../core/custody/check-waivers.ts';
import { comparisonWords, type SpokenComparison } from '../../../../../core/custody/facts-change-words.ts';
import { shortDigest } from '../../../../view/short-digest.ts';
import { call } from '../../../api/call.ts';
import { useAnswer } from '../../../api/use-answer.ts';
import { waiverAddress } from '../../../page-addresses.ts';
import { Confirm } from '../../../ui/confirm.tsx';
import { Effect } from '../../../ui/effect.tsx';
import { Answer } from '../../../ui/states.tsx';
import { Time } from '../../../ui/time.tsx';
import type { Judged } from '../../../verify/judged.ts';

/** As the service spells names of environments. */
const ENVIRONMENT = /^[a-z0-9][a-z0-9._-]{0,63}$/;

type Props = {
  readonly judged: Judged;
  readonly environments: readonly string[];
  readonly environment: string | undefined;
  readonly done: () => void;
  readonly close: () => void;
};

type Changes = { readonly previous?: { readonly digest: string }; readonly comparison?: SpokenComparison };

/** Releases the image to an environment, after what that changes there was shown. */
export function ReleaseImage({ judged, environments, environment, done, close }: Props) {
  const [chosen, setChosen] = useState(environment ?? 'production');
  const key = useRef(crypto.randomUUID());
  const { subject, repository } = judged.result;
  const named = ENVIRONMENT.test(chosen);
  const act = async () => {
    const body = { repository, environment: chosen };
    await call('POST', `/v1/images/${subject}/release`, { body, headers: { 'idempotency-key': key.current } });
    done();
  };
  return (
    <Confirm
      title="Release this image"
      verb={named ? `Release to ${chosen}` : 'Release'}
      ready={named}
      act={act}
      close={close}
    >
      <label for="release-to">Environment</label>
      <input
        id="release-to"
        list="known-environments"
        value={chosen}
        spellcheck={false}
        autocapitalize="off"
        onInput={({ currentTarget }) => setChosen(currentTarget.value.trim())}
      />
      <datalist id="known-environments">
        {environments.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {named && (
        <ReleaseEffect
          digest={subject}
          repository={repository}
          environment={chosen}
          waivers={judged.result.waivers.filter(({ exempts }) => exempts)}
        />
      )}
    </Confirm>
  );
}

function ReleaseEffect({
  digest,
  repository,
  environment,
  waivers,
}: {
  readonly digest: string;
  readonly repository: string;
  readonly environment: string;
  /** Those without which the image, as this page shows it, would fail. */
  readonly waivers: readonly Waiver[];
}) {
  const answered = useAnswer<Changes>(`/v1/images/${digest}/changes`, { query: { repository, environment } });
  return (
    <Effect>
      <Answer answered={answered} what="what it changes">
        {({ previous, comparison }) => (
          <ul>
            <li>
              {previous === undefined
                ? `It is the first release to ${environment}.`
                : `In ${environment} it takes the place of ${shortDigest(previous.digest)}.`}
            </li>
            {comparison !== undefined &&
              previous !== undefined &&
              comparisonWords(comparison)
                .slice(1)
                .map((line) => <li key={line}>{line}</li>)}
            {waivers.map((waiver) => (
              <li key={waiver.waiver}>
                <RestsOn waiver={waiver} />
              </li>
            ))}
            <li>
              The service judges it once more and records that verdict; only one that passes, or is waived, releases.
            </li>
            <li>Your name stands on the release, for good.</li>
          </ul>
        )}
      </Answer>
    </Effect>
  );
}

/** A waiver that the release would rest on: what it exempts, until when, by whom, and why. */
function RestsOn({ waiver }: { readonly waiver: Waiver }) {
  const { contract, check, stage, rule, reason, expires, approveBefore, requested, approved } = waiver;
  const place = [stage === undefined ? '' : `, stage ${stage}`, rule === undefined ? '' : `, rule ${rule}`].join('');
  const alone = waiver.breakGlass && approved === undefined;
  return (
    <>
      As this page judges it, it rests on <a href={waiverAddress(waiver.waiver)}>a waiver</a> of <code>{check}</code>{' '}
      (contract {contract}
      {place}) until <Time time={alone ? (approveBefore ?? expires) : expires} />,{' '}
      {alone ? (
        <b>by glass that {requested.principal} broke and nobody approved</b>
      ) : (
        `asked for by ${requested.principal}, approved by ${approved?.principal ?? 'nobody'}`
      )}
      {reason === undefined ? '.' : <>: “{reason}”</>}
    </>
  );
}
