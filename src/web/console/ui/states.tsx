import type { ComponentChildren } from 'preact';
import type { Problem } from '../api/call.ts';
import type { Answered } from '../api/use-answer.ts';
import { Icon } from './icon.tsx';

/** Why something was not done, what can be done about it, and the code to ask about. */
export function ProblemNote({
  problem,
  retry,
}: {
  readonly problem: Problem;
  readonly retry?: (() => void) | undefined;
}) {
  const { code, detail, title, remedy, requestId } = problem;
  return (
    <div class="problem" role="alert">
      <Icon tone="fail" />
      <div>
        <p>
          <b>{title}</b>
        </p>
        {detail !== title && <p>{detail}</p>}
        <p class="small">{remedy}</p>
        <p class="small quiet">
          <code>{code}</code>
          {requestId !== undefined && <> · request {requestId}</>}
        </p>
        {retry !== undefined && (
          <button type="button" class="plain" onClick={retry}>
            Try again
          </button>
        )}
      </div>
    </div>
  );
}

/** Said while something is asked for. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <p class="loading" role="status">
      Loading {what}…
    </p>
  );
}

/** Said where there is nothing, and what would put something there. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p>
        <b>{title}</b>
      </p>
      {children !== undefined && <p class="quiet">{children}</p>}
    </div>
  );
}

type Shown<T> = {
  readonly answered: Answered<T>;
  /** What is loaded, in words. */
  readonly what: string;
  readonly children: (value: T) => ComponentChildren;
};

/** An answer as it stands: loading, failed, or there. One that could not be asked for again stays, and says so. */
export function Answer<T>({ answered, what, children }: Shown<T>) {
  const { value, problem, reload } = answered;
  if (value === undefined)
    return problem === undefined ? <Loading what={what} /> : <ProblemNote problem={problem} retry={reload} />;
  return (
    <>
      {problem !== undefined && (
        <p class="notice" role="status">
          Shown as it was before: {problem.detail}{' '}
          <button type="button" class="link" onClick={reload}>
            Try again
          </button>
        </p>
      )}
      {children(value)}
    </>
  );
}
