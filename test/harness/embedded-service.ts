/**
 * A program that stands for the service in tests: starts the embedded server with the options given as JSON in its
 * first argument, prints one JSON line (what was started, or the fault's code), and stays until it is killed or its
 * standard input ends, on which it stops the server.
 */
import { startEmbeddedPostgres } from '../../src/postgres/embedded/start-embedded-postgres.ts';

try {
  const server = await startEmbeddedPostgres(JSON.parse(process.argv[2] ?? '{}'));
  const { superuserUrl, serviceUrl, socketFolder } = server;
  process.stdout.write(`${JSON.stringify({ superuserUrl, serviceUrl, socketFolder })}\n`);
  process.stdin.resume();
  process.stdin.once('end', () => {
    void server.stop();
  });
} catch (error) {
  const fault = (error as { fault?: { code: string } }).fault;
  process.stdout.write(`${JSON.stringify({ code: fault?.code ?? String(error) })}\n`);
}
