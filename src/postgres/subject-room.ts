import { runKey, subjectKey } from '../core/entry/keys.ts';
import type { AttestationRecorded } from '../core/entry/kinds/attestation-recorded.ts';
import type { ImageSigned } from '../core/entry/kinds/image-signed.ts';
import type { RunOpened } from '../core/entry/kinds/run-opened.ts';
import type { Fault, FaultCode } from '../core/fault.ts';
import { SUBJECT_ENTRIES_ACCEPTED_MAX } from '../core/limits.ts';
import type { Submission } from '../service/ports.ts';
import type { RunStatement, Statement } from './ledger-transaction.ts';
import type { ListHeads } from './list-heads.ts';
import { parseSeq } from './pool.ts';

/** A run counts twice, so that there is always room for its end. */
const ENTRIES_OF_A_RUN = 2;
/** So does a release, for its retirement, and a waiver thrice, for approval and revocation: what takes back is never refused. */
const ENTRIES_OF_A_RELEASE = 2;
const ENTRIES_OF_A_WAIVER = 3;
const ENTRIES_OF_ONE_MAX = Math.max(ENTRIES_OF_A_RUN, ENTRIES_OF_A_RELEASE, ENTRIES_OF_A_WAIVER);

const COUNT_ENTRIES: Statement = {
  name: 'count-subject-entries',
  text: `SELECT subject, repository, sum(n) AS n FROM (
      SELECT subject, repository, count(*) AS n FROM recorded_subject
        WHERE (subject, repository) IN (SELECT * FROM unnest($1::text[], $2::text[])) GROUP BY subject, repository
      UNION ALL
      SELECT 'gitCommit:' || commit, repository, ${ENTRIES_OF_A_RUN} * count(*) FROM opened_run
        WHERE (commit, repository) IN (SELECT substring(subject FROM '^gitCommit:(.*)$'), repository
          FROM unnest($1::text[], $2::text[]) AS wanted (subject, repository))
        GROUP BY commit, repository
      UNION ALL
      SELECT digest, repository, ${ENTRIES_OF_A_WAIVER - 1} * count(*)
          - count(*) FILTER (WHERE EXISTS (SELECT 1 FROM recorded_waiver later
            WHERE later.waiver = asked.waiver AND later.kind = 'waiver.approved'))
          - count(*) FILTER (WHERE EXISTS (SELECT 1 FROM recorded_waiver later
            WHERE later.waiver = asked.waiver AND later.kind = 'waiver.revoked'))
        FROM recorded_waiver asked WHERE kind = 'waiver.requested'
          AND (digest, repository) IN (SELECT * FROM unnest($1::text[], $2::text[])) GROUP BY digest, repository
      UNION ALL
      SELECT digest, repository, count(*) FILTER (WHERE kind = 'image.released')
          - count(*) FILTER (WHERE kind = 'image.retired' AND environment IS NOT NULL)
        FROM recorded_release
        WHERE (digest, repository) IN (SELECT * FROM unnest($1::text[], $2::text[])) GROUP BY digest, repository
    ) AS counted GROUP BY subject, repository`,
};

/** Gives the fault of a submission that there is no room for; otherwise takes its room. */
export type TakeRoom = (submission: Submission) => Fault | undefined;

/**
 * Room of subjects and of runs under the lock. Evidence is bounded, so that what is accepted is bounded too: a pipeline
 * that runs wild would otherwise make its own image unverifiable for good. Counts only where a list is long enough to matter.
 */
export async function readSubjectRoom(
  run: RunStatement,
  submissions: readonly Submission[],
  lists: ListHeads,
): Promise<TakeRoom> {
  const isCrowded = ({ subject, repository }: Place) => {
    const listed = (lists.heads.get(subjectKey(repository, subject))?.n ?? 0) + submissions.length;
    return ENTRIES_OF_ONE_MAX * listed > SUBJECT_ENTRIES_ACCEPTED_MAX;
  };
  const crowded = submissions.flatMap((submission) => subjectsOf(submission).filter(isCrowded));
  const counts = new Map<string, number>();
  if (crowded.length > 0) {
    const rows = await run<{ subject: string; repository: string; n: string }>(COUNT_ENTRIES, [
      crowded.map(({ subject }) => subject),
      crowded.map(({ repository }) => repository),
    ]);
    for (const { subject, repository, n } of rows) counts.set(`${repository} ${subject}`, parseSeq(n));
  }
  return (submission) => {
    const places = placesOf(submission, lists);
    for (const { name, entries, inRun } of places) {
      if ((counts.get(name) ?? inRun ?? 0) + entries <= SUBJECT_ENTRIES_ACCEPTED_MAX) continue;
      const message = `${name} has as many entries already as it may have, ${SUBJECT_ENTRIES_ACCEPTED_MAX}, and takes no more.`;
      const code: FaultCode = inRun === undefined ? 'attestation/subject-full' : 'run/full';
      return { code, message };
    }
    for (const { name, entries, inRun } of places) counts.set(name, (counts.get(name) ?? inRun ?? 0) + entries);
    return undefined;
  };
}

/** Entries that a kind takes room for, where that is not one. */
const ENTRIES_OF: Readonly<Record<string, number>> = {
  'run.opened': ENTRIES_OF_A_RUN,
  'image.released': ENTRIES_OF_A_RELEASE,
  'waiver.requested': ENTRIES_OF_A_WAIVER,
};

type Place = { readonly subject: string; readonly repository: string };

/** What a submission needs room in: for how many entries, and, of a run, how many its list has. */
type Need = { readonly name: string; readonly entries: number; readonly inRun?: number };

function placesOf(submission: Submission, lists: ListHeads): readonly Need[] {
  const { kind, run } = submission.proposal;
  const entries = ENTRIES_OF[kind] ?? 1;
  const needs: Need[] = subjectsOf(submission).map(({ subject, repository }) => ({
    name: `${repository} ${subject}`,
    entries,
  }));
  const isFiled = run !== undefined && (kind === 'image.signed' || kind === 'attestation.recorded');
  if (isFiled) needs.push({ name: `run ${run}`, entries: 1, inRun: lists.heads.get(runKey(run))?.n ?? 0 });
  return needs;
}

/** What ends a run, a release or a waiver, or approves one, is not among them: its room was taken by what it follows. */
function subjectsOf({ proposal }: Submission): readonly Place[] {
  const { kind, repository, body } = proposal;
  if (repository === undefined) return [];
  if (kind === 'image.signed' || kind === 'image.released' || kind === 'waiver.requested')
    return [{ subject: (body as Pick<ImageSigned, 'digest'>).digest, repository }];
  if (kind === 'run.opened') return [{ subject: `gitCommit:${(body as RunOpened).commit}`, repository }];
  if (kind !== 'attestation.recorded') return [];
  return (body as AttestationRecorded).subjects.map((subject) => ({ subject, repository }));
}
