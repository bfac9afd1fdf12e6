import { randomUUID } from 'node:crypto'
import t from 'tap'
import { BookingNotOpen } from '../../../src/programme/activities/errors.ts'
import { FullyBooked } from '../../../src/booking/bookings/errors.ts'
import { sweepEmails } from '../../../src/mail/emails/commands.ts'
import { bookByPhone } from '../../../src/office/on-behalf/book-by-phone.ts'
import { StillDraft } from '../../../src/office/on-behalf/errors.ts'
import { serveWaitingList } from '../../../src/booking/waiting-list/serve.ts'
import { cancelForThem } from '../../support/confirming.ts'
import { doJobs, keeping, contextWith } from '../../support/email-context.ts'
import { perceived, post, service } from '../../support/service.ts'
import { aHold, anAgency, organiser, signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, announced, aRequest, noon, world } from '../../support/world.ts'

const aCall = (given: Record<string, string> = {}) => ({
  name: 'Anne Kirkbride', email: '', phone: '01539 722 722', role: 'parent', submission: randomUUID(), ...given
})

const onThePhone = { email: undefined, phone: '01539 722 722' }

t.test('an organiser books someone in who calls without an address, and pressing twice books once', async t => {
  const { app, db } = await service(t)
  const campaign = await aCampaign(db, { districts: ['Copeland', 'Eden'] })
  const activity = await anActivity(db, { campaignId: campaign.id, placesPerBooking: 3 })
  const { headers, member } = await signedIn(app, db, { role: 'organiser' })
  const url = `/staff/activities/${activity.slug}/bookings/new`
  const form = aCall({ district: 'Eden', places: '2', access_needs: 'Captions', question: 'How long is it?' })

  const page = perceived(await app.inject({ url, headers }))
  const [one, two] = await Promise.all([post(app, url, form, headers), post(app, url, form, headers)])

  t.match(page.text, '20 places are free.')
  t.strictSame([one.statusCode, two.statusCode], [303, 303])
  const bookings = await db.booking.findMany()
  t.equal(bookings.length, 1)
  const [booking] = bookings
  t.strictSame(
    [booking?.name, booking?.email, booking?.phone, booking?.district, booking?.places, booking?.status],
    ['Anne Kirkbride', null, '01539 722 722', 'Eden', 2, 'confirmed'])
  t.strictSame([booking?.accessNeeds, booking?.question], ['Captions', 'How long is it?'])
  for (const { headers: { location } } of [one, two]) {
    t.equal(location, `/staff/activities/${activity.slug}/bookings/${booking?.id}?done=made`)
  }
  const deeds = await db.auditEntry.findMany({ where: { action: 'booking.made' } })
  t.strictSame(deeds.map(({ staffMemberId, subject, details }) => ({ staffMemberId, subject, details })), [
    { staffMemberId: member.id, subject: activity.slug, details: { booking: booking?.id, became: 'booked' } }
  ])
})

t.test('someone without an address is owed no email about what they heard by phone, but one about what came later', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id } = await anActivity(db, { capacity: 1 })
  const has = await bookByPhone(db, outbox, id, aRequest('', onThePhone), organiser, noon)
  const waits = await bookByPhone(db, outbox, id, aRequest('', { ...onThePhone, name: 'Bob' }), organiser, noon)
  const context = contextWith(its, keeping())
  const later = noon.plus({ minutes: 10 })

  t.strictSame([has.is, waits.is], ['booked', 'waiting'])
  t.strictSame(await announced(db, 'booking.confirmed'), [{ bookingId: has.bookingId, sequence: 0 }])
  t.strictSame(await announced(db, 'waiting-list.joined'), [{ bookingId: waits.bookingId, sequence: 0 }])
  t.strictSame(await doJobs(its, context), [])
  await sweepEmails(db, outbox, later)
  t.strictSame(await announced(db, 'letter.due'), [])
  t.equal(await db.booking.count({ where: { unreachableAt: { not: null } } }), 0)

  await cancelForThem({ db, outbox }, [has.bookingId], organiser, later)
  await serveWaitingList(db, outbox, id, later)
  t.strictSame(await doJobs(its, context), [])

  t.match(await db.email.findMany({ orderBy: { kind: 'asc' } }), [
    { kind: 'cancelled-by-us', bookingId: has.bookingId, status: 'failed' },
    { kind: 'place-found', bookingId: waits.bookingId, status: 'failed' }
  ])
  t.equal(await db.booking.count({ where: { unreachableAt: { not: null } } }), 2, 'both are to be called')
})

t.test('if its job is lost, an email about a place found for someone without an address is announced again', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db)
  const found = { canonicalEmail: null, email: null, phone: '01539 722 722', waitedAt: noon.toJSDate(), changedAt: noon.plus({ minutes: 1 }).toJSDate() }
  const booking = await aBooking(db, id)
  await db.booking.update({ where: { id: booking.id }, data: found })

  await sweepEmails(db, outbox, noon.plus({ minutes: 10 }))

  t.strictSame(await announced(db, 'letter.due'), [{ bookingId: booking.id, kind: 'place-found', sequence: 0, copy: 0 }])
})

t.test('an organiser reads what a stranger would not: a place, the list, booked before, or full', async t => {
  const { app, db } = await service(t)
  const activity = await anActivity(db, { capacity: 1 })
  const full = await anActivity(db, { capacity: 1, waitingList: 'off' })
  await aBooking(db, full.id)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const at = ({ slug }: { slug: string }) => `/staff/activities/${slug}/bookings/new`

  const has = await post(app, at(activity), aCall({ email: 'Has@example.org' }), headers)
  const before = await post(app, at(activity), aCall({ email: 'has@example.org' }), headers)
  const waits = await post(app, at(activity), aCall(), headers)
  const none = await post(app, at(full), aCall({ name: 'Bob & "Co"' }), headers)

  const first = await db.booking.findFirstOrThrow({ where: { canonicalEmail: 'has@example.org' } })
  t.match(has.headers.location, /\?done=made$/)
  t.equal(before.headers.location, `/staff/activities/${activity.slug}/bookings/${first.id}?done=made-before`)
  t.match(waits.headers.location, /\?done=made-waiting$/)
  t.equal(none.statusCode, 409)
  t.strictSame(perceived(none).errors, [{ field: 'form', sentence: 'This activity is fully booked and has no waiting list.' }])
  t.match(none.body, 'value="Bob &amp; &quot;Co&quot;"')
  t.strictSame(await announced(db, 'booking.requested-again'), [], 'the organiser tells them')
  t.strictSame(await announced(db, 'booking.confirmed'), [{ bookingId: first.id, sequence: 0 }])
  t.equal(await db.booking.count({ where: { activityId: full.id } }), 1)
})

t.test('one way to reach someone is enough, and none is not', async t => {
  const { app, db } = await service(t)
  const activity = await anActivity(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = `/staff/activities/${activity.slug}/bookings/new`

  const wrong = {
    none: await post(app, url, aCall({ phone: ' ' }), headers),
    long: await post(app, url, aCall({ name: 'x'.repeat(101), question: 'y'.repeat(1001) }), headers),
    control: await post(app, url, aCall({ name: 'An\nne' }), headers),
    unknown: await post(app, url, aCall({ id: 'x' }), headers),
    many: await post(app, url, aCall({ places: '2' }), headers),
    damaged: await post(app, url, aCall({ submission: 'x' }), headers),
    role: await post(app, url, aCall({ role: 'king' }), headers)
  }

  const fields = Object.fromEntries(Object.entries(wrong).map(([name, answer]) =>
    [name, perceived(answer).errors.map(({ field }) => field)]))
  t.strictSame(fields, {
    none: ['email'], long: ['name', 'question'], control: ['name'], unknown: ['form'], many: ['places'], damaged: ['form'], role: ['role']
  })
  for (const answer of Object.values(wrong)) {
    t.equal(answer.statusCode, 400)
    for (const { field } of perceived(answer).errors) t.ok(perceived(answer).has(field) || field === 'places', field)
  }
  t.match(wrong.long.body, 'y'.repeat(1001))
  t.equal(await db.booking.count(), 0)
})

t.test('an organiser books people in before booking opens and after it has closed, until the end', async t => {
  const { db, outbox } = await world(t)
  const early = await anActivity(db, { bookingOpensAt: noon.plus({ days: 2 }).toJSDate() })
  const late = await anActivity(db, { bookingClosesAt: noon.minus({ hours: 1 }).toJSDate(), capacity: 1 })
  const draft = await anActivity(db, { status: 'draft' })
  const cancelled = await anActivity(db, { status: 'cancelled', cancellationReason: 'Ill' })
  const ask = async ({ id }: { id: string }, now = noon) =>
    await bookByPhone(db, outbox, id, aRequest('', onThePhone), organiser, now)

  t.match(await ask(early), { is: 'booked' })
  t.match(await ask(late), { is: 'booked' })
  await t.rejects(ask(late), new FullyBooked(), 'a list that has closed is not joined')
  await t.rejects(ask(draft), new StillDraft())
  await t.rejects(ask(cancelled), new BookingNotOpen('cancelled'))
  await t.rejects(ask(early, noon.plus({ days: 9 })), new BookingNotOpen('over'))
})

t.test('someone who calls with a code has a place of its hold', async t => {
  const { app, db } = await service(t)
  const activity = await anActivity(db, { capacity: 1 })
  const hold = await aHold(db, activity.id)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = `/staff/activities/${activity.slug}/bookings/new`

  const wrong = await post(app, url, aCall({ code: 'ZZZZ2222' }), headers)
  const right = await post(app, url, aCall({ code: hold.code }), headers)

  t.equal(wrong.statusCode, 409)
  t.equal(perceived(wrong).errors[0]?.field, 'code')
  t.match(right.headers.location, /\?done=made$/)
  t.match(await db.booking.findMany(), [{ holdId: hold.id, status: 'confirmed' }])
})

t.test('of ten callers and strangers at once for the last place, one has it', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db, { capacity: 1 })

  const taken = await Promise.all(Array.from({ length: 10 }, async () =>
    await bookByPhone(db, outbox, id, aRequest('', onThePhone), organiser, noon)))

  t.equal(taken.filter(({ is }) => is === 'booked').length, 1)
  t.match(await db.occupancy.findUnique({ where: { activityId: id } }), { confirmed: 1, waiting: 9 })
})

t.test('where booking someone in fails, nobody is told anything', async t => {
  const { db } = await world(t)
  const { id } = await anActivity(db)
  const failing = { announce: async () => { throw new Error('The queue is away.') } }

  await t.rejects(bookByPhone(db, failing, id, aRequest('anne@example.org'), organiser, noon), /The queue is away/)

  t.equal(await db.booking.count(), 0)
  t.equal(await db.auditEntry.count({ where: { action: 'booking.made' } }), 0)
})

t.test('people who may not run an activity book nobody in, and cannot know of another agency’s', async t => {
  const { app, db } = await service(t)
  const [ours, theirs] = [await anAgency(db), await anAgency(db)]
  const activity = await anActivity(db, { leadAgencyId: ours.id, visibility: 'agency' })
  const url = `/staff/activities/${activity.slug}/bookings/new`
  const staff = await signedIn(app, db, { role: 'staff', agencyId: ours.id })
  const stranger = await signedIn(app, db, { role: 'organiser', agencyId: theirs.id })

  t.equal((await post(app, url, aCall(), staff.headers)).statusCode, 403)
  t.equal((await post(app, url, aCall(), stranger.headers)).statusCode, 404)
  t.equal((await app.inject({ url, headers: stranger.headers })).statusCode, 404)
  t.equal(await db.booking.count(), 0)
})
