import t from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import { findPublicActivity, listPublicActivities } from '../../../src/programme/activities/public-activities.ts'
import { aCampaign, anActivity, noon, world } from '../../support/world.ts'

t.test('an activity in a list says of itself what it says alone', async t => {
  const { db } = await world(t)
  const { id: campaignId } = await aCampaign(db)
  const { id: leadAgencyId } = await db.agency.create({ data: { slug: 'police', name: '“Police” & \\ O’Brien' } })
  const startsAt = noon.plus({ days: 7, milliseconds: 123 })
  const first = await anActivity(db, {
    campaignId,
    leadAgencyId,
    title: 'Łucja’s “talk” \\ {1,2}\n',
    isOnline: false,
    venue: 'Hall, "A"',
    district: 'Bury',
    audiences: ['parents', 'a "b", {c}'],
    embargoUntil: noon.minus({ days: 1 }).toJSDate(),
    runBy: 'A club',
    anotherDateAt: 3,
    cancellationReason: 'None',
    joinUrlSealed: 'sealed',
    reminders: ['hour'],
    bookingOpensAt: noon.minus({ hours: 3 }).toJSDate(),
    bookingClosesAt: noon.plus({ days: 1 }).toJSDate(),
    startsAt: startsAt.toJSDate(),
    endsAt: startsAt.plus({ hours: 1 }).toJSDate()
  })
  const second = await anActivity(db, { campaignId, ...later(9) })

  const listed = await listPublicActivities(db, noon, {})

  t.strictSame(listed.map(({ slug }) => slug), [first.slug, second.slug])
  for (const activity of listed) t.strictSame(activity, await findPublicActivity(db, activity.slug, noon))
})

t.test('what is hidden while a list is read is not in it', async t => {
  const { db } = await world(t)
  const { id: campaignId } = await aCampaign(db)
  const { id } = await anActivity(db, { campaignId, ...later(7) })
  const hiding = db.$extends({
    query: {
      activity: {
        async findMany ({ args, query }) {
          const found = await query(args)
          await db.activity.update({ where: { id }, data: { visibility: 'operational' } })
          return found
        }
      }
    }
  })

  t.strictSame(await listPublicActivities(hiding as unknown as Db, noon, {}), [])
})

function later (days: number) {
  const startsAt = noon.plus({ days })
  return { startsAt: startsAt.toJSDate(), endsAt: startsAt.plus({ hours: 1 }).toJSDate() }
}
