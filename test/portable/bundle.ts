import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Global name under which the bundle exports what entry.ts exports. */
export const BUNDLE_GLOBAL = 'waybillVectors';

/**
 * Script text of entry.ts with everything it imports, as a browser gets it: no `node` import condition, so that noble
 * stands in for node:crypto, and an import of anything from Node fails the build.
 */
export async function bundleForBrowsers(): Promise<string> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL('./entry.ts', import.meta.url))],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    globalName: BUNDLE_GLOBAL,
    target: 'es2024',
    logLevel: 'silent',
  });
  const [file] = result.outputFiles;
  if (file === undefined || result.outputFiles.length !== 1) throw new Error('one bundle was expected');
  return file.text;
}
