import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Verdict } from '../../src/core/entry/kinds/verdict-recorded.ts';
import { openService } from '../../src/service/open-service.ts';
import { type Changes, growVerdicts } from '../harness/verdict-history.ts';
import { openHttpService } from './http-service.ts';
import { openMachine } from './run-cli.ts';

/** What a replay of a whole history came to. */
export type ReplayedHistory = {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly verdicts: ReadonlyMap<number, Verdict>;
  readonly changes: Readonly<Changes>;
  /** Milliseconds to record, and to replay over HTTP. */
  readonly milliseconds: readonly [record: number, replay: number];
};

/**
 * Records so many verdicts over a history that goes on, then replays all of them as an auditor does: over HTTP, page by page,
 * ended half way and gone on with from the state that was kept.
 */
export async function replayHistory(verdicts: number, random: () => number): Promise<ReplayedHistory> {
  await using service = await openHttpService();
  const { context, admin } = service.under;
  const started = performance.now();
  const history = await growVerdicts(openService(context), admin, verdicts, random);
  const recorded = performance.now();
  const { home, run } = openMachine();
  const state = join(home, 'replay.json');
  writeFileSync(join(home, 'token'), service.token, { mode: 0o600 });
  const base = ['replay', '--url', service.url, '--token-file', join(home, 'token'), '--log-key', service.logKey];
  const half = [...history.verdicts.keys()][Math.floor(history.verdicts.size / 2)] ?? 0;
  const first = await run(...base, '--json', '--state', state, '--to', String(half));
  assert.equal(first.exit, 0, first.out + first.err);
  const ran = await run(...base, '--json', '--state', state);
  assert.equal(ran.exit, 0, ran.out.slice(0, 2_000) + ran.err);
  const { outcomes, replayed } = JSON.parse(ran.out);
  assert.equal(replayed, history.verdicts.size, 'every one, and none twice');
  const milliseconds = [recorded - started, performance.now() - recorded] as const;
  return { ...history, outcomes, milliseconds };
}
