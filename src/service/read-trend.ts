import type { ImageFacts } from '../core/custody/image-facts.ts';
import type { Facts } from '../core/facts/facts.ts';
import { ok, type Result } from '../core/fault.ts';
import type { Page, PageRequest } from './answers.ts';
import { authorise, EVERY_ROLE } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { page, readSeqCursor } from './cursor.ts';
import type { TrendFacts, TrendPoint } from './found-answers.ts';
import { factsIn } from './judge-evidence.ts';
import { createKeptAnswers } from './kept-answers.ts';
import { haveNotGrown } from './lists-stand.ts';
import { type ListState, withEvidence } from './load-evidence.ts';
import type { ImageRow } from './ports.ts';

/** Numbers of one image, the lists that they rest on, and until when they are kept, in milliseconds since 1970. */
type Kept = { readonly numbers: Numbers; readonly restsOn: readonly ListState[]; readonly untilMs: number };

/** What is stated of an image, in numbers; or why nothing is. */
type Numbers = Pick<TrendPoint, 'facts' | 'intact' | 'fault'>;

/** Room for every image of many repositories; one takes a kilobyte, most of it the lists. */
const LIMITS = { answersMax: 20_000, bytesMax: 16 * 1024 * 1024 };
/** Documents that somebody edits in the database are noticed by reading them: this often at least. */
const KEPT_MS_MAX = 10 * 60 * 1000;
/** What rests on more lists is read anew each time. */
const LISTS_MAX = 512;
/** After so long a page ends, be it short: evidence of one image may take a second. */
const PAGE_MS_MAX = 3_000;

export type ReadTrend = (
  caller: Caller,
  request: PageRequest & { readonly repository: string },
) => Promise<Result<Page<TrendPoint>>>;

/**
 * The images of a repository, newest first, with what is stated of each in numbers: size, components, vulnerabilities,
 * findings and tests, by the same facts as {@link readFacts}. Numbers that were read before are answered again while none
 * of the lists that they rest on has grown. A page may be shorter than asked for where reading takes long; no verdict rests
 * on it. An image whose evidence does not fit comes with the code of the fault in place of numbers, and one whose
 * evidence does not hold together comes without any.
 * Faults: those of authorisation, `http/malformed-parameter` for a cursor.
 */
export function openTrendReader(context: ServiceContext): ReadTrend {
  const kept = createKeptAnswers<Kept>(LIMITS);
  const isCurrent = async (name: string): Promise<Numbers | undefined> => {
    const known = kept.find(name);
    if (known === undefined || context.now().getTime() >= known.untilMs) return undefined;
    return (await haveNotGrown(context.store, known.restsOn)) ? known.numbers : undefined;
  };
  const numbersOf = async ({ digest, repository }: ImageRow): Promise<Numbers> => {
    const name = `${repository} ${digest}`;
    const current = await isCurrent(name);
    if (current !== undefined) return current;
    const read = await withEvidence(context, { subject: digest, repository }, async ({ bytes, restsOn }) => {
      const stated = await factsIn(context, bytes);
      if (!stated.ok) return stated;
      const numbers = inNumbers(JSON.parse(new TextDecoder().decode(stated.value)) as ImageFacts);
      const untilMs = context.now().getTime() + KEPT_MS_MAX;
      if (restsOn.length <= LISTS_MAX) kept.keep(name, { numbers, restsOn, untilMs });
      return ok(numbers);
    });
    return read.ok ? read.value : { fault: read.fault.code };
  };

  return async (caller, { repository, cursor, limit }) => {
    const allowed = authorise(caller, { roles: EVERY_ROLE, repository });
    if (!allowed.ok) return allowed;
    const before = readSeqCursor(cursor);
    if (!before.ok) return before;
    const rows = await context.projections.images({
      repository,
      globs: caller.repositories,
      ...(before.value === undefined ? {} : { beforeSeq: before.value }),
      limit: limit + 1,
    });
    const begun = context.now().getTime();
    const points = new Map<number, TrendPoint>();
    // One after the other: each may take as much memory as evidence has.
    for (const row of rows.slice(0, limit)) {
      if (points.size > 0 && context.now().getTime() - begun > PAGE_MS_MAX) break;
      points.set(row.seq, { ...pointOf(row), ...(await numbersOf(row)) });
    }
    return ok(
      page(
        rows,
        points.size,
        (row) => points.get(row.seq) ?? pointOf(row),
        ({ seq }) => String(seq),
      ),
    );
  };
}

function pointOf({ digest, seq, signedAt, shape, verdict, entriesSince, retired }: ImageRow): TrendPoint {
  return {
    digest,
    seq,
    signedAt,
    shape,
    ...(verdict === undefined ? {} : { verdict }),
    ...(entriesSince === undefined ? {} : { entriesSince }),
    ...(retired === undefined ? {} : { retired }),
  };
}

function inNumbers({ facts, intact, fault }: ImageFacts): Numbers {
  if (fault !== undefined) return { fault: fault.code };
  return intact ? { intact, facts: numbersOfFacts(facts) } : { intact };
}

/** A member is absent where nothing states it, and never zero. */
function numbersOfFacts({ image, components, vulnerabilities, findings, tests }: Facts): TrendFacts {
  const { list: _vulnerabilities, ...bySeverity } = vulnerabilities ?? {};
  return {
    ...(image?.shape === 'image' ? { bytes: image.bytes, layers: image.layers } : {}),
    ...(components === undefined ? {} : { components: components.count }),
    ...(vulnerabilities === undefined ? {} : { vulnerabilities: bySeverity as TrendFacts['vulnerabilities'] & object }),
    ...(findings === undefined ? {} : { findings }),
    ...(tests === undefined ? {} : { tests }),
  };
}
