import { type Decoded, object, oneOf, string } from '../../encoding/decode.ts';
import { distinctArray } from '../../encoding/distinct-array.ts';
import { SUBJECTS_MAX } from '../../limits.ts';
import { runKey, subjectKey } from '../keys.ts';
import { type KindDefinition, keySet } from '../kind-definition.ts';
import { GIT_COMMIT, IMAGE_DIGEST } from '../names.ts';

const subject = string({ max: 74, pattern: new RegExp(`${IMAGE_DIGEST.source}|${GIT_COMMIT.source}`) });

const body = object({
  /** What the payload is: a DSSE envelope, or a Sigstore bundle that holds one. */
  form: oneOf(['envelope', 'bundle']),
  /** Subjects of the statement that the attestation is filed for: distinct, in the order of the statement. */
  subjects: distinctArray(subject, { min: 1, max: SUBJECTS_MAX }),
});

/** Body of `attestation.recorded`. The payload is the exact envelope or bundle that was submitted. */
export type AttestationRecorded = Decoded<typeof body>;

export const attestationRecorded: KindDefinition<AttestationRecorded> = {
  kind: 'attestation.recorded',
  required: ['repository', 'stage', 'assurance', 'signer', 'payload'],
  allowed: ['predicateType', 'run'],
  body,
  filedUnder: (entry) => {
    const { subjects } = entry.body as AttestationRecorded;
    const keys = subjects.map((name) => subjectKey(entry.repository ?? '', name));
    return keySet(entry.run === undefined ? keys : [...keys, runKey(entry.run)]);
  },
};
