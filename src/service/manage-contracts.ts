import { checkRules } from '../core/contract/check-rules.ts';
import {
  CONTRACT_MEDIA_TYPE,
  type Contract,
  formatContract,
  parseContract,
  readContract as readDocument,
} from '../core/contract/contract.ts';
import { publicationBody } from '../core/contract/publication-body.ts';
import { isAct } from '../core/dual-control/takes-two.ts';
import { equalBytes } from '../core/encoding/bytes.ts';
import type { Json } from '../core/encoding/json.ts';
import { contractKey, principalKey } from '../core/entry/keys.ts';
import type { ContractPublished } from '../core/entry/kinds/contract-published.ts';
import type { ContractWithdrawn } from '../core/entry/kinds/contract-withdrawn.ts';
import { NAME } from '../core/entry/names.ts';
import { fail, invariant, ok, type Result } from '../core/fault.ts';
import { agreeControl } from './agree-control.ts';
import type { ContractView, Page, PageRequest, Recorded } from './answers.ts';
import { type AppendedEntry, appendEntry } from './append-entry.ts';
import { authorise, EVERY_ROLE } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { listNames } from './list-names.ts';
import { requireAdmin } from './manage-principals.ts';
import type { LedgerStore, Submission } from './ports.ts';
import { type ListedEntry, readWholeList, requireDocument } from './read-list.ts';
import { projectionDiffers } from './require-mapped.ts';
import { sealPayload } from './seal-payload.ts';
import { submissionIdentity } from './submission-identity.ts';

/** What the ledger says of a contract now. */
type ContractState = {
  readonly contract: string;
  readonly version: number;
  readonly document: Contract;
  readonly publishedAt: string;
  readonly withdrawn: boolean;
  /** Length of its list, and of it without proposals. */
  readonly entries: number;
  readonly acts: number;
};

/**
 * Publishes a contract, or its next version. The document that is in force already is found, not published again. In a log
 * with control keys `control` is their agreement.
 */
export async function publishContract(
  context: ServiceContext,
  caller: Caller,
  document: Json,
  control?: string,
): Promise<Result<ContractView & Recorded>> {
  const read = readDocument(document);
  const contract = read.ok ? checkRules(read.value) : read;
  if (!contract.ok) return contract;
  const bytes = formatContract(contract.value);
  const appended = await appendEntry(context, async (attempt) => {
    const admin = await requireAdmin(context, caller);
    if (!admin.ok) return admin;
    const state = await readContractState(context.store, contract.value.contract);
    const inForce = state !== undefined && !state.withdrawn && equalBytes(formatContract(state.document), bytes);
    const place = inForce ? state.acts - 1 : (state?.acts ?? 0);
    const submission = publication(context, admin.value, contract.value, bytes, state, place);
    return agreeControl(context, submission, { control, isRepeated: inForce && attempt === 0 });
  });
  return appended.ok ? recordedView(context, contract.value.contract, appended.value) : appended;
}

function publication(
  context: ServiceContext,
  admin: Caller,
  contract: Contract,
  bytes: Uint8Array,
  state: ContractState | undefined,
  place: number,
): Submission {
  const sealed = sealPayload(bytes, CONTRACT_MEDIA_TYPE, context.random);
  const before = state === undefined ? undefined : { ...state, repositories: state.document.repositories };
  const body = publicationBody(contract, before);
  return {
    identity: submissionIdentity('contract', [contract.contract, bytes, String(place)]),
    proposal: { kind: 'contract.published', principal: admin.principal, payload: sealed.reference, body },
    payload: sealed.stored,
    restsOn: restsOn(admin, contract.contract, state),
    // The body of the next version is not that of the version that is found.
    repeats: ['payload'],
  };
}

/** Withdraws a contract: from then on it asks for nothing. Doing it again changes nothing. */
export async function withdrawContract(
  context: ServiceContext,
  caller: Caller,
  contract: string,
  control?: string,
): Promise<Result<ContractView & Recorded>> {
  const appended = await appendEntry(context, async (attempt) => {
    const admin = await requireAdmin(context, caller);
    if (!admin.ok) return admin;
    const state = NAME.test(contract) ? await readContractState(context.store, contract) : undefined;
    if (state === undefined) return unknown(contract);
    const place = state.withdrawn ? state.acts - 1 : state.acts;
    const body: ContractWithdrawn = { contract, version: state.version, repositories: state.document.repositories };
    const submission: Submission = {
      identity: submissionIdentity('contract-withdrawn', [contract, String(place)]),
      proposal: { kind: 'contract.withdrawn', principal: admin.value.principal, body },
      restsOn: restsOn(admin.value, contract, state),
    };
    return agreeControl(context, submission, { control, isRepeated: state.withdrawn && attempt === 0 });
  });
  return appended.ok ? recordedView(context, contract, appended.value) : appended;
}

export async function listContracts(
  context: ServiceContext,
  caller: Caller,
  request: PageRequest,
): Promise<Result<Page<ContractView>>> {
  const allowed = authorise(caller, { roles: EVERY_ROLE });
  if (!allowed.ok) return allowed;
  return listNames(context, 'contract', request, (name, list) => contractView(contractState(name, list)));
}

export async function readContract(
  context: ServiceContext,
  caller: Caller,
  contract: string,
  version?: number,
): Promise<Result<ContractView>> {
  const allowed = authorise(caller, { roles: EVERY_ROLE });
  if (!allowed.ok) return allowed;
  const list = NAME.test(contract) ? await readWholeList(context.store, contractKey(contract)) : [];
  const published = list.some(({ entry }) => entry.kind === 'contract.published' && isVersion(entry, version));
  return published ? ok(contractView(contractState(contract, list, version))) : unknown(contract, version);
}

/** Undefined for a contract that was never published. */
export async function readContractState(store: LedgerStore, contract: string): Promise<ContractState | undefined> {
  const list = await readWholeList(store, contractKey(contract));
  return list.some(({ entry }) => isAct(entry)) ? contractState(contract, list) : undefined;
}

/** Whether the entry is of that version; of any where none is named. */
function isVersion({ body }: ListedEntry['entry'], version: number | undefined): boolean {
  return version === undefined || (body as ContractPublished).version === version;
}

function contractState(contract: string, list: readonly ListedEntry[], version?: number): ContractState {
  const published = list.findLast(({ entry }) => entry.kind === 'contract.published' && isVersion(entry, version));
  if (published === undefined) throw projectionDiffers(`The contract ${contract} is listed without a publication`);
  const acts = list.filter(({ entry }) => isAct(entry));
  const document = parseContract(requireDocument(published));
  invariant(document.ok, 'the contract that was appended reads back');
  return {
    contract,
    version: (published.entry.body as ContractPublished).version,
    document: document.value,
    publishedAt: published.entry.time,
    withdrawn: acts.at(-1)?.entry.kind === 'contract.withdrawn',
    entries: list.length,
    acts: acts.length,
  };
}

function restsOn(admin: Caller, contract: string, state: ContractState | undefined): Submission['restsOn'] {
  return [
    { key: principalKey(admin.principal), n: admin.grants },
    { key: contractKey(contract), n: state?.entries ?? 0 },
  ];
}

async function recordedView(
  context: ServiceContext,
  contract: string,
  appended: AppendedEntry,
): Promise<Result<ContractView & Recorded>> {
  const state = await readContractState(context.store, contract);
  if (state === undefined) return unknown(contract);
  const { entry, duplicate, receipt } = appended;
  return ok({ ...contractView(state), seq: entry.seq, duplicate, receipt });
}

function contractView(state: ContractState): ContractView {
  const { contract, version, publishedAt, withdrawn, document } = state;
  return { contract, version, publishedAt, withdrawn, document: document as unknown as Json };
}

function unknown(contract: string, version?: number): Result<never> {
  if (version === undefined) return fail('contract/unknown', `There is no contract ${contract}.`, 'contract');
  return fail('contract/unknown', `There is no version ${version} of a contract ${contract}.`, 'version');
}
