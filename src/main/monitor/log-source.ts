import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/client-error.ts';
import { parseBase64 } from '../../core/encoding/base64.ts';
import { parseBundle } from '../../core/merkle/entry-bundle.ts';
import { HASH_BYTES } from '../../core/merkle/hash.ts';
import { formatTilePath, type TileId } from '../../core/merkle/tile.ts';
import { formatBundlePath, TILE_WIDTH } from '../../core/merkle/tile-path.ts';
import { type Alarm, alarmOver, type Judged, pass, raise } from '../../core/monitor/alarm.ts';

/** The read side of a log over HTTP. Nothing of it is verified here; what does not come, or not in form, is an alarm. */
export type LogSource = {
  /** The newest checkpoint: a note. */
  readonly checkpoint: () => Promise<Judged<Uint8Array>>;
  readonly consistency: (from: number, to: number) => Promise<Judged<readonly Uint8Array[]>>;
  /** As many hashes of 32 bytes as the tile is wide. */
  readonly tile: (tile: TileId) => Promise<Judged<Uint8Array>>;
  /** As many entries as the bundle is wide. */
  readonly bundle: (index: number, width: number) => Promise<Judged<readonly Uint8Array[]>>;
};

/** A log may drop a partial tile once it is full, and the full one begins with the same. */
const NOT_THERE = [404, 410];

export function openLogSource(client: Client): LogSource {
  const read = async (partial: string, full: string) => {
    try {
      return { bytes: await client.tile(partial), isFull: partial === full };
    } catch (error) {
      const status = error instanceof ClientError ? error.problem.status : undefined;
      if (partial === full || status === undefined || !NOT_THERE.includes(status)) throw error;
      return { bytes: await client.tile(full), isFull: true };
    }
  };
  return {
    checkpoint: () => judged('the newest checkpoint', async () => pass(await client.checkpoint())),
    consistency: (from, to) =>
      judged(`the proof that ${to} entries continue ${from}`, async () => {
        const { value } = await client.consistency(from, to);
        const hashes = value.path.map((text) => parseBase64(text));
        const bad = hashes.find((hash) => !hash.ok);
        if (bad !== undefined && !bad.ok)
          return raise(alarmOver('monitor/malformed-answer', 'A proof has no such form.', bad.fault));
        return pass(hashes.flatMap((hash) => (hash.ok ? [hash.value] : [])));
      }),
    tile: (tile) => {
      const path = formatTilePath(tile);
      return judged(path, async () => {
        const { bytes, isFull } = await read(path, formatTilePath({ ...tile, width: TILE_WIDTH }));
        if (bytes.length === (isFull ? TILE_WIDTH : tile.width) * HASH_BYTES)
          return pass(bytes.slice(0, tile.width * HASH_BYTES));
        return malformed(`${path} has ${bytes.length} bytes.`);
      });
    },
    bundle: (index, width) => {
      const path = formatBundlePath({ index, width });
      return judged(path, async () => {
        const { bytes, isFull } = await read(path, formatBundlePath({ index, width: TILE_WIDTH }));
        const entries = parseBundle(bytes, isFull ? TILE_WIDTH : width);
        if (entries.ok) return pass(entries.value.slice(0, width));
        return raise(alarmOver('monitor/malformed-answer', `${path} does not read.`, entries.fault));
      });
    },
  };
}

function malformed(message: string): { readonly ok: false; readonly alarm: Alarm } {
  return raise({ code: 'monitor/malformed-answer', message });
}

async function judged<T>(what: string, ask: () => Promise<Judged<T>>): Promise<Judged<T>> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return raise(alarmOfError(error, what));
  }
}

function alarmOfError({ problem }: ClientError, what: string): Alarm {
  const { status = 0, code, message } = problem;
  const said = `${message} (${code})`;
  if (NOT_THERE.includes(status) || code === 'service/out-of-range')
    return { code: 'monitor/truncated', message: `The service does not hand out ${what}: ${said}` };
  if (status === 401 || status === 403)
    return { code: 'monitor/refused', message: `The service refuses ${what} to this monitor: ${said}` };
  const isSilent = code === 'client/unreachable' || code === 'client/timeout' || status >= 500 || status === 429;
  return isSilent
    ? { code: 'monitor/unreachable', message: said }
    : { code: 'monitor/malformed-answer', message: `In place of ${what}: ${said}` };
}
