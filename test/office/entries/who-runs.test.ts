import { DateTime } from 'luxon'
import t from 'tap'
import { fillWhoRuns } from '../../../src/office/entries/keeping.ts'
import { aCampaign, anActivity, world } from '../../support/world.ts'

const now = DateTime.fromISO('2027-01-04T12:00Z', { zone: 'utc' }) as DateTime<true>

t.test('what was entered before it was kept gets who runs it from its entry, once', async t => {
  const { db } = await world(t)
  const campaign = await aCampaign(db)
  const entered = async (runBy: string | null) => {
    const { id } = await anActivity(db, { campaignId: campaign.id, runBy })
    await db.entry.create({
      data: {
        id, campaignId: campaign.id, activityId: id, title: 'One', organisation: 'Hill School', name: 'Jo Lee', email: 'jo@hill.example', canonicalEmail: 'jo@hill.example', endsOn: now.toJSDate(), receivedAt: now.toJSDate(), confirmedAt: now.toJSDate()
      }
    })
    return id
  }
  const [old, kept, ours] = [
    await entered(null), await entered('Mill School'), (await anActivity(db, { campaignId: campaign.id })).id
  ]
  const runsOf = async (id: string) => (await db.activity.findUniqueOrThrow({ where: { id } })).runBy

  await db.activity.updateMany({ data: { changedAt: now.toJSDate() } })

  t.equal(await fillWhoRuns(db), 1)

  t.strictSame(await Promise.all([old, kept, ours].map(runsOf)), ['Hill School', 'Mill School', null])
  const stayed = await db.activity.findMany({ where: { changedAt: now.toJSDate() }, select: { id: true } })
  t.strictSame(stayed.map(({ id }) => id).sort(), [kept, ours].sort(), 'its page alone has changed')
  t.equal(await fillWhoRuns(db), 0)
})
