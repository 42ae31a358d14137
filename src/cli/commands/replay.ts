import type { Command } from 'commander';
import { formatVkey, type NoteKey } from '../../core/checkpoint/signed-note.ts';
import { readControlSet } from '../../core/control/control-keys.ts';
import type { Replayed } from '../../core/custody/replay-verdict.ts';
import { type TrustFile, trustLogKey } from '../../core/custody/trust-file.ts';
import type { Json } from '../../core/encoding/json.ts';
import { decodeUtf8 } from '../../core/encoding/utf8.ts';
import type { Entry } from '../../core/entry/entry.ts';
import { TRUST_KEY } from '../../core/entry/keys.ts';
import type { LogOpened } from '../../core/entry/kinds/log-opened.ts';
import type { VerdictRecorded } from '../../core/entry/kinds/verdict-recorded.ts';
import type { PeriodEntry } from '../../core/period/period.ts';
import { followTrust, openedLogKeys } from '../../core/trust/log-keys.ts';
import type { Cli, Perform } from '../cli.ts';
import { type ServiceOptions, withServiceOptions } from '../connect.ts';
import { readProvedList } from '../control-place.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readTrustFile } from '../judge-evidence.ts';
import { plain } from '../layout-text.ts';
import type { LogWatch } from '../log-watch.ts';
import { openProgress } from '../progress.ts';
import { type ReplayTools, replayEntry } from '../replay-entry.ts';
import {
  beginReplay,
  goOn,
  type NamedVerdict,
  type ReplayState,
  readReplayState,
  writeReplayState,
} from '../replay-state.ts';
import { stop } from '../stop.ts';
import { walkLog } from '../walk-log.ts';

type Options = ServiceOptions & {
  readonly from: string;
  readonly to?: string;
  readonly state?: string;
  readonly trust?: string;
};

/** Verdicts under way at once: the service puts evidence together while this machine judges. */
const AT_ONCE = 4;
/** Verdicts after which the state is written. */
const SAVED_EVERY = 64;

export function addReplay(program: Command, perform: Perform): void {
  const command = program
    .command('replay')
    .summary('judge recorded verdicts again, and compare')
    .description(
      'Reads every recorded verdict of the log, with the proof that none is left out, takes the evidence as of its cut, and ' +
        'judges it on this machine: does what was decided follow from what the ledger holds?\n' +
        'With --state a replay goes on where an earlier one ended, or was ended.',
    )
    .option('--from <seq>', 'entry to begin with', '0')
    .option('--to <seq>', 'entry to end before (default: the newest)')
    .option('--state <file>', 'keep how far it came, and go on from there')
    .option(
      '--trust <file>',
      'trust file that verdicts were evaluated with, where it was not the service’s log key alone',
    );
  withServiceOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  waybill replay --log-key "$WAYBILL_LOG_KEY"
  waybill replay --state replay.json --json

A verdict agrees, or differs; or it cannot be judged again: the rules or the trust file were others, or a document was
erased.

Exit codes: 0 none differs, 16 one does, 12 what the service sent does not hold, 13 it contradicts what was seen
before.
`,
    )
    .action(perform(replay));
}

async function replay(cli: Cli, options: Options): Promise<ExitCode> {
  const from = readSeq('from', options.from);
  const { client, watch } = cli.connect(options);
  const list = await readProvedList(cli.world, { client, watch }, TRUST_KEY);
  const trusted = await watch.keysFor(list.logKey);
  const note = decodeUtf8(await client.checkpoint());
  const checkpoint = await watch.accept(note.ok ? note.value : '', trusted, { fresh: true });
  const to = Math.min(options.to === undefined ? checkpoint.size : readSeq('to', options.to), checkpoint.size);
  const own = options.trust === undefined ? [] : [readTrustFile(options.trust)];
  const trusts = [
    ...own,
    ...trustsOf(
      trusted.keys,
      list.entries.map(({ entry }) => entry),
    ),
  ];
  const onCheckpoint = onceEach((shown) => watch.accept(shown, trusted, { fresh: false }));
  const tools = { client, keys: trusted.keys, trusts, onCheckpoint };
  const before = options.state === undefined ? undefined : readReplayState(options.state, checkpoint.origin);
  let state = before ?? beginReplay(checkpoint.origin, from);
  const save = (next: ReplayState) => {
    state = next;
    if (options.state !== undefined) writeReplayState(options.state, state);
  };
  const progress = openProgress(cli.world, 'replaying', 'entries');
  for await (const page of walkLog(client, trusted.keys, state.next, to)) {
    await onCheckpoint(page.checkpoint);
    const verdicts = page.entries.filter(({ entry }) => entry.kind === 'verdict.recorded');
    for (let at = 0; at < verdicts.length; at += SAVED_EVERY) {
      const some = verdicts.slice(at, at + SAVED_EVERY);
      const found = await replayAll(tools, some);
      const last = some.at(-1)?.entry.seq ?? state.next;
      save(
        goOn(
          state,
          last + 1,
          found.map(({ outcome }) => outcome),
          found.flatMap(nameOf),
        ),
      );
      progress.at(state.next, to);
    }
    save(goOn(state, page.next, [], []));
    progress.at(state.next, to);
  }
  progress.end();
  cli.print.result(resultOf(state), () => linesOf(state));
  return state.counts.differs > 0 ? EXIT.differs : EXIT.ok;
}

/**
 * The trust files that a service of that log judged by: one of the keys that the log ever named, by its whole list `trust`,
 * or one that the reader knows, and the control keys that it was opened with. What is shown is held to the reader's own keys
 * all the same.
 */
function trustsOf(keys: readonly NoteKey[], list: readonly Entry[]): readonly TrustFile[] {
  const opened = list[0]?.kind === 'log.opened' ? (list[0].body as LogOpened) : undefined;
  const set = opened === undefined ? undefined : readControlSet(opened);
  const control = set?.ok === true ? set.value : undefined;
  const own = keys.map(({ name, type, publicKey }) => formatVkey(name, type, publicKey));
  return [...new Set([...own, ...keysNamed(list)])].flatMap((vkey) => {
    const trust = trustLogKey(vkey);
    if (!trust.ok) return [];
    return control === undefined ? [trust.value] : [{ ...trust.value, control }, trust.value];
  });
}

/** Every key that the log named for itself, first those that it was opened with. A rotation that does not hold names none. */
function keysNamed([first, ...later]: readonly Entry[]): readonly string[] {
  if (first?.kind !== 'log.opened') return [];
  let keys = openedLogKeys(first.body as LogOpened);
  const named = [...keys.inForce];
  for (const entry of later) {
    const after = followTrust(keys, entry);
    if (!after.ok) continue;
    keys = after.value;
    named.push(...keys.inForce);
  }
  return named;
}

type Found = Replayed & { readonly entry: PeriodEntry['entry'] };

/** Judges some at a time, in the ledger's order. */
async function replayAll(tools: ReplayTools, verdicts: readonly PeriodEntry[]): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (let at = 0; at < verdicts.length; at += AT_ONCE) {
    const some = verdicts.slice(at, at + AT_ONCE);
    const replayed = await Promise.all(some.map((one) => replayEntry(tools, one)));
    for (const [index, one] of some.entries()) {
      const outcome = replayed[index];
      if (outcome !== undefined) found.push({ ...outcome, entry: one.entry });
    }
  }
  return found;
}

function nameOf({ entry, outcome, difference, found }: Found): readonly NamedVerdict[] {
  if (outcome === 'agree') return [];
  const { verdict } = entry.body as VerdictRecorded;
  const named = { seq: entry.seq, outcome, recorded: verdict };
  return [
    {
      ...named,
      ...(difference === undefined ? {} : { difference }),
      ...(found === undefined ? {} : { found }),
    },
  ];
}

/** Evidence of a log that nobody writes to has one checkpoint: it is held to what was seen once. */
function onceEach(accept: (note: string) => ReturnType<LogWatch['accept']>): ReplayTools['onCheckpoint'] {
  const accepted = new Map<string, Promise<unknown>>();
  return async (note) => {
    const under = accepted.get(note) ?? accept(note);
    accepted.set(note, under);
    await under;
  };
}

function resultOf({ origin, from, next, counts, named }: ReplayState): Json {
  const replayed = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { origin, from, to: next, replayed, outcomes: counts, named } satisfies Json;
}

function headlineOf(differs: number, replayed: number): string {
  if (differs > 0) return 'Recorded verdicts do not follow from the ledger.';
  return replayed > 0
    ? 'No recorded verdict differs from what the ledger gives.'
    : 'Nothing to judge again: no verdict was recorded there.';
}

function linesOf({ origin, from, next, counts, named }: ReplayState): string {
  const replayed = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const told = (Object.entries(counts) as [string, number][]).filter(([, count]) => count > 0);
  const words = told.map(([outcome, count]) => `${count} ${WORDS[outcome] ?? outcome}`);
  return [
    headlineOf(counts.differs, replayed),
    `${plain(origin)}, entries ${from} to ${next - 1}: ${replayed} recorded verdicts${words.length === 0 ? '' : `, ${words.join(', ')}`}`,
    ...named.map(
      ({ seq, outcome, difference, recorded, found }) =>
        `  entry ${seq}: ${WORDS[outcome] ?? outcome}${difference === undefined ? '' : ` (${difference})`}, recorded ${recorded}${found === undefined ? '' : `, found ${found}`}`,
    ),
  ].join('\n');
}

const WORDS: Readonly<Record<string, string>> = {
  agree: 'agree',
  differs: 'differ',
  erased: 'rest on an erased document',
  'other-evaluator': 'by another version of the rules',
  'other-trust': 'by another trust file',
};

function readSeq(name: string, text: string): number {
  if (/^(?:0|[1-9][0-9]{0,14})$/.test(text)) return Number(text);
  throw stop(EXIT.usage, 'cli/bad-argument', `--${name} is no seq: ${text}`);
}
