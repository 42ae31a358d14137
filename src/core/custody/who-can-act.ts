import type { Check, CheckCode } from './check.ts';

/** Who can do something about a check that did not pass, as a sentence begins, and what, as a sentence. */
export type WhoCanAct = { readonly who: string; readonly how: string };

type Remedy = readonly [who: string, how: string];

const PIPELINE = (how: string): Remedy => ['The pipeline', how];
const ADMINISTRATOR = (how: string): Remedy => ['An administrator', how];
const OPERATOR = (how: string): Remedy => ['The operator of the service', how];
/** What was shown does not hold together: nobody mends that, and somebody has to explain it. */
const NOBODY: Remedy = [
  'Nobody, here',
  'Keep the evidence, do not ship, and ask the operator why it does not hold together.',
];

/** Who can do something about a check that did not pass, and what. A check without a line does not compile. */
const REMEDIES: Readonly<Record<CheckCode, Remedy>> = {
  origin: ['You', 'Bring the log key that you were given; if you did, this is another log.'],
  'checkpoint/signature': NOBODY,
  'checkpoint/age': OPERATOR('Find out why the log signs nothing new.'),
  'checkpoint/pins': NOBODY,
  'asof/checkpoint': NOBODY,
  'asof/consistency': NOBODY,
  'entry/kind': OPERATOR('Use the newer version that wrote this entry.'),
  'entry/inclusion': NOBODY,
  'entry/order': NOBODY,
  'commit/last': NOBODY,
  'asof/commit': NOBODY,
  'list/complete': NOBODY,
  'payload/commitment': NOBODY,
  'log/rotation': ['The holders of the control keys', 'Say whether they rotated the log’s key.'],
  'checkpoint/log-key': ['You', 'Bring the log’s newer key, once its holders confirmed it.'],
  'control/keys': ['The holders of the control keys', 'Say which control keys the log was opened with.'],
  'control/envelope': ['The holders of the control keys', 'Agree to the change, or have it taken back.'],
  'dual-control/two-people': ['A second administrator', 'Agree to the change, or have it taken back.'],
  'image/manifest': NOBODY,
  'signature/image': NOBODY,
  'signature/envelope': PIPELINE('Attest again, and find out who sent what does not verify.'),
  'signer/known': ADMINISTRATOR('Register the key, and have the pipeline attest again.'),
  'signer/in-force': PIPELINE('Attest again with a key that is in force.'),
  'signer/allowed': ADMINISTRATOR('Register a key for this stage and repository, and have the pipeline attest again.'),
  'principal/allowed': ADMINISTRATOR('Look who wrote what they had no right to.'),
  'statement/subject': PIPELINE('Attest about this very image.'),
  'statement/place': PIPELINE('Attest for this repository and stage.'),
  'release/previous': OPERATOR('Find out why the releases of the environment cannot be followed.'),
  'image/retired': ['A release manager', 'Release another image: this one was retired.'],
  'contract/covers': ADMINISTRATOR('Publish a contract that covers the repository.'),
  'contract/signature': PIPELINE('Sign the image.'),
  'contract/stage': PIPELINE('Run the stage and attest its result.'),
  'contract/order': PIPELINE('Run the stages in the order that the contract names.'),
  'contract/threshold': ['Further people', 'Attest the stage, as many as the contract asks for.'],
  'contract/people': ['Somebody else', 'Do what the contract does not leave to the same person.'],
  'contract/freshness': PIPELINE('Run the stage again: its result is too old.'),
  'contract/limits': PIPELINE('Build an image within the limits of the contract.'),
  'contract/rule': PIPELINE('Mend what the rule found, build, and attest again.'),
  'contract/run': PIPELINE('Build it in a run that is closed as succeeded.'),
  'contract/expected-stages': PIPELINE('Attest every stage that the run announced.'),
  'contract/attempts': PIPELINE('Explain the attempts before, and build a new commit.'),
  'run/accounted': PIPELINE('Close its runs.'),
  'run/attempts': PIPELINE('Close its runs.'),
  'waiver/in-force': ['Another release manager', 'Approve the waiver, or ask for a new one.'],
};

/** Who can do something about a check that did not pass, and what; whether two people can waive it, `isWaivable` says. */
export function whoCanAct({ code }: Pick<Check, 'code'>): WhoCanAct {
  const [who, how] = REMEDIES[code];
  return { who, how };
}
