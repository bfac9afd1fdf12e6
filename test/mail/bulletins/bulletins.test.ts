import { randomUUID } from 'node:crypto'
import t from 'tap'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { bulletinDraft } from '../../../src/mail/bulletins/bulletin.ts'
import type { Audience, BulletinDraft } from '../../../src/mail/bulletins/bulletin.ts'
import { changeBulletin, sendBulletin, stopBulletin, writeBulletin } from '../../../src/mail/bulletins/commands.ts'
import { BulletinChanged, BulletinSent, NobodyToWriteTo } from '../../../src/mail/bulletins/errors.ts'
import { countAudiences, getBulletin, listRecipientIds, progressOfOne } from '../../../src/mail/bulletins/queries.ts'
import type { Booking } from '../../../src/platform/database/generated/client.ts'
import { confirming } from '../../support/confirming.ts'
import { announced, aBooking, anActivity, noon, warm, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'
import { organiser } from '../../support/staff.ts'

const host = 'workshops.example.org'

const draft: BulletinDraft = { audience: 'confirmed', heading: 'Bring a torch', body: 'It will be dark.' }

/** A draft for people of an activity; returns its address. */
async function written ({ db }: World, activityId: string, given: Partial<BulletinDraft> = {}) {
  const number = await writeBulletin(db, activityId, { ...draft, ...given, id: randomUUID() }, organiser, noon)
  return { activityId, number }
}

/** Sends it in its current state. */
async function send ({ db, outbox }: World, at: { activityId: string, number: number }, now = noon): Promise<void> {
  const versionHash = bulletinDraft.versionHash(await getBulletin(db, at.activityId, at.number))
  await confirming(async confirmed =>
    await sendBulletin(db, outbox, { ...at, versionHash, host, confirmed }, organiser, now))
}

t.test('each audience is the people it names, and nobody who has not heard of the activity', async t => {
  const its = await world(t)
  const { db } = its
  const { id, slug } = await anActivity(db)
  const other = await anActivity(db)
  await aBooking(db, other.id)
  const people: Array<[string, Partial<Booking>, Audience[]]> = [
    ['has a place', {}, ['confirmed', 'everyone']],
    ['has a place after being carried over', { copiedFromBookingId: randomUUID() }, ['confirmed', 'everyone']],
    ['does not receive emails', { unreachableAt: noon.toJSDate() }, ['confirmed', 'everyone']],
    ['waits', { status: 'waiting' }, ['waiting', 'everyone']],
    ['is offered a place', { status: 'offered' }, ['waiting', 'everyone']],
    ['was carried over and has not heard of it', { status: 'waiting', copiedFromBookingId: randomUUID() }, []],
    ['was carried over and asked', { status: 'waiting', copiedFromBookingId: randomUUID(), offers: 1 }, ['waiting', 'everyone']],
    ['was carried over and is being asked', { status: 'offered', copiedFromBookingId: randomUUID() }, ['waiting', 'everyone']],
    ['has lapsed', { status: 'lapsed' }, []],
    ['has cancelled', { status: 'cancelled' }, []]
  ]
  const whoIs = new Map<string, string>()
  for (const [who, given] of people) whoIs.set((await aBooking(db, id, given)).id, who)

  for (const audience of ['confirmed', 'waiting', 'everyone'] as const) {
    const got = (await listRecipientIds(db, id, { audience })).map(booking => whoIs.get(booking))
    t.strictSame(got, people.filter(([,, of]) => of.includes(audience)).map(([who]) => who), audience)
  }
  const counted = Object.entries(await countAudiences(db, { id, slug }))
    .map(([audience, { people, toCall }]) => [audience, people, toCall.count, toCall.people.length])
  t.strictSame(counted, [['confirmed', 2, 1, 1], ['waiting', 4, 0, 0], ['everyone', 6, 1, 1]])
})

t.test('sending owes each recipient one email, tells the outbox once, and is on the record', async t => {
  const its = await world(t)
  const { db } = its
  const { id, slug } = await anActivity(db)
  const one = await aBooking(db, id)
  const two = await aBooking(db, id)
  await written(its, id)
  const second = await written(its, id)

  await send(its, second)

  t.equal(second.number, 2)
  t.match(await db.email.findMany({ orderBy: { booking: { arrival: 'asc' } } }), [one, two].map(({ id: bookingId }) =>
    ({ bookingId, kind: 'bulletin', sequence: 2, copy: 0, status: 'queued', attempts: 0 })))
  t.strictSame((await announced(db, 'letter.due')).sort((a, b) => a.bookingId < b.bookingId ? -1 : 1),
    [one, two].map(({ id: bookingId }) => ({ bookingId, kind: 'bulletin', sequence: 2, copy: 0 })).sort((a, b) => a.bookingId < b.bookingId ? -1 : 1))
  t.match(await db.auditEntry.findMany({ where: { action: 'bulletin.sent' } }),
    [{ staffMemberId: organiser.id, subject: slug, details: { number: 2, audience: 'confirmed', people: 2 } }])
})

t.test('of ten presses of Send at once one sends, and no email is owed twice', async t => {
  const its = await world(t)
  const { db } = its
  const { id } = await anActivity(db)
  for (let n = 0; n < 5; n++) await aBooking(db, id)
  const at = await written(its, id)
  await warm(db)

  await Promise.all(Array.from({ length: 10 }, async () => { await send(its, at) }))

  t.equal(await db.email.count(), 5)
  t.equal((await announced(db, 'letter.due')).length, 5)
  t.equal(await db.auditEntry.count({ where: { action: 'bulletin.sent' } }), 1)
})

t.test('pressing Send again later does not reach people who have joined since', async t => {
  const its = await world(t)
  const { db } = its
  const { id } = await anActivity(db)
  await aBooking(db, id)
  const at = await written(its, id)
  await send(its, at)
  await aBooking(db, id)

  await send(its, at, noon.plus({ minutes: 5 }))

  t.equal(await db.email.count(), 1)
})

t.test('of ten messages begun at once each has a number of its own', async t => {
  const its = await world(t)
  const { id } = await anActivity(its.db)
  await warm(its.db)

  const begun = await Promise.all(Array.from({ length: 10 }, async () => await written(its, id)))

  t.strictSame(begun.map(({ number }) => number).sort((a, b) => a - b), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

t.test('a form that is sent ten times at once begins one message', async t => {
  const its = await world(t)
  const { id } = await anActivity(its.db)
  const form = { ...draft, id: randomUUID() }
  await warm(its.db)

  const begun = await Promise.all(Array.from({ length: 10 }, async () =>
    await writeBulletin(its.db, id, form, organiser, noon)))

  t.strictSame([...new Set(begun)], [1])
  t.equal(await its.db.bulletin.count(), 1)
})

t.test('a change and a press of Send at once: what goes is what was read, or nothing', async t => {
  const its = await world(t)
  const { db } = its
  const { id } = await anActivity(db)
  await aBooking(db, id)
  await warm(db)

  for (let n = 0; n < 5; n++) {
    const at = await written(its, id)
    const versionHash = bulletinDraft.versionHash(await getBulletin(db, id, at.number))
    const ends = await Promise.allSettled([
      changeBulletin(db, at, { ...draft, body: 'Changed.', versionHash }, organiser, noon), send(its, at)
    ])
    const { body, sentAt } = await getBulletin(db, id, at.number)
    const emails = await db.email.count({ where: { sequence: at.number } })
    const wasSent = sentAt !== undefined
    t.equal(emails, wasSent ? 1 : 0)
    const refused = ends.flatMap(end => end.status === 'rejected' ? [end.reason as Error] : [])
    t.ok(refused.every(reason => reason instanceof BulletinChanged || reason instanceof BulletinSent))
    if (wasSent && ends[0].status === 'rejected') t.equal(body, 'It will be dark.')
  }
})

t.test('a draft that is not as it was read is not sent, nor one that nobody would get', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id } = await anActivity(db)
  const at = await written(its, id)

  await t.rejects(confirming(async confirmed =>
    await sendBulletin(db, outbox, { ...at, versionHash: 'x', host, confirmed }, organiser, noon)), new BulletinChanged())
  await t.rejects(send(its, at), new NobodyToWriteTo())

  t.equal((await getBulletin(db, id, at.number)).sentAt, undefined)
  t.equal(await db.auditEntry.count({ where: { action: 'bulletin.sent' } }), 0)
})

t.test('a change to any part of a draft gives another version hash', t => {
  const versionHashes = [
    draft, { ...draft, audience: 'everyone' as const }, { ...draft, heading: 'Bring a torchI' },
    { ...draft, heading: 'Bring a torch"', body: 'It' }, { ...draft, body: '' }
  ].map(bulletinDraft.versionHash)

  t.equal(new Set(versionHashes).size, versionHashes.length)
  t.equal(bulletinDraft.versionHash({ ...draft }), versionHashes[0])
  t.end()
})

t.test('a press whose transaction fails after the announcement has sent nothing', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id } = await anActivity(db)
  await aBooking(db, id)
  const at = await written(its, id)
  const failing: typeof outbox = {
    async announce (...given) {
      await outbox.announce(...given)
      throw new Error('gone')
    }
  }

  await t.rejects(send({ ...its, outbox: failing }, at), { message: 'gone' })

  t.strictSame(await announced(db, 'letter.due'), [])
  t.equal(await db.email.count(), 0)
  t.equal((await getBulletin(db, id, at.number)).sentAt, undefined)
})

t.test('stopping withdraws what no worker has in hand, lets be what one has, and leaves other messages alone', async t => {
  const its = await world(t)
  const { db } = its
  const { id } = await anActivity(db)
  const elsewhere = await anActivity(db)
  const [sent, claimed, abandoned, waiting] = [
    await aBooking(db, id), await aBooking(db, id), await aBooking(db, id), await aBooking(db, id)
  ]
  await aBooking(db, elsewhere.id)
  const at = await written(its, id)
  const other = await written(its, id)
  for (const one of [at, other, await written(its, elsewhere.id)]) await send(its, one)
  const become = async ({ id: bookingId }: Booking, data: object) =>
    await db.email.updateMany({ where: { bookingId, sequence: 1 }, data })
  await become(sent, { status: 'sent', sentAt: noon.toJSDate(), answer: '250' })
  await become(claimed, { claimedUntil: noon.plus({ seconds: 1 }).toJSDate() })
  await become(abandoned, { claimedUntil: noon.toJSDate() })

  await stopBulletin(db, at, organiser, noon)
  await stopBulletin(db, at, organiser, noon.plus({ hours: 1 }))

  const emails = await db.email.findMany({
    where: { sequence: 1, booking: { activityId: id } }, orderBy: { booking: { arrival: 'asc' } }
  })
  t.match(emails, [
    { bookingId: sent.id, status: 'sent', answer: '250' },
    { bookingId: claimed.id, status: 'queued', claimedUntil: noon.plus({ seconds: 1 }).toISO() },
    { bookingId: abandoned.id, status: 'withdrawn', answer: 'Not sent: it was stopped.', claimedUntil: null },
    { bookingId: waiting.id, status: 'withdrawn', answer: 'Not sent: it was stopped.' }
  ])
  t.match(await progressOfOne(db, id, at.number), { sent: 1, waiting: 1, withdrawn: 2, notTaken: 0 })
  t.equal(await db.email.count({ where: { status: 'queued', sequence: 2 } }), 4, 'of another message')
  t.equal(await db.email.count({ where: { status: 'queued', booking: { activityId: elsewhere.id } } }), 1, 'of another activity')
  t.match(await db.auditEntry.findMany({ where: { action: 'bulletin.stopped' } }), [{ details: { number: 1, emails: 2 } }])
  t.strictSame((await getBulletin(db, id, at.number)).stoppedAt, noon)
})

t.test('there is nothing to stop about a draft, and about what has all gone', async t => {
  const its = await world(t)
  const { db } = its
  const { id } = await anActivity(db)
  const { id: bookingId } = await aBooking(db, id)
  const unsent = await written(its, id)
  const gone = await written(its, id)
  await send(its, gone)
  await db.email.updateMany({ where: { bookingId }, data: { status: 'sent', sentAt: noon.toJSDate() } })

  await stopBulletin(db, unsent, organiser, noon)
  await stopBulletin(db, gone, organiser, noon)

  t.match(await db.bulletin.findMany(), [{ stoppedAt: null }, { stoppedAt: null }])
  t.equal(await db.auditEntry.count({ where: { action: 'bulletin.stopped' } }), 0)
})

t.test('while people book, cancel and are emailed at once, none of it deadlocks', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id } = await anActivity(db)
  const bookings = await Promise.all(Array.from({ length: 30 }, async () => await aBooking(db, id)))
  const messages = [await written(its, id), await written(its, id), await written(its, id)]
  await warm(db)

  const ends = await Promise.allSettled([
    ...messages.flatMap(at => [send(its, at), stopBulletin(db, at, organiser, noon), send(its, at)]),
    ...bookings.slice(0, 10).map(async booking => { await cancelBooking(db, outbox, booking.id, noon) })
  ])

  t.strictSame(ends.flatMap(end => end.status === 'rejected' ? [String(end.reason)] : []), [])
  const emails = await db.email.findMany({ where: { kind: 'bulletin' } })
  t.equal(new Set(emails.map(({ bookingId, sequence }) => `${bookingId} ${sequence}`)).size, emails.length)
})
