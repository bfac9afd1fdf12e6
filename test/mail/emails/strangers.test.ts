// Subject: the database.
import type { DateTime } from 'luxon'
import t from 'tap'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { StrangersWait, findStrangerAlarm, takeTurns, watchStrangers } from '../../../src/mail/emails/strangers.ts'
import { writeEmails } from '../../../src/mail/emails/jobs.ts'
import { acknowledgeRequests } from '../../../src/office/requests/jobs.ts'
import { receiveRequest } from '../../../src/office/requests/commands.ts'
import { anEmail, contextFor, contextWith, keeping } from '../../support/email-context.ts'
import { aMailbox } from '../../support/mailbox.ts'
import { aBooking, anActivity, aRequest, noon, world } from '../../support/world.ts'

type Instant = DateTime<true>
const after = (hours: number) => noon.plus({ hours }) as Instant
const strangers = (count: number, name = 'stranger') => Array.from({ length: count }, (_, n) => `${name}-${n}@example.org`)

t.test('of 3,000 strangers asked for in thirty groups at once, no hour has more than its number, and each has its turn', async t => {
  const { db } = await world(t)
  const hours: number[] = []
  let waiting = strangers(3000).map(address => ({ address, at: noon }))

  for (let hour = 0; waiting.length > 0 && hour < 10; hour++) {
    const due = waiting.filter(({ at }) => at < after(hour + 1))
    waiting = waiting.filter(({ at }) => at >= after(hour + 1))
    const groups = Array.from({ length: Math.ceil(due.length / 100) }, (_, n) => due.slice(100 * n, 100 * (n + 1)))
    const turns = (await Promise.all(groups.map(async group =>
      await takeTurns(db, group.map(({ address }) => address), 800, after(hour))))).flat()
    hours.push(turns.filter(turn => turn !== 'known' && 'hour' in turn).length)
    for (const [n, turn] of turns.entries()) {
      if (turn === 'known' || 'hour' in turn) continue
      waiting.push({ address: due[n]?.address ?? '', at: after(hour).plus({ seconds: turn.seconds }) as Instant })
    }
  }

  t.strictSame(hours, [800, 800, 800, 600], 'and none came back before it was its turn')
})

t.test('by a real mail server: all places are kept, each email goes once and late at most, and who is known does not wait', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const mailbox = await aMailbox(t)
  const context = { ...contextFor(t, its, mailbox.url), strangersAnHour: 40 }
  const { id: before } = await anActivity(db)
  const { id: activityId } = await anActivity(db, { capacity: 200 })
  const friend = await aBooking(db, before, { email: 'friend@example.org' })
  await anEmail(db, friend.id)
  const addresses = [...strangers(100), 'Friend@example.org']
  await requestPlaces(db, outbox, activityId, addresses.map(address => aRequest(address)), noon)
  t.equal(await db.booking.count({ where: { activityId, status: 'confirmed' } }), 101)

  let due = (await db.booking.findMany({ where: { activityId } })).map(({ id }) => ({ bookingId: id, sequence: 0 }))
  const taken: number[] = []
  for (let hour = 0; due.length > 0 && hour < 5; hour++) {
    context.turnClock(after(hour))
    const ends = await writeEmails(context, 'booking.confirmed', due)
    due = due.filter((_, n) => {
      const end = ends[n]
      if (end?.status !== 'rejected') return false
      if (!(end.reason instanceof StrangersWait)) throw end.reason
      return true
    })
    taken.push(mailbox.taken.length)
    if (hour === 0) t.ok(mailbox.taken.some(({ to }) => to[0] === 'Friend@example.org'))
  }

  t.strictSame(taken, [41, 81, 101])
  t.equal(new Set(mailbox.taken.map(({ to }) => to[0])).size, 101)
})

t.test('an email that did not go leaves its place in the hour to another', async t => {
  const its = await world(t)
  const { db } = its
  const mailer = keeping()
  const context = { ...contextWith(its, mailer), strangersAnHour: 1 }
  const { id: activityId } = await anActivity(db)
  const [one, other] = await Promise.all(strangers(2).map(async email =>
    await aBooking(db, activityId, { email })))
  const write = async (id = '') => (await writeEmails(context, 'booking.confirmed', [{ bookingId: id, sequence: 0 }]))[0]?.status

  const failing = { ...mailer, send: async () => { throw new Error('No mail server.') } }
  t.equal((await writeEmails({ ...context, mailer: failing }, 'booking.confirmed', [{ bookingId: one?.id ?? '', sequence: 0 }]))[0]?.status, 'rejected')
  t.equal(await write(other?.id), 'fulfilled')
  t.equal(await write(one?.id), 'rejected')
  t.equal(mailer.kept.length, 1)
})

t.test('someone whose details are deleted is a stranger again; who works here is none', async t => {
  const its = await world(t)
  const { db } = its
  const { id: activityId } = await anActivity(db)
  const booking = await aBooking(db, activityId, { email: 'anne@example.org' })
  const isKnown = async (address: string) => (await takeTurns(db, [address], 10, noon))[0] === 'known'

  t.equal(await isKnown('anne@example.org'), false)
  await anEmail(db, booking.id)
  t.equal(await isKnown('Anne@Example.org'), true)
  await db.booking.delete({ where: { id: booking.id } })
  t.equal(await isKnown('anne@example.org'), false)
  await db.staffMember.create({ data: { email: 'works@example.org', name: 'Works Here', role: 'staff' } })
  t.equal(await isKnown('works@example.org'), true)
})

t.test('what answers a form without a booking counts towards the same number', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const mailer = keeping()
  const context = { ...contextWith(its, mailer), strangersAnHour: 1 }
  await takeTurns(db, ['someone@example.org'], 1, noon)
  const complaint = {
    submissionId: crypto.randomUUID(), kind: 'complaint' as const, name: 'Anne', email: 'anne@example.org', text: 'No.', receivedAt: noon
  }
  await receiveRequest(db, outbox, complaint, noon)
  const { id } = await db.request.findFirstOrThrow()

  const [end] = await acknowledgeRequests(context, [{ requestId: id }])
  t.ok(end?.status === 'rejected' && end.reason instanceof StrangersWait)
  context.turnClock(after(1))
  await acknowledgeRequests(context, [{ requestId: id }])

  t.strictSame(mailer.kept.map(({ to }) => to), ['anne@example.org'])
})

t.test('the alarm is raised once, by one of several processes, and ends when the last of them should have gone', async t => {
  const { db } = await world(t)
  const watch = async (hours: number) => await Promise.all([1, 2, 3].map(async () =>
    await watchStrangers(db, 10, after(hours))))
  const news = async (hours: number) => (await watch(hours)).filter(what => what !== undefined)

  await takeTurns(db, strangers(10), 10, noon)
  t.strictSame(await news(0.1), [])
  await takeTurns(db, strangers(15, 'other'), 10, noon)
  t.strictSame(await news(0.2), ['raised'])
  t.strictSame(await news(1.5), [])
  t.match((await findStrangerAlarm(db))?.toISO(), after(0.2).toISO())
  t.strictSame(await news(3.1), ['ended'])
  t.equal(await findStrangerAlarm(db), undefined)
})
