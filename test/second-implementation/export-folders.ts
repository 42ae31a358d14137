import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMachine, type Ran } from '../cli/run-cli.ts';
import { askSecond, type SecondAnswer } from './second-verifier.ts';

const VERDICTS = { whole: 'pass', 'not whole': 'fail' } as Readonly<Record<string, string>>;

/** What becomes of a folder: why it is refused, or what is said of it. */
export type FolderSaid = {
  readonly fault?: string;
  readonly ended?: boolean;
  readonly absent?: unknown;
  readonly kinds?: object;
  readonly tables?: object;
  readonly sample?: readonly string[];
  readonly strangers?: readonly string[];
};

/** A folder of its own, with these files. */
export function folderOf(files: ReadonlyMap<string, string | Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-export-'));
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
  return folder;
}

/** The files of a folder and of those in it, by name. */
export function filesOf(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => statSync(join(folder, name)).isFile()).sort();
}

/** Has the manifest name every file as it lies there now, as a forger would. */
export function remakeManifest(folder: string): void {
  const manifest = JSON.parse(readFileSync(join(folder, 'export.json'), 'utf8'));
  for (const file of manifest.files) {
    const bytes = readFileSync(join(folder, file.name));
    file.size = bytes.length;
    file.sha256 = createHash('sha256').update(bytes).digest('hex');
  }
  writeFileSync(join(folder, 'export.json'), `${JSON.stringify(manifest)}\n`);
}

/** What the command line and the second implementation say of each folder. */
export async function askBoth(
  folders: readonly string[],
  logKey: string,
  knownProgram = '',
): Promise<readonly (readonly [first: FolderSaid, second: FolderSaid])[]> {
  const machine = openMachine();
  const answers = await askSecond(
    folders.map((folder) => ({ folder, logKeys: [logKey], knownPrograms: [knownProgram] })),
  );
  const found: (readonly [FolderSaid, FolderSaid])[] = [];
  for (const [index, folder] of folders.entries()) {
    const ran = await machine.run('verify', folder, '--log-key', logKey, '--json');
    found.push([saidByFirst(ran), saidBySecond(answers[index] ?? assert.fail())]);
  }
  return found;
}

function saidByFirst(ran: Ran): FolderSaid {
  const said = JSON.parse(ran.out);
  if (said.error !== undefined) return { fault: said.error.code };
  const { ended, absent, kinds, tables, sample, strangers } = said;
  const shows = sample.map(
    ({ table, seq, shows: what }: { table: string; seq: number; shows: string }) =>
      `${table} ${seq} ${VERDICTS[what] ?? what}`,
  );
  return { ended, absent, kinds, tables, sample: shows, strangers };
}

function saidBySecond(answer: SecondAnswer): FolderSaid {
  if (answer.fault !== null) return { fault: answer.fault.code };
  const { ended = false, absent, counts: kinds = {}, tables = {}, sample = [], strangers = [] } = answer;
  return {
    ended,
    absent,
    kinds,
    tables,
    sample: sample.map(({ table, seq, verdict }) => `${table} ${seq} ${verdict}`),
    strangers,
  };
}
