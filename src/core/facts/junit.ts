import type { Collector } from './collector.ts';
import { integerOf } from './number-text.ts';
import { type XmlEvent, XmlReader } from './xml-reader.ts';

/** Values of `status` by which GoogleTest marks a test that was not run. */
const NOT_RUN = ['disabled', 'notrun'];

type OpenCase = { readonly depth: number; failed: boolean; skipped: boolean };
/** A suite that is open: how many failures and errors it claims, and how many were shown when it began. */
type OpenSuite = { readonly claimed: number; readonly shownBefore: number };

/**
 * Tests of a JUnit XML report, counted by its `testcase` elements and never by its totals: failed with a `failure` or
 * `error` in it, else skipped, else passed. A suite that claims more failures and errors than it shows is
 * `facts/contradictory-document`. Source: docs/spec/facts.md §5.4.
 */
export function readJunit(text: string, into: Collector): void {
  const reader = new XmlReader(text, { allowsDoctype: false });
  const report = new JunitReport(into);
  for (let event = reader.next(); event !== undefined && into.step(); event = reader.next()) {
    if (event.kind === 'open') report.open(event, reader.depth);
    else report.close(event.name, reader.depth + 1);
  }
  if (reader.fault !== undefined) {
    into.refuse(reader.fault.code, reader.fault.message, reader.fault.at);
    return;
  }
  report.end();
}

/** The counts of one report. A class because they live as long as its reading. */
class JunitReport {
  readonly #into: Collector;
  readonly #suites: OpenSuite[] = [];
  #case: OpenCase | undefined;
  #total = 0;
  #failed = 0;
  #skipped = 0;
  /** `failure` and `error` elements in test cases. */
  #shown = 0;

  constructor(into: Collector) {
    this.#into = into;
  }

  open({ name, attributes }: Extract<XmlEvent, { kind: 'open' }>, depth: number): void {
    if (depth === 1 && name !== 'testsuites' && name !== 'testsuite') {
      this.#into.refuse('facts/malformed-document', 'The root element is neither testsuites nor testsuite.');
    }
    if (name === 'testsuites' || name === 'testsuite') this.#openSuite(attributes);
    else if (name === 'testcase') this.#openCase(attributes, depth);
    else if (this.#case?.depth === depth - 1) this.#outcome(this.#case, name);
  }

  close(name: string, depth: number): void {
    if (name === 'testcase' && this.#case?.depth === depth) {
      this.#total += 1;
      if (this.#case.failed) this.#failed += 1;
      else if (this.#case.skipped) this.#skipped += 1;
      this.#case = undefined;
    }
    if (name !== 'testsuites' && name !== 'testsuite') return;
    const suite = this.#suites.pop();
    if (suite !== undefined && suite.claimed > this.#shown - suite.shownBefore) {
      const message = `A suite claims ${suite.claimed} failures and errors, and shows ${this.#shown - suite.shownBefore}.`;
      this.#into.refuse('facts/contradictory-document', message);
    }
  }

  end(): void {
    const { total, failed, skipped } = { total: this.#total, failed: this.#failed, skipped: this.#skipped };
    this.#into.set({ tests: { total, passed: total - failed - skipped, failed, skipped } });
  }

  #openSuite(attributes: ReadonlyMap<string, string>): void {
    if (this.#case !== undefined) this.#into.refuse('facts/malformed-document', 'A suite stands in a test case.');
    const claimed = this.#claimOf(attributes, 'failures') + this.#claimOf(attributes, 'errors');
    this.#suites.push({ claimed, shownBefore: this.#shown });
  }

  #claimOf(attributes: ReadonlyMap<string, string>, name: string): number {
    const text = attributes.get(name) ?? '';
    const claimed = text === '' ? 0 : integerOf(text);
    if (claimed === undefined) this.#into.refuse('facts/malformed-document', `${name} is no number of tests.`);
    return claimed ?? 0;
  }

  #openCase(attributes: ReadonlyMap<string, string>, depth: number): void {
    if (this.#case !== undefined) this.#into.refuse('facts/malformed-document', 'A test case stands in another.');
    this.#case = { depth, failed: false, skipped: NOT_RUN.includes(attributes.get('status') ?? '') };
  }

  #outcome(testCase: OpenCase, name: string): void {
    if (name === 'failure' || name === 'error') {
      testCase.failed = true;
      this.#shown += 1;
    } else if (name === 'skipped') testCase.skipped = true;
  }
}
