import type { ContractFaultCode } from '../../core/fault-codes/contract.ts';
import type { FaultRow } from './faults.ts';

/** Contracts, and the reasons of contract checks. */
export const CONTRACT_FAULTS = {
  'contract/base-image-not-allowed': [
    422,
    'The image is built upon one that the contract does not name.',
    'Build it upon an allowed image.',
  ],
  'contract/body-differs': [
    422,
    'The entry and the contract document that it carries do not agree.',
    'Treat the entry as forged; ask whoever runs the log.',
  ],
  'contract/cyclic-order': [400, 'Stages wait for each other in a circle.', 'Take one of the `after` out.'],
  'contract/distinct-from-itself': [
    400,
    'A stage must have other people than itself.',
    'Take its own name out of its `distinctFrom`.',
  ],
  'contract/duplicate-rule': [400, 'A rule stands twice.', 'Give each rule of a contract a name of its own.'],
  'contract/duplicate-stage': [400, 'A stage stands twice.', 'Join its requirements under one name.'],
  'contract/expected-stage-missing': [
    422,
    'A stage that was asked for when the run was opened was never attested.',
    'Run the stage and submit what it found, or run the pipeline again.',
  ],
  'contract/fact-missing': [
    422,
    'Nothing that was attested states what a limit is of.',
    'Attest a document that states it; see waybill facts.',
  ],
  'contract/limit-exceeded': [422, 'The image is more than the contract allows.', 'Build a smaller image.'],
  'contract/malformed': [400, 'The document does not have the form of a contract.', 'Correct what `at` points to.'],
  'contract/none': [
    422,
    'No contract covers the repository, so there is nothing to judge by.',
    'Publish a contract whose globs match it.',
  ],
  'contract/person-unknown': [
    422,
    'Nobody knows who is behind somebody who recorded what people are counted by.',
    'Grant that principal its role with a person, and attest the stage anew.',
  ],
  'contract/rule-error': [
    422,
    'The rule could not be evaluated on what was attested.',
    'See what the document says with waybill facts, and mend the rule: waybill contract lint.',
  ],
  'contract/rule-malformed': [
    400,
    'The expression of a rule does not read.',
    'Correct it where the message says; docs/spec/rules.md has the language.',
  ],
  'contract/no-environment': [
    422,
    'A rule compares with the image that was released before, and nobody said to which environment.',
    'Ask for an environment: ?environment=, or --environment.',
  ],
  'contract/previous-unreadable': [
    422,
    'A rule compares with the image that was released before, and something that was attested of that one does not hold or read.',
    'See what with waybill verify and waybill facts of that image; a waiver lets a release pass that takes its place.',
  ],
  'contract/rule-missing-field': [
    422,
    'The rule asks for a member that the document does not have.',
    'Attest a document that has it, or test for it in the rule with has().',
  ],
  'contract/rule-not-boolean': [
    422,
    'The rule comes to something that is neither true nor false.',
    'Compare what it comes to with something.',
  ],
  'contract/rule-not-supported': [
    400,
    'The expression of a rule uses what rules do not have.',
    'Use what docs/spec/rules.md lists.',
  ],
  'contract/rule-too-complex': [400, 'The expression of a rule is too long or too deep.', 'Make several rules of it.'],
  'contract/rule-too-costly': [
    422,
    'The rule takes more steps than a verdict has for it.',
    'Publish a simpler rule, or attest a smaller document.',
  ],
  'contract/rule-type': [
    400,
    'The types in the expression of a rule do not fit, or it never comes to true.',
    'Correct it where the message says.',
  ],
  'contract/rule-violated': [
    422,
    'What was attested is not what a rule of the contract asks for.',
    'Repair what the rule is about and submit the new result.',
  ],
  'contract/same-person': [
    422,
    'Those behind the stage also had a part in what they must be distinct from.',
    'Have somebody else attest the stage.',
  ],
  'contract/run-missing': [
    422,
    'The contract asks for a run, and no signature of the image names one.',
    'Sign the image within a run: waybill run exec, or waybill sign --run.',
  ],
  'contract/signature-failed': [
    422,
    'The image’s signature did not hold.',
    'Sign the image again and see the check of the signature.',
  ],
  'contract/signature-missing': [422, 'The image was not signed in this repository.', 'Sign it there.'],
  'contract/stage-attestation-failed': [
    422,
    'An attestation of a required stage did not hold.',
    'See the failed check of that attestation.',
  ],
  'contract/stage-missing': [
    422,
    'A required stage has no attestation that counts.',
    'Run the stage and submit what it found.',
  ],
  'contract/stage-too-early': [
    422,
    'A stage was attested before one that it must follow.',
    'Run the stage again, after the other.',
  ],
  'contract/stale': [
    422,
    'The stage was attested longer ago than the contract allows.',
    'Run the stage again and submit its new result.',
  ],
  'contract/too-few-people': [
    422,
    'Fewer different people are behind the stage than the contract asks for.',
    'Have another person attest the stage.',
  ],
  'contract/too-many-attempts': [
    422,
    'The image comes from a later attempt at the commit than the contract allows.',
    'Find out why the attempts before were made; a new commit begins anew.',
  ],
  'contract/too-many-failed-attempts': [
    422,
    'More attempts at the commit did not succeed before this one than the contract allows.',
    'Find out why they failed; a new commit begins anew.',
  ],
  'contract/unknown-predicate-type': [
    400,
    'The contract names a predicate type by something that is not a URI.',
    'Spell the URI out; docs/spec/attestations.md lists the known ones.',
  ],
  'contract/unknown-stage': [
    400,
    '`after` or `distinctFrom` names a stage that the contract does not have.',
    'Correct the name, or add the stage.',
  ],
  'contract/versions-inconsistent': [
    422,
    'The versions of the contract do not follow each other.',
    'Treat the list as forged; ask whoever runs the log.',
  ],
  'contract/wrong-assurance': [
    422,
    'The stage asks for a stronger signature than the attestation has.',
    'Sign with a registered key of the pipeline.',
  ],
  'contract/wrong-predicate-type': [
    422,
    'The stage does not accept attestations of this type.',
    'Submit one of the types that the contract names.',
  ],
  'contract/wrong-signer': [
    422,
    'The stage does not accept this signer.',
    'Sign with a signer that the contract names.',
  ],
} as const satisfies Readonly<Record<ContractFaultCode, FaultRow>>;
