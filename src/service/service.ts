import type { CustodyResult } from '../core/custody/verify-custody.ts';
import type { Json } from '../core/encoding/json.ts';
import type { Role } from '../core/entry/kinds/principal-granted.ts';
import type { Result } from '../core/fault.ts';
import type {
  AttestationAnswer,
  ChainStep,
  ContractView,
  EntryView,
  ImageSummary,
  NewToken,
  Page,
  PageRequest,
  PrincipalView,
  Recorded,
  SignedImageAnswer,
  SignerView,
  TokenView,
} from './answers.ts';
import type { Caller } from './caller.ts';

type Answer<T> = Promise<Result<T>>;
/** A digest, and the repository that it is asked about: needed where the caller may read it in more than one. */
export type ImageQuestion = { readonly digest: string; readonly repository?: string };

/**
 * The use cases, each one line of the README. A fault in what was asked comes back as a Result; what the database or
 * the disk cannot do is thrown as a ServiceError. Every method checks the caller's role and scope itself.
 */
export type Service = {
  readonly origin: string;
  readonly logVkey: string;

  readonly authenticate: (token: string) => Answer<Caller>;

  readonly signImage: (
    caller: Caller,
    request: {
      readonly manifest: Uint8Array;
      readonly mediaType?: string;
      readonly repository: string;
      readonly annotations?: Readonly<Record<string, string>>;
    },
  ) => Answer<SignedImageAnswer>;
  /** `body` is an envelope, a bundle, a `{subject, repository, stage, predicateType, predicate}`, or a tool's own file. */
  readonly submitAttestation: (
    caller: Caller,
    request: {
      readonly body: Uint8Array;
      readonly subject?: string;
      readonly repository?: string;
      readonly stage?: string;
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
  readonly readEvidence: (caller: Caller, image: ImageQuestion) => Answer<Uint8Array>;
  readonly verifyCustody: (caller: Caller, image: ImageQuestion) => Answer<CustodyResult>;
  /** Verifies, and appends the verdict as an entry. */
  readonly recordVerdict: (
    caller: Caller,
    image: ImageQuestion,
  ) => Answer<{ readonly result: CustodyResult; readonly recorded: Recorded }>;
  /** The report: a self-verifying page, or JSON in a DSSE envelope signed by the verdict key. */
  readonly readReport: (caller: Caller, image: ImageQuestion, format: 'html' | 'json') => Answer<Uint8Array>;

  readonly listEntries: (caller: Caller, page: PageRequest) => Answer<Page<EntryView>>;
  readonly readEntry: (caller: Caller, seq: number) => Answer<EntryView>;
  readonly readReceipt: (caller: Caller, seq: number) => Answer<Json>;
  readonly readConsistency: (
    caller: Caller,
    from: number,
    to: number,
  ) => Answer<{ readonly from: number; readonly to: number; readonly path: readonly string[] }>;

  /** Signed note, or a fault while the log is empty. No caller: the checkpoint is public. */
  readonly readCheckpoint: () => Answer<string>;
  /** Bytes of a hash tile by its C2SP path, `tile/0/000`; public. */
  readonly readTile: (path: string) => Answer<Uint8Array>;
  /** Bytes of an entry bundle by its C2SP path, `tile/entries/000`. */
  readonly readEntryBundle: (caller: Caller, path: string) => Answer<Uint8Array>;
  /** The trust file that this service proposes; a reader takes it over a channel of their own. */
  readonly trustFile: () => Json;

  readonly registerSigner: (
    caller: Caller,
    request: {
      readonly publicKeyPem: string;
      readonly repositories: readonly string[];
      readonly stages: readonly string[];
      readonly title?: string;
    },
  ) => Answer<SignerView & Recorded>;
  readonly revokeSigner: (caller: Caller, signer: string, effective?: string) => Answer<SignerView & Recorded>;
  readonly listSigners: (caller: Caller, page: PageRequest) => Answer<Page<SignerView>>;
  readonly readSigner: (caller: Caller, signer: string) => Answer<SignerView>;

  /** `document` is the contract as JSON; YAML is the edge's. */
  readonly publishContract: (caller: Caller, document: Json) => Answer<ContractView & Recorded>;
  readonly withdrawContract: (caller: Caller, contract: string) => Answer<ContractView & Recorded>;
  readonly listContracts: (caller: Caller, page: PageRequest) => Answer<Page<ContractView>>;
  readonly readContract: (caller: Caller, contract: string) => Answer<ContractView>;

  readonly grantPrincipal: (
    caller: Caller,
    request: {
      readonly principal: string;
      readonly role: Role;
      readonly repositories: readonly string[];
      readonly stages: readonly string[];
      readonly person?: string;
      readonly title?: string;
    },
  ) => Answer<PrincipalView & Recorded>;
  readonly revokePrincipal: (caller: Caller, principal: string) => Answer<PrincipalView & Recorded>;
  readonly listPrincipals: (caller: Caller, page: PageRequest) => Answer<Page<PrincipalView>>;
  readonly readPrincipal: (caller: Caller, principal: string) => Answer<PrincipalView>;

  readonly createToken: (
    caller: Caller,
    request: { readonly principal: string; readonly title: string; readonly lifetimeSeconds: number },
  ) => Answer<NewToken>;
  readonly listTokens: (caller: Caller, page: PageRequest) => Answer<Page<TokenView>>;
  readonly revokeToken: (caller: Caller, id: string) => Answer<TokenView>;

  /** Whether requests can be served now, in words; `ready` is false with a reason otherwise. */
  readonly readiness: () => Promise<{ readonly ready: boolean; readonly reason?: string; readonly size?: number }>;
  readonly queueDepth: () => number;
};
