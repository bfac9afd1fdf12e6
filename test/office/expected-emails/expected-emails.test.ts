import fc from 'fast-check'
import t from 'tap'
import { expectedEmails } from '../../../src/mail/emails/expected.ts'
import { findBookings } from '../../../src/booking/bookings/queries.ts'
import { remindPeople } from '../../../src/mail/reminders/commands.ts'
import type { Booking } from '../../../src/platform/database/generated/client.ts'
import { countLines, listLines } from '../../../src/office/expected-emails/queries.ts'
import { contextWith, anEmail, doJobs, keeping } from '../../support/email-context.ts'
import { countedService, perceived, post } from '../../support/service.ts'
import { anAgency, organiser, signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, noon, world } from '../../support/world.ts'

const host = 'workshops.example.org'
const [toCome, why] = ['/staff/letters/to-come', '/staff/letters/why']
const long = noon.minus({ days: 30 }).toJSDate()

/** Hours before the start, on both sides of each moment that matters. */
const hours = fc.constantFrom(-60, -17, -15, -1, 0, 0.5, 1.5, 23, 25, 167, 169, 239, 241, 500)

t.test('who is said to get a reminder or an email afterwards gets it, and nobody else', async t => {
  const { db, outbox } = await world(t)
  await fc.assert(fc.asyncProperty(
    fc.array(fc.record({ confirmed: hours, changed: hours, off: fc.boolean(), isPlaced: fc.boolean() }), {
      minLength: 1, maxLength: 5
    }),
    fc.subarray(['week', 'day', 'hour']), fc.boolean(), hours,
    async (people, reminders, followUp, before) => {
      const activity = await anActivity(db, { reminders, followUp })
      const startsAt = noon.set({ day: 1, month: 12, hour: 18 })
      const at = (hours: number) => startsAt.minus({ hours }).toJSDate()
      const now = startsAt.minus({ hours: before })
      const ids = []
      for (const { confirmed, changed, off, isPlaced } of people) {
        const { id } = await aBooking(db, activity.id, {
          createdAt: at(501),
          confirmedAt: at(Math.max(confirmed, before)),
          changedAt: at(Math.max(Math.min(confirmed, changed), before)),
          remindersOff: off,
          status: isPlaced ? 'confirmed' : 'cancelled'
        })
        ids.push(id)
      }
      const said = (await findBookings(db, ids)).flatMap(booking => booking === undefined
        ? []
        : expectedEmails(booking, booking.activity, [], now)
          .filter(({ dueAt, notBecause }) => notBecause === undefined && dueAt <= now)
          .map(({ kind }) => `${booking.id} ${kind}`))

      await remindPeople(db, outbox, host, now)

      const sent = (await db.email.findMany({ where: { bookingId: { in: ids } } }))
        .map(({ bookingId, kind }) => `${bookingId} ${kind}`)
      t.strictSame(said.sort(), sent.sort())
      const { id } = activity
      await db.email.deleteMany({ where: { booking: { activityId: id } } })
      await db.booking.deleteMany({ where: { activityId: id } })
    }
  ), { numRuns: 15 })
})

t.test('what goes next is listed by time with to how many and why, by as many queries for many as for one', async t => {
  const { app, counted, db } = await countedService(t)
  const { headers } = await signedIn(app, db, { role: 'staff' })
  const look = async () => {
    counted.queries = 0
    return perceived(await app.inject({ url: toCome, headers })).text
  }
  t.match(await look(), 'No email is to come.')
  const { id } = await anActivity(db, { followUp: true })
  await aBooking(db, id, { confirmedAt: long })
  await look()
  const forOne = counted.queries
  await aBooking(db, id, { confirmedAt: long, email: null, canonicalEmail: null, phone: '07700 900 982' })
  await aBooking(db, id, { confirmedAt: noon.toJSDate(), remindersOff: true })
  await aBooking(db, id, { status: 'waiting', confirmedAt: null })
  await aBooking(db, id, { status: 'offered', confirmedAt: null, offeredUntil: noon.plus({ days: 2 }).toJSDate() })
  for (let n = 0; n < 12; n++) await aBooking(db, (await anActivity(db, { title: 'Zoom in' })).id)
  const theirs = await anAgency(db)
  const hidden = await anActivity(db, { title: 'Secret work', visibility: 'operational', leadAgencyId: theirs.id })
  await aBooking(db, hidden.id)
  const text = await look()

  t.match(text, /Tuesday 24 November 2026 6pm: Reminder, the week before Keeping your child safe online To 2 people 1 of them has no email address: call them\. 7 days before the start/)
  t.match(text, /Wednesday 25 November 2026 midday: Offer ended Keeping your child safe online To 1 person at most/)
  t.match(text, /6pm: Waiting list closed Keeping your child safe online To 1 person Booking closes then/)
  t.match(text, /Wednesday 2 December 2026 10am: The email afterwards Keeping your child safe online To 3 people/)
  t.match(text, 'Page 1 of')
  t.notMatch(text, 'Secret work')
  t.equal(counted.queries, forOne)
})

t.test('an email that the brake holds, or that is tried again, says so to the one and on the list', async t => {
  const { app, ...its } = await countedService(t)
  const { db, outbox, boss } = its
  const { headers } = await signedIn(app, db, { role: 'staff' })
  const activity = await anActivity(db)
  const held = await aBooking(db, activity.id, { name: 'Hella Held', email: 'hella@example.org', canonicalEmail: 'hella@example.org' })
  const tried = await aBooking(db, activity.id, { name: 'Tria Tried' })
  const due = (bookingId: string) => ({ bookingId, sequence: 0 })
  await db.$transaction(async tx => {
    await outbox.announce(tx, 'booking.confirmed', [due(held.id)], { afterSeconds: 2000 })
    await outbox.announce(tx, 'booking.confirmed', [due(tried.id)])
  })
  const [job] = await boss.fetch('booking.confirmed')
  await boss.fail('booking.confirmed', job?.id ?? '')

  const list = perceived(await app.inject({ url: toCome, headers })).text
  const hers = perceived(await post(app, why, { who: 'hella@example.org' }, headers)).text
  const theirs = perceived(await post(app, why, { who: 'Tria' }, headers)).text

  t.match(list, /Place confirmed Keeping your child safe online To 1 person It would be the first email to its address/)
  t.match(list, /Place confirmed Keeping your child safe online To 1 person The mail server did not take it\. We try again from/)
  t.match(hers, /Hella Held.*Emails go to hella@example\.org \. Still to come Place confirmed: It would be the first email to its address, and too many/)
  t.match(theirs, /Still to come Place confirmed: The mail server did not take it\./)
})

t.test('of someone’s emails one reads what became of each, why, and what to do', async t => {
  const { app, counted, db } = await countedService(t)
  const { headers } = await signedIn(app, db, { role: 'staff' })
  const activity = await anActivity(db, { reminders: ['day'] })
  const email = { email: 'anne@example.org', canonicalEmail: 'anne@example.org' }
  const anne = await aBooking(db, activity.id, { name: 'Anne Kirkbride', ...email, confirmedAt: long })
  const ask = async (who: string) => {
    counted.queries = 0
    return perceived(await post(app, why, { who }, headers))
  }
  await anEmail(db, anne.id, { status: 'sent' })
  const { text: one } = await ask('anne@example.org')
  const forOne = counted.queries
  await anEmail(db, anne.id, { kind: 'booking-changed', sequence: 1, status: 'bounced', answer: '550 No such user' })
  await anEmail(db, anne.id, { kind: 'booking-changed', sequence: 2, status: 'failed', answer: '421 Try later' })
  await anEmail(db, anne.id, { kind: 'booking-link', status: 'withdrawn', answer: 'Not sent: the activity is over.' })
  const again = await anActivity(db, { title: 'Another day' })
  await aBooking(db, again.id, { name: 'Anne Kirkbride', ...email, status: 'waiting', confirmedAt: null, copiedFromBookingId: anne.id })
  const { text } = await ask('ANNE@example.org')
  const forMany = counted.queries
  await aBooking(db, again.id, { name: 'Percy Phone', email: null, canonicalEmail: null, phone: '07700 900 982' })
  const { text: percy } = await ask('percy')
  const { text: nobody } = await ask('nobody@example.org')
  const { errors } = await ask('')

  t.match(one, /Anne Kirkbride.*Still to come Reminder, the day before: 30 November 2026 at 6pm After the day: 2 December 2026 at 10am Not sent, and why Reminder, the week before, due 24 November 2026 at 6pm\. It is switched off/)
  t.match(one, /Place confirmed Sent .*A mail server took it\. If they cannot find it, ask them to look in their spam folder\./)
  t.match(text, /Came back .*It was sent and came back\. Check the address with them/)
  t.match(text, /Given up .*The mail server refused it, or did not take it for a day\./)
  t.match(text, /Not sent any more .*It was not true any more, or not needed.*Not sent: the activity is over\./)
  t.match(text, /Another day.*They were put on this list from another date/)
  t.match(percy, /They booked by phone and gave no email address: they heard then/)
  t.match(nobody, /We found no booking\..*Their details may be deleted/)
  t.equal(errors.length, 1)
  t.equal(forMany, forOne)
})

t.test('staff of another agency find nobody’s emails, and hosts have neither page', async t => {
  const { app, db } = await countedService(t)
  const activity = await anActivity(db, { leadAgencyId: (await anAgency(db)).id })
  await aBooking(db, activity.id, { name: 'Anne Kirkbride', email: 'anne@example.org', canonicalEmail: 'anne@example.org' })
  const other = await signedIn(app, db, { role: 'organiser', agencyId: (await anAgency(db, { name: 'NSPCC' })).id })
  const host = await signedIn(app, db, { role: 'host' })

  t.match(perceived(await post(app, why, { who: 'anne@example.org' }, other.headers)).text, 'We found no booking.')
  t.match(perceived(await app.inject({ url: toCome, headers: other.headers })).text, 'No email is to come.')
  for (const url of [toCome, why]) t.equal((await app.inject({ url, headers: host.headers })).statusCode, 403, url)
})

t.test('the numbers of reminders to come are those that go', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id } = await anActivity(db)
  const given: Array<Partial<Booking>> = [{}, { remindersOff: true }, { status: 'cancelled' }, { confirmedAt: noon.toJSDate() }, {}]
  for (const one of given) await aBooking(db, id, { createdAt: long, changedAt: long, confirmedAt: long, ...one })
  const [line] = await countLines(db, (await listLines(db, { ...organiser, role: 'admin' }, noon)).slice(0, 1))

  const mailer = keeping()
  const context = contextWith(its, mailer)
  const at = line?.at ?? noon
  context.turnClock(at)
  await remindPeople(db, outbox, host, at)
  await doJobs(its, context)

  t.match(line, { kind: 'reminder-week', emails: 2 })
  t.equal(mailer.kept.length, 2)
})
