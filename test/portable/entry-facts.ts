import { parseBase64 } from '../../src/core/encoding/base64.ts';
import { compareFacts } from '../../src/core/facts/compare-facts.ts';
import { extractFacts } from '../../src/core/facts/extract-facts.ts';
import { type Facts, formatFacts } from '../../src/core/facts/facts.ts';
import { recogniseDocument } from '../../src/core/statement/recognise-document.ts';
import { each, type Runs, text } from './vector-set.ts';

const SUBJECT = `sha256:${'a1'.repeat(32)}`;

/** `facts`: {base64: a file of a tool}, answered by the canonical text of its facts and what they have more than nothing. */
export const FACTS_RUNS: Runs = {
  facts: each((input) => {
    const bytes = parseBase64(text(input, 'base64'));
    if (!bytes.ok) return bytes.fault.code;
    const document = recogniseDocument(bytes.value);
    if (!document.ok) return document.fault.code;
    const facts = extractFacts(document.value, SUBJECT);
    if (!facts.ok) return `${facts.fault.code} at ${facts.fault.at}`;
    return `${formatFacts(facts.value)} ${JSON.stringify(compareFacts(empty(facts.value), facts.value))}`;
  }),
};

/** The same kinds, with nothing in their lists. */
function empty({ components, licences, ...rest }: Facts): Facts {
  return {
    ...rest,
    ...(components === undefined ? {} : { components: { count: 0, list: [] } }),
    ...(licences === undefined ? {} : { licences: { count: 0, unstated: 0, list: [] } }),
  };
}
