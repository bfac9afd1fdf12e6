import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { changeSupply } from '../../../src/booking/waiting-list/supply.ts'
import { activityOf, occupancyOf } from '../../../src/programme/activities/queries.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import { confirmationToken, requireConfirmation } from '../../../src/identity/staff/confirmation.ts'
import { serveWaitingList } from '../../../src/booking/waiting-list/serve.ts'
import { readWholeLine } from '../../../src/booking/waiting-list/queries.ts'
import { servedBy, supplyEffects } from '../../../src/booking/waiting-list/supply-effects.ts'
import { confirming } from '../../support/confirming.ts'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { organiser, signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, announced, noon, world } from '../../support/world.ts'

const mode = fc.constantFrom('automatic' as const, 'offers' as const, 'by-hand' as const)
const supply = fc.record({
  capacity: fc.integer({ min: 1, max: 12 }),
  overBookingPercent: fc.constantFrom<number>(0, 0, 10, 50),
  waitingList: mode,
  offerHours: fc.constantFrom<number>(1, 24)
})
const waiter = fc.record({
  places: fc.integer({ min: 1, max: 4 }),
  priority: fc.constantFrom<number>(1, 9, 9),
  is: fc.constantFrom('', '', '', 'carried', 'carried and settled', 'called', 'unreachable')
})
const hoursBefore = fc.constantFrom<number>(200, 40, 5, 1.5, 1, -0.25)

async function everyone (db: Db, activityId: string) {
  const rows = await db.booking.findMany({ where: { activityId }, orderBy: { arrival: 'asc' } })
  return new Map(rows.map(row => [row.id, row]))
}

t.test('the people who get, are offered or are told of a place are the ones that the page had said', async t => {
  const { db, outbox } = await world(t)
  const seen = { confirmed: 0, offered: 0, called: 0, over: 0, none: 0 }

  await fc.assert(fc.asyncProperty(
    supply, supply, fc.array(waiter, { maxLength: 8 }), fc.integer({ min: 0, max: 8 }), hoursBefore, fc.boolean(),
    async (before, draft, line, taken, hours, isAnotherDate) => {
      const first = isAnotherDate ? await anActivity(db) : undefined
      const row = await anActivity(db, { ...before, anotherDateOfId: first?.id ?? null })
      const read = async () => activityOf(await db.activity.findUniqueOrThrow({
        where: { id: row.id }, include: { campaign: true }
      }))
      const now = (await read()).startsAt.minus({ hours })
      if (taken > 0) await aBooking(db, row.id, { places: taken })
      for (const { places, priority, is } of line) {
        const asked = is.startsWith('carried') && first !== undefined
          ? await aBooking(db, first.id, { status: is === 'carried' ? 'waiting' : 'confirmed' })
          : undefined
        await aBooking(db, row.id, {
          places,
          priority,
          status: 'waiting',
          copiedFromBookingId: asked?.id ?? null,
          calledAt: is === 'called' ? now.toJSDate() : null,
          offers: is === 'called' ? 1 : 0,
          unreachableAt: is === 'unreachable' ? noon.toJSDate() : null
        })
      }
      const current = await read()
      const was = await everyone(db, row.id)
      const occupancy = await occupancyOf(db, row.id)
      const whole = await readWholeLine(db, row.id)
      const change = { ...draft, anotherDateAt: undefined }
      const promised = servedBy({ ...current, ...change }, occupancy, whole, now)
      const effects = supplyEffects({ current, draft: change, occupancy, line: whole }, now)

      await confirming(async confirmed => {
        await changeSupply(db, outbox, row.id, { draft: change, confirmed }, organiser, now)
      })
      await serveWaitingList(db, outbox, row.id, now)

      const is = await everyone(db, row.id)
      const who = (what: (id: string) => boolean) => [...is.keys()].filter(what).sort()
      const ids = (some: Array<{ id: string }>) => some.map(({ id }) => id).sort()
      const wasCalledFor = (id: string) => (is.get(id)?.offers ?? 0) > (was.get(id)?.offers ?? 0)
      const happened = {
        confirmed: who(id => is.get(id)?.status === 'confirmed' && was.get(id)?.status === 'waiting'),
        offered: who(id => is.get(id)?.status === 'offered'),
        called: who(id => is.get(id)?.status === 'waiting' && wasCalledFor(id))
      }
      t.strictSame(happened, {
        confirmed: ids(promised.confirmed), offered: ids(promised.offered), called: ids(promised.called)
      })
      if (effects.changes.length > 0) {
        const told = happened.confirmed.length + happened.offered.length + happened.called.length
        t.ok(told === 0 || effects.sentences.length > 0, 'who it reaches is on the page')
      }
      for (const key of ['confirmed', 'offered', 'called'] as const) seen[key] += happened[key].length > 0 ? 1 : 0
      seen.over += effects.sentences.some(text => text.includes('Nobody loses theirs')) ? 1 : 0
      seen.none += effects.sentences.length === 0 ? 1 : 0
    }), { numRuns: 60 })
  t.comment(JSON.stringify(seen))
})

async function aFullWorkshop (t: Parameters<typeof service>[0]) {
  const its = await service(t)
  const { app, db } = its
  const { id, slug } = await anActivity(db, { capacity: 3 })
  for (let n = 0; n < 3; n++) await aBooking(db, id)
  for (let n = 0; n < 4; n++) await aBooking(db, id, { status: 'waiting', unreachableAt: n === 0 ? noon.toJSDate() : null })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = `/staff/activities/${slug}/places`
  const form = { capacity: '5', over_booking: '0', waiting_list: 'automatic', offer_hours: '24', another_date_at: '' }
  const capacity = async () => (await db.activity.findUniqueOrThrow({ where: { id } })).capacity
  return { ...its, id, slug, headers, url, form, capacity }
}

t.test('an organiser who makes more places reads who gets one, and a second press makes them, once', async t => {
  const { app, db, id, headers, url, form, capacity } = await aFullWorkshop(t)

  const asked = await post(app, url, form, headers)
  const between = await capacity()
  const again = filledIn(asked.body)
  const answers = await Promise.all([post(app, url, again, headers), post(app, url, again, headers)])

  t.equal(asked.statusCode, 200)
  t.match(perceived(asked).h1, 'Do you want to save this change?')
  t.match(perceived(asked).text, '2 of the 4 people who are waiting get a place, and we email 1 of them to tell them.')
  t.match(perceived(asked).text, 'Emails do not reach 1 person: call them.')
  t.match(perceived(asked).text, 'Places 5 Was: 3')
  t.match(perceived(asked).text, 'No, leave it as it is')
  t.equal(between, 3, 'nothing is saved before')
  t.strictSame(answers.map(({ statusCode }) => statusCode), [303, 303])
  t.equal(await capacity(), 5)
  t.strictSame((await announced(db, 'place.freed'))[0], { activityId: id })
})

t.test('if someone has left since the page was read, it comes again with what is new and nothing is saved', async t => {
  const { app, db, id, headers, url, form, capacity } = await aFullWorkshop(t)

  const first = filledIn((await post(app, url, form, headers)).body)
  const last = await db.booking.findFirstOrThrow({ where: { activityId: id, status: 'confirmed' } })
  await db.booking.update({ where: { id: last.id }, data: { status: 'cancelled', cancelledBy: 'organiser' } })
  const second = await post(app, url, first, headers)
  const between = await capacity()
  const third = await post(app, url, filledIn(second.body), headers)

  t.equal(second.statusCode, 200)
  t.match(perceived(second).text, 'Something has changed while you were reading, so nothing is saved yet.')
  t.match(perceived(second).text, '3 of the 4 people who are waiting get a place, and we email 2 of them to tell them. New')
  t.notMatch(perceived(second).text, 'call them. New')
  t.equal(between, 3)
  t.equal(third.statusCode, 303)
  t.equal(await capacity(), 5)
})

t.test('what reaches nobody is saved at once', async t => {
  const { app, db, id, headers, url, form, capacity } = await aFullWorkshop(t)
  await db.booking.deleteMany({ where: { activityId: id, status: 'waiting' } })

  t.equal((await post(app, url, { ...form, waiting_list: 'offers' }, headers)).statusCode, 303)
  t.equal(await capacity(), 5)
  t.equal((await post(app, url, { ...form, waiting_list: 'offers', offer_hours: '2', another_date_at: '9' }, headers)).statusCode, 303)
})

t.test('another way of the list is said to those who change it while people wait', async t => {
  const { app, headers, url, form } = await aFullWorkshop(t)

  const { text } = perceived(await post(app, url, { ...form, capacity: '3', waiting_list: 'by-hand' }, headers))

  t.match(text, 'From now on the waiting list works another way for the 4 people who are waiting. You choose who gets free places.')
})

t.test('a text that is no confirmation token confirms nothing', async t => {
  const { app, headers, url, form, capacity } = await aFullWorkshop(t)

  for (const confirmed of ['', 'yes', 'x'.repeat(200), randomUUID()]) {
    t.equal((await post(app, url, { ...form, confirmed }, headers)).statusCode, 200, confirmed)
  }
  const long = await post(app, url, { ...form, confirmed: 'x'.repeat(10_001) }, headers)
  const twice = await post(app, url, `${new URLSearchParams(form).toString()}&confirmed=a&confirmed=b`, headers)

  t.strictSame([long.statusCode, twice.statusCode], [400, 400])
  t.equal(perceived(long).errors.length, 1)
  t.equal(await capacity(), 3)
})

t.test('effects are confirmed by the token of exactly what was read, and by no other', t => {
  const effects = { sentences: ['1 person gets a place.'], changes: [{ what: 'Places', from: '3', to: '4' }], basis: 'a' }

  const marks = confirmationToken(effects).split('.')
  t.ok(marks.length === 2 && marks.every(mark => mark.length * 6 >= 128), 'no other sentence with the same mark can be found')
  t.throws(() => { requireConfirmation(effects, undefined) }, /would reach people/)
  t.throws(() => { requireConfirmation(effects, confirmationToken({ ...effects, basis: 'b' })) }, /would reach people/)
  t.throws(() => { requireConfirmation(effects, confirmationToken({ ...effects, changes: [] })) }, /would reach people/)
  t.throws(() => { requireConfirmation(effects, confirmationToken({ ...effects, sentences: [] })) }, /would reach people/)
  requireConfirmation(effects, confirmationToken(effects))
  requireConfirmation({ ...effects, sentences: [] }, undefined)
  t.end()
})
