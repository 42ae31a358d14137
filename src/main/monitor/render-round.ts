import type { Cli } from '../../cli/cli.ts';
import { ALARM_EXIT, EXIT, type ExitCode } from '../../cli/exit-codes.ts';
import { fields, plain } from '../../cli/layout-text.ts';
import { formatHex } from '../../core/encoding/hex.ts';
import type { Json } from '../../core/encoding/json.ts';
import { ALARMS, type Alarm, gravest } from '../../core/monitor/alarm.ts';
import { convicting } from '../../core/monitor/standing.ts';
import { FAULTS } from '../../http/faults/faults.ts';
import type { Round } from './round.ts';

/** How long a round took, and how many entries it replayed. */
export type Took = { readonly seconds: number; readonly entries: number };

/** The exit codes of alarms, for the help. */
export function alarmExits(): string {
  const lines = Object.entries(ALARM_EXIT).map(
    ([code, exit]) =>
      `  ${exit}  ${code}${ALARMS[code as Alarm['code']].convicts ? '  (no cosignature until --acknowledge)' : ''}`,
  );
  return `\nExit codes of alarms, the gravest of the last round first; 33 is a round that holds while an earlier alarm stands:\n${lines.join('\n')}\n`;
}

/** The gravest alarm of the round; that the log stands convicted where the round itself found nothing. */
export function exitOf(round: Round): ExitCode {
  const worst = gravest(round.alarms);
  if (worst !== undefined) return ALARM_EXIT[worst.code];
  return convicting(round.standing) === undefined ? EXIT.ok : ALARM_EXIT['monitor/halted'];
}

export function roundJson(round: Round, took: Took, origin: string | undefined): Json {
  return {
    origin: origin ?? null,
    checkpoint: round.shown === undefined ? null : { size: round.shown.size, root: formatHex(round.shown.root) },
    replayed: round.replayed,
    lists: round.lists,
    entries: took.entries,
    seconds: Math.round(took.seconds * 1000) / 1000,
    alarms: round.alarms.map(jsonOf),
    standing: round.standing.map(({ told: _told, ...alarm }) => ({ ...jsonOf(alarm), since: alarm.since })),
    cosigned: round.cosigned !== undefined,
  };
}

/**
 * Tells people of a round: all of it where it was the `only` one, else what is new, and after the `first` one that the
 * log is followed.
 */
export function tellRound(
  cli: Cli,
  round: Round,
  which: 'only' | 'first' | 'later',
  took: Took,
  origin: string | undefined,
): void {
  for (const alarm of round.raised) cli.print.remark(`ALARM ${alarm.code}: ${plain(alarm.message)}`);
  for (const alarm of round.cleared) cli.print.remark(`passed: ${alarm.code}`);
  if (which === 'first' && round.isClean && origin !== undefined)
    cli.print.remark(`follows ${plain(origin)}: ${round.replayed} entries hold; from now on alarms alone are told`);
  if (which !== 'only') return;
  cli.print.result(roundJson(round, took, origin), () => {
    const halted = convicting(round.standing);
    const rate = took.entries === 0 ? '' : `, ${took.entries} new in ${took.seconds.toFixed(1)} s`;
    return [
      fields([
        ['log', origin === undefined ? undefined : plain(origin)],
        [
          'checkpoint',
          round.shown === undefined
            ? 'none that holds'
            : `${round.shown.size} entries, root ${formatHex(round.shown.root)}`,
        ],
        ['replayed', `${round.replayed} entries, ${round.lists} lists${rate}`],
        ['cosigned', round.cosigned === undefined ? 'no' : 'yes'],
        ['standing', round.standing.length === 0 ? undefined : round.standing.map(({ code }) => code).join(', ')],
      ]),
      ...(halted === undefined
        ? []
        : [`The log stands convicted since ${halted.since}: nothing is cosigned until --acknowledge.`]),
      ...round.alarms.map(({ code }) => `To do: ${FAULTS[code][2]} (${code})`),
      round.isClean ? 'Everything that the log signed holds.' : 'Not everything holds.',
    ].join('\n');
  });
}

function jsonOf({ code, message, cause }: Alarm): { readonly [member: string]: Json } {
  return { code, message, ...(cause === undefined ? {} : { cause }) };
}
