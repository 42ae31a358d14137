import { defaultEvaluationTime } from '../core/custody/as-of.ts';
import { reportCsv } from '../core/custody/report-csv.ts';
import { judgeCustody } from '../core/custody/verify-custody.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { givenLogKeys, type ServiceOptions } from './connect.ts';
import { readEvidenceFile } from './evidence-file.ts';
import { readEvidence, trustOfKeys } from './judge-evidence.ts';
import { parseLogKeys } from './log-watch.ts';
import type { World } from './world.ts';

/**
 * The table of a report or of evidence that lies in a file, in UTF-8, as judged here and now under the log keys that the
 * reader gives; undefined where the argument is no such file. Nothing of a page but its evidence is read.
 */
export function localTable(world: World, options: ServiceOptions, path: string): Uint8Array | undefined {
  const file = readEvidenceFile(world, path);
  if (file === undefined) return undefined;
  const evidence = readEvidence(file.evidence, path);
  const { question } = evidence;
  const evaluatedAt = defaultEvaluationTime(evidence, world.now().toISOString());
  const trust = trustOfKeys({ keys: parseLogKeys(givenLogKeys(world, options)) }, evidence);
  const judged = judgeCustody({ evidence, question, evaluatedAt, ...(trust === undefined ? {} : { trust }) });
  return encodeUtf8(reportCsv(judged, evidence));
}
