import { asOfWords } from './as-of-words.ts';
import type { Check, CheckCode, Outcome } from './check.ts';
import { checkTitle, type Explanation, explainCheck } from './explain-check.ts';
import { type CustodyResult, speaksAgainst } from './verify-custody.ts';

/** What a reader is told first: the colour, one line, and why. */
export type Headline = {
  readonly tone: 'green' | 'amber' | 'red' | 'grey';
  readonly title: string;
  readonly text: string;
};

export type ExplainedCheck = Check & Explanation;

/** Checks of one code, together with the worst outcome among them. */
export type CheckGroup = {
  readonly code: CheckCode;
  readonly title: string;
  readonly outcome: Outcome;
  readonly checks: readonly ExplainedCheck[];
};

/** Everything that a page, a terminal or JSON shows of a result; the result itself is part of it. */
export type ReportModel = {
  readonly result: CustodyResult;
  readonly headline: Headline;
  readonly groups: readonly CheckGroup[];
  readonly assurances: readonly { readonly name: string; readonly holds: boolean; readonly text: string }[];
  readonly scope: string;
};

const SCOPE =
  'This covers what reached the service and was recorded there. What was never submitted is not in any ledger; a contract turns a stage that is missing into a failed check.';

/** The model of a report; pure, so that the same result reads the same everywhere. */
export function reportModel(result: CustodyResult): ReportModel {
  return {
    result,
    headline: headlineOf(result),
    groups: groupsOf(result.checks),
    assurances: assurancesOf(result),
    scope: SCOPE,
  };
}

/**
 * Green takes a pinned log key, whatever the checks say: without one nothing shows whose log it is. A verdict about the past
 * says so in its title.
 */
export function headlineOf(result: CustodyResult): Headline {
  const headline = headlineOfVerdict(result);
  const past = asOfWords(result);
  if (past === undefined) return headline;
  const title = result.intact ? `${headline.title}, ${past.title}` : headline.title;
  return { ...headline, title, text: `${headline.text} ${past.text}` };
}

function headlineOfVerdict(result: CustodyResult): Headline {
  const { intact, verdict, assurances } = result;
  if (!intact && !isEnded(result))
    return {
      tone: 'red',
      title: 'Do not rely on this',
      text: 'Something that is shown does not hold together. See the failed checks.',
    };
  if (!assurances.pinned) {
    return {
      tone: 'amber',
      title: 'Internally consistent, origin not confirmed',
      text: `Everything shown holds together, and the verdict would be "${verdict}". Bring the log key that you know to confirm whose log this is.`,
    };
  }
  if (!intact)
    return {
      tone: 'red',
      title: 'The image was retired',
      text: 'Everything shown holds together, and somebody who may put an end to this image did.',
    };
  if (verdict === 'pass')
    return {
      tone: 'green',
      title: 'Custody is proved',
      text: 'Every contract that covers the repository is met, and every check passed.',
    };
  if (verdict === 'waived') return waivedHeadline(result);
  if (verdict === 'unjudged')
    return {
      tone: 'grey',
      title: 'Intact, and not judged',
      text: 'Everything shown holds together, and no contract covers the repository: nothing was required.',
    };
  return {
    tone: 'red',
    title: 'The contract is not met',
    text: 'Everything shown holds together, and it is not enough. See the failed checks.',
  };
}

/** Whether nothing speaks against the image but that it was retired: that is no word against what is shown. */
function isEnded({ intact, checks, checkpoint }: CustodyResult): boolean {
  return (
    !intact && checkpoint !== undefined && checks.filter(speaksAgainst).every(({ code }) => code === 'image/retired')
  );
}

/** Two people stood for it, or the glass is broken: the second is never shown as the first. */
function waivedHeadline({ waivers }: CustodyResult): Headline {
  const alone = waivers.find(({ exempts, approved }) => exempts && approved === undefined);
  if (alone !== undefined)
    return {
      tone: 'amber',
      title: 'The glass is broken: one person alone waived this',
      text: `It holds until ${alone.approveBefore ?? alone.expires} and no longer, unless a second person approves ${alone.waiver} by then.`,
    };
  return {
    tone: 'green',
    title: 'Custody is proved, with a waiver',
    text: 'What the contracts ask for is met, or waived by two people who did not build this. See the waivers.',
  };
}

const RANK: Readonly<Record<Outcome, number>> = { fail: 3, 'not-run': 2, waived: 1, pass: 0 };

function groupsOf(checks: readonly Check[]): readonly CheckGroup[] {
  const groups = new Map<CheckCode, ExplainedCheck[]>();
  for (const check of checks) {
    const group = groups.get(check.code) ?? [];
    group.push({ ...check, ...explainCheck(check) });
    groups.set(check.code, group);
  }
  return [...groups].map(([code, members]) => ({
    code,
    title: checkTitle(code),
    outcome: members.map(({ outcome }) => outcome).reduce((worst, next) => (RANK[next] > RANK[worst] ? next : worst)),
    checks: members,
  }));
}

function assurancesOf({ assurances }: CustodyResult): ReportModel['assurances'] {
  const { pinned, witnessed, replayed, controlSigned, complete, ownKeys, placed } = assurances;
  return [
    { name: 'pinned', holds: pinned, text: 'The log key is one that you brought.' },
    {
      name: 'complete',
      holds: complete,
      text: 'The lists are whole by a map that a monitor replayed; otherwise they are complete as claimed by the log.',
    },
    { name: 'witnessed', holds: witnessed, text: 'Independent witnesses cosigned the checkpoint.' },
    { name: 'replayed', holds: replayed, text: 'A monitor of yours replayed the whole log up to here.' },
    {
      name: 'control-signed',
      holds: controlSigned,
      text: 'Changes of trust carry control keys’ signatures; otherwise they are authorised by the operator only.',
    },
    { name: 'own-keys', holds: ownKeys, text: 'Every attestation is signed by the pipeline’s own key.' },
    {
      name: 'placed',
      holds: placed,
      text: 'Every attestation names its repository and stage under its own signature.',
    },
  ];
}
