// Subject: the database.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { EmailInHand } from '../../src/mail/emails/errors.ts'
import { openMailer } from '../../src/mail/emails/open-mailer.ts'
import { daysOwedOf, openOutbox, queueOf } from '../../src/platform/outbox.ts'
import { sweepOwedJobs } from '../../src/platform/owed-jobs.ts'
import { startWorker, subscriptions } from '../../src/worker.ts'
import { on } from '../../src/worker/subscription.ts'
import { contextWith, keeping } from '../support/email-context.ts'
import { aMailbox } from '../support/mailbox.ts'
import { eventually } from '../support/running-service.ts'
import { aStaffMember } from '../support/staff.ts'
import { announced, noon, world } from '../support/world.ts'

const silent = { info () {}, warn () {}, error () {} }

t.test('what nothing else would find again is owed', async t => {
  t.strictSame(subscriptions.filter(one => daysOwedOf(one) !== undefined).map(queueOf), [
    'sign-in.granted', 'factor.removed', 'request.received', 'request.extended', 'request.answered', 'erasure.asked',
    'standing-list.due', 'standing-list.stopped', 'resources.moved', 'co-host.invited', 'outcomes.due', 'thanks.due',
    'approval.decided', 'succession.told', 'entry.moved', 'entry-links.due', 'approval.decided/entries',
    'activity.changed/entries', 'meeting.left'
  ])
})

t.test('an email whose job was deleted or given up is announced again, and goes once', async t => {
  const its = await world(t)
  const { db, boss, outbox } = its
  const { id: staffMemberId, email } = await aStaffMember(db)
  const granted = { staffMemberId, at: noon.toISO() }
  await db.$transaction(async tx => { await outbox.announce(tx, 'sign-in.granted', [granted]) })

  t.match(await sweepOwedJobs(db, boss), { again: 0 }, 'a job is about to do it')
  await db.$executeRaw`DELETE FROM pgboss.job`
  t.match(await sweepOwedJobs(db, boss), { again: 1 })
  t.strictSame(await announced(db, 'sign-in.granted'), [granted])
  t.match(await sweepOwedJobs(db, boss), { again: 0 })
  await db.$executeRaw`UPDATE pgboss.job SET state = 'failed'`
  t.match(await sweepOwedJobs(db, boss), { again: 1 }, 'it was tried too often')

  const mailbox = await aMailbox(t)
  const mailer = openMailer({ smtpUrl: mailbox.url, dataDir: 'not used' })
  t.teardown(async () => { await mailer.close() })
  await startWorker({ ...its, clock: () => noon, emailContext: contextWith(its, mailer), log: silent })
  await eventually(async () => await db.owedJob.count() === 0)
  t.strictSame(mailbox.taken.flatMap(({ to }) => to), [email])
  t.strictSame(await sweepOwedJobs(db, boss), { again: 0, letGo: [] })
})

t.test('what is put off is owed of the job that comes after, and what fails still is', async t => {
  const its = await world(t)
  const { db, boss } = its
  const ends = [new EmailInHand(60), new Error('Not now.')]
  const acting = [on('factor.removed', async (_, removed) => await Promise.allSettled(removed.map(async () => {
    const error = ends.shift()
    if (error !== undefined) throw error
  })), { queue: { retryLimit: 0 } })]
  const outbox = await openOutbox(boss, acting)
  await boss.updateQueue('factor.removed', { retryLimit: 0 })
  const emailContext = contextWith(its, keeping())
  await startWorker({ ...its, outbox, clock: () => noon, emailContext, log: silent }, acting)
  const states = async () => (await boss.findJobs('factor.removed')).map(({ state }) => state).sort()

  await outbox.announce(db, 'factor.removed', [{ staffMemberId: randomUUID(), at: noon.toISO() }])
  await eventually(async () => (await states()).join() === 'completed,created')
  t.match(await sweepOwedJobs(db, boss), { again: 0 }, 'the one that was put off will do it')
  await db.$executeRaw`UPDATE pgboss.job SET start_after = now() WHERE state = 'created'`
  await eventually(async () => (await states()).includes('failed'))
  t.match(await sweepOwedJobs(db, boss), { again: 1 })
  await eventually(async () => await db.owedJob.count() === 0)
})

t.test('nothing is owed of what was rolled back, and of what is lost after its days no more', async t => {
  const { db, boss, outbox } = await world(t)
  const removed = { staffMemberId: randomUUID(), at: noon.toISO() }
  await t.rejects(db.$transaction(async tx => {
    await outbox.announce(tx, 'factor.removed', [removed])
    throw new Error('Not so.')
  }))
  t.equal(await db.owedJob.count(), 0)

  await outbox.announce(db, 'factor.removed', [removed])
  await db.$executeRaw`UPDATE owed_jobs SET owed_until = now()`
  t.strictSame(await sweepOwedJobs(db, boss), { again: 0, letGo: [] }, 'a job may still do it')
  await db.$executeRaw`DELETE FROM pgboss.job`
  t.strictSame(await sweepOwedJobs(db, boss), { again: 0, letGo: ['factor.removed'] })
  t.strictSame(await announced(db, 'factor.removed'), [])
  t.equal(await db.owedJob.count(), 0)
})
