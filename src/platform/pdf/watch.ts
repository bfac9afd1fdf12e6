import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import type { WatchLimits } from './job.ts'

/*
 * A thread beside the compiler, which answers nothing while it works: ends the process when it takes more memory or
 * time than it may, and says so. Node's own limit of memory would not do: most of it is none that Node manages.
 */

const { maxBytes, maxMs } = workerData as WatchLimits

setTimeout(end, maxMs, `It took more than ${maxMs} ms.`)
setInterval(() => { if (process.memoryUsage.rss() > maxBytes) end(`It took more than ${maxBytes} bytes.`) }, 20)

function end (why: string): void {
  writeSync(2, why)
  process.kill(process.pid, 'SIGKILL')
}
