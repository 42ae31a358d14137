import { fail, ok, type Result } from '../core/fault.ts';
import { scopeHasRepository } from '../core/trust/scope.ts';
import { authorise, EVERY_ROLE } from './authorise.ts';
import { openAwaitHead, type Waiting } from './await-head.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { openProvedEvents, type ProvedEvent } from './proved-events.ts';

/** Entries that one answer looks at: who asks for a rare kind gets an empty answer now and then, and how far it went. */
const LOOKED_AT_MAX = 4_096;

/** Which events: those after an entry, `newest` for those that are yet to come, of certain kinds, of one repository. */
export type EventsRequest = {
  /** Absent: from the first entry on. */
  readonly after?: number | 'newest';
  readonly kinds?: readonly string[];
  readonly repository?: string;
  readonly limit: number;
  /** Waits for entries where there is none after that one; otherwise the answer is empty at once. */
  readonly waiting?: Waiting;
};

/**
 * Events in the ledger's order, each proved under a signed checkpoint. `reached` is the seq of the last entry that was looked
 * at, shown or not: what follows is asked for after it; −1 where nothing was.
 */
export type EventsAnswer = { readonly events: readonly ProvedEvent[]; readonly reached: number };

export type ReadEvents = (caller: Caller, request: EventsRequest) => Promise<Result<EventsAnswer>>;

/**
 * The reader of events. Entries of a repository are told to its readers; those without one are of trust, and told to all but
 * pipelines: as `GET /v1/entries/{seq}` shows them.
 *
 * Faults: `auth/repository-out-of-scope` where a repository is named that the caller may not read; `service/out-of-range` for
 * a place that the ledger has not come to. Throws `head/not-ours`.
 */
export function openReadEvents(context: Pick<ServiceContext, 'store' | 'sequencer'>): ReadEvents {
  const awaitHead = openAwaitHead(context);
  const provedEvents = openProvedEvents(context.store);
  return async (caller, request) => {
    const { repository, after, kinds, limit, waiting } = request;
    const named = repository === undefined ? {} : { repository };
    const allowed = authorise(caller, { roles: EVERY_ROLE, ...named });
    if (!allowed.ok) return allowed;
    const isNew = after === 'newest';
    const signed = await awaitHead(isNew || after === undefined ? 0 : after + 1, isNew ? undefined : waiting);
    const size = signed?.head.frontier.size ?? 0;
    const start = isNew ? size : (after ?? -1) + 1;
    if (start > size)
      return fail('service/out-of-range', `The ledger has ${size} entries, the last being ${size - 1}.`);
    const isWanted = ({ event }: ProvedEvent) =>
      (kinds === undefined || kinds.includes(event.kind)) &&
      (repository === undefined || event.repository === repository) &&
      mayBeTold(caller, event.repository);
    const events: ProvedEvent[] = [];
    let next = start;
    while (signed !== undefined && next < size && next - start < LOOKED_AT_MAX && events.length < limit) {
      for (const proved of await provedEvents(next, signed)) {
        if (events.length === limit) break;
        next = proved.event.seq + 1;
        if (isWanted(proved)) events.push(proved);
      }
    }
    return ok({ events, reached: next - 1 });
  };
}

function mayBeTold(caller: Caller, repository: string | undefined): boolean {
  return repository === undefined ? caller.role !== 'pipeline' : scopeHasRepository(caller, repository);
}
