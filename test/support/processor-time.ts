/**
 * Milliseconds of processor time that this thread needs for `work`. Unlike time by the clock it does not grow while
 * other programs have the processor.
 */
export function processorMs (work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}
