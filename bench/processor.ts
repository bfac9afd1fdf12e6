import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * Has this process, and what it starts from then on, run on one processor of the machine, counted from 0. By Linux's
 * `taskset`; rejects where there is none, or no such processor.
 */
export async function keepTo (processor: number): Promise<void> {
  await promisify(execFile)('taskset', ['--all-tasks', '--cpu-list', '--pid', String(processor), String(process.pid)])
}
