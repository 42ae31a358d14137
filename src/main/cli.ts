import { buildProgram } from '../cli/program.ts';
import { readVersion } from './version.ts';

await buildProgram({ version: readVersion() }).parseAsync(process.argv);
