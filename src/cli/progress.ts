import type { World } from './world.ts';

/** A bar on the terminal behind standard error; nothing at all where there is none. */
export type Progress = {
  /** `total` undefined: how much there is to do is not known yet. */
  readonly at: (done: number, total: number | undefined) => void;
  readonly end: () => void;
};

/** Work that ends within this time shows no bar. */
const QUIET_MS = 400;
const REDRAW_MS = 80;
const BAR_COLUMNS_MAX = 40;

/** A bar titled `title`, counting `unit`s. */
export function openProgress(world: World, title: string, unit: string): Progress {
  const columns = world.noteColumns;
  if (columns === undefined) return { at: () => undefined, end: () => undefined };
  const startedAt = world.now().getTime();
  let drawnAt = 0;
  return {
    at: (done, total) => {
      const now = world.now().getTime();
      if (now - startedAt < QUIET_MS || now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      world.note(`\r${progressLine(title, unit, done, total, columns)}\u001b[K`);
    },
    end: () => {
      if (drawnAt !== 0) world.note('\r\u001b[K');
    },
  };
}

/** One line, never wider than the terminal. */
export function progressLine(
  title: string,
  unit: string,
  done: number,
  total: number | undefined,
  columns: number,
): string {
  if (total === undefined || total <= 0) return `${title}  ${done} ${unit}`.slice(0, columns - 1);
  const share = Math.min(1, done / total);
  const tail = ` ${String(Math.floor(share * 100)).padStart(3)} %  ${done}/${total} ${unit}`;
  const room = Math.min(BAR_COLUMNS_MAX, columns - title.length - tail.length - 3);
  if (room < 5) return `${title}${tail}`.slice(0, columns - 1);
  const filled = Math.round(room * share);
  return `${title} ${'█'.repeat(filled)}${'░'.repeat(room - filled)}${tail}`;
}
