import { renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { syncFolder } from './anchor-file.ts';

/** Written beside, flushed, renamed, and the folder flushed. */
export async function writeDurably(folder: string, path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  renameSync(temporary, path);
  await syncFolder(folder);
}
