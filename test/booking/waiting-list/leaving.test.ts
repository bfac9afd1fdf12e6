import t from 'tap'
import { cancelActivity } from '../../../src/booking/bookings/cancel.ts'
import { whatComesNext } from '../../../src/booking/bookings/effective-status.ts'
import { confirming } from '../../support/confirming.ts'
import { doJobs, keeping, contextWith } from '../../support/email-context.ts'
import { links, perceived, post, service } from '../../support/service.ts'
import { organiser } from '../../support/staff.ts'
import { aBooking, anActivity, noon } from '../../support/world.ts'

t.test('someone who waits leaves the waiting list, on the page, on the question and in the email', async t => {
  const its = await service(t)
  const { app, db } = its
  const { id: activityId } = await anActivity(db, { capacity: 1, placesPerBooking: 2 })
  const { id } = await aBooking(db, activityId, { status: 'waiting', places: 2 })
  const url = `/bookings/${links.tokenOf(id)}`

  const page = perceived(await app.inject(url))
  const question = perceived(await app.inject(`${url}/cancellation`))
  await post(app, `${url}/cancellation`, {})
  const left = perceived(await app.inject(url))
  const mailer = keeping()
  await doJobs(its, contextWith(its, mailer))

  t.match(page.text, 'No longer want a place? You can leave the waiting list at any time. Leave the waiting list')
  t.equal(question.h1, 'Do you want to leave the waiting list?')
  t.match(question.text, 'Yes, leave the waiting list')
  t.equal(left.h1, 'You have left the waiting list')
  for (const { text } of [page, question, left]) t.notMatch(text, /cancel (my|your) booking/i)
  t.match(mailer.kept.map(({ subject }) => subject), [/^You have left the waiting list: /])
})

t.test('someone who has a place still cancels their booking', async t => {
  const { app, db } = await service(t)
  const { id } = await aBooking(db, (await anActivity(db)).id)
  const url = `/bookings/${links.tokenOf(id)}`

  t.match(perceived(await app.inject(url)).text, 'Cancel my booking')
  t.equal(perceived(await app.inject(`${url}/cancellation`)).h1, 'Do you want to cancel your booking?')
})

t.test('everyone who waits reads how a party can be passed over, before it has happened', async t => {
  const { app, db } = await service(t)
  const { id: activityId } = await anActivity(db, { capacity: 1, placesPerBooking: 3 })
  await aBooking(db, activityId)
  const [three, one] = [
    await aBooking(db, activityId, { status: 'waiting', places: 3 }), await aBooking(db, activityId, { status: 'waiting' })
  ]
  const page = async (id: string) => perceived(await app.inject(`/bookings/${links.tokenOf(id)}`)).text

  t.match(await page(three.id), 'If fewer than 3 places are free, they go to the next person who needs no more than that, and you keep your turn.')
  t.match(await page(three.id), 'ask for fewer places')
  t.match(await page(one.id), 'If too few places are free for the people ahead of you, they keep their turn and you may get a place before them.')
  t.notMatch(await page(one.id), /fewer|Change the number of places/)
  for (const mode of ['automatic', 'offers', 'off'] as const) t.match(whatComesNext(mode, 2, 24).join(' '), 'fewer than 2 places')
  t.notMatch(whatComesNext('by-hand', 2, 24).join(' '), 'fewer')
})

t.test('what was just cancelled is not offered instead of itself', async t => {
  // A list that was read before the cancellation is shown for a second.
  const its = await service(t, { freshForMs: 60_000 })
  const { app, db, outbox } = its
  const { id: activityId, slug } = await anActivity(db, { title: 'Cancelled in a moment' })
  const other = await anActivity(db, { title: 'Something else' })
  const [first, second] = [await aBooking(db, activityId), await aBooking(db, activityId)]
  await app.inject('/')
  const instead = async (id: string) => (await app.inject(`/bookings/${links.tokenOf(id)}`)).body.split('What you can book instead')[1]

  await post(app, `/bookings/${links.tokenOf(first.id)}/cancellation`, {})
  const byHolder = await instead(first.id)
  await confirming(async confirmed =>
    await cancelActivity(db, outbox, activityId, { reason: 'The speaker is ill.', confirmed }, organiser, noon))
  const byOrganiser = await instead(second.id)

  for (const body of [byHolder, byOrganiser]) {
    t.match(body, `/activities/${other.slug}`)
    t.notMatch(body, `/activities/${slug}`)
  }
})

t.test('someone who cancelled by mistake finds the way back', async t => {
  const { app, db } = await service(t)
  const { id: activityId, slug } = await anActivity(db)
  const { id } = await aBooking(db, activityId)

  await post(app, `/bookings/${links.tokenOf(id)}/cancellation`, {})

  t.match((await app.inject(`/bookings/${links.tokenOf(id)}`)).body, `href="/activities/${slug}/book"`)
})
