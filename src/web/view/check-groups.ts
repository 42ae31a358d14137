import type { CheckCode } from '../../core/custody/check.ts';

/** What checks are about, in the order of a page. */
export const CHECK_GROUPS = [
  'The log and its checkpoint',
  'Entries, lists and payloads',
  'Agreement of control keys',
  'Signatures, signers and writers',
  'What the statements are about',
  'Releases',
  'Runs and attempts',
  'Contracts',
] as const;
type CheckGroup = (typeof CHECK_GROUPS)[number];

const [LOG, ENTRIES, CONTROL, SIGNERS, STATEMENTS, RELEASES, RUNS, CONTRACTS] = CHECK_GROUPS;

/** The group of each check. A check without one would not be shown, and does not compile. */
export const GROUP_OF: Readonly<Record<CheckCode, CheckGroup>> = {
  origin: LOG,
  'checkpoint/signature': LOG,
  'checkpoint/age': LOG,
  'checkpoint/pins': LOG,
  'log/rotation': LOG,
  'checkpoint/log-key': LOG,
  'asof/checkpoint': LOG,
  'asof/consistency': LOG,
  'entry/kind': ENTRIES,
  'entry/inclusion': ENTRIES,
  'entry/order': ENTRIES,
  'commit/last': ENTRIES,
  'asof/commit': ENTRIES,
  'list/complete': ENTRIES,
  'payload/commitment': ENTRIES,
  'control/keys': CONTROL,
  'control/envelope': CONTROL,
  'dual-control/two-people': CONTROL,
  'image/manifest': SIGNERS,
  'signature/image': SIGNERS,
  'signature/envelope': SIGNERS,
  'signer/known': SIGNERS,
  'signer/in-force': SIGNERS,
  'signer/allowed': SIGNERS,
  'principal/allowed': SIGNERS,
  'statement/subject': STATEMENTS,
  'statement/place': STATEMENTS,
  'release/previous': RELEASES,
  'image/retired': RELEASES,
  'contract/run': RUNS,
  'contract/expected-stages': RUNS,
  'contract/attempts': RUNS,
  'run/accounted': RUNS,
  'run/attempts': RUNS,
  'contract/covers': CONTRACTS,
  'contract/signature': CONTRACTS,
  'contract/stage': CONTRACTS,
  'contract/order': CONTRACTS,
  'contract/threshold': CONTRACTS,
  'contract/people': CONTRACTS,
  'contract/freshness': CONTRACTS,
  'contract/limits': CONTRACTS,
  'contract/rule': CONTRACTS,
  'waiver/in-force': CONTRACTS,
};
