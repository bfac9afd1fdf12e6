import t from 'tap'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { writeEmails } from '../../../src/mail/emails/jobs.ts'
import { startWorker } from '../../../src/worker.ts'
import { doJobs, contextFor } from '../../support/email-context.ts'
import { counted } from '../../support/counted.ts'
import { aMailbox, emails } from '../../support/mailbox.ts'
import type { Mailbox } from '../../support/mailbox.ts'
import { eventually } from '../../support/running-service.ts'
import { expectSound } from '../../support/sound.ts'
import { aBooking, anActivity, aRequest, noon, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

/** The given number of people book at once, `name-1@example.org` and so on; returns their addresses. */
async function bookMany ({ db, outbox }: World, people: number, name = 'parent'): Promise<string[]> {
  const { id } = await anActivity(db, { capacity: people })
  const addresses = Array.from({ length: people }, (_, n) => `${name}-${n + 1}@example.org`)
  await requestPlaces(db, outbox, id, addresses.map(address => aRequest(address)), noon)
  return addresses
}

function recipients ({ taken }: Mailbox): string[] {
  return taken.map(({ to }) => String(to[0])).sort()
}

/** Makes the queue retry at once; returns the number of seconds that it would have waited. */
async function retryNow ({ db }: World): Promise<number[]> {
  const rows = await db.$queryRaw<Array<{ wait: number }>>`
    WITH late AS (SELECT id, name, start_after FROM pgboss.job WHERE state = 'retry')
    UPDATE pgboss.job SET start_after = now() FROM late WHERE job.id = late.id AND job.name = late.name
    RETURNING extract(epoch FROM late.start_after - now())::float AS wait`
  return rows.map(({ wait }) => wait)
}

const silent = { info () {}, warn () {}, error () {} }

t.test('while one email meets a server that never answers, hundreds of others arrive, and it does when that is over', async t => {
  const its = await world(t)
  const mailbox = await aMailbox(t)
  const [stalled, ...others] = await bookMany(its, 250)
  mailbox.fail = recipient => recipient === stalled ? 'stall' : undefined

  await startWorker({ ...its, clock: () => noon, emailContext: contextFor(t, its, mailbox.url), log: silent })
  await emails(mailbox, others.length)
  t.strictSame(recipients(mailbox), others.sort())
  mailbox.fail = () => undefined
  await mailbox.stop()
  await mailbox.start()
  await eventually(async () => { await retryNow(its); return mailbox.taken.length > others.length })

  t.equal(recipients(mailbox).filter(address => address === stalled).length, 1)
  await eventually(async () => await its.db.email.count({ where: { status: 'sent' } }) === 250)
  counted(t, 'SMTP hangs', { answered: [stalled ?? '', ...others], found: recipients(mailbox) })
  await expectSound(its.db)
})

t.test('a server that hangs up in the middle of one email gets all others, and this one again later, once', async t => {
  const its = await world(t)
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  const [cut, ...others] = await bookMany(its, 20)
  mailbox.fail = recipient => recipient === cut ? 'hang up' : undefined
  const jobs = await its.boss.fetch<{ bookingId: string, sequence: number }>('booking.confirmed', { batchSize: 100 })

  const ends = await writeEmails(context, 'booking.confirmed', jobs.map(({ data }) => data))
  t.equal(ends.filter(({ status }) => status === 'rejected').length, 1)
  t.strictSame(recipients(mailbox), others.sort())
  t.match(await its.db.email.findMany({ where: { status: 'queued' } }), [{ attempts: 1, claimedUntil: null }])
  mailbox.fail = () => undefined
  await writeEmails(context, 'booking.confirmed', jobs.map(({ data }) => data))

  t.equal(mailbox.taken.length, 20)
  t.equal(recipients(mailbox).filter(address => address === cut).length, 1)
})

t.test('a server that hangs up after the final dot gets that email again with the same Message-ID, and all others once', async t => {
  const its = await world(t)
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  const addresses = await bookMany(its, 5)
  mailbox.fail = recipient => recipient === addresses[0] ? 'take and hang up' : undefined
  const jobs = await its.boss.fetch<{ bookingId: string, sequence: number }>('booking.confirmed', { batchSize: 100 })

  await writeEmails(context, 'booking.confirmed', jobs.map(({ data }) => data))
  mailbox.fail = () => undefined
  await writeEmails(context, 'booking.confirmed', jobs.map(({ data }) => data))

  t.equal(mailbox.taken.length, 6)
  const byMessageId = new Map(mailbox.taken.map(({ mail, to }) => [mail.messageId, String(to[0])]))
  counted(t, 'SMTP drops after the final dot', { answered: addresses, found: [...byMessageId.values()] })
  await expectSound(its.db)
})

t.test('a server that says 421 for an hour loses nobody’s email, is asked ever more rarely, and gets each once', async t => {
  const its = await world(t)
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  const addresses = await bookMany(its, 3)
  mailbox.refuse = () => ({ code: 421, text: '4.3.2 The service is not available' })

  const waits: number[] = []
  let now = noon
  while (now < noon.plus({ hours: 1 })) {
    t.equal((await doJobs(its, context)).length, addresses.length)
    const wait = Math.max(...await retryNow(its))
    waits.push(wait)
    now = now.plus({ seconds: wait })
    context.turnClock(now)
  }
  t.ok(waits.length < 15, `asked ${waits.length} times`)
  for (const [n, wait] of waits.slice(2).entries()) t.ok(wait > (waits[n] ?? 0), 'the pauses grow')
  mailbox.refuse = () => undefined
  t.strictSame(await doJobs(its, context), [])
  await retryNow(its)
  t.strictSame(await doJobs(its, context), [])

  t.strictSame(recipients(mailbox), addresses.sort())
  t.match(await its.db.email.findMany(), addresses.map(() => ({ status: 'sent', answer: /^250 / })))
})

t.test('a booking that is erased while its email is being written holds up nobody else’s', async t => {
  const its = await world(t)
  const mailbox = await aMailbox(t)
  const { id: activityId } = await anActivity(its.db)
  const erased = await aBooking(its.db, activityId, { email: 'erased@example.org' })
  const other = await aBooking(its.db, activityId, { email: 'other@example.org' })
  const context = contextFor(t, its, mailbox.url)
  await its.asOwner(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'erased'; END $$`)
  await its.asOwner(`
    CREATE TRIGGER erased BEFORE INSERT ON letters FOR EACH ROW WHEN (NEW.booking_id = '${erased.id}') EXECUTE FUNCTION refuse()`)

  const ends = await writeEmails(context, 'booking.confirmed',
    [erased, other, other].map(({ id }) => ({ bookingId: id, sequence: 0 })))

  t.strictSame(recipients(mailbox), ['other@example.org'], 'once, though it was announced twice')
  t.equal(ends[0]?.status, 'rejected')
})

t.test('a booking that someone is changing does not hold up the emails of others', async t => {
  const its = await world(t)
  const mailbox = await aMailbox(t)
  const { id: activityId } = await anActivity(its.db)
  const busy = await aBooking(its.db, activityId, { email: 'busy@example.org' })
  const other = await aBooking(its.db, activityId, { email: 'other@example.org' })

  let ends: ReturnType<typeof writeEmails> | undefined
  await its.db.$transaction(async tx => {
    await tx.booking.update({ where: { id: busy.id }, data: { name: 'Anne' } })
    ends = writeEmails(contextFor(t, its, mailbox.url), 'booking.confirmed',
      [busy, other].map(({ id }) => ({ bookingId: id, sequence: 0 })))
    await emails(mailbox, 1)
    t.strictSame(recipients(mailbox), ['other@example.org'])
  }, { timeout: 120_000 })

  t.match(await ends, [{ status: 'fulfilled' }, { status: 'fulfilled' }])
  t.strictSame(recipients(mailbox), ['busy@example.org', 'other@example.org'])
})
