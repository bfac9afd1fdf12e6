import t from 'tap'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import type { Details } from '../../../src/office/on-behalf/details.ts'
import { detailsDraft } from '../../../src/office/on-behalf/details.ts'
import { changeDetails } from '../../../src/office/on-behalf/change-details.ts'
import { bookingOf } from '../../../src/booking/bookings/queries.ts'
import { ConfirmationRequired, confirmationToken } from '../../../src/identity/staff/confirmation.ts'
import type { Message } from '../../../src/mail/emails/message.ts'
import { doJobs, keeping, contextWith } from '../../support/email-context.ts'
import { organiser } from '../../support/staff.ts'
import { aBooking, anActivity, aRequest, noon, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

/** Changes details like an organiser who has read the effects first. */
async function correct ({ db, outbox }: World, id: string, given: Partial<Details>): Promise<void> {
  const booking = bookingOf(await db.booking.findUniqueOrThrow({ where: { id } }))
  const change = async (confirmed: string | undefined) => await changeDetails(
    db, outbox, id, { details: { ...booking, ...given }, versionHash: detailsDraft.versionHash(booking), confirmed },
    organiser, noon)
  await change(undefined).catch(async (error: unknown) => {
    if (!(error instanceof ConfirmationRequired)) throw error
    await change(confirmationToken(error.effects))
  })
}

async function emailsOf (its: World): Promise<Message[]> {
  const mailer = keeping()
  t.strictSame(await doJobs(its, contextWith(its, mailer)), [])
  return mailer.kept
}

t.test('someone with a corrected address gets a first email that says so, and the next says what has changed', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db, { placesPerBooking: 2 })
  await requestPlaces(its.db, its.outbox, activityId, [aRequest('wrong@example.org')], noon)
  await emailsOf(its)
  const { id } = await its.db.booking.findFirstOrThrow({ where: { activityId } })

  await correct(its, id, { email: 'right@example.org', places: 2 })
  const [first, ...others] = await emailsOf(its)
  await correct(its, id, { places: 1 })
  const [second] = await emailsOf(its)

  t.strictSame(others, [])
  t.equal(first?.to, 'right@example.org')
  t.match(first?.subject, /^Emails about your booking now come here: /)
  t.match(first?.text, 'changed the email address of your booking to this one. This is the first email we send here. ' +
    'Please use the links in this email. Links in emails to any earlier address have stopped working.')
  t.notMatch(first?.text, /has changed|it was/)
  t.match(first?.calendar?.content, 'METHOD:REQUEST')
  t.match(second?.subject, /^You now have 1 place: /)
})

t.test('so does someone who booked by phone without one', async t => {
  const its = await world(t)
  const { id } = await aBooking(its.db, (await anActivity(its.db)).id, { phone: '01228 526690' })
  await its.db.booking.update({ where: { id }, data: { email: null, canonicalEmail: null, linkVersion: 0 } })

  await correct(its, id, { email: 'anne@example.org' })

  t.match((await emailsOf(its)).map(({ subject }) => subject), [/^Emails about your booking now come here: /])
})

t.test('an address that differs only in capitals is the same person’s', async t => {
  const its = await world(t)
  const { id: activityId } = await anActivity(its.db)
  await requestPlaces(its.db, its.outbox, activityId, [aRequest('anne@example.org')], noon)
  await emailsOf(its)
  const { id } = await its.db.booking.findFirstOrThrow({ where: { activityId } })

  await correct(its, id, { email: 'Anne@Example.org', name: 'Anne Kirkbride-Hall' })

  const [email] = await emailsOf(its)
  t.match(email?.subject, /^Your name: /)
  t.match(email?.text, 'Your name: it was Anne Kirkbride. It is now Anne Kirkbride-Hall.')
})
