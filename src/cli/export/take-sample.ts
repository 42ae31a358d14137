import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '../../client/client.ts';
import type { SampleItem } from '../../core/export/draw-sample.ts';
import { sampleFile } from '../../core/export/export-files.ts';
import type { ExportFile } from '../../core/export/export-manifest.ts';
import { EVIDENCE_FILE_BYTES_MAX } from '../evidence-file.ts';
import { kindOfPath, readLocalFile } from '../local-file.ts';
import type { Progress } from '../progress.ts';
import type { World } from '../world.ts';
import { exportPaths } from './export-place.ts';
import { hashFile } from './hash-file.ts';
import { type ItemTrust, type JudgedItem, judgeItem } from './judge-item.ts';
import { demandSampleFolder } from './plain-file.ts';
import { writePlainFile } from './write-files.ts';

/** A sample as it lies in the folder of an export: its files, and what each of them shows. */
export type TakenSample = { readonly files: readonly ExportFile[]; readonly judged: readonly JudgedItem[] };

/**
 * Takes what shows each item from the service, judges it here, and writes it into the folder. Throws `ClientError`; stops
 * with exit code 12 where what was sent does not hold.
 */
export async function takeSample(
  world: World,
  client: Client,
  folder: string,
  items: readonly SampleItem[],
  by: ItemTrust,
  progress: Progress,
): Promise<TakenSample> {
  const { sample } = exportPaths(folder);
  if (items.length > 0 && kindOfPath(sample) === undefined) mkdirSync(sample);
  const judged: JudgedItem[] = [];
  for (const item of items) {
    progress.at(judged.length, items.length);
    const bytes = await takeItem(client, item);
    judged.push(judgeItem(world, item, bytes, by));
    // Looked at before each: taking and judging an item takes time, in which others may put a link there.
    demandSampleFolder(sample);
    writePlainFile(join(folder, sampleFile(item)), bytes);
  }
  return { files: items.map((item) => hashFile(folder, sampleFile(item))), judged };
}

/** The same for files that are there already. */
export function readSample(
  world: World,
  folder: string,
  items: readonly SampleItem[],
  by: ItemTrust,
): readonly JudgedItem[] {
  return items.map((item) =>
    judgeItem(world, item, readLocalFile(join(folder, sampleFile(item)), EVIDENCE_FILE_BYTES_MAX), by),
  );
}

function takeItem(client: Client, { question, state }: SampleItem): Promise<Uint8Array> {
  if (question.form === 'list') return client.completeness(question.key);
  const { digest, repository, environment } = question;
  return client.report({ digest, repository, environment, asOf: String(state.size), view: 'then' }, 'html');
}
