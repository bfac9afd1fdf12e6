import { randomUUID } from 'node:crypto'
import t from 'tap'
import { questions } from '../../../src/booking/bookings/questions.ts'
import { filledIn } from '../../support/filled-in.ts'
import { aHold } from '../../support/staff.ts'
import { aForm, links, perceived, post, service } from '../../support/service.ts'
import { aBooking, aCampaign, anActivity, announced, noon, plain } from '../../support/world.ts'

t.test('a parent books: the form says what for, and the answer leads to a page that promises an email', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)

  const form = perceived(await app.inject(`/activities/${slug}/book`))
  const answer = await post(app, `/activities/${slug}/book`, aForm('anne@example.org'))
  const booked = perceived(await app.inject(`/activities/${slug}/booked`))

  t.equal(form.h1, 'Book a place')
  t.match(form.text, 'Keeping your child safe online Tuesday 1 December 2026, 6pm to 6:30pm Online, on Microsoft Teams')
  t.match(form.text, /Booking is for adults.*Childline free on 0800 1111/)
  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, `/activities/${slug}/booked`)
  t.match(booked.text, 'We have your request Check your email')
  const [booking] = await db.booking.findMany({ where: { activityId: id } })
  t.match(booking, { name: 'Anne Kirkbride', email: 'anne@example.org', role: 'parent', places: 1, status: 'confirmed' })
  t.equal(booking?.icalOrganizer, 'Online workshops <workshops@example.org>')
  t.equal((await announced(db, 'booking.confirmed')).length, 1)
})

t.test('every answer of the form is kept as typed', async t => {
  const { app, db } = await service(t)
  const { id: campaignId } = await aCampaign(db, { districts: ['Cumberland'] })
  const { slug } = await anActivity(db, { campaignId, placesPerBooking: 3 })

  await post(app, `/activities/${slug}/book`, aForm('Нина@пример.рф', {
    name: 'Nína Ó’Brien',
    role: 'carer',
    district: 'Cumberland',
    places: '3',
    phone: '+44 7700 900982',
    access_needs: 'Captions, please.\r\nThank you',
    question: 'What is “streaming”? 🙂',
    heard_from: 'School'
  }))

  t.match(await db.booking.findFirst(), {
    name: 'Nína Ó’Brien',
    email: 'Нина@пример.рф',
    role: 'carer',
    district: 'Cumberland',
    places: 3,
    phone: '+44 7700 900982',
    accessNeeds: 'Captions, please.\nThank you',
    question: 'What is “streaming”? 🙂',
    heardFrom: 'School'
  })
})

t.test('a bad form comes back with its answers, a summary whose links lead to fields, and nothing booked', async t => {
  const { app, db } = await service(t)
  const { id: campaignId } = await aCampaign(db, { districts: ['Cumberland', 'Westmorland and Furness'] })
  const { slug } = await anActivity(db, { campaignId, placesPerBooking: 4 })
  const submission = randomUUID()

  const answer = await post(app, `/activities/${slug}/book`, {
    name: '"><script>alert(1)</script>', email: 'anne', places: '0', question: 'Kept & escaped', submission, unknown: '1'
  })

  const page = perceived(answer)
  t.equal(answer.statusCode, 400)
  t.match(page.title, /^Error: Book a place – Keeping your child safe online – /)
  t.strictSame(page.errors, [
    { field: 'name', sentence: 'Enter your name without a web address. Leave a space after a full stop.' },
    { field: 'email', sentence: 'Enter an email address in the correct format, like name@example.com' },
    { field: 'role', sentence: 'Select who you are' },
    { field: 'district', sentence: 'Select where you live' },
    { field: 'places', sentence: 'Enter how many places you need, from 1 to 4' },
    { field: 'form', sentence: 'This form has no field “unknown”. Load the page again and fill it in once more.' }
  ])
  for (const { field } of page.errors) t.ok(page.has(field), field)
  t.notMatch(answer.body, '<script>alert')
  t.match(answer.body, 'value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"')
  t.match(answer.body, 'Kept &amp; escaped</textarea>')
  t.match(answer.body, `value="${submission}"`)
  t.equal(await db.booking.count(), 0)
})

t.test('an empty form, a repeated field and a form without a body get sentences too', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const url = `/activities/${slug}/book`

  const empty = await post(app, url, '')
  const bodiless = await app.inject({ method: 'POST', url })
  const repeated = await post(app, url, `${new URLSearchParams(aForm('a@example.org')).toString()}&email=b%40example.org`)
  const hiddenPlaces = await post(app, url, aForm('a@example.org', { places: '2' }))

  for (const answer of [empty, bodiless]) {
    t.equal(answer.statusCode, 400)
    t.strictSame(perceived(answer).errors.map(({ field }) => field), ['name', 'email', 'role'])
  }
  t.strictSame(perceived(repeated).errors, [{ field: 'email', sentence: 'Email address must be given only once' }])
  t.strictSame(perceived(hiddenPlaces).errors, [{ field: 'form', sentence: 'You can book 1 place' }])
  t.equal(await db.booking.count(), 0)
})

t.test('other kinds of content, far too much of it and NUL bytes are answered and change nothing', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const url = `/activities/${slug}/book`

  const json = await app.inject({ method: 'POST', url, payload: { ...aForm('a@example.org') } })
  const text = await app.inject({ method: 'POST', url, headers: { 'content-type': 'text/plain' }, payload: 'name=a' })
  const huge = await post(app, url, aForm('a@example.org', { question: 'x'.repeat(1_000_000) }))
  const twoLines = await post(app, url, aForm('a@example.org', { name: 'Anne\r\nKirkbride' }))
  const nulInAddress = await post(app, '/activities/a%00b/book', aForm('a@example.org'))

  t.equal(json.statusCode, 415)
  t.equal(text.statusCode, 415)
  t.equal(perceived(json).h1, 'We could not read that form')
  t.equal(huge.statusCode, 413)
  t.equal(perceived(huge).h1, 'That was too much to send')
  t.equal(twoLines.statusCode, 400)
  t.equal(nulInAddress.statusCode, 404)
  t.equal(await db.booking.count(), 0)
})

t.test('a full form in a script of many bytes is not too much', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const long = '𒀀'.repeat(1000)

  const answer = await post(app, `/activities/${slug}/book`, aForm('a@example.org', {
    name: '𒀀'.repeat(100), question: long, access_needs: long, heard_from: '𒀀'.repeat(200)
  }))

  t.equal(answer.statusCode, 303)
  t.equal((await db.booking.findFirstOrThrow()).question, long)
})

t.test('someone who asks twice, or for an address that is booked, gets a stranger’s answer, byte for byte', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db, { capacity: 2 })
  await post(app, `/activities/${slug}/book`, aForm('anne@example.org'))
  const told = ({ statusCode, headers: { date, ...headers }, rawPayload }: Awaited<ReturnType<typeof post>>) =>
    // Without the address that was typed, which its sender knows.
    JSON.stringify([statusCode, headers, rawPayload.toString('base64')]).replace(/typed-address=[^;]+/, 'typed-address=…')

  const again = await post(app, `/activities/${slug}/book`, aForm('ANNE@Example.org'))
  const stranger = await post(app, `/activities/${slug}/book`, aForm('stranger@example.org'))
  const waiting = await post(app, `/activities/${slug}/book`, aForm('late@example.org'))
  const pages = await Promise.all([1, 2].map(async () => await app.inject(`/activities/${slug}/booked`)))

  t.equal(told(again), told(stranger))
  t.equal(told(waiting), told(stranger))
  t.equal(pages[0]?.body, pages[1]?.body)
  t.notMatch(pages[0]?.body, 'Anne')
  t.equal(await db.booking.count(), 3)
  t.equal((await announced(db, 'booking.requested-again')).length, 1)
})

t.test('a double click makes one booking', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const form = aForm('anne@example.org')

  const answers = await Promise.all([1, 2].map(async () => await post(app, `/activities/${slug}/book`, form)))

  t.strictSame(answers.map(({ statusCode }) => statusCode), [303, 303])
  t.equal(await db.booking.count(), 1)
})

t.test('each form that is shown has a submission of its own', async t => {
  const { app, db } = await service(t, { freshForMs: 60_000 })
  const { slug } = await anActivity(db)
  const submissionOf = async () =>
    /name="submission" value="([\da-f-]{36})"/.exec((await app.inject(`/activities/${slug}/book`)).body)?.[1]

  const [one, other] = [await submissionOf(), await submissionOf()]

  t.ok(one)
  t.not(one, other)
})

t.test('with the unseen field filled in a form books nothing, says so, is counted, and books if resent', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const url = `/activities/${slug}/book`
  const page = await app.inject(url)

  const trapped = await post(app, url, {
    ...filledIn(page.body), ...aForm('anne@example.org', { question: 'Is it recorded?' }), remark: 'https://anne.example'
  })

  t.equal(trapped.statusCode, 400)
  t.match(perceived(trapped).errors, [{ field: 'form', sentence: /A hidden part of this form was filled in.*nothing is sent yet/ }])
  t.equal(await db.booking.count(), 0)
  t.match(await db.trappedForms.findMany(), [{ forms: 1 }])

  const again = filledIn(trapped.body)
  t.match(again, { name: 'Anne Kirkbride', question: 'Is it recorded?' }, 'what was typed is still there')
  t.notOk('remark' in again, 'and nothing that a password manager could fill in again')
  t.equal((await post(app, url, again)).statusCode, 303)
  t.equal(await db.booking.count(), 1)
})

t.test('no browser and no password manager is invited into the unseen field', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)

  for (const url of [`/activities/${slug}/book`, '/complaints']) {
    const { body } = await app.inject(url)
    const [, unseen = ''] = /<div class="pk-unseen" aria-hidden="true">([\s\S]*?)<\/div>/.exec(body) ?? []
    for (const said of [
      'tabindex="-1"', 'autocomplete="off"', 'data-1p-ignore', 'data-lpignore="true"', 'data-bwignore',
      'data-form-type="other"', 'data-protonpass-ignore="true"'
    ]) t.match(unseen, said, url)
    t.notMatch(body, /name="(website|url|homepage|company)"/)
  }
})

t.test('where nobody can book, the form says why and what else is on', async t => {
  const { app, db } = await service(t)
  const other = await anActivity(db, { title: 'Another workshop' })
  const at = (shift: object) => noon.plus(shift).toJSDate()
  const cases = [
    [{ bookingOpensAt: at({ days: 1 }) }, 'Booking for this activity has not opened yet'],
    [{ bookingClosesAt: at({ days: -1 }) }, 'Booking for this activity has closed'],
    [{ status: 'cancelled', cancellationReason: 'The speaker is ill.' }, 'This activity has been cancelled'],
    [{ startsAt: at({ days: -1 }), endsAt: at({ hours: -23 }) }, 'This activity has already taken place'],
    [{ booking: 'drop-in' }, 'There are no places to book for this activity']
  ] as const

  for (const [given, heading] of cases) {
    const { slug } = await anActivity(db, given)
    const url = `/activities/${slug}/book`
    for (const answer of [await app.inject(url), await post(app, url, aForm('anne@example.org'))]) {
      t.equal(answer.statusCode, 409)
      t.equal(perceived(answer).h1, heading)
      t.match(answer.body, `href="/activities/${other.slug}"`)
    }
  }
  t.equal(await db.booking.count(), 0)
})

t.test('full without a waiting list is said on the form and to anyone who sends one all the same', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db, { capacity: 1, waitingList: 'off' })
  await aBooking(db, id)

  const answers = [
    await app.inject(`/activities/${slug}/book`), await post(app, `/activities/${slug}/book`, aForm('anne@example.org'))
  ]

  for (const answer of answers) {
    t.equal(answer.statusCode, 409)
    t.equal(perceived(answer).h1, 'This activity is fully booked and has no waiting list')
  }
})

t.test('full with a waiting list, the form says that one joins it', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db, { capacity: 1 })
  await aBooking(db, id)

  const page = perceived(await app.inject(`/activities/${slug}/book`))

  t.equal(page.h1, 'Join the waiting list')
})

t.test('the form has a field for every question', async t => {
  const { app, db } = await service(t)
  const { id: campaignId } = await aCampaign(db, { districts: ['Cumberland'] })
  const { id, slug } = await anActivity(db, { campaignId, placesPerBooking: 3 })
  await aHold(db, id)

  const form = perceived(await app.inject(`/activities/${slug}/book`))

  t.strictSame(Object.keys(questions).filter(name => !form.has(name)), [])
})

t.test('a code is asked for only where places were kept with one', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const held = await anActivity(db)
  await aHold(db, held.id)

  const [plain, withCode] = [await app.inject(`/activities/${slug}/book`), await app.inject(`/activities/${held.slug}/book`)]

  t.notOk(perceived(plain).has('code'))
  t.ok(perceived(withCode).has('code'))
  t.match(perceived(withCode).text, 'Code (optional) Only if a partner organisation gave you one.')
})

t.test('a code, however it is typed, gets a place that is kept, even if others wait', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db, { capacity: 2 })
  const { id: holdId } = await aHold(db, id)
  await aBooking(db, id)
  await aBooking(db, id, { status: 'waiting' })

  const answer = await post(app, `/activities/${slug}/book`, aForm('anne@example.org', { code: ' k7pm-w3qd ' }))

  t.equal(answer.statusCode, 303)
  t.match(await db.booking.findFirst({ where: { email: 'anne@example.org' } }), { status: 'confirmed', holdId })
})

const badCodes = [
  ['is not one of its', { code: 'XXXXXXXX' }, {}, /^This code is not for this activity\./],
  ['is used up', {}, { places: 1 }, /^All places kept with this code have been taken\./],
  ['has fewer places left', { places: '3' }, { places: 3 }, /^2 of the places kept with this code are left\./],
  ['ended', {}, { places: 2, returnsAt: noon.toJSDate() }, /^This code ended on Monday 23 November 2026\./]
] as const

for (const [what, typed, given, sentence] of badCodes) {
  t.test(`someone who types a code that ${what} reads so beside it, and keeps what they typed`, async t => {
    const { app, db } = await service(t)
    const { id, slug } = await anActivity(db, { placesPerBooking: 3 })
    const { id: holdId } = await aHold(db, id, given)
    await aBooking(db, id, { holdId, email: 'zoe@example.org' })
    const form = aForm('anne@example.org', { code: 'k7pm w3qd', phone: '07700 900982', places: '1', ...typed })

    const answer = await post(app, `/activities/${slug}/book`, form)
    const ofKnown = await post(app, `/activities/${slug}/book`, { ...form, email: 'zoe@example.org' })

    const page = perceived(answer)
    t.equal(answer.statusCode, 409)
    t.match(page.title, /^Error: /)
    t.strictSame(page.errors.map(({ field }) => field), ['code'])
    t.match(page.errors[0]?.sentence, sentence)
    t.ok(page.has('code'))
    t.match(answer.body, `value="${form.code}"`)
    t.match(answer.body, 'value="07700 900982"')
    t.match(answer.body, `value="${form.submission}"`)
    t.equal(await db.booking.count(), 1)
    t.equal(ofKnown.statusCode, 409)
    t.equal(ofKnown.body.replace('zoe@', 'anne@'), answer.body, 'the same for an address that is booked')
  })
}

t.test('a code that came to a form without one is answered beside a field for it', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)

  const unknown = await post(app, `/activities/${slug}/book`, aForm('anne@example.org', { code: 'K7PMW3QD' }))
  const tooLong = await post(app, `/activities/${slug}/book`, aForm('anne@example.org', { code: 'K'.repeat(41) }))
  const empty = await post(app, `/activities/${slug}/book`, aForm('anne@example.org', { code: ' ' }))

  t.equal(unknown.statusCode, 409)
  t.equal(tooLong.statusCode, 400)
  t.strictSame(perceived(tooLong).errors, [{ field: 'code', sentence: 'Code must be 40 characters or fewer' }])
  for (const answer of [unknown, tooLong]) {
    t.strictSame(perceived(answer).errors.map(({ field }) => field), ['code'])
    t.ok(perceived(answer).has('code'))
  }
  t.equal(empty.statusCode, 303)
})

t.test('full without a waiting list, the form is there for those with a code, and says that it is for them', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db, { capacity: 2, waitingList: 'off' })
  await aHold(db, id)
  await aBooking(db, id)

  const shown = await app.inject(`/activities/${slug}/book`)
  const without = await post(app, `/activities/${slug}/book`, aForm('zoe@example.org'))
  const withCode = await post(app, `/activities/${slug}/book`, aForm('anne@example.org', { code: 'K7PMW3QD' }))

  t.equal(shown.statusCode, 200)
  t.equal(perceived(shown).h1, 'Book a place with a code')
  t.match(perceived(shown).text, 'You can only book now if you have a code from a partner organisation.')
  t.notMatch(perceived(shown).text, 'Code (optional)')
  t.equal(without.statusCode, 409)
  t.equal(perceived(without).h1, 'This activity is fully booked and has no waiting list')
  t.equal(withCode.statusCode, 303)
  t.match(await db.booking.findFirst({ where: { email: 'anne@example.org' } }), { status: 'confirmed' })
})

t.test('an activity that does not exist, or is not public, has no form', async t => {
  const { app, db } = await service(t)
  const hidden = await anActivity(db, { visibility: 'operational' })

  for (const slug of ['nothing', hidden.slug]) {
    for (const answer of [
      await app.inject(`/activities/${slug}/book`), await app.inject(`/activities/${slug}/booked`),
      await post(app, `/activities/${slug}/book`, aForm('a@example.org'))
    ]) t.equal(answer.statusCode, 404)
  }
  t.equal(await db.booking.count(), 0)
})

t.test('beside the question stands that nobody monitors it, and nowhere else in the form', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)

  const { body } = await app.inject(`/activities/${slug}/book`)

  t.match(body, /id="question-hint"[^>]*>[^<]*not monitored: do not report a concern here/)
  t.equal(body.match(/not monitored:/g)?.length, 1)
  t.notMatch(body, ' required')
  t.match(body, /<form[^>]* novalidate/)
  t.match(body, /id="email"[^>]*spellcheck="false"[^>]*autocomplete="email"/)
})

t.test('one’s own booking greets by the whole name, and shows what for, and what can be done', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { placesPerBooking: 3 })
  const booking = await aBooking(db, id, { places: 2, phone: '07700 900982' })

  const answer = await app.inject(`/bookings/${links.tokenOf(booking.id)}`)

  const page = perceived(answer)
  t.equal(page.h1, 'You have 2 places')
  t.match(page.text, 'Hello Anne Kirkbride You have 2 places Keeping your child safe online Tuesday 1 December 2026')
  t.match(page.text, booking.reference)
  t.match(page.text, 'Change the number of places')
  t.match(page.text, 'Cancel my booking')
  for (const secret of [booking.email, '07700', 'teams.microsoft']) t.notMatch(answer.body, secret)
  t.equal(answer.headers['x-robots-tag'], 'noindex')
})

t.test('nobody is greeted as Mrs or Dr.', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db)
  for (const name of ['Mrs Anne Kirkbride', 'Dr. Chukwu', '安田 花子']) {
    const booking = await aBooking(db, id, { name })
    t.match(perceived(await app.inject(`/bookings/${links.tokenOf(booking.id)}`)).text, `Hello ${name} You have`)
  }
})

t.test('a party that free places pass by reads why, and that it keeps its turn', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { capacity: 4, placesPerBooking: 4 })
  await aBooking(db, id, { places: 2 })
  const party = await aBooking(db, id, { status: 'waiting', places: 4 })
  const pair = await aBooking(db, id, { status: 'waiting', places: 2 })

  const [ofParty, ofPair] = await Promise.all([party, pair].map(async booking =>
    perceived(await app.inject(`/bookings/${links.tokenOf(booking.id)}`)).text))

  t.match(ofParty, '2 places are free, and you asked for 4.')
  t.match(ofParty, 'you keep your turn')
  t.notMatch(ofPair, 'you asked for')
})

t.test('someone who waits reads how many wait before them', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { capacity: 1 })
  await aBooking(db, id)
  const line = [await aBooking(db, id, { status: 'waiting' }), await aBooking(db, id, { status: 'waiting' }), await aBooking(db, id, { status: 'waiting' })]

  const pages = []
  for (const { id } of line) pages.push(perceived(await app.inject(`/bookings/${links.tokenOf(id)}`)))

  for (const { h1 } of pages) t.equal(h1, 'You are on the waiting list')
  t.match(pages[0]?.text, 'You are next in line.')
  t.match(pages[1]?.text, 'There is 1 booking ahead of you.')
  t.match(pages[2]?.text, 'There are 2 bookings ahead of you.')
})

t.test('once it is over, the page of a booking names nobody and nothing', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, {
    startsAt: noon.minus({ hours: 2 }).toJSDate(), endsAt: noon.minus({ hours: 1 }).toJSDate()
  })
  const booking = await aBooking(db, id)

  const answer = await app.inject(`/bookings/${links.tokenOf(booking.id)}`)

  t.equal(perceived(answer).h1, 'This has taken place')
  for (const trace of ['Anne', 'Keeping your child', booking.reference]) t.notMatch(answer.body, trace)
})

t.test('a booking of a cancelled activity says so and offers others', async t => {
  const { app, db } = await service(t)
  const other = await anActivity(db)
  const { id } = await anActivity(db, { status: 'cancelled', cancellationReason: 'The speaker is ill.' })
  const booking = await aBooking(db, id)

  const answer = await app.inject(`/bookings/${links.tokenOf(booking.id)}`)

  t.equal(perceived(answer).h1, 'This activity has been cancelled')
  t.match(answer.body, 'The speaker is ill.')
  t.match(answer.body, other.slug)
  t.notMatch(answer.body, 'Cancel my booking')
})

t.test('a token that we did not sign leads nowhere, whatever is done with it', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db)
  const booking = await aBooking(db, id)
  const token = links.tokenOf(booking.id)
  const forged = [
    randomUUID(), token.slice(0, -1), `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`, booking.id,
    links.tokenOf(randomUUID()), 'a%00b', 'x'.repeat(64), 'x'.repeat(200)
  ]

  for (const bad of forged) {
    for (const answer of [
      await app.inject(`/bookings/${bad}`), await app.inject(`/bookings/${bad}/cancellation`),
      await app.inject(`/bookings/${bad}/invitation.ics`),
      await post(app, `/bookings/${bad}/cancellation`, {}), await post(app, `/bookings/${bad}/places`, { places: '1' })
    ]) {
      t.equal(answer.statusCode, 404)
      t.equal(perceived(answer).h1, 'This link does not work')
      t.equal(answer.headers['x-robots-tag'], 'noindex')
    }
  }
  t.equal((await db.booking.findFirstOrThrow()).status, 'confirmed')
})

t.test('looking at a booking, also at its cancellation, changes nothing', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  const booking = await aBooking(db, id)
  const token = links.tokenOf(booking.id)
  const before = plain(await db.booking.findMany())

  for (const url of [
    `/bookings/${token}`, `/bookings/${token}/cancellation`, `/bookings/${token}/places`, `/bookings/${token}/invitation.ics`,
    `/activities/${slug}/book?name=Anne&email=a@example.org&role=parent`, '/find-my-booking?email=a@example.org', '/exit'
  ]) {
    for (const method of ['GET', 'HEAD'] as const) await app.inject({ method, url, headers: { purpose: 'prefetch' } })
  }

  t.strictSame(plain(await db.booking.findMany()), before)
  t.equal((await announced(db, 'booking.cancelled')).length + (await announced(db, 'booking-link.requested')).length, 0)
})

t.test('cancelling asks once, then says so and offers others; asked again it stays cancelled', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db)
  const other = await anActivity(db)
  const booking = await aBooking(db, id)
  const url = `/bookings/${links.tokenOf(booking.id)}`

  const question = perceived(await app.inject(`${url}/cancellation`))
  const answer = await post(app, `${url}/cancellation`, {})
  const again = await post(app, `${url}/cancellation`, {})
  const after = await app.inject(url)
  const noQuestion = await app.inject(`${url}/cancellation`)

  t.equal(question.h1, 'Do you want to cancel your booking?')
  for (const each of [answer, again, noQuestion]) {
    t.equal(each.statusCode, 303)
    t.equal(each.headers.location, url)
  }
  t.equal(perceived(after).h1, 'Your booking is cancelled')
  t.match(after.body, other.slug)
  t.equal((await announced(db, 'booking.cancelled')).length, 1)
})

t.test('the number of places can be changed as far as there are any', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { capacity: 3, placesPerBooking: 4 })
  const booking = await aBooking(db, id, { places: 1 })
  const url = `/bookings/${links.tokenOf(booking.id)}`

  const more = await post(app, `${url}/places`, { places: '3' })
  const tooMany = await post(app, `${url}/places`, { places: '4' })
  const bad = await Promise.all(['0', '-1', '1.5', '1e9', '', 'two', '5'].map(async places =>
    await post(app, `${url}/places`, { places })))

  t.equal(more.statusCode, 303)
  t.equal(tooMany.statusCode, 409)
  t.strictSame(perceived(tooMany).errors, [
    { field: 'places', sentence: 'There are not enough places left to add more to your booking.' }
  ])
  t.match(tooMany.body, /id="places"[^>]*value="4"/)
  for (const answer of bad) {
    t.equal(answer.statusCode, 400)
    t.strictSame(perceived(answer).errors, [{ field: 'places', sentence: 'Enter how many places you need, from 1 to 4' }])
    t.ok(perceived(answer).has('places'))
  }
  t.equal((await db.booking.findFirstOrThrow()).places, 3)
})

t.test('the calendar copy of a confirmed booking is METHOD:PUBLISH without attendees; others have none', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db)
  const confirmed = await aBooking(db, id)
  const waiting = await aBooking(db, id, { status: 'waiting' })

  const copy = await app.inject(`/bookings/${links.tokenOf(confirmed.id)}/invitation.ics`)
  const none = await app.inject(`/bookings/${links.tokenOf(waiting.id)}/invitation.ics`)

  t.equal(copy.headers['content-type'], 'text/calendar; charset=utf-8; method=PUBLISH')
  t.match(copy.body, /METHOD:PUBLISH\r\n/)
  t.notMatch(copy.body, 'ATTENDEE')
  t.equal(none.statusCode, 404)
})

t.test('everyone who asks for a link gets one answer in the same time, and only the inbox learns more', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db)
  await aBooking(db, id, { email: 'anne@example.org' })
  const timed = async (email: string) => {
    const started = performance.now()
    const { statusCode, headers: { date, ...headers }, body } = await post(app, '/find-my-booking', { email })
    return { ms: performance.now() - started, told: { statusCode, headers, body } }
  }

  const known = await timed('Anne@example.org')
  const unknown = await timed('stranger@example.org')

  t.strictSame(known.told, unknown.told)
  t.equal(known.told.headers.location, '/find-my-booking/sent')
  for (const { ms } of [known, unknown]) t.ok(ms >= 399, 'no answer comes before the time that all answers take')
  t.equal((await announced(db, 'booking-link.requested')).length, 1)
  t.equal(perceived(await app.inject('/find-my-booking/sent')).h1, 'Check your email')
})

t.test('something typed that is no email address is asked for again', async t => {
  const { app } = await service(t)

  const answer = await post(app, '/find-my-booking', { email: '<b>' })

  t.equal(answer.statusCode, 400)
  t.strictSame(perceived(answer).errors, [
    { field: 'email', sentence: 'Enter an email address in the correct format, like name@example.com' }
  ])
  t.match(answer.body, 'value="&lt;b&gt;"')
})

for (const [daysUntilErasure, day] of [[0, '2 December 2026'], [1, '2 December 2026'], [30, '31 December 2026']] as const) {
  t.test(`with ${daysUntilErasure} days until details are deleted, the form says on which day that is`, async t => {
    const { app, db } = await service(t)
    const { id: campaignId } = await aCampaign(db, { daysUntilErasure })
    const { slug } = await anActivity(db, { campaignId })

    t.match(perceived(await app.inject(`/activities/${slug}/book`)).text, `and deletes it on ${day}.`)
  })
}
