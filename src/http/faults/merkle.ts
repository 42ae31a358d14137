import type { MerkleFaultCode } from '../../core/fault-codes/merkle.ts';
import type { FaultRow } from './faults.ts';

/** The tree, its tiles and proofs. */
export const MERKLE_FAULTS = {
  'merkle/forked': [
    422,
    'Two trees of one size have different roots: there are two histories.',
    'Keep both and raise an alarm.',
  ],
  'merkle/hash-length': [422, 'A hash does not have 32 bytes.', 'Use it as it was handed out.'],
  'merkle/inconsistent': [422, 'One tree is not the beginning of the other.', 'Keep both and raise an alarm.'],
  'merkle/index-out-of-range': [
    422,
    'The index lies outside the tree.',
    'Ask within the size of the newest checkpoint.',
  ],
  'merkle/malformed-bundle': [422, 'The bytes are not an entry bundle.', 'Fetch it again.'],
  'merkle/malformed-frontier': [422, 'The bytes are not a frontier.', 'See the log.'],
  'merkle/malformed-tile': [422, 'The bytes are not a tile.', 'Fetch it again.'],
  'merkle/malformed-tile-path': [400, 'The path is not that of a tile.', 'Write it as C2SP tlog-tiles does.'],
  'merkle/missing-tile': [404, 'A tile that is needed is not there.', 'Ask within the size of the newest checkpoint.'],
  'merkle/path-length': [422, 'The proof does not have the length that it must have.', 'Treat it as forged.'],
  'merkle/root-mismatch': [422, 'The proof does not lead to the root.', 'Treat it as forged.'],
  'merkle/size-out-of-range': [
    422,
    'The size is not one that a tree can have.',
    'Ask within the size of the newest checkpoint.',
  ],
} as const satisfies Readonly<Record<MerkleFaultCode, FaultRow>>;
