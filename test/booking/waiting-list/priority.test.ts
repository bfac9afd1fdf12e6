import t from 'tap'
import { BookingNotFound } from '../../../src/booking/bookings/errors.ts'
import { getBooking, listPriorityGroups, positionOf } from '../../../src/booking/bookings/queries.ts'
import type { Booking } from '../../../src/platform/database/generated/client.ts'
import { ordinary } from '../../../src/booking/bookings/booking.ts'
import {
  namePriorityGroup, prioritise, removePriorityGroup
} from '../../../src/booking/waiting-list/priority-groups.ts'
import { serveWaitingList } from '../../../src/booking/waiting-list/serve.ts'
import { NotWaiting, PriorityGroupUnknown } from '../../../src/booking/waiting-list/errors.ts'
import { organiser } from '../../support/staff.ts'
import type { World } from '../../support/world.ts'
import { aBooking, anActivity, noon, world } from '../../support/world.ts'

const fosterCarers = { rank: 1, name: 'Foster carers', reason: 'They look after children at most risk.' }
const oneSchool = { rank: 2, name: 'Parkside school', reason: 'Something happened there this week.' }

/** An activity with three people waiting and a priority group. */
async function aLine (w: World, capacity = 1): Promise<{ activityId: string, line: Booking[] }> {
  const { id: activityId } = await anActivity(w.db, { capacity })
  await namePriorityGroup(w.db, activityId, fosterCarers, organiser, noon)
  const line = []
  for (let n = 0; n < 3; n++) line.push(await aBooking(w.db, activityId, { status: 'waiting' }))
  return { activityId, line }
}

async function positions ({ db }: World, line: Booking[]): Promise<number[]> {
  return await Promise.all(line.map(async ({ id }) => await positionOf(db, await getBooking(db, id))))
}

t.test('someone who is put into a priority group goes before those who are in none', async t => {
  const w = await world(t)
  const { activityId, line } = await aLine(w)

  await prioritise(w.db, line[2]?.id ?? '', 1, organiser, noon)
  t.strictSame(await positions(w, line), [2, 3, 1])
  await serveWaitingList(w.db, w.outbox, activityId, noon)

  t.match(await w.db.booking.findUnique({ where: { id: line[2]?.id ?? '' } }), { status: 'confirmed' })
})

t.test('someone who is taken out of a group has the turn of their arrival again', async t => {
  const w = await world(t)
  const { line } = await aLine(w)
  const last = line[2]?.id ?? ''

  await prioritise(w.db, last, 1, organiser, noon)
  await prioritise(w.db, last, ordinary, organiser, noon)

  t.strictSame(await positions(w, line), [1, 2, 3])
})

t.test('when a group is removed, its people wait in the turn of their arrival', async t => {
  const w = await world(t)
  const { activityId, line } = await aLine(w)
  await namePriorityGroup(w.db, activityId, oneSchool, organiser, noon)
  await prioritise(w.db, line[2]?.id ?? '', 1, organiser, noon)
  await prioritise(w.db, line[1]?.id ?? '', 2, organiser, noon)
  t.strictSame(await positions(w, line), [3, 2, 1])

  await removePriorityGroup(w.db, activityId, 1, organiser, noon)

  t.strictSame(await positions(w, line), [2, 1, 3])
  t.strictSame(await listPriorityGroups(w.db, activityId), [oneSchool])
  await t.rejects(removePriorityGroup(w.db, activityId, 1, organiser, noon), new PriorityGroupUnknown())
})

t.test('a group has a name and a written reason, which can be said anew', async t => {
  const w = await world(t)
  const { activityId } = await aLine(w)

  await namePriorityGroup(w.db, activityId, oneSchool, organiser, noon)
  await namePriorityGroup(w.db, activityId, { ...fosterCarers, reason: 'Said better.' }, organiser, noon)

  t.strictSame(await listPriorityGroups(w.db, activityId), [{ ...fosterCarers, reason: 'Said better.' }, oneSchool])
})

t.test('nobody is put into a group that the activity does not have', async t => {
  const w = await world(t)
  const { line } = await aLine(w)
  const { activityId: other } = await aLine(w)
  await namePriorityGroup(w.db, other, oneSchool, organiser, noon)

  await t.rejects(prioritise(w.db, line[0]?.id ?? '', 2, organiser, noon), new PriorityGroupUnknown())
  await t.rejects(prioritise(w.db, line[0]?.id ?? '', 0, organiser, noon), new PriorityGroupUnknown())

  t.strictSame(await positions(w, line), [1, 2, 3])
})

t.test('only those who wait are put into a group', async t => {
  const w = await world(t)
  const { activityId } = await aLine(w, 9)
  for (const status of ['confirmed', 'offered', 'lapsed', 'cancelled'] as const) {
    const { id } = await aBooking(w.db, activityId, { status })

    await t.rejects(prioritise(w.db, id, 1, organiser, noon), new NotWaiting(), status)
  }
  await t.rejects(prioritise(w.db, activityId, 1, organiser, noon), new BookingNotFound())
})

t.test('the audit trail says who put someone before the others, and why, without that person’s name', async t => {
  const w = await world(t)
  const { activityId, line } = await aLine(w)
  const { slug } = await w.db.activity.findUniqueOrThrow({ where: { id: activityId } })
  const subject = line[0]?.id ?? ''

  await prioritise(w.db, subject, 1, organiser, noon)
  await prioritise(w.db, subject, ordinary, organiser, noon)
  await removePriorityGroup(w.db, activityId, 1, organiser, noon)

  const { rank, name: group, reason } = fosterCarers
  t.match(await w.db.auditEntry.findMany({ orderBy: { id: 'asc' } }), [
    { action: 'priority-group.named', subject: slug, details: fosterCarers, staffMemberId: organiser.id },
    { action: 'booking.prioritised', subject, details: { rank, group, reason } },
    { action: 'booking.prioritised', subject, details: { rank: ordinary } },
    { action: 'priority-group.removed', subject: slug, details: { rank } }
  ])
  t.notMatch(JSON.stringify(await w.db.auditEntry.findMany({ omit: { id: true } })), 'Anne')
})

t.test('the database itself knows eight ranks of groups, and nobody behind those who are in none', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  for (const rank of [0, 9]) {
    await t.rejects(db.priorityGroup.create({ data: { activityId, rank, name: 'n', reason: 'r' } }), /priority_groups_rank/)
  }
  for (const priority of [0, 10]) {
    await t.rejects(aBooking(db, activityId, { status: 'waiting', priority }), /bookings_priority/)
  }
})
