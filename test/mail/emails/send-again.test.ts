import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { Test } from 'tap'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { changePlaces } from '../../../src/booking/bookings/change-own-booking.ts'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { sendAgain, sweepEmails } from '../../../src/mail/emails/commands.ts'
import { MailRefused } from '../../../src/mail/emails/errors.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { aCalendar } from '../../support/calendar.ts'
import { joinUrl } from '../../support/calendar-entry.ts'
import { read } from '../../support/icalendar.ts'
import { anEmail, doJobs, keeping, contextWith } from '../../support/email-context.ts'
import { organiser } from '../../support/staff.ts'
import { aBooking, announced, anActivity, aRequest, noon, secretKey, warm, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const host = 'workshops.example.org'

/** A booking whose email was sent, the room it came from, and the result. */
async function booked (t: Test) {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db, {
    placesPerBooking: 2, joinUrlSealed: joinLinkSeal(secretKey).close(joinUrl)
  })
  const mailer = keeping()
  const context = contextWith(its, mailer)
  await requestPlaces(its.db, its.outbox, activityId, [aRequest('anne@example.org')], noon)
  await doJobs(its, context)
  const email = await its.db.email.findFirstOrThrow()
  return { ...its, activityId, context, kept: mailer.kept, email, bookingId: email.bookingId }
}

t.test('an email that is sent again is the same to a calendar, a little later', async t => {
  const its = await booked(t)
  const again = noon.plus({ hours: 3 })
  its.context.turnClock(again)

  await sendAgain(its.db, its.outbox, { emailId: its.email.id, host }, organiser, again)
  await doJobs(its, its.context)

  const [first, copy] = its.kept
  const [before, after] = [first, copy].map(message => read(message?.calendar?.content ?? '').events[0])
  t.equal(its.kept.length, 2)
  t.match(after, { uid: before?.uid, sequence: before?.sequence, organizer: before?.organizer })
  t.ok((after?.stamp ?? '') > (before?.stamp ?? ''), 'and newer')
  const calendar = aCalendar()
  t.equal(calendar.apply(first?.calendar?.content ?? ''), 'added')
  t.equal(calendar.apply(copy?.calendar?.content ?? ''), 'replaced')
  t.equal(calendar.entries().length, 1)
  t.equal(copy?.subject, first?.subject)
  t.not(copy?.messageId, first?.messageId, 'mail programs show both')
  t.match(copy?.messageId, /^[\da-f-]{36}@workshops\.example\.org$/)
  t.match(await its.db.email.findMany({ orderBy: { copy: 'asc' } }), [
    { copy: 0, status: 'sent' }, { kind: 'place-confirmed', sequence: 0, copy: 1, status: 'sent', attempts: 1 }
  ])
})

t.test('what is sent again says what is true by now', async t => {
  const its = await booked(t)
  await changePlaces(its.db, its.outbox, its.bookingId, 2, noon)
  await doJobs(its, its.context)

  await sendAgain(its.db, its.outbox, { emailId: its.email.id, host }, organiser, noon)
  await doJobs(its, its.context)

  const copy = its.kept[2]
  t.match(copy?.text, 'Your 2 places are booked')
  t.equal(read(copy?.calendar?.content ?? '').events[0]?.sequence, 1, 'the SEQUENCE that the booking has')
})

t.test('emails that were given up, came back or were withdrawn go again, and the address counts as reached', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db)
  for (const status of ['failed', 'bounced', 'withdrawn'] as const) {
    const { id } = await aBooking(its.db, activityId, { unreachableAt: noon.toJSDate() })
    const email = await anEmail(its.db, id, { status, answer: '550 no such user' })

    await sendAgain(its.db, its.outbox, { emailId: email.id, host }, organiser, noon)

    t.match(await its.db.email.findMany({ where: { bookingId: id }, orderBy: { copy: 'asc' } }), [
      { id: email.id, status, answer: '550 no such user' }, { copy: 1, status: 'queued', attempts: 0 }
    ])
    t.match(await its.db.booking.findUnique({ where: { id } }), { unreachableAt: null })
  }
  t.equal((await announced(its.db, 'letter.due')).length, 3)
})

t.test('an address that still refuses is marked again', async t => {
  const its = await booked(t)
  const context = contextWith(its, {
    ...keeping(), send: async () => { throw new MailRefused({ code: '550', isFinal: true, answer: '550 No such user' }) }
  })

  await sendAgain(its.db, its.outbox, { emailId: its.email.id, host }, organiser, noon)
  await doJobs(its, context)

  t.match(await its.db.email.findFirst({ where: { copy: 1 } }), { status: 'failed', answer: '550 No such user' })
  t.not((await its.db.booking.findUniqueOrThrow({ where: { id: its.bookingId } })).unreachableAt, null)
})

t.test('of ten presses at once one sends', async t => {
  const its = await booked(t)
  await warm(its.db)

  const presses = await Promise.allSettled(Array.from({ length: 10 }, async () => {
    await sendAgain(its.db, its.outbox, { emailId: its.email.id, host }, organiser, noon)
  }))
  await doJobs(its, its.context)

  t.equal(presses.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const press of presses) {
    if (press.status === 'rejected') t.match(press.reason, { refusal: 'letter-on-its-way' })
  }
  t.equal(its.kept.length, 2)
  t.equal((await announced(its.db, 'letter.due')).length, 1)
  t.equal(await its.db.auditEntry.count({ where: { action: 'letter.sent-again' } }), 1)
})

t.test('the button of an old page sends nothing more, the copy’s own does', async t => {
  const its = await booked(t)
  const press = async (emailId: string) => { await sendAgain(its.db, its.outbox, { emailId, host }, organiser, noon) }
  await press(its.email.id)
  await doJobs(its, its.context)

  await t.rejects(press(its.email.id), { refusal: 'letter-sent-again', message: 'This email has been sent again already.' })
  await press((await its.db.email.findFirstOrThrow({ where: { copy: 1 } })).id)
  await t.rejects(press(its.email.id), { message: 'This email is on its way already.' })
  await doJobs(its, its.context)

  t.equal(its.kept.length, 3)
})

t.test('an email that is on its way is not sent again', async t => {
  const its = await world(t)
  const { id: bookingId } = await aBooking(its.db, (await anActivity(its.db)).id)
  const { id: emailId } = await anEmail(its.db, bookingId, { status: 'queued' })

  await t.rejects(sendAgain(its.db, its.outbox, { emailId, host }, organiser, noon), {
    refusal: 'letter-on-its-way', message: 'This email is on its way already.'
  })
})

t.test('an email that is not true any more is refused with the reason, and nothing changes', async t => {
  const its = await booked(t)
  await its.db.booking.update({ where: { id: its.bookingId }, data: { unreachableAt: noon.toJSDate() } })
  await cancelBooking(its.db, its.outbox, its.bookingId, noon)

  await t.rejects(sendAgain(its.db, its.outbox, { emailId: its.email.id, host }, organiser, noon), {
    refusal: 'letter-outdated', message: 'This email cannot be sent again: the booking is now cancelled.'
  })

  t.equal(await its.db.email.count({ where: { copy: 1 } }), 0)
  t.equal(await its.db.auditEntry.count({ where: { action: 'letter.sent-again' } }), 0)
  t.not((await its.db.booking.findUniqueOrThrow({ where: { id: its.bookingId } })).unreachableAt, null)
})

t.test('a bulletin goes again to one person, and not once it is stopped', async t => {
  const its = await booked(t)
  const bulletin = await its.db.bulletin.create({
    data: {
      activityId: its.activityId,
      number: 1,
      audience: 'confirmed',
      heading: 'Bring a pen',
      body: 'We shall write.',
      madeById: organiser.id,
      createdAt: noon.toJSDate(),
      sentAt: noon.toJSDate()
    }
  })
  const first = await anEmail(its.db, its.bookingId, { kind: 'bulletin', sequence: 1 })

  await sendAgain(its.db, its.outbox, { emailId: first.id, host }, organiser, noon)
  await its.db.email.updateMany({ where: { copy: 1 }, data: { status: 'sent', sentAt: noon.toJSDate() } })
  const { id: emailId } = await its.db.email.findFirstOrThrow({ where: { kind: 'bulletin', copy: 1, sequence: 1 } })
  await its.db.bulletin.update({ where: { id: bulletin.id }, data: { stoppedAt: noon.toJSDate() } })

  await t.rejects(sendAgain(its.db, its.outbox, { emailId, host }, organiser, noon), {
    message: 'This email cannot be sent again: it was stopped.'
  })
})

t.test('it is on record who sent which email again, and nothing of who it is to', async t => {
  const its = await booked(t)

  await sendAgain(its.db, its.outbox, { emailId: its.email.id, host }, organiser, noon)

  const [entry] = await its.db.auditEntry.findMany({ where: { action: 'letter.sent-again' } })
  t.match(entry, {
    staffMemberId: organiser.id, subject: its.bookingId, details: { kind: 'place-confirmed', sequence: 0, copy: 1 }
  })
  t.notMatch(JSON.stringify(entry?.details), /anne|kirkbride|example/i)
})

t.test('what was pressed and then lost on the way is found by the sweep', async t => {
  const its = await booked(t)
  await sendAgain(its.db, its.outbox, { emailId: its.email.id, host }, organiser, noon)
  await its.db.$executeRaw`DELETE FROM pgboss.job`

  await sweepEmails(its.db, its.outbox, noon)
  await doJobs(its, its.context)

  t.equal(its.kept.length, 2)
})

t.test('an email that no longer exists cannot be sent again', async t => {
  const { db, outbox } = await world(t)

  await t.rejects(sendAgain(db, outbox, { emailId: randomUUID(), host }, organiser, noon), {
    message: 'There is no such email.'
  })
})

t.test('where the transaction fails nothing is announced', async t => {
  const its = await booked(t)
  const { announce } = its.outbox
  const failing: World['outbox'] = {
    announce: async (...given) => { await announce(...given); throw new Error('The lights went out.') }
  }

  await t.rejects(sendAgain(its.db, failing, { emailId: its.email.id, host }, organiser, noon), /lights/)

  t.strictSame(await announced(its.db, 'letter.due'), [])
  t.equal(await its.db.email.count({ where: { copy: 1 } }), 0)
})
