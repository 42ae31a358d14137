import { changesView, pageOf, releaseView, retirementView, waiverView } from './answers.ts';
import { both, type Get, type PageQuestion, type Post } from './call.ts';
import type { ControlledChange, ImageQuestion } from './client.ts';

/** Waivers: asked for, approved, revoked and read. */
export function waiverCalls(get: Get, post: Post) {
  const waiver = (id: string) => `/v1/waivers/${encodeURIComponent(id)}`;
  return {
    /** `key` is the caller's own name for the request: a repetition under it is the same waiver. */
    requestWaiver: (
      request: {
        readonly digest: string;
        readonly repository?: string;
        readonly contract: string;
        readonly check: string;
        readonly stage?: string;
        readonly rule?: string;
        readonly expires: string;
        readonly breakGlass: boolean;
        readonly reason: string;
      },
      key?: string,
    ) => post(both(waiverView), '/v1/waivers', request, { key }),
    waivers: (
      filter: {
        readonly repository?: string;
        readonly digest?: string;
        readonly state?: string;
        readonly expiresBefore?: string;
      },
      page: PageQuestion,
    ) => get(pageOf(waiverView), '/v1/waivers', { ...filter, ...page }),
    waiver: (id: string) => get(waiverView, waiver(id)),
    approveWaiver: (id: string, change: ControlledChange = {}) =>
      post(both(waiverView), `${waiver(id)}/approve`, change),
    revokeWaiver: (id: string) => post(both(waiverView), `${waiver(id)}/revoke`, {}),
  };
}

/** Releases, retirements, and what a release would change. */
export function releaseCalls(get: Get, post: Post) {
  const image = (digest: string) => `/v1/images/${encodeURIComponent(digest)}`;
  return {
    /** `key` is the caller's own name for the request: a repetition under it is the same release. */
    releaseImage: (
      { digest, repository }: ImageQuestion,
      request: { readonly environment: string; readonly verdict?: number },
      key?: string,
    ) =>
      post(
        both(releaseView),
        `${image(digest)}/release`,
        { ...request, ...(repository === undefined ? {} : { repository }) },
        { key },
      ),
    retireImage: ({ digest, repository }: ImageQuestion, environment?: string) =>
      post(both(retirementView), `${image(digest)}/retire`, {
        ...(repository === undefined ? {} : { repository }),
        ...(environment === undefined ? {} : { environment }),
      }),
    releases: (
      filter: { readonly repository?: string; readonly environment?: string; readonly digest?: string },
      page: PageQuestion,
    ) => get(pageOf(releaseView), '/v1/releases', { ...filter, ...page }),
    /** What a release to the environment would change. */
    changes: ({ digest, repository }: ImageQuestion, environment: string) =>
      get(changesView, `${image(digest)}/changes`, { repository, environment }),
  };
}
