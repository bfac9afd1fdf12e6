import { DateTime } from 'luxon'
import t from 'tap'
import { importProgramme } from '../../../src/programme/programme-file/commands.ts'
import { programmeFileOf, readProgrammeFile } from '../../../src/programme/programme-file/csv-file.ts'
import { listProgramme } from '../../../src/programme/programme-file/queries.ts'
import { rowOf } from '../../../src/programme/programme-file/row.ts'
import { setJoinLink } from '../../../src/office/meetings/join-link.ts'
import { wallClock } from '../../../src/programme/activities/local-time.ts'
import { cancelActivity, cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import type { Activity } from '../../../src/platform/database/generated/client.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import type { Outbox } from '../../../src/platform/outbox.ts'
import { remindPeople } from '../../../src/mail/reminders/commands.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { confirming } from '../../support/confirming.ts'
import { doJobs, keeping, contextWith } from '../../support/email-context.ts'
import { organiser } from '../../support/staff.ts'
import { aBooking, anActivity, announced, noon, secretKey, warm, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const zone = 'Europe/London'
const seal = joinLinkSeal(secretKey)
const host = 'workshops.example.org'
const start = noon.plus({ days: 8, hours: 6 })
const long = noon.minus({ days: 20 }).toJSDate()
const bookedLongAgo = { createdAt: long, confirmedAt: long, changedAt: long }

/** An activity with the given start that lasts half an hour; on Tuesday 1 December 2026 at 6pm by default. */
async function starting (db: Db, startsAt = start, given: Partial<Activity> = {}): Promise<Activity> {
  const endsAt = startsAt.plus({ minutes: 30 })
  return await anActivity(db, { startsAt: startsAt.toJSDate(), endsAt: endsAt.toJSDate(), ...given })
}

/** The existing emails, in the order in which they were owed: recipient, kind and state. */
async function emails ({ db }: Pick<World, 'db'>): Promise<string[]> {
  const rows = await db.email.findMany({ include: { booking: true }, orderBy: [{ createdAt: 'asc' }, { kind: 'asc' }] })
  return rows.map(({ kind, booking, status }) => `${booking.name} ${kind} ${status}`).sort()
}

/** Sweeps as the worker does, but every hour; returns when which emails came to be owed. */
async function sweepThrough (its: World, from: DateTime<true>, to: DateTime<true>): Promise<string[]> {
  const seen = new Set((await its.db.email.findMany()).map(({ id }) => id))
  const owed: string[] = []
  for (let now = from; now <= to; now = now.plus({ hours: 1 })) {
    await remindPeople(its.db, its.outbox, host, now)
    for (const { id, kind, booking } of await its.db.email.findMany({ include: { booking: true } })) {
      if (!seen.has(id)) owed.push(`${now.setZone(zone).toFormat('dd MMM HH:mm')} ${booking.name} ${kind}`)
      seen.add(id)
    }
  }
  return owed
}

t.test('people are reminded a week, a day and an hour before, each once', async t => {
  const its = await world(t)
  const { id } = await starting(its.db)
  await aBooking(its.db, id, { name: 'Anne', ...bookedLongAgo })

  const owed = [
    ...await sweepThrough(its, start.minus({ days: 8 }), start.minus({ days: 8 })),
    ...await sweepThrough(its, start.minus({ days: 7, hours: 2 }), start.minus({ days: 6, hours: 23 })),
    ...await sweepThrough(its, start.minus({ hours: 26 }), start.minus({ hours: 23 })),
    ...await sweepThrough(its, start.minus({ hours: 3 }), start.plus({ hours: 1 }))
  ]

  t.strictSame(owed, [
    '24 Nov 18:00 Anne reminder-week', '30 Nov 18:00 Anne reminder-day', '01 Dec 17:00 Anne reminder-hour'
  ])
  t.equal((await announced(its.db, 'letter.due')).length, 3)
})

t.test('24 hours before Sunday 28 March 2027, 6pm, is Saturday at 6pm', async t => {
  const its = await world(t)
  const sunday = DateTime.fromISO('2027-03-28T18:00', { zone }).toUTC() as DateTime<true>
  const { id } = await starting(its.db, sunday, { reminders: ['day', 'hour'] })
  await aBooking(its.db, id, { name: 'Anne', ...bookedLongAgo })

  t.strictSame(await sweepThrough(its, sunday.minus({ hours: 26 }), sunday), [
    '27 Mar 18:00 Anne reminder-day', '28 Mar 17:00 Anne reminder-hour'
  ])
})

t.test('someone who books after a reminder was due does not get it, nor the week’s with under ten days to go', async t => {
  const its = await world(t)
  const { id } = await starting(its.db)
  const booked = async (name: string, at: DateTime<true>) =>
    await aBooking(its.db, id, { name, createdAt: at.toJSDate(), confirmedAt: at.toJSDate(), changedAt: at.toJSDate() })
  await booked('Ten days ahead', start.minus({ days: 10 }))
  await booked('Nine days ahead', start.minus({ days: 10 }).plus({ minutes: 1 }))
  await booked('Within the day', start.minus({ hours: 23 }))
  await booked('Within the hour', start.minus({ minutes: 59 }))

  const owed: string[] = []
  for (const ahead of [{ days: 6 }, { hours: 22 }, { minutes: 58 }]) {
    await remindPeople(its.db, its.outbox, host, start.minus(ahead))
    owed.push(...(await emails(its)).filter(email => email.endsWith('queued')))
  }

  t.strictSame(owed, [
    'Ten days ahead reminder-week queued',
    'Nine days ahead reminder-day queued', 'Ten days ahead reminder-day queued',
    'Nine days ahead reminder-hour queued', 'Ten days ahead reminder-hour queued', 'Within the day reminder-hour queued'
  ])
})

t.test('nobody is reminded who has no place or wants no reminders, nor of an activity that is off', async t => {
  const its = await world(t)
  const { id } = await starting(its.db)
  for (const status of ['waiting', 'offered', 'lapsed', 'cancelled']) {
    await aBooking(its.db, id, { ...bookedLongAgo, status, name: status })
  }
  await aBooking(its.db, id, { ...bookedLongAgo, remindersOff: true })
  for (const given of [{ status: 'cancelled' }, { status: 'draft' }, { reminders: ['week', 'hour'] }]) {
    const { id } = await starting(its.db, start, given)
    await aBooking(its.db, id, bookedLongAgo)
  }

  await remindPeople(its.db, its.outbox, host, start.minus({ hours: 20 }))

  t.strictSame(await emails(its), [])
})

t.test('a sweep that comes late sends what is still worth sending, and only that', async t => {
  for (const [ahead, expected] of [
    [{ days: 1, minutes: 1 }, ['Anne reminder-week queued']],
    [{ minutes: 61 }, ['Anne reminder-day queued']],
    [{ minutes: 1 }, ['Anne reminder-hour queued']],
    [{ minutes: 0 }, []]
  ] as const) {
    const its = await world(t)
    const { id } = await starting(its.db)
    await aBooking(its.db, id, { name: 'Anne', ...bookedLongAgo })

    await remindPeople(its.db, its.outbox, host, start.minus(ahead))

    t.strictSame(await emails(its), expected)
  }
})

t.test('the day’s reminder of an all-day activity goes on the morning of the day before', async t => {
  const its = await world(t)
  const day = noon.plus({ days: 8 }).startOf('day')
  const { id } = await starting(its.db, day, { allDay: true, endsAt: day.plus({ days: 1 }).toJSDate() })
  await aBooking(its.db, id, { name: 'Anne', ...bookedLongAgo })

  const owed = [
    ...await sweepThrough(its, day.minus({ days: 6, hours: 16 }), day.minus({ days: 6, hours: 13 })),
    ...await sweepThrough(its, day.minus({ hours: 16 }), day.minus({ hours: 13 })),
    ...await sweepThrough(its, day.minus({ hours: 1 }), day.plus({ hours: 2 }))
  ]

  t.strictSame(owed, ['24 Nov 10:00 Anne reminder-week', '30 Nov 10:00 Anne reminder-day'])
})

/** Moves the start of an activity as an organiser does in the programme's file: everyone is told. */
async function move ({ db, outbox }: World, slug: string, to: DateTime<true>, now: DateTime<true>): Promise<void> {
  const cells = { starts: wallClock(to, zone), ends: wallClock(to.plus({ minutes: 30 }), zone) }
  const rows = (await listProgramme(db, seal)).map(rowOf).map(row => row.slug === slug ? { ...row, ...cells } : row)
  const file = readProgrammeFile(Buffer.from(programmeFileOf(rows)))
  await importProgramme(db, outbox, seal, file, { dryRun: false }, now)
}

t.test('someone told of a move is reminded at the new time, and not of the same start twice', async t => {
  const its = await world(t)
  const { id, slug } = await starting(its.db)
  await aBooking(its.db, id, { name: 'Anne', ...bookedLongAgo })
  const dayLater = start.plus({ days: 1 })
  const before = await sweepThrough(its, start.minus({ hours: 25 }), start.minus({ hours: 20 }))

  await move(its, slug, dayLater, start.minus({ hours: 20 }))
  const after = await sweepThrough(its, start.minus({ hours: 3 }), start.plus({ hours: 1 }))
  await move(its, slug, start.plus({ hours: 6 }), start.plus({ hours: 1 }))
  await move(its, slug, dayLater, start.plus({ hours: 2 }))
  const again = await sweepThrough(its, dayLater.minus({ hours: 3 }), dayLater)

  t.strictSame(before, ['30 Nov 17:00 Anne reminder-week', '30 Nov 18:00 Anne reminder-day'])
  t.strictSame(after, ['01 Dec 18:00 Anne reminder-day'])
  t.strictSame(again, ['02 Dec 17:00 Anne reminder-hour'], 'the email about the move was a reminder itself')
})

t.test('someone who has just been emailed about their booking is not reminded of it in the same minute', async t => {
  const its = await world(t)
  const { id } = await starting(its.db)
  await aBooking(its.db, id, { name: 'Anne', ...bookedLongAgo })
  const link = 'https://teams.microsoft.com/meet/391274608351?p=Kc3mWq8vTz2nLx'
  const at = start.minus({ hours: 23 })
  await confirming(async confirmed =>
    await setJoinLink(its.db, its.outbox, seal, id, { joinUrl: link, confirmed }, organiser, at))

  await remindPeople(its.db, its.outbox, host, start.minus({ hours: 23 }))
  await remindPeople(its.db, its.outbox, host, start.minus({ minutes: 60 }))

  t.strictSame(await emails(its), ['Anne reminder-hour queued'])
})

t.test('what was owed is not sent any more once the person, the place, the activity or its time is gone', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const evening = start.minus({ hours: 24 })
  const people = new Map<string, string>()
  for (const name of ['cancels', 'stops reminders', 'is cancelled on', 'is moved', 'stays']) {
    const { id } = await starting(db)
    people.set(name, (await aBooking(db, id, { name, ...bookedLongAgo })).id)
  }
  const activityOf = async (name: string) =>
    (await db.booking.findUniqueOrThrow({ where: { id: people.get(name) ?? '' }, include: { activity: true } })).activity
  await remindPeople(db, outbox, host, evening)
  t.equal((await emails(its)).length, 5)

  await cancelBooking(db, outbox, people.get('cancels') ?? '', evening)
  await db.booking.update({ where: { id: people.get('stops reminders') ?? '' }, data: { remindersOff: true } })
  await confirming(async confirmed =>
    await cancelActivity(db, outbox, (await activityOf('is cancelled on')).id, { reason: 'Snow.', confirmed }, organiser, evening))
  await move(its, (await activityOf('is moved')).slug, start.plus({ days: 2 }), evening)
  const mailer = keeping()
  const context = contextWith(its, mailer)
  context.turnClock(evening.plus({ minutes: 2 }))
  t.strictSame(await doJobs(its, context), [])

  t.strictSame((await emails(its)).filter(email => email.includes('reminder')), [
    'cancels reminder-day withdrawn', 'is cancelled on reminder-day withdrawn', 'is moved reminder-day withdrawn',
    'stays reminder-day sent', 'stops reminders reminder-day withdrawn'
  ])
  t.equal(mailer.kept.filter(({ subject }) => subject.startsWith('Tomorrow')).length, 1)
})

t.test('in ten processes at once, everyone is reminded once', async t => {
  const its = await world(t)
  for (const n of [1, 2, 3]) {
    const { id } = await starting(its.db)
    for (const name of ['Anne', 'Bob', 'Cem', 'Dee']) await aBooking(its.db, id, { name: `${name} ${n}`, ...bookedLongAgo })
  }
  await warm(its.db)

  await Promise.all(Array.from({ length: 10 }, async () => {
    await remindPeople(its.db, its.outbox, host, start.minus({ hours: 1 }))
  }))

  t.equal((await emails(its)).length, 12)
  t.equal((await announced(its.db, 'letter.due')).length, 12)
})

t.test('an activity that fails keeps none of the others waiting', async t => {
  const its = await world(t)
  const [broken, sound] = [await starting(its.db), await starting(its.db)]
  for (const { id } of [broken, sound]) await aBooking(its.db, id, { name: id === broken.id ? 'Anne' : 'Bob', ...bookedLongAgo })
  await its.asOwner(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.booking_id IN (SELECT id FROM bookings WHERE activity_id = '${broken.id}') THEN RAISE EXCEPTION 'broken'; END IF;
      RETURN NEW;
    END $$`)
  await its.asOwner('CREATE TRIGGER refuse BEFORE INSERT ON letters FOR EACH ROW EXECUTE FUNCTION refuse()')

  const error = await remindPeople(its.db, its.outbox, host, start.minus({ hours: 1 })).catch((error: unknown) => error)

  t.match(error, AggregateError)
  t.equal((error as AggregateError).errors.length, 1)
  t.strictSame(await emails(its), ['Bob reminder-hour queued'])
})

t.test('a reminder is owed with its job or not at all', async t => {
  const its = await world(t)
  const { id } = await starting(its.db)
  await aBooking(its.db, id, { name: 'Anne', ...bookedLongAgo })
  const failing: Outbox = {
    async announce (...given) {
      await its.outbox.announce(...given)
      throw new Error('The connection is gone.')
    }
  }

  await t.rejects(remindPeople(its.db, failing, host, start.minus({ hours: 1 })))
  t.strictSame([await emails(its), await announced(its.db, 'letter.due')], [[], []])
  await remindPeople(its.db, its.outbox, host, start.minus({ hours: 1 }))

  t.strictSame(await emails(its), ['Anne reminder-hour queued'])
})

t.test('more people than one transaction takes are all reminded', async t => {
  const its = await world(t)
  const { id } = await starting(its.db, start, { capacity: 3000 })
  await its.db.$executeRaw`
    INSERT INTO bookings (activity_id, reference, name, email, canonical_email, role, status, submission_id,
      created_at, changed_at, confirmed_at)
    SELECT ${id}::uuid, 'R' || n, 'Anne', n || '@example.org', n || '@example.org', 'parent', 'confirmed', gen_random_uuid(),
      ${long}, ${long}, ${long}
    FROM generate_series(1, 2001) AS n`

  await remindPeople(its.db, its.outbox, host, start.minus({ hours: 1 }))

  t.equal(await its.db.email.count(), 2001)
  t.equal((await announced(its.db, 'letter.due')).length, 2001)
})

t.test('someone mail could not reach gets the hour’s reminder when it can, and no earlier one beside it', async t => {
  const its = await world(t)
  const { id } = await starting(its.db)
  await aBooking(its.db, id, { name: 'Anne', ...bookedLongAgo })
  const { id: inHand } = await aBooking(its.db, id, { name: 'Bob', ...bookedLongAgo })
  const now = start.minus({ hours: 1 })
  await remindPeople(its.db, its.outbox, host, start.minus({ hours: 24 }))
  await its.db.email.updateMany({
    where: { bookingId: inHand }, data: { claimedUntil: now.plus({ seconds: 30 }).toJSDate() }
  })

  await remindPeople(its.db, its.outbox, host, now)
  const mailer = keeping()
  const context = contextWith(its, mailer)
  context.turnClock(now)
  await doJobs(its, context)

  t.strictSame(await emails(its), [
    'Anne reminder-day withdrawn', 'Anne reminder-hour sent', 'Bob reminder-day queued', 'Bob reminder-hour sent'
  ], 'but what a worker has in hand is left to it')
})

t.test('a minute in which nothing is due costs three statements, however many activities and people there are', async t => {
  const its = await world(t)
  for (let n = 0; n < 5; n++) {
    const { id } = await starting(its.db)
    await aBooking(its.db, id, bookedLongAgo)
    const { id: over } = await starting(its.db, start.minus({ days: 1, hours: 6 }))
    await aBooking(its.db, over, bookedLongAgo)
  }
  const now = start.minus({ hours: 2 })
  await remindPeople(its.db, its.outbox, host, now)
  t.equal((await emails(its)).length, 10)
  let statements = 0
  const counted = its.db.$extends({
    query: { $allOperations: async ({ args, query }) => { statements++; return await query(args) } }
  }) as unknown as Db

  await remindPeople(counted, its.outbox, host, now)

  t.equal(statements, 3)
})
