/**
 * The parts that can be sent before the time is over; the answer then ends between two of them. For answers that whoever asked
 * can go on with: what they were let in by may be revoked meanwhile.
 */
export async function* partsInTime(
  parts: AsyncIterable<string>,
  milliseconds: number,
): AsyncGenerator<string, void, undefined> {
  const until = performance.now() + milliseconds;
  for await (const part of parts) {
    yield part;
    if (performance.now() >= until) return;
  }
}
