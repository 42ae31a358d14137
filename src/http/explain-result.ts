import type { Check, CheckCode } from '../core/custody/check.ts';
import { type Explanation, explainCheck } from '../core/custody/explain-check.ts';
import { REASONS } from '../core/custody/reasons.ts';
import type { CustodyResult } from '../core/custody/verify-custody.ts';

/** Not-run for want of what only a reader can bring; no verdict hangs on it. */
const BEARABLE: readonly (string | undefined)[] = ['origin/not-confirmed', 'checkpoint/pin-not-comparable'];

/** A check that stands against an image; `text` names what it is about and says what to do, for people. */
export type GateReason = Check & { readonly text: string };

/**
 * Why the answer is no: every check that failed, and every one that had to run and could not. Those that could not run
 * because another failed are left out beside that other, and what would read the same is said once.
 */
export function reasonsOf(result: Pick<CustodyResult, 'checks'>): readonly GateReason[] {
  const against = result.checks.filter(
    ({ outcome, reason }) => outcome === 'fail' || (outcome === 'not-run' && !BEARABLE.includes(reason)),
  );
  const causes = against.filter(({ reason }) => reason !== 'custody/blocked');
  const reasons = (causes.length === 0 ? against : causes).map((check) => ({ ...check, text: sentencesOf(check) }));
  const byLine = new Map<string, GateReason>();
  for (const each of reasons) {
    const line = `${each.code} ${each.reason} ${each.text}`;
    if (!byLine.has(line)) byLine.set(line, each);
  }
  return [...byLine.values()];
}

/** Each check in words, in the checks' order. */
export function explanationsOf(result: CustodyResult): readonly Explanation[] {
  return result.checks.map(explainCheck);
}

/** "Contract shop, stage test: nothing was attested for it. Run the stage and attest its result: waybill attest." */
function sentencesOf(check: Check): string {
  const { text, advice } = explainCheck(check);
  const place = placeOf(check);
  const beside = check.detail === undefined || check.code in NAMED_BY_DETAIL ? '' : ` (${check.detail})`;
  const found = `${foundOf(check) ?? text}${beside}`;
  const said = place === '' ? found : `${place}: ${found.charAt(0).toLowerCase()}${found.slice(1)}`;
  return advice === undefined ? said : `${said} ${advice}`;
}

/** The reason alone where it says enough: that a contract was not kept goes without saying at a gate. */
function foundOf({ code, reason }: Check): string | undefined {
  if (code === 'contract/signature' || reason === undefined) return undefined;
  return code.startsWith('contract/') && reason.startsWith('contract/') ? REASONS[reason]?.text : undefined;
}

/** Checks whose detail is the name of what was asked for. */
const NAMED_BY_DETAIL: Readonly<Partial<Record<CheckCode, string>>> = {
  'contract/rule': 'rule',
  'contract/limits': 'limit',
};

function placeOf({ code, contract, stage, detail, seq, key }: Check): string {
  const named = NAMED_BY_DETAIL[code];
  const parts = [
    contract === undefined ? '' : `contract ${contract}`,
    stage === undefined ? '' : `stage ${stage}`,
    named === undefined ? '' : `${named} ${detail}`,
    key === undefined ? '' : `list ${key}`,
    seq === undefined ? '' : `entry ${seq}`,
  ];
  const place = parts.filter((part) => part !== '').join(', ');
  return `${place.charAt(0).toUpperCase()}${place.slice(1)}`;
}
