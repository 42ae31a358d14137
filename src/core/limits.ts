/** Every bound of the formats, its unit in its name and its reason beside it. A bound is inclusive. */

/** C2SP tlog-tiles frames an entry with a 16-bit length. */
export const ENTRY_BYTES_MAX = 65_535;
/** Greatest integer that JSON readers everywhere keep exact (RFC 8259 section 6, RFC 7493 section 2.2). */
export const INTEGER_MAX = Number.MAX_SAFE_INTEGER;
/** Subjects of one statement, and children of one index: bounds the keys of one entry. */
export const SUBJECTS_MAX = 64;
/** Keys of one entry: the subjects, or an image and its children, with a run. */
export const ENTRY_KEYS_MAX = 66;
/** Globs of one contract: bounds the coverage lists that it is filed under. */
export const CONTRACT_GLOBS_MAX = 16;
/** Stages of one contract: a verdict walks each of them against each attestation. */
export const CONTRACT_STAGES_MAX = 64;
/** Entries that one digest may have in one repository: bounds evidence, and the time of a verdict. */
export const SUBJECT_ENTRIES_MAX = 1_000;
/** Of these, how many the service accepts: the rest is left for the signatures of indexes that contain the image. */
export const SUBJECT_ENTRIES_ACCEPTED_MAX = 900;
/** One submitted document, after decoding. Larger evidence belongs in an object store, with its digest attested. */
export const PAYLOAD_BYTES_MAX = 32 * 1024 * 1024;
/** Evidence as a file. 1,000 entries with a modest payload each stay below it. */
export const EVIDENCE_BYTES_MAX = 256 * 1024 * 1024;
/** Salt of a payload commitment: as wide as the hash that it keys. */
export const SALT_BYTES = 32;
/** Repository name: the bound that the OCI distribution clients keep. */
export const REPOSITORY_CHARACTERS_MAX = 255;
/** Stage, contract and principal names. */
export const NAME_CHARACTERS_MAX = 64;
