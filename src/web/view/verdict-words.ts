import type { Check } from '../../core/custody/check.ts';
import { explainCheck } from '../../core/custody/explain-check.ts';
import { type Headline, headlineOf } from '../../core/custody/report-model.ts';
import type { CustodyResult } from '../../core/custody/verify-custody.ts';
import { isWaivable } from '../../core/custody/waived-check.ts';
import { whoCanAct } from '../../core/custody/who-can-act.ts';
import type { Fault } from '../../core/fault.ts';
import type { Banner, Reason } from './banner.ts';
import { placeWords } from './check-places.ts';
import type { Tone } from './icon.ts';

/** Reasons that stand in the banner; all others stand with their checks. */
const REASONS_MAX = 4;

/** Reasons that say the checkpoint is another log's, rather than that something was changed. */
const FOREIGN = new Set<string | undefined>([
  'checkpoint/log-key-differs',
  'checkpoint/origin-not-signed',
  'note/no-known-signature',
  'origin/wrong-log',
]);

const TONES: Readonly<Record<Headline['tone'], Tone>> = { green: 'pass', amber: 'warn', red: 'fail', grey: 'neutral' };

/** How a headline stands. */
export function headlineTone(tone: Headline['tone']): Tone {
  return TONES[tone];
}

/**
 * The verdict in words. Green needs the reader's own log key and a contract whose every requirement is met; without the
 * key the best is amber; whatever does not hold together is red, with the checks that say why.
 */
export function verdictBanner(result: CustodyResult, isPinned: boolean): Banner {
  const failed = result.checks.filter(({ outcome }) => outcome === 'fail');
  const notRun = result.checks.filter(({ outcome }) => outcome === 'not-run');
  const headline = headlineOf(result);
  const shown = failed.length > 0 || result.intact ? failed : notRun;
  const said = isPinned && failed.some(isForeign) ? NOT_YOURS : headline;
  const reasons = reasonsOf(shown);
  return {
    tone: headlineTone(said.tone),
    title: said.title,
    text: said.text,
    reasons: reasons.slice(0, REASONS_MAX),
    more: Math.max(0, reasons.length - REASONS_MAX),
  };
}

/** The banner of a file whose evidence could not even be read. */
export function unreadableBanner(fault: Fault): Banner {
  const reasons: Reason[] = [];
  for (let cause: Fault | undefined = fault; cause !== undefined; cause = cause.cause) {
    const code = cause.at === undefined ? cause.code : `${cause.code} at ${cause.at}`;
    if (!reasons.some((reason) => reason.sentence === cause?.message)) reasons.push({ sentence: cause.message, code });
  }
  return {
    tone: 'fail',
    title: 'This evidence cannot be read',
    text: 'It is damaged, was changed after it was written, or is of a version that this program does not know.',
    reasons,
  };
}

const NOT_YOURS: Headline = {
  tone: 'red',
  title: 'Not from the log that you trust',
  text:
    'Your log key did not sign this evidence: the file is from another log, or was made under other keys. ' +
    'Nothing that it says may be relied on.',
};

function isForeign({ code, reason }: Check): boolean {
  return (code === 'origin' || code === 'checkpoint/signature') && FOREIGN.has(reason);
}

const WAIVERS = 'two release managers who did not build it, by a waiver';

function reasonsOf(checks: readonly Check[]): readonly Reason[] {
  const reasons = new Map<string, Reason>();
  for (const check of checks) {
    const { text, advice } = explainCheck(check);
    const { who, how } = whoCanAct(check);
    const codes = check.reason === undefined ? check.code : `${check.code} · ${check.reason}`;
    const place = placeWords(check);
    const name = `${codes} ${check.contract} ${place}`;
    if (reasons.has(name)) continue;
    const code = check.seq === undefined ? codes : `${codes} · entry #${check.seq}`;
    reasons.set(name, {
      sentence: place === '' ? text : `${place}: ${text}`,
      code,
      who: isWaivable(check) ? `${who}; or ${WAIVERS}` : who,
      advice: advice ?? how,
    });
  }
  return [...reasons.values()];
}
