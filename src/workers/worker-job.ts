import type { EvidenceJob } from '../core/custody/evidence-job.ts';
import type { SubmittedAttestation } from '../service/read-attestation.ts';

/** What a worker thread is asked for: work on whole evidence, or a submission to be read. */
export type WorkerJob = EvidenceJob | { readonly kind: 'read'; readonly submitted: SubmittedAttestation };
