import type { View } from '../core/custody/as-of.ts';
import type { CustodyResult } from '../core/custody/verify-custody.ts';
import type { Json } from '../core/encoding/json.ts';
import type { Role } from '../core/entry/kinds/principal-granted.ts';
import type { RunOutcome } from '../core/entry/kinds/run-closed.ts';
import type { Result } from '../core/fault.ts';
import type { PeriodBounds } from '../core/period/period.ts';
import type { RunState } from '../core/run/run-state.ts';
import type {
  AttestationAnswer,
  ChainStep,
  ChangesView,
  ContractView,
  ControlKeysView,
  EntryView,
  ImageSummary,
  ImpactAnswer,
  NewSession,
  NewToken,
  Page,
  PageRequest,
  PrincipalView,
  ProposedChange,
  PublishedCheckpoint,
  Recorded,
  ReleaseView,
  RetirementView,
  RunView,
  SessionView,
  SettingsView,
  SignedImageAnswer,
  SignerAges,
  SignerView,
  TokenView,
  WaiverView,
} from './answers.ts';
import type { AskGate } from './ask-gate.ts';
import type { BatchReport } from './batch-report.ts';
import type { Caller } from './caller.ts';
import type { DecisionOptions, WaiverFilter } from './decide-waiver.ts';
import type { ExportRequest } from './export-period.ts';
import type { InboxAnswer, RepositoryView, SearchAnswer } from './found-answers.ts';
import type { SessionCaller } from './manage-sessions.ts';
import type { SettingsRequest } from './manage-settings.ts';
import type { NoticeUses } from './notice-uses.ts';
import type { ChangeRequest } from './propose-change.ts';
import type { ReleaseFilter } from './read-releases.ts';
import type { ReportFormat } from './read-report.ts';
import type { ReadTrend } from './read-trend.ts';
import type { ReleaseRequest } from './release-image.ts';
import type { WaiverRequest } from './request-waiver.ts';
import type { RetireRequest } from './retire-image.ts';

type Answer<T> = Promise<Result<T>>;
/** A digest, and the repository that it is asked about: needed where the caller may read it in more than one. */
export type ImageQuestion = { readonly digest: string; readonly repository?: string };

/** A past state of the ledger, and by whose knowledge it is judged: by its size, or the newest not after a time. */
export type PastState = { readonly view: View } & ({ readonly size: number } | { readonly time: string });

/** A question about an image, now or as of a past state. */
export type PastQuestion = ImageQuestion & { readonly asOf?: PastState };

/** What a recorded verdict is about, and where the image is to run. */
export type VerdictQuestion = PastQuestion & { readonly environment?: string };

/** A verdict that is on the ledger, and the bundle that its entry commits to. */
export type RecordedVerdict = {
  readonly result: CustodyResult;
  readonly recorded: Recorded & { readonly bundle: Json };
};

/**
 * The use cases, each one line of the README. A fault in what was asked comes back as a Result; what the database or
 * the disk cannot do is thrown as a ServiceError. Every method checks the caller's role and scope itself.
 */
export type Service = NoticeUses & {
  readonly origin: string;
  readonly logVkey: string;

  readonly authenticate: (token: string) => Answer<Caller>;
  /** The caller behind a session's cookie; `isAttended` where a person asks, and not a page that is left open. */
  readonly authenticateSession: (cookie: string, isAttended: boolean) => Answer<SessionCaller>;
  /** Signs a browser in with a token; the answer holds the secret of the cookie, once. */
  readonly openSession: (token: string) => Answer<NewSession>;
  readonly listSessions: (caller: Caller) => Answer<readonly SessionView[]>;
  readonly endSession: (caller: Caller, id: string) => Answer<void>;

  readonly signImage: (
    caller: Caller,
    request: {
      readonly manifest: Uint8Array;
      readonly mediaType?: string;
      readonly repository: string;
      readonly annotations?: Readonly<Record<string, string>>;
      readonly run?: string;
    },
  ) => Answer<SignedImageAnswer>;
  /** `body` is an envelope, a bundle, a `{subject, repository, stage, predicateType, predicate}`, or a tool's own file. */
  readonly submitAttestation: (
    caller: Caller,
    request: {
      readonly body: Uint8Array;
      /** The value of `body`, where it was parsed already. */
      readonly document?: Json;
      readonly subject?: string;
      readonly repository?: string;
      readonly stage?: string;
      readonly run?: string;
    },
  ) => Answer<AttestationAnswer>;

  readonly listImages: (
    caller: Caller,
    filter: { readonly repository?: string; readonly verdict?: string },
    page: PageRequest,
  ) => Answer<Page<ImageSummary>>;
  readonly readImage: (caller: Caller, image: ImageQuestion) => Answer<ImageSummary>;
  readonly readChain: (caller: Caller, image: ImageQuestion, page: PageRequest) => Answer<Page<ChainStep>>;
  /** Evidence as its canonical bytes. */
  readonly readEvidence: (caller: Caller, image: VerdictQuestion) => Answer<Uint8Array>;
  /** What the sound attestations of an image state, as canonical bytes. */
  readonly readFacts: (caller: Caller, image: PastQuestion) => Answer<Uint8Array>;
  readonly verifyCustody: (caller: Caller, image: VerdictQuestion) => Answer<CustodyResult>;
  /** The verdict for a gate, at the checkpoint that it names; one that was reached before, while it stands. */
  readonly askGate: AskGate;
  /** Verifies, and appends the verdict as an entry: of now, or as known at a past state. */
  readonly recordVerdict: (caller: Caller, question: VerdictQuestion) => Answer<RecordedVerdict>;
  /** The report: a self-verifying page, JSON in a DSSE envelope signed by the verdict key, or a table. */
  readonly readReport: (caller: Caller, image: VerdictQuestion, format: ReportFormat) => Answer<Uint8Array>;

  /** What is known under a digest, a commit, an id or a name, or under one that begins with `text`: up to `limit` of each type. */
  readonly search: (caller: Caller, text: string, limit: number) => Answer<SearchAnswer>;
  readonly listRepositories: (caller: Caller, page: PageRequest) => Answer<Page<RepositoryView>>;
  /** What is stated of the images of a repository, in numbers, newest first. */
  readonly readTrend: ReadTrend;
  /** What awaits the caller; `days` is how far ahead and back. */
  readonly readInbox: (
    caller: Caller,
    request: { readonly days: number; readonly limit: number },
  ) => Answer<InboxAnswer>;

  readonly listEntries: (caller: Caller, page: PageRequest) => Answer<Page<EntryView>>;
  readonly readEntry: (caller: Caller, seq: number) => Answer<EntryView>;
  readonly readReceipt: (caller: Caller, seq: number) => Answer<Json>;
  readonly readConsistency: (
    caller: Caller,
    from: number,
    to: number,
  ) => Answer<{ readonly from: number; readonly to: number; readonly path: readonly string[] }>;

  /** The proof that a list is whole, or has no entry, as its canonical bytes. */
  readonly proveCompleteness: (caller: Caller, key: string) => Answer<Uint8Array>;
  /** Canonical bytes of the proof that these are all entries of a period. */
  readonly provePeriod: (caller: Caller, period: PeriodBounds) => Answer<Uint8Array>;
  /** The whole population of a period as lines; what fails on the way is thrown by them. */
  readonly exportPeriod: (caller: Caller, request: ExportRequest) => Answer<AsyncIterable<string>>;

  /** Signed note, or a fault while the log is empty. No caller: the checkpoint is public. */
  readonly readCheckpoint: () => Answer<string>;
  /** Checkpoints of every committed batch, newest first; `before` leaves only those of a smaller size. */
  readonly listCheckpoints: (
    caller: Caller,
    page: PageRequest & { readonly before?: number },
  ) => Answer<Page<PublishedCheckpoint>>;
  /** Signed note of the batch that ended at that size. */
  readonly readPublishedCheckpoint: (caller: Caller, size: number) => Answer<string>;
  /** Bytes of a hash tile by its C2SP path, `tile/0/000`; public. */
  readonly readTile: (path: string) => Answer<Uint8Array>;
  /** Bytes of an entry bundle by its C2SP path, `tile/entries/000`. */
  readonly readEntryBundle: (caller: Caller, path: string) => Answer<Uint8Array>;
  /** The trust file that this service proposes; a reader takes it over a channel of their own. */
  readonly trustFile: () => Promise<Json>;

  /** Opens a run of a commit; the same `idempotencyKey` finds the run that the first request opened. */
  readonly openRun: (
    caller: Caller,
    request: { readonly repository: string; readonly commit: string; readonly lifetimeSeconds?: number },
    idempotencyKey?: string,
  ) => Answer<RunView & Recorded>;
  readonly closeRun: (caller: Caller, run: string, outcome: RunOutcome) => Answer<RunView & Recorded>;
  readonly listRuns: (
    caller: Caller,
    filter: { readonly repository?: string; readonly commit?: string; readonly state?: RunState },
    page: PageRequest,
  ) => Answer<Page<RunView>>;
  readonly readRun: (caller: Caller, run: string) => Answer<RunView>;

  readonly registerSigner: (
    caller: Caller,
    request: {
      readonly publicKeyPem: string;
      readonly repositories: readonly string[];
      readonly stages: readonly string[];
      readonly title?: string;
      readonly ageSecondsWarn?: number;
      readonly ageSecondsMax?: number;
      readonly control?: string;
    },
  ) => Answer<SignerView & Recorded>;
  /** `rotation` is an envelope over the rotation, signed by the old and by the new key. */
  readonly rotateSigner: (
    caller: Caller,
    signer: string,
    rotation: Json,
    control?: string,
  ) => Answer<SignerView & Recorded>;
  readonly revokeSigner: (
    caller: Caller,
    signer: string,
    effective?: string,
    control?: string,
  ) => Answer<SignerView & Recorded>;
  readonly listSigners: (caller: Caller, page: PageRequest) => Answer<Page<SignerView>>;
  readonly readSigner: (caller: Caller, signer: string) => Answer<SignerView>;
  /** What rests on a signer since a time; looked up, and no part of any verdict. */
  readonly readImpact: (
    caller: Caller,
    signer: string,
    request: PageRequest & { readonly since?: string },
  ) => Answer<ImpactAnswer>;
  /** How old the signers of pipelines are; for metrics. */
  readonly signerAges: () => Promise<SignerAges>;

  /** `document` is the contract as JSON; YAML is the edge's. `control`, here and elsewhere: an envelope by control keys. */
  readonly publishContract: (caller: Caller, document: Json, control?: string) => Answer<ContractView & Recorded>;
  readonly withdrawContract: (caller: Caller, contract: string, control?: string) => Answer<ContractView & Recorded>;
  readonly listContracts: (caller: Caller, page: PageRequest) => Answer<Page<ContractView>>;
  /** In its newest version, or in the one that is asked for. */
  readonly readContract: (caller: Caller, contract: string, version?: number) => Answer<ContractView>;

  /** `key` is the caller's own name for the request: a repetition under it is the same waiver. */
  readonly requestWaiver: (caller: Caller, request: WaiverRequest, key?: string) => Answer<WaiverView & Recorded>;
  readonly approveWaiver: (caller: Caller, waiver: string, options?: DecisionOptions) => Answer<WaiverView & Recorded>;
  readonly revokeWaiver: (
    caller: Caller,
    waiver: string,
    options?: Pick<DecisionOptions, 'key'>,
  ) => Answer<WaiverView & Recorded>;
  readonly listWaivers: (caller: Caller, filter: WaiverFilter, page: PageRequest) => Answer<Page<WaiverView>>;
  readonly readWaiver: (caller: Caller, waiver: string) => Answer<WaiverView>;

  readonly releaseImage: (caller: Caller, request: ReleaseRequest, key?: string) => Answer<ReleaseView & Recorded>;
  readonly retireImage: (caller: Caller, request: RetireRequest) => Answer<RetirementView & Recorded>;
  readonly listReleases: (caller: Caller, filter: ReleaseFilter, page: PageRequest) => Answer<Page<ReleaseView>>;
  /** What differs from what runs in the environment now. */
  readonly readChanges: (caller: Caller, image: ImageQuestion, environment: string) => Answer<ChangesView>;

  readonly grantPrincipal: (
    caller: Caller,
    request: {
      readonly principal: string;
      readonly role: Role;
      readonly repositories: readonly string[];
      readonly stages: readonly string[];
      readonly person?: string;
      readonly title?: string;
      readonly control?: string;
    },
  ) => Answer<PrincipalView & Recorded>;
  readonly revokePrincipal: (caller: Caller, principal: string, control?: string) => Answer<PrincipalView & Recorded>;
  readonly listPrincipals: (caller: Caller, page: PageRequest) => Answer<Page<PrincipalView>>;
  readonly readPrincipal: (caller: Caller, principal: string) => Answer<PrincipalView>;

  /** Proposes a change of trust, as the first of two people. */
  readonly proposeChange: (caller: Caller, change: ChangeRequest) => Answer<ProposedChange & Recorded>;
  readonly listChanges: (caller: Caller, page: PageRequest) => Answer<Page<ProposedChange>>;
  readonly readSettings: (caller: Caller) => Answer<SettingsView>;
  readonly changeSettings: (caller: Caller, request: SettingsRequest) => Answer<SettingsView & Recorded>;
  readonly readControlKeys: (caller: Caller) => Answer<ControlKeysView>;
  readonly changeControlKeys: (
    caller: Caller,
    request: {
      readonly controlKeys: readonly string[];
      readonly controlThreshold: number;
      readonly control: string;
    },
  ) => Answer<ControlKeysView & Recorded>;

  readonly createToken: (
    caller: Caller,
    request: { readonly principal: string; readonly title: string; readonly lifetimeSeconds: number },
  ) => Answer<NewToken>;
  readonly listTokens: (caller: Caller, page: PageRequest) => Answer<Page<TokenView>>;
  readonly revokeToken: (caller: Caller, id: string) => Answer<TokenView>;

  /** Whether requests can be served now, in words; `ready` is false with a reason otherwise. */
  readonly readiness: () => Promise<{ readonly ready: boolean; readonly reason?: string; readonly size?: number }>;
  /** Submissions that wait for a transaction, and for how many seconds the first of them has. */
  readonly queue: () => { readonly depth: number; readonly oldestWaiting: number };
  /** Has `report` told of every batch that is sequenced from now on. */
  readonly watchBatches: (report: (batch: BatchReport) => void) => void;
};
