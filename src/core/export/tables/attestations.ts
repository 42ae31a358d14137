import type { AttestationRecorded } from '../../entry/kinds/attestation-recorded.ts';
import { type Table, together } from '../table.ts';

/** What stages attested about images and commits. */
export const attestations: Table = {
  name: 'attestations',
  kinds: ['attestation.recorded'],
  columns: [
    'repository',
    'stage',
    'subjects',
    'predicate_type',
    'form',
    'run',
    'signer',
    'assurance',
    'payload_commitment',
    'payload_size',
  ],
  cells: ({ entry }) => {
    const { form, subjects } = entry.body as AttestationRecorded;
    const { repository, stage, run, signer, assurance, predicateType, payload } = entry;
    return {
      repository,
      stage,
      subjects: together(subjects),
      predicate_type: predicateType,
      form,
      run,
      signer,
      assurance,
      payload_commitment: payload?.commitment,
      payload_size: payload?.size,
    };
  },
};
