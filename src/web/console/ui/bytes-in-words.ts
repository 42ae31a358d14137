const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Bytes in the unit in which they read best, to a tenth. */
export function bytesInWords(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0
    ? `${bytes.toLocaleString('en')} ${bytes === 1 ? 'byte' : 'bytes'}`
    : `${(Math.round(value * 10) / 10).toLocaleString('en')} ${UNITS[unit]}`;
}
