import t from 'tap'
import type { Test } from 'tap'
import type { Answer } from '../../../src/booking/bookings/answer-columns.ts'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { answerAccess } from '../../../src/office/people/commands.ts'
import { prioritise } from '../../../src/booking/waiting-list/priority-groups.ts'
import { serveWaitingList } from '../../../src/booking/waiting-list/serve.ts'
import { cancelForThem, confirming } from '../../support/confirming.ts'
import { filledIn } from '../../support/filled-in.ts'
import { doJobs, anEmail, keeping, contextWith } from '../../support/email-context.ts'
import { countedService, perceived, post, service } from '../../support/service.ts'
import { anAgency, aStaffMember, organiser, signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, announced, aRequest, noon, world } from '../../support/world.ts'
import type { Booking } from '../../../src/platform/database/generated/client.ts'

async function aPage (t: Test, given: Partial<Booking> = {}, activityGiven: object = {}) {
  const its = await service(t)
  const activity = await anActivity(its.db, activityGiven)
  const booking = await aBooking(its.db, activity.id, given)
  const { headers, member } = await signedIn(its.app, its.db, { role: 'organiser', name: 'Ada Admin' })
  const url = `/staff/activities/${activity.slug}/bookings/${booking.id}`
  const get = async () => await its.app.inject({ url, headers })
  return { its, ...its, activity, booking, headers, member, url, get }
}

const justOver = { startsAt: noon.minus({ hours: 2 }).toJSDate(), endsAt: noon.toJSDate() }

t.test('the page of a booking says who it is, what they need and ask, and what can be done', async t => {
  const answers = {
    name: 'Bob <Bowness>',
    phone: '01539 722 722',
    email: 'Bob@example.org',
    places: 2,
    role: 'carer',
    district: 'Eden',
    accessNeeds: 'A signer\nin the first row',
    question: 'What is grooming?',
    heardFrom: 'The school newsletter'
  } satisfies Record<Answer, unknown>
  const { get, url } = await aPage(t, { ...answers, reference: '7F3KQ-92QDM' })

  const answer = await get()

  const { h1, text } = perceived(answer)
  t.equal(answer.statusCode, 200)
  t.equal(h1, 'Bob <Bowness>')
  const shown: Record<Answer, string> = {
    ...answers, places: '2 places', role: 'Carer, Eden', accessNeeds: 'A signer in the first row'
  }
  for (const said of [...Object.values(shown), 'Confirmed', '7F3KQ-92QDM', 'Not answered yet', 'Open']) t.match(text, said)
  for (const way of ['letters', 'details', 'move', 'cancellation']) t.match(answer.body, `href="${url}/${way}"`)
  t.notMatch(answer.body, `${url}/turn`)
  t.match(text, 'Themselves : Booked 2 places.')
})

t.test('about someone whose emails come back the page says what came back last', async t => {
  const { db, get, booking } = await aPage(t, { name: 'Bob', email: 'bob@example.org', unreachableAt: noon.toJSDate() })
  const [hour, day] = [noon.minus({ hours: 1 }).toJSDate(), noon.minus({ days: 1 }).toJSDate()]
  await anEmail(db, booking.id, { status: 'bounced', answer: '552 Mailbox is full', createdAt: day, sentAt: day })
  await anEmail(db, booking.id, {
    kind: 'booking-changed',
    sequence: 1,
    status: 'bounced',
    answer: 'Their address passed it on to bob@old.example, where it did not arrive: 550 No such user',
    createdAt: hour,
    sentAt: hour
  })
  await anEmail(db, booking.id, { kind: 'booking-changed', sequence: 2 })

  const { text } = perceived(await get())

  t.match(text, 'emails to Bob come back or are refused. They gave no phone number. Their address passed it on to bob@old.example, where it did not arrive: 550 No such user')
  t.notMatch(text, 'Mailbox is full')
})

t.test('what cannot be done any more is not offered', async t => {
  const { db, get, url, activity, booking } = await aPage(t, { status: 'lapsed' })
  const ways = async () => [...(await get()).body.matchAll(new RegExp(`href="${url}/(\\w+)"`, 'g'))].map(([, way]) => way)

  t.strictSame(await ways(), ['letters', 'turn'])
  await db.activity.update({ where: { id: activity.id }, data: justOver })
  t.strictSame(await ways(), ['letters'], 'over')
  await db.booking.update({ where: { id: booking.id }, data: { status: 'confirmed', lapseReason: null, confirmedAt: noon.toJSDate(), changedAt: noon.toJSDate() } })
  t.strictSame(await ways(), ['letters'], 'over for those who came as well')
})

t.test('staff who may see attendees but not run activities see the booking and change nothing', async t => {
  const { app, db, url, booking } = await aPage(t, {
    accessNeeds: 'A signer', unreachableAt: noon.toJSDate(), phone: '01539 722 722'
  })
  const { headers } = await signedIn(app, db, { role: 'staff' })

  const answer = await app.inject({ url, headers })

  t.equal(answer.statusCode, 200)
  t.match(perceived(answer).text, 'A signer Not answered yet')
  t.notMatch(answer.body, /<textarea|telephoned|\/details|\/cancellation/)
  for (const way of ['access', 'telephoned']) {
    t.equal((await post(app, `${url}/${way}`, { answer: 'x' }, headers)).statusCode, 403)
  }
  t.match(await db.booking.findUnique({ where: { id: booking.id } }), { accessAnswer: null })
  t.ok((await db.booking.findUniqueOrThrow({ where: { id: booking.id } })).unreachableAt)
})

t.test('a booking is shown to those who may know of it, on its own activity, and to nobody else', async t => {
  const { app, db, url, booking, activity, headers } = await aPage(t, { name: 'Bob Bowness' }, {})
  const [police, council] = [await anAgency(db), await anAgency(db)]
  await db.activity.update({
    where: { id: activity.id },
    data: { leadAgencyId: council.id, visibility: 'agency', partners: { create: { agencyId: police.id } } }
  })
  const other = await anActivity(db)
  const look = async (given: object) => {
    const { headers } = await signedIn(app, db, given)
    return (await app.inject({ url, headers })).statusCode
  }

  t.equal(await look({ role: 'organiser', agencyId: council.id }), 200)
  t.equal(await look({ role: 'organiser', agencyId: police.id }), 403, 'takes part and does not lead')
  t.equal(await look({ role: 'organiser', agencyId: (await anAgency(db)).id }), 404)
  t.equal(await look({ role: 'host' }), 403)
  for (const wrong of [`/staff/activities/${other.slug}/bookings/${booking.id}`, `${url}x`, url.replace(booking.id, crypto.randomUUID())]) {
    t.equal((await app.inject({ url: wrong, headers })).statusCode, 404, wrong)
  }
  t.equal((await app.inject({ url })).statusCode, 303)
})

t.test('its history tells what happened, who did it and which emails went, the latest first', async t => {
  const its = await service(t)
  const { app, db, outbox } = its
  const activity = await anActivity(db, { capacity: 1, waitingList: 'offers' })
  const { headers, member } = await signedIn(app, db, { role: 'organiser', name: 'Ada Admin' })
  const by = { id: member.id, name: member.name, role: 'organiser', agencyId: undefined } as const
  const at = (minutes: number) => noon.plus({ minutes })
  const full = await aBooking(db, activity.id)
  await requestPlaces(db, outbox, activity.id, [aRequest('bob@example.org', { name: 'Bob' })], at(1))
  const { id } = await db.booking.findFirstOrThrow({ where: { name: 'Bob' } })
  await db.priorityGroup.create({ data: { activityId: activity.id, rank: 1, name: 'Foster carers', reason: 'They asked for it.' } })
  await prioritise(db, id, 1, by, at(2))
  await cancelForThem({ db, outbox }, [full.id], by, at(3))
  await serveWaitingList(db, outbox, activity.id, at(4))
  await anEmail(db, id, { kind: 'place-offered', sequence: 1, createdAt: at(5).toJSDate(), sentAt: at(6).toJSDate() })
  await cancelForThem({ db, outbox }, [id], by, at(7))

  const page = await app.inject({ url: `/staff/activities/${activity.slug}/bookings/${id}`, headers })

  const lines = [...page.body.matchAll(/<li class="pk-trail">([\s\S]*?)<\/li>/g)].map(([, line = '']) => perceived({ body: line }).text)
  t.strictSame(lines, [
    '23 November 2026 at 12:07pm Ada Admin : Cancelled by the organisers.',
    '23 November 2026 at 12:06pm Email: Place offered Sent',
    '23 November 2026 at 12:04pm The service : Was offered a place.',
    '23 November 2026 at 12:02pm Ada Admin : Put them into the group “Foster carers” of the waiting list.',
    '23 November 2026 at 12:01pm Themselves : Joined the waiting list for 1 place.'
  ])
})

t.test('a move between activities names them to those who may know of both, and what was done on the first stays', async t => {
  const { app, db, booking, activity, member } = await aPage(t, {}, { title: 'First date', visibility: 'agency' })
  const agency = await anAgency(db)
  const other = await anActivity(db, { title: 'Second date', leadAgencyId: agency.id })
  await db.auditEntry.create({ data: { at: noon.plus({ minutes: 1 }).toJSDate(), action: 'booking.corrected', staffMemberId: member.id, subject: activity.slug, details: { booking: booking.id, fields: ['phone'] } } })
  await db.auditEntry.create({ data: { at: noon.toJSDate(), action: 'booking.corrected', staffMemberId: member.id, subject: activity.slug, details: { booking: crypto.randomUUID(), fields: ['name'] } } })
  await db.booking.update({
    where: { id: booking.id }, data: { activityId: other.id, changedAt: noon.plus({ minutes: 2 }).toJSDate() }
  })
  const url = `/staff/activities/${other.slug}/bookings/${booking.id}`
  const look = async (given: object) => {
    const { headers } = await signedIn(app, db, given)
    return perceived(await app.inject({ url, headers })).text
  }

  const all = await look({})
  t.match(all, 'Moved from “First date” on Tuesday 1 December 2026 at 6pm to “Second date” on Tuesday 1 December 2026 at 6pm.')
  t.match(all, 'Ada Admin : Changed details. Fields: phone')
  t.notMatch(all, 'Fields: name')
  t.match(await look({ role: 'organiser', agencyId: agency.id }), 'Moved from another activity to “Second date”')
})

t.test('what is arranged is shown before it is told, told once, and written down without its text', async t => {
  const { its, app, db, url, booking, activity, headers } = await aPage(t, { name: 'Bob', accessNeeds: 'A signer' })
  const mailer = keeping()

  const asked = await post(app, `${url}/access`, { answer: ' A signer \r\n is booked. ' }, headers)
  const untouched = await db.booking.findUniqueOrThrow({ where: { id: booking.id } })
  const fields = filledIn(asked.body)
  const told = await post(app, `${url}/access`, fields, headers)
  const again = await post(app, `${url}/access`, fields, headers)
  const errors = await doJobs(its, contextWith(its, mailer))
  const page = perceived(await app.inject({ url: String(told.headers.location), headers }))

  t.equal(asked.statusCode, 200)
  t.match(perceived(asked).text, 'They asked for A signer They read now A signer is booked. Bob is told by email.')
  t.equal(untouched.accessAnswer, null)
  t.strictSame([told.statusCode, again.statusCode, errors.length], [303, 303, 0])
  t.match(await db.booking.findUnique({ where: { id: booking.id } }), { accessAnswer: 'A signer is booked.' })
  t.equal(mailer.kept.length, 1)
  t.match(mailer.kept[0]?.subject, /^An answer about your booking: Online workshop/)
  t.match(mailer.kept[0]?.text, 'This is what is arranged for you:\n\nA signer is booked.\n')
  const trail = await db.auditEntry.findMany({ where: { action: 'booking.access-answered' } })
  t.strictSame(trail.map(({ subject, details }) => [subject, details]), [[activity.slug, { booking: booking.id }]])
  t.match(page.text, 'What is arranged is noted.')
  t.match(page.text, /Answered Monday 23 November 2026 at midday A signer is booked\./)
  t.match(page.text, 'Ada Admin : Said what is arranged for them.')
  t.match(page.text, 'Email: What is arranged Sent')
})

t.test('another answer is another email, and the one before it does not go any more', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const activity = await anActivity(db)
  const { id } = await aBooking(db, activity.id, { accessNeeds: 'A signer' })
  const answer = async (text: string) => {
    await confirming(async confirmed => {
      await answerAccess(db, outbox, {
        activityId: activity.id, bookingId: id, answer: text, confirmed, host: 'workshops.example.org'
      }, organiser, noon)
    })
  }
  const mailer = keeping()

  await answer('We ask for one.')
  await answer('One is booked.')
  await doJobs(its, contextWith(its, mailer))
  await answer('None comes, but there are captions.')
  await doJobs(its, contextWith(its, mailer))

  t.strictSame(mailer.kept.map(({ text }) => /for you:\n\n(.*)\n/.exec(text)?.[1]), ['One is booked.', 'None comes, but there are captions.'])
  // Earlier ones were set aside, see setEmailsAside.
  const emails = await db.email.findMany({ where: { kind: 'access-arranged' }, orderBy: { sequence: 'asc' } })
  t.strictSame(emails.map(({ sequence, status }) => [sequence, status]), [[-2, 'sent'], [-1, 'withdrawn'], [0, 'sent']])
})

t.test('of two who answer at once the second reads what the first said, and loses nothing', async t => {
  const { app, db, url, headers, booking } = await aPage(t, { accessNeeds: 'A signer' })
  const ask = async (answer: string) => await post(app, `${url}/access`, { answer }, headers)
  const [mine, theirs] = [await ask('Second.'), await ask('First.')]
  await post(app, `${url}/access`, filledIn(theirs.body), headers)

  const pressed = await post(app, `${url}/access`, filledIn(mine.body), headers)

  t.equal(pressed.statusCode, 200)
  t.match(perceived(pressed).text, 'Something has changed while you were reading')
  t.match(perceived(pressed).text, 'They were told before First. They read now Second.')
  t.match(await db.booking.findUnique({ where: { id: booking.id } }), { accessAnswer: 'First.' })
  t.equal((await announced(db, 'letter.due')).length, 1)
  t.equal((await post(app, `${url}/access`, filledIn(pressed.body), headers)).statusCode, 303)
})

t.test('of ten presses at once one is written down', async t => {
  const { app, db, url, headers } = await aPage(t, { accessNeeds: 'A signer', unreachableAt: noon.toJSDate() })
  const asked = await post(app, `${url}/access`, { answer: 'It is.' }, headers)

  const answers = await Promise.all(Array.from({ length: 10 }, async () => [
    await post(app, `${url}/access`, filledIn(asked.body), headers),
    await post(app, `${url}/telephoned`, {}, headers)
  ]))

  t.ok(answers.flat().every(({ statusCode }) => statusCode === 303))
  t.equal(await db.email.count(), 1)
  t.equal(await db.auditEntry.count({ where: { action: 'booking.access-answered' } }), 1)
  t.equal(await db.auditEntry.count({ where: { action: 'booking.telephoned' } }), 1)
})

t.test('an answer that is not valid gets the reason, and keeps what was typed', async t => {
  const { app, db, url, headers } = await aPage(t, { accessNeeds: 'A signer' })
  const wrong: Array<[string | Record<string, string>, string]> = [
    [{}, 'Say what is arranged'],
    [{ answer: ' \n ' }, 'Say what is arranged'],
    [{ answer: 'x'.repeat(501), confirmed: 'yes' }, 'What is arranged must be 500 characters or fewer'],
    ['answer=a&answer=b', 'What is arranged must be given only once'],
    [{ answer: 'x', status: 'cancelled' }, 'This form has no field “status”. Load the page again and fill it in once more.']
  ]
  for (const [form, sentence] of wrong) {
    const answer = await post(app, `${url}/access`, form, headers)
    t.equal(answer.statusCode, 400, sentence)
    t.strictSame(perceived(answer).errors.map(error => error.sentence), [sentence])
    t.ok(perceived(answer).errors.every(({ field }) => perceived(answer).has(field)))
  }
  t.match((await post(app, `${url}/access`, { answer: `<b>${'x'.repeat(500)}` }, headers)).body, '&lt;b&gt;xxx')
  t.equal(await db.email.count(), 0)
  t.equal((await post(app, `${url}/telephoned`, { x: '1' }, headers)).statusCode, 400)
})

t.test('nobody is told of what they no longer need, or are no longer there for', async t => {
  const { app, db, url, headers, booking, activity } = await aPage(t, { accessNeeds: 'A signer' })
  const asked = await post(app, `${url}/access`, { answer: 'It is.' }, headers)
  const send = async () => await post(app, `${url}/access`, filledIn(asked.body), headers)
  const isRefused = async (why: string) => {
    const answer = await send()
    t.equal(answer.statusCode, 409, why)
    t.match(perceived(answer).errors, [{ field: 'access', sentence: /There is nothing to answer any more/ }], why)
    t.ok(perceived(answer).has('access'))
    t.notMatch(answer.body, '<textarea')
  }
  const at = { changedAt: noon.toJSDate() }

  await db.booking.update({ where: { id: booking.id }, data: { status: 'cancelled', ...at } })
  await isRefused('cancelled')
  await db.booking.update({ where: { id: booking.id }, data: { status: 'confirmed', accessNeeds: null, ...at } })
  await isRefused('taken back')
  await db.booking.update({ where: { id: booking.id }, data: { accessNeeds: 'A signer' } })
  await db.activity.update({ where: { id: activity.id }, data: justOver })
  await isRefused('over')
  t.equal(await db.email.count(), 0)
})

t.test('someone with no address, or not reached by email, is on the list to call until they were called', async t => {
  const { its, app, db, url, headers, booking, get } = await aPage(t, {
    name: 'Bob Nixon', email: null, canonicalEmail: null, phone: '01539 722 722', accessNeeds: 'A signer'
  } as never)
  const list = async () => perceived(await app.inject({ url: '/staff/letters', headers })).text

  const question = await post(app, `${url}/access`, { answer: 'It is booked.' }, headers)
  const asked = perceived(question)
  await post(app, `${url}/access`, filledIn(question.body), headers)
  await doJobs(its, contextWith(its, keeping()))
  const listed = await list()
  const page = perceived(await get())
  const told = await post(app, `${url}/telephoned`, { of: 'letters' }, headers)
  const again = await post(app, `${url}/telephoned`, {}, headers)
  const after = perceived(await get())

  t.match(asked.text, 'Emails do not reach Bob Nixon: call them.')
  t.match(asked.text, 'Bob Nixon 01539 722 722')
  t.match(asked.text, 'Note it')
  t.match(listed, 'Bob Nixon')
  t.match(listed, 'I have told them')
  t.match(page.text, 'emails have not reached Bob Nixon , who has no email address. Call them: 01539 722 722 I have told them by phone')
  t.equal(told.headers.location, '/staff/letters?done=telephoned')
  t.equal(again.headers.location, `${url}?done=telephoned`)
  t.notMatch(await list(), 'Bob Nixon')
  t.match(perceived(await app.inject({ url: String(told.headers.location), headers })).text, 'It is noted that you have told them by phone.')
  t.notMatch(after.text, 'emails have not reached')
  t.match(after.text, 'Ada Admin : Told them by phone.')
  const trail = await db.auditEntry.findMany({ where: { action: 'booking.telephoned' } })
  t.strictSame(trail.map(({ details }) => details), [{ booking: booking.id }])
})

t.test('as many questions are asked of the database for a long history as for a short one', async t => {
  const { app, db, counted } = await countedService(t)
  const activity = await anActivity(db)
  const { headers } = await signedIn(app, db)
  const { id } = await aBooking(db, activity.id, { accessNeeds: 'A signer' })
  const url = `/staff/activities/${activity.slug}/bookings/${id}`
  const queries = async () => {
    const before = counted.queries
    t.equal((await app.inject({ url, headers })).statusCode, 200)
    return counted.queries - before
  }
  const short = await queries()

  for (let n = 1; n <= 12; n++) {
    const other = await anActivity(db)
    const staff = await aStaffMember(db)
    const at = noon.plus({ minutes: n }).toJSDate()
    await db.booking.update({ where: { id }, data: { activityId: other.id, changedAt: at } })
    await db.auditEntry.create({ data: { at, action: 'booking.corrected', staffMemberId: staff.id, subject: other.slug, details: { booking: id } } })
    await anEmail(db, id, { kind: 'booking-changed', sequence: n })
  }
  const back = { activityId: activity.id, changedAt: noon.plus({ hours: 1 }).toJSDate() }
  await db.booking.update({ where: { id }, data: back })

  t.equal(await queries(), short)
})
