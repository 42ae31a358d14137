import { sql, type Transaction } from 'kysely';
import { subjectKey } from '../core/entry/keys.ts';
import type { AttestationRecorded } from '../core/entry/kinds/attestation-recorded.ts';
import type { ImageSigned } from '../core/entry/kinds/image-signed.ts';
import type { Fault } from '../core/fault.ts';
import { SUBJECT_ENTRIES_ACCEPTED_MAX } from '../core/limits.ts';
import type { Submission } from '../service/ports.ts';
import type { ListHeads } from './list-heads.ts';
import { parseSeq } from './pool.ts';
import type { Tables } from './tables.ts';

/** Gives the fault of a submission whose subject has no room left in its repository; otherwise takes its room. */
export type TakeRoom = (submission: Submission) => Fault | undefined;

/**
 * Room of subjects under the lock. Evidence is bounded, so that what is accepted is bounded too: a pipeline that runs
 * wild would otherwise make its own image unverifiable for good. Counts only where a list is long enough to matter.
 */
export async function readSubjectRoom(
  transaction: Transaction<Tables>,
  submissions: readonly Submission[],
  lists: ListHeads,
): Promise<TakeRoom> {
  const crowded = submissions.flatMap((submission) =>
    placesOf(submission).filter(
      ({ subject, repository }) =>
        (lists.heads.get(subjectKey(repository, subject))?.n ?? 0) + submissions.length > SUBJECT_ENTRIES_ACCEPTED_MAX,
    ),
  );
  const counts = new Map<string, number>();
  if (crowded.length > 0) {
    const { rows } = await sql<{ subject: string; repository: string; n: string }>`
      SELECT subject, repository, count(*) AS n FROM recorded_subject
      WHERE (subject, repository) IN (SELECT * FROM unnest(${crowded.map(({ subject }) => subject)}::text[],
        ${crowded.map(({ repository }) => repository)}::text[]))
      GROUP BY subject, repository`.execute(transaction);
    for (const { subject, repository, n } of rows) counts.set(`${repository} ${subject}`, parseSeq(n));
  }
  return (submission) => {
    const places = placesOf(submission).map(({ subject, repository }) => `${repository} ${subject}`);
    const full = places.find((place) => (counts.get(place) ?? 0) >= SUBJECT_ENTRIES_ACCEPTED_MAX);
    if (full !== undefined) {
      const message = `${full} has ${SUBJECT_ENTRIES_ACCEPTED_MAX} entries already, and takes no more.`;
      return { code: 'attestation/subject-full', message };
    }
    for (const place of places) counts.set(place, (counts.get(place) ?? 0) + 1);
    return undefined;
  };
}

type Place = { readonly subject: string; readonly repository: string };

function placesOf({ proposal }: Submission): readonly Place[] {
  const { repository } = proposal;
  if (repository === undefined) return [];
  if (proposal.kind === 'image.signed') return [{ subject: (proposal.body as ImageSigned).digest, repository }];
  if (proposal.kind !== 'attestation.recorded') return [];
  return (proposal.body as AttestationRecorded).subjects.map((subject) => ({ subject, repository }));
}
