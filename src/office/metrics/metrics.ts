import { statfs } from 'node:fs/promises'
import { Gauge } from 'prom-client'
import type { Registry } from 'prom-client'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database/connect.ts'
import { brokenIn } from '../invariants/check.ts'
import { findLastCheck } from '../invariants/queries.ts'
import { readLevels } from './queries.ts'
import type { Levels } from './queries.ts'

/** However many ask, the database is asked this seldom. */
const freshForMs = 5000

interface Parts {
  db: Db
  clock: Clock
  /** Undefined: nothing is kept on this machine. */
  dataDir?: string | undefined
}

/** The gauges that are one number of `Levels`. */
const numbers: Array<[name: string, help: string, of: (levels: Levels) => number]> = [
  ['placekeeper_places_confirmed', 'Places that are booked, on activities to come', ({ confirmed }) => confirmed],
  ['placekeeper_places_offered', 'Places that are kept for someone who waits', ({ offered }) => offered],
  ['placekeeper_places_held', 'Places that are held for agencies', ({ held }) => held],
  ['placekeeper_waiting_bookings', 'Bookings that wait for a place', ({ waiting }) => waiting],
  ['placekeeper_bookings_recent', 'Bookings made within the last five minutes', ({ booked }) => booked],
  ['placekeeper_emails_queued', 'Emails that are owed and have not gone', ({ emailsQueued }) => emailsQueued],
  ['placekeeper_emails_oldest_seconds', 'Since when the oldest of them waits', ({ oldestSeconds }) => oldestSeconds],
  ['placekeeper_emails_failed', 'Emails that were given up, about bookings that changed within a day', ({ emailsFailed }) => emailsFailed],
  ['placekeeper_emails_prompt_ratio', 'The share of emails of the last ten minutes that went within ten seconds; 1 if there were none',
    ({ emailsDue, emailsPrompt }) => emailsDue === 0 ? 1 : emailsPrompt / emailsDue]
]

/**
 * Measures the service as a whole, by one query however many figures. Where the database does not answer,
 * `placekeeper_database_up` is 0 and the figures that it would have given are left out: the others still count.
 */
export function measuring ({ db, clock, dataDir }: Parts): (registry: Registry) => void {
  let reading: Promise<Levels | undefined> | undefined
  let readAt = -Infinity

  return registry => {
    const registers = [registry]
    for (const [name, help, of] of numbers) {
      new Gauge({
        name,
        help,
        registers,
        async collect () {
          const found = await levels()
          if (found === undefined) this.remove()
          else this.set(of(found))
        }
      }).set(0)
    }
    new Gauge({
      name: 'placekeeper_database_up',
      help: 'Whether the database answered',
      registers,
      async collect () { this.set(await levels() === undefined ? 0 : 1) }
    }).set(0)
    new Gauge({
      name: 'placekeeper_job_lag_seconds',
      help: 'How long the first job of a queue waits beyond its time',
      labelNames: ['queue'],
      registers,
      async collect () {
        this.reset()
        for (const { queue, seconds } of (await levels())?.queues ?? []) this.set({ queue }, seconds)
      }
    }).reset()
    new Gauge({
      name: 'placekeeper_invariants_broken',
      help: 'How many promises the check of the last night found broken',
      registers,
      async collect () {
        const last = await findLastCheck(db).catch(() => undefined)
        this.set(last === undefined ? 0 : brokenIn(last).length)
      }
    }).set(0)
    if (dataDir === undefined) return
    new Gauge({
      name: 'placekeeper_disk_free_ratio',
      help: 'The share of the disk with DATA_DIR that is free',
      registers,
      async collect () {
        const disk = await statfs(dataDir).catch(() => undefined)
        if (disk === undefined) this.remove()
        else this.set(disk.bavail / disk.blocks)
      }
    }).set(1)
  }

  async function levels (): Promise<Levels | undefined> {
    if (reading === undefined || performance.now() - readAt > freshForMs) {
      readAt = performance.now()
      reading = readLevels(db, clock()).catch(() => undefined)
    }
    return await reading
  }
}
