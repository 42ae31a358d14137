import type { Generated, GeneratedAlways } from 'kysely';

/** Columns as `pg` gives them: bigint as a decimal string, bytea as a Buffer. */
export type Tables = {
  ledger_lock: { id: number };
  ledger: { id: number; origin: string };
  payload: { commitment: Uint8Array; salt: Uint8Array; bytes: Uint8Array; stored_at: Generated<Date> };
  entry: {
    seq: string;
    leaf: Uint8Array;
    hash: GeneratedAlways<Uint8Array>;
    prev: Uint8Array | null;
    prev_seq: GeneratedAlways<string | null>;
  };
  head: { size: string; root: Uint8Array; frontier: Uint8Array; map_root: Uint8Array; mac: Uint8Array };
  map_page: { bucket: number; hash: Uint8Array; body: Uint8Array };
  map_delta: { size: string; changes: Uint8Array };
  tile: { level: number; index: string; hashes: Uint8Array; root: Uint8Array };
  payload_reference: { commitment: Uint8Array; seq: string };
  list_entry: { key: string; n: string; seq: string };
  submission: { identity: Uint8Array; seq: string };
  signed_image: {
    digest: string;
    repository: string;
    seq: string;
    media_type: string;
    shape: string;
    signed_at: Date | string;
  };
  image_child: { child: string; parent: string; repository: string; seq: string };
  recorded_subject: {
    subject: string;
    repository: string;
    seq: string;
    stage: string | null;
    signer: string | null;
  };
  known_name: { area: string; name: string; seq: string };
  recorded_verdict: { digest: string; repository: string; seq: string; verdict: string; cut: string | null };
  recorded_waiver: {
    waiver: string;
    seq: string;
    kind: string;
    repository: string;
    digest: string;
    recorded_at: Date | string;
    expires: string | null;
    break_glass: boolean | null;
  };
  opened_run: { seq: string; run: string; repository: string; commit: string; expires_at: Date | string };
  ended_run: { seq: string; run: string; outcome: string };
  recorded_release: { seq: string; kind: string; repository: string; digest: string; environment: string | null };
  image_tag: { tag: string; repository: string; digest: string; seq: string };
  webhook: {
    id: string;
    url: string;
    title: string | null;
    types: string[];
    repositories: string[];
    created_by: string;
    created_at: Date | string;
    cursor: string;
    disabled_at: Date | string | null;
    disabled_because: string | null;
    last_delivered_at: Date | string | null;
  };
  webhook_secret: { webhook: string; generation: number; mac: Uint8Array; until: Date | string | null };
  webhook_delivery: {
    webhook: string;
    id: string;
    type: string;
    seq: string;
    occurred_at: Date | string | null;
    state: string;
    attempts: number;
    due_at: Date | string;
    lease: string | null;
    lease_until: Date | string | null;
    created_at: Date | string;
    settled_at: Date | string | null;
    last_fault: string | null;
    last_status: number | null;
  };
  api_token: {
    id: string;
    hash: Uint8Array;
    principal: string;
    title: string;
    created_at: Generated<Date>;
    expires_at: Date | string;
    revoked_at: Date | string | null;
  };
  browser_session: {
    id: string;
    hash: Uint8Array;
    token_id: string;
    principal: string;
    created_at: Date | string;
    expires_at: Date | string;
    seen_at: Date | string;
  };
};
