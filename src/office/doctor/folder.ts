import { stat, statfs } from 'node:fs/promises'
import { good, mend } from './finding.ts'
import type { Finding } from './finding.ts'

/** Less is soon full. */
const leastFree = 0.1

/** The folder with keys, kept emails and the database: whose it is, and how full its disk. */
export async function checkFolder (dataDir: string): Promise<Finding[]> {
  const found = await stat(dataDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (found === undefined) return [mend('folder', 'There is no folder DATA_DIR: make it, for the user of the service alone.')]
  const { bavail, blocks } = await statfs(dataDir)
  const free = Math.floor(bavail / blocks * 100)
  return [
    (found.mode & 0o077) === 0
      ? good('folder', 'Nobody else on this machine reads DATA_DIR.')
      : mend('folder', 'Others on this machine may read DATA_DIR, with keys and emails in it: chmod 700 ends that.'),
    found.uid === process.getuid?.()
      ? good('owner', 'DATA_DIR belongs to the user that asks.')
      : mend('owner', 'DATA_DIR belongs to another user than the one that asks: run this as the user of the service.'),
    free >= leastFree * 100
      ? good('disk', `${free} % of the disk with DATA_DIR is free.`)
      : mend('disk', `Only ${free} % of the disk with DATA_DIR is free: make room before bookings stop.`)
  ]
}
