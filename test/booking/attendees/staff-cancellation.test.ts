import t from 'tap'
import { BookingNotOpen } from '../../../src/programme/activities/errors.ts'
import { cancelActivity } from '../../../src/booking/bookings/cancel.ts'
import { makeAnotherDate } from '../../../src/booking/waiting-list/another-date.ts'
import { serveWaitingList } from '../../../src/booking/waiting-list/serve.ts'
import { cancelForThem, confirming } from '../../support/confirming.ts'
import { filledIn } from '../../support/filled-in.ts'
import { doJobs, keeping, contextWith } from '../../support/email-context.ts'
import { perceived, post, service } from '../../support/service.ts'
import { anAgency, organiser, signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, announced, noon, world } from '../../support/world.ts'

t.test('someone who cancels an activity reads first who that reaches, and says why', async t => {
  const its = await service(t)
  const { app, db } = its
  const activity = await anActivity(db)
  const { headers, member } = await signedIn(app, db, { role: 'organiser' })
  const url = `/staff/activities/${activity.slug}/cancellation`
  for (let n = 0; n < 3; n++) await aBooking(db, activity.id)
  await aBooking(db, activity.id, { unreachableAt: noon.toJSDate() })
  await aBooking(db, activity.id, { status: 'waiting' })
  await aBooking(db, activity.id, { status: 'offered' })
  await aBooking(db, activity.id, { status: 'waiting', copiedFromBookingId: crypto.randomUUID() })
  await aBooking(db, activity.id, { status: 'cancelled' })

  const form = await app.inject({ url, headers })
  const page = perceived(form)
  const unsaid = await post(app, url, { reason: ' ' }, headers)
  const long = await post(app, url, { reason: 'x'.repeat(301) }, headers)
  const naming = await post(app, url, { reason: 'Ask Pat on 07700 900123' }, headers)
  const untouched = await db.activity.findUniqueOrThrow({ where: { id: activity.id } })
  const answer = await post(app, url, { ...filledIn(form.body), reason: 'The speaker is ill' }, headers)
  const again = await post(app, url, { ...filledIn(form.body), reason: 'The speaker is ill' }, headers)
  const after = perceived(await app.inject({ url: String(answer.headers.location), headers }))

  t.match(page.text, '3 people who have a place get an email, and it comes out of their calendars.')
  t.match(page.text, '2 people who are waiting are told by email.')
  t.match(page.text, 'Emails do not reach 1 person: call them.')
  t.equal(unsaid.statusCode, 400)
  t.strictSame(perceived(unsaid).errors, [{ field: 'reason', sentence: 'Say why it is cancelled' }])
  t.strictSame(perceived(long).errors, [{ field: 'reason', sentence: 'The reason must be 300 characters or fewer' }])
  t.match(long.body, 'x'.repeat(301))
  t.match(perceived(naming).errors, [{ field: 'reason', sentence: /^The reason must not have a mobile number in it/ }])
  t.match(filledIn(naming.body), { reason: 'Ask Pat on 07700 900123' })
  t.equal(untouched.status, 'published')
  t.equal(answer.statusCode, 303)
  t.match(after.text, 'The activity is cancelled.')
  t.notMatch(after.text, 'Cancel this activity')
  t.equal(again.statusCode, 409)
  t.match(await db.activity.findUnique({ where: { id: activity.id } }), {
    status: 'cancelled', cancellationReason: 'The speaker is ill', icalSequence: 1
  })
  t.strictSame(new Set((await db.booking.findMany()).map(({ status }) => status)), new Set(['cancelled']))
  t.equal((await announced(db, 'booking.cancelled')).length, 7)
  t.strictSame(await doJobs(its, contextWith(its, keeping())), [])
  t.equal(await db.email.count(), 6, 'someone carried over has not heard of it')
  t.match(await db.auditEntry.findMany({ where: { action: 'activity.cancelled' } }), [
    { staffMemberId: member.id, subject: activity.slug, details: { bookings: 7, told: 5, toCall: 1 } }
  ])
})

t.test('who cancelling reaches by now is read before it is done', async t => {
  const { app, db } = await service(t)
  const activity = await anActivity(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = `/staff/activities/${activity.slug}/cancellation`
  await aBooking(db, activity.id)
  const form = filledIn((await app.inject({ url, headers })).body)
  await aBooking(db, activity.id, { status: 'waiting' })

  const asked = await post(app, url, { ...form, reason: 'The speaker is ill' }, headers)
  const between = await db.activity.findUniqueOrThrow({ where: { id: activity.id } })
  const answer = await post(app, url, filledIn(asked.body), headers)

  t.equal(asked.statusCode, 200)
  t.match(perceived(asked).text, 'Something has changed while you were reading')
  t.match(perceived(asked).text, /1 person who has a place gets an email[^N]*1 person who is waiting is told by email\. New/)
  t.match(asked.body, /name="reason"[^>]*value="The speaker is ill"/)
  t.equal(between.status, 'published')
  t.equal(answer.statusCode, 303)
  t.match(await db.activity.findUnique({ where: { id: activity.id } }), { status: 'cancelled' })
})

t.test('only people who run an activity cancel it, or a booking of it', async t => {
  const { app, db } = await service(t)
  const [ours, theirs] = [await anAgency(db), await anAgency(db)]
  const activity = await anActivity(db, { leadAgencyId: ours.id })
  await db.activityPartner.create({ data: { activityId: activity.id, agencyId: theirs.id } })
  const { id } = await aBooking(db, activity.id)
  const urls = [
    `/staff/activities/${activity.slug}/cancellation`, `/staff/activities/${activity.slug}/bookings/${id}/cancellation`
  ]
  const partner = await signedIn(app, db, { role: 'organiser', agencyId: theirs.id })
  const staff = await signedIn(app, db, { role: 'staff', agencyId: ours.id })

  for (const url of urls) {
    for (const { headers } of [partner, staff]) {
      t.equal((await app.inject({ url, headers })).statusCode, 403)
      t.equal((await post(app, url, { reason: 'Because' }, headers)).statusCode, 403)
    }
    t.equal((await post(app, url, { reason: 'Because' })).statusCode, 303)
  }
  t.match(await db.activity.findFirst(), { status: 'published' })
  t.match(await db.booking.findFirst(), { status: 'confirmed' })
})

t.test('an organiser cancels one booking, an email says so, and the next in line has the place', async t => {
  const its = await service(t)
  const { app, db, outbox } = its
  const activity = await anActivity(db, { capacity: 1 })
  const other = await anActivity(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const { id } = await aBooking(db, activity.id, {
    name: 'Bob Bowness', phone: '01539 722 722', unreachableAt: noon.toJSDate()
  })
  const next = await aBooking(db, activity.id, { status: 'waiting' })
  const urlOn = ({ slug }: { slug: string }, booking: string) => `/staff/activities/${slug}/bookings/${booking}/cancellation`
  const mailer = keeping()

  const question = await app.inject({ url: urlOn(activity, id), headers })
  const page = perceived(question)
  for (const wrong of [urlOn(other, id), urlOn(activity, crypto.randomUUID()), urlOn(activity, 'x')]) {
    t.equal((await post(app, wrong, {}, headers)).statusCode, 404)
  }
  t.match(await db.booking.findUnique({ where: { id } }), { status: 'confirmed' })
  const unread = await post(app, urlOn(activity, id), {}, headers)
  t.equal(unread.statusCode, 200)
  t.match(await db.booking.findUnique({ where: { id } }), { status: 'confirmed' }, 'nothing is done that nobody has read')
  const answer = await post(app, urlOn(activity, id), filledIn(question.body), headers)
  const again = await post(app, urlOn(activity, id), filledIn(question.body), headers)
  await serveWaitingList(db, outbox, activity.id, noon)
  t.strictSame(await doJobs(its, contextWith(its, mailer)), [])

  t.match(page.h1, 'cancel the booking of Bob Bowness')
  t.match(page.text, 'Emails do not reach them: call them.')
  t.match(page.text, 'Bob Bowness 01539 722 722')
  t.equal(answer.statusCode, 303)
  t.equal(again.statusCode, 409)
  t.match(await db.booking.findUnique({ where: { id } }), { status: 'cancelled', cancelledBy: 'organiser' })
  t.match(await db.booking.findUnique({ where: { id: next.id } }), { status: 'confirmed' })
  const email = mailer.kept.find(({ subject }) => subject.startsWith('Your booking is cancelled'))
  t.match(email, { calendar: { method: 'CANCEL' } })
  t.match(email?.text, 'The organisers have cancelled your booking.')
  t.notMatch(email?.text, 'As you asked')
})

t.test('a cancelled activity empties the calendars of those who had a place, and only theirs', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id: campaignId } = await aCampaign(db)
  const activity = await anActivity(db, { campaignId })
  await aBooking(db, activity.id, { email: 'has@example.org', icalSequence: 2, icalOrganizer: 'Before <before@example.org>' })
  await aBooking(db, activity.id, { email: 'waits@example.org', status: 'waiting' })
  await aBooking(db, activity.id, { email: 'left@example.org', status: 'cancelled' })
  const mailer = keeping()

  t.strictSame(await confirming(async confirmed =>
    await cancelActivity(db, outbox, activity.id, { reason: '# The speaker is ill.\r\nSorry', confirmed }, organiser, noon)), { told: 2 })
  t.strictSame(await doJobs(its, contextWith(its, mailer)), [])
  await t.rejects(confirming(async confirmed =>
    await cancelActivity(db, outbox, activity.id, { reason: 'Twice', confirmed }, organiser, noon)), new BookingNotOpen('cancelled'))
  t.strictSame(await doJobs(its, contextWith(its, mailer)), [])

  const by = Object.fromEntries(mailer.kept.map(email => [email.to, email]))
  t.strictSame(Object.keys(by).sort(), ['has@example.org', 'waits@example.org'])
  t.match(by['has@example.org']?.calendar, { method: 'CANCEL', content: /SEQUENCE:3\r\n/ })
  t.match(by['has@example.org']?.calendar?.content, /ORGANIZER;CN="Before":mailto:before@example\.org/)
  t.equal(by['waits@example.org']?.calendar, undefined)
  for (const email of mailer.kept) {
    t.match(email.subject, /^This workshop is cancelled: Online workshop – Cumbria/)
    t.match(email.text, 'This is why: # The speaker is ill. Sorry')
  }
})

t.test('what is over is not cancelled any more', async t => {
  const { db, outbox } = await world(t)
  const activity = await anActivity(db)
  const { id } = await aBooking(db, activity.id)
  const over = noon.plus({ days: 9 })

  await t.rejects(confirming(async confirmed =>
    await cancelActivity(db, outbox, activity.id, { reason: 'Too late', confirmed }, organiser, over)), new BookingNotOpen('over'))
  await t.rejects(cancelForThem({ db, outbox }, [id], organiser, over), new BookingNotOpen('over'))
  t.match(await db.booking.findFirst(), { status: 'confirmed' })
})

t.test('someone who unknowingly waits for another date too keeps that turn when the first is cancelled', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id } = await anActivity(db, { capacity: 1 })
  await aBooking(db, id)
  for (const name of ['Anne', 'Bob']) await aBooking(db, id, { name, status: 'waiting', email: `${name}@example.org` })
  const startsAt = noon.plus({ days: 15 })
  const slug = await confirming(async confirmed =>
    await makeAnotherDate(db, outbox, id, { startsAt, joinUrlSealed: undefined, confirmed }, organiser, noon))
  const other = await db.activity.findUniqueOrThrow({ where: { slug } })
  const bob = await db.booking.findFirstOrThrow({ where: { activityId: id, name: 'Bob' } })
  await cancelForThem({ db, outbox }, [bob.id], organiser, noon)

  await confirming(async confirmed =>
    await cancelActivity(db, outbox, id, { reason: 'The speaker is ill', confirmed }, organiser, noon))
  await serveWaitingList(db, outbox, other.id, noon)

  t.match(await db.booking.findMany({ where: { activityId: other.id } }), [{ name: 'Anne', status: 'offered' }])
})
