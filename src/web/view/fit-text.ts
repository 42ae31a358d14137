const FAMILY = '-apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

let measuring: CanvasRenderingContext2D | null | undefined;

/** Width of a text in pixels, in the page's own type; `font` is weight and size. */
export function widthOf(text: string, font: string): number {
  measuring ??= document.createElement('canvas').getContext('2d');
  if (measuring === null || measuring === undefined) return text.length * 8;
  measuring.font = `${font} ${FAMILY}`;
  return measuring.measureText(text).width;
}

/** The text, or as much of its beginning as fits into `width` pixels, with an ellipsis. */
export function fitText(text: string, width: number, font: string): string {
  if (widthOf(text, font) <= width) return text;
  let [fits, tooLong] = [0, text.length];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (widthOf(`${text.slice(0, middle)}…`, font) <= width) fits = middle;
    else tooLong = middle;
  }
  return `${text.slice(0, fits).trimEnd()}…`;
}

/** The parts joined by middle dots, broken between parts into as few lines as fit, at most `linesMax`. */
export function fitParts(parts: readonly string[], width: number, font: string, linesMax: number): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const longer = last === undefined ? part : `${last} · ${part}`;
    const full = lines.length >= linesMax;
    if (last === undefined || (!full && widthOf(longer, font) > width)) lines.push(part);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line) => fitText(line, width, font));
}
