import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { changePlaces, changeReminders } from '../../../src/booking/bookings/change-own-booking.ts'
import { LinkEnded } from '../../../src/booking/bookings/errors.ts'
import { joinWorkshop } from '../../../src/booking/joining/commands.ts'
import { acceptOffer, refuseOffer } from '../../../src/booking/waiting-list/accept-or-refuse.ts'
import { filledIn } from '../../support/filled-in.ts'
import { doJobs, keeping, contextWith } from '../../support/email-context.ts'
import { links, partsOf, perceived, personalLinks, post, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, announced, countWaitingForLocks, noon, plain, warm, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

/** During the workshop, when people can join by personal links. */
const evening = noon.plus({ days: 8, hours: 6 })

/** A workshop of two places a booking, which people join by personal links. */
async function workshop ({ db }: World, given: Parameters<typeof anActivity>[1] = {}) {
  const joinUrlSealed = partsOf({} as World).seal.close('https://teams.microsoft.com/meet/39127460835112?p=Kx8sJw2LmQ0aZr7T')
  return await anActivity(db, { placesPerBooking: 2, joinMode: 'personal', joinUrlSealed, ...given })
}

/** Requests every address under a booking's links; returns each answer's status and page. */
async function byLinks (app: FastifyInstance, token: string, personal: string) {
  const answers = [
    ...await Promise.all(['', '/cancellation', '/reminders', '/invitation.ics'].map(async end =>
      await app.inject(`/bookings/${token}${end}`))),
    await app.inject(`/join/${personal}`)
  ]
  for (const [url, form] of [
    [`/bookings/${token}/places`, { places: '2' }], [`/bookings/${token}/reminders`, { reminders: 'off' }],
    [`/bookings/${token}/acceptance`, {}], [`/bookings/${token}/refusal`, {}], [`/join/${personal}`, {}],
    [`/bookings/${token}/cancellation`, {}]
  ] as const) answers.push(await post(app, url, form))
  return answers.map(({ statusCode, body }) => ({ statusCode, body }))
}

/** The emails that are due, and the links in the last of them. */
async function emailsOf (its: World) {
  const mailer = keeping()
  await doJobs(its, contextWith(its, mailer))
  const email = mailer.kept.at(-1)
  const inEmail = (path: string) =>
    new RegExp(`https://workshops\\.example\\.org(/${path}/[\\w-]+)`).exec(email?.text ?? '')?.[1] ?? ''
  return { kept: mailer.kept, email, own: inEmail('bookings'), wayIn: inEmail('join') }
}

/** Submits the form on a staff page about a booking, after reading its effects. */
async function press (
  app: FastifyInstance, url: string, headers: Record<string, string>, given: Record<string, string> = {}
) {
  const form = filledIn((await app.inject({ url, headers })).body)
  const told = await post(app, url, { ...form, ...given }, headers)
  return told.statusCode === 303 ? told : await post(app, url, filledIn(told.body), headers)
}

async function assertDead (t: Test, its: World & { app: FastifyInstance }, token: string, personal: string) {
  const before = plain(await its.db.booking.findMany({ orderBy: { id: 'asc' } }))
  const [dead, unknown] = [await byLinks(its.app, token, personal), await byLinks(its.app, 'unknown', 'unknown')]

  t.strictSame(dead, unknown, 'as a link that we never made')
  t.ok(dead.every(({ statusCode }) => statusCode === 404))
  t.equal(perceived(dead[0] ?? { body: '' }).h1, 'This link does not work')
  t.match(perceived(dead[0] ?? { body: '' }).text, /A newer link may have replaced it.*find your booking/)
  t.match(dead[0]?.body, 'href="/find-my-booking"')
  t.strictSame(plain(await its.db.booking.findMany({ orderBy: { id: 'asc' } })), before, 'and nothing is changed')
}

t.test('once an organiser has corrected an address, its former holder can do nothing, and the new one all', async t => {
  const clock = { now: noon }
  const its = await service(t, { clock: () => clock.now })
  const { app, db } = its
  const activity = await workshop(its)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const { id } = await aBooking(db, activity.id, { name: 'Anne Kirkbride', email: 'wrong@example.org' })
  const [token, personal] = [links.tokenOf(id), personalLinks.tokenOf(id)]
  t.equal((await app.inject(`/bookings/${token}/invitation.ics`)).statusCode, 200, 'its links work until then')

  const saved = await press(app, `/staff/activities/${activity.slug}/bookings/${id}/details`, headers, { email: 'right@example.org' })
  const { email, own, wayIn } = await emailsOf(its)

  t.match(saved.headers.location, /done=details$/)
  clock.now = evening
  await assertDead(t, its, token, personal)
  t.equal(email?.to, 'right@example.org')
  t.match(email?.text, 'Please use the links in this email.')
  t.match(email?.calendar?.content.replaceAll('\r\n ', ''), wayIn, 'the calendar has the new ones too')
  t.match(perceived(await app.inject(own)).text, /Hello Anne\b/)
  t.equal((await app.inject(`${own}/invitation.ics`)).statusCode, 200)
  t.match((await post(app, wayIn, {})).body, 'teams.microsoft.com')
  clock.now = noon
  t.equal((await post(app, `${own}/cancellation`, {})).statusCode, 303)
  t.match(await db.booking.findUnique({ where: { id } }), { status: 'cancelled', linkVersion: 1 })
})

t.test('an organiser ends links that have got around, once, after reading what that does', async t => {
  const its = await service(t)
  const { app, db } = its
  const activity = await workshop(its)
  const { headers, member } = await signedIn(app, db, { role: 'organiser' })
  const { id } = await aBooking(db, activity.id, { icalSequence: 3 })
  const page = `/staff/activities/${activity.slug}/bookings/${id}`
  const url = `${page}/links`

  t.match((await app.inject({ url: page, headers })).body, `href="${url}"`)
  const told = await app.inject({ url, headers })
  t.equal((await db.booking.findUniqueOrThrow({ where: { id } })).linkVersion, 0)
  const form = filledIn(told.body)
  const presses = [await post(app, url, form, headers), await post(app, url, form, headers)]
  const { kept, email, own } = await emailsOf(its)

  t.match(perceived(told).text, 'Every link to this booking in emails and calendars stops working for anyone who has it.')
  t.match(perceived(told).text, 'They get an email with new links and an updated invitation within minutes.')
  t.notMatch(perceived(told).text, 'replace the Teams link')
  t.strictSame(presses.map(({ headers }) => headers.location), [`${page}?done=links`, `${page}?done=links-before`])
  await assertDead(t, its, links.tokenOf(id), personalLinks.tokenOf(id))
  t.equal(kept.length, 1)
  t.equal(email?.calendar?.method, 'REQUEST')
  t.match(email?.calendar?.content, /SEQUENCE:4\r\n/)
  t.equal((await app.inject(own)).statusCode, 200)
  t.match(await db.auditEntry.findMany({ where: { action: 'booking.links-ended' } }), [
    { staffMemberId: member.id, subject: activity.slug, details: { booking: id } }
  ])
  t.match(perceived(await app.inject({ url: page, headers })).text, 'Made new links, and ended the earlier ones')
})

t.test('where emails carry the Teams link itself, someone who ends a link reads that it stays', async t => {
  const its = await service(t)
  const { app, db } = its
  const activity = await workshop(its, { joinMode: 'invitation' })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const { id } = await aBooking(db, activity.id, { email: 'wrong@example.org' })
  const { id: waiting } = await aBooking(db, activity.id, { status: 'waiting' })
  const at = (booking: string, what: string) => `/staff/activities/${activity.slug}/bookings/${booking}/${what}`
  const form = filledIn((await app.inject({ url: at(id, 'details'), headers })).body)

  const told = [
    await app.inject({ url: at(id, 'links'), headers }),
    await post(app, at(id, 'details'), { ...form, email: 'right@example.org' }, headers)
  ]

  for (const page of told) t.match(perceived(page).text, 'the Teams link too, and it stays good')
  t.match(perceived(told[1] ?? { body: '' }).text, 'The links to this booking that it has stop working.')
  t.notMatch(perceived(await app.inject({ url: at(waiting, 'links'), headers })).text, 'Teams link')
  const sameInCapitals = await post(app, at(id, 'details'), { ...form, email: 'Wrong@Example.org' }, headers)
  t.notMatch(perceived(sameInCapitals).text, 'stop working')
})

t.test('a form of links that is not valid, or for a cancelled booking, changes nothing', async t => {
  const its = await service(t)
  const { app, db } = its
  const activity = await workshop(its)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const { id } = await aBooking(db, activity.id)
  const { id: gone } = await aBooking(db, activity.id, { status: 'cancelled' })
  const at = (booking: string) => `/staff/activities/${activity.slug}/bookings/${booking}/links`

  for (const form of [{}, { links: 'x' }, { links: '0', more: '1' }]) {
    t.equal((await post(app, at(id), form as Record<string, string>, headers)).statusCode, 400)
  }
  t.equal((await post(app, at(id), { links: '0' }, headers)).statusCode, 200, 'what it does is to be read first')
  t.equal((await post(app, at(gone), { links: '0' }, headers)).statusCode, 409)
  t.equal((await app.inject({ url: at(gone), headers })).statusCode, 409)
  t.equal(await db.booking.count({ where: { linkVersion: { not: 0 } } }), 0)
})

t.test('whatever changes an address ends its links, and what leaves it as it is does not', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id } = await aBooking(db, activityId, { email: 'anne@example.org', phone: '01539 722 722' })
  const versionAfter = async (data: Parameters<typeof db.booking.update>[0]['data']) =>
    (await db.booking.update({ where: { id }, data })).linkVersion

  t.equal(await versionAfter({ email: 'Anne@example.org', name: 'Anne', places: 2 }), 0)
  t.equal(await versionAfter({ email: 'bob@example.org', canonicalEmail: 'bob@example.org' }), 1)
  t.equal(await versionAfter({ canonicalEmail: 'bob@example.org', status: 'cancelled' }), 1)
  t.equal(await versionAfter({ email: null, canonicalEmail: null }), 2)
  t.equal(await versionAfter({ email: 'bob@example.org', canonicalEmail: 'bob@example.org' }), 3)
  t.equal(await versionAfter({ email: 'c@example.org', canonicalEmail: 'c@example.org', linkVersion: 0 }), 4)
})

t.test('someone who presses by a link while it ends comes too late', async t => {
  const { db, outbox } = await world(t)
  const activity = await anActivity(db, { placesPerBooking: 2, joinMode: 'personal', waitingList: 'offers' })
  const held = { linkVersion: 0 }
  const [booked, offered] = [await aBooking(db, activity.id), await aBooking(db, activity.id, { status: 'offered' })]
  const presses = [
    async () => { await cancelBooking(db, outbox, booked.id, noon, held) },
    async () => { await changePlaces(db, outbox, booked.id, 2, noon, held) },
    async () => { await changeReminders(db, booked.id, false, noon, held) },
    async () => { await acceptOffer(db, outbox, offered.id, noon, held) },
    async () => { await refuseOffer(db, outbox, offered.id, noon, held) },
    async () => { await joinWorkshop(db, booked.id, evening, held) }
  ]
  await warm(db)

  let pressed: Promise<Array<PromiseSettledResult<void>>> | undefined
  await db.$transaction(async tx => {
    await tx.$executeRaw`SELECT FROM activities WHERE id = ${activity.id}::uuid FOR UPDATE`
    await tx.$executeRaw`UPDATE bookings SET email = id || '@example.org', canonical_email = id || '@example.org'`
    pressed = Promise.allSettled(presses.map(async press => { await press() }))
    while (await countWaitingForLocks(db) < presses.length) { /* Until all of them wait. */ }
  })

  for (const [n, end] of (await pressed ?? []).entries()) {
    t.ok(end.status === 'rejected' && end.reason instanceof LinkEnded, `press ${n}`)
  }
  t.equal((await pressed)?.length, 6)
  t.match(await db.booking.findMany({ orderBy: { arrival: 'asc' } }), [
    { status: 'confirmed', places: 1, remindersOff: false, joinedAt: null }, { status: 'offered' }
  ])
  t.strictSame(await announced(db, 'booking.cancelled'), [])
})

t.test('someone put on the lists of other dates who has not heard of them is asked there at the new address', async t => {
  const its = await service(t)
  const { app, db } = its
  const { id: activityId, slug } = await workshop(its)
  const [second, third, fourth] = [await workshop(its), await workshop(its), await workshop(its)]
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const { id } = await aBooking(db, activityId, { status: 'waiting', email: 'wrong@example.org' })
  const carried = { status: 'waiting', email: 'wrong@example.org', copiedFromBookingId: id }
  const copy = await aBooking(db, second.id, carried)
  const heard = await aBooking(db, third.id, { ...carried, offers: 1 })
  const beside = await aBooking(db, fourth.id, carried)
  const own = await aBooking(db, fourth.id, { email: 'right@example.org' })

  await press(app, `/staff/activities/${slug}/bookings/${id}/details`, headers, { email: 'right@example.org', name: 'Anne K' })

  t.match(await db.booking.findUnique({ where: { id: copy.id } }), { email: 'right@example.org', name: 'Anne K', linkVersion: 1 })
  t.match(await db.booking.findUnique({ where: { id: heard.id } }), { email: 'wrong@example.org', linkVersion: 0 })
  t.equal(await db.booking.findUnique({ where: { id: beside.id } }), null, 'nobody stands twice on one list')
  t.match(await db.booking.findUnique({ where: { id: own.id } }), { email: 'right@example.org', linkVersion: 0 })
  t.match(await db.occupancy.findUnique({ where: { activityId: fourth.id } }), { waitingBookings: 0 })
})
