import type { ServerResponse } from 'node:http';
import type { Route } from '../api/route.ts';
import type { Operation } from '../api/routes.ts';

/** What every page on the web may read: what answers everybody anyhow, and is signed or checked against what is. */
const READ_ANYWHERE: readonly Operation[] = ['readCheckpoint', 'readTile', 'readTrustFile'];

/** Whether a browser may show the answer to a page of another origin. `opened` are routes that ask for no token here. */
export function isReadAnywhere(route: Route, opened: readonly string[]): boolean {
  return READ_ANYWHERE.some((operation) => operation === route.operation) || opened.includes(route.operation);
}

/** Says so, on refusals as well: a page has to tell a tile that is not there yet from a service that is not. */
export function allowAnyOrigin(response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Expose-Headers', 'ETag, Retry-After, X-Request-Id');
}

/** The answer to a browser that asks first. A token is not allowed: none is needed, and a foreign page should have none. */
export function answerPreflight(response: ServerResponse): void {
  allowAnyOrigin(response);
  response.setHeader('Access-Control-Allow-Methods', 'GET, HEAD');
  response.setHeader('Access-Control-Allow-Headers', 'If-None-Match, X-Request-Id');
  response.setHeader('Access-Control-Max-Age', '86400');
}
