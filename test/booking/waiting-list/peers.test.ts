import type { FastifyInstance } from 'fastify'
import type { DateTime } from 'luxon'
import t from 'tap'
import type { Test } from 'tap'
import { buildApp } from '../../../src/app.ts'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import type { Facts } from '../../../src/platform/outbox.ts'
import { serveWaitingList, sweepWaitingLists } from '../../../src/booking/waiting-list/serve.ts'
import { eventually, runService } from '../../support/running-service.ts'
import { aForm, links, partsOf, perceived, post, service } from '../../support/service.ts'
import { aBooking, aCampaign, anActivity, announced, noon, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

// Failures of the systems that we have studied, by the names under which we recorded them.

async function statuses ({ db }: World, activityId: string): Promise<string[]> {
  const bookings = await db.booking.findMany({ where: { activityId }, orderBy: { arrival: 'asc' } })
  return bookings.map(({ status }) => status)
}

/** The service with a clock that tests can set. */
async function serviceAt (t: Test): Promise<World & { app: FastifyInstance, turnClock: (to: DateTime<true>) => void }> {
  let now = noon
  return { ...await service(t, { clock: () => now }), turnClock: to => { now = to } }
}

/** Does the jobs that freed places have caused, as the worker does within half a second. */
async function doJobs ({ db, outbox, boss }: World): Promise<void> {
  for (const { id, data } of await boss.fetch<Facts['place.freed']>('place.freed', { batchSize: 100 })) {
    await serveWaitingList(db, outbox, data.activityId, noon)
    await boss.complete('place.freed', id)
  }
}

function pageOf ({ id }: { id: string }): string {
  return `/bookings/${links.tokenOf(id)}`
}

t.test('50 parallel bookings for 1 place give exactly 1 confirmed', async t => {
  const { app, ...w } = await service(t)
  const other = await buildApp({ ...partsOf(w) })
  t.teardown(async () => { await other.close() })
  const { id, slug } = await anActivity(w.db, { capacity: 1 })

  const answers = await Promise.all(Array.from({ length: 50 }, async (_, n) =>
    await post(n % 2 === 0 ? app : other, `/activities/${slug}/book`, aForm(`attendee-${n}@example.org`))))

  t.strictSame(new Set(answers.map(({ statusCode }) => statusCode)), new Set([303]))
  t.strictSame(await statuses(w, id), ['confirmed', ...Array<string>(49).fill('waiting')])
})

t.test('own abandoned form does not make it sold out', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db, { capacity: 1 })
  const form = aForm('anne@example.org')
  await app.inject(`/activities/${slug}/book`)
  await post(app, `/activities/${slug}/book`, { ...form, email: 'not an address' })

  const page = perceived(await app.inject(`/activities/${slug}`))
  const answer = await post(app, `/activities/${slug}/book`, form)

  t.match(page.text, 'Few places left')
  t.equal(answer.statusCode, 303)
  t.match(await db.booking.findFirst({ where: { activityId: id } }), { status: 'confirmed' })
})

for (const how of ['at once', 'within a minute'] as const) {
  t.test(`offer, claim, cancel: next person is offered ${how}, old link dead`, async t => {
    const { app, turnClock, ...w } = await serviceAt(t)
    const { id: activityId } = await anActivity(w.db, { capacity: 1, waitingList: 'offers' })
    const first = await aBooking(w.db, activityId, { status: 'waiting' })
    const next = await aBooking(w.db, activityId, { status: 'waiting' })
    await sweepWaitingLists(w.db, w.outbox, noon)
    await post(app, `${pageOf(first)}/acceptance`, {})
    await post(app, `${pageOf(first)}/cancellation`, {})

    if (how === 'at once') await doJobs(w)
    else await sweepWaitingLists(w.db, w.outbox, noon.plus({ minutes: 1 }))
    turnClock(noon.plus({ minutes: 1 }))
    const again = await post(app, `${pageOf(first)}/acceptance`, {})

    t.equal(again.statusCode, 409)
    t.strictSame(await statuses(w, activityId), ['cancelled', 'offered'])
    t.strictSame((await announced(w.db, 'place.offered')).map(({ bookingId }) => bookingId), [first.id, next.id])
    t.equal((await post(app, `${pageOf(next)}/acceptance`, {})).statusCode, 303)
    t.strictSame(await statuses(w, activityId), ['cancelled', 'confirmed'])
  })
}

t.test('kill the queue worker, free a place, restart: list still served', async t => {
  const w = await world(t)
  const now = Date.now()
  const { id: activityId } = await anActivity(w.db, {
    capacity: 1, startsAt: new Date(now + 7 * 86_400_000), endsAt: new Date(now + 7 * 86_400_000 + 1_800_000)
  })
  const [leaving, next] = [await aBooking(w.db, activityId), await aBooking(w.db, activityId, { status: 'waiting' })]
  const environment = { DATABASE_URL: w.url, ROLE: 'worker', LOG_LEVEL: 'info' }
  const first = await runService(t, environment, false)
  // The worker runs: what is freed now is served.
  await cancelBooking(w.db, w.outbox, leaving.id, noon)
  await eventually(async () => (await statuses(w, activityId))[1] === 'confirmed')
  await aBooking(w.db, activityId, { status: 'waiting' })

  t.equal(await first.end('SIGKILL'), 'SIGKILL')
  await cancelBooking(w.db, w.outbox, next.id, noon)
  t.strictSame(await statuses(w, activityId), ['cancelled', 'cancelled', 'waiting'])
  await runService(t, environment, false)
  await eventually(async () => (await statuses(w, activityId))[2] === 'confirmed')

  t.equal((await announced(w.db, 'booking.confirmed')).length, 2)
})

t.test('lapsed person re-joins and is really listed', async t => {
  const { app, turnClock, ...w } = await serviceAt(t)
  const { id: activityId, slug } = await anActivity(w.db, { capacity: 1, waitingList: 'offers' })
  const lapsing = await aBooking(w.db, activityId, { status: 'waiting', email: 'anne@example.org' })
  const other = await aBooking(w.db, activityId, { status: 'waiting' })
  await sweepWaitingLists(w.db, w.outbox, noon)
  const tomorrow = noon.plus({ hours: 24 })
  turnClock(tomorrow)
  await sweepWaitingLists(w.db, w.outbox, tomorrow)

  const answer = await post(app, `/activities/${slug}/book`, aForm(lapsing.email ?? ''))

  t.equal(answer.statusCode, 303)
  t.strictSame(await statuses(w, activityId), ['lapsed', 'offered', 'waiting'])
  const again = await w.db.booking.findFirstOrThrow({ where: { activityId, status: 'waiting' } })
  t.strictSame(await announced(w.db, 'waiting-list.joined'), [{ bookingId: again.id, sequence: 0 }])
  t.match(perceived(await app.inject(pageOf(again))).text, 'You are next in line.')
  await post(app, `${pageOf(other)}/refusal`, {})
  await sweepWaitingLists(w.db, w.outbox, tomorrow)
  t.strictSame(await statuses(w, activityId), ['lapsed', 'lapsed', 'offered'], 'and has their turn')
})

for (const waitingList of ['automatic', 'offers', 'by-hand']) {
  t.test(`freed place is never visible to the public while people wait, where the list is ${waitingList}`, async t => {
    const { app, ...w } = await service(t)
    const campaign = await aCampaign(w.db)
    const { id: activityId, slug } = await anActivity(w.db, { campaignId: campaign.id, capacity: 2, waitingList })
    const leaving = [await aBooking(w.db, activityId), await aBooking(w.db, activityId)]
    await aBooking(w.db, activityId, { status: 'waiting' })
    await aBooking(w.db, activityId, { status: 'waiting' })

    const pages = ['/', `/campaigns/${campaign.slug}`, `/activities/${slug}`, `/activities/${slug}/book`]
    const assertUnseen = async (when: string) => {
      for (const page of pages) {
        const { text } = perceived(await app.inject(page))
        t.match(text, /join the waiting list/i, `${page}, ${when}`)
        t.notMatch(text, /\d places? left/, `${page}, ${when}`)
      }
    }
    for (const { id } of leaving) await post(app, `${pageOf({ id })}/cancellation`, {})
    await assertUnseen('before anyone is served')
    await post(app, `/activities/${slug}/book`, aForm('newcomer@example.org'))
    await doJobs(w)

    await assertUnseen('afterwards')
    const served = { automatic: 'confirmed', offers: 'offered', 'by-hand': 'waiting' }[waitingList] ?? ''
    t.strictSame(await statuses(w, activityId), ['cancelled', 'cancelled', served, served, 'waiting'])
  })
}

t.test('joining answers identically for known and unknown addresses', async t => {
  const { app, db } = await service(t)
  const { id: activityId, slug } = await anActivity(db, { capacity: 2, waitingList: 'offers' })
  for (const status of ['confirmed', 'offered', 'waiting', 'lapsed', 'cancelled']) {
    await aBooking(db, activityId, { status, email: `${status}@example.org` })
  }
  const told = ({ statusCode, headers: { date, ...headers }, rawPayload }: Awaited<ReturnType<typeof post>>) =>
    JSON.stringify([statusCode, headers, rawPayload.toString('base64')]).replace(/typed-address=[^;]+/, 'typed-address=…')

  const unknown = told(await post(app, `/activities/${slug}/book`, aForm('unknown@example.org')))
  const unknownAsks = told(await post(app, '/find-my-booking', { email: 'nobody@example.org' }))

  for (const known of ['confirmed', 'offered', 'waiting', 'lapsed', 'cancelled']) {
    const email = `${known}@example.org`
    t.equal(told(await post(app, `/activities/${slug}/book`, aForm(email))), unknown, `join, ${known}`)
    t.equal(told(await post(app, '/find-my-booking', { email })), unknownAsks, `find, ${known}`)
  }
  t.equal(await db.booking.count({ where: { activityId, status: 'waiting' } }), 4, 'who may join has joined')
})
