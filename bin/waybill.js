#!/usr/bin/env node
// Starts the `waybill` program on a Node that can run it. Plain JavaScript on purpose: Node 20 must be able to parse this
// file, because it may be the only Node on the PATH. An older Node re-executes the same command line on the runtime that
// the optional dependency `node-linux-<arch>` brought along.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NODE_MINIMUM = [24, 15];
/** `EX_UNAVAILABLE` of sysexits.h: the command line was never looked at. */
const EXIT_NO_RUNTIME = 69;
const FORWARDED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];
const TERMINAL_SIGNALS = ['SIGINT', 'SIGQUIT'];
/** Tells the relaunched process that its channel leads to this launcher and to nothing else. */
const RELAUNCHED = 'WAYBILL_RELAUNCHED';

const self = realpathSync(fileURLToPath(import.meta.url));
const packageFolder = path.dirname(path.dirname(self));

if (isRecent(process.versions.node)) {
  endWithLauncher();
  await import(pathToFileURL(programFile()).href);
} else {
  runOnBundledRuntime();
}

/** @param {string} version */
function isRecent(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor >= NODE_MINIMUM[1]);
}

/** The source in a checkout; the compiled program below `node_modules`, where Node refuses to strip types. */
function programFile() {
  const source = path.join(packageFolder, 'src', 'main', 'cli.ts');
  const compiled = path.join(packageFolder, 'dist', 'main', 'cli.js');
  const installed = packageFolder.split(path.sep).includes('node_modules');
  if (!installed && existsSync(source)) return source;
  if (existsSync(compiled)) return compiled;
  stop(`the compiled program is missing (${compiled}); reinstall the package, or run "npm run build" in a checkout`);
}

function runOnBundledRuntime() {
  const runtimePackage = `node-${process.platform}-${process.arch}`;
  const runtime = findUpwards(path.join('node_modules', runtimePackage, 'bin', 'node'));
  if (runtime === undefined) {
    stop(
      `needs Node ${NODE_MINIMUM.join('.')} or newer, found ${process.versions.node}, and the optional package ` +
        `"${runtimePackage}" that would bring it is not installed; install either one`,
    );
  }
  // A terminal already interrupts the whole process group; sent twice, an interrupt would read as "now at once".
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  // Before the program starts: on a busy machine it may be up, and be asked to stop, before this process goes on. What comes
  // until then is heard by the event loop, which runs once the child is there.
  for (const signal of FORWARDED_SIGNALS) {
    process.on(signal, () => {
      if (!(terminal && TERMINAL_SIGNALS.includes(signal))) child.kill(signal);
    });
  }
  const child = spawn(runtime, [...process.execArgv, self, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [RELAUNCHED]: '1' },
  });
  child.on('error', (error) => stop(`could not start ${runtime}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const forwarded of FORWARDED_SIGNALS) process.removeAllListeners(forwarded);
    process.kill(process.pid, signal);
    // Reached only where the signal does not end this process at once.
    process.exitCode = 128 + (constants.signals[signal] ?? 0);
  });
}

/** In the relaunched process: when the launcher is killed without a chance to say so, its end of the channel closes. */
function endWithLauncher() {
  if (process.env[RELAUNCHED] === undefined) return;
  delete process.env[RELAUNCHED];
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
}

/** Looks next to this package and in every folder above it, which covers nested, hoisted and linked installations. */
function findUpwards(relativePath) {
  for (let folder = packageFolder; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, relativePath);
    if (existsSync(candidate)) return candidate;
    if (folder === path.dirname(folder)) return undefined;
  }
}

/** @returns {never} */
function stop(message) {
  process.stderr.write(`waybill: ${message}\n`);
  process.exit(EXIT_NO_RUNTIME);
}
