// Asks the service in this container whether it is alive: exit code 0 for yes, 1 for anything else.
const port = process.env.WAYBILL_PORT ?? '8420';
try {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(4000) });
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
