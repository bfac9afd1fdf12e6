import t from 'tap'
import { changeDetails } from '../../../src/office/on-behalf/change-details.ts'
import { detailsDraft } from '../../../src/office/on-behalf/details.ts'
import type { Details } from '../../../src/office/on-behalf/details.ts'
import { DetailsChanged } from '../../../src/office/on-behalf/errors.ts'
import { ConfirmationRequired, confirmationToken } from '../../../src/identity/staff/confirmation.ts'
import { bookingOf } from '../../../src/booking/bookings/queries.ts'
import type { World } from '../../support/world.ts'
import { filledIn } from '../../support/filled-in.ts'
import { doJobs, keeping, contextWith } from '../../support/email-context.ts'
import { perceived, post, service } from '../../support/service.ts'
import { organiser, signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, announced, noon, world } from '../../support/world.ts'

/** Changes details like someone who has read the effects. */
async function change (
  { db, outbox }: Pick<World, 'db' | 'outbox'>, id: string, given: Partial<Details>, opened?: Details
): Promise<boolean> {
  const booking = bookingOf(await db.booking.findUniqueOrThrow({ where: { id } }))
  const versionHash = detailsDraft.versionHash(opened ?? booking)
  const edit = { details: { ...booking, ...given }, versionHash, confirmed: undefined }
  try {
    return await changeDetails(db, outbox, id, edit, organiser, noon)
  } catch (error) {
    if (!(error instanceof ConfirmationRequired)) throw error
    const confirmed = confirmationToken(error.effects)
    return await changeDetails(db, outbox, id, { ...edit, confirmed }, organiser, noon)
  }
}

t.test('changing an address says first what it does, and then the calendar entry goes to the new one', async t => {
  const its = await service(t)
  const { app, db } = its
  const activity = await anActivity(db)
  const { headers, member } = await signedIn(app, db, { role: 'organiser' })
  const { id, icalUid } = await aBooking(db, activity.id, {
    email: 'wrong@example.org', phone: '01539 722 722', unreachableAt: noon.toJSDate(), icalSequence: 3
  })
  const url = `/staff/activities/${activity.slug}/bookings/${id}/details`
  const mailer = keeping()

  const form = filledIn((await app.inject({ url, headers })).body)
  const told = await post(app, url, { ...form, email: 'Right@example.org' }, headers)
  const untouched = await db.booking.findUniqueOrThrow({ where: { id } })
  const confirming = filledIn(told.body)
  const [saved, again] = [await post(app, url, confirming, headers), await post(app, url, confirming, headers)]
  t.strictSame(await doJobs(its, contextWith(its, mailer)), [])

  t.match(perceived(told).text, 'Emails go to Right@example.org from now on. It gets an updated invitation within minutes.')
  t.match(perceived(told).text, 'Nothing more goes to wrong@example.org')
  t.match(perceived(told).text, 'Was: wrong@example.org')
  t.equal(untouched.email, 'wrong@example.org')
  t.equal(saved.headers.location, `/staff/activities/${activity.slug}/bookings/${id}?done=details`)
  t.match(again.headers.location, /done=as-it-was$/)
  const booking = await db.booking.findUniqueOrThrow({ where: { id } })
  t.strictSame(
    [booking.email, booking.canonicalEmail, booking.phone, booking.unreachableAt, booking.icalSequence],
    ['Right@example.org', 'right@example.org', '01539 722 722', null, 4])
  t.equal(mailer.kept.length, 1)
  const [email] = mailer.kept
  t.equal(email?.to, 'Right@example.org')
  t.equal(email?.calendar?.method, 'REQUEST')
  t.match(email?.calendar?.content, new RegExp(`UID:${icalUid}\r\n`))
  t.match(email?.calendar?.content, /SEQUENCE:4\r\n/)
  t.match(email?.calendar?.content.replaceAll('\r\n ', ''), /ATTENDEE[^\n]*mailto:Right@example\.org/i)
  const deeds = await db.auditEntry.findMany({ where: { action: 'booking.corrected' } })
  t.strictSame(deeds.map(({ staffMemberId, subject, details }) => ({ staffMemberId, subject, details })), [
    { staffMemberId: member.id, subject: activity.slug, details: { booking: id, fields: ['email'] } }
  ])
})

t.test('what emails do not say is saved at once, and nobody is emailed', async t => {
  const { app, db } = await service(t)
  const campaign = await aCampaign(db, { districts: ['Copeland', 'Eden'] })
  const activity = await anActivity(db, { campaignId: campaign.id })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const { id } = await aBooking(db, activity.id, {
    district: 'Allerdale', accessNeeds: 'A hearing loop', accessAnswer: 'It is there', accessAnsweredAt: noon.toJSDate()
  })
  const url = `/staff/activities/${activity.slug}/bookings/${id}/details`

  const form = filledIn((await app.inject({ url, headers })).body)
  const saved = await post(app, url, { ...form, phone: '01539 722 722', access_needs: 'Large print' }, headers)

  t.equal(form.district, 'Allerdale', 'where they live is kept, though nobody can choose it any more')
  t.match(saved.headers.location, /done=details$/)
  const booking = await db.booking.findUniqueOrThrow({ where: { id } })
  t.strictSame(
    [booking.phone, booking.accessNeeds, booking.accessAnswer, booking.district, booking.icalSequence],
    ['01539 722 722', 'Large print', null, 'Allerdale', 0])
  t.strictSame(await announced(db, 'booking.changed'), [])
})

t.test('an address that another booking has is refused with the way to that booking, and what was typed stays', async t => {
  const { app, db, outbox } = await service(t)
  const activity = await anActivity(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const other = await aBooking(db, activity.id, { email: 'bob@example.org' })
  await aBooking(db, activity.id, { email: 'gone@example.org', status: 'cancelled' })
  const { id } = await aBooking(db, activity.id, { email: 'anne@example.org' })
  const url = `/staff/activities/${activity.slug}/bookings/${id}/details`

  const form = filledIn((await app.inject({ url, headers })).body)
  const answer = await post(app, url, { ...form, email: 'BOB@example.org', name: 'Anne K' }, headers)

  t.equal(answer.statusCode, 409)
  t.strictSame(perceived(answer).errors, [
    { field: 'email', sentence: `Another booking of this activity has this address: ${other.reference}.` }
  ])
  t.match(answer.body, `href="/staff/activities/${activity.slug}/bookings/${other.id}"`)
  t.match(answer.body, 'value="Anne K"')
  await t.rejects(change({ db, outbox }, id, { email: 'BOB@example.org' }), /Another booking/)
  t.ok(await change({ db, outbox }, id, { email: 'gone@example.org' }), 'an address whose booking is cancelled is free')
})

t.test('of two organisers at once the second reads what the first changed, and loses nothing', async t => {
  const { app, db } = await service(t)
  const activity = await anActivity(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const { id } = await aBooking(db, activity.id, { name: 'Anne', email: 'anne@example.org' })
  const url = `/staff/activities/${activity.slug}/bookings/${id}/details`
  const form = filledIn((await app.inject({ url, headers })).body)
  await post(app, url, { ...form, phone: '01539 722 722' }, headers)

  const late = await post(app, url, { ...form, access_needs: 'Captions' }, headers)
  const corrected = await post(app, url, { ...filledIn(late.body), phone: '01539 722 722' }, headers)

  t.equal(late.statusCode, 409)
  t.match(perceived(late).text, 'Someone else has changed this booking')
  t.match(perceived(late).text, 'Phone number There now 01539 722 722 Yours Nothing')
  t.match(late.body, 'Captions')
  t.match(corrected.headers.location, /done=details$/)
  const booking = await db.booking.findUniqueOrThrow({ where: { id } })
  t.strictSame([booking.phone, booking.accessNeeds], ['01539 722 722', 'Captions'])
})

t.test('a colleague’s change since a form was opened is not overwritten', async t => {
  const { db, outbox } = await world(t)
  const { id: activityId } = await anActivity(db)
  const row = await aBooking(db, activityId, { name: 'Anne' })
  const opened = bookingOf(row)
  await change({ db, outbox }, row.id, { name: 'Anne Kirkbride' })

  await t.rejects(change({ db, outbox }, row.id, { phone: '01539 722 722' }, opened), new DetailsChanged())
})

t.test('places change by the rules for their holder, and with the rest or not at all', async t => {
  const { app, db } = await service(t)
  const activity = await anActivity(db, { capacity: 3, placesPerBooking: 3 })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const { id } = await aBooking(db, activity.id, { places: 2 })
  await aBooking(db, activity.id)
  const url = `/staff/activities/${activity.slug}/bookings/${id}/details`

  const form = filledIn((await app.inject({ url, headers })).body)
  const more = await post(app, url, { ...form, places: '3', phone: '01539 722 722' }, headers)
  const untouched = await db.booking.findUniqueOrThrow({ where: { id } })
  const fewer = await post(app, url, { ...form, places: '1', phone: '01539 722 722' }, headers)
  await post(app, url, filledIn(fewer.body), headers)

  t.equal(more.statusCode, 409)
  t.equal(perceived(more).errors[0]?.field, 'places')
  t.equal(untouched.phone, null)
  t.match(perceived(fewer).text, 'They get an updated invitation. 1 place goes to the next in line.')
  t.match(await db.booking.findUnique({ where: { id } }), { places: 1, phone: '01539 722 722', icalSequence: 1 })
  t.strictSame(await announced(db, 'place.freed'), [{ activityId: activity.id }])
  t.match(await db.occupancy.findUnique({ where: { activityId: activity.id } }), { confirmed: 2 })
})

t.test('someone whose address is taken away is on the list to call, and needs a number', async t => {
  const its = await service(t)
  const { app, db, outbox } = its
  const activity = await anActivity(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const { id } = await aBooking(db, activity.id, { phone: '01539 722 722' })
  const url = `/staff/activities/${activity.slug}/bookings/${id}/details`
  const form = filledIn((await app.inject({ url, headers })).body)

  const neither = await post(app, url, { ...form, email: '', phone: '' }, headers)
  t.ok(await change({ db, outbox }, id, { email: undefined }))
  t.strictSame(await doJobs(its, contextWith(its, keeping())), [])

  t.equal(neither.statusCode, 400)
  t.strictSame(perceived(neither).errors, [{ field: 'email', sentence: 'Enter an email address, or a phone number below' }])
  const booking = await db.booking.findUniqueOrThrow({ where: { id } })
  t.strictSame([booking.email, booking.canonicalEmail], [null, null])
  t.ok(booking.unreachableAt)
})

t.test('forms that are not valid, or about cancelled or unknown bookings, change nothing', async t => {
  const { app, db } = await service(t)
  const [activity, other] = [await anActivity(db), await anActivity(db)]
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const { id } = await aBooking(db, activity.id, { name: 'Anne' })
  const { id: gone } = await aBooking(db, activity.id, { status: 'cancelled' })
  const at = ({ slug }: { slug: string }, booking: string) => `/staff/activities/${slug}/bookings/${booking}/details`
  const form = filledIn((await app.inject({ url: at(activity, id), headers })).body)

  for (const [url, status] of [
    [at(activity, gone), 409], [at(other, id), 404], [at(activity, 'x'), 404], [at(activity, crypto.randomUUID()), 404]
  ] as const) {
    t.equal((await app.inject({ url, headers })).statusCode, status)
    t.equal((await post(app, url, { ...form, name: 'Bob' }, headers)).statusCode, status)
  }
  for (const wrong of [
    { name: '' }, { name: 'x'.repeat(101) }, { name: 'A\nB' }, { email: 'nobody' }, { places: '0', x: '1' },
    { edition: 'x' }, { confirmed: 'y'.repeat(10_001) }
  ]) {
    t.equal((await post(app, at(activity, id), { ...form, ...wrong }, headers)).statusCode, 400)
  }
  const stale = await post(app, at(activity, id), { ...form, name: 'Bob', confirmed: 'old' }, headers)
  t.match(perceived(stale).text, 'Nothing is saved yet')
  t.match(await db.booking.findUnique({ where: { id } }), { name: 'Anne' })
})
