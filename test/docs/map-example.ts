import { createHash } from 'node:crypto';
import { naiveProof, naiveRoot, type Pair } from '../map/naive-map.ts';

/** Lists of a small log: key, how many entries, which is the newest, and the byte that its made-up hash is full of. */
export const LISTS = [
  ['trust', 1, 0, 0x11],
  ['principal:anna', 2, 5, 0x22],
  [`image:sha256:${'ab'.repeat(32)}`, 3, 9, 0x33],
] as const;
export const ABSENT = 'signer:none';

/** Key of the map by section 1. */
export function exampleKey(list: string): Uint8Array {
  return createHash('sha256').update('waybill/map/v1').update(Uint8Array.of(0)).update(list).digest();
}

/** Pairs of the map by section 1. */
export function examplePairs(): readonly Pair[] {
  return LISTS.map(([list, n, seq, byte]) => {
    const value = Buffer.alloc(48, byte);
    value.writeBigUInt64BE(BigInt(n), 0);
    value.writeBigUInt64BE(BigInt(seq), 8);
    return { key: exampleKey(list), value };
  });
}

/**
 * What the page must show, from the definition alone: key, value and leaf of each list, the nodes, the root, and the proof
 * of each list and of one that is not there. Bytes in hex, their parts apart; a proof goes on in the lines below it.
 */
export function formatExample(): string {
  const pairs = examplePairs();
  const lists = LISTS.flatMap(([list], index) => {
    const [{ key, value }, leaf] = [pairs[index] as Pair, naiveRoot(pairs.slice(index, index + 1))];
    const parts = [hex(value, 0, 8), hex(value, 8, 16), hex(value, 16)].join(' ');
    return [`list   ${list}`, `key    ${hex(key)}`, `value  ${parts}`, `leaf   ${hex(leaf)}`];
  });
  const proofs = [...LISTS.map(([list]) => list), ABSENT].flatMap((list) => {
    const parts = proofParts(naiveProof(pairs, exampleKey(list)), list === ABSENT);
    return [`proof  ${list}`, ...parts.map((part) => `       ${part}`)];
  });
  const absent = [`absent ${ABSENT}`, `key    ${hex(exampleKey(ABSENT))}`];
  const root = [`node   2: ${hex(naiveRoot(pairs.slice(1)))}`, `root   0: ${hex(naiveRoot(pairs))}`];
  return [...lists, ...root, ...absent, ...proofs].join('\n');
}

function proofParts(proof: Uint8Array, isAbsence: boolean): readonly string[] {
  const lengths = isAbsence ? [1 + 32, 1 + 48] : [];
  const parts: string[] = [];
  for (let at = 0; at < proof.length; ) {
    const end = at + (lengths.shift() ?? 33);
    parts.push(`${hex(proof, at, at + 1)} ${hex(proof, at + 1, end)}`);
    at = end;
  }
  return parts;
}

function hex(bytes: Uint8Array, from = 0, to = bytes.length): string {
  return Buffer.from(bytes.subarray(from, to)).toString('hex');
}
