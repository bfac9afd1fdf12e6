import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import t from 'tap'
import type { Test } from 'tap'
import { aForm, links, perceived, post, service } from '../../support/service.ts'
import { aBooking, aCampaign, anActivity, announced, noon, plain, warm } from '../../support/world.ts'

/** The service with a clock that can be turned. */
async function serviceAt (t: Test) {
  let now = noon
  const its = await service(t, { clock: () => now })
  return { ...its, turnClock: (to: DateTime<true>) => { now = to } }
}

const pageOf = ({ id }: { id: string }) => `/bookings/${links.tokenOf(id)}`

/** Presses the button of a form as a browser does, and returns the page that follows. */
async function press (app: Parameters<typeof post>[0], url: string) {
  const answer = await post(app, url, {})
  const location = answer.headers.location
  return { answer, page: perceived(answer.statusCode === 303 ? await app.inject(String(location)) : answer) }
}

/** Start of the workshop on Tuesday 1 December 2026 at 6pm. */
const startsAt = noon.plus({ days: 8, hours: 6 })

t.test('an offer says until when it stands in the zone of the activity, and can be accepted or refused', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { capacity: 1, waitingList: 'offers' })
  const offered = await aBooking(db, id, { status: 'offered' })

  const answer = await app.inject(pageOf(offered))

  const page = perceived(answer)
  t.equal(page.h1, 'A place is free for you')
  t.match(page.text, 'We are keeping it for you until Tuesday 24 November 2026 at midday.')
  t.match(page.text, 'If you do not answer by then, it goes to the next in line and you are off the waiting list.')
  t.match(answer.body, new RegExp(`<form method="post" action="${pageOf(offered)}/acceptance"[^>]*>\\s*<input type="hidden"[^>]*>\\s*<button[^>]*>\\s*Accept the place`))
  t.match(answer.body, new RegExp(`<form method="post" action="${pageOf(offered)}/refusal"[^>]*>\\s*<input type="hidden"[^>]*>\\s*<button[^>]*>\\s*I cannot come`))
  t.equal(answer.headers['x-robots-tag'], 'noindex')
})

t.test('an offer of several places is worded for several', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { capacity: 3, waitingList: 'offers', placesPerBooking: 3 })
  const offered = await aBooking(db, id, { status: 'offered', places: 3 })

  const { h1, text } = perceived(await app.inject(pageOf(offered)))

  t.equal(h1, '3 places are free for you')
  t.match(text, 'We are keeping them for you until')
  t.match(text, 'Accept the 3 places')
  t.match(text, 'they go to the next in line')
})

t.test('accepted, an offer is a place; accepted again, it stays one and is told once', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { capacity: 1, waitingList: 'offers' })
  const offered = await aBooking(db, id, { status: 'offered' })

  const first = await press(app, `${pageOf(offered)}/acceptance`)
  const again = await press(app, `${pageOf(offered)}/acceptance`)

  for (const { answer, page } of [first, again]) {
    t.equal(answer.statusCode, 303)
    t.equal(answer.headers.location, pageOf(offered))
    t.equal(answer.headers['x-robots-tag'], 'noindex')
    t.equal(page.h1, 'You have a place')
  }
  t.equal((await announced(db, 'booking.confirmed')).length, 1)
})

t.test('a double press accepts once', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { capacity: 1, waitingList: 'offers' })
  const offered = await aBooking(db, id, { status: 'offered' })
  await warm(db)

  const answers = await Promise.all([1, 2].map(async () => await post(app, `${pageOf(offered)}/acceptance`, {})))

  t.strictSame(answers.map(({ statusCode }) => statusCode), [303, 303])
  t.equal((await announced(db, 'booking.confirmed')).length, 1)
})

t.test('an offer that was refused is over; someone who refuses twice gets no error, and may come back', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db, { capacity: 1, waitingList: 'offers' })
  const offered = await aBooking(db, id, { status: 'offered' })
  await aBooking(db, id, { status: 'waiting' })

  const first = await press(app, `${pageOf(offered)}/refusal`)
  const again = await press(app, `${pageOf(offered)}/refusal`)
  const accepted = await press(app, `${pageOf(offered)}/acceptance`)

  for (const { answer, page } of [first, again]) {
    t.equal(answer.statusCode, 303)
    t.equal(page.h1, 'You said that you cannot come')
  }
  t.match(first.page.text, 'Thank you for telling us: it goes to the next in line. You are off the waiting list.')
  t.match((await app.inject(pageOf(offered))).body, `href="/activities/${slug}/book"`)
  t.equal(accepted.answer.statusCode, 409)
  t.match(accepted.page.text, 'This offer has ended.')
  t.equal((await announced(db, 'booking.lapsed')).length, 1)
  t.equal((await announced(db, 'booking.confirmed')).length, 0)
})

t.test('once cancelled, what was accepted cannot be accepted again: the place is someone else’s', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { capacity: 1, waitingList: 'offers' })
  const offered = await aBooking(db, id, { status: 'offered' })
  await post(app, `${pageOf(offered)}/acceptance`, {})
  await post(app, `${pageOf(offered)}/cancellation`, {})

  const { answer, page } = await press(app, `${pageOf(offered)}/acceptance`)

  t.equal(answer.statusCode, 409)
  t.equal(page.h1, 'Your booking is cancelled')
  t.match(page.text, 'This offer has ended.')
  t.equal((await db.booking.findUniqueOrThrow({ where: { id: offered.id } })).status, 'cancelled')
  t.match(await db.occupancy.findUnique({ where: { activityId: id } }), { confirmed: 0, offered: 0 })
})

t.test('an offer that has ended is shown as over and cannot be accepted, before the sweep has noted it', async t => {
  const { app, db, turnClock } = await serviceAt(t)
  const { id, slug } = await anActivity(db, { capacity: 1, waitingList: 'offers' })
  const offered = await aBooking(db, id, { status: 'offered' })
  await aBooking(db, id, { status: 'waiting' })
  turnClock(noon.plus({ hours: 24 }))

  const shown = await app.inject(pageOf(offered))
  const { answer, page } = await press(app, `${pageOf(offered)}/acceptance`)

  t.equal(shown.statusCode, 200)
  t.equal(answer.statusCode, 409)
  for (const { h1, text } of [perceived(shown), page]) {
    t.equal(h1, 'Your offer has ended')
    t.match(text, 'We kept a place for you and had no answer in time, so it goes to the next in line. You are off the waiting list.')
    t.match(text, 'Join the waiting list again')
    t.notMatch(text, /Accept the place|I cannot come|Cancel my booking/)
  }
  t.match(answer.body, `href="/activities/${slug}/book"`)
  t.equal((await db.booking.findUniqueOrThrow({ where: { id: offered.id } })).status, 'offered')
})

const lapses = [
  ['unanswered', {}, 'Your offer has ended', /had no answer in time.*You are off the waiting list\./],
  ['refused', {}, 'You said that you cannot come', /Thank you for telling us/],
  ['closed', { offers: 0 }, 'The waiting list has closed', /No place became free for you before booking closed\. We are sorry\./],
  ['closed', {}, 'The waiting list has closed', /Booking closed before you had a place\. We are sorry\./]
] as const

for (const [lapseReason, given, heading, words] of lapses) {
  t.test(`someone who is off the list reads why: ${words}`, async t => {
    const { app, db } = await service(t)
    const other = await anActivity(db)
    const { id, slug } = await anActivity(db, {
      capacity: 1,
      waitingList: 'offers',
      bookingClosesAt: lapseReason === 'closed' ? noon.toJSDate() : null
    })
    await aBooking(db, id)
    const lapsed = await aBooking(db, id, { status: 'lapsed', lapseReason, ...given })

    const answer = await app.inject(pageOf(lapsed))

    const { h1, text } = perceived(answer)
    t.equal(h1, heading)
    t.match(text, words)
    t.equal(text.includes('Join the waiting list again'), lapseReason !== 'closed')
    t.equal(answer.body.includes(`href="/activities/${slug}/book"`), lapseReason !== 'closed')
    t.match(answer.body, `href="/activities/${other.slug}"`)
    t.notMatch(answer.body, /\/acceptance|\/refusal|\/cancellation/)
  })
}

t.test('someone who lost an offer joins again with a booking of its own, behind the others', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db, { capacity: 1, waitingList: 'offers' })
  await aBooking(db, id)
  const lapsed = await aBooking(db, id, { status: 'lapsed', email: 'anne@example.org' })
  await aBooking(db, id, { status: 'waiting' })

  const answer = await post(app, `/activities/${slug}/book`, aForm('anne@example.org'))

  const again = await db.booking.findFirstOrThrow({ where: { canonicalEmail: 'anne@example.org', status: 'waiting' } })
  t.equal(answer.statusCode, 303)
  t.equal(await announced(db, 'waiting-list.joined').then(facts => facts[0]?.bookingId), again.id)
  t.match(perceived(await app.inject(pageOf(again))).text, 'There is 1 booking ahead of you.')
  t.equal((await db.booking.findUniqueOrThrow({ where: { id: lapsed.id } })).status, 'lapsed')
})

t.test('where places are free and nobody waits, someone who lost an offer is shown the way to a place', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { capacity: 2, waitingList: 'offers' })
  const lapsed = await aBooking(db, id, { status: 'lapsed' })
  const full = await anActivity(db, { capacity: 1, waitingList: 'off' })
  await aBooking(db, full.id)
  const shutOut = await aBooking(db, full.id, { status: 'lapsed' })
  const hidden = await anActivity(db, { visibility: 'partners' })
  const unknown = await aBooking(db, hidden.id, { status: 'lapsed' })

  t.match(perceived(await app.inject(pageOf(lapsed))).text, 'Book a place')
  for (const [booking, { slug }] of [[shutOut, full], [unknown, hidden]] as const) {
    t.notMatch((await app.inject(pageOf(booking))).body, `/activities/${slug}/book`)
  }
})

t.test('where a place is open to all, someone reads that the first person to accept gets it, and accepts it', async t => {
  const { app, db, turnClock } = await serviceAt(t)
  const { id } = await anActivity(db, { capacity: 1, waitingList: 'offers' })
  const called = await aBooking(db, id, { status: 'waiting', offers: 1, calledAt: noon.toJSDate() })
  turnClock(startsAt.minus({ hours: 1 }))

  const shown = await app.inject(pageOf(called))
  const { answer, page } = await press(app, `${pageOf(called)}/acceptance`)

  t.equal(perceived(shown).h1, 'A place is free')
  t.match(shown.body, `action="${pageOf(called)}/acceptance"`)
  t.notMatch(shown.body, '/refusal')
  t.equal(answer.statusCode, 303)
  t.equal(page.h1, 'You have a place')
})

t.test('of two who press at once one has the place, and the other reads that they keep their turn', async t => {
  const { app, db, turnClock } = await serviceAt(t)
  const { id } = await anActivity(db, { capacity: 1, waitingList: 'offers' })
  const given = { status: 'waiting', offers: 1, calledAt: noon.toJSDate() }
  const called = [await aBooking(db, id, given), await aBooking(db, id, given)]
  turnClock(startsAt.minus({ hours: 1 }))
  await warm(db)

  const answers = await Promise.all(called.map(async booking => await post(app, `${pageOf(booking)}/acceptance`, {})))

  const [late] = answers.filter(({ statusCode }) => statusCode === 409)
  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [303, 409])
  t.match(late && perceived(late).text, 'Someone else was quicker, and the place is gone. You keep your turn.')
  t.equal(late && perceived(late).h1, 'You are on the waiting list')
  t.match(late?.body, 'You are next in line.')
})

t.test('someone told of a place open to all finds no button once it is taken', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { capacity: 1, waitingList: 'offers' })
  await aBooking(db, id)
  const called = await aBooking(db, id, { status: 'waiting', offers: 1, calledAt: noon.toJSDate() })

  const { h1, text } = perceived(await app.inject(pageOf(called)))

  t.equal(h1, 'You are on the waiting list')
  t.notMatch(text, 'Accept')
})

t.test('someone who waits and was asked nothing can neither accept nor refuse', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { capacity: 1, waitingList: 'offers' })
  await aBooking(db, id)
  const waiting = await aBooking(db, id, { status: 'waiting' })

  for (const verb of ['acceptance', 'refusal']) {
    const { answer, page } = await press(app, `${pageOf(waiting)}/${verb}`)
    t.equal(answer.statusCode, 409)
    t.equal(page.h1, 'You are on the waiting list')
    t.match(page.text, 'You are on the waiting list, and no place is offered to you at the moment.')
  }
  t.equal((await db.booking.findUniqueOrThrow({ where: { id: waiting.id } })).status, 'waiting')
})

t.test('someone who has accepted and says on an old page that they cannot come is told to cancel', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db)
  const confirmed = await aBooking(db, id)

  const { answer, page } = await press(app, `${pageOf(confirmed)}/refusal`)

  t.equal(answer.statusCode, 409)
  t.equal(page.h1, 'You have a place')
  t.match(page.text, 'You have accepted this place already. If you cannot come, please cancel your booking.')
  t.match(page.text, 'Cancel my booking')
})

t.test('what is cancelled, over or closed cannot be accepted, and the page says what has become of it', async t => {
  const { app, db, turnClock } = await serviceAt(t)
  const at = (shift: object) => noon.plus(shift).toJSDate()
  const cancelled = await anActivity(db, { status: 'cancelled', cancellationReason: 'The speaker is ill.' })
  const closed = await anActivity(db, { bookingClosesAt: at({ hours: 1 }) })
  const over = await anActivity(db, { startsAt: at({ minutes: 10 }), endsAt: at({ hours: 1 }) })
  turnClock(noon.plus({ hours: 2 }))
  const cases = [
    [cancelled, 'This activity has been cancelled'], [closed, 'The waiting list has closed'], [over, 'This has taken place']
  ] as const

  for (const [{ id }, heading] of cases) {
    for (const booking of [await aBooking(db, id, { status: 'offered' }), await aBooking(db, id, { status: 'waiting' })]) {
      for (const verb of ['acceptance', 'refusal']) {
        const { answer, page } = await press(app, `${pageOf(booking)}/${verb}`)
        t.equal(answer.statusCode, 409, `${verb} of one ${booking.status}: ${heading}`)
        t.equal(page.h1, heading)
        t.notMatch(page.text, 'You are on the waiting list')
      }
    }
  }
  t.equal((await announced(db, 'booking.confirmed')).length + (await announced(db, 'booking.lapsed')).length, 0)
})

t.test('looking changes nothing, whatever there is to accept, and neither does asking for an answer’s address', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { capacity: 3, waitingList: 'offers' })
  const bookings = [
    await aBooking(db, id, { status: 'offered' }),
    await aBooking(db, id, { status: 'waiting', offers: 1, calledAt: noon.toJSDate() }),
    await aBooking(db, id, { status: 'offered', offeredUntil: noon.toJSDate() }),
    await aBooking(db, id, { status: 'lapsed' })
  ]
  const before = plain(await db.booking.findMany({ orderBy: { id: 'asc' } }))

  for (const booking of bookings) {
    for (const url of ['', '/acceptance', '/refusal'].map(path => pageOf(booking) + path)) {
      for (const method of ['GET', 'HEAD'] as const) {
        const { statusCode } = await app.inject({ method, url, headers: { purpose: 'prefetch' } })
        t.equal(statusCode, url === pageOf(booking) ? 200 : 405)
      }
    }
  }

  t.strictSame(plain(await db.booking.findMany({ orderBy: { id: 'asc' } })), before)
  for (const fact of ['booking.confirmed', 'booking.lapsed', 'place.freed'] as const) {
    t.strictSame(await announced(db, fact), [])
  }
})

t.test('a token that we did not sign accepts and refuses nothing, and neither does a form from elsewhere', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { capacity: 1 })
  const offered = await aBooking(db, id, { status: 'offered' })

  for (const verb of ['acceptance', 'refusal']) {
    for (const token of [randomUUID(), offered.id, links.tokenOf(randomUUID()), 'x'.repeat(64)]) {
      const answer = await post(app, `/bookings/${token}/${verb}`, {})
      t.equal(answer.statusCode, 404)
      t.equal(answer.headers['x-robots-tag'], 'noindex')
    }
    t.equal((await post(app, `${pageOf(offered)}/${verb}`, {}, { 'sec-fetch-site': 'cross-site' })).statusCode, 403)
  }
  t.equal((await db.booking.findFirstOrThrow()).status, 'offered')
})

t.test('someone who waits where places are offered reads how that goes, who goes first, and why', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { capacity: 1, waitingList: 'offers', offerHours: 12 })
  await aBooking(db, id)
  await db.priorityGroup.createMany({
    data: [
      { activityId: id, rank: 1, name: 'Foster carers', reason: 'they look after children <who> were harmed' },
      { activityId: id, rank: 2, name: 'Castle School', reason: 'it asked for this' }
    ]
  })
  const first = await aBooking(db, id, { status: 'waiting', priority: 1 })
  const behind = await aBooking(db, id, { status: 'waiting' })

  const [ofFirst, ofBehind] = [await app.inject(pageOf(first)), await app.inject(pageOf(behind))].map(perceived)

  t.match(ofBehind?.text, 'You then have 12 hours to accept it')
  t.match(ofBehind?.text, 'Offers never run out between 10pm and 7am.')
  t.match(ofBehind?.text, 'In the last 2 hours before the start')
  t.match(ofBehind?.text, 'These people go first: Foster carers: they look after children <who> were harmed ' +
    'Castle School: it asked for this')
  t.notMatch(ofFirst?.text, 'go first')
})

/** Someone who waits for one date and was put on the list of another, a week later. */
async function aCopiedBooking (
  db: Parameters<typeof anActivity>[0], { first: given = {}, ...carried }: Record<string, object | string | number>
) {
  const { id: campaignId } = await aCampaign(db)
  const { id: firstId } = await anActivity(db, { campaignId, capacity: 1, waitingList: 'offers' })
  await aBooking(db, firstId)
  const first = await aBooking(db, firstId, { status: 'waiting', email: 'anne@example.org', ...given as object })
  const { id } = await anActivity(db, {
    campaignId,
    anotherDateOfId: firstId,
    capacity: 1,
    startsAt: startsAt.plus({ weeks: 1 }).toJSDate(),
    endsAt: startsAt.plus({ weeks: 1, minutes: 30 }).toJSDate()
  })
  return { first, booking: await aBooking(db, id, { email: 'anne@example.org', copiedFromBookingId: first.id, ...carried }) }
}

t.test('someone asked about another date reads which, and that accepting takes them off the first', async t => {
  const { app, db } = await service(t)
  const { first, booking } = await aCopiedBooking(db, { status: 'offered' })

  const { h1, text } = perceived(await app.inject(pageOf(booking)))
  const { answer, page } = await press(app, `${pageOf(booking)}/acceptance`)

  t.equal(h1, 'A place is free for you')
  t.match(text, 'You are waiting for this on Tuesday 1 December 2026 at 6pm. This is another date. ' +
    'If you accept this date, you leave the waiting list for the first one. If you say no, or do not answer, you keep your turn there.')
  t.match(text, 'Tuesday 8 December 2026, 6pm to 6:30pm')
  t.notMatch(text, 'off the waiting list')
  t.equal(answer.statusCode, 303)
  t.equal(page.h1, 'You have a place')
  t.equal((await db.booking.findUniqueOrThrow({ where: { id: first.id } })).status, 'cancelled')
})

t.test('someone who says no to another date keeps their turn on the first, and reads so', async t => {
  const { app, db } = await service(t)
  const { first, booking } = await aCopiedBooking(db, { status: 'offered' })

  const { page } = await press(app, `${pageOf(booking)}/refusal`)

  t.equal(page.h1, 'You said that you cannot come')
  t.match(page.text, 'You are off the waiting list for this date. You keep your turn on the waiting list for Tuesday 1 December 2026 at 6pm.')
  t.equal((await db.booking.findUniqueOrThrow({ where: { id: first.id } })).status, 'waiting')
})

t.test('someone who has a place on the first date by now reads that accepting gives it up', async t => {
  const { app, db } = await service(t)
  const { booking } = await aCopiedBooking(db, {
    status: 'offered', first: { status: 'confirmed', confirmedAt: noon.toJSDate() }
  })

  t.match(perceived(await app.inject(pageOf(booking))).text,
    'You have a place on Tuesday 1 December 2026 at 6pm. This is another date. If you accept this date, you give up the first one.')
})

t.test('someone put in line for another date who finds the page reads that only accepting books it', async t => {
  const { app, db } = await service(t)
  const { booking } = await aCopiedBooking(db, { status: 'waiting' })

  const { text } = perceived(await app.inject(pageOf(booking)))

  t.match(text, 'You asked for this on Tuesday 1 December 2026 at 6pm. This is another date. Nothing is booked here until you accept it.')
  t.match(text, 'we keep it for you and email you at once')
})

t.test('fewer places can be asked for while an offer stands, and the offer stays', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { capacity: 3, waitingList: 'offers', placesPerBooking: 3 })
  const offered = await aBooking(db, id, { status: 'offered', places: 3 })

  const { page } = await press(app, `${pageOf(offered)}/acceptance-that-is-none`)
  const fewer = await post(app, `${pageOf(offered)}/places`, { places: '2' })
  const more = await post(app, `${pageOf(offered)}/places`, { places: '3' })

  t.equal(page.h1, 'Page not found')
  t.equal(fewer.statusCode, 303)
  t.equal(more.statusCode, 409)
  t.equal(perceived(more).h1, '2 places are free for you')
  t.strictSame(perceived(more).errors.map(({ field }) => field), ['places'])
})
