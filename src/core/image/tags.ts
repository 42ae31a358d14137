/** The annotation by which a signature says which tag the image was built as (OCI image-spec, "Pre-Defined Annotation Keys"). */
export const TAG_ANNOTATION = 'org.opencontainers.image.ref.name';

/** A tag (OCI distribution-spec, "Pulling manifests"). */
export const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/**
 * The tag that annotations of a signature name; undefined where they name none, or something else. A registry may move a
 * tag: what is signed is that the image was called so when it was.
 */
export function tagOf(annotations: Readonly<Record<string, string>> | undefined): string | undefined {
  const named = annotations?.[TAG_ANNOTATION];
  return named !== undefined && TAG.test(named) ? named : undefined;
}
