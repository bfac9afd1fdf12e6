import t from 'tap'
import { changeOwnDetails } from '../../../src/booking/bookings/change-own-booking.ts'
import { PhoneNeeded } from '../../../src/booking/bookings/errors.ts'
import type { Activity, Booking } from '../../../src/platform/database/generated/client.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { joinUrl } from '../../support/calendar-entry.ts'
import { aForm, links, perceived, personalLinks, post, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, announced, noon, plain, secretKey } from '../../support/world.ts'

t.test('one’s own booking', async t => {
  const its = await service(t)
  const { app, db, outbox } = its

  async function own (given: Partial<Booking> = {}, activity: Partial<Activity> = {}) {
    const at = await anActivity(db, activity)
    const booking = await aBooking(db, at.id, given)
    const url = `/bookings/${links.tokenOf(booking)}`
    const now = async () => plain(await db.booking.findUniqueOrThrow({ where: { id: booking.id } }))
    return { activity: at, booking, url, now }
  }

  await t.test('its holder changes name, phone, access needs and question; staff read that they did', async t => {
    const { activity, booking, url, now } = await own({
      phone: '0161 496 0000', accessNeeds: 'Captions', accessAnswer: 'Arranged.', accessAnsweredAt: noon.toJSDate(), question: 'Is it recorded?'
    })
    t.match((await app.inject({ url })).body, `href="${url}/details"`)
    const form = await app.inject({ url: `${url}/details` })
    for (const secret of ['0161 496', 'Captions', 'recorded?', 'Kirkbride']) t.notMatch(form.body, secret, 'the link tells nothing')

    const answer = await post(app, `${url}/details`, {
      name: 'Anna Kirkbride', phone: '', access_needs: 'Sign language', question: '', remove: 'phone'
    })

    t.equal(answer.headers.location, `${url}?done=details`)
    t.match(perceived(await app.inject({ url: answer.headers.location ?? '' })).text, 'Your details are changed.')
    t.match(await now(), {
      name: 'Anna Kirkbride', phone: null, accessNeeds: 'Sign language', accessAnswer: null, question: 'Is it recorded?', icalSequence: 1
    })
    t.strictSame(await announced(db, 'booking.changed'), [{ bookingId: booking.id, sequence: 1 }])
    const { headers } = await signedIn(app, db)
    const page = perceived(await app.inject({ url: `/staff/activities/${activity.slug}/bookings/${booking.id}`, headers }))
    t.match(page.text, 'Themselves : Changed: name, phone number, what would help them take part.')
    t.match(page.text, 'Not answered yet')
  })

  await t.test('what is left empty stays, and a question that was answered is open again once it is another', async t => {
    const settled = { questionOutcome: 'answered', questionSettledAt: noon.toJSDate(), questionSettledById: crypto.randomUUID() }
    const { booking, url, now } = await own({ question: 'A?', phone: '0161 496 0000', ...settled })

    const nothing = await post(app, `${url}/details`, { name: '', phone: '', access_needs: '', question: '' })
    t.equal(nothing.headers.location, `${url}?done=as-it-was`)
    t.match(await now(), { question: 'A?', phone: '0161 496 0000', questionOutcome: 'answered' })
    await post(app, `${url}/details`, { question: 'B?' })
    t.match(await now(), { question: 'B?', questionOutcome: null, icalSequence: 0 })
    t.equal((await announced(db, 'booking.changed')).filter(({ bookingId }) => bookingId === booking.id).length, 0, 'no email says it')
  })

  await t.test('bad input gets a sentence at its field, and nothing is lost or changed', async t => {
    const { url, now, booking } = await own({ phone: '0161 496 0000' })
    const before = await now()

    const both = await post(app, `${url}/details`, { phone: '01539 722 722', remove: 'phone', question: 'B?' })
    t.equal(both.statusCode, 400)
    t.match(perceived(both).errors, [{ field: 'phone', sentence: /not both/ }])
    t.match(both.body, 'B?', 'what was typed stays')
    t.match(both.body, /value="phone" checked/, 'and what was ticked')
    const bent = await post(app, `${url}/details`, { phone: 'call me' })
    t.match(perceived(bent).errors, [{ field: 'phone' }])
    t.strictSame(await now(), before)

    const without = await aBooking(db, booking.activityId, { email: null, canonicalEmail: null, phone: '0161 496 0000' })
    await t.rejects(changeOwnDetails(db, outbox, without.id, { phone: null }, noon), new PhoneNeeded())
    const asked = await post(app, `/bookings/${links.tokenOf(without)}/details`, { remove: 'phone' })
    t.equal(asked.statusCode, 409)
    t.match(perceived(asked).errors, [{ field: 'phone', sentence: 'Enter a phone number: we have no email address for you.' }])
  })

  await t.test('copies on other dates of which nobody has heard follow', async t => {
    const { booking, url } = await own({ status: 'waiting' })
    const other = await anActivity(db)
    const copy = await aBooking(db, other.id, { status: 'waiting', copiedFromBookingId: booking.id, email: booking.email })

    await post(app, `${url}/details`, { name: 'Anna', access_needs: 'Captions' })

    t.match(await db.booking.findUnique({ where: { id: copy.id } }), { name: 'Anna', accessNeeds: 'Captions' })
  })

  await t.test('nothing of a cancelled booking, or by a link that has ended, is changed', async t => {
    const { url, now } = await own({ status: 'cancelled' })
    t.equal((await app.inject({ url: `${url}/details` })).headers.location, url)
    t.equal((await post(app, `${url}/details`, { name: 'Anna' })).headers.location, url)
    t.match(await now(), { name: 'Anne Kirkbride' })
    t.equal((await post(app, `${url}x/details`, { name: 'Anna' })).statusCode, 404)
  })

  await t.test('a booking for more places than one may have now can be changed to any fewer', async t => {
    const { url, now } = await own({ places: 6 }, { placesPerBooking: 4, capacity: 20 })
    const change = async (places: string) => await post(app, `${url}/places`, { places })

    t.equal((await change('7')).statusCode, 400)
    t.equal((await change('5')).statusCode, 303)
    t.match(await now(), { places: 5 })
    t.match(perceived(await change('6')).errors, [{ field: 'places', sentence: 'Enter how many places you need, from 1 to 5' }])
    t.equal((await change('3')).statusCode, 303)
    t.equal((await change('4')).statusCode, 303)
    t.match(await now(), { places: 4 })
  })

  await t.test('the way in stands on the page from when the door opens, and no sooner', async t => {
    const seal = joinLinkSeal(secretKey)
    const soon = (minutes: number) => ({
      startsAt: noon.plus({ minutes }).toJSDate(),
      endsAt: noon.plus({ minutes: minutes + 30 }).toJSDate(),
      joinUrlSealed: seal.close(joinUrl)
    })
    const page = async (url: string) => await app.inject({ url })
    const shut = await own({}, soon(16))
    const open = await own({}, soon(15))
    const personal = await own({}, { ...soon(15), joinMode: 'personal' })
    const running = await own({}, soon(-45))
    const waiting = await own({ status: 'waiting' }, soon(15))
    const missing = await own({}, { ...soon(60), joinUrlSealed: null })

    t.match(perceived(await page(shut.url)).text, 'A button to join appears here at 12:01pm. The link is in your latest email too.')
    t.notMatch((await page(shut.url)).body, 'teams.microsoft.com')
    t.match((await page(open.url)).body, /<a href="https:\/\/teams\.microsoft\.com[^>]*>\s*Join the workshop/)
    t.match((await page(personal.url)).body, `href="/join/${personalLinks.tokenOf(personal.booking)}"`)
    t.notMatch((await page(personal.url)).body, 'teams.microsoft.com')
    t.match((await page(running.url)).body, /Go back into the workshop/)
    t.notMatch((await page(waiting.url)).body, /teams\.microsoft\.com|Join the workshop/)
    t.match(perceived(await page(missing.url)).text, 'A button to join appears here at 12:45pm. We email you the link before that.')
  })

  await t.test('an address that looks like a slip is asked about once, and either answer books', async t => {
    const { slug, id } = await anActivity(db)
    const booked = async () => (await db.booking.findMany({ where: { activityId: id }, orderBy: { arrival: 'asc' } })).map(({ email }) => email)
    const form = aForm('jo@gmial.com', { question: 'Is it <recorded>?' })

    const asked = await post(app, `/activities/${slug}/book`, form)
    t.equal(asked.statusCode, 200)
    t.equal(perceived(asked).h1, 'Did you mean jo@gmail.com ?')
    t.match(asked.body, 'value="Is it &lt;recorded&gt;?"')
    t.strictSame(await booked(), [], 'nothing is booked yet')
    const answer = { ...form, email_asked: 'jo@gmial.com' }
    const other = await post(app, `/activities/${slug}/book`, { ...answer, email_is: 'other' })
    t.match(other.body, 'value="jo@gmial.com"', 'the form again, as it was filled in')
    t.equal((await post(app, `/activities/${slug}/book`, { ...answer, email_is: 'suggested' })).statusCode, 303)
    t.equal((await post(app, `/activities/${slug}/book`, { ...answer, submission: crypto.randomUUID(), email_is: 'typed' })).statusCode, 303)
    t.strictSame(await booked(), ['jo@gmail.com', 'jo@gmial.com'])
  })

  await t.test('someone who asks for their link is asked about a slip too, before anything is sent', async t => {
    const asked = await post(app, '/find-my-booking', { email: 'jo@gmial.com' })
    t.equal(perceived(asked).h1, 'Did you mean jo@gmail.com ?')
    const sent = await post(app, '/find-my-booking', { email: 'jo@gmial.com', email_asked: 'jo@gmial.com', email_is: 'typed' })
    t.equal(sent.headers.location, '/find-my-booking/sent')
  })

  await t.test('organisers are asked about a slip too, booking by phone and changing details', async t => {
    const activity = await anActivity(db)
    const { headers } = await signedIn(app, db)
    const at = `/staff/activities/${activity.slug}/bookings`
    const form = { ...aForm('jo@gmial.com'), phone: '0161 496 0000' }

    const asked = await post(app, `${at}/new`, form, headers)
    t.equal(perceived(asked).h1, 'Do they mean jo@gmail.com ?')
    const made = await post(app, `${at}/new`, { ...form, email_asked: 'jo@gmial.com', email_is: 'typed' }, headers)
    t.equal(made.statusCode, 303)
    t.match(await db.booking.findFirst({ where: { activityId: activity.id } }), { email: 'jo@gmial.com' })
  })

  await t.test('people who live elsewhere say so', async t => {
    const campaign = await aCampaign(db, { districts: ['Carlisle', 'Eden'] })
    const { slug, id } = await anActivity(db, { campaignId: campaign.id })
    const page = await app.inject({ url: `/activities/${slug}/book` })
    t.match(perceived(page).text, 'Carlisle Eden Somewhere else')

    t.equal((await post(app, `/activities/${slug}/book`, aForm('a@example.org', { district: 'Somewhere else' }))).statusCode, 303)
    t.equal((await post(app, `/activities/${slug}/book`, aForm('b@example.org', { district: 'Atlantis' }))).statusCode, 400)

    t.match(await db.booking.findMany({ where: { activityId: id } }), [{ district: 'Somewhere else' }])
  })

  await t.test('the form says what it has to in few words, and once that it is not monitored', async t => {
    const campaign = await aCampaign(db, { districts: ['Carlisle', 'Eden'] })
    const { slug } = await anActivity(db, { campaignId: campaign.id, placesPerBooking: 4 })
    const { body } = await app.inject({ url: `/activities/${slug}/book` })
    const form = /<form id="form"[\s\S]*<\/form>/.exec(body)?.[0] ?? ''
    const words = perceived({ body: form }).text.split(/\s+/).filter(word => /\p{L}/u.test(word)).length

    t.equal(form.match(/not monitored/g)?.length, 1)
    // The page had 248 words, which are to be cut by a third.
    t.ok(words <= 165, `${words} words`)
  })
})
