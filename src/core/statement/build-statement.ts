import type { Json } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { invariant } from '../fault.ts';
import { placementAnnotations } from './placement.ts';
import { predicateTypeUri } from './predicate-types.ts';
import { formatStatement, STATEMENT_V1, type Statement, type Subject } from './statement.ts';

/** `digest` as `sha256:<64 hex>`, or `commit` as 40 or 64 hex digits, with or without `gitCommit:` in front. */
export type StatementSubject =
  | { readonly digest: string; readonly commit?: never }
  | { readonly commit: string; readonly digest?: never };

/** What a new statement says, about what, and where it belongs. */
export type NewStatement = StatementSubject & {
  readonly repository: string;
  readonly stage: string;
  readonly run?: string;
  readonly predicateType: string;
  readonly predicate: Json;
};

/**
 * A statement about one image or one commit, bound to its place by the placement annotations.
 * Subject and placement were checked before (an invariant for the digest); the subject gets no name, as with cosign.
 */
export function buildStatement(statement: NewStatement): Statement {
  const { predicateType, predicate, repository, stage, run } = statement;
  const annotations = placementAnnotations({ repository, stage, ...(run === undefined ? {} : { run }) });
  return {
    type: STATEMENT_V1,
    subject: [{ digest: digestSet(statement), annotations }],
    predicateType,
    predicate,
  };
}

/**
 * Bytes of the statement that says "this image is signed", as cosign 3 writes and verifies it: one subject with nothing
 * but the digest (and `annotations`, which `cosign verify -a` compares), predicate type `cosign/sign/v1`, empty predicate.
 * `digest` is `sha256:<64 hex>` (an invariant). Source: cosign specs/BUNDLE_SPEC.md.
 */
export function imageSignatureStatement(digest: string, annotations?: Readonly<Record<string, string>>): Uint8Array {
  const subject: Subject = { digest: digestSet({ digest }), ...(annotations === undefined ? {} : { annotations }) };
  const predicateType = predicateTypeUri('cosign-sign');
  return encodeUtf8(formatStatement({ type: STATEMENT_V1, subject: [subject], predicateType, predicate: {} }));
}

function digestSet({ digest, commit }: StatementSubject): Readonly<Record<string, string>> {
  if (digest !== undefined) {
    invariant(/^sha256:[0-9a-f]{64}$/.test(digest), 'an image digest was parsed before a statement is built on it');
    return { sha256: digest.slice('sha256:'.length) };
  }
  const hex = commit.startsWith('gitCommit:') ? commit.slice('gitCommit:'.length) : commit;
  invariant(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hex), 'a commit was parsed before a statement is built on it');
  return { gitCommit: hex };
}
