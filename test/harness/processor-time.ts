/** Milliseconds of processor time that this process has used: unlike a clock, they stand still while others have the machine. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
