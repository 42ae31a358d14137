import { signImage } from '../../api/images.ts';
import { fail, ok, type Result } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { recordedReply } from '../reply.ts';

/** What senders write that do not know better; the manifest says itself what it is. */
const UNSPECIFIC: readonly string[] = [
  'application/octet-stream',
  'application/json',
  'application/x-www-form-urlencoded',
];

export const signImageRoute = bindRoute(signImage, async ({ caller, query, body, mediaType }, edge) => {
  const annotations = readAnnotations(query.annotation ?? []);
  if (!annotations.ok) return annotations;
  const signed = await edge.service.signImage(caller, {
    manifest: body,
    repository: query.repository,
    ...(query.run === undefined ? {} : { run: query.run }),
    ...(mediaType === undefined || UNSPECIFIC.includes(mediaType) ? {} : { mediaType }),
    ...(query.annotation === undefined ? {} : { annotations: annotations.value }),
  });
  if (!signed.ok) return signed;
  const { digest, repository } = signed.value;
  const location = `/v1/images/${digest}?repository=${encodeURIComponent(repository)}`;
  return ok(recordedReply(edge, signed.value, location));
});

function readAnnotations(pairs: readonly string[]): Result<Readonly<Record<string, string>>> {
  const annotations = new Map<string, string>();
  for (const pair of pairs) {
    const name = pair.slice(0, pair.indexOf('='));
    if (annotations.has(name)) {
      return fail('http/duplicate-parameter', 'An annotation stands twice.', 'query/annotation');
    }
    annotations.set(name, pair.slice(name.length + 1));
  }
  return ok(Object.fromEntries(annotations));
}
