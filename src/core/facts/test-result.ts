import type { Json, JsonObject } from '../encoding/json.ts';
import type { Collector } from './collector.ts';

/**
 * Tests of an in-toto test-result 0.1: the lengths of its three lists, warned tests among the passed ones. A result that
 * the lists contradict is `facts/contradictory-document`; one without any list states no numbers, `facts/not-stated`.
 * Source: in-toto attestation spec/predicates/test-result.md, docs/spec/facts.md §5.5.
 */
export function readTestResult(predicate: JsonObject, into: Collector): void {
  const { result, passedTests, warnedTests, failedTests } = predicate;
  const lists = [passedTests, warnedTests, failedTests];
  if (result !== 'PASSED' && result !== 'WARNED' && result !== 'FAILED') {
    into.refuse('facts/malformed-document', 'The result is neither PASSED nor WARNED nor FAILED.', '/result');
    return;
  }
  if (lists.every((list) => list === undefined || list === null)) {
    into.refuse('facts/not-stated', 'The result lists no tests.');
    return;
  }
  const [passed, warned, failed] = [
    lengthOf(passedTests, '/passedTests', into),
    lengthOf(warnedTests, '/warnedTests', into),
    lengthOf(failedTests, '/failedTests', into),
  ];
  if ((result === 'FAILED') !== failed > 0 || (result === 'PASSED' && warned > 0)) {
    into.refuse('facts/contradictory-document', `The result is ${result}, and its lists say otherwise.`, '/result');
  }
  into.set({ tests: { total: passed + warned + failed, passed: passed + warned, failed, skipped: 0 } });
}

function lengthOf(value: Json | undefined, at: string, into: Collector): number {
  return into.array(value, at).length;
}
