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
/** Repositories that one contract takes images from: evidence shows what each of them knows of an image. */
export const CONTRACT_FROM_MAX = 8;
/** Stages of one contract: a verdict walks each of them against each attestation. */
export const CONTRACT_STAGES_MAX = 64;
/** People that a stage may ask for. */
export const CONTRACT_THRESHOLD_MAX = 16;
/** Contracts that one run pins: all that apply to its repository. */
export const RUN_CONTRACTS_MAX = 64;
/** Stages that one run expects: with names of 64 characters they still fit into an entry. */
export const RUN_STAGES_MAX = 512;
/** A run that nobody closes ends by itself, after 30 days at the latest, so that silence is on record in foreseeable time. */
export const RUN_SECONDS_MAX = 30 * 86_400;
/** One expression of a rule. A longer one is several rules. */
export const RULE_CHARACTERS_MAX = 2_000;
/** Parts of one expression, and how deep they stand within each other. */
export const RULE_NODES_MAX = 400;
export const RULE_DEPTH_MAX = 32;
/** Rules of one stage, and of a contract as a whole. */
export const RULES_MAX = 16;
/** Steps of one evaluation of one rule: about 50 ms. */
export const RULE_STEPS_MAX = 1_000_000;
/** Steps of all rules of a verdict together: about a second. */
export const VERDICT_STEPS_MAX = 20_000_000;
/** A pattern of a rule, and what one character may cost that it is held against. */
export const PATTERN_CHARACTERS_MAX = 256;
export const PATTERN_WEIGHT_MAX = 2_000;
/** Entries that one digest may have in one repository: bounds evidence, and the time of a verdict. */
export const SUBJECT_ENTRIES_MAX = 1_000;
/** Of these, how many the service accepts: the rest is left for the signatures of indexes that contain the image. */
export const SUBJECT_ENTRIES_ACCEPTED_MAX = 900;
/** One submitted document, after decoding. Larger evidence belongs in an object store, with its digest attested. */
export const PAYLOAD_BYTES_MAX = 32 * 1024 * 1024;
/** Evidence as a file. 1,000 entries with a modest payload each stay below it. */
export const EVIDENCE_BYTES_MAX = 256 * 1024 * 1024;
/** Entries of one proof about a period: what a service puts together, and a reader checks, in a second. */
export const PERIOD_ENTRIES_MAX = 10_000;
/** Their bytes, together: 10,000 of usual entries, fewer with many keys. */
export const PERIOD_BYTES_MAX = 16 * 1024 * 1024;
/** A document that an export brings along: a contract in the proposal of one is the largest, and has two thirds of it. */
export const EXPORT_DOCUMENT_BYTES_MAX = 512 * 1024;
/** One line of an export: such a document in base64, and an entry. */
export const EXPORT_LINE_BYTES_MAX = 1024 * 1024;
/** Items of one table that a sample draws at most: each brings a report of its own. */
export const SAMPLE_ITEMS_MAX = 1_000;
/** Lifetime of a token for the API: a minute, and a year. */
export const TOKEN_SECONDS_MIN = 60;
export const TOKEN_SECONDS_MAX = 366 * 24 * 60 * 60;
/** A browser that signed in: twelve hours at most, half an hour without a request of its user, and so many of a principal. */
export const SESSION_SECONDS_MAX = 12 * 60 * 60;
export const SESSION_IDLE_SECONDS_MAX = 30 * 60;
export const SESSIONS_OF_PRINCIPAL_MAX = 32;
/** Salt of a payload commitment: as wide as the hash that it keys. */
export const SALT_BYTES = 32;
/** Repository name: the bound that the OCI distribution clients keep. */
export const REPOSITORY_CHARACTERS_MAX = 255;
/** Stage, contract and principal names. */
export const NAME_CHARACTERS_MAX = 64;
/** The member `control`: an envelope over the longest body that takes one, and 16 signatures. */
export const CONTROL_CHARACTERS_MAX = 16_384;
/** Components of one document, or of all documents of one image together: about ten times those of a large distribution. */
export const FACTS_COMPONENTS_MAX = 100_000;
/** Vulnerabilities of the same; one that is found in two components counts twice. */
export const FACTS_VULNERABILITIES_MAX = 100_000;
/** Products that the VEX statements of the same name, all statements together: advisories list every package of a product. */
export const FACTS_VEX_PRODUCTS_MAX = 500_000;
/** Every other list of facts: builders, sources, images, licences, reviews. */
export const FACTS_LIST_MAX = 10_000;
/** Longest name, version, package URL, id or URI in facts. */
export const FACTS_TEXT_CHARACTERS_MAX = 1_024;
/** Elements that are looked at until a document counts as too much work: twice as many as a parsed document has members. */
export const FACTS_STEPS_MAX = 8_000_000;
/** How deep components may stand in one another. */
export const FACTS_NESTING_MAX = 16;
/** Branches of a product tree of CSAF: vendor, product, version and what lies between; real ones have four. */
export const CSAF_BRANCHES_DEPTH_MAX = 32;
/** Licences of one component: bills of real packages name up to a dozen. */
export const FACTS_LICENCES_OF_COMPONENT_MAX = 64;
/** Longest name of a licence that stands in facts as it is; longer ones are texts of licences. */
export const LICENCE_NAME_CHARACTERS_MAX = 128;
/** Longest expression of licences that is taken apart. */
export const LICENCE_EXPRESSION_CHARACTERS_MAX = 4_096;
/** Longest text that may be a severity or a vector: CVSS 4 with every metric has about 200 characters. */
export const RATING_CHARACTERS_MAX = 256;
/** Qualifiers of one package URL: tools write up to six. */
export const PURL_QUALIFIERS_MAX = 32;
/** How deep elements of XML may stand in one another: reports of tests nest suites, and no tool nests 20. */
export const XML_DEPTH_MAX = 64;
/** Attributes of one element. */
export const XML_ATTRIBUTES_MAX = 64;
/** Name of an element or attribute. */
export const XML_NAME_CHARACTERS_MAX = 256;
/** Value of one attribute: some reports keep whole messages in one. */
export const XML_VALUE_CHARACTERS_MAX = 1024 * 1024;
