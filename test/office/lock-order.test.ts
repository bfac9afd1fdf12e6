// Subject: the database.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { acceptCoHostInvitation } from '../../src/office/co-hosts/commands.ts'
import { copyWeek } from '../../src/office/board/copy-week.ts'
import { repeatActivity } from '../../src/office/editor/repeat.ts'
import { askDueLeads } from '../../src/office/outcomes/asking.ts'
import { isDatabaseAway } from '../../src/platform/database/errors.ts'
import { lockActivity } from '../../src/programme/activities/queries.ts'
import type { Db, Tx } from '../../src/platform/database/connect.ts'
import { partsOf } from '../support/service.ts'
import { anInvitation, aStaffMember, organiser } from '../support/staff.ts'
import { aCampaign, anActivity, countWaitingForLocks, noon, warm, world } from '../support/world.ts'

/**
 * Holds the row of an activity until two commands wait, the first of which began first. Each waits for a lock that it
 * may take in the wrong order; returns what became of both.
 */
async function behind (
  db: Db, activityId: string, first: () => Promise<unknown>, second: () => Promise<unknown>
): Promise<Array<PromiseSettledResult<unknown>>> {
  const started: Array<Promise<unknown>> = []
  const over = new Set<Promise<unknown>>()
  await db.$transaction(async tx => {
    await tx.$queryRaw`SELECT 1 FROM activities WHERE id = ${activityId}::uuid FOR UPDATE`
    for (const [n, start] of [first, second].entries()) {
      const end = start()
      started.push(end)
      end.finally(() => over.add(end)).catch(() => {})
      while (!over.has(end) && await countWaitingForLocks(db) <= n) await new Promise(setImmediate)
    }
  }, { timeout: 20_000 })
  return await Promise.allSettled(started)
}

t.test('someone accepts an invitation while its week is copied: neither waits for the other in turn', async t => {
  const { db, outbox } = await world(t)
  const { seal } = partsOf({ db, outbox })
  const campaign = await aCampaign(db, { firstDay: new Date('2026-12-01'), lastDay: new Date('2026-12-07') })
  await warm(db)
  for (let round = 0; round < 5; round++) {
    const made = await Promise.all([0, 1].map(async () => await anActivity(db, { campaignId: campaign.id })))
    const [low, high] = made.map(({ id }) => id).sort()
    const invitation = await anInvitation(db, high as string, { agencyName: `School ${round}` })
    const copy = async () => await copyWeek({ db, seal }, campaign.id, {
      submission: randomUUID(), title: `Next ${round}`, firstDay: '2027-11-30', ids: []
    }, organiser, noon)
    const accept = async () => { await acceptCoHostInvitation(db, invitation.id, noon) }
    const ends = await behind(db, low as string, copy, accept)
    t.strictSame(ends.map(({ status }) => status), ['fulfilled', 'fulfilled'], JSON.stringify(ends))
    await db.activityCoHost.deleteMany()
    await db.activity.deleteMany({ where: { id: { in: made.map(({ id }) => id) } } })
  }
})

t.test('of two who wait for each other one is asked to try again, whichever way it asked the database', async t => {
  const { db } = await world(t)
  const ids = [(await anActivity(db)).id, (await anActivity(db)).id]
  await warm(db)
  const ways: Record<string, (tx: Tx, id: string) => Promise<unknown>> = {
    'by SQL': async (tx, id) => await lockActivity(tx, id),
    'by Prisma': async (tx, id) => await tx.activity.update({ where: { id }, data: { venue: 'The library' } })
  }
  for (const [way, lock] of Object.entries(ways)) {
    const both = Promise.withResolvers<undefined>()
    let locked = 0
    const ends = await Promise.allSettled([ids, [...ids].reverse()].map(async ([one = '', other = '']) => {
      await db.$transaction(async tx => {
        await lock(tx, one)
        if (++locked === 2) both.resolve(undefined)
        await both.promise
        await lock(tx, other)
      })
    }))
    const refused = ends.filter(end => end.status === 'rejected')
    t.equal(refused.length, 1, way)
    t.ok(isDatabaseAway(refused[0]?.reason), way)
  }
})

t.test('leads are asked while an activity of theirs is repeated: neither waits for the other in turn', async t => {
  const { db, outbox } = await world(t)
  const parts = partsOf({ db, outbox })
  const campaign = await aCampaign(db, { firstDay: new Date('2026-11-16'), lastDay: new Date('2026-11-22') })
  await db.campaignDate.create({ data: { campaignId: campaign.id, kind: 'numbers-due', day: new Date('2027-01-04') } })
  const since = noon.minus({ days: 9 }).toJSDate()
  await db.outcomeAsking.create({ data: { campaignId: campaign.id, since, reminds: true } })
  const lead = await aStaffMember(db, { name: 'Lea', email: 'lea@x.example', role: 'organiser' })
  await warm(db)
  for (let round = 0; round < 5; round++) {
    const [first, second] = await Promise.all([4, 3].map(async days => {
      const startsAt = noon.minus({ days })
      const activity = await anActivity(db, {
        campaignId: campaign.id,
        booking: 'none',
        capacity: null,
        isOnline: false,
        kind: 'stall',
        venue: 'Market Place',
        startsAt: startsAt.toJSDate(),
        endsAt: startsAt.plus({ hours: 1 }).toJSDate()
      })
      await db.activityPlan.create({ data: { activityId: activity.id, stage: 'confirmed', ownerId: lead.id } })
      return activity
    }))
    if (first === undefined || second === undefined) throw new Error('There are two.')
    const repeat = async () =>
      await repeatActivity(parts, second.slug, { submission: randomUUID(), days: ['2026-12-10'] }, organiser, noon)
    const ends = await behind(db, first.id, async () => { await askDueLeads(db, outbox, noon) }, repeat)
    t.strictSame(ends.map(({ status }) => status), ['fulfilled', 'fulfilled'], JSON.stringify(ends))
  }
})
