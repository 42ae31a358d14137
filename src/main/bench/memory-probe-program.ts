/**
 * Loaded into the service under test before its program (`node --expose-gc --import`). It answers what memory the process
 * holds after a collection, and what processor time it took, and ends the service with the bench: otherwise the service runs as it always does.
 */
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.on('message', (asked: 'memory' | 'cpu') => {
  if (asked === 'cpu') {
    process.send?.(process.cpuUsage());
    return;
  }
  const collect = (globalThis as { gc?: () => void }).gc;
  collect?.();
  collect?.();
  process.send?.(process.memoryUsage());
});
// Only the service itself decides how long it runs.
process.channel?.unref();
