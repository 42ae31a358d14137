import type { ContractFaultCode } from '../../core/fault-codes/contract.ts';
import type { FaultRow } from './faults.ts';

/** Contracts, and the reasons of contract checks. */
export const CONTRACT_FAULTS = {
  'contract/body-differs': [
    422,
    'The entry and the contract document that it carries do not agree.',
    'Treat the entry as forged; ask whoever runs the log.',
  ],
  'contract/cyclic-order': [400, 'Stages wait for each other in a circle.', 'Take one of the `after` out.'],
  'contract/duplicate-stage': [400, 'A stage stands twice.', 'Join its requirements under one name.'],
  'contract/malformed': [400, 'The document does not have the form of a contract.', 'Correct what `at` points to.'],
  'contract/none': [
    422,
    'No contract covers the repository, so there is nothing to judge by.',
    'Publish a contract whose globs match it.',
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
  'contract/unknown-predicate-type': [
    400,
    'The contract names a predicate type by something that is not a URI.',
    'Spell the URI out; docs/spec/attestations.md lists the known ones.',
  ],
  'contract/unknown-stage': [
    400,
    '`after` names a stage that the contract does not have.',
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
