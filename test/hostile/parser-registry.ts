import type { FuzzedParser } from './fuzz-parser.ts';
import { PARSERS_OF_CONTRACTS } from './parsers-of-contracts.ts';
import { PARSERS_OF_CONTROL } from './parsers-of-control.ts';
import { PARSERS_OF_DOCUMENTS } from './parsers-of-documents.ts';
import { PARSERS_OF_EDGES } from './parsers-of-edges.ts';
import { PARSERS_OF_EXPORTS } from './parsers-of-exports.ts';
import { PARSERS_OF_FACTS } from './parsers-of-facts.ts';
import { PARSERS_OF_FORMS } from './parsers-of-forms.ts';
import { PARSERS_OF_MAP } from './parsers-of-map.ts';
import { PARSERS_OF_STATES } from './parsers-of-states.ts';
import { PARSERS_OF_TRUST } from './parsers-of-trust.ts';

/** Everything that reads bytes or text from outside, each with the seeds that its fuzzing begins with. */
export const PARSERS: readonly FuzzedParser[] = [
  ...PARSERS_OF_FORMS,
  ...PARSERS_OF_MAP,
  ...PARSERS_OF_STATES,
  ...PARSERS_OF_DOCUMENTS,
  ...PARSERS_OF_EXPORTS,
  ...PARSERS_OF_CONTRACTS,
  ...PARSERS_OF_CONTROL,
  ...PARSERS_OF_FACTS,
  ...PARSERS_OF_TRUST,
  ...PARSERS_OF_EDGES,
];

/** Exports with a name like a parser's that are none: they read what was parsed before. */
export const NO_PARSERS: Readonly<Record<string, string>> = {
  'core/encoding/decode.ts decode': 'runs the readers of a format over a value; each format is fuzzed as a whole',
  'core/encoding/decode.ts openObject': 'makes a reader',
  'core/facts/combine-facts.ts readSources': 'reads documents one after the other, each by readStated',
  'core/period/period-walk.ts openStates': 'opens the checkpoints of a parsed proof, each by openCheckpoint',
  'core/dsse/envelope.ts decodeEnvelope': 'the second half of readEnvelope',
  'core/custody/check-waivers.ts readWaivers': 'reads parsed evidence',
  'core/custody/contracts-in-force.ts readCoverage': 'reads parsed evidence',
  'core/custody/signer-state.ts openSigners': 'reads parsed evidence',
  'core/custody/trust-state.ts openStandings': 'begins an empty state',
  'core/custody/trust-state.ts readTrustState': 'reads parsed evidence',
};
