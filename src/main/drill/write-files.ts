import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../../cli/exit-codes.ts';
import { Stop } from '../../cli/stop.ts';
import { renderCustodyReport } from '../render-custody-report.ts';
import type { CarriedFile } from './drill.ts';
import { FILE_NAMES, trustFile } from './outsider.ts';
import type { RunDrill } from './run-drills.ts';
import type { Scene } from './scene.ts';

/** A file of `index.json`: what a verifier is given, and what it must make of it. Paths are relative to the folder. */
export type IndexedFile = {
  /** The drill whose attack the file carries; absent for one that is as it should be. */
  readonly drill?: string;
  readonly kind: CarriedFile['kind'];
  readonly file: string;
  /** What the reader asks about. */
  readonly subject: string;
  readonly repository: string;
  /** Where the image is to run, where the reader asks about that. */
  readonly environment?: string;
  readonly trust: string;
  /** A receipt that the reader holds against the file. */
  readonly receipt?: string;
  /** The time at which the file is judged, where it is not now. */
  readonly at?: string;
  /** The code that must be named; absent for a file that is as it should be, which passes or holds. */
  readonly code?: string;
};

/** What `waybill drill --files` writes as `index.json`. */
export type FileIndex = { readonly logKey: string; readonly files: readonly IndexedFile[] };

/** Makes the folder where there is none; stops with `cli/unusable-file` where something lies in it. */
export function makeFilesFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length === 0) return;
  throw new Stop(EXIT.input, { code: 'cli/unusable-file', message: `${folder} is not empty; give another folder.` });
}

/** Leaves every file that carries an attack in an empty folder, with what its reader brings, and an index of them. */
export function writeFiles(folder: string, scene: Scene, run: readonly RunDrill[]): FileIndex {
  const honest: readonly CarriedFile[] = [
    { kind: 'evidence', bytes: scene.evidence },
    { kind: 'report', bytes: renderCustodyReport(scene.evidence) },
  ];
  const files = [
    ...honest.map((carried) => writeFile(folder, scene, `as-it-should-be.${carried.kind}`, carried)),
    ...run.flatMap(({ drill, played }) =>
      played.carried === undefined || drill.carries === undefined
        ? []
        : [{ drill: drill.id, ...writeFile(folder, scene, drill.id, played.carried), code: drill.carries }],
    ),
  ];
  const index: FileIndex = { logKey: scene.logVkey, files };
  writeFileSync(join(folder, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
  return index;
}

function writeFile(folder: string, scene: Scene, name: string, carried: CarriedFile): IndexedFile {
  const { kind, bytes, subject = scene.image.digest, environment, receipt, age } = carried;
  const put = (file: string, content: Uint8Array) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, file), content);
    return `${name}/${file}`;
  };
  return {
    kind,
    file: put(FILE_NAMES[kind], bytes),
    subject,
    repository: scene.image.repository,
    ...(environment === undefined ? {} : { environment }),
    trust: put(FILE_NAMES.trust, trustFile(scene, carried)),
    ...(receipt === undefined ? {} : { receipt: put(FILE_NAMES.kept, receipt) }),
    ...(age === undefined ? {} : { at: age.at }),
  };
}
