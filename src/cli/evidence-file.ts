import { isJsonObject, parseJson } from '../core/encoding/json.ts';
import type { Fault } from '../core/fault.ts';
import { EVIDENCE_BYTES_MAX } from '../core/limits.ts';
import { isPage, readReport } from '../report/read-report.ts';
import { EXIT } from './exit-codes.ts';
import { kindOfPath, readLocalFile } from './local-file.ts';
import { Stop, stopOf } from './stop.ts';
import type { World } from './world.ts';

/** Evidence as it lay in a file. `warnings` are what speaks against believing what the file itself shows. */
export type EvidenceFile = {
  readonly form: 'report' | 'evidence';
  readonly evidence: Uint8Array;
  readonly warnings: readonly Fault[];
  /** Version whose program a report carries; absent where no known release contains it. */
  readonly programVersion?: string;
};

/** A page has its evidence and a few megabytes around it. */
export const EVIDENCE_FILE_BYTES_MAX = EVIDENCE_BYTES_MAX + 16 * 1024 * 1024;

/**
 * The evidence in a file: an HTML report, of which nothing but its evidence block is read, or evidence alone.
 * Undefined where the argument is no such file, such as a layout, a manifest or a digest.
 */
export function readEvidenceFile(world: World, path: string): EvidenceFile | undefined {
  if (kindOfPath(path) !== 'file') return undefined;
  const bytes = readLocalFile(path, EVIDENCE_FILE_BYTES_MAX);
  if (!isPage(bytes)) return readJsonFile(path, bytes);
  const report = readReport(bytes, world.knownPrograms);
  if (!report.ok) throw stopOf(EXIT.integrity, report.fault, `${path} is no report that can be checked`);
  const { evidence, warnings, programVersion } = report.value;
  return { form: 'report', evidence, warnings, ...(programVersion === undefined ? {} : { programVersion }) };
}

/** The evidence of a report that the service has just made. */
export function evidenceOfReport(world: World, bytes: Uint8Array): Uint8Array {
  const report = readReport(bytes, world.knownPrograms);
  if (report.ok) return report.value.evidence;
  throw stopOf(EXIT.integrity, report.fault, 'What the service sent is no report that can be checked');
}

function readJsonFile(path: string, bytes: Uint8Array): EvidenceFile | undefined {
  const json = parseJson(bytes);
  const has = (name: string) => json.ok && isJsonObject(json.value) && Object.hasOwn(json.value, name);
  // Manifests name their schema, and envelopes the type of their payload; evidence has neither.
  if (has('schemaVersion')) return undefined;
  if (!has('payloadType')) return { form: 'evidence', evidence: trimmed(bytes), warnings: [] };
  const hint = 'Take the page, or the evidence: waybill report <image> --format html, or --format evidence.';
  const message = `${path} is an envelope of something else than a report.`;
  throw new Stop(EXIT.integrity, { code: 'report/no-evidence', message, hint });
}

/** An editor's newline at the end of a file is not part of the evidence, or of a proof. */
export function trimmed(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end -= 1;
  return bytes.subarray(0, end);
}
