import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { array, type Decoded, decode, literal, object, oneOf, string } from '../core/encoding/decode.ts';
import { type Json, parseJson } from '../core/encoding/json.ts';
import { ORIGIN, TIME } from '../core/entry/names.ts';
import { EXIT } from './exit-codes.ts';
import { stop } from './stop.ts';
import type { World } from './world.ts';

const reader = object({
  type: literal('waybill/log-memory/v0'),
  origin: string({ max: 200, pattern: ORIGIN }),
  /** Verifier key of the log. */
  logKey: string({ max: 1024 }),
  /** Whether somebody gave that key, or the service itself did when it was first spoken to. */
  keyFrom: oneOf(['given', 'first-use']),
  firstSeen: string({ max: 24, pattern: TIME }),
  /** Addresses that this log was met at. */
  urls: array(string({ max: 2000 }), { max: 1000 }),
  /** The newest checkpoint seen: a signed note. */
  checkpoint: string({ max: 1_000_000 }),
});

/** What this machine remembers of one log between commands: its key, and the newest checkpoint that it showed. */
export type LogMemory = Decoded<typeof reader>;

/** `$XDG_STATE_HOME/waybill`, or `~/.local/state/waybill` (XDG base directory specification; relative paths are void). */
export function memoryFolder(world: World): string {
  const base = world.environment.XDG_STATE_HOME;
  return join(base?.startsWith('/') ? base : join(world.home, '.local', 'state'), 'waybill');
}

/** The memories of every log, by origin. A file that does not read stops the command: it is never taken for a missing one. */
export function readMemories(folder: string): ReadonlyMap<string, LogMemory> {
  const memories = new Map<string, LogMemory>();
  for (const name of listFiles(folder)) {
    if (!name.endsWith('.json')) continue;
    const memory = readMemoryFile(join(folder, name));
    if (memory !== undefined) memories.set(memory.origin, memory);
  }
  return memories;
}

/** The memory of one log as it is now. */
export function readMemory(folder: string, origin: string): LogMemory | undefined {
  return readMemoryFile(memoryPath(folder, origin));
}

/** Writes a memory whole, so that a crash leaves the old one or the new one. Throws what the file system says. */
export function writeMemory(folder: string, memory: LogMemory): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = memoryPath(folder, memory.origin);
  const fresh = `${path}.${randomUUID()}.new`;
  writeFileSync(fresh, `${JSON.stringify(memory satisfies Json, null, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, path);
}

/** An origin may hold slashes, which a file name cannot. */
function memoryPath(folder: string, origin: string): string {
  return join(folder, `${encodeURIComponent(origin)}.json`);
}

function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw unusable(folder, error);
  }
}

function readMemoryFile(path: string): LogMemory | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unusable(path, error);
  }
  const json = parseJson(bytes);
  const memory = json.ok ? decode(reader, json.value) : json;
  if (memory.ok) return memory.value;
  throw unusable(path, memory.fault.message);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function unusable(path: string, reason: unknown) {
  const text = reason instanceof Error ? reason.message : String(reason);
  const hint = 'It proves what the log showed before. Move it away only if you know why it is damaged.';
  return stop(EXIT.input, 'cli/state-unusable', `${path} does not read: ${text}`, hint);
}
