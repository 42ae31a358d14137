import type { ControlSet } from '../core/control/control-keys.ts';
import type { ControlRequest } from '../core/control/control-request.ts';
import {
  type ControlStatement,
  controlKeyOf,
  formatControlStatement,
  stateControl,
} from '../core/control/control-statement.ts';
import { takesControl } from '../core/control/takes-control.ts';
import { controlSetAfter, verifyExpectedControl } from '../core/control/verify-control.ts';
import { formatHex } from '../core/encoding/hex.ts';
import { type Entry, entryHash, formatEntry } from '../core/entry/entry.ts';
import { TRUST_KEY } from '../core/entry/keys.ts';
import { proposalKeys } from '../core/entry/link.ts';
import { fail, invariant, ok, type Result } from '../core/fault.ts';
import type { ServiceContext } from './context.ts';
import type { Submission } from './ports.ts';
import { readWholeLists } from './read-list.ts';
import { requireTwo } from './require-two.ts';
import type { ListLength } from './rests-on.ts';

/** What is known of a change that may take the agreement of control keys. */
export type Agreement = {
  /** The envelope that came with the request. */
  readonly control: string | undefined;
  /** Of a grant or its end: whether the grant before it is one of trust (`grantsTrust`). */
  readonly trustedBefore?: boolean;
  /** What is asked for is so already: nothing will be appended, and the first receipt is looked for. */
  readonly isRepeated?: boolean;
};

/**
 * The submission with the agreement of the control keys, verified, where it takes one. It then rests on the list that the
 * envelope is bound to, and on the one that says which keys are in force, so that neither moves before it is appended.
 * Before that the two people that it takes in a log with dual control.
 * Faults: `control/not-needed`, and those of {@link verifyExpectedControl} and {@link requireTwo}.
 */
export async function agreeControl(
  context: ServiceContext,
  asked: Submission,
  { control, trustedBefore = false, isRepeated = false }: Agreement,
): Promise<Result<Submission>> {
  const two = await requireTwo(context, asked, { before: trustedBefore, isRepeated });
  if (!two.ok) return two;
  const submission = two.value;
  const { proposal, payload } = submission;
  const first = context.control;
  if (first === undefined || takesControl(proposal, payload?.bytes, trustedBefore) === false) {
    if (control === undefined) return ok(submission);
    return fail('control/not-needed', 'In this log the change takes no agreement of control keys.', 'control');
  }
  if (isRepeated) return ok({ ...submission, isKnown: true });
  const { statement, set, rests } = await placeOf(context, first, submission);
  const verified = verifyExpectedControl(control, statement, set);
  if (!verified.ok) return verified;
  return ok({
    ...submission,
    proposal: { ...proposal, ...(control === undefined ? {} : { control }) },
    restsOn: [...submission.restsOn, ...rests],
  });
}

/**
 * What control keys are asked to sign, so that the submission can be made: for whoever prepares a change where the keys of
 * the service lie. Fault: `control/not-needed` where it takes no agreement.
 */
export async function requestControl(context: ServiceContext, submission: Submission): Promise<Result<ControlRequest>> {
  const { proposal, payload } = submission;
  const first = context.control;
  if (first === undefined || takesControl(proposal, payload?.bytes, false) === false)
    return fail('control/not-needed', 'In this log the change takes no agreement of control keys.', 'control');
  const { statement, set, before } = await placeOf(context, first, submission);
  return ok({
    statement,
    payload: formatControlStatement(statement),
    signatures: [],
    set,
    ...(payload === undefined ? {} : { document: payload.bytes }),
    ...(before === undefined ? {} : { before }),
  });
}

/** What is said of a submission in the next place of the list that binds it, and the control keys in force there. */
type Place = {
  readonly statement: ControlStatement;
  readonly set: ControlSet;
  /** Lengths of the lists that both were read from. */
  readonly rests: readonly ListLength[];
  readonly before: Entry | undefined;
};

async function placeOf(
  { store }: ServiceContext,
  first: ControlSet,
  { proposal, payload }: Submission,
): Promise<Place> {
  const key = controlKeyOf(proposal, proposalKeys(proposal));
  invariant(key !== undefined, 'what takes an envelope is filed under the list that binds it');
  const lists = await readWholeLists(store, [key, TRUST_KEY]);
  const [list = [], trust = []] = [lists.get(key), lists.get(TRUST_KEY)];
  const before = list.at(-1)?.entry;
  const prev = before === undefined ? {} : { prev: formatHex(entryHash(formatEntry(before))) };
  const place = { key, n: list.length + 1, ...prev };
  return {
    statement: stateControl({ ...proposal, log: store.origin }, place, payload?.bytes),
    set: controlSetAfter(
      first,
      trust.map(({ entry }) => entry),
    ),
    rests: [
      { key, n: list.length },
      { key: TRUST_KEY, n: trust.length },
    ],
    before,
  };
}
