import type { DateTime } from 'luxon'
import { fromPrisma } from 'pg-boss'
import type { PgBoss } from 'pg-boss'
import { eraseLaterContact } from '../../booking/evaluations/commands.ts'
import { record } from '../../identity/staff/audit.ts'
import { graceMinutes, listLostEmails } from '../../mail/emails/lost.ts'
import { recordOwedEmails } from '../../mail/emails/owing.ts'
import { announceLaterQuestions } from '../../mail/later-questions/commands.ts'
import { remindPeople } from '../../mail/reminders/commands.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { Fact, Outbox } from '../../platform/outbox.ts'
import { askDueLeads } from '../outcomes/asking.ts'
import { announceStandingLists } from '../standing-lists/runs.ts'

/** Maximum number of jobs or emails in one transaction. */
const batchSize = 1000

/** What only brings something into step with the tables, whenever and however often it is done. */
const harmless: readonly Fact[] = ['place.freed', 'activity.changed', 'meeting.left']

const nobody: Outbox = { async announce () {} }

/** A backup in a database, not yet in use. */
export interface Restored {
  madeAt: DateTime<true>
  /** Until then the service that was lost sent emails. */
  ranUntil: DateTime<true>
  /** Names of the queues on which somebody acts. */
  queues: readonly string[]
  /** The service's own host: Message-IDs carry it. */
  host: string
}

/**
 * Makes a restored backup write to nobody twice. What the lost service owed people until it stopped, it has sent as far
 * as anyone knows; so nothing of that goes out: neither what waited when the backup was made, nor what fell due after
 * that. Whoever may have missed an email is found by its status, and can be sent it again by a press.
 *
 * Where it had stopped before the backup was made, nothing has been sent since: then everything that waited goes out.
 */
export async function settleRestored (db: Db, boss: PgBoss, restored: Restored, now: DateTime<true>): Promise<void> {
  const { madeAt, ranUntil, queues, host } = restored
  const hadStopped = ranUntil <= madeAt
  const kept = queues.filter(name => hadStopped || harmless.includes(name as Fact))
  await keepOwed(db, kept)
  await announceJobs(db, boss, kept)
  if (!hadStopped) await countAsSent(db, host, ranUntil)
  await db.$transaction(async tx => {
    await record(tx, {
      staffMemberId: undefined,
      action: 'backup.restored',
      subject: undefined,
      details: { madeAt: madeAt.toISO(), ranUntil: ranUntil.toISO() }
    }, now)
  })
}

/** What is owed of these queues the sweep announces, finding it without a job; of others nothing is owed any more. */
async function keepOwed (db: Db, queues: readonly string[]): Promise<void> {
  await db.$transaction(async tx => {
    await tx.owedJob.deleteMany({ where: { queue: { notIn: [...queues] } } })
    await tx.$executeRaw`
      DELETE FROM placekeeper_restore.job job USING owed_jobs owed
      WHERE job.name = owed.queue AND job.data = owed.data`
  })
}

/** Announces what was still to be done, of which platform/backup/restore.ts has a table, and drops the rest. */
async function announceJobs (db: Db, boss: PgBoss, queues: readonly string[]): Promise<void> {
  for (let isDone = false; !isDone;) {
    isDone = await db.$transaction(async tx => {
      const jobs = await tx.$queryRaw<Array<{ name: string, data: object, priority: number, startAfter: Date }>>`
        DELETE FROM placekeeper_restore.job
        WHERE ctid = ANY (ARRAY(SELECT ctid FROM placekeeper_restore.job LIMIT ${batchSize}))
        RETURNING name, data, priority, start_after AS "startAfter"`
      for (const [name, some] of Map.groupBy(jobs, ({ name }) => name)) {
        if (!queues.includes(name)) continue
        const inserted = some.map(({ data, priority, startAfter }) => ({ data, priority, startAfter }))
        await boss.insert(name, inserted, { db: fromPrisma(tx) })
      }
      return jobs.length < batchSize
    })
  }
}

/** Finds everything that is owed by then as the sweeps of each minute do, tells nobody of it, and withdraws it. */
async function countAsSent (db: Db, host: string, until: DateTime<true>): Promise<void> {
  const lost = await listLostEmails(db, until.plus({ minutes: graceMinutes }))
  for (let from = 0; from < lost.length; from += batchSize) {
    await db.$transaction(async tx => {
      await recordOwedEmails(tx, nobody, lost.slice(from, from + batchSize), host, until)
    })
  }
  await remindPeople(db, nobody, host, until)
  await announceStandingLists(db, nobody, until)
  await askDueLeads(db, nobody, until)
  await announceLaterQuestions(db, nobody, until)
  const asked = await db.laterContact.findMany({ where: { announcedAt: { not: null } }, select: { id: true } })
  for (const { id } of asked) await eraseLaterContact(db, id, until)
  // No worker has anything in hand: the claims of the lost one's count for nothing.
  await db.email.updateMany({
    where: { status: 'queued' },
    data: {
      status: 'withdrawn',
      claimedUntil: null,
      answer: 'Not sent: it may have gone before the service was restored from a backup.'
    }
  })
}
