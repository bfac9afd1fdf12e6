import type { PgBoss } from 'pg-boss'
import type { Logger } from 'pino'
import { nightly as night } from '../programme/campaigns/erasure.ts'

/** What is done at given times, by one process of all; what fails is logged and tried again. */
export function schedulesOf ({ boss, log }: { boss: PgBoss, log: Pick<Logger, 'error'> }) {
  const names = new Set<string>()
  return { everyMinute, nightly, endOthers }

  async function everyMinute (name: string, run: () => Promise<unknown>): Promise<void> {
    await boss.createQueue(name, { policy: 'stately', retryLimit: 0, deleteAfterSeconds: 3600 })
    await schedule(name, '* * * * *')
    await work(name, run, 'A sweep failed; the next one is due within a minute.')
  }

  /**
   * At 3 in the morning, when hardly anyone books; and now, because this may be a restored backup, unless what was
   * missed while no worker ran is to be made up for first.
   */
  async function nightly (name: string, run: () => Promise<unknown>, { alsoNow = true } = {}): Promise<void> {
    await boss.createQueue(name, {
      policy: 'stately', retryLimit: 5, retryDelay: 600, heartbeatSeconds: 60, expireInSeconds: 6 * 3600
    })
    await schedule(name, `0 ${night.hour} * * *`, { tz: night.zone })
    await work(name, run, 'What is done each night failed, and is tried again in ten minutes.')
    if (alsoNow) await boss.send(name)
  }

  /**
   * Ends what another version, or this one with other settings, has scheduled: nobody would do it, and its job would
   * wait for ever, as if workers lagged behind. Called once all others are there.
   */
  async function endOthers (): Promise<void> {
    const others = (await boss.getSchedules()).filter(({ name }) => !names.has(name))
    for (const { name, key } of others) {
      await boss.unschedule(name, key)
      await boss.deleteQueuedJobs(name)
    }
  }

  async function schedule (name: string, cron: string, options = {}): Promise<void> {
    names.add(name)
    await boss.schedule(name, cron, null, options)
  }

  /** What `run` gives is kept with the job. */
  async function work (name: string, run: () => Promise<unknown>, failed: string): Promise<void> {
    await boss.work(name, async () => {
      try {
        return await run()
      } catch (error) {
        log.error({ err: error, schedule: name }, failed)
        throw error
      }
    })
  }
}
