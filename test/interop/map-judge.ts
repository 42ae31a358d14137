import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MapClaim } from '../../src/core/map/map-proof.ts';
import type { Pair } from '../map/naive-map.ts';
import { type GoModule, go } from './go-module.ts';

export type JudgeQuestion = { readonly history: readonly Pair[]; readonly claims: readonly MapClaim[] };

/** Its own root, its own answer for the key of each claim, and which of the claims hold by its own verifier. */
export type JudgeAnswer = {
  readonly root: string;
  readonly claims: readonly HexClaim[];
  readonly holds: readonly boolean[];
};
type HexClaim = { readonly root: string; readonly key: string; readonly value: string | null; readonly proof: string };

/** Files of the package that build a map in memory, prove and verify. They need nothing beyond Go's own library. */
const SOURCES = ['mpt/tree.go', 'mpt/mem.go'];

/**
 * Asks torchwood's own code, compiled from the module. The sources are shut off by a build constraint and ask for a newer Go
 * than they need, so they are copied without the one and the other.
 */
export function askJudge(module: GoModule, questions: readonly JudgeQuestion[]): readonly JudgeAnswer[] {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-judge-'));
  try {
    mkdirSync(join(folder, 'torchwood', 'mpt'), { recursive: true });
    for (const path of SOURCES) {
      const text = Buffer.from(module.get(path) ?? []).toString('utf8');
      writeFileSync(join(folder, 'torchwood', path), text.replace(/^\/\/go:build ignore$/m, ''));
    }
    writeFileSync(join(folder, 'torchwood', 'go.mod'), 'module filippo.io/torchwood\n\ngo 1.24\n');
    writeFileSync(
      join(folder, 'go.mod'),
      'module judge\n\ngo 1.24\n\nrequire filippo.io/torchwood v0.0.0\n\nreplace filippo.io/torchwood => ./torchwood\n',
    );
    copyFileSync(join(import.meta.dirname, 'map-judge.go'), join(folder, 'judge.go'));
    const built = go(['build', '-o', 'judge', 'judge.go'], folder);
    if (built.status !== 0) throw new Error(`the judge does not compile: ${built.stderr}`);
    const input = questions.map(questionLine).join('\n');
    const ran = spawnSync(join(folder, 'judge'), { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
    if (ran.status !== 0) throw new Error(`the judge ended with ${ran.status}: ${ran.stderr.slice(0, 2_000)}`);
    return ran.stdout
      .trim()
      .split('\n')
      .map((line): JudgeAnswer => JSON.parse(line));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function questionLine({ history, claims }: JudgeQuestion): string {
  return JSON.stringify({
    history: history.map(({ key, value }) => [hexOf(key), hexOf(value)]),
    claims: claims.map(hexClaim),
  });
}

/** A claim as the judge writes it. */
export function hexClaim({ root, key, value, proof }: MapClaim): HexClaim {
  return { root: hexOf(root), key: hexOf(key), value: value === undefined ? null : hexOf(value), proof: hexOf(proof) };
}
