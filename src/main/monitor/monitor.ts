import { EXIT } from '../../cli/exit-codes.ts';
import { stop, stopOf } from '../../cli/stop.ts';
import { type Checkpoint, openCheckpoint } from '../../core/checkpoint/checkpoint.ts';
import { cosignCheckpoint } from '../../core/checkpoint/cosign.ts';
import { type NoteKey, type NoteSigner, parseVkey } from '../../core/checkpoint/signed-note.ts';
import type { Json } from '../../core/encoding/json.ts';
import { LedgerReplay } from '../../core/entry/replay.ts';
import { type Alarm, type AlarmCode, type Judged, pass } from '../../core/monitor/alarm.ts';
import { type Delivery, deliveryOf, judgeSilence, owedSince } from '../../core/monitor/delivery.ts';
import { judgeCheckpoint, judgeGrowth, judgeLogKey } from '../../core/monitor/judge-checkpoint.ts';
import { judgeTime } from '../../core/monitor/judge-time.ts';
import { convicting, type StandingAlarm, settleAlarms } from '../../core/monitor/standing.ts';
import { catchUp } from './catch-up.ts';
import type { LogSource } from './log-source.ts';
import { type Round, stillUnjudged } from './round.ts';
import { ReplaySaver } from './save-replay.ts';
import type { Memory, StateFolder } from './state-folder.ts';

export type MonitorOptions = {
  readonly source: LogSource;
  readonly folder: StateFolder;
  readonly keys: readonly NoteKey[];
  readonly cosigner?: NoteSigner;
  /** Greatest age of the newest entry. */
  readonly ageSecondsMax: number;
  /** Greatest time for which checkpoints may come, and nothing of what they promise. */
  readonly waitSecondsMax: number;
  readonly now: () => Date;
  /** Entries replayed, of how many, while it catches up. */
  readonly onProgress?: (done: number, size: number) => void;
  readonly isStopping?: () => boolean;
  /** Longest round, which then ends after the bundle at hand: 30 s. */
  readonly roundMsMax?: number;
};

/** What is caught up with: a checkpoint that continues all that was seen before, and its note. */
type Aim = { readonly checkpoint: Checkpoint; readonly bytes: Uint8Array };

/** What a round has before it: the note that came, whether it is a checkpoint of this log, and what to catch up with. */
type Look = { readonly note?: string; readonly isShown: boolean; readonly aim: Judged<Aim> };

/** A round that takes longer ends after the bundle at hand; the next one goes on. */
const ROUND_MS_MAX = 30_000;

/**
 * Follows one log from outside, round after round: what is shown must be signed, continue what was seen before, and replay
 * to the signed root. What was seen is durable before it is built on; the replay is saved now and then, and any saved
 * state is one that the log has signed, since nothing unsigned is ever replayed.
 *
 * A round is bounded in time and memory, whatever was signed: it takes one step towards the checkpoint that is caught up
 * with, and where it found nothing wrong the next one goes on from there. Each gets on by one bundle, ends there, or ends
 * in an alarm.
 */
export class Monitor {
  readonly #options: MonitorOptions;
  #memory: Memory | undefined;
  #seen: Checkpoint | undefined;
  #standing: readonly StandingAlarm[];
  #replay: LedgerReplay | undefined;
  #aim: Aim | undefined;
  #saver: ReplaySaver;

  /** Takes up the folder's state. Stops with `cli/state-unusable` where that does not read, or is of another log. */
  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#memory = options.folder.readMemory();
    this.#standing = this.#memory?.alarms ?? [];
    this.#saver = new ReplaySaver(options.folder, 0);
    if (this.#memory === undefined) return;
    this.#replay = new LedgerReplay(this.#memory.origin, options.folder.readReplay(this.#memory.origin));
    this.#seen = openSeen(this.#memory, this.#keys());
    this.#saver = new ReplaySaver(options.folder, this.#replay.size);
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

  /**
   * From a fetched checkpoint, or the one that is being caught up with, to what stands after one step. Throws only for what
   * is no alarm of the log.
   */
  async round(): Promise<Round> {
    const begun = this.#options.now().toISOString();
    const before = this.#standing;
    const from = this.replayed;
    const found: Alarm[] = [];
    const look = await this.#look();
    const aim = look.aim.ok ? look.aim.value : undefined;
    const caught = look.aim.ok ? await this.#catchUp(look.aim.value, found) : look.aim;
    const advanced = this.replayed > from;
    this.#noteDelivery(deliveryOf(caught, { advanced, isShown: look.isShown }), begun);
    if (!caught.ok) found.push(this.#judgeSilence(caught.alarm, look.note));
    const isWhole = caught.ok && caught.value;
    this.#aim = caught.ok && !isWhole ? aim : undefined;
    const unjudged = caught.ok && !isWhole ? stillUnjudged(before, advanced) : [];
    const settled = settleAlarms(before, [...found, ...unjudged], this.#options.now().toISOString());
    // Somebody may have been told of one while this round went on.
    const told = this.#standing.flatMap((alarm) => (alarm.told ? [alarm.code] : []));
    this.#stand(settled.standing.map((alarm) => (told.includes(alarm.code) ? { ...alarm, told: true } : alarm)));
    for (const { code } of settled.cleared) this.#options.folder.forgetEvidence(code);
    const isClean = isWhole && found.length === 0;
    const vouches = isClean && convicting(this.#standing) === undefined;
    const cosigned = aim !== undefined && vouches ? this.#cosign(textOf(aim.bytes)) : undefined;
    this.#saver.save(this.#replay, false);
    return {
      ...settled,
      ...(aim === undefined ? {} : { shown: aim.checkpoint }),
      replayed: this.replayed,
      lists: this.#replay?.state.lists.size ?? 0,
      standing: this.#standing,
      alarms: found,
      isClean,
      goesOn: caught.ok && !isWhole,
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
    this.#saver.save(this.#replay, true);
  }

  /** The checkpoint that is being caught up with, or else the newest one. */
  async #look(): Promise<Look> {
    if (this.#aim !== undefined) return { note: textOf(this.#aim.bytes), isShown: true, aim: pass(this.#aim) };
    const bytes = await this.#options.source.checkpoint();
    if (!bytes.ok) return { isShown: false, aim: bytes };
    const note = textOf(bytes.value);
    const judged = judgeCheckpoint(bytes.value, this.#keys(), this.#seen);
    if (!judged.ok) return { note, isShown: false, aim: judged };
    const counts = this.#judgeKey(bytes.value);
    if (!counts.ok) return { note, isShown: false, aim: counts };
    const continued = await this.#takeUp(judged.value, note);
    const aim = continued.ok ? pass({ checkpoint: judged.value, bytes: bytes.value }) : continued;
    return { note, isShown: true, aim };
  }

  /**
   * One step towards the aim; true where it is reached. Adds what it finds under the checkpoint to `found`, which the log
   * then has signed.
   */
  async #catchUp({ checkpoint, bytes }: Aim, found: Alarm[]): Promise<Judged<boolean>> {
    const { source, now, ageSecondsMax, onProgress, isStopping, roundMsMax = ROUND_MS_MAX } = this.#options;
    const end = performance.now() + roundMsMax;
    this.#replay ??= new LedgerReplay(checkpoint.origin);
    const caught = await catchUp(source, this.#replay, checkpoint, {
      onBundle: (done, alarms) => {
        // Before the replay is saved: whoever goes on from there does not see the entry again.
        for (const alarm of alarms) if (!found.some(({ code }) => code === alarm.code)) found.push(alarm);
        if (alarms.length > 0) this.#raiseAtOnce(found, textOf(bytes));
        onProgress?.(done, checkpoint.size);
        this.#saver.save(this.#replay, false);
      },
      isStopping: isStopping ?? (() => false),
      isOverdue: () => performance.now() >= end,
    });
    if (!caught.ok) return caught;
    // What was replayed just now may have retired the key that signed it.
    const still = this.#judgeKey(bytes);
    if (!still.ok) return still;
    if (caught.value) found.push(...judgeTime(this.#replay.state, now().getTime(), ageSecondsMax));
    return caught;
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
      if (!continued.ok) {
        this.#keepEvidence(continued.alarm, note, path.value);
        return continued;
      }
    }
    this.#remember({ ...this.#memory, origin: shown.origin, seen: note, alarms: this.#standing });
    this.#seen = shown;
    return pass(undefined);
  }

  #raiseAtOnce(found: readonly Alarm[], note: string): void {
    for (const alarm of found) this.#keepEvidence(alarm, note);
    const { standing } = settleAlarms(this.#standing, [...this.#standing, ...found], this.#options.now().toISOString());
    this.#stand(standing);
  }

  #stand(standing: readonly StandingAlarm[]): void {
    const isSame = JSON.stringify(standing) === JSON.stringify(this.#standing);
    this.#standing = standing;
    if (!isSame && this.#memory !== undefined) this.#remember({ ...this.#memory, alarms: standing });
  }

  /** Keeps it beyond this process: a monitor that a timer starts waits, too. */
  #noteDelivery(delivery: Delivery, begun: string): void {
    if (this.#memory === undefined) return;
    const { owedSince: before, ...rest } = this.#memory;
    const since = owedSince(before, delivery, begun);
    if (since !== before) this.#remember({ ...rest, ...(since === undefined ? {} : { owedSince: since }) });
  }

  #judgeSilence(alarm: Alarm, note: string | undefined): Alarm {
    const { now, waitSecondsMax } = this.#options;
    const judged = judgeSilence(alarm, this.#memory?.owedSince, now().toISOString(), {
      secondsMax: waitSecondsMax,
      replayed: this.replayed,
    });
    if (note !== undefined) this.#keepEvidence(judged, note);
    return judged;
  }

  #cosign(note: string): string | undefined {
    const { cosigner, now, folder } = this.#options;
    if (cosigner === undefined) return undefined;
    const cosigned = cosignCheckpoint(note, cosigner, Math.floor(now().getTime() / 1000));
    folder.writeCheckpoint(cosigned);
    return cosigned;
  }

  #keepEvidence(alarm: Alarm, note: string, path?: readonly Uint8Array[]): void {
    const evidence: Json = {
      ...alarm,
      shown: note,
      ...(this.#memory === undefined ? {} : { seen: this.#memory.seen }),
      ...(path === undefined ? {} : { path: path.map((hash) => Buffer.from(hash).toString('base64')) }),
    };
    this.#options.folder.keepEvidence(alarm.code, evidence);
  }

  #remember(memory: Memory): void {
    this.#options.folder.writeMemory(memory);
    this.#memory = memory;
  }
}

function textOf(note: Uint8Array): string {
  return Buffer.from(note).toString('utf8');
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
