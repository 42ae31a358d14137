import { fileURLToPath } from 'node:url';

/** Source and compiled program lie equally deep below the package's own folder. */
const PACKAGE = new URL('../../', import.meta.url);

export const MIGRATIONS_FOLDER = fileURLToPath(new URL('migrations', PACKAGE));
/** Browser programs, as `npm run build` bundles them. */
export const WEB_FOLDER = fileURLToPath(new URL('dist/web', PACKAGE));
