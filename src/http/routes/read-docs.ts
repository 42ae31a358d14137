import { readDocs } from '../../api/operation.ts';
import { ok } from '../../core/fault.ts';
import { DOCS_POLICY, readDocsFile } from '../docs-files.ts';
import { bindRoute } from '../edge.ts';
import { bytesReply } from '../reply.ts';

export const readDocsRoute = bindRoute(readDocs, () => {
  const headers = { 'content-security-policy': DOCS_POLICY, 'cache-control': 'no-cache' };
  return ok(bytesReply(readDocsFile('page.html'), 'text/html; charset=utf-8', headers));
});
