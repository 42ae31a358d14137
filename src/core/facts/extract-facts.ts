import type { Result } from '../fault.ts';
import { Collector, type CollectorLimits } from './collector.ts';
import type { Facts } from './facts.ts';
import { type FactsDocument, readStated } from './read-stated.ts';
import { settle } from './settle.ts';

/**
 * Facts that one document states, its own VEX applied; none where its predicate type is not read. `subject` is the digest
 * of the image that it is about, where that is known: VEX statements about the image as a whole count only then.
 *
 * Bounded by its limits in memory and in steps, and total: a hostile document gives a fault (`facts/…`) and no facts.
 * Source: docs/spec/facts.md.
 */
export function extractFacts(document: FactsDocument, subject?: string, limits: CollectorLimits = {}): Result<Facts> {
  const stated = readStated(document, new Collector(0, limits));
  return stated.ok ? settle(stated.value, { subject, vex: stated.value.vex ?? [] }) : stated;
}
