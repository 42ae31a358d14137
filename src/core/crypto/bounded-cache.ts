/**
 * `load` with its latest `sizeMax` answers kept. The keys come from outside, hence the bound: whoever sends many pays
 * with time, never with memory. `load` must be pure, so that what is kept equals what would be computed again.
 */
export function boundedCache<V>(sizeMax: number, load: (key: Uint8Array) => V): (key: Uint8Array) => V {
  const kept = new Map<string, V>();
  return (key) => {
    const name = String.fromCharCode(...key);
    const found = kept.get(name);
    if (found !== undefined) return found;
    const value = load(key.slice());
    if (kept.size >= sizeMax) {
      // A map iterates in order of insertion: the first name is the oldest.
      const oldest = kept.keys().next();
      if (!oldest.done) kept.delete(oldest.value);
    }
    kept.set(name, value);
    return value;
  };
}
