import t from 'tap'
import type { Test } from 'tap'
import fc from 'fast-check'
import { followAreas, has } from '../../../src/office/approval/areas.ts'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { aStaffMember, anAgency, signedIn } from '../../support/staff.ts'
import { aCampaign } from '../../support/world.ts'

const districts = ['Bolton', 'Bury', 'Leeds', 'Wigan']

async function aCampaignWithDistricts (t: Test) {
  const { app, db } = await service(t)
  const campaign = await aCampaign(db, { needsApproval: true, districts, slug: 'the-week' })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const agencyId = (await anAgency(db)).id
  const cora = await aStaffMember(db, { role: 'organiser', agencyId, name: 'Cora Coordinator' })
  const url = '/staff/campaigns/the-week/areas'
  const open = async () => filledIn((await app.inject({ url, headers })).body)
  const save = async (areas: string, edition?: string) => await post(app, url, { areas, edition: edition ?? (await open()).edition ?? '' }, headers)
  const coordinate = async (areas: string[]) => {
    const { edition = '' } = filledIn((await app.inject({ url: '/staff/campaigns/the-week/approval', headers })).body)
    return await post(app, '/staff/campaigns/the-week/approval', [
      new URLSearchParams({ approval: 'yes', edition }), ...areas.map(area => new URLSearchParams({ areas: area }))
    ].join('&'), headers)
  }
  const coordinated = async () => (await db.coordinator.findMany()).map(({ districts }) => districts)
  return { app, db, campaign, headers, cora, url, open, save, coordinate, coordinated }
}

t.test('areas are named a line each, and coordinators of one follow its districts', async t => {
  const { app, db, headers, cora, open, save, coordinate, coordinated } = await aCampaignWithDistricts(t)
  t.match((await save('North:bolton,  Bury\n\nSouth east : Wigan')).headers.location, /done=changed$/)
  t.equal((await open()).areas, 'North: Bolton, Bury\nSouth east: Wigan')
  t.match((await save('North: Bolton, Bury\nSouth east: Wigan')).headers.location, /done=as-it-was$/)

  const page = perceived(await app.inject({ url: '/staff/campaigns/the-week/approval', headers }))
  t.match(page.text, /All of the campaign North: Bolton, Bury South east: Wigan Leeds/)
  t.match((await coordinate([`${cora.id}:=North`, `${cora.id}:Leeds`])).headers.location, /done=changed$/)
  t.strictSame(await coordinated(), [['Bolton', 'Bury', 'Leeds']])
  t.match((await coordinate([`${cora.id}:=North`, `${cora.id}:Leeds`])).headers.location, /done=as-it-was$/)
  t.equal((await coordinate([`${cora.id}:=East`])).statusCode, 400)

  await save('North: Bury, Wigan')
  t.strictSame(await coordinated(), [['Bury', 'Leeds', 'Wigan']])
  await save('')
  t.strictSame(await coordinated(), [['Bury', 'Leeds', 'Wigan']], 'without areas they keep what they have')
  t.equal(await db.districtArea.count(), 0)
  t.equal(await db.auditEntry.count({ where: { action: 'areas.changed' } }), 3)
})

t.test('what is wrong with a line is said, and nothing typed is lost', async t => {
  const { app, url, headers, save } = await aCampaignWithDistricts(t)
  for (const [areas, sentence] of [
    ['North', 'Write “North” as a name, a colon and its districts'],
    ['North: ,', 'Give North at least one district'],
    ['North: Paris', 'Paris is no district of this campaign'],
    ['North: Bury\nSouth: Bury', 'Bury must be in one area only'],
    ['North: Bury\nnorth: Leeds', 'Write North on one line, with all its districts'],
    [`${'N'.repeat(61)}: Bury`, 'The name of an area must be 60 characters or fewer']
  ] as const) {
    const answer = await save(areas)
    t.strictSame(perceived(answer).errors, [{ field: 'areas', sentence }])
    t.equal(filledIn(answer.body).areas, areas)
  }
  t.equal((await post(app, url, { areas: '', edition: '', more: 'x' }, headers)).statusCode, 400)
  t.equal((await app.inject({ url: '/staff/campaigns/nowhere/areas', headers })).statusCode, 404)
})

t.test('of two who name areas at once, the second reads what the first has named', async t => {
  const { open, save, db } = await aCampaignWithDistricts(t)
  const { edition } = await open()
  await save('North: Bury', edition)
  const late = await save('East: Leeds', edition)
  t.equal(late.statusCode, 409)
  t.strictSame(perceived(late).errors, [{ field: 'areas', sentence: 'Someone else has changed this. Now: North: Bury. Save again to have it as you typed' }])
  t.equal(filledIn(late.body).areas, 'East: Leeds')
  t.match((await save('East: Leeds', filledIn(late.body).edition)).headers.location, /changed/)
  t.match(await db.districtArea.findMany(), [{ district: 'Leeds', area: 'East' }])
})

t.test('the database has a district in one area', async t => {
  const { db, campaign: { id: campaignId } } = await aCampaignWithDistricts(t)
  await db.districtArea.create({ data: { campaignId, district: 'Bury', area: 'North' } })
  await t.rejects(db.districtArea.create({ data: { campaignId, district: 'Bury', area: 'South' } }))
})

t.test('following areas, nobody comes to approve everywhere, and what they had of none stays', async () => {
  const areas = fc.array(fc.constantFrom(undefined, 'North', 'South'), { minLength: 4, maxLength: 4 }).map(names =>
    ['North', 'South'].map(name => ({ name, districts: districts.filter((_, n) => names[n] === name) }))
      .filter(({ districts }) => districts.length > 0))
  fc.assert(fc.property(fc.subarray(districts), areas, areas, (own, before, after) => {
    const next = followAreas(own, before, after)
    const held = before.filter(area => own.length > 0 && has(own, area))
    const ofNone = own.filter(district => !held.some(area => area.districts.includes(district)))
    return (next.length === 0) === (own.length === 0) &&
      after.filter(({ name }) => held.some(area => area.name === name)).every(area => has(next, area)) &&
      ofNone.every(district => next.includes(district))
  }))
})
