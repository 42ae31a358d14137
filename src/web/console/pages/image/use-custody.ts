import type { Result } from '../../../../core/fault.ts';
import type { ImageSummary, Page, ReleaseView } from '../../api/answers.ts';
import { call, callBytes } from '../../api/call.ts';
import { type Answered, useAsked } from '../../api/use-answer.ts';
import { type Contradiction, continuesLog, rememberedLog } from '../../trust/log-memory.ts';
import { useTrust } from '../../trust/trust.tsx';
import { judge } from '../../verify/judge.ts';
import type { Judged } from '../../verify/judged.ts';

/** An image's custody as this browser judged it, and what the service says of it beside. */
export type Custody = {
  readonly image: ImageSummary;
  /** Environments that images of the repository were released to, the newest first. */
  readonly environments: readonly string[];
  /** Those of them that the image itself was released to last, and not retired in since. */
  readonly current: readonly string[];
  /** Those of them where another image took its place. */
  readonly superseded: readonly string[];
  /** The one that the evidence is asked for. */
  readonly environment: string | undefined;
  /** What came of checking the evidence here, or why it could not even be read. */
  readonly judged: Result<Judged>;
  /** Why the log that this rests on cannot be the one that this browser was shown before. */
  readonly contradiction?: Contradiction;
};

type Asked = {
  readonly digest: string;
  readonly repository: string | undefined;
  readonly environment: string | undefined;
};

/** Fetches the evidence of an image and has it checked in this browser; again when the ledger grows or the pin changes. */
export function useCustody({ digest, repository, environment }: Asked): Answered<Custody> {
  const { text: trust } = useTrust();
  const key = JSON.stringify([digest, repository, environment, trust]);
  return useAsked(key, true, async (signal, attended) => {
    const before = rememberedLog();
    const path = `/v1/images/${encodeURIComponent(digest)}`;
    const image = await call<ImageSummary>('GET', path, { query: { repository }, signal, attended });
    const released = await call<Page<ReleaseView>>('GET', '/v1/releases', {
      query: { repository: image.repository, limit: 200 },
      signal,
      attended,
    });
    const environments = [...new Set(released.items.map((release) => release.environment))];
    const inState = (state: ReleaseView['state']) =>
      released.items
        .filter((release) => release.digest === digest && release.state === state)
        .map((release) => release.environment);
    const current = inState('current');
    const superseded = [...new Set(inState('superseded'))].filter((name) => !current.includes(name));
    const asked = environment === '-' ? undefined : (environment ?? environments[0]);
    const evidence = await callBytes(`${path}/evidence`, {
      query: { repository: image.repository, environment: asked },
      signal,
      attended,
    });
    // Evidence of another image holds together too: the question is this page's own.
    const where = asked === undefined ? {} : { environment: asked };
    const question = { subject: digest, repository: repository ?? image.repository, ...where };
    const judged = await judge<'judge'>({ kind: 'judge', evidence, question, trust, now: new Date().toISOString() });
    const contradiction = judged.ok ? await continuesLog(before, judged.value, { signal, attended }) : undefined;
    return {
      image,
      environments,
      current,
      superseded,
      environment: asked,
      judged,
      ...(contradiction === undefined ? {} : { contradiction }),
    };
  });
}
