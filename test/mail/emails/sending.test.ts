import ICAL from 'ical.js'
import t from 'tap'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { changePlaces } from '../../../src/booking/bookings/change-own-booking.ts'
import { requestLinks } from '../../../src/booking/bookings/find-my-booking.ts'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { EmailInHand, EmailPutOff, MailRefused } from '../../../src/mail/emails/errors.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { acceptOffer } from '../../../src/booking/waiting-list/accept-or-refuse.ts'
import { serveWaitingList } from '../../../src/booking/waiting-list/serve.ts'
import { joinUrl } from '../../support/calendar-entry.ts'
import { doJobs, keeping, contextFor, contextWith, writeEmail } from '../../support/email-context.ts'
import { aMailbox, emails } from '../../support/mailbox.ts'
import type { TakenEmail } from '../../support/mailbox.ts'
import { aBooking, aCampaign, anActivity, aRequest, noon, secretKey, warm, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const joinUrlSealed = joinLinkSeal(secretKey).close(joinUrl)

/** Books as the form does. */
async function book ({ db, outbox }: World, activityId: string, email = 'Anne.Kirkbride@Example.org'): Promise<string> {
  await requestPlaces(db, outbox, activityId, [aRequest(email)], noon)
  const { id } = await db.booking.findFirstOrThrow({ where: { activityId, email } })
  return id
}

function calendarOf ({ mail }: TakenEmail): ICAL.Component {
  const part = mail.attachments.find(({ contentType }) => contentType === 'text/calendar')
  return new ICAL.Component(ICAL.parse(part?.content.toString() ?? ''))
}

t.test('the mail server gets one email to one recipient, in text, in HTML and, last, for the calendar', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db, { joinUrlSealed })
  const mailbox = await aMailbox(t)
  await book(its, activityId)

  t.strictSame(await doJobs(its, contextFor(t, its, mailbox.url)), [])

  const [email, ...others] = mailbox.taken
  t.strictSame(others, [])
  t.strictSame(email?.to, ['Anne.Kirkbride@Example.org'], 'byte for byte')
  t.equal(email?.from, 'workshops@example.org')
  const raw = email?.raw ?? ''
  t.strictSame([...raw.matchAll(/^Content-Type: ([^;\r]*(?:; (?!boundary)[^;\r]*)*)/gm)].map(([, type]) => type), [
    'multipart/alternative', 'text/plain; charset=utf-8', 'text/html; charset=utf-8',
    'text/calendar; charset=UTF-8; method=REQUEST'
  ])
  t.match(raw, /^[\t\r\n -~]*$/, '7-bit')
  t.notMatch(raw, /^Content-Transfer-Encoding: (8bit|binary)/m)
  t.notMatch(raw, /^Content-Disposition/m)
  t.match(raw, /^Auto-Submitted: auto-generated\r$/m)
  t.match(raw, /^X-Auto-Response-Suppress: OOF, AutoReply\r$/m)
  t.match(raw, /^Message-ID: <[0-9a-f-]{36}@workshops\.example\.org>\r$/m)
  t.match(raw, /^From: Online workshops <workshops@example\.org>\r$/m)
  t.match(email?.mail.text, joinUrl)
  t.match(email?.mail.html, '<h1>Your place is booked</h1>')
})

t.test('what the calendar is given is an invitation to exactly that recipient, from the sender of the email', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db, { joinUrlSealed })
  const mailbox = await aMailbox(t)
  const id = await book(its, activityId)
  const { icalUid } = await its.db.booking.findUniqueOrThrow({ where: { id } })

  await doJobs(its, contextFor(t, its, mailbox.url))

  const calendar = calendarOf(mailbox.taken[0] as TakenEmail)
  const [event] = calendar.getAllSubcomponents('vevent')
  t.equal(calendar.getFirstPropertyValue('method'), 'REQUEST')
  t.equal(event?.getFirstPropertyValue('uid'), icalUid)
  t.equal(event?.getFirstPropertyValue('attendee'), `mailto:${mailbox.taken[0]?.to[0] ?? ''}`)
  t.equal(event?.getFirstPropertyValue('organizer'), `mailto:${mailbox.taken[0]?.from ?? ''}`)
  t.equal(event?.getFirstPropertyValue('url'), joinUrl)
})

t.test('from the place to the cancellation it is one calendar entry, even if the sender changes', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db, { placesPerBooking: 2 })
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  const id = await book(its, activityId)
  await doJobs(its, context)
  const renamed = { ...context, mailFrom: { name: 'Renamed', address: 'renamed@example.org' } }

  await changePlaces(its.db, its.outbox, id, 2, noon)
  await doJobs(its, renamed)
  await requestPlaces(its.db, its.outbox, activityId, [aRequest('anne.kirkbride@example.ORG')], noon)
  await doJobs(its, renamed)
  await cancelBooking(its.db, its.outbox, id, noon)
  await doJobs(its, renamed)

  const calendars = mailbox.taken.map(calendarOf)
  const all = (name: string) => calendars.map(calendar => calendar.getFirstSubcomponent('vevent')?.getFirstPropertyValue(name))
  t.strictSame(calendars.map(calendar => calendar.getFirstPropertyValue('method')), ['REQUEST', 'REQUEST', 'REQUEST', 'CANCEL'])
  t.strictSame(all('sequence'), [0, 1, 1, 2])
  t.strictSame(all('status'), ['CONFIRMED', 'CONFIRMED', 'CONFIRMED', 'CANCELLED'])
  for (const name of ['uid', 'organizer', 'attendee']) t.equal(new Set(all(name)).size, 1, name)
  t.strictSame([...new Set(mailbox.taken.map(({ from }) => from))], ['workshops@example.org'])
})

t.test('someone who waits gets an email without a calendar entry, and an invitation when a place is found', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db, { capacity: 1, joinUrlSealed })
  const first = await book(its, activityId, 'first@example.org')
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  await book(its, activityId, 'second@example.org')
  await doJobs(its, context)

  await cancelBooking(its.db, its.outbox, first, noon)
  await serveWaitingList(its.db, its.outbox, activityId, noon)
  await doJobs(its, context)

  const toSecond = mailbox.taken.filter(({ to }) => to[0] === 'second@example.org')
  t.strictSame(toSecond.map(({ mail }) => mail.subject?.split(':')[0]), ['You are on the waiting list', 'A place for you'])
  t.notMatch(toSecond[0]?.raw, /text\/calendar/)
  t.notMatch(toSecond[0]?.mail.text, 'teams.microsoft.com')
  t.equal(calendarOf(toSecond[1] as TakenEmail).getFirstPropertyValue('method'), 'REQUEST')
})

t.test('the link that someone asked for comes to the address, once in a minute', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db)
  await aBooking(its.db, activityId, { email: 'anne@example.org' })
  const context = contextWith(its, keeping())
  const { kept } = context.mailer as ReturnType<typeof keeping>

  for (const seconds of [0, 10, 20]) await requestLinks(its.db, its.outbox, 'anne@example.org', noon.plus({ seconds }))
  await doJobs(its, context)

  t.strictSame(kept.map(({ subject }) => subject.split(':')[0]), ['Your link'])
})

t.test('a place booked while the mail server is down is in the inbox when it is back, once', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db)
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  await mailbox.stop()
  const bookingId = await book(its, activityId)

  const errors = await doJobs(its, context)
  await mailbox.start()
  await writeEmail(context, 'booking.confirmed', { bookingId, sequence: 0 })
  await writeEmail(context, 'booking.confirmed', { bookingId, sequence: 0 })

  t.equal(errors.length, 1)
  t.ok(errors[0] instanceof MailRefused)
  t.equal(mailbox.taken.length, 1)
  t.match(await its.db.email.findFirst(), { status: 'sent', attempts: 2, answer: /^250 / })
})

t.test('a mail server that is busy is asked again, one that refuses an address is not, and others get theirs', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db)
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  mailbox.refuse = recipient => recipient.startsWith('nobody')
    ? { code: 550, text: '5.1.1 There is no such person' }
    : recipient.startsWith('later') ? { code: 421, text: '4.7.0 Try again later' } : undefined
  for (const name of ['nobody', 'later', 'anne', 'bob']) await book(its, activityId, `${name}@example.org`)

  const errors = await doJobs(its, context)

  t.equal(errors.length, 1, 'the refusal for good is no reason to try again')
  t.strictSame(mailbox.taken.map(({ to }) => to[0]).sort(), ['anne@example.org', 'bob@example.org'])
  const kept = await its.db.email.findMany({ include: { booking: true }, orderBy: { booking: { email: 'asc' } } })
  t.match(kept.map(({ booking, status, attempts, answer }) => [booking.email, status, attempts, answer]), [
    ['anne@example.org', 'sent', 1, /^250 /],
    ['bob@example.org', 'sent', 1, /^250 /],
    ['later@example.org', 'queued', 1, /^421 .*Try again later/],
    ['nobody@example.org', 'failed', 1, /^550 .*no such person/]
  ])
  t.strictSame(kept.map(({ booking }) => [booking.status, booking.unreachableAt === null]), [
    ['confirmed', true], ['confirmed', true], ['confirmed', true], ['confirmed', false]
  ], 'a refusal for good is noted at the booking, which stays')
})

t.test('an email that no server took for a day has failed, with its reason', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db)
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  mailbox.refuse = () => ({ code: 451, text: '4.3.0 Not now' })
  const bookingId = await book(its, activityId)
  await t.rejects(writeEmail(context, 'booking.confirmed', { bookingId, sequence: 0 }), { message: /451/ })
  context.turnClock(noon.plus({ hours: 23, minutes: 59 }))
  await t.rejects(writeEmail(context, 'booking.confirmed', { bookingId, sequence: 0 }), { message: /451/ })

  context.turnClock(noon.plus({ hours: 24 }))
  await writeEmail(context, 'booking.confirmed', { bookingId, sequence: 0 })

  t.match(await its.db.email.findFirst(), { status: 'failed', attempts: 3, answer: /^451 .*Not now/ })
})

t.test('what is logged of a failure has neither the address nor the server’s answer', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db)
  const mailbox = await aMailbox(t)
  mailbox.refuse = recipient => ({ code: 451, text: `4.2.2 ${recipient} is busy` })
  const bookingId = await book(its, activityId, 'anne@example.org')

  const error = await writeEmail(contextFor(t, its, mailbox.url), 'booking.confirmed', { bookingId, sequence: 0 })
    .catch(error => error as Error)

  t.ok(error instanceof MailRefused)
  const logged = JSON.stringify({ ...error as Error, message: (error as Error).message, stack: (error as Error).stack })
  t.match(logged, '451')
  t.notMatch(logged, /anne|busy/)
  t.match((await its.db.email.findFirst())?.answer, 'anne@example.org is busy')
})

t.test('a crash between the server’s yes and our note of it sends the same Message-ID again', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db, { joinUrlSealed })
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  const bookingId = await book(its, activityId)
  const dying = {
    ...context,
    mailer: {
      ...context.mailer,
      async send (message: Parameters<typeof context.mailer.send>[0]) {
        await context.mailer.send(message)
        return await new Promise<string>(() => {})
      }
    }
  }
  void writeEmail(dying, 'booking.confirmed', { bookingId, sequence: 0 })
  await emails(mailbox, 1)
  await t.rejects(writeEmail(context, 'booking.confirmed', { bookingId, sequence: 0 }), new EmailInHand(60), 'it may still be alive')

  context.turnClock(noon.plus({ seconds: 61 }))
  await writeEmail(context, 'booking.confirmed', { bookingId, sequence: 0 })

  const [first, second, ...more] = mailbox.taken
  t.strictSame(more, [])
  t.equal(first?.mail.messageId, second?.mail.messageId)
  const identity = (email: TakenEmail | undefined) => ['uid', 'sequence'].map(name =>
    calendarOf(email as TakenEmail).getFirstSubcomponent('vevent')?.getFirstPropertyValue(name))
  t.strictSame(identity(first), identity(second))
  t.match(await its.db.email.findMany(), [{ status: 'sent', attempts: 2 }])
})

t.test('of ten workers with the same email at once, one sends it', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db)
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  const bookingId = await book(its, activityId)
  await warm(its.db)

  const ends = await Promise.allSettled(Array.from({ length: 10 }, async () => {
    await writeEmail(context, 'booking.confirmed', { bookingId, sequence: 0 })
  }))

  t.equal(mailbox.taken.length, 1)
  t.match(await its.db.email.findMany(), [{ status: 'sent', attempts: 1 }])
  for (const end of ends) if (end.status === 'rejected') t.ok(end.reason instanceof EmailPutOff)
})

t.test('a confirmation that waited until the place was given back is not sent any more', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db)
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  await mailbox.stop()
  const id = await book(its, activityId)
  await doJobs(its, context)
  await cancelBooking(its.db, its.outbox, id, noon)
  await mailbox.start()

  await doJobs(its, context)
  await writeEmail(context, 'booking.confirmed', { bookingId: id, sequence: 0 })

  t.strictSame(mailbox.taken.map(({ mail }) => mail.subject?.split(':')[0]), ['Your booking is cancelled'])
  t.match(await its.db.email.findMany({ orderBy: { kind: 'desc' } }), [
    { kind: 'place-confirmed', status: 'withdrawn', answer: 'Not sent: the booking is now cancelled.' },
    { kind: 'cancelled', status: 'sent' }
  ])
})

t.test('a mail server on this machine may have any certificate, and emails go to it encrypted', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db)
  const mailbox = await aMailbox(t, { withTls: true })
  await book(its, activityId)

  t.strictSame(await doJobs(its, contextFor(t, its, mailbox.url)), [])

  t.strictSame(mailbox.taken.map(({ isEncrypted }) => isEncrypted), [true])
})

t.test('a mail server elsewhere is told no names unless they are encrypted', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db)
  const mailbox = await aMailbox(t)
  const bookingId = await book(its, activityId)
  // Another way to write 127.0.0.1, which does not look like this machine.
  const elsewhere = mailbox.url.replace('127.0.0.1', '127.1')

  await t.rejects(writeEmail(contextFor(t, its, elsewhere), 'booking.confirmed', { bookingId, sequence: 0 }))
  t.strictSame(mailbox.taken, [])
  t.match((await its.db.email.findFirst())?.answer, /certificate/, 'nor to a server that nobody vouches for')
  await writeEmail(contextFor(t, its, `${elsewhere}?requireTLS=false`), 'booking.confirmed', { bookingId, sequence: 0 })

  t.equal(mailbox.taken.length, 1, 'those who run the network may say otherwise')
})

t.test('a password that the mail server does not take is ours to correct, and emails wait until it is', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db)
  const mailbox = await aMailbox(t)
  const bookingId = await book(its, activityId)
  const context = contextFor(t, its, mailbox.url.replace('//', '//workshops:wrong@'))

  await t.rejects(writeEmail(context, 'booking.confirmed', { bookingId, sequence: 0 }), { message: /5\d\d/ })

  t.match(await its.db.email.findFirst(), { status: 'queued', answer: /^5\d\d / })
})

t.test('a person who waits for an offered place is emailed at each turn: joined, offered, lapsed, found', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id: campaignId } = await aCampaign(db, { discreet: false })
  const { id } = await anActivity(db, { campaignId, capacity: 1, waitingList: 'offers' })
  await db.priorityGroup.create({ data: { activityId: id, rank: 1, name: 'Foster carers', reason: 'they were asked to come' } })
  const leaving = await aBooking(db, id)
  const mailer = keeping()
  const context = contextWith(its, mailer)
  await book(its, id, 'anne@example.org')
  const zoe = await book(its, id, 'zoe@example.org')
  await doJobs(its, context)
  await cancelBooking(db, outbox, leaving.id, noon)
  await serveWaitingList(db, outbox, id, noon)
  await doJobs(its, context)

  const tomorrow = noon.plus({ days: 1 })
  context.turnClock(tomorrow)
  await serveWaitingList(db, outbox, id, tomorrow)
  await doJobs(its, context)
  await acceptOffer(db, outbox, zoe, tomorrow)
  await acceptOffer(db, outbox, zoe, tomorrow)
  await doJobs(its, context)

  const toldTo = (address: string) => mailer.kept.filter(({ to }) => to === address)
  const subjectsTo = (address: string) => toldTo(address).map(({ subject }) => subject.replace(/:.*/, ''))
  t.strictSame(subjectsTo('anne@example.org'), ['You are on the waiting list', 'A place is free for you', 'Your offer has ended'])
  t.strictSame(subjectsTo('zoe@example.org'), ['You are on the waiting list', 'A place is free for you', 'A place for you'])
  const [joined, offer, found] = toldTo('zoe@example.org')
  t.match(joined?.text, 'There is 1 booking ahead of you.')
  t.match(joined?.text, 'Foster carers: they were asked to come')
  t.match(offer?.text, 'until Wednesday 25 November 2026 at midday')
  t.equal(offer?.calendar, undefined)
  t.equal(found?.calendar?.method, 'REQUEST')
})

t.test('someone carried over to another date hears of it when asked, and after accepting that they left the first', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id: firstId } = await anActivity(db, { capacity: 1, waitingList: 'offers' })
  await aBooking(db, firstId)
  const first = await aBooking(db, firstId, { status: 'waiting', email: 'anne@example.org' })
  const { id } = await anActivity(db, { capacity: 1, anotherDateOfId: firstId })
  const taking = await aBooking(db, id)
  const carried = await aBooking(db, id, { status: 'waiting', email: 'anne@example.org', copiedFromBookingId: first.id })
  const mailer = keeping()
  const context = contextWith(its, mailer)

  await requestLinks(db, outbox, 'anne@example.org', noon)
  await doJobs(its, context)
  t.strictSame(mailer.kept.map(({ text }) => text.includes(carried.reference)), [false], 'its link only to what they asked for')
  await cancelBooking(db, outbox, taking.id, noon)
  await serveWaitingList(db, outbox, id, noon)
  await doJobs(its, context)
  await acceptOffer(db, outbox, carried.id, noon)
  await doJobs(its, context)

  const ofCopies = mailer.kept.filter(({ text }) => text.includes(carried.reference))
  t.strictSame(ofCopies.map(({ subject }) => subject.replace(/:.*/, '')), ['A place is free for you', 'A place for you'])
  t.match(ofCopies[0]?.text, 'You are waiting for this on Tuesday 1 December 2026 at 6pm. This is another date.')
  t.match(ofCopies[1]?.text, 'You are off the waiting list for Tuesday 1 December 2026 at 6pm.')
})
