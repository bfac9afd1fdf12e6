import type { DateTime } from 'luxon'
import t from 'tap'
import type { Activity, Booking } from '../../../src/platform/database/generated/client.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import type { Outbox } from '../../../src/platform/outbox.ts'
import { remindPeople } from '../../../src/mail/reminders/commands.ts'
import { followUpFor } from '../../../src/mail/emails/follow-up.ts'
import { cancelForThem } from '../../support/confirming.ts'
import { doJobs, keeping, contextWith } from '../../support/email-context.ts'
import { eventually } from '../../support/running-service.ts'
import { organiser } from '../../support/staff.ts'
import { aBooking, anActivity, announced, noon, warm, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const host = 'workshops.example.org'
/** Monday 23 November 2026, 6:30pm, and the next morning at ten. */
const end = noon.plus({ hours: 6, minutes: 30 })
const morning = noon.plus({ hours: 22 })
const long = noon.minus({ days: 20 }).toJSDate()

async function ending (db: Db, given: Partial<Activity> = {}, endsAt = end): Promise<Activity> {
  return await anActivity(db, { startsAt: endsAt.minus({ hours: 1 }).toJSDate(), endsAt: endsAt.toJSDate(), ...given })
}

async function booked (db: Db, activityId: string, name: string, given: Partial<Booking> = {}): Promise<Booking> {
  return await aBooking(db, activityId, { name, createdAt: long, confirmedAt: long, changedAt: long, ...given })
}

async function sweep ({ db, outbox }: World, now: DateTime<true>): Promise<string[]> {
  await remindPeople(db, outbox, host, now)
  const rows = await db.email.findMany({ include: { booking: true } })
  return rows.map(({ kind, booking }) => `${booking.name}: ${kind}`).sort()
}

t.test('which email someone gets depends on what is known of whether they came', async t => {
  const online = { joinMode: 'invitation', isOnline: true } as const
  const personal = { joinMode: 'personal', isOnline: true } as const
  const atAVenue = { joinMode: 'personal', isOnline: false } as const
  const unknown = { attended: undefined, joinedAt: undefined }

  for (const activity of [online, personal, atAVenue]) {
    t.equal(followUpFor(activity, { ...unknown, attended: true }), 'thank-you')
    t.equal(followUpFor(activity, { ...unknown, attended: false }), 'sorry-we-missed-you')
    t.equal(followUpFor(activity, { attended: true, joinedAt: noon }), 'thank-you')
    t.equal(followUpFor(activity, { attended: false, joinedAt: noon }), 'sorry-we-missed-you', 'staff have put it right')
    t.equal(followUpFor(activity, { attended: undefined, joinedAt: noon }), 'thank-you')
  }
  t.equal(followUpFor(personal, unknown), 'sorry-we-missed-you', 'who never went in was not there')
  t.equal(followUpFor(online, unknown), 'after-the-day')
  t.equal(followUpFor(atAVenue, unknown), 'after-the-day')
})

t.test('at ten in the morning after, everyone who had a place gets one email', async t => {
  const its = await world(t)
  const { id } = await ending(its.db)
  const { id: personal } = await ending(its.db, { joinMode: 'personal' })
  await booked(its.db, id, 'Came', { attended: true })
  await booked(its.db, id, 'Did not come', { attended: false })
  await booked(its.db, id, 'Who knows')
  await booked(its.db, personal, 'Joined', { attended: true, joinedAt: end.toJSDate() })
  await booked(its.db, personal, 'Never joined')

  t.strictSame(await sweep(its, morning.minus({ milliseconds: 1 })), [])
  const expected = [
    'Came: thank-you', 'Did not come: sorry-we-missed-you', 'Joined: thank-you', 'Never joined: sorry-we-missed-you',
    'Who knows: after-the-day'
  ]
  t.strictSame(await sweep(its, morning), expected)
  t.strictSame(await sweep(its, morning.plus({ days: 2 })), expected)
  t.equal((await announced(its.db, 'letter.due')).length, 5)
})

t.test('they go out once, also to people who want no reminders', async t => {
  const its = await world(t)
  const { id } = await ending(its.db)
  await booked(its.db, id, 'Anne', { attended: true, remindersOff: true })
  await sweep(its, morning)
  const mailer = keeping()
  const context = contextWith(its, mailer)
  context.turnClock(morning)

  t.strictSame(await doJobs(its, context), [])
  await sweep(its, morning)
  await doJobs(its, context)

  t.strictSame(mailer.kept.map(({ subject }) => subject.split(':')[0]), ['Thank you for coming'])
})

t.test('someone who gets a place while it runs is emailed as well', async t => {
  const its = await world(t)
  const { id } = await ending(its.db)
  const during = end.minus({ minutes: 5 }).toJSDate()
  await booked(its.db, id, 'Anne', { confirmedAt: during, changedAt: during })

  t.strictSame(await sweep(its, morning), ['Anne: after-the-day'])
})

t.test('nobody is emailed if their place is gone, the activity is off, or it ended long ago', async t => {
  const its = await world(t)
  const { id } = await ending(its.db)
  for (const status of ['waiting', 'offered', 'lapsed', 'cancelled']) await booked(its.db, id, status, { status })
  for (const given of [{ followUp: false }, { status: 'cancelled' }, { status: 'draft' }]) {
    await booked(its.db, (await ending(its.db, given)).id, 'Anne')
  }
  await booked(its.db, (await ending(its.db, {}, end.minus({ days: 3 }))).id, 'Bob')

  t.strictSame(await sweep(its, morning), [])
})

t.test('someone told on the day that their booking is cancelled is not thanked', async t => {
  const its = await world(t)
  const { id } = await ending(its.db)
  const { id: bookingId } = await booked(its.db, id, 'Anne')
  await cancelForThem(its, [bookingId], organiser, end.minus({ minutes: 20 }))

  t.strictSame(await sweep(its, morning), [])
})

t.test('when attendance is corrected later, nobody gets a second email', async t => {
  const its = await world(t)
  const { id } = await ending(its.db)
  await booked(its.db, id, 'Anne', { attended: false })
  await booked(its.db, id, 'Bob')
  const expected = ['Anne: sorry-we-missed-you', 'Bob: after-the-day']
  t.strictSame(await sweep(its, morning), expected)

  await its.db.booking.updateMany({ where: { activityId: id }, data: { attended: true } })

  t.strictSame(await sweep(its, morning.plus({ minutes: 1 })), expected)
})

t.test('of two processes at once, with attendance corrected between them, one sends an email', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id } = await ending(db)
  await booked(db, id, 'Anne')
  await warm(db)
  let second: Promise<unknown> | undefined
  let isOver = false
  const slow: Outbox = {
    async announce (...given) {
      await outbox.announce(...given)
      await db.booking.updateMany({ where: { activityId: id }, data: { attended: true } })
      second = remindPeople(db, outbox, host, morning).finally(() => { isOver = true })
      await eventually(async () => isOver || (await db.$queryRaw<unknown[]>`
        SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).length > 0)
    }
  }

  await remindPeople(db, slow, host, morning)
  await second

  t.strictSame(await sweep(its, morning), ['Anne: after-the-day'])
})

t.test('what lasted a week is over once, on the morning after its last day', async t => {
  const its = await world(t)
  const midnight = noon.startOf('day')
  const { id } = await ending(its.db, {
    allDay: true, startsAt: midnight.minus({ days: 7 }).toJSDate(), endsAt: midnight.toJSDate()
  })
  await booked(its.db, id, 'Anne')

  t.strictSame(await sweep(its, midnight.plus({ hours: 10 }).minus({ milliseconds: 1 })), [])
  t.strictSame(await sweep(its, midnight.plus({ hours: 10 })), ['Anne: after-the-day'])
})
