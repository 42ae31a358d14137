import { pageOf, runView } from './answers.ts';
import { both, type Get, type PageQuestion, type Post } from './call.ts';

/** The API of runs. */
export function runCalls(get: Get, post: Post) {
  const path = (run: string) => `/v1/runs/${encodeURIComponent(run)}`;
  return {
    /** Under the same key a request that is sent again finds the run that the first one opened. */
    openRun: (
      request: { readonly repository: string; readonly commit: string; readonly lifetimeSeconds?: number },
      key: string,
    ) => post(both(runView), '/v1/runs', request, { key }),
    closeRun: (run: string, outcome: string) => post(both(runView), `${path(run)}/close`, { outcome }),
    runs: (
      filter: { readonly repository?: string; readonly commit?: string; readonly state?: string },
      page: PageQuestion,
    ) => get(pageOf(runView), '/v1/runs', { ...filter, ...page }),
    run: (run: string) => get(runView, path(run)),
  };
}
