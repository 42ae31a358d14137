import { useState } from 'preact/hooks';
import { explainCheck } from '../../../../core/custody/explain-check.ts';
import type { PlannedVerdict } from '../../../../core/custody/plan-image.ts';
import type { Json } from '../../../../core/encoding/json.ts';
import { encodeUtf8 } from '../../../../core/encoding/utf8.ts';
import { globMatches } from '../../../../core/entry/names.ts';
import type { ImageSummary, Page } from '../../api/answers.ts';
import { call, callBytes, type Problem, problemOfError, Refusal } from '../../api/call.ts';
import { useTrust } from '../../trust/trust.tsx';
import { judge } from '../../verify/judge.ts';
import type { NewestVersion, ProposalShown } from '../../verify/plan-contract.ts';
import { sentenceOf } from '../image/who-can-fix.ts';

/** Images that a plan looks at, the newest that either contract covers. */
export const PLANNED_MAX = 20;
/** Pages of images that are looked through for them. */
const PAGES_MAX = 5;

export type PlannedImage = Pick<ImageSummary, 'digest' | 'repository'> & {
  /** What would become of it; undefined where its evidence was refused or could not be read. */
  readonly planned: PlannedVerdict | undefined;
  /** Why it would fail, in sentences. */
  readonly broken: readonly string[];
};

/** What publishing a document would do. */
export type Plan = {
  readonly document: Json;
  readonly proposal: ProposalShown;
  /** Version in force, which it takes the place of. */
  readonly version: number | undefined;
  readonly images: readonly PlannedImage[];
};

type State = { readonly plan?: Plan; readonly problem?: Problem; readonly doing?: string };

/** Compares a contract with what is in force, and judges images as if it was published: all in this browser. */
export function usePlan() {
  const { text: trust } = useTrust();
  const [state, setState] = useState<State>({});
  const look = async (read: () => Promise<Json>) => {
    setState({ doing: 'Reading the document' });
    try {
      const document = await read();
      const proposed = await proposalOf(document);
      setState({ doing: 'Looking for the images that it covers' });
      const images = await coveredImages(proposed.proposal);
      const planned: PlannedImage[] = [];
      for (const [index, image] of images.entries()) {
        setState({ doing: `Judging image ${index + 1} of ${images.length}` });
        planned.push(await planOne(image, document, trust));
      }
      setState({ plan: { document, ...proposed, images: planned } });
    } catch (error) {
      setState({ problem: problemOfError(error) });
    }
  };
  return { ...state, look, forget: () => setState({}) };
}

/** The value of a document that somebody wrote. Throws {@link Refusal} where it reads in two ways, or not at all. */
export async function readDocument(text: string): Promise<Json> {
  // The reader of YAML is large, and few pages need it.
  const { parseYamlDocument } = await import('../../../../yaml/yaml-document.ts');
  const document = parseYamlDocument(encodeUtf8(text.toWellFormed()));
  if (document.ok) return document.value;
  const { code, message, at } = document.fault;
  if (code !== 'http/malformed-yaml' || at === undefined) throw new Refusal(problemOfFault(document.fault));
  const { placesIn } = await import('../../../../yaml/place-in-yaml.ts');
  const { line, column } = placesIn(text).ofOffset(Number(at));
  throw new Refusal({
    ...problemOfFault({ code, message, at: `line ${line}, column ${column}` }),
    remedy: 'Mend it there.',
  });
}

async function proposalOf(document: Json): Promise<Pick<Plan, 'proposal' | 'version'>> {
  const alone = await judge<'proposal'>({ kind: 'proposal', document, newest: undefined });
  if (!alone.ok) throw new Refusal(problemOfFault(alone.fault));
  const newest = await newestOf(alone.value.contract);
  if (newest === undefined) return { proposal: alone.value, version: undefined };
  const compared = await judge<'proposal'>({ kind: 'proposal', document, newest });
  if (!compared.ok) throw new Refusal(problemOfFault(compared.fault));
  return { proposal: compared.value, version: newest.withdrawn ? undefined : newest.version };
}

/** Found in the list, since asking for one that is not there is no question that this page may ask. */
async function newestOf(name: string): Promise<NewestVersion | undefined> {
  let cursor: string | undefined;
  do {
    const query = { limit: 200, cursor };
    const page = await call<Page<NewestVersion & { readonly contract: string }>>('GET', '/v1/contracts', { query });
    const found = page.items.find(({ contract }) => contract === name);
    if (found !== undefined) return { version: found.version, withdrawn: found.withdrawn, document: found.document };
    cursor = page.next;
  } while (cursor !== undefined);
  return undefined;
}

async function coveredImages({ repositories, covered }: ProposalShown): Promise<readonly ImageSummary[]> {
  const globs = [...repositories, ...covered];
  const images: ImageSummary[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const { items, next } = await call<Page<ImageSummary>>('GET', '/v1/images', { query: { limit: 200, cursor } });
    images.push(...items.filter(({ repository }) => globs.some((glob) => globMatches(glob, repository))));
    cursor = next;
    if (cursor === undefined || images.length >= PLANNED_MAX) break;
  }
  return images.slice(0, PLANNED_MAX);
}

async function planOne(image: ImageSummary, proposal: Json, trust: string | undefined): Promise<PlannedImage> {
  const { digest, repository } = image;
  const about = { digest, repository };
  try {
    const evidence = await callBytes(`/v1/images/${digest}/evidence`, { query: { repository } });
    const question = { subject: digest, repository };
    const now = new Date().toISOString();
    const planned = await judge<'plan'>({ kind: 'plan', evidence, question, proposal, trust, now });
    if (!planned.ok) return { ...about, planned: undefined, broken: [] };
    return {
      ...about,
      planned: planned.value,
      broken: planned.value.broken.map((check) => sentenceOf(check, explainCheck(check).text)),
    };
  } catch (error) {
    if (error instanceof Refusal) return { ...about, planned: undefined, broken: [] };
    throw error;
  }
}

function problemOfFault(fault: { readonly code: string; readonly message: string; readonly at?: string }): Problem {
  const at = fault.at === undefined ? '' : ` At ${fault.at}.`;
  const title = 'The document is no contract that could be published.';
  const remedy = 'Mend it; waybill contract lint names the line.';
  return { status: 0, code: fault.code, title, detail: `${fault.message}${at}`, remedy };
}
