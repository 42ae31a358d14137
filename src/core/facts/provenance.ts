import type { Json, JsonObject } from '../encoding/json.ts';
import type { Collector } from './collector.ts';
import type { ImageReference, Source } from './facts.ts';
import { readPurl } from './purl.ts';

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const SHA256 = /^[0-9a-f]{64}$/;
/** Schemes by which tools name images; BuildKit and SLSA use package URLs. */
const IMAGE_SCHEME = /^(?:oci|docker|docker-pullable):\/\/(.+)$/;

/**
 * Builder, sources and consumed images of SLSA provenance 1: `runDetails.builder.id`, and `resolvedDependencies` that are
 * git repositories or images. Source: docs/spec/facts.md §5.6.
 */
export function readProvenance(predicate: JsonObject, into: Collector): void {
  const run = into.object(predicate.runDetails, '/runDetails');
  readBuilder(run.builder, '/runDetails/builder', into);
  const definition = into.object(predicate.buildDefinition, '/buildDefinition');
  const at = '/buildDefinition/resolvedDependencies';
  for (const [index, value] of into.array(definition.resolvedDependencies, at).entries()) {
    if (!into.step()) return;
    readMaterial(value, `${at}/${index}`, into);
  }
}

/** The same of SLSA provenance 0.2: `builder.id`, `invocation.configSource` and `materials`. */
export function readProvenanceV02(predicate: JsonObject, into: Collector): void {
  readBuilder(predicate.builder, '/builder', into);
  const invocation = into.object(predicate.invocation, '/invocation');
  const at = '/invocation/configSource';
  const config = into.object(invocation.configSource, at);
  // What configured the build is a source, whatever it is called.
  const repository = repositoryOf(into.text(config.uri, `${at}/uri`) ?? '');
  const commit = commitOf(into.object(config.digest, `${at}/digest`));
  if (repository !== '' || commit !== undefined) into.addSource(sourceOf(repository, commit));
  for (const [index, value] of into.array(predicate.materials, '/materials').entries()) {
    if (!into.step()) return;
    readMaterial(value, `/materials/${index}`, into);
  }
}

function readBuilder(value: Json | undefined, at: string, into: Collector): void {
  into.addBuilder(into.requiredText(into.object(value, at).id, `${at}/id`));
}

function readMaterial(value: Json, at: string, into: Collector): void {
  const material = into.object(value, at);
  const uri = into.text(material.uri, `${at}/uri`) ?? '';
  const digest = into.object(material.digest, `${at}/digest`);
  const commit = commitOf(digest);
  if (uri.startsWith('git+') || uri.startsWith('git:') || Object.hasOwn(digest, 'gitCommit')) {
    into.addSource(sourceOf(repositoryOf(uri), commit));
    return;
  }
  const image = imageOf(uri, digest);
  if (image !== undefined) into.addInputImage(image);
}

/** `git+https://host/path.git@refs/heads/main#dir` without scheme prefix, ref and fragment. */
function repositoryOf(uri: string): string {
  const [plain = ''] = uri.replace(/^git\+/, '').split('#', 1);
  const ref = plain.indexOf('@refs/');
  if (ref !== -1) return plain.slice(0, ref);
  const at = plain.lastIndexOf('@');
  return at > plain.lastIndexOf('/') ? plain.slice(0, at) : plain;
}

function commitOf(digest: JsonObject): string | undefined {
  const { gitCommit, sha1 } = digest;
  const stated = Object.hasOwn(digest, 'gitCommit') ? gitCommit : sha1;
  return typeof stated === 'string' && COMMIT.test(stated) ? stated : undefined;
}

function sourceOf(repository: string, commit: string | undefined): Source {
  return { ...(repository === '' ? {} : { repository }), ...(commit === undefined ? {} : { commit }) };
}

function imageOf(uri: string, digest: JsonObject): ImageReference | undefined {
  const { sha256 } = digest;
  const scheme = IMAGE_SCHEME.exec(uri)?.[1];
  const purl = readPurl(uri);
  const isPackage = purl !== undefined && /^pkg:(?:docker|oci)\//.test(purl.name);
  if (scheme === undefined && !isPackage) return undefined;
  const [name = ''] = (scheme ?? purl?.name.replace(/^pkg:[a-z]+\//, '') ?? '').split('@', 1);
  const stated = typeof sha256 === 'string' ? sha256 : (uri.match(/sha256(?::|%3[Aa])([0-9a-f]{64})/)?.[1] ?? '');
  return { ...(name === '' ? {} : { name }), ...(SHA256.test(stated) ? { digest: `sha256:${stated}` } : {}) };
}
