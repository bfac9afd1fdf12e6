// Subject: the database.
import { randomUUID } from 'node:crypto'
import { DateTime } from 'luxon'
import t from 'tap'
import { recordAll } from '../../../src/identity/staff/audit.ts'
import { forgetEntries, monthsOfTrail } from '../../../src/office/forgetting/audit-trail.ts'
import { aLegalHold, aRequestOf } from '../../support/requests.ts'
import { aBooking, anActivity, warm, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

/** Long enough ago that the database lets go of what is older still, by its own clock. */
const now = DateTime.utc(2023, 6, 1, 3) as DateTime<true>
const longAgo = now.minus({ months: monthsOfTrail, seconds: 1 })

async function did ({ db }: World, subjects: readonly string[], at = longAgo): Promise<void> {
  const deed = { staffMemberId: randomUUID(), action: 'activity.changed' as const }
  await recordAll(db, subjects.map(subject => ({ ...deed, subject })), at)
}

async function left ({ db }: World): Promise<Array<string | null>> {
  return (await db.auditEntry.findMany({ orderBy: { id: 'asc' } })).map(({ subject }) => subject)
}

t.test('what staff did goes after two years, and not before', async t => {
  const w = await world(t)
  await did(w, ['older', 'older-still'])
  await did(w, ['just-two-years-old'], now.minus({ months: monthsOfTrail }))
  await did(w, ['newer'], now)

  t.equal(await forgetEntries(w.db, now), 2)
  t.equal(await forgetEntries(w.db, now), 0)
  t.strictSame(await left(w), ['just-two-years-old', 'newer'])
})

t.test('nobody deletes an entry earlier, whatever they say the time is', async t => {
  const w = await world(t)
  await did(w, ['lately'], DateTime.utc())

  await t.rejects(forgetEntries(w.db, DateTime.utc().plus({ years: 3 })), /append only/)

  t.strictSame(await left(w), ['lately'])
})

t.test('what is about something under a legal hold stays until the hold is lifted', async t => {
  const w = await world(t)
  const [held, free] = [await anActivity(w.db), await anActivity(w.db)]
  const [theirs, other] = [await aBooking(w.db, held.id), await aBooking(w.db, free.id)]
  const hers = await aBooking(w.db, free.id, { email: 'anne@example.org' })
  const asked = await aRequestOf(w.db, { email: 'anne@example.org' })
  const holds = [
    await aLegalHold(w.db, { activityId: held.id }), await aLegalHold(w.db, { canonicalEmail: 'anne@example.org' })
  ]
  const kept = [held.slug, theirs.id, hers.id, asked.id, ...holds.map(({ id }) => id)]
  await did(w, [free.slug, other.id, ...kept])

  t.equal(await forgetEntries(w.db, now), 2)
  t.strictSame(await left(w), kept)

  await w.db.legalHold.updateMany({
    data: { liftedAt: now.toJSDate(), liftedById: randomUUID(), canonicalEmail: null }
  })
  t.equal(await forgetEntries(w.db, now), kept.length)
})

t.test('two nights at once delete each entry once', async t => {
  const w = await world(t)
  await did(w, Array.from({ length: 50 }, (_, n) => String(n)))
  await warm(w.db)

  const gone = await Promise.all([forgetEntries(w.db, now), forgetEntries(w.db, now)])

  t.equal(gone.reduce((sum, some) => sum + some, 0), 50)
})
