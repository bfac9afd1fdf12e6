import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { claimEmails } from '../../src/mail/emails/claiming.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { counted } from '../support/counted.ts'
import { eventually } from '../support/running-service.ts'
import { aForm, post } from '../support/service.ts'
import { expectSound } from '../support/sound.ts'
import { throwawayPostgres } from '../support/throwaway-postgres.ts'
import { inAWeek, wholeService } from '../support/whole-service.ts'
import { aBooking, anActivity, noon, world } from '../support/world.ts'

t.test('PostgreSQL is restarted twice in a burst of bookings: each has its email, once and soon', async t => {
  const postgres = await throwawayPostgres(t)
  const { app, db, boss, mailbox } = await wholeService(t, postgres.url)
  const { slug } = await anActivity(db, { ...inAWeek, capacity: 10_000 })
  const answeredAt = new Map<string, number>()
  const toldAt = new Map<string, number>()
  mailbox.think = async recipient => {
    await sleep(30)
    toldAt.set(recipient, performance.now())
  }

  const over = new AbortController()
  const parents = Promise.all(Array.from({ length: 4 }, async () => {
    while (!over.signal.aborted) {
      const email = `${crypto.randomUUID()}@example.org`
      if ((await post(app, `/activities/${slug}/book`, aForm(email))).statusCode === 303) answeredAt.set(email, performance.now())
      await sleep(20)
    }
  }))
  for (const how of ['fast', 'immediate'] as const) {
    const before = mailbox.taken.length
    await eventually(() => mailbox.taken.length > before + 20)
    await postgres.stop(how)
    await postgres.start()
  }
  const before = mailbox.taken.length
  await eventually(() => mailbox.taken.length > before + 20)
  over.abort()
  await parents

  const found = (await db.booking.findMany()).map(({ email }) => email ?? '')
  await eventually(async () => await db.email.count({ where: { status: 'sent' } }) === found.length, { seconds: 150 })
  const told = mailbox.taken.flatMap(({ to }) => to)
  const lateness = [...answeredAt].map(([email, at]) => ((toldAt.get(email) ?? Infinity) - at) / 1000)
  const longest = Math.max(...lateness)
  t.comment(`answered ${answeredAt.size}, found ${found.length}, told ${told.length}, the latest after ${longest.toFixed(1)} s`)
  t.strictSame([...answeredAt.keys()].filter(email => !found.includes(email)), [], 'none is lost')
  counted(t, 'PostgreSQL is restarted while emails go', { answered: found, found: told })
  await expectSound(db, { now: systemClock() })
  t.strictSame(await boss.findJobs('letter.due'), [], 'none waits for the sweep of each minute')
})

t.test('a claim that nobody heard of is found by the try that made it, and by no other', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id: bookingId } = await aBooking(db, activityId)
  const key = { bookingId, kind: 'place-confirmed', sequence: 0, copy: 0 } as const
  const [mine, another] = [crypto.randomUUID(), crypto.randomUUID()]
  const claim = async (by: string) => (await claimEmails(db, [key], 'example.org', noon, by))[0]?.id

  const unheard = await claim(mine)

  t.equal(await claim(another), undefined)
  t.equal(await claim(mine), unheard)
})

t.test('an email that a worker died with goes as soon as its claim ends', async t => {
  const { url } = await world(t)
  const { db, boss, outbox, mailbox } = await wholeService(t, url)
  const { id: activityId } = await anActivity(db, inAWeek)
  const { id: bookingId } = await aBooking(db, activityId)
  await db.email.create({
    data: {
      bookingId,
      kind: 'place-confirmed',
      messageId: 'letter@example.org',
      createdAt: new Date(),
      claimedUntil: new Date(Date.now() + 3_000)
    }
  })

  await outbox.announce(db, 'booking.confirmed', [{ bookingId, sequence: 0 }])

  await eventually(() => mailbox.taken.length === 1)
  const jobs = await boss.findJobs('booking.confirmed')
  t.ok(jobs.every(({ retryCount, startAfter, createdOn }) =>
    retryCount === 0 && startAfter.getTime() - createdOn.getTime() <= 3_000), 'no try fails, and none waits for longer')
})
