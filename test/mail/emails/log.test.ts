import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import { countUnreachable } from '../../../src/mail/emails/unreachable.ts'
import { expectedEmails } from '../../../src/mail/emails/expected.ts'
import { countEmails, listEmails } from '../../../src/mail/emails/queries.ts'
import { listUnreachable } from '../../../src/mail/emails/unreachable.ts'
import type { Activity, Booking, StaffMember } from '../../../src/platform/database/generated/client.ts'
import { may, roles } from '../../../src/identity/staff/roles.ts'
import { anEntry } from '../../support/calendar-entry.ts'
import { anEmail } from '../../support/email-context.ts'
import { countedService, perceived, post, service } from '../../support/service.ts'
import { anAgency, organiser, signedIn } from '../../support/staff.ts'
import { aBooking, announced, anActivity, noon } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

interface Context extends World {
  app: FastifyInstance
  activity: Activity
  booking: Booking
  headers: { cookie: string }
  url: string
  look: (url: string) => Promise<string>
}

/** An organiser of the partnership, and an activity that one person has booked. */
async function context (t: Test, given: Partial<Activity> = {}, member: Partial<StaffMember> = {}): Promise<Context> {
  const its = await service(t)
  const activity = await anActivity(its.db, given)
  const booking = await aBooking(its.db, activity.id, { name: 'Anne Kirkbride', email: 'anne@example.org' })
  const { headers } = await signedIn(its.app, its.db, { role: 'organiser', ...member })
  const look = async (url: string) => perceived(await its.app.inject({ url, headers })).text
  return { ...its, activity, booking, headers, look, url: `/staff/activities/${activity.slug}/letters` }
}

const after = (minutes: number) => noon.plus({ minutes }).toJSDate()

t.test('the log says who each email went to, which, when, its outcome and the server’s words, newest first', async t => {
  const { db, booking, look, url, activity } = await context(t)
  const other = await aBooking(db, activity.id, { name: 'Bella Bounce' })
  await anEmail(db, booking.id, { attempts: 3, answer: '250 2.0.0 OK queued as 4711' })
  await anEmail(db, other.id, {
    kind: 'reminder-day', sequence: 5, status: 'bounced', createdAt: after(1), answer: '550 5.1.1 No such user'
  })
  await anEmail(db, booking.id, { kind: 'booking-changed', sequence: 1, status: 'queued', createdAt: after(2), attempts: 0, answer: null })
  await anEmail(db, other.id, { kind: 'place-found', status: 'failed', createdAt: after(3), answer: '421 Try again later' })
  await anEmail(db, other.id, {
    kind: 'booking-link', status: 'withdrawn', createdAt: after(4), attempts: 0, answer: 'Not sent: the activity is over.'
  })

  const text = await look(url)

  t.match(text, new RegExp([
    `Bella Bounce ${other.reference} Link to the booking Not sent any more Due 23 November 2026 at 12:04pm Not sent: the activity is over\\.`,
    'Bella Bounce \\S+ Place found Given up Due 23 November 2026 at 12:03pm, 1 try 421 Try again later',
    'Anne Kirkbride \\S+ Booking changed Waiting to go Due 23 November 2026 at 12:02pm, not tried yet',
    'Bella Bounce \\S+ Reminder, the day before Came back Sent 23 November 2026 at midday, 1 try 550 5\\.1\\.1 No such user',
    `Anne Kirkbride ${booking.reference} Place confirmed Sent 23 November 2026 at midday, 3 tries 250 2\\.0\\.0 OK queued as 4711`
  ].join('.*')))
})

t.test('an activity of which no email was written says so', async t => {
  const { look, url } = await context(t)

  t.match(await look(url), 'No email has been written yet.')
})

t.test('the log is narrowed to those that did not arrive, and to one kind', async t => {
  const { db, booking, look, url, app, headers } = await context(t)
  await anEmail(db, booking.id, { answer: 'the confirmation' })
  await anEmail(db, booking.id, { kind: 'booking-changed', sequence: 1, status: 'failed', answer: 'the failure' })
  await anEmail(db, booking.id, { kind: 'booking-changed', sequence: 2, status: 'bounced', answer: 'the bounce' })
  await anEmail(db, booking.id, { kind: 'booking-changed', sequence: 3, answer: 'the change' })

  const all = await look(url)
  const lost = await look(`${url}?show=not-arrived`)
  const changes = await look(`${url}?kind=booking-changed`)
  const sentChanges = await look(`${url}?show=sent&kind=booking-changed`)
  const none = await look(`${url}?show=waiting`)
  const strange = await look(`${url}?show=constructor&kind=__proto__&page=-1`)
  const { body } = await app.inject({ url: `${url}?show=sent`, headers })

  t.match(all, /All \(4\) Did not arrive \(2\) Waiting to go \(0\) Sent \(2\) Not sent any more \(0\).*All \(4\) Place confirmed \(1\) Booking changed \(3\)/)
  t.match(lost, /the (failure|bounce).*the (failure|bounce)/)
  t.notMatch(lost, /the (confirmation|change)/)
  t.match(lost, /Place confirmed \(0\) Booking changed \(2\)/, 'each number is what its link shows')
  t.notMatch(changes, 'the confirmation')
  t.match(sentChanges, 'the change')
  t.notMatch(sentChanges, /the (confirmation|failure|bounce)/)
  t.match(none, 'There is no such email.')
  t.match(strange, 'the confirmation')
  t.match(body, 'letters?show=sent&amp;kind=booking-changed', 'one filter keeps the other')
})

t.test('a long log is shown a hundred at a time, by as many queries as a short one', async t => {
  const { app, counted, ...its } = await countedService(t)
  const { id, slug } = await anActivity(its.db)
  const { headers } = await signedIn(app, its.db)
  const add = async (n: number) => {
    const booking = await aBooking(its.db, id, { name: `Attendee ${n}.` })
    await anEmail(its.db, booking.id, { createdAt: after(n) })
    return booking
  }
  await add(1)
  const look = async (page: number) => {
    counted.queries = 0
    return perceived(await app.inject({ url: `/staff/activities/${slug}/letters?page=${page}`, headers })).text
  }

  await look(1)
  const forOne = counted.queries
  for (let n = 2; n <= 101; n++) await add(n)
  const first = await look(1)
  const forMany = counted.queries
  const second = await look(2)

  t.match(first, /Attendee 101\..*Attendee 2\..*Page 1 of 2 Next page/)
  t.notMatch(first, 'Attendee 1.')
  t.match(second, /Attendee 1\..*Previous page Page 2 of 2/)
  t.match(await look(3), 'There is no such email on this page.')
  t.equal(forMany, forOne)
})

t.test('what a mail server says is shown as text, on one line and not too much of it', async t => {
  const { db, booking, app, headers, url } = await context(t)
  await anEmail(db, booking.id, {
    status: 'failed', answer: `550 <script>alert(1)</script>\r\n\u0007<b>${'x'.repeat(900)}\u202E`
  })

  const answer = await app.inject({ url, headers })

  t.notMatch(answer.body, '<script>alert')
  t.notMatch(answer.body, /[^\P{Cc}\n]|\u202E/u)
  t.match(perceived(answer).text, /550 <script>alert\(1\)<\/script> <b>x{250,280}… /)
})

t.test('one booking has a log of its own, with the reminders that it will get', async t => {
  const { db, activity, booking, look } = await context(t)
  const other = await aBooking(db, activity.id, { name: 'Bella Other', confirmedAt: noon.minus({ days: 30 }).toJSDate() })
  await anEmail(db, booking.id, { answer: 'to Anne' })
  await anEmail(db, other.id, { answer: 'to Bella' })
  const of = ({ id }: { id: string }) => `/staff/activities/${activity.slug}/bookings/${id}/letters`

  const mine = await look(of(booking))
  const hers = await look(of(other))

  t.match(mine, /Emails to Anne Kirkbride Confirmed Reference \S+ Emails go to anne@example\.org/)
  t.match(mine, /Still to come Reminder, the day before: 30 November 2026 at 6pm Reminder, the hour before: 1 December 2026 at 5pm/)
  t.match(mine, /Not sent, and why Reminder, the week before, due 24 November 2026 at 6pm\. It goes to those who had a place by 21/)
  t.match(mine, 'to Anne')
  t.notMatch(mine, 'to Bella')
  const everything = { statuses: undefined, kind: undefined }
  t.match(await listEmails(db, { bookingId: booking.id }, everything, { skip: 0, take: 2 }), [{ answer: 'to Anne' }])
  t.strictSame(await countEmails(db, { bookingId: booking.id }), [{ kind: 'place-confirmed', status: 'sent', emails: 1 }])
  t.match(hers, /Still to come Reminder, the week before: 24 November 2026 at 6pm/)
  await db.booking.update({ where: { id: other.id }, data: { remindersOff: true } })
  t.match(await look(of(other)), 'No reminders: they do not want any.')
  await db.booking.update({ where: { id: other.id }, data: { remindersOff: false, status: 'cancelled' } })
  t.notMatch(await look(of(other)), 'Still to come')
})

t.test('reminders are to come for those who have a place and want them, of what takes place', async t => {
  const { activity, ...booking } = anEntry({ booking: { confirmedAt: noon.minus({ days: 30 }) } }).booking
  const toCome = (given: Partial<typeof booking>, its: Partial<typeof activity> = {}, now = noon) =>
    expectedEmails({ ...booking, ...given }, { ...activity, ...its }, [], now)
      .filter(({ kind, dueAt, notBecause }) => kind.startsWith('reminder') && notBecause === undefined && now < dueAt)
      .map(({ kind }) => kind)

  t.strictSame(toCome({}), ['reminder-week', 'reminder-day', 'reminder-hour'])
  t.strictSame(toCome({}, { reminders: ['day'] }), ['reminder-day'])
  t.strictSame(toCome({}, {}, activity.startsAt.minus({ hours: 2 })), ['reminder-hour'])
  t.strictSame(toCome({ confirmedAt: activity.startsAt.minus({ hours: 2 }) }), ['reminder-hour'])
  t.strictSame(toCome({ remindersOff: true }), [])
  t.strictSame(toCome({ status: 'waiting', confirmedAt: undefined }), [])
  t.strictSame(toCome({ status: 'cancelled' }), [])
  t.strictSame(toCome({}, { status: 'cancelled' }), [])
})

t.test('a booking of another activity, or of none, is not found', async t => {
  const { db, app, headers, activity } = await context(t)
  const { id: elsewhere } = await aBooking(db, (await anActivity(db)).id)

  for (const id of [elsewhere, randomUUID(), 'nonsense', '%00', 'x'.repeat(200)]) {
    const { statusCode } = await app.inject({ url: `/staff/activities/${activity.slug}/bookings/${id}/letters`, headers })
    t.equal(statusCode, 404, id)
  }
})

t.test('people who may know who comes see the emails; another agency does not, nor a stranger', async t => {
  const { db, app, activity, booking, url } = await context(t, {})
  const [ours, theirs] = [await anAgency(db), await anAgency(db, { name: 'NSPCC' })]
  await db.activity.update({ where: { id: activity.id }, data: { leadAgencyId: theirs.id, visibility: 'agency' } })
  await db.activityPartner.create({ data: { activityId: activity.id, agencyId: ours.id } })
  await anEmail(db, booking.id)
  const urls = [url, `/staff/activities/${activity.slug}/bookings/${booking.id}/letters`]
  const cases: Array<[string, Partial<StaffMember>, number]> = [
    ['an admin', { role: 'admin' }, 200],
    ['staff of the partnership', { role: 'staff' }, 200],
    ['staff of the agency that leads', { role: 'staff', agencyId: theirs.id }, 200],
    ['an organiser of an agency that takes part', { role: 'organiser', agencyId: ours.id }, 403],
    ['an organiser of another agency', { role: 'organiser', agencyId: (await anAgency(db)).id }, 404],
    ['a host', { role: 'host' }, 403]
  ]

  for (const [who, member, status] of cases) {
    const { headers } = await signedIn(app, db, member)
    for (const address of urls) {
      const answer = await app.inject({ url: address, headers })
      t.equal(answer.statusCode, status, who)
      t.equal(answer.body.includes('Kirkbride'), status === 200, who)
    }
  }
  for (const address of urls) t.equal((await app.inject({ url: address })).headers.location, '/staff/sign-in')
})

t.test('an email is sent again by its button, and the page on which it was says so', async t => {
  const { db, app, headers, booking, url } = await context(t)
  await db.booking.update({ where: { id: booking.id }, data: { unreachableAt: noon.toJSDate() } })
  const { id } = await anEmail(db, booking.id, { status: 'bounced', answer: '550 No such user' })

  const before = await app.inject({ url: `${url}?show=not-arrived`, headers })
  const answer = await post(app, `${url}/${id}/copies`, { of: 'activity', show: 'not-arrived', kind: '', page: '1' }, headers)
  const { text } = perceived(await app.inject({ url: String(answer.headers.location), headers }))

  t.match(before.body, `action="${url}/${id}/copies"`)
  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, `${url}?show=not-arrived&done=again`)
  t.match(text, /The email is on its way again\..*Came back Sent 23 November 2026 at midday, 1 try\. Sent again since/)
  t.match(await announced(db, 'letter.due'), [{ bookingId: booking.id, kind: 'place-confirmed', sequence: 0, copy: 1 }])
  t.match(await db.booking.findUnique({ where: { id: booking.id } }), { unreachableAt: null })
})

t.test('someone who presses twice or too late reads why, on the same page, and nothing else happens', async t => {
  const { db, app, headers, activity, booking, url } = await context(t)
  const { id } = await anEmail(db, booking.id)
  const press = async (fields: Record<string, string>) => await post(app, `${url}/${id}/copies`, fields, headers)
  await press({ of: 'booking' }).then(({ headers: { location } }) => {
    t.equal(location, `/staff/activities/${activity.slug}/bookings/${booking.id}/letters?done=again`)
  })

  const twice = await press({ of: 'booking' })
  await db.email.deleteMany({ where: { copy: 1 } })
  await db.booking.update({ where: { id: booking.id }, data: { status: 'cancelled' } })
  const late = await press({ show: 'sent', page: '1' })
  const elsewhere = await press({ show: 'waiting' })

  t.equal(twice.statusCode, 409)
  t.match(perceived(twice), { h1: 'Emails to Anne Kirkbride', errors: [{ field: `letter-${id}`, sentence: 'This email is on its way already.' }] })
  t.ok(perceived(twice).has(`letter-${id}`))
  t.equal(late.statusCode, 409)
  t.match(perceived(late), {
    h1: 'Emails', errors: [{ sentence: 'This email cannot be sent again: the booking is now cancelled.' }]
  })
  t.match(perceived(elsewhere).errors, [{ field: 'letters' }])
  t.ok(perceived(elsewhere).has('letters'))
  t.equal(await db.email.count(), 1)
})

t.test('only organisers have the button, and only where an email can be sent again', async t => {
  const { db, app, headers, booking, url } = await context(t)
  const first = await anEmail(db, booking.id)
  const copy = await anEmail(db, booking.id, { copy: 1 })
  const queued = await anEmail(db, booking.id, { kind: 'booking-link', sequence: 1, status: 'queued' })
  const untrue = await anEmail(db, booking.id, { kind: 'waiting-list-joined' })
  const { headers: staff } = await signedIn(app, db, { role: 'staff' })

  const { body } = await app.inject({ url, headers })
  const theirs = await app.inject({ url, headers: staff })
  const pressed = await post(app, `${url}/${copy.id}/copies`, {}, staff)

  t.match(body, `${copy.id}/copies`)
  for (const { id } of [first, queued, untrue]) t.notMatch(body, `${id}/copies`)
  t.equal(theirs.statusCode, 200)
  t.notMatch(theirs.body, '/copies')
  t.equal(pressed.statusCode, 403)
  t.equal(await db.email.count(), 4)
})

t.test('presses about other emails, or with unknown fields, change nothing', async t => {
  const { db, app, headers, booking, url } = await context(t)
  const { id } = await anEmail(db, booking.id)
  const { id: elsewhere } = await anEmail(db, (await aBooking(db, (await anActivity(db)).id)).id)
  const press = async (email: string, fields: Record<string, string> | string = {}) =>
    await post(app, `${url}/${email}/copies`, fields, headers)

  for (const email of [elsewhere, randomUUID(), 'nonsense', '%00']) t.equal((await press(email)).statusCode, 404, email)
  const forged = await press(id, { status: 'sent' })
  t.equal(forged.statusCode, 400)
  t.match(perceived(forged).errors, [{ sentence: /This form has no field “status”/ }])
  t.equal((await app.inject({ url: `${url}/${id}/copies`, headers })).statusCode, 405, 'looking changes nothing')
  t.equal(await db.email.count({ where: { copy: 1 } }), 0)
  t.equal((await press(id, `of=booking&of=activity&page=x&show=${'y'.repeat(500)}&kind=%00`)).headers.location, `${url}?done=again`)
})

t.test('a message from an organiser is named by its heading', async t => {
  const { db, activity, booking, look, url } = await context(t)
  await db.bulletin.create({
    data: {
      activityId: activity.id,
      number: 1,
      audience: 'confirmed',
      heading: 'Bring a <pen>',
      body: '…',
      madeById: organiser.id,
      createdAt: noon.toJSDate()
    }
  })
  await anEmail(db, booking.id, { kind: 'bulletin', sequence: 1 })

  t.match(await look(url), 'Message: Bring a <pen> Sent')
})

t.test('people not reached by email are on one list, with a number to call; the staff home says how many', async t => {
  const { db, activity, booking, look } = await context(t)
  const unreachableAt = noon.minus({ days: 1 }).toJSDate()
  await db.booking.update({ where: { id: booking.id }, data: { unreachableAt, phone: '07700 900 982' } })
  await anEmail(db, booking.id, { status: 'sent' })
  await anEmail(db, booking.id, { kind: 'booking-changed', sequence: 1, status: 'bounced', answer: '550 No such user' })
  await aBooking(db, activity.id, { name: 'Carol Cancelled', status: 'cancelled', unreachableAt })
  await aBooking(db, activity.id, { name: 'Una Untold', status: 'cancelled', cancelledBy: 'organiser', unreachableAt })
  await aBooking(db, activity.id, { name: 'Rita Reached' })
  const [startsAt, endsAt] = [noon.minus({ hours: 2 }).toJSDate(), noon.minus({ hours: 1 }).toJSDate()]
  const past = await anActivity(db, { startsAt, endsAt })
  await aBooking(db, past.id, { name: 'Pat Past', unreachableAt })

  const list = await look('/staff/letters')

  t.match(list, /2 people do not get our emails.*Keeping your child safe online , Tuesday 1 December 2026, 6pm to 6:30pm/)
  t.match(list, /Anne Kirkbride \S+ Confirmed Call 07700 900 982 anne@example\.org , since 22 November 2026 at midday 550 No/)
  t.match(list, /Una Untold \S+ Cancelled No phone number/)
  t.notMatch(list, /Carol|Rita R|Pat Past/)
  t.match(await look('/staff'), '2 people do not get our emails')
  t.notMatch(await look('/staff/activities?view=past'), 'do not get our emails')
  t.match(await look(`/staff/activities/${activity.slug}/attendees`), /Anne Kirkbride \S+ Confirmed Places: 1 \S+ 07700 900 982 Emails do not arrive/)
  const own = await look(`/staff/activities/${activity.slug}/bookings/${booking.id}/letters`)
  t.match(own, /Since Sunday 22 November 2026 at midday emails to this address come back or are refused/)
})

t.test('where all emails arrive the staff home says nothing of them', async t => {
  const { look } = await context(t)

  t.notMatch(await look('/staff'), 'our emails')
  t.match(await look('/staff/letters'), 'All emails to people who have booked coming activities arrive')
})

t.test('of people not reached by email, staff see and count only those they may know of', async t => {
  const { db } = await service(t)
  const [ours, theirs] = [await anAgency(db), await anAgency(db)]
  const activities = [
    await anActivity(db),
    await anActivity(db, { leadAgencyId: ours.id }),
    await anActivity(db, { leadAgencyId: theirs.id }),
    await anActivity(db, { leadAgencyId: theirs.id, visibility: 'operational', kind: 'disruption' })
  ]
  for (const { id } of activities) {
    await db.activityPartner.create({ data: { activityId: id, agencyId: ours.id } })
    await aBooking(db, id, { unreachableAt: noon.toJSDate() })
  }

  for (const role of roles) {
    for (const agencyId of [undefined, ours.id, theirs.id]) {
      const member = { id: randomUUID(), name: '', role, agencyId }
      const listed = await listUnreachable(db, member, noon, { skip: 0, take: 100 })
      const expected = activities.filter(({ leadAgencyId, visibility }) =>
        may(member, 'know attendees', { leadAgencyId: leadAgencyId ?? undefined, hostIds: [] }) &&
        (visibility === 'public' || role === 'admin'))
      t.strictSame(
        listed.map(({ booking }) => booking.activityId).sort(), expected.map(({ id }) => id).sort(),
        `${role} of ${agencyId === undefined ? 'the partnership' : agencyId === ours.id ? 'ours' : 'theirs'}`)
      t.equal(await countUnreachable(db, member, noon), expected.length)
    }
  }
})
