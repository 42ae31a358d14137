import { concatBytes } from '../../src/core/encoding/bytes.ts';
import type { MapClaim } from '../../src/core/map/map-proof.ts';
import { formatMapProof, verifyMapClaim } from '../../src/core/map/map-proof.ts';
import { getFromMap, type MapNode, type MapStep, mapRoot, pathInMap } from '../../src/core/map/map-trie.ts';
import { varint } from './naive-map.ts';
import { flipped } from './random-maps.ts';

/** A claim that must be refused, under one of these codes, and what was done to the true one. */
export type MutatedClaim = { readonly what: string; readonly claim: MapClaim; readonly codes: readonly string[] };

const FORM = 'map/malformed-proof';
const ROOT = 'map/root-mismatch';
const ABSENCE = 'map/absence-not-shown';
const ANY = [FORM, ROOT, ABSENCE];

/** What the map says of the key, with its proof. */
export function trueClaim(map: MapNode | undefined, key: Uint8Array): MapClaim {
  const proof = formatMapProof(key, map === undefined ? undefined : pathInMap(map, key));
  return { root: mapRoot(map), key, value: getFromMap(map, key), proof };
}

/** Every change of one bit or one byte of the proof, and of its end. */
export function* bytesChanged(claim: MapClaim): Generator<MutatedClaim> {
  const { proof } = claim;
  const changed = (what: string, bytes: Uint8Array) => ({ what, claim: { ...claim, proof: bytes }, codes: ANY });
  for (let bit = 0; bit < 8 * proof.length; bit += 1) yield changed(`bit ${bit} flipped`, flipped(proof, bit));
  for (let at = 0; at < proof.length; at += 1) {
    yield changed(`byte ${at} left out`, without(proof, at));
    yield changed(`cut at ${at}`, proof.subarray(0, at));
    // Twice the same byte is twice the same change.
    if (at > 0) yield changed(`begun at ${at}`, proof.subarray(at));
  }
  for (let at = 0; at <= proof.length; at += 1) {
    for (const byte of new Set([0x00, 0x01, 0x7f, 0x80, 0xff, proof[at] ?? 0x20])) {
      yield changed(
        `${byte} put in at ${at}`,
        concatBytes(proof.subarray(0, at), Uint8Array.of(byte), proof.subarray(at)),
      );
    }
  }
}

/** The steps of a proof dropped, repeated, put in another order, taken from elsewhere, and numbers spelled longer. */
export function* stepsChanged(map: MapNode, key: Uint8Array): Generator<MutatedClaim> {
  const claim = trueClaim(map, key);
  const { leaf, steps } = pathInMap(map, key);
  const changed = (what: string, other: readonly MapStep[], ...codes: readonly string[]) => {
    return { what, claim: { ...claim, proof: formatMapProof(key, { leaf, steps: other }) }, codes };
  };
  for (const [at, step] of steps.entries()) {
    yield changed(`step ${at} dropped`, steps.toSpliced(at, 1), ROOT);
    yield changed(`step ${at} repeated`, steps.toSpliced(at, 0, step), FORM);
    if (at > 0)
      yield changed(`steps ${at - 1} and ${at} swapped`, steps.toSpliced(at - 1, 2, step, steps[at - 1] ?? step), FORM);
    yield changed(
      `step ${at} with the hash of another`,
      steps.with(at, { ...step, sibling: steps.at(at - 1)?.sibling ?? leaf.hash }),
      ROOT,
    );
    for (const bit of [step.bit - 1, step.bit + 1]) {
      if (bit >= 0) yield changed(`step ${at} in bit ${bit}`, steps.with(at, { ...step, bit }), ...ANY);
    }
    yield {
      what: `step ${at} with a longer number`,
      claim: { ...claim, proof: longer(claim.proof, key, leaf, steps, at) },
      codes: [FORM],
    };
  }
  if (steps.length > 1) yield changed('steps from the root', steps.toReversed(), FORM);
  yield changed('one step more', [...steps, { bit: (steps.at(-1)?.bit ?? 1) - 1, sibling: leaf.hash }], ...ANY);
}

/** Other claims with the same proof, and the same claim with the proof of another. */
export function* claimsChanged(map: MapNode, key: Uint8Array, others: readonly Uint8Array[]): Generator<MutatedClaim> {
  const claim = trueClaim(map, key);
  const { leaf } = pathInMap(map, key);
  for (let bit = 0; bit < 256; bit += 1)
    yield { what: `root, bit ${bit}`, claim: { ...claim, root: flipped(claim.root, bit) }, codes: [ROOT] };
  yield { what: 'the root of the leaf alone', claim: { ...claim, root: leaf.hash }, codes: [ROOT] };
  if (claim.value === undefined) {
    yield { what: 'as present', claim: { ...claim, value: leaf.value }, codes: ANY };
    yield {
      what: 'as present, steps alone',
      claim: { ...claim, value: leaf.value, proof: formatMapProof(leaf.key, pathInMap(map, key)) },
      codes: [ROOT],
    };
    yield { what: 'by nothing', claim: { ...claim, proof: new Uint8Array() }, codes: [ROOT] };
  } else {
    for (let bit = 0; bit < 8 * claim.value.length; bit += 1)
      yield { what: `value, bit ${bit}`, claim: { ...claim, value: flipped(claim.value, bit) }, codes: [ROOT] };
    yield { what: 'as absent', claim: { ...claim, value: undefined }, codes: ANY };
    const itself = concatBytes(varint(key.length), key, varint(claim.value.length), claim.value, claim.proof);
    yield {
      what: 'as absent, shown by itself',
      claim: { ...claim, value: undefined, proof: itself },
      codes: [ABSENCE],
    };
  }
  for (const other of others) {
    const { proof, value } = trueClaim(map, other);
    yield { what: 'with the proof of another key', claim: { ...claim, proof }, codes: ANY };
    // A leaf that is in the map, but not where a search for this key ends.
    const shown = pathInMap(map, other);
    if (value === undefined || shown.leaf === leaf) continue;
    yield {
      what: 'absent, by a leaf elsewhere',
      claim: { ...claim, value: undefined, proof: formatMapProof(key, shown) },
      codes: [ABSENCE],
    };
  }
}

/** Whether such a claim is true after all: not one that was changed, but the true one again. */
export function isSameClaim(a: MapClaim, b: MapClaim): boolean {
  const same = (x: Uint8Array | undefined, y: Uint8Array | undefined) =>
    x === undefined || y === undefined ? x === y : Buffer.compare(x, y) === 0;
  return same(a.root, b.root) && same(a.key, b.key) && same(a.value, b.value) && same(a.proof, b.proof);
}

/** Code of the refusal, or `ok`. */
export function outcomeOf(claim: MapClaim): string {
  const result = verifyMapClaim(claim);
  return result.ok ? 'ok' : result.fault.code;
}

function without(bytes: Uint8Array, at: number): Uint8Array {
  return concatBytes(bytes.subarray(0, at), bytes.subarray(at + 1));
}

/** The proof with the bit of one step in one byte more than it takes. */
function longer(
  proof: Uint8Array,
  key: Uint8Array,
  leaf: ReturnType<typeof pathInMap>['leaf'],
  steps: readonly MapStep[],
  at: number,
): Uint8Array {
  const before = formatMapProof(key, { leaf, steps: steps.slice(0, at) }).length;
  const number = varint(steps[at]?.bit ?? 0);
  const spelled = Uint8Array.of(...number.subarray(0, -1), (number.at(-1) ?? 0) | 0x80, 0x00);
  return concatBytes(proof.subarray(0, before), spelled, proof.subarray(before + number.length));
}
