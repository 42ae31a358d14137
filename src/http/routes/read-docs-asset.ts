import { readDocsAsset } from '../../api/operation.ts';
import { ok } from '../../core/fault.ts';
import { readDocsFile } from '../docs-files.ts';
import { bindRoute } from '../edge.ts';
import { bytesReply } from '../reply.ts';

const MEDIA_TYPES = { 'page.css': 'text/css; charset=utf-8', 'page.js': 'text/javascript; charset=utf-8' } as const;

export const readDocsAssetRoute = bindRoute(readDocsAsset, ({ params }) =>
  ok(bytesReply(readDocsFile(params.asset), MEDIA_TYPES[params.asset], { 'cache-control': 'no-cache' })),
);
