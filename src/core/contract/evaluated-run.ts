import type { RunState } from '../run/run-state.ts';

/** A run that a sound signature of the image names, and that is accounted for. */
export type EvaluatedRun = {
  /** The signature. */
  readonly seq: number;
  readonly run: string;
  readonly outcome: RunState;
  readonly expires: string;
  /** Stages that were asked for when it was opened. */
  readonly stages: readonly string[];
  /** Its number among the attempts at its commit, and how many before it did not succeed; absent where these are not accounted for. */
  readonly attempt?: { readonly number: number; readonly failedBefore: number };
};

/** The run that decides: the first that closed as succeeded, otherwise the last; undefined where no signature names one. */
export function decisiveRun(runs: readonly EvaluatedRun[] = []): EvaluatedRun | undefined {
  return runs.find(({ outcome }) => outcome === 'succeeded') ?? runs.at(-1);
}
