import { readConsole, readConsoleAsset, readConsolePage, readConsoleRoot, readRoot } from '../../api/console.ts';
import { fail, ok, type Result } from '../../core/fault.ts';
import { CONSOLE_POLICY } from '../console-files.ts';
import { bindRoute, type Edge, type Reply } from '../edge.ts';

const KEPT_FOR_GOOD = 'public, max-age=31536000, immutable';

const toConsole = () => ok({ status: 303, mediaType: 'text/plain', body: '', headers: { location: '/console/' } });

export const readRootRoute = bindRoute(readRoot, toConsole);
export const readConsoleRootRoute = bindRoute(readConsoleRoot, toConsole);

export const readConsoleRoute = bindRoute(readConsole, (_request, edge) => shellReply(edge, 200));

export const readConsolePageRoute = bindRoute(readConsolePage, ({ params }, edge) =>
  shellReply(edge, edge.console?.isPage(params.page) === true ? 200 : 404),
);

export const readConsoleAssetRoute = bindRoute(readConsoleAsset, ({ params }, edge) => {
  const file = edge.console?.asset(params.asset);
  if (file === undefined) return fail('service/not-found', 'The console has no such file.', 'path/asset');
  const { bytes, mediaType, encoded } = file;
  const headers = { 'cache-control': KEPT_FOR_GOOD, 'content-security-policy': CONSOLE_POLICY };
  return ok({ status: 200, mediaType, body: bytes, encoded, headers, revalidates: 'plain' });
});

function shellReply({ console }: Edge, status: number): Result<Reply> {
  if (console === undefined) return fail('service/not-found', 'This service was built without a console.');
  const { bytes, mediaType, encoded } = console.shell;
  const headers = { 'content-security-policy': CONSOLE_POLICY, 'cache-control': 'no-cache' };
  return ok({ status, mediaType, body: bytes, encoded, headers, revalidates: 'plain' });
}
