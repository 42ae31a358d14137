import { useEffect } from 'preact/hooks';
import { entryAddress } from '../../page-addresses.ts';
import { Icon } from '../../ui/icon.tsx';
import type { Judged } from '../../verify/judged.ts';
import { answerOf } from './verdict-words.ts';
import { type Obstacle, obstaclesOf } from './who-can-fix.ts';

/** Obstacles that stand in the card itself; the others stand with their checks. */
const SHOWN_MAX = 6;

type VerdictProps = {
  readonly judged: Judged;
  /** Asks for a waiver of an obstacle, where the caller may. */
  readonly onWaive?: ((obstacle: Obstacle) => void) | undefined;
};

/** The answer, why, and who can do something about it. */
export function VerdictCard({ judged, onWaive }: VerdictProps) {
  const { tone, word, title, text } = answerOf(judged);
  const obstacles = obstaclesOf(judged.result);
  const more = obstacles.length - SHOWN_MAX;
  // How long whoever opened the page waited for it, for those who measure.
  useEffect(() => void performance.mark('waybill-verdict'), []);
  return (
    <section class={`banner verdict ${tone}`} aria-label="Verdict" data-verdict={judged.result.verdict}>
      <Icon tone={tone} />
      <div>
        <p class="question">May it ship?</p>
        <h2 class="answer">{word}</h2>
        <p>
          <b>{title}.</b> {text}
        </p>
        {obstacles.length > 0 && (
          <ol class="obstacles" aria-label="Why not, and who can do something about it">
            {obstacles.slice(0, SHOWN_MAX).map((obstacle) => (
              <ObstacleItem key={obstacle.sentence} obstacle={obstacle} onWaive={onWaive} />
            ))}
          </ol>
        )}
        {more > 0 && (
          <p class="small">
            <a href="#checks">And {more} more, with every check</a>
          </p>
        )}
      </div>
    </section>
  );
}

function ObstacleItem({
  obstacle,
  onWaive,
}: {
  readonly obstacle: Obstacle;
  readonly onWaive: VerdictProps['onWaive'];
}) {
  const { sentence, remedy, check, waivable } = obstacle;
  const codes = check.reason === undefined ? check.code : `${check.code} · ${check.reason}`;
  return (
    <li>
      <div>
        <p class="sentence">{sentence}</p>
        {remedy !== undefined && (
          <p class="small remedy">
            <b>{remedy.who}:</b> {remedy.how}
            {waivable && ' Or two release managers, by a waiver.'}
          </p>
        )}
        <p class="small">
          <code>{codes}</code>
          {check.seq !== undefined && (
            <span class="quiet">
              {' · entry '}
              <a href={entryAddress(check.seq)}>#{check.seq}</a>
            </span>
          )}
        </p>
      </div>
      {waivable && onWaive !== undefined && (
        <button type="button" class="plain" onClick={() => onWaive(obstacle)}>
          Ask for a waiver
        </button>
      )}
    </li>
  );
}
