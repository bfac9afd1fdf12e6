import type { Db } from '../../../src/platform/database/connect.ts'
import { anAgency } from '../../support/staff.ts'
import { aCampaign, anActivity } from '../../support/world.ts'

const titles = [
  'Street surgery at the bus station', 'Visit to hotels and guest houses', 'Talk for taxi drivers',
  'Stall in the market place', 'Assembly for year 9', 'Training for social workers', 'Leaflets at the railway station',
  'Drop-in for parents and carers', 'Press release: know who your friends are'
]
const places = ['Town Hall', 'Market Place', 'Community centre', 'Bus station, Moor Lane']
const materials = ['A gazebo, 200 leaflets in 4 languages and a screen', '300 leaflets', 'Pens, wristbands and the banner', '']
const risks = ['done', 'needed', 'done', 'not-needed', 'not-said']
const districts = ['Bolton', 'Bury', 'Rochdale', 'Salford', 'Wigan']

/**
 * A week of action of so many activities by twelve agencies, in March 2027, with plans of every kind. `dayOf` says on
 * which day of it each is.
 */
export async function aWeek (db: Db, count = 60, dayOf = (n: number) => n % 7) {
  const campaign = await aCampaign(db, {
    slug: 'know-who',
    title: 'Know who your friends are 2027',
    kind: 'week-of-action',
    districts,
    firstDay: new Date('2027-03-15'),
    lastDay: new Date('2027-03-21')
  })
  const agencies = []
  for (let n = 0; n < 12; n++) {
    agencies.push(await anAgency(db, { slug: `agency-${n}`, name: `${['Bolton', 'Bury', 'Oldham', 'Rochdale'][n % 4]} ${['Council', 'Police', 'NHS Trust'][n % 3]}` }))
  }
  const ids: string[] = []
  for (let n = 0; n < count; n++) {
    const day = 15 + dayOf(n)
    const isLong = n % 30 === 7
    const { id } = await anActivity(db, {
      campaignId: campaign.id,
      slug: `activity-${n}`,
      title: titles[n % titles.length] ?? '',
      kind: 'street-surgery',
      isOnline: false,
      startsAt: new Date(`2027-03-${day}T${String(9 + n % 9).padStart(2, '0')}:00Z`),
      endsAt: isLong ? new Date('2027-03-22T00:00Z') : new Date(`2027-03-${day}T${String(11 + n % 9)}:30Z`),
      venue: places[n % places.length] ?? null,
      district: districts[n % districts.length] ?? null,
      visibility: 'agency',
      booking: n % 5 === 0 ? 'places' : 'none',
      capacity: n % 5 === 0 ? 20 : null,
      status: n % 4 === 0 ? 'published' : n % 20 === 3 ? 'cancelled' : 'draft',
      leadAgencyId: n % 13 === 12 ? null : agencies[(n * 5) % agencies.length]?.id ?? null
    })
    ids.push(id)
  }
  await db.activityPlan.createMany({
    data: ids.filter((_, n) => n % 3 !== 0).map((activityId, n) => ({
      activityId,
      stage: n % 2 === 0 ? 'confirmed' : 'idea',
      ownerName: n % 4 === 0 ? '' : 'PC Sam Carter',
      ownerEmail: n % 4 === 0 ? '' : 'exploitation.team@police.example',
      staffing: n % 2 === 0 ? '2 officers, 1 youth worker' : '',
      materials: materials[n % materials.length] ?? '',
      risk: risks[n % risks.length] ?? '',
      riskBy: risks[n % risks.length] === 'done' ? 'Ann Birch' : '',
      riskOn: risks[n % risks.length] === 'done' ? new Date('2027-02-26') : null
    }))
  })
  return { campaign, agencies, ids }
}
