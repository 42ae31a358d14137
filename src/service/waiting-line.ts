/** Places for so much work at once, and a line of what waits for one, in the order in which it came. */
export type WaitingLine = {
  /** True once there is a place, which {@link leave} gives back; false at once where too much waits already. */
  readonly enter: () => Promise<boolean>;
  readonly leave: () => void;
  readonly isEmpty: () => boolean;
};

export function createWaitingLine(atOnceMax: number, waitingMax: number): WaitingLine {
  const waiting: ((entered: true) => void)[] = [];
  let underWay = 0;
  return {
    enter: async () => {
      if (underWay < atOnceMax) {
        underWay += 1;
        return true;
      }
      return waiting.length < waitingMax && new Promise<true>((resume) => waiting.push(resume));
    },
    leave: () => {
      const next = waiting.shift();
      // Whoever is next takes over the place, so that nobody who comes meanwhile does.
      if (next === undefined) underWay -= 1;
      else next(true);
    },
    isEmpty: () => underWay === 0,
  };
}
