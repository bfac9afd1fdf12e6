import t from 'tap'
import { countRecipients } from '../../../src/booking/bookings/recipients.ts'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, announced, noon } from '../../support/world.ts'

t.test('one booking with an email and one made by phone without', async t => {
  const its = await service(t)
  const { app, db } = its
  const { headers } = await signedIn(app, db)
  const campaign = await aCampaign(db, { discreet: false })
  const activity = await anActivity(db, { campaignId: campaign.id })
  const { id, slug } = activity
  const url = `/staff/activities/${slug}`
  const byEmail = await aBooking(db, id, { name: 'Emma Email' })
  const byPhone = await aBooking(db, id, { name: 'Phil Phone', email: null, canonicalEmail: null, phone: '01539 722 722' })
  const called = /Emails do not reach 1 person: call them\..*Phil Phone 01539 722 722/
  const listed = (body: string) => {
    t.match(body, `href="${url}/bookings/${byPhone.id}"`)
    t.match(body, 'href="tel:01539722722"')
    t.notMatch(perceived({ body }).text, 'Emma Email')
  }
  const editedTo = async (given: object) =>
    await post(app, `${url}/edit`, { ...filledIn((await app.inject({ url: `${url}/edit`, headers })).body), ...given }, headers)

  await t.test('are two bookings of which one is reached', async t => {
    t.match(await countRecipients(db, activity), {
      confirmed: 1, waiting: 0, toCall: { count: 1, people: [{ name: 'Phil Phone' }] }, toCallWithPlace: { count: 1 }
    })
  })

  await t.test('the pages of the activity say that emails do not reach one', async t => {
    t.match(perceived(await app.inject({ url, headers })).text, 'Emails do not reach 1 person. See who')
    const page = perceived(await app.inject({ url: `${url}/attendees`, headers }))
    t.match(page.text, 'Confirmed 2 people Emails do not reach 1 person')
  })

  await t.test('an edit says that one gets an invitation, and who to call', async t => {
    const asked = await editedTo({ starts_time: '18:10' })
    t.match(perceived(asked).text, '1 person gets an updated invitation.')
    t.match(perceived(asked).text, called)
    t.match(asked.body, 'Save and tell them')
    listed(asked.body)
  })

  await t.test('a cancellation and a message say the same', async t => {
    const cancelling = await app.inject({ url: `${url}/cancellation`, headers })
    t.match(perceived(cancelling).text, '1 person who has a place gets an email, and it comes out of their calendar.')
    t.match(perceived(cancelling).text, called)
    listed(cancelling.body)

    const form = await app.inject({ url: `${url}/bulletins/new`, headers })
    t.match(perceived(form).text, /People who have a place 1 person\. Emails do not reach 1 person: call them\./)
    const begun = await post(app, `${url}/bulletins`, {
      ...filledIn(form.body), audience: 'confirmed', heading: 'What to bring', body: 'A pen.'
    }, headers)
    const preview = await app.inject({ url: begun.headers.location ?? '', headers })
    t.match(perceived(preview).text, '1 person gets this email. Emails do not reach 1 person: call them.')
    t.match(preview.body, 'Send to 1 person')
    listed(preview.body)
  })

  await t.test('another way in, a new link and the page about joining too', async t => {
    const page = await app.inject({ url: `${url}/arrangements`, headers })
    t.match(perceived(page).text, 'If you change it, 1 person gets an updated invitation. Emails do not reach 1 person: call them.')
    const asked = await post(app, `${url}/arrangements`, { entry: 'personal', follow_up: 'yes' }, headers)
    t.match(perceived(asked).text, /1 person gets an updated invitation\. It has their own link/)
    t.match(perceived(asked).text, called)
    const link = await post(app, `${url}/meeting/link`, { join_url: 'https://teams.microsoft.com/meet/39127460835112?p=Kx8sJw2LmQ0aZr7T' }, headers)
    t.match(perceived(link).text, '1 person gets the link in an updated invitation.')
    t.match(perceived(link).text, called)
  })

  await t.test('cancelling the booking that emails do not reach says to call', async t => {
    const page = await app.inject({ url: `${url}/bookings/${byPhone.id}/cancellation`, headers })
    t.match(perceived(page).text, 'Emails do not reach them: call them.')
    t.match(perceived(page).text, 'Phil Phone 01539 722 722')
    t.notMatch(perceived(page).text, 'get an email')
    const other = await app.inject({ url: `${url}/bookings/${byEmail.id}/cancellation`, headers })
    t.match(perceived(other).text, 'They get an email that says the organisers cancelled it')
    const done = await post(app, `${url}/bookings/${byPhone.id}/cancellation`, filledIn(page.body), headers)
    t.match(perceived(await app.inject({ url: done.headers.location ?? '', headers })).text, 'Emails do not reach this person: call them.')
  })

  await t.test('where nobody can be emailed, nothing says that someone is', async t => {
    const lone = await anActivity(db, { campaignId: campaign.id })
    await aBooking(db, lone.id, { name: 'Phil Phone', email: null, canonicalEmail: null, phone: '01539 722 722' })
    const at = `/staff/activities/${lone.slug}/edit`
    const asked = await post(app, at, { ...filledIn((await app.inject({ url: at, headers })).body), starts_time: '18:10' }, headers)

    t.equal(asked.statusCode, 200, 'what concerns someone is read first')
    t.match(perceived(asked).text, called)
    t.notMatch(perceived(asked).text, 'invitation')
    t.equal((await post(app, at, filledIn(asked.body), headers)).statusCode, 303)
  })

  await t.test('more places: who gets one, which of them are emailed, and who to call', async t => {
    const full = await anActivity(db, { campaignId: campaign.id, capacity: 1 })
    await aBooking(db, full.id)
    await aBooking(db, full.id, { status: 'waiting', name: 'Phil Phone', email: null, canonicalEmail: null, phone: '01539 722 722' })
    await aBooking(db, full.id, { status: 'waiting' })
    const asked = await post(app, `/staff/activities/${full.slug}/places`, {
      capacity: '3', over_booking: '0', waiting_list: 'automatic', offer_hours: '24', another_date_at: ''
    }, headers)

    t.match(perceived(asked).text, 'All 2 people who are waiting get a place, and we email 1 of them to tell them.')
    t.match(perceived(asked).text, called)
    const another = await app.inject({ url: `/staff/activities/${full.slug}/another-date`, headers })
    t.match(perceived(another).text, called)
    t.match(perceived(another).text, 'open the new date and choose “Teams meeting”')
    t.notMatch(perceived(another).text, 'programme file')
  })

  await t.test('a slip of the pen is saved without telling anyone, for a reason that stays', async t => {
    const before = (await announced(db, 'booking.changed')).length
    const asked = await editedTo({ title: 'Keeping your child safe on-line' })
    t.match(perceived(asked).text, 'Only a typing mistake?')
    const quiet = { ...filledIn(asked.body), quiet: 'yes' }

    const silent = await post(app, `${url}/edit`, { ...quiet, reason: ' ' }, headers)
    t.equal(silent.statusCode, 400)
    t.match(perceived(silent).errors, [{ field: 'reason', sentence: 'Say why nobody needs to be told' }])
    t.match(await db.activity.findUnique({ where: { id } }), { title: activity.title })
    const saved = await post(app, `${url}/edit`, { ...quiet, reason: 'A hyphen was missing.' }, headers)

    t.equal(saved.headers.location, `${url}?done=edited-quietly`, perceived(saved).text)
    t.match(await db.activity.findUnique({ where: { id } }), { title: 'Keeping your child safe on-line' })
    t.equal((await announced(db, 'booking.changed')).length, before)
    t.match(await db.booking.findUnique({ where: { id: byEmail.id } }), { icalSequence: 0 })
    t.match(await db.auditEntry.findFirst({ where: { action: 'activity.changed', subject: slug }, orderBy: { id: 'desc' } }), {
      details: { told: 0, nobodyToldBecause: 'A hyphen was missing.' }
    })
  })

  await t.test('what changes more than how it is written cannot be saved like that', async t => {
    const asked = await editedTo({ title: 'Another title', starts_time: '18:10' })
    t.notMatch(perceived(asked).text, 'slip of the pen')
    const again = await post(app, `${url}/edit`, { ...filledIn(asked.body), quiet: 'yes', reason: 'A slip.' }, headers)

    t.equal(again.statusCode, 200)
    t.match(perceived(again).text, 'Nothing is saved yet.')
    t.notMatch(await db.activity.findUnique({ where: { id } }), { title: 'Another title' })
  })

  await t.test('what has taken place offers neither to cancel nor to change places, and refuses both', async t => {
    const past = await anActivity(db, {
      campaignId: campaign.id,
      startsAt: noon.minus({ hours: 2 }).toJSDate(),
      endsAt: noon.minus({ hours: 1 }).toJSDate()
    })
    const { id: bookingId } = await aBooking(db, past.id)
    const at = `/staff/activities/${past.slug}`
    for (const page of [at, `${at}/attendees`, `${at}/settings`]) {
      const { body } = await app.inject({ url: page, headers })
      t.notMatch(body, /href="[^"]*\/(cancellation|places|bookings\/new)[#"]/)
      t.match(body, `${at}/letters`)
    }
    t.equal((await app.inject({ url: `${at}/places`, headers })).statusCode, 409)
    t.equal((await post(app, `${at}/places`, {
      capacity: '3', over_booking: '0', waiting_list: 'automatic', offer_hours: '24', another_date_at: ''
    }, headers)).statusCode, 409)
    t.match(await db.activity.findUnique({ where: { id: past.id } }), { capacity: 20 })
    t.equal((await app.inject({ url: `${at}/bookings/${bookingId}/cancellation`, headers })).statusCode, 409)
  })
})
