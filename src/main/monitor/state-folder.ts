import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { sha256 } from '#sha256';
import { EXIT } from '../../cli/exit-codes.ts';
import { stop } from '../../cli/stop.ts';
import { equalBytes } from '../../core/encoding/bytes.ts';
import { formatCanonicalJson, parseCanonicalJson } from '../../core/encoding/canonical-json.ts';
import {
  array,
  boolean,
  type Decoded,
  decode,
  literal,
  object,
  oneOf,
  optional,
  string,
} from '../../core/encoding/decode.ts';
import { formatHex } from '../../core/encoding/hex.ts';
import type { Json } from '../../core/encoding/json.ts';
import { encodeUtf8 } from '../../core/encoding/utf8.ts';
import { ORIGIN, TIME } from '../../core/entry/names.ts';
import type { ReplayState } from '../../core/entry/replay.ts';
import { formatReplayState, parseReplayState } from '../../core/entry/replay-state.ts';
import type { FaultCode } from '../../core/fault.ts';
import { ALARMS, type AlarmCode } from '../../core/monitor/alarm.ts';
import type { StandingAlarm } from '../../core/monitor/standing.ts';
import { writeDurably } from './write-durably.ts';

/** What a monitor keeps of a log beside its replay: the newest checkpoint that it has seen, and the alarms that stand. */
export type Memory = {
  readonly origin: string;
  /** A signed note. */
  readonly seen: string;
  readonly alarms: readonly StandingAlarm[];
  /** Since when checkpoints have come without one entry of what they promise (RFC 3339). */
  readonly owedSince?: string;
};

const standing = object({
  code: oneOf(Object.keys(ALARMS) as readonly AlarmCode[]),
  message: string({ max: 20_000 }),
  cause: optional(string({ max: 200 })),
  since: string({ max: 24, pattern: TIME }),
  told: boolean(),
});

const reader = object({
  type: literal('waybill/monitor-memory/v1'),
  origin: string({ max: 200, pattern: ORIGIN }),
  seen: string({ max: 1_000_000 }),
  alarms: array(standing, { max: 100 }),
  owedSince: optional(string({ max: 24, pattern: TIME })),
});

/** The folder of one monitor of one log. */
export type StateFolder = {
  readonly readMemory: () => Memory | undefined;
  readonly writeMemory: (memory: Memory) => void;
  readonly readReplay: (origin: string) => ReplayState | undefined;
  readonly writeReplay: (state: ReplayState) => void;
  /** Forgets the replay, and nothing else: what was seen of the log still counts. */
  readonly forgetReplay: () => void;
  /** Puts the cosigned checkpoint where others may fetch it. */
  readonly writeCheckpoint: (note: string) => void;
  /** Keeps what an alarm rests on, unless the last one of its code is kept already. */
  readonly keepEvidence: (code: AlarmCode, evidence: Json) => string | undefined;
  readonly forgetEvidence: (code: AlarmCode) => void;
  readonly close: () => void;
};

/**
 * Opens the folder for one process; a second one is refused (`cli/state-unusable`), as is a file that does not read, here
 * and later: it is never taken for a missing one.
 */
export async function openStateFolder(folder: string): Promise<StateFolder> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = await takeLock(realpathSync(folder));
  const path = (name: string) => join(folder, name);
  return {
    readMemory: () => readMemory(path('monitor.json')),
    writeMemory: (memory) => writeDurably(path('monitor.json'), formatMemory(memory)),
    readReplay: (origin) => readReplay(path('replay.state'), origin),
    writeReplay: (state) => writeDurably(path('replay.state'), ...formatReplayState(state, {})),
    forgetReplay: () => rmSync(path('replay.state'), { force: true }),
    writeCheckpoint: (note) => writeDurably(path('checkpoint'), encodeUtf8(note)),
    keepEvidence: (code, evidence) => {
      const file = path(`${code.replace('/', '-')}.json`);
      if (existsSync(file)) return undefined;
      writeDurably(file, encodeUtf8(`${JSON.stringify(evidence, undefined, 2)}\n`));
      return file;
    },
    forgetEvidence: (code) => rmSync(path(`${code.replace('/', '-')}.json`), { force: true }),
    close: () => {
      lock?.close();
    },
  };
}

/** The memory as canonical JSON with its own hash after it, so that damage is not taken for what was seen. */
function formatMemory({ origin, seen, alarms, owedSince }: Memory): Uint8Array {
  const memory = { type: 'waybill/monitor-memory/v1', origin, seen, alarms };
  const text = formatCanonicalJson((owedSince === undefined ? memory : { ...memory, owedSince }) as unknown as Json);
  return encodeUtf8(`${text}\n${formatHex(sha256(encodeUtf8(text)))}\n`);
}

function readMemory(path: string): Memory | undefined {
  const bytes = readIfThere(path);
  if (bytes === undefined) return undefined;
  const [text = ''] = Buffer.from(bytes).toString('utf8').split('\n', 1);
  const json = parseCanonicalJson(encodeUtf8(text.isWellFormed() ? text : ''));
  const read = json.ok ? decode(reader, json.value) : json;
  const memory = read.ok ? { ...read.value, alarms: read.value.alarms.map(alarmOf) } : undefined;
  if (memory !== undefined && equalBytes(formatMemory(memory), bytes)) return memory;
  const hint =
    'It holds the newest checkpoint that this monitor has seen. Move it away only if you know why it is damaged.';
  throw stop(EXIT.input, 'cli/state-unusable', `${path} does not read.`, hint);
}

function alarmOf({ cause, ...alarm }: Decoded<typeof standing>): StandingAlarm {
  return { ...alarm, ...(cause === undefined ? {} : { cause: cause as FaultCode }) };
}

function readReplay(path: string, origin: string): ReplayState | undefined {
  const bytes = readIfThere(path);
  if (bytes === undefined) return undefined;
  const read = parseReplayState(bytes, origin);
  if (read.ok) return read.value.state;
  const hint = 'With --restart the log is replayed from its first entry.';
  throw stop(EXIT.input, 'cli/state-unusable', `${path} does not read: ${read.fault.message}`, hint);
}

function readIfThere(path: string): Uint8Array | undefined {
  return existsSync(path) ? readFileSync(path) : undefined;
}

/**
 * Two monitors on one folder would forget each other's news. On Linux a socket of an abstract name holds the place: the
 * kernel gives it back however the process ends, within one network namespace. Elsewhere nobody holds it.
 */
async function takeLock(folder: string): Promise<Server | undefined> {
  if (process.platform !== 'linux') return undefined;
  const name = `\0waybill-monitor-${formatHex(sha256(encodeUtf8(folder))).slice(0, 32)}`;
  const server = createServer((socket) => socket.destroy());
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(name, resolve);
  try {
    await promise;
  } catch {
    throw stop(EXIT.input, 'cli/state-unusable', `${folder} is used by another monitor.`);
  }
  server.unref();
  return server;
}
