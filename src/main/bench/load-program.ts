/**
 * The load generator: a process of its own, so that neither the service nor the bench's own work slows it down. Takes
 * jobs over the channel of its parent, one at a time, and ends with it.
 */
import type { LoadJob } from './load-job.ts';
import { runLoad } from './run-load.ts';

process.on('disconnect', () => process.exit(0));
process.on('message', (job: LoadJob) => {
  runLoad(job).then(
    (result) => process.send?.({ result }),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
