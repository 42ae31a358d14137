/** Bounds of request bodies in bytes, as sent. */

/** An envelope in base64 of a payload of 32 MiB, and its signatures. */
export const ATTESTATION_BODY_BYTES_MAX = 44 * 1024 * 1024;
/** Lines of a batch, and all of its bytes. */
export const BATCH_LINES_MAX = 1_000;
export const BATCH_BODY_BYTES_MAX = 32 * 1024 * 1024;
/** One line of a batch: what is larger gains nothing by sharing a request. */
export const BATCH_LINE_BYTES_MAX = 1024 * 1024;
/** Registries commonly refuse manifests above this size (OCI distribution-spec, "Pushing manifests"). */
export const MANIFEST_BODY_BYTES_MAX = 4 * 1024 * 1024;
/** Every JSON request, and contracts. */
export const JSON_BODY_BYTES_MAX = 256 * 1024;
/** Path and query of one request. */
export const TARGET_CHARACTERS_MAX = 8_192;
