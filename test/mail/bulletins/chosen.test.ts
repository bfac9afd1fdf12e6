import { randomUUID } from 'node:crypto'
import t from 'tap'
import { leftInWords } from '../../../src/mail/bulletins/bulletin.ts'
import { longestText } from '../../../src/mail/bulletins/schema.ts'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { choosing, filledIn, sentFrom, tokenOn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, noon, world } from '../../support/world.ts'

const words = { heading: 'Bring a torch', body: 'It will be dark.' }

/** Presses “Send” on the page of a message as it is shown. */
function sendingFrom (body: string): Record<string, string> {
  return { edition: /name="edition" value="([^"]*)"/.exec(body)?.[1] ?? '', confirmed: tokenOn(body) }
}

t.test('a message goes to exactly those who were chosen and are still to be written to, and says who has left', async t => {
  const { app, db, outbox } = await service(t)
  const activity = await anActivity(db)
  const elsewhere = await anActivity(db, { campaignId: activity.campaignId })
  const { headers, member } = await signedIn(app, db, { role: 'organiser' })
  const anne = await aBooking(db, activity.id, { name: 'Anne Ash' })
  const bob = await aBooking(db, activity.id, { name: 'Bob Bell', phone: '01539 722 722', unreachableAt: noon.toJSDate() })
  const cy = await aBooking(db, activity.id, { name: 'Cy Carr', status: 'waiting' })
  const leaves = await aBooking(db, activity.id, { name: 'Lea Leaves' })
  const moves = await aBooking(db, activity.id, { name: 'Mo Moves' })
  const erased = await aBooking(db, activity.id, { name: 'Eve Erased' })
  const unasked = await aBooking(db, activity.id, { name: 'Una Unasked', status: 'waiting', copiedFromBookingId: randomUUID() })
  await aBooking(db, activity.id, { name: 'Not Chosen' })
  const everyone = [anne, bob, cy, leaves, moves, erased, unasked].map(({ id }) => id)

  const form = await post(app, `/staff/activities/${activity.slug}/attendees/bulletin`, choosing(everyone), headers)
  const unsaid = await post(app, `/staff/activities/${activity.slug}/bulletins`, sentFrom(form.body, { ...words, heading: '' }), headers)
  const written = await post(app, `/staff/activities/${activity.slug}/bulletins`, sentFrom(unsaid.body, words), headers)
  const url = String(written.headers.location)
  const preview = await app.inject({ url, headers })
  const tested = await post(app, `${url}/test`, {}, headers)
  await cancelBooking(db, outbox, leaves.id, noon)
  await db.booking.update({ where: { id: moves.id }, data: { activityId: elsewhere.id } })
  await db.booking.delete({ where: { id: erased.id } })
  const asked = await post(app, `${url}/sending`, sendingFrom(preview.body), headers)
  const between = await db.email.count()
  const sent = await post(app, `${url}/sending`, sendingFrom(asked.body), headers)
  const progress = perceived(await app.inject({ url, headers }))

  t.equal(form.statusCode, 200)
  t.match(perceived(form).text, '5 people get this email. Emails do not reach 1 person: call them.')
  t.match(perceived(form).text, '1 person you chose waits from another date and has not been asked yet, so does not get it.')
  t.match(perceived(form).text, /The 7 people you chose Anne Ash .* Una Unasked/)
  t.notMatch(form.body, 'name="audience"')
  t.notMatch(form.body, 'Not Chosen')
  t.equal(unsaid.statusCode, 400)
  t.strictSame(perceived(unsaid).errors, [{ field: 'heading', sentence: 'Enter a heading' }])
  t.match(unsaid.body, 'It will be dark.')
  t.equal(written.statusCode, 303)
  t.match(perceived(preview).text, 'For 7 people who were chosen.')
  t.match(perceived(preview).text, 'Send to 5 people')
  t.match(tested.headers.location, /done=tested$/)
  t.equal(asked.statusCode, 200)
  t.match(perceived(asked).text, 'Something has changed while you were reading')
  t.match(perceived(asked).text, '2 people get this email. Emails do not reach 1 person: call them.')
  t.match(perceived(asked).text, '1 person you chose has cancelled or left the list, and does not get it.')
  t.match(perceived(asked).text, '1 person you chose has moved to another date, and does not get it.')
  t.match(perceived(asked).text, '1 person you chose does not get it, because their details are deleted.')
  t.equal(between, 0)
  t.equal(sent.statusCode, 303)
  t.strictSame(
    (await db.email.findMany({ where: { kind: 'bulletin' } })).map(({ bookingId }) => bookingId).sort(),
    [anne, bob, cy].map(({ id }) => id).sort())
  t.match(progress.text, 'For 7 people who were chosen.')
  t.match(await db.auditEntry.findMany({ where: { action: { in: ['bulletin.written', 'bulletin.sent'] } }, orderBy: { id: 'asc' } }), [
    { staffMemberId: member.id, details: { number: 1, audience: 'chosen', bookings: 7 } },
    { staffMemberId: member.id, details: { number: 1, audience: 'chosen', bookings: 7, people: 2, toCall: 1 } }
  ])
})

t.test('the longest message to as many people as can be chosen is kept, whatever script it is in', async t => {
  const { app, db } = await service(t)
  const activity = await anActivity(db, { capacity: 100 })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const chosen: string[] = []
  for (let n = 0; n < 100; n++) chosen.push((await aBooking(db, activity.id)).id)
  const form = await post(app, `/staff/activities/${activity.slug}/attendees/bulletin`, choosing(chosen), headers)
  const longest = { heading: '𞤀'.repeat(100), body: '𞤀'.repeat(longestText) }

  const written = await post(app, `/staff/activities/${activity.slug}/bulletins`, sentFrom(form.body, longest), headers)

  t.equal(written.statusCode, 303)
  t.match(await db.bulletin.findMany(), [{ ...longest, audience: 'chosen' }])
})

t.test('who it is for stays as its text changes, and nobody else can be added to it', async t => {
  const { app, db } = await service(t)
  const activity = await anActivity(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const one = await aBooking(db, activity.id, { status: 'waiting' })
  const other = await aBooking(db, activity.id)
  const at = `/staff/activities/${activity.slug}/bulletins`
  const form = await post(app, `/staff/activities/${activity.slug}/attendees/bulletin`, choosing([one.id]), headers)
  const url = String((await post(app, at, sentFrom(form.body, words), headers)).headers.location)

  const text = await app.inject({ url: `${url}/text`, headers })
  const changed = await post(app, `${url}/text`, { ...filledIn(text.body), body: 'And a pen.' }, headers)
  const wrong = [
    await post(app, `${url}/text`, { ...filledIn(text.body), audience: 'everyone' }, headers),
    await post(app, `${url}/text`, choosing([other.id], filledIn(text.body)), headers),
    await post(app, at, choosing([one.id], { ...words, audience: 'everyone', submission: randomUUID() }), headers),
    await post(app, at, { ...words, audience: 'chosen', submission: randomUUID() }, headers)
  ]
  const preview = perceived(await app.inject({ url, headers }))

  t.match(perceived(text).text, 'The person you chose Anne Kirkbride')
  t.equal(changed.statusCode, 303)
  for (const answer of wrong) {
    t.equal(answer.statusCode, 400)
    t.equal(perceived(answer).errors.length, 1)
  }
  t.match(await db.bulletin.findMany(), [{ audience: 'chosen', bookingIds: [one.id], body: 'And a pen.' }])
  t.match(preview.text, 'Places asked for', 'the sample is for someone who waits, as all who get it do')
})

t.test('someone who leaves the list while the message is written does not take its text along', async t => {
  const { app, db } = await service(t)
  const activity = await anActivity(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const stays = await aBooking(db, activity.id, { name: 'Sam Stays' })
  const moves = await aBooking(db, activity.id, { name: 'Mo Moves' })
  const at = `/staff/activities/${activity.slug}/bulletins`
  const form = await post(app, `/staff/activities/${activity.slug}/attendees/bulletin`, choosing([stays.id, moves.id]), headers)
  await db.booking.update({ where: { id: moves.id }, data: { activityId: (await anActivity(db)).id } })

  const refused = await post(app, at, sentFrom(form.body, words), headers)
  const none = await db.bulletin.count()
  const written = await post(app, at, sentFrom(refused.body, words), headers)
  await db.booking.delete({ where: { id: stays.id } })
  const nobody = await post(app, at, choosing([stays.id], { ...words, submission: randomUUID() }), headers)

  t.equal(refused.statusCode, 409)
  t.match(perceived(refused).errors, [{ field: 'form', sentence: /^Someone you chose is not on the list/ }])
  t.match(refused.body, 'It will be dark.')
  t.match(perceived(refused).text, 'The person you chose Sam Stays')
  t.equal(none, 0)
  t.equal(written.statusCode, 303)
  t.equal(nobody.statusCode, 409)
  t.match(perceived(nobody).errors, [{ field: 'audience', sentence: /^The people you chose are not on the list .* select who you want/ }])
  t.match(nobody.body, 'It will be dark.</textarea>')
  t.match(perceived(nobody).text, 'People who have a place 0 people.')
  t.match(await db.bulletin.findMany(), [{ bookingIds: [stays.id] }])
  const instead = await post(app, at, { ...filledIn(nobody.body), audience: 'everyone' }, headers)
  t.equal(instead.statusCode, 303)
  t.match(await db.bulletin.findFirst({ where: { number: 2 } }), { ...words, audience: 'everyone' })
})

t.test('a message that was kept is changed as any other where nobody is left of those who were chosen', async t => {
  const { app, db } = await service(t)
  const activity = await anActivity(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const { id } = await aBooking(db, activity.id)
  const form = await post(app, `/staff/activities/${activity.slug}/attendees/bulletin`, choosing([id]), headers)
  const url = String((await post(app, `/staff/activities/${activity.slug}/bulletins`, sentFrom(form.body, words), headers)).headers.location)
  await db.booking.delete({ where: { id } })

  const text = await app.inject({ url: `${url}/text`, headers })
  const wrong = await post(app, `${url}/text`, { ...filledIn(text.body), heading: '', body: 'A long text' }, headers)
  const changed = await post(app, `${url}/text`, { ...filledIn(wrong.body), heading: 'Found' }, headers)

  t.match(perceived(text).text, '1 person you chose does not get it, because their details are deleted.')
  t.notMatch(perceived(text).text, '0 people')
  t.strictSame(perceived(wrong).errors, [{ field: 'heading', sentence: 'Enter a heading' }])
  t.match(wrong.body, 'A long text</textarea>')
  t.equal(changed.statusCode, 303)
  t.match(await db.bulletin.findMany(), [{ heading: 'Found', body: 'A long text', audience: 'chosen', bookingIds: [id] }])
})

t.test('a message that was kept goes to nobody where all who were chosen have left', async t => {
  const { app, db, outbox } = await service(t)
  const activity = await anActivity(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const { id } = await aBooking(db, activity.id)
  await aBooking(db, activity.id)
  const form = await post(app, `/staff/activities/${activity.slug}/attendees/bulletin`, choosing([id]), headers)
  const written = await post(app, `/staff/activities/${activity.slug}/bulletins`, sentFrom(form.body, words), headers)
  const url = String(written.headers.location)
  const before = await app.inject({ url, headers })
  await cancelBooking(db, outbox, id, noon)

  const after = perceived(await app.inject({ url, headers }))
  const refused = await post(app, `${url}/sending`, sendingFrom(before.body), headers)

  t.match(after.text, 'Nobody gets this email. 1 person you chose has cancelled or left the list, and does not get it.')
  t.notMatch(after.text, 'Send to')
  t.equal(refused.statusCode, 409)
  t.equal(await db.email.count(), 0)
})

t.test('the database keeps who was chosen with a message to them, and with no other', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const made = async (number: number, audience: string, bookingIds: string[]) => await db.bulletin.create({
    data: { activityId, number, audience, bookingIds, ...words, madeById: randomUUID(), createdAt: noon.toJSDate() }
  })

  await t.rejects(made(1, 'chosen', []), /bulletins_audience/)
  await t.rejects(made(2, 'everyone', [randomUUID()]), /bulletins_audience/)
  await t.rejects(made(3, 'nobody', []), /bulletins_audience/)
  await made(4, 'chosen', [randomUUID()])
  await made(5, 'everyone', [])
})

t.test('who does not get it is said in words, one or several', async t => {
  const here = { isHere: true, isLive: true, knows: true }

  t.strictSame(leftInWords(2, [here, here]), [])
  const left = { ...here, isLive: false }
  t.strictSame(leftInWords(4, [here, left, left, { ...here, isHere: false }]), [
    '2 people you chose have cancelled or left the list, and do not get it.',
    '1 person you chose has moved to another date, and does not get it.'
  ])
  t.strictSame(leftInWords(2, []), ['2 people you chose do not get it, because their details are deleted.'])
})
