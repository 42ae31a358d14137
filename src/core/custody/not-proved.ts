import type { Check } from './check.ts';
import { checkTitle, explainCheck } from './explain-check.ts';
import type { CustodyResult } from './verify-custody.ts';

/** Something that a result does not show, why, and what would show it where anything can. */
export type NotProved = { readonly title: string; readonly why: string; readonly remedy?: string };

/** No report can show these, whoever makes it. */
const NEVER: readonly NotProved[] = [
  {
    title: 'That nothing else happened',
    why: 'This covers what reached the service and was recorded there. What was never submitted is in no ledger.',
    remedy:
      'A contract turns a stage that is missing into a failed check, and a run that was opened ends on the ledger.',
  },
  {
    title: 'That what was signed is true',
    why: 'A signature shows who said something, and not that it is so.',
    remedy: 'Let another stage or another person say the same, and let the contract ask for both.',
  },
  {
    title: 'Who a person is',
    why: 'The ledger knows people by the names that administrators gave them.',
    remedy: 'Ask the operator whom a name stands for.',
  },
];

/** What the result leaves open, the particular before what no report can show. Pure. */
export function notProved(result: CustodyResult): readonly NotProved[] {
  const { verdict, intact, contracts, elsewhere, checks, asOf } = result;
  return [
    ...(intact && contracts.length === 0 && verdict === 'unjudged' ? [UNJUDGED] : []),
    ...untested(checks),
    ...exempted(checks),
    ...releasedOn(result),
    ...(elsewhere.length === 0 ? [] : [recordedElsewhere(elsewhere.length)]),
    whatCameLater(result),
    ...(asOf === undefined ? NEVER : NEVER.slice(0, 2)),
  ];
}

const UNJUDGED: NotProved = {
  title: 'That the image is fit to ship',
  why: 'No contract covers the repository: nothing was required, and so nothing was met.',
  remedy: 'Publish a contract for the repository: waybill contract init.',
};

/** Checks that were not run, by what they are and why. */
function untested(checks: readonly Check[]): readonly NotProved[] {
  const found = new Map<string, { readonly check: Check; count: number }>();
  for (const check of checks) {
    if (check.outcome !== 'not-run') continue;
    const name = `${check.code} ${check.reason}`;
    const known = found.get(name);
    if (known === undefined) found.set(name, { check, count: 1 });
    else known.count += 1;
  }
  return [...found.values()].map(({ check, count }) => {
    const { text, advice } = explainCheck(check);
    const why = `${text}${count === 1 ? '' : ` So it is ${count} times.`} (${check.reason ?? check.code})`;
    return { title: `“${checkTitle(check.code)}”`, why, ...(advice === undefined ? {} : { remedy: advice }) };
  });
}

/** What is waived is not met: people answer for it instead. */
function exempted(checks: readonly Check[]): readonly NotProved[] {
  const waived = checks.filter(({ outcome }) => outcome === 'waived');
  const names = [...new Set(waived.map(({ stage, rule, code }) => stage ?? rule ?? code))];
  if (names.length === 0) return [];
  return [
    {
      title: `What was waived: ${names.join(', ')}`,
      why: 'A waiver exempts from a requirement, and does not meet it. People answer for it instead.',
      remedy: 'Meet the requirement before the waiver ends.',
    },
  ];
}

/** Evidence holds a release, and not the recorded verdict that it names. */
function releasedOn({ releases, subject }: CustodyResult): readonly NotProved[] {
  if (releases.length === 0) return [];
  const entries = [...new Set(releases.map(({ verdict }) => `#${verdict}`))].join(', ');
  return [
    {
      title: `Whether it was pass or waived when it was released (${entries})`,
      why: 'A release names the entry of the verdict that it rests on, and that entry is not part of this report.',
      remedy: `waybill prove verdict:${subject} proves every verdict that was recorded on the image.`,
    },
  ];
}

function recordedElsewhere(count: number): NotProved {
  return {
    title: 'What other repositories say of the same digest',
    why:
      count === 1
        ? 'One entry about it is recorded in another repository. It exists, and does not count here.'
        : `${count} entries about it are recorded in other repositories. They exist, and do not count here.`,
    remedy: 'Ask for a report of that repository; a contract can take images from it (from).',
  };
}

function whatCameLater({ checkpoint, asOf }: CustodyResult): NotProved {
  const size = asOf?.size ?? checkpoint?.size;
  const since = size === undefined ? 'the state that is shown' : `entry #${size - 1}`;
  return {
    title: `What happened after ${since}`,
    why: 'A report is of one state of the log. A revocation, a failed scan or a retirement may have followed.',
    remedy: 'Ask for a new report, or ask the gate.',
  };
}
