/** What is kept at most: so many answers, and so many bytes of them and their names. */
export type KeptLimits = { readonly answersMax: number; readonly bytesMax: number };

/**
 * Answers by name; where there is no room for one more, those that nobody asked for longest go first. An answer that
 * alone is larger than an eighth of the room is not kept.
 */
export type KeptAnswers<Answer> = {
  readonly find: (name: string) => Answer | undefined;
  readonly keep: (name: string, answer: Answer) => void;
  readonly drop: (name: string) => void;
  /** How many are kept, and their bytes. */
  readonly size: () => { readonly answers: number; readonly bytes: number };
};

export function createKeptAnswers<Answer extends object>(
  limits: KeptLimits,
  bytesOf: (answer: Answer) => number = (answer) => JSON.stringify(answer).length,
): KeptAnswers<Answer> {
  // In the order of their last use: a map gives its members in the order of insertion.
  const kept = new Map<string, { readonly answer: Answer; readonly bytes: number }>();
  let total = 0;
  const drop = (name: string) => {
    total -= kept.get(name)?.bytes ?? 0;
    kept.delete(name);
  };
  return {
    find: (name) => {
      const found = kept.get(name);
      if (found === undefined) return undefined;
      kept.delete(name);
      kept.set(name, found);
      return found.answer;
    },
    keep: (name, answer) => {
      drop(name);
      const bytes = name.length + bytesOf(answer);
      if (bytes > limits.bytesMax / 8) return;
      kept.set(name, { answer, bytes });
      total += bytes;
      for (const oldest of kept.keys()) {
        if (kept.size <= limits.answersMax && total <= limits.bytesMax) return;
        drop(oldest);
      }
    },
    drop,
    size: () => ({ answers: kept.size, bytes: total }),
  };
}
