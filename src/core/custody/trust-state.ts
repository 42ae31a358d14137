import type { Entry } from '../entry/entry.ts';
import { principalKey } from '../entry/keys.ts';
import type { PrincipalGranted } from '../entry/kinds/principal-granted.ts';
import type { FaultCode } from '../fault.ts';
import {
  BOOTSTRAP_PRINCIPAL,
  type GrantDocument,
  parseGrantDocument,
  SERVICE_PRINCIPAL,
} from '../trust/grant-document.ts';
import { scopeHasRepository, scopeHasStage } from '../trust/scope.ts';
import type { Shown } from './control-course.ts';
import { kindFault } from './kind-fault.ts';
import type { Material } from './material.ts';
import { openSigners, type RegisteredSigner } from './signer-state.ts';

/** What the ledger says of keys and of people, each question answered once. */
export type TrustState = {
  /** The signer of that id, or why there is none. */
  readonly signer: (signer: string) => RegisteredSigner | FaultCode;
  /** Why the principal of an entry could not write it at that place of the ledger; undefined where they could. */
  readonly writerFault: (entry: Entry) => FaultCode | undefined;
  /** The person behind the principal of an entry at that place of the ledger; undefined where nobody says who that is. */
  readonly personOf: (entry: Entry) => string | undefined;
  /** The grant that the principal of an entry held at that place of the ledger, undefined where none was good. */
  readonly grantOf: (entry: Entry) => GrantDocument | undefined;
  /**
   * The person behind the principal of an entry: as the grant names them that was in force there, or, where it names
   * nobody, the first later good grant that does. Undefined where nobody is ever named.
   */
  readonly personBehind: (entry: Entry) => string | undefined;
};

/** What an entry of a principal's list makes of the principal: a grant in force, or why there is none. */
export type Standing = { readonly seq: number; readonly grant: GrantDocument | FaultCode };
/** What each principal was, by the entries of their list that were taken so far. */
export type Standings = ReadonlyMap<string, Standing[]>;

const PRINCIPAL = principalKey('');

/** Roles that may write an entry of a kind (DESIGN 5); kinds that are not named are an administrator's. */
const WRITERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['image.signed', ['pipeline', 'admin']],
  ['attestation.recorded', ['pipeline', 'admin']],
  ['run.opened', ['pipeline', 'admin']],
  ['run.closed', ['pipeline', 'admin']],
  ['image.released', ['release-manager', 'admin']],
  ['image.retired', ['release-manager', 'admin']],
  ['waiver.requested', ['release-manager', 'admin']],
  ['waiver.approved', ['release-manager', 'admin']],
  ['waiver.revoked', ['release-manager', 'admin']],
]);

/**
 * Trust as of the checkpoint, out of lists that are complete. Grants are followed in the ledger's order, each judged by
 * the standing of its writer at that place, so that a chain of grants of any length costs one step for each.
 */
export function readTrustState(material: Material): TrustState {
  const standings = readStandings(material);
  const writerFault = (entry: Entry) => faultOfWriter(entry, standings);
  return {
    writerFault,
    personOf: (entry) => grantOf(entry, standings)?.person,
    grantOf: (entry) => grantOf(entry, standings),
    personBehind: (entry) => personBehind(entry, standings),
    signer: openSigners(material, writerFault),
  };
}

/** For every list of a principal that holds together what it says, entry by entry; nothing yet. */
export function openStandings({ lists }: Pick<Material, 'lists'>): Standings {
  const keys = [...lists.keys()].filter((key) => key.startsWith(PRINCIPAL));
  return new Map(keys.map((key) => [key.slice(PRINCIPAL.length), []]));
}

/** Takes an entry, in the ledger's order, into the lists of principals that it is filed under. */
export function addStanding(shown: Shown, standings: Standings): void {
  for (const { key } of shown.entry.keys) {
    const list = key.startsWith(PRINCIPAL) ? standings.get(key.slice(PRINCIPAL.length)) : undefined;
    list?.push({ seq: shown.entry.seq, grant: readStanding(shown, list.length, standings) });
  }
}

function readStandings(material: Material): Standings {
  const standings = openStandings(material);
  const listed = [...material.lists].flatMap(([key, list]) => (key.startsWith(PRINCIPAL) ? list : []));
  const entries = new Map(listed.map((proved) => [proved.entry.seq, proved]));
  for (const seq of [...entries.keys()].sort((a, b) => a - b)) {
    const proved = entries.get(seq);
    if (proved !== undefined) addStanding(proved, standings);
  }
  return standings;
}

function readStanding({ entry, payload }: Shown, index: number, standings: Standings): Standing['grant'] {
  // Whoever took a role away: it is gone. Somebody who had no right to does no harm that way, and hides nothing.
  if (entry.kind === 'principal.revoked') return 'principal/revoked';
  if (entry.kind !== 'principal.granted') return kindFault(entry.kind) ?? 'principal/no-grant';
  const { principal, role } = entry.body as PrincipalGranted;
  if (entry.principal === SERVICE_PRINCIPAL) {
    const bootstrap = principal === BOOTSTRAP_PRINCIPAL && role === 'admin' && index === 0;
    if (!bootstrap) return 'principal/name-reserved';
  } else {
    const fault = faultOfWriter(entry, standings);
    if (fault !== undefined) return fault;
  }
  if (payload === undefined) return 'payload/absent';
  const grant = parseGrantDocument(payload);
  if (!grant.ok) return grant.fault.code;
  return grant.value.role === role ? grant.value : 'grant/malformed-document';
}

function standingBefore(principal: string, seq: number, standings: Standings): Standing | undefined {
  return standings.get(principal)?.findLast((standing) => standing.seq < seq);
}

function goodGrant(standing: Standing | undefined): GrantDocument | undefined {
  return typeof standing?.grant === 'string' ? undefined : standing?.grant;
}

/** The grant that the principal of an entry held at its place, where it was good. */
export function grantOf(
  { principal, seq }: Pick<Entry, 'principal' | 'seq'>,
  standings: Standings,
): GrantDocument | undefined {
  return goodGrant(standingBefore(principal, seq, standings));
}

function personBehind({ principal, seq }: Entry, standings: Standings): string | undefined {
  const list = standings.get(principal) ?? [];
  const inForce = list.findLastIndex((standing) => standing.seq < seq);
  const named = list.slice(Math.max(inForce, 0)).find((standing) => goodGrant(standing)?.person !== undefined);
  return goodGrant(named)?.person;
}

/** Why the principal of an entry could not write it at its place. */
export function faultOfWriter(entry: Entry, standings: Standings): FaultCode | undefined {
  const { principal, seq, kind, repository, stage } = entry;
  if (principal === SERVICE_PRINCIPAL) return 'principal/name-reserved';
  if (!standings.has(principal)) return 'list/gap';
  const newest = standingBefore(principal, seq, standings);
  if (newest === undefined) return 'principal/no-grant';
  const { grant } = newest;
  if (typeof grant === 'string') return grant;
  if (!(WRITERS.get(kind) ?? ['admin']).includes(grant.role)) return 'principal/wrong-role';
  if (repository !== undefined && !scopeHasRepository(grant, repository)) return 'principal/wrong-repository';
  if (grant.role === 'pipeline' && stage !== undefined && !scopeHasStage(grant, stage)) return 'principal/wrong-stage';
  return undefined;
}
