import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { renderReport } from '../report/render-report.ts';
import { WEB_FOLDER } from './package-folders.ts';

const PROGRAM = join(WEB_FOLDER, 'report.js');

/** Text of the program inside every report; one file of a build, so that it is read once. */
let program: string | undefined;

/** Whether this installation was built: without development dependencies no program is made from source. */
export function hasReportProgram(): boolean {
  return existsSync(PROGRAM);
}

/** The custody report as a page: the evidence, and the program that `npm run build` made of this version. */
export function renderCustodyReport(evidence: Uint8Array): Uint8Array {
  program ??= readFileSync(PROGRAM, 'utf8');
  return encodeUtf8(renderReport(evidence, program));
}
