import type { Db } from '../../src/platform/database/connect.ts'
import type { Activity } from '../../src/platform/database/generated/client.ts'
import { joinLinkSeal } from '../../src/programme/teams/seal.ts'
import { joinUrl } from './calendar-entry.ts'
import { aBooking, anActivity, noon, secretKey } from './world.ts'

/** The times of an activity that starts so many hours after noon. */
export function inHours (hours: number, lasting = 1): { startsAt: Date, endsAt: Date } {
  const startsAt = noon.plus({ hours })
  return { startsAt: startsAt.toJSDate(), endsAt: startsAt.plus({ hours: lasting }).toJSDate() }
}

/** One of everything that the home page could say about an activity. */
export async function everyNeed (db: Db, given: Partial<Activity> = {}): Promise<void> {
  const link = { joinUrlSealed: joinLinkSeal(secretKey).close(joinUrl) }
  await anActivity(db, { ...given, ...inHours(20), title: 'The unlinked' })
  const asked = await anActivity(db, { ...given, ...link, ...inHours(6), title: 'The asked' })
  await aBooking(db, asked.id, { name: 'Quentin Question', question: 'What about games?' })
  await aBooking(db, asked.id, { name: 'Alma Answered', question: 'Of late?', questionOutcome: 'answered', questionSettledAt: noon.toJSDate(), questionSettledById: asked.id })
  const failed = await anActivity(db, { ...given, ...link, title: 'The failed' })
  await db.teamsMeeting.create({ data: { activityId: failed.id, status: 'failed', askedAt: noon.toJSDate() } })
  const full = await anActivity(db, { ...given, ...link, capacity: 1, title: 'The full' })
  await aBooking(db, full.id, { name: 'Una Unreached', unreachableAt: noon.toJSDate() })
  await aBooking(db, full.id, { status: 'waiting', name: 'Nora Needs', accessNeeds: 'Captions for <all>' })
  const long = await anActivity(db, { ...given, ...link, capacity: 1, title: 'The long' })
  await aBooking(db, long.id)
  await aBooking(db, long.id, { status: 'waiting', places: 2 })
  const kept = await anActivity(db, { ...given, ...link, capacity: 2, waitingList: 'by-hand', title: 'The kept' })
  await aBooking(db, kept.id, { status: 'waiting' })
  await anActivity(db, { ...given, ...link, ...inHours(100), status: 'draft', title: 'The draft' })
}

/** A support contact that was last checked so many days ago. */
export async function aContact (db: Db, name: string, daysAgo: number): Promise<void> {
  const lastCheckedOn = noon.minus({ days: daysAgo }).startOf('day').toJSDate()
  await db.supportContact.create({
    data: { name, purpose: 'To talk', number: '0333 240 1727', lastCheckedOn, owner: 'Olu', position: 1 }
  })
}
