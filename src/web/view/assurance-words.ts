import type { Assurances } from '../../core/custody/verify-custody.ts';
import type { AssuranceLine } from './assurance-list.ts';

/** Each assurance in a few words, its title, what it means where it holds, and what its lack leaves open. */
const WORDS: readonly (readonly [keyof Assurances, string, string, string, string])[] = [
  [
    'pinned',
    'your log key',
    'Pinned to a log key of yours',
    'A key that you brought signed the checkpoint that everything here rests on.',
    'No key that you brought vouches for the checkpoint; one that came with the file says nothing about who made it.',
  ],
  [
    'ownKeys',
    'pipeline’s own keys',
    'Signed by the pipeline’s own keys',
    'Every attestation that counts was signed before it reached the service.',
    'At least one was signed by the service for its caller: it proves what the service was told, not who said it.',
  ],
  [
    'placed',
    'bound to its place',
    'Bound to repository and stage by signature',
    'Every attestation that counts names its repository and its stage in what was signed.',
    'At least one does not name its place itself; the ledger says where it belongs.',
  ],
  [
    'complete',
    'proved complete',
    'Proved to be everything',
    'The signed map names the end of every list, and a monitor of yours has replayed it: these are all the entries.',
    'Complete as claimed by the log: every list ends where the map says that the log signed, and no monitor of yours has replayed it. A receipt of an entry that is missing here would convict the log.',
  ],
  [
    'witnessed',
    'witnessed',
    'Witnessed',
    'Independent witnesses cosigned the checkpoint.',
    'Nobody but the log itself signed the checkpoint.',
  ],
  [
    'replayed',
    'replayed',
    'Replayed by a monitor',
    'A monitor whose key you brought replayed the log up to this checkpoint, and signed it.',
    'No monitor whose key you brought signed the checkpoint.',
  ],
  [
    'controlSigned',
    'control keys',
    'Changes of trust signed by control keys',
    'Contracts, signers and roles were changed under control keys.',
    'Contracts, signers and roles are authorised by the operator only.',
  ],
];

/** The assurances of a result as lines for people. */
export function assuranceLines(assurances: Assurances): readonly AssuranceLine[] {
  return WORDS.map(([name, short, title, yes, no]) => {
    const holds = assurances[name];
    return { holds, short, title, text: holds ? yes : no, warns: name === 'complete' };
  });
}
