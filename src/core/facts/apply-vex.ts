import { fail, ok, type Result } from '../fault.ts';
import type { VexStatus } from './facts.ts';
import { coversPackage, type PurlPattern, readPurl } from './purl.ts';
import type { FoundVulnerability, VexProduct, VexStatement } from './stated.ts';

/**
 * What statements of VEX are applied by: the digest of the image, where one is known, and the statements. Those of documents
 * whose places are in `settingNothingAside` count only for vulnerabilities that they do not set aside.
 */
export type VexContext = {
  readonly subject: string | undefined;
  readonly vex: readonly VexStatement[];
  readonly settingNothingAside?: ReadonlySet<number>;
};

/** A vulnerability with the newest status that any statement gives it. */
export type SettledVulnerability = FoundVulnerability & { readonly suppressed: boolean };

/**
 * The vulnerabilities, each with the status of the last statement about it in the order of the documents, and of the
 * statements in a document. A statement is about a vulnerability that has one of its names, in a package or an image that
 * it lists; a document's own word about a vulnerability yields only to documents after it. `subject` is the digest of the
 * image. More than `stepsMax` comparisons, whichever of them count: `facts/too-much-work`. Source: docs/spec/facts.md §7.
 */
export function applyVex(
  vulnerabilities: readonly FoundVulnerability[],
  { subject, vex, settingNothingAside }: VexContext,
  stepsMax: number,
): Result<readonly SettledVulnerability[]> {
  const byId = indexById(vex);
  const settled: SettledVulnerability[] = [];
  let steps = 0;
  for (const vulnerability of vulnerabilities) {
    const about = candidatesFor(vulnerability, byId);
    const found = packageOf(vulnerability);
    let { status } = vulnerability;
    for (const statement of about) {
      steps += 1 + statement.products.length;
      if (steps > stepsMax) return fail('facts/too-much-work', `VEX would take over ${stepsMax} comparisons.`);
      const outranked = vulnerability.status !== undefined && statement.order <= vulnerability.order;
      if (outranked || !statement.products.some((product) => isAbout(product, found, subject))) continue;
      const mayNot = settingNothingAside?.has(statement.order) === true;
      if (!mayNot || !isSuppressed(vulnerability, statement.status)) status = statement.status;
    }
    const suppressed = isSuppressed(vulnerability, status);
    settled.push({ ...vulnerability, ...(status === undefined ? {} : { status }), suppressed });
  }
  return ok(settled);
}

function indexById(statements: readonly VexStatement[]): ReadonlyMap<string, readonly VexStatement[]> {
  const byId = new Map<string, VexStatement[]>();
  for (const statement of statements) {
    for (const id of new Set(statement.ids)) {
      const known = byId.get(id);
      if (known === undefined) byId.set(id, [statement]);
      else known.push(statement);
    }
  }
  return byId;
}

/** Statements about any name of the vulnerability, each once, in their order. */
function candidatesFor(
  { id, aliases }: FoundVulnerability,
  byId: ReadonlyMap<string, readonly VexStatement[]>,
): readonly VexStatement[] {
  const lists = [id, ...aliases].flatMap((name) => byId.get(name) ?? []);
  return aliases.length === 0 ? lists : [...new Set(lists)].sort((a, b) => a.order - b.order || a.index - b.index);
}

function packageOf({ component, qualifiers }: FoundVulnerability): PurlPattern | undefined {
  const purl = component === undefined ? undefined : readPurl(component);
  return purl === undefined ? undefined : { ...purl, qualifiers };
}

function isAbout(product: VexProduct, found: PurlPattern | undefined, subject: string | undefined): boolean {
  if (product.kind === 'subject') return subject !== undefined;
  if (product.kind === 'package') return found !== undefined && coversPackage(product.package, found);
  if (product.digest !== subject) return false;
  const { packages } = product;
  return packages === undefined || (found !== undefined && packages.some((each) => coversPackage(each, found)));
}

/** What a scanner set aside stays aside unless a statement says that the product is affected. */
function isSuppressed({ ignored }: FoundVulnerability, status: VexStatus | undefined): boolean {
  return status === 'not_affected' || status === 'fixed' || (ignored && status !== 'affected');
}
