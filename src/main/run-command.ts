import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { CommandEnd, RunCommand } from '../cli/world.ts';

/** What is handed on to the command. */
const HANDED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
/** A terminal sends these to the command by itself; sent twice, an interrupt would read as "now at once". */
const SENT_BY_TERMINAL: readonly string[] = ['SIGINT', 'SIGQUIT'];
/** As a shell says that a command was not found, or could not be run. */
const NOT_FOUND = 127;
const NOT_RUN = 126;

/**
 * Runs a command as a shell would: its streams are ours, and so is its exit code. Signals that ask us to stop ask it, and we
 * wait for it; however many come from then on, none ends this process before the command has ended and its run is closed.
 */
export const runCommand: RunCommand = (command, args, variables) => {
  const { promise, resolve } = Promise.withResolvers<CommandEnd>();
  const child = spawn(command, [...args], { stdio: 'inherit', env: { ...process.env, ...variables } });
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  let interrupted = false;
  for (const signal of HANDED_ON) {
    process.on(signal, () => {
      interrupted = true;
      if (!(terminal && SENT_BY_TERMINAL.includes(signal))) child.kill(signal);
    });
  }
  child.once('error', (error: NodeJS.ErrnoException) => {
    const code = error.code === 'ENOENT' ? NOT_FOUND : NOT_RUN;
    if (child.pid === undefined) resolve({ code, interrupted, error: `${command} could not be run: ${error.message}` });
  });
  child.once('exit', (code, signal) => {
    resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), interrupted });
  });
  return promise;
};
