import t from 'tap'
import { cancelBooking, cancelBookingsByStaff } from '../../../src/booking/bookings/cancel.ts'
import { AlreadyCancelled, ChosenGone } from '../../../src/booking/bookings/errors.ts'
import { confirmationToken } from '../../../src/identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../../src/identity/staff/confirmation.ts'
import { cancelForThem } from '../../support/confirming.ts'
import { contextWith, doJobs, keeping } from '../../support/email-context.ts'
import { fingerprints } from '../../support/changes.ts'
import { choosing, sentFrom } from '../../support/filled-in.ts'
import { countedService, perceived, post, service } from '../../support/service.ts'
import { anAgency, organiser, signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, announced, noon, warm, world } from '../../support/world.ts'

const ids = (bookings: ReadonlyArray<{ id: string }>) => bookings.map(({ id }) => id)

t.test('several bookings are cancelled at once: who is emailed, called or not concerned is read first', async t => {
  const its = await service(t)
  const { app, db } = its
  const activity = await anActivity(db, { capacity: 4 })
  const { headers, member } = await signedIn(app, db, { role: 'organiser' })
  const anne = await aBooking(db, activity.id, { name: 'Anne Ash', email: 'anne@example.org' })
  const bob = await aBooking(db, activity.id, { name: 'Bob Bell', places: 2, email: 'bob@example.org' })
  const cy = await aBooking(db, activity.id, {
    name: 'Cy Carr', email: 'cy@example.org', phone: '01539 722 722', unreachableAt: noon.toJSDate()
  })
  const dee = await aBooking(db, activity.id, { name: 'Dee Day', status: 'waiting', email: 'dee@example.org' })
  const gone = await aBooking(db, activity.id, { name: 'Gus Gone', status: 'cancelled', email: 'gus@example.org' })
  const other = await aBooking(db, activity.id, { status: 'waiting', places: 4 })
  const url = `/staff/activities/${activity.slug}/attendees/cancellation`
  const mailer = keeping()

  const asked = await post(app, url, choosing(ids([anne, bob, cy, dee, gone])), headers)
  const page = perceived(asked)
  const untouched = await db.booking.count({ where: { status: 'cancelled' } })
  const done = await post(app, url, sentFrom(asked.body), headers)
  const again = await post(app, url, sentFrom(asked.body), headers)
  t.strictSame(await doJobs(its, contextWith(its, mailer)), [])

  t.equal(asked.statusCode, 200)
  t.equal(page.h1, 'Do you want to cancel 4 bookings?')
  t.match(page.text, '3 people lose their 4 places, which go to the next in line.')
  t.match(page.text, '1 person loses their turn on the waiting list.')
  t.match(page.text, '2 people get an email that says the organisers cancelled their booking, and it comes out of their')
  t.match(page.text, '1 person who loses their turn gets an email that says so.')
  t.match(page.text, 'Emails do not reach 1 person: call them.')
  t.match(page.text, 'Cy Carr 01539 722 722')
  t.match(page.text, '1 person has cancelled or left the list already. Nothing changes for them.')
  t.match(page.text, /The 5 people you chose Anne Ash .* Confirmed Bob Bell .* Gus Gone .* Cancelled/)
  t.equal(untouched, 1)
  t.equal(done.statusCode, 303)
  t.equal(done.headers.location, `/staff/activities/${activity.slug}/attendees?done=bookings-cancelled-to-call`)
  t.equal(again.statusCode, 409)
  t.match(perceived(again).text, 'These bookings have all been cancelled, or left the list, already.')
  t.strictSame(
    await db.booking.findMany({
      select: { id: true, status: true, cancelledBy: true, icalSequence: true }, orderBy: { arrival: 'asc' }
    }),
    [
      ...[anne, bob, cy].map(({ id }) => ({ id, status: 'cancelled', cancelledBy: 'organiser', icalSequence: 1 })),
      { id: dee.id, status: 'cancelled', cancelledBy: 'organiser', icalSequence: 0 },
      { id: gone.id, status: 'cancelled', cancelledBy: null, icalSequence: 0 },
      { id: other.id, status: 'waiting', cancelledBy: null, icalSequence: 0 }
    ])
  t.match(await db.occupancy.findUnique({ where: { activityId: activity.id } }), {
    confirmed: 0, waiting: 4, waitingBookings: 1
  })
  const announcements = await announced(db, 'booking.cancelled')
  t.strictSame(announcements.map(({ bookingId }) => bookingId).sort(), ids([anne, bob, cy, dee]).sort())
  t.strictSame(await announced(db, 'place.freed'), [{ activityId: activity.id }])
  t.strictSame(mailer.kept.map(({ to, calendar }) => [to, calendar?.method]).sort(), [
    ['anne@example.org', 'CANCEL'], ['bob@example.org', 'CANCEL'], ['cy@example.org', 'CANCEL'], ['dee@example.org', undefined]
  ])
  t.strictSame(
    (await db.auditEntry.findMany({ where: { action: 'booking.cancelled' }, orderBy: { id: 'asc' } }))
      .map(({ staffMemberId, subject, details }) => ({ staffMemberId, subject, details })),
    [[anne, 'confirmed'], [bob, 'confirmed'], [cy, 'confirmed'], [dee, 'waiting']].map(([booking, was]) =>
      ({ staffMemberId: member.id, subject: activity.slug, details: { booking: (booking as typeof anne).id, was } })))
})

t.test('who was carried onto this list and has not been asked loses their turn and hears nothing', async t => {
  const its = await service(t)
  const { app, db } = its
  const activity = await anActivity(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const carried = { status: 'waiting', copiedFromBookingId: crypto.randomUUID() }
  const unasked = await aBooking(db, activity.id, { ...carried, email: 'una@example.org' })
  const uncalled = await aBooking(db, activity.id, { ...carried, name: 'Una Uncalled', email: 'uc@example.org', unreachableAt: noon.toJSDate() })
  const asked = await aBooking(db, activity.id, { ...carried, offers: 1, email: 'asked@example.org' })
  const mailer = keeping()
  const cancelling = async (chosen: Array<{ id: string }>) =>
    await post(app, `/staff/activities/${activity.slug}/attendees/cancellation`, choosing(ids(chosen)), headers)

  const several = await cancelling([unasked, uncalled, asked])
  const one = await app.inject({ url: `/staff/activities/${activity.slug}/bookings/${unasked.id}/cancellation`, headers })
  const done = await post(app, `/staff/activities/${activity.slug}/attendees/cancellation`, sentFrom(several.body), headers)
  t.strictSame(await doJobs(its, contextWith(its, mailer)), [])

  const { text } = perceived(several)
  t.match(text, '3 people lose their turn on the waiting list. 1 person who loses their turn gets an email that says so.')
  t.match(text, '2 people wait from another date and have not been asked yet, so hear nothing.')
  t.notMatch(text, 'call them', 'nor are they called')
  t.match(perceived(one).text, 'They wait from another date and have not been asked yet, so hear nothing.')
  t.notMatch(perceived(one).text, 'email that says so')
  t.match(done.headers.location, /done=bookings-cancelled$/)
  t.equal(await db.booking.count({ where: { status: 'cancelled', cancelledBy: 'organiser' } }), 3)
  t.strictSame(mailer.kept.map(({ to }) => to), ['asked@example.org'])
})

t.test('who cancels while it is being read is no longer among those it reaches, and the page comes again', async t => {
  const { app, db, outbox } = await service(t)
  const activity = await anActivity(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const [one, two] = [await aBooking(db, activity.id), await aBooking(db, activity.id)]
  const url = `/staff/activities/${activity.slug}/attendees/cancellation`
  const asked = await post(app, url, choosing(ids([one, two])), headers)
  await cancelBooking(db, outbox, one.id, noon)

  const again = await post(app, url, sentFrom(asked.body), headers)
  const between = await db.booking.findUniqueOrThrow({ where: { id: two.id } })
  const done = await post(app, url, sentFrom(again.body), headers)

  t.equal(again.statusCode, 200)
  t.match(perceived(again).text, 'Something has changed while you were reading')
  t.match(perceived(again).text, '1 person loses their place, which goes to the next in line. New')
  t.equal(between.status, 'confirmed')
  t.match(done.headers.location, /done=bookings-cancelled$/)
  t.match(await db.booking.findMany({ orderBy: { arrival: 'asc' } }), [
    { status: 'cancelled', cancelledBy: null }, { status: 'cancelled', cancelledBy: 'organiser' }
  ])
})

t.test('another person in the place of one who was read is other effects, though the sentences are the same', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db)
  const [one, two] = [await aBooking(db, activityId), await aBooking(db, activityId)]
  const cancel = async (bookingIds: string[], confirmed?: string) =>
    await cancelBookingsByStaff(db, outbox, { activityId, bookingIds, confirmed }, organiser, noon)
  const required = await cancel([one.id]).catch((error: unknown) => error) as ConfirmationRequired

  await t.rejects(cancel([two.id], confirmationToken(required.effects)), /would reach people/)
  t.equal(await db.booking.count({ where: { status: 'cancelled' } }), 0)
})

t.test('a choice of nobody, of too many, or of anyone who is not on the list is refused in words and changes nothing', async t => {
  const { app, ...its } = await service(t)
  const { db } = its
  const activity = await anActivity(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const { id } = await aBooking(db, activity.id)
  const elsewhere = await aBooking(db, (await anActivity(db)).id)
  const fingerprint = await fingerprints(t, its)
  const before = await fingerprint()
  const nobody = 'Choose at least one person.'
  const gone = new ChosenGone().message
  const cases: Array<[form: string, status: number, sentence: string]> = [
    ['', 400, nobody],
    ['booking=', 404, gone],
    ['booking=x', 404, gone],
    [choosing([id, crypto.randomUUID()]), 404, gone],
    [choosing([id, elsewhere.id]), 404, gone],
    [choosing(Array.from({ length: 101 }, () => crypto.randomUUID())), 400, 'Choose up to 100 people at a time.'],
    [choosing([id], { other: '1' }), 400, 'This form has no field “other”. Load the page again and fill it in once more.']
  ]

  for (const what of ['cancellation', 'move', 'move/date', 'attendance', 'attendance/notes', 'bulletin']) {
    for (const [form, status, sentence] of cases) {
      const answer = await post(app, `/staff/activities/${activity.slug}/attendees/${what}`, form, headers)
      const page = perceived(answer)
      t.equal(answer.statusCode, status, `${what}: ${form.slice(0, 60)}`)
      t.strictSame(page.errors.map(({ sentence }) => sentence), [sentence], `${what}: ${form.slice(0, 60)}`)
      for (const { field } of page.errors) t.ok(page.has(field), `${what}: the link leads somewhere`)
      t.equal(page.h1, 'Choose who this is for')
      t.match(answer.body, `href="/staff/activities/${activity.slug}/attendees"`)
    }
  }
  t.strictSame(await fingerprint(), before)
})

t.test('only people who run an activity cancel bookings of it', async t => {
  const { app, db } = await service(t)
  const [ours, theirs] = [await anAgency(db), await anAgency(db)]
  const activity = await anActivity(db, { leadAgencyId: ours.id })
  await db.activityPartner.create({ data: { activityId: activity.id, agencyId: theirs.id } })
  const { id } = await aBooking(db, activity.id)
  const url = `/staff/activities/${activity.slug}/attendees/cancellation`
  const cases = [
    [{ role: 'admin' }, 200], [{ role: 'organiser', agencyId: ours.id }, 200], [{ role: 'organiser', agencyId: theirs.id }, 403],
    [{ role: 'staff', agencyId: ours.id }, 403], [{ role: 'host' }, 403]
  ] as const

  for (const [who, status] of cases) {
    const { headers } = await signedIn(app, db, who)
    const answer = await post(app, url, choosing([id]), headers)
    t.equal(answer.statusCode, status, JSON.stringify(who))
    if (status !== 200) t.notMatch(answer.body, 'Kirkbride')
  }
  t.match(await db.booking.findFirst(), { status: 'confirmed' })
})

t.test('organisers who cancel overlapping sets at once cancel each booking once', async t => {
  const its = await world(t)
  const { db } = its
  const { id: activityId } = await anActivity(db)
  const people: string[] = []
  for (let n = 0; n < 12; n++) people.push((await aBooking(db, activityId)).id)
  await warm(db)

  const ends = await Promise.allSettled([0, 2, 4, 6, 8, 10].map(async from =>
    await cancelForThem(its, [...people.slice(from), ...people.slice(0, from)].slice(0, 6), organiser, noon)))

  const cancelled = await announced(db, 'booking.cancelled')
  const reasons = ends.flatMap(end => end.status === 'rejected' ? [end.reason as unknown] : [])
  for (const reason of reasons) t.ok(reason instanceof AlreadyCancelled, String(reason))
  t.equal(cancelled.length, 12)
  t.equal(new Set(cancelled.map(({ bookingId }) => bookingId)).size, 12)
  t.equal(await db.auditEntry.count({ where: { action: 'booking.cancelled' } }), 12)
  t.strictSame(await db.booking.groupBy({ by: ['status', 'icalSequence'], _count: true }), [{ status: 'cancelled', icalSequence: 1, _count: 12 }])
  t.match(await db.occupancy.findUnique({ where: { activityId } }), { confirmed: 0 })
})

t.test('people who cancel themselves while staff cancel them are cancelled once, and by one of the two', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id: activityId } = await anActivity(db)
  const people: string[] = []
  for (let n = 0; n < 8; n++) people.push((await aBooking(db, activityId)).id)
  await warm(db)

  const [byStaff, ...own] = await Promise.allSettled([
    cancelForThem(its, people, organiser, noon),
    ...people.map(async id => { await cancelBooking(db, outbox, id, noon) })
  ])

  const refused = own.flatMap(end => end.status === 'rejected' ? [end.reason as unknown] : [])
  for (const reason of refused) t.ok(reason instanceof AlreadyCancelled, String(reason))
  const themselves = own.length - refused.length
  t.equal(byStaff?.status === 'rejected', themselves === 8)
  t.equal(await db.booking.count({ where: { cancelledBy: 'organiser' } }), 8 - themselves)
  t.equal(await db.auditEntry.count(), 8 - themselves)
  t.equal((await announced(db, 'booking.cancelled')).length, 8)
})

t.test('where cancelling fails, nothing is cancelled, nobody is told and nothing is on record', async t => {
  const { db, outbox: real } = await world(t)
  const { id: activityId } = await anActivity(db)
  const people = [await aBooking(db, activityId), await aBooking(db, activityId)]
  const outbox: typeof real = {
    async announce (tx, fact, payloads) {
      if (fact === 'place.freed') throw new Error('The queue is away.')
      await real.announce(tx, fact, payloads)
    }
  }

  await t.rejects(cancelForThem({ db, outbox }, ids(people), organiser, noon), /The queue is away/)

  t.equal(await db.booking.count({ where: { status: 'confirmed', icalSequence: 0 } }), 2)
  t.strictSame(await announced(db, 'booking.cancelled'), [])
  t.equal(await db.auditEntry.count(), 0)
})

t.test('a hundred bookings are cancelled by as many queries as one', async t => {
  const { app, counted, db } = await countedService(t)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const cancelling = async (people: number) => {
    const { id, slug } = await anActivity(db, { capacity: 100 })
    const chosen: string[] = []
    for (let n = 0; n < people; n++) chosen.push((await aBooking(db, id)).id)
    const url = `/staff/activities/${slug}/attendees/cancellation`
    const asked = await post(app, url, choosing(chosen), headers)
    counted.queries = 0
    const began = performance.now()
    const done = await post(app, url, sentFrom(asked.body), headers)
    t.comment(`${people}: ${counted.queries} queries, ${Math.round(performance.now() - began)} ms`)
    t.equal(done.statusCode, 303)
    return counted.queries
  }

  const forOne = await cancelling(1)
  t.equal(await cancelling(100), forOne)
})
