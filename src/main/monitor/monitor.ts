import { EXIT } from '../../cli/exit-codes.ts';
import { stop, stopOf } from '../../cli/stop.ts';
import { type Checkpoint, openCheckpoint } from '../../core/checkpoint/checkpoint.ts';
import { cosignCheckpoint } from '../../core/checkpoint/cosign.ts';
import { type NoteKey, type NoteSigner, parseVkey } from '../../core/checkpoint/signed-note.ts';
import type { Json } from '../../core/encoding/json.ts';
import { LedgerReplay } from '../../core/entry/replay.ts';
import { parseTime } from '../../core/entry/time.ts';
import { type Alarm, type AlarmCode, type Judged, pass } from '../../core/monitor/alarm.ts';
import { judgeCheckpoint, judgeGrowth, judgeLogKey } from '../../core/monitor/judge-checkpoint.ts';
import { convicting, type Settled, type StandingAlarm, settleAlarms } from '../../core/monitor/standing.ts';
import { catchUp } from './catch-up.ts';
import type { LogSource } from './log-source.ts';
import type { Memory, StateFolder } from './state-folder.ts';

export type MonitorOptions = {
  readonly source: LogSource;
  readonly folder: StateFolder;
  readonly keys: readonly NoteKey[];
  readonly cosigner?: NoteSigner;
  /** Greatest age of the newest entry. */
  readonly ageSecondsMax: number;
  readonly now: () => Date;
  /** Entries replayed, of how many, while it catches up. */
  readonly onProgress?: (done: number, size: number) => void;
  readonly isStopping?: () => boolean;
};

/** What one round found. */
export type Round = Settled & {
  /** What this round ended with; alarms that stand from before are not among them. */
  readonly alarms: readonly Alarm[];
  /** The checkpoint that was shown, where it is one of this log's. */
  readonly shown?: Checkpoint;
  readonly replayed: number;
  readonly lists: number;
  /** Whether everything under the checkpoint was replayed and nothing spoke against it. */
  readonly isClean: boolean;
  /** The note with this monitor's signature, where it vouched for it. */
  readonly cosigned?: string;
};

type Look = { readonly shown: Checkpoint; readonly note: string; readonly isWhole: boolean };

/** Clocks of a service and of its monitor may differ by so much. */
const CLOCK_MS_APART_MAX = 5 * 60_000;
/** A state is written again only after so many times what the last writing took, so that it never takes over 5 %. */
const SAVE_EVERY_TIMES = 20;
const SAVE_EVERY_MS_MIN = 5_000;

/**
 * Follows one log from outside, round after round: what is shown must be signed, continue what was seen before, and replay
 * to the signed root. What was seen is durable before it is built on; the replay is saved now and then, and any saved
 * state is one that the log has signed, since nothing unsigned is ever replayed.
 */
export class Monitor {
  readonly #options: MonitorOptions;
  #memory: Memory | undefined;
  #seen: Checkpoint | undefined;
  #standing: readonly StandingAlarm[];
  #replay: LedgerReplay | undefined;
  #savedSize = 0;
  #saveAt = 0;

  /** Takes up the folder's state. Stops with `cli/state-unusable` where that does not read, or is of another log. */
  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#memory = options.folder.readMemory();
    this.#standing = this.#memory?.alarms ?? [];
    if (this.#memory === undefined) return;
    this.#replay = new LedgerReplay(this.#memory.origin, options.folder.readReplay(this.#memory.origin));
    this.#seen = openSeen(this.#memory, this.#keys());
    this.#savedSize = this.#replay.size;
    if (this.#replay.size > this.#seen.size)
      throw stop(EXIT.input, 'cli/state-unusable', 'The replay is ahead of the newest checkpoint that was seen.');
  }

  get origin(): string | undefined {
    return this.#memory?.origin;
  }

  /** Entries replayed so far. */
  get replayed(): number {
    return this.#replay?.size ?? 0;
  }

  /** The alarms that stand, of this process and of those before it. */
  get standing(): readonly StandingAlarm[] {
    return this.#standing;
  }

  /** Everything from a fetched checkpoint to what stands after it. Throws only for what is no alarm of the log. */
  async round(): Promise<Round> {
    const before = this.#standing;
    const found: Alarm[] = [];
    const looked = await this.#look(found);
    const state = { replayed: this.#replay?.size ?? 0, lists: this.#replay?.state.lists.size ?? 0 };
    const shown = looked.ok ? { shown: looked.value.shown } : {};
    if (looked.ok && !looked.value.isWhole)
      return { ...state, ...shown, alarms: [], raised: [], cleared: [], standing: this.#standing, isClean: false };
    const alarms = looked.ok ? found : [...found, looked.alarm];
    const settled = settleAlarms(before, alarms, this.#options.now().toISOString());
    // Somebody may have been told of one while this round went on.
    const told = this.#standing.flatMap((alarm) => (alarm.told ? [alarm.code] : []));
    this.#stand(settled.standing.map((alarm) => (told.includes(alarm.code) ? { ...alarm, told: true } : alarm)));
    for (const { code } of settled.cleared) this.#options.folder.forgetEvidence(code);
    const isClean = looked.ok && alarms.length === 0;
    const vouches = isClean && convicting(this.#standing) === undefined;
    const cosigned = looked.ok && vouches ? this.#cosign(looked.value.note) : undefined;
    this.#saveReplay(false);
    return {
      ...state,
      ...shown,
      ...settled,
      standing: this.#standing,
      alarms,
      isClean,
      ...(cosigned === undefined ? {} : { cosigned }),
    };
  }

  /** Whoever was to hear of the alarms of these codes has. */
  told(codes: readonly AlarmCode[]): void {
    if (codes.length > 0)
      this.#stand(this.#standing.map((alarm) => (codes.includes(alarm.code) ? { ...alarm, told: true } : alarm)));
  }

  /** Somebody has looked into what stands: this monitor may vouch for the log again. Gives the codes. */
  acknowledge(): readonly AlarmCode[] {
    const codes = this.#standing.map(({ code }) => code);
    for (const code of codes) this.#options.folder.forgetEvidence(code);
    this.#stand([]);
    return codes;
  }

  /** Saves the replay, so that the next start goes on from here. */
  save(): void {
    this.#saveReplay(true);
  }

  /** Adds what it finds under the checkpoint to `found`, which the log then has signed. */
  async #look(found: Alarm[]): Promise<Judged<Look>> {
    const { source } = this.#options;
    const bytes = await source.checkpoint();
    if (!bytes.ok) return bytes;
    const judged = judgeCheckpoint(bytes.value, this.#keys(), this.#seen);
    const note = Buffer.from(bytes.value).toString('utf8');
    if (!judged.ok) return this.#withEvidence(judged, note);
    const counts = this.#judgeKey(bytes.value);
    if (!counts.ok) return this.#withEvidence(counts, note);
    const shown = judged.value;
    const continued = await this.#takeUp(shown, note);
    if (!continued.ok) return continued;
    this.#replay ??= new LedgerReplay(shown.origin);
    const caught = await catchUp(source, this.#replay, shown, {
      onBundle: (done, alarms) => {
        // Before the replay is saved: whoever goes on from there does not see the entry again.
        for (const alarm of alarms) if (!found.some(({ code }) => code === alarm.code)) found.push(alarm);
        if (alarms.length > 0) this.#raiseAtOnce(found, note);
        this.#options.onProgress?.(done, shown.size);
        this.#saveReplay(false);
      },
      isStopping: this.#options.isStopping ?? (() => false),
    });
    if (!caught.ok) return this.#withEvidence(caught, note);
    // What was replayed just now may have retired the key that signed it.
    const still = this.#judgeKey(bytes.value);
    if (!still.ok) return this.#withEvidence(still, note);
    if (caught.value) found.push(...this.#judgeTime(this.#replay));
    return pass({ shown, note, isWhole: caught.value });
  }

  /** The keys that were given, and those that the log named since, in entries that such keys signed. */
  #keys(): readonly NoteKey[] {
    const named = (this.#replay?.state.logKeys?.inForce ?? []).flatMap((vkey) => {
      const key = parseVkey(vkey);
      return key.ok ? [key.value] : [];
    });
    return [...this.#options.keys, ...named];
  }

  #judgeKey(note: Uint8Array): Judged<void> {
    return judgeLogKey(note, this.#keys(), this.#replay?.state.logKeys);
  }

  /** Remembers the checkpoint, once it is shown to continue the one seen before. */
  async #takeUp(shown: Checkpoint, note: string): Promise<Judged<void>> {
    const seen = this.#seen;
    if (seen !== undefined && shown.size === seen.size) return pass(undefined);
    if (seen !== undefined) {
      const path = await this.#options.source.consistency(seen.size, shown.size);
      if (!path.ok) return path;
      const continued = judgeGrowth(seen, shown, path.value);
      if (!continued.ok) return this.#withEvidence(continued, note, path.value);
    }
    this.#remember({ origin: shown.origin, seen: note, alarms: this.#standing });
    this.#seen = shown;
    return pass(undefined);
  }

  #raiseAtOnce(found: readonly Alarm[], note: string): void {
    for (const alarm of found) this.#withEvidence({ ok: false, alarm }, note);
    const { standing } = settleAlarms(this.#standing, [...this.#standing, ...found], this.#options.now().toISOString());
    this.#stand(standing);
  }

  #stand(standing: readonly StandingAlarm[]): void {
    const isSame = JSON.stringify(standing) === JSON.stringify(this.#standing);
    this.#standing = standing;
    if (!isSame && this.#memory !== undefined) this.#remember({ ...this.#memory, alarms: standing });
  }

  #judgeTime(replay: LedgerReplay): readonly Alarm[] {
    const { last, sealed } = replay.state;
    const time = last === undefined ? undefined : parseTime(last.time);
    if (last === undefined || time === undefined) return [];
    const age = this.#options.now().getTime() - time;
    // Nothing new comes after a seal.
    if (age > this.#options.ageSecondsMax * 1000 && sealed === 'no') {
      const message = `The newest entry is of ${last.time}, over ${this.#options.ageSecondsMax} s ago.`;
      return [{ code: 'monitor/stale', message }];
    }
    if (age >= -CLOCK_MS_APART_MAX) return [];
    return [{ code: 'monitor/clock-ahead', message: `The newest entry is of ${last.time}, which has not come.` }];
  }

  #cosign(note: string): string | undefined {
    const { cosigner, now, folder } = this.#options;
    if (cosigner === undefined) return undefined;
    const cosigned = cosignCheckpoint(note, cosigner, Math.floor(now().getTime() / 1000));
    folder.writeCheckpoint(cosigned);
    return cosigned;
  }

  #withEvidence<T>(judged: Judged<T>, note: string, path?: readonly Uint8Array[]): Judged<T> {
    if (judged.ok) return judged;
    const evidence: Json = {
      ...judged.alarm,
      shown: note,
      ...(this.#memory === undefined ? {} : { seen: this.#memory.seen }),
      ...(path === undefined ? {} : { path: path.map((hash) => Buffer.from(hash).toString('base64')) }),
    };
    this.#options.folder.keepEvidence(judged.alarm.code, evidence);
    return judged;
  }

  #remember(memory: Memory): void {
    this.#options.folder.writeMemory(memory);
    this.#memory = memory;
  }

  #saveReplay(isLast: boolean): void {
    const replay = this.#replay;
    if (replay === undefined || replay.size === this.#savedSize) return;
    const begun = performance.now();
    if (!isLast && begun < this.#saveAt) return;
    this.#options.folder.writeReplay(replay.state);
    this.#savedSize = replay.size;
    const took = performance.now() - begun;
    this.#saveAt = performance.now() + Math.max(SAVE_EVERY_MS_MIN, took * SAVE_EVERY_TIMES);
  }
}

function openSeen({ seen }: Memory, keys: readonly NoteKey[]): Checkpoint {
  const opened = openCheckpoint(seen, keys);
  if (opened.ok) return opened.value.checkpoint;
  throw stopOf(
    EXIT.input,
    opened.fault,
    'The newest checkpoint in the state folder is not of the log whose key was given',
  );
}
