import t from 'tap'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import type { PlaceRequest } from '../../../src/booking/bookings/booking.ts'
import type { Message } from '../../../src/mail/emails/message.ts'
import { doJobs, keeping, contextWith } from '../../support/email-context.ts'
import { aCampaign, anActivity, aRequest, noon, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

/** Books one after the other with the address that a family shares; returns the emails after the first. */
async function family (
  its: World, given: Parameters<typeof anActivity>[1], ...asked: Array<Partial<PlaceRequest> & { seconds?: number }>
): Promise<Message[]> {
  const { id } = await anActivity(its.db, given)
  const mailer = keeping()
  const context = contextWith(its, mailer)
  for (const [n, { seconds = 0, ...request }] of asked.entries()) {
    const now = noon.plus({ seconds })
    await requestPlaces(its.db, its.outbox, id, [aRequest('family@example.org', request)], now)
    context.turnClock(now)
    if (n === 0) t.strictSame(await doJobs(its, context), [])
    if (n === 0) mailer.kept.splice(0)
  }
  t.strictSame(await doJobs(its, context), [])
  return mailer.kept
}

t.test('someone who asks from the address of another’s booking is named in an email, with how to come too', async t => {
  const [email, ...others] = await family(await world(t), { placesPerBooking: 2 },
    { name: 'Anne Kirkbride' }, { name: 'Bob Kirkbride' })

  t.strictSame(others, [])
  t.match(email?.subject, /^No second booking: /)
  t.match(email?.text, 'Hello Anne Kirkbride,')
  t.match(email?.text, 'Bob Kirkbride asked for a place with this email address. We have not booked it, because each email address can have one booking.')
  t.match(email?.text, 'You still have your place')
  t.match(email?.text, 'Change the number of places on your booking. You can have 2')
  t.match(email?.text, 'Or book again with another email address.')
  t.equal(email?.calendar?.method, 'REQUEST', 'their own entry is as it was')
})

t.test('where a booking has one place nobody is told to ask for more', async t => {
  const [email] = await family(await world(t), {}, { name: 'Anne Kirkbride' }, { name: 'Bob Kirkbride' })

  t.notMatch(email?.text, 'Change the number of places')
  t.match(email?.text, '* Book again with another email address.')
})

t.test('someone who asks again themselves is not told that someone else did', async t => {
  const [email] = await family(await world(t), {}, { name: 'Anne Kirkbride' }, { name: 'anne kirkbride' })

  t.match(email?.subject, /^You already have a place: /)
  t.match(email?.text, 'Someone (maybe you) tried to book again with this email address.')
})

t.test('all who ask within a minute are named, each once, and an inbox gets one email a minute', async t => {
  const its = await world(t)
  const kept = await family(its, {}, { name: 'Anne Kirkbride' }, { name: 'Bob Kirkbride' },
    { name: 'Cleo Kirkbride', seconds: 10 }, { name: 'Dan Kirkbride', seconds: 20 })

  t.equal(kept.length, 1)
  for (const name of ['Bob', 'Cleo', 'Dan']) t.equal(kept[0]?.text.split(`${name} Kirkbride`).length, 2)
  t.match(await its.db.email.findMany({ where: { kind: 'already-booked' }, orderBy: { status: 'asc' } }), [
    { status: 'sent' }, { status: 'withdrawn', answer: /has said so already/ }
  ], 'whichever goes first names all')
})

t.test('a name that would be a link is none, and a discreet email leads to no page that names the topic', async t => {
  const its = await world(t)
  const discreet = await aCampaign(its.db, { discreet: true })
  const [email] = await family(its, { campaignId: discreet.id, slug: 'child-exploitation' },
    { name: 'Anne Kirkbride' }, { name: 'evil.tld' })

  t.notMatch(email?.text, 'evil.tld')
  t.notMatch(`${email?.text}${email?.html}`, 'child-exploitation')
})

t.test('the same form sent twice asks once', async t => {
  const its = await world(t)
  const submissionId = crypto.randomUUID()
  await family(its, {}, { name: 'Anne Kirkbride' }, { name: 'Bob Kirkbride', submissionId }, { name: 'Bob Kirkbride', submissionId })

  t.equal(await its.db.repeatedRequest.count(), 1)
})
