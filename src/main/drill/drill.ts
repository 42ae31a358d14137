import type { ControlSet } from '../../core/control/control-keys.ts';
import type { Scene } from './scene.ts';

/**
 * Who noticed. `service`: the service, running or at its start, before it writes, signs or shows anything. `cli`: the
 * command line of an outsider with nothing but the log key, a file and perhaps a receipt. `audit`: an audit beside the
 * service, with keys and anchor. `receipt`: an audit by somebody who has no key and kept one receipt.
 */
export type Observer = 'service' | 'cli' | 'audit' | 'receipt';

/** One observer, and the stable code that they named. */
export type Sighting = { readonly by: Observer; readonly code: string };

/** A file that carries an attack, and what a reader with the log key must refuse it by. */
export type CarriedFile = {
  readonly kind: 'evidence' | 'report' | 'receipt' | 'completeness';
  readonly bytes: Uint8Array;
  /** What the reader asks about, where that is not the image of the scene. */
  readonly subject?: string;
  /** The environment that the reader asks for, where there is one. */
  readonly environment?: string;
  /** A receipt that the reader kept, and holds against the file. */
  readonly receipt?: Uint8Array;
  /** A state that the reader's trust file pins; `root` in base64. */
  readonly pin?: { readonly size: number; readonly root: string };
  /** The control keys that the reader's trust file names. */
  readonly control?: ControlSet;
  /** The greatest age of a checkpoint that the reader's trust file allows, and the time at which the file is judged. */
  readonly age?: { readonly maxSeconds: number; readonly at: string };
};

export type Played = {
  /** What was done, in words. */
  readonly said: string;
  /** What was noticed before the attack: anything here means that nothing was shown. */
  readonly control: readonly Sighting[];
  readonly noticed: readonly Sighting[];
  readonly carried?: CarriedFile;
};

/** One attack on a running system, and who must notice it under which code. */
export type Drill = {
  readonly id: string;
  /** What is done and to what end, in one sentence. */
  readonly sentence: string;
  /** Every observer who must notice; the first one is whom the drill is about. */
  readonly expected: readonly [Sighting, ...Sighting[]];
  /** Who must not notice, because nothing that they look at has changed. */
  readonly unmoved?: readonly Observer[];
  /** The code that a file which carries the attack is refused by, where one can. */
  readonly carries?: string;
  /** Plays it on a copy of its own. With `attack` false everything is done but the attack, and nobody may notice anything. */
  readonly play: (scene: Scene, attack: boolean) => Promise<Played>;
};

/** Sightings of one observer, each code once. */
export function sightings(by: Observer, codes: readonly string[]): readonly Sighting[] {
  return [...new Set(codes)].map((code) => ({ by, code }));
}
