import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import { links, perceived, post, service } from '../../support/service.ts'
import { aBooking, anActivity, announced, noon, plain } from '../../support/world.ts'

const pageOf = ({ id }: { id: string }) => `/bookings/${links.tokenOf(id)}`

async function areOff (db: Db, { id }: { id: string }): Promise<boolean> {
  return (await db.booking.findUniqueOrThrow({ where: { id } })).remindersOff
}

t.test('reminders are stopped by a button, and come again by another', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db)
  const booking = await aBooking(db, id)
  const url = `${pageOf(booking)}/reminders`

  const asked = perceived(await app.inject(url))
  const stopped = await post(app, url, { reminders: 'off' })
  const answer = await app.inject(url)
  const off = await areOff(db, booking)
  const again = await post(app, url, { reminders: 'on' })

  t.equal(asked.h1, 'Do you want to stop reminders?')
  t.match(asked.text, 'You keep your place, and we will not remind you about it again. ' +
    'We still email you if anything changes, and once after it is over.')
  for (const { statusCode, headers } of [stopped, again]) t.match([statusCode, headers.location], [303, url])
  t.equal(off, true)
  t.equal(perceived(answer).h1, 'We will not remind you about this')
  t.match(answer.body, 'Remind me again')
  t.equal(answer.headers['x-robots-tag'], 'noindex')
  t.equal(await areOff(db, booking), false)
})

t.test('nothing else about the booking changes, and nobody is emailed', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db)
  const booking = await aBooking(db, id)

  for (let press = 0; press < 2; press++) await post(app, `${pageOf(booking)}/reminders`, { reminders: 'off' })

  t.strictSame(plain(await db.booking.findUnique({ where: { id: booking.id } })), { ...booking, remindersOff: true })
  t.strictSame([await announced(db, 'booking.changed'), await announced(db, 'letter.due')], [[], []])
})

t.test('looking at the page, as a mail scanner does, stops nothing', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db)
  const booking = await aBooking(db, id)

  for (const method of ['GET', 'HEAD'] as const) {
    await app.inject({ method, url: `${pageOf(booking)}/reminders?reminders=off`, headers: { purpose: 'prefetch' } })
  }

  t.equal(await areOff(db, booking), false)
})

const wrong = [
  {}, { reminders: '' }, { reminders: 'maybe' }, { reminders: 'x'.repeat(10_000) }, { reminders: 'off\r\n\0' },
  { reminders: 'off', booking: randomUUID() }, 'reminders=off&reminders=on'
]

for (const given of wrong) {
  t.test(`a form that says ${JSON.stringify(given).slice(0, 40)} is answered with one sentence and changes nothing`, async t => {
    const { app, db } = await service(t)
    const { id } = await anActivity(db)
    const booking = await aBooking(db, id)

    const answer = await post(app, `${pageOf(booking)}/reminders`, given)
    const page = perceived(answer)

    t.equal(answer.statusCode, 400)
    t.equal(page.errors.length, 1)
    for (const { field } of page.errors) t.ok(page.has(field))
    t.match(page.title, /^Error: /)
    t.equal(await areOff(db, booking), false)
  })
}

t.test('a booking that is cancelled or over has nothing to stop, and its page says why', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db)
  const { id: off } = await anActivity(db, { status: 'cancelled', cancellationReason: 'Snow.' })
  const { id: past } = await anActivity(db, {
    startsAt: noon.minus({ hours: 1 }).toJSDate(), endsAt: noon.toJSDate()
  })
  const cancelled = await aBooking(db, id, { status: 'cancelled' })
  const ofCancelled = await aBooking(db, off)
  const over = await aBooking(db, past)

  for (const booking of [cancelled, ofCancelled, over]) {
    t.match(await app.inject(`${pageOf(booking)}/reminders`), { statusCode: 303, headers: { location: pageOf(booking) } })
  }
  t.match(await post(app, `${pageOf(cancelled)}/reminders`, { reminders: 'off' }), { statusCode: 303 })
  const late = await post(app, `${pageOf(over)}/reminders`, { reminders: 'off' })
  t.equal(late.statusCode, 409)
  t.equal(perceived(late).h1, 'This has already taken place')
  for (const booking of [cancelled, over]) t.equal(await areOff(db, booking), false)
})

t.test('a link that we did not make stops nobody’s reminders', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db)
  const booking = await aBooking(db, id)

  for (const token of [randomUUID(), booking.id, links.tokenOf(randomUUID()), links.tokenOf(booking.id).slice(0, -1)]) {
    t.match(await app.inject(`/bookings/${token}/reminders`), { statusCode: 404 })
    t.match(await post(app, `/bookings/${token}/reminders`, { reminders: 'off' }), { statusCode: 404 })
  }
  t.equal(await areOff(db, booking), false)
})

t.test('someone who waits may stop reminders too, for when they have a place', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { followUp: false })
  const waiting = await aBooking(db, id, { status: 'waiting' })

  const { text } = perceived(await app.inject(`${pageOf(waiting)}/reminders`))
  await post(app, `${pageOf(waiting)}/reminders`, { reminders: 'off' })

  t.match(text, 'Your booking stays as it is, and we will not remind you about it again. We still email you if anything changes.')
  t.equal(await areOff(db, waiting), true)
})

t.test('one’s own page leads there while there is something to be reminded of', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db)
  const { id: without } = await anActivity(db, { reminders: [] })
  const { id: begun } = await anActivity(db, { startsAt: noon.toJSDate() })
  const leads = async (activityId: string, given = {}) => {
    const booking = await aBooking(db, activityId, given)
    const { body } = await app.inject(pageOf(booking))
    return body.includes(`${pageOf(booking)}/reminders`)
  }

  t.equal(await leads(id), true)
  t.equal(await leads(id, { remindersOff: true }), true)
  t.equal(await leads(id, { status: 'waiting' }), false)
  t.equal(await leads(without), false)
  t.equal(await leads(begun), false)
})
