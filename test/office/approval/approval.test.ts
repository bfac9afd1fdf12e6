import t from 'tap'
import fc from 'fast-check'
import type { Test } from 'tap'
import { approves } from '../../../src/programme/activities/approval.ts'
import { roles } from '../../../src/identity/staff/roles.ts'
import { filledIn, formsOn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { aStaffMember, anAgency, signedIn } from '../../support/staff.ts'
import { aCampaign, anActivity } from '../../support/world.ts'

async function aWeek (t: Test) {
  const { app, db } = await service(t)
  const campaign = await aCampaign(db, {
    kind: 'week-of-action', needsApproval: true, districts: ['Bolton', 'Bury'], slug: 'the-week'
  })
  const [ours, theirs] = [await anAgency(db), await anAgency(db, { name: 'Bury Council' })]
  const stall = {
    campaignId: campaign.id,
    kind: 'stall',
    booking: 'none',
    capacity: null,
    isOnline: false,
    venue: 'The market',
    district: 'Bolton',
    leadAgencyId: ours.id,
    status: 'draft',
    title: 'A stall'
  }
  const activity = await anActivity(db, stall)
  const organiser = await signedIn(app, db, { role: 'organiser', agencyId: ours.id, name: 'Olu Organiser' })
  const coordinator = await signedIn(app, db, { role: 'organiser', agencyId: theirs.id, name: 'Cora Coordinator' })
  await db.coordinator.create({
    data: { campaignId: campaign.id, staffMemberId: coordinator.member.id, districts: ['Bolton'] }
  })
  const isPublic = async () => (await app.inject(`/activities/${activity.slug}`)).statusCode === 200
  return {
    app,
    db,
    campaign,
    activity,
    stall,
    isPublic,
    href: `/staff/activities/${activity.slug}`,
    as: organiser.headers,
    cora: coordinator.headers
  }
}

t.test('an agency asks, and a coordinator of another agency reads it and publishes it', async t => {
  const { app, href, as, cora, isPublic, db } = await aWeek(t)
  const approve = async (headers: Record<string, string>) => {
    const { body } = await app.inject({ url: `${href}/approval`, headers })
    const fields = formsOn(body, href).find(({ action }) => action === `${href}/approval`)?.fields ?? []
    return await post(app, `${href}/approval`, Object.fromEntries(fields), headers)
  }

  t.match(perceived(await app.inject({ url: `${href}/publish`, headers: as })).text, /coordinator approves.*Ask for approval/)
  const alone = await post(app, `${href}/publish`, {}, as)
  t.equal(alone.statusCode, 409)
  t.equal((await approve(as)).statusCode, 409)
  t.equal((await app.inject({ url: href, headers: cora })).statusCode, 404, 'nobody has asked her to read the draft')
  t.notOk(await isPublic())

  t.match((await post(app, `${href}/approval/request`, {}, as)).headers.location, /done=asked$/)
  t.equal((await post(app, `${href}/approval/request`, {}, as)).statusCode, 303, 'asked twice, it is asked once')
  t.match(perceived(await app.inject({ url: '/staff/approvals', headers: cora })).text, /A stall .*Bolton/)
  t.match(perceived(await app.inject({ url: '/staff', headers: cora })).text, /1 activity waits for your approval/)
  t.match(perceived(await app.inject({ url: `${href}/approval`, headers: cora })).text, /Olu Organiser asked.*The market/)
  t.match((await approve(cora)).headers.location, /done=approved$/)
  t.ok(await isPublic())
  t.equal(await db.approvalRequest.count(), 0)
  t.match(await db.auditEntry.findMany({ where: { action: { in: ['approval.asked', 'activity.published'] } }, orderBy: { id: 'asc' } }),
    [{ action: 'approval.asked' }, { action: 'activity.published' }])
})

t.test('a coordinator sends it back with a reason, which its organisers read, and is asked again', async t => {
  const { app, href, as, cora, isPublic } = await aWeek(t)
  await post(app, `${href}/approval/request`, {}, as)
  const silent = await post(app, `${href}/approval/return`, { reason: '' }, cora)
  t.strictSame(perceived(silent).errors, [{ field: 'reason', sentence: 'Say what has to change' }])
  t.equal((await post(app, `${href}/approval/return`, { reason: 'No.' }, as)).statusCode, 409, 'not one’s own')

  t.equal((await post(app, `${href}/approval/return`, { reason: 'Take the number out.' }, cora)).headers.location,
    '/staff/approvals?done=returned')
  t.equal((await app.inject({ url: href, headers: cora })).statusCode, 404, 'it is theirs again')
  t.match(perceived(await app.inject({ url: `${href}/approval`, headers: as })).text,
    /Cora Coordinator sent it back\. Take the number out\./)
  t.match((await post(app, `${href}/approval/request`, {}, as)).headers.location, /done=asked$/)
  t.equal((await app.inject({ url: href, headers: cora })).statusCode, 200)
  t.notOk(await isPublic())
})

t.test('of what everyone reads an agency changes nothing without a coordinator, and all else itself', async t => {
  const { app, db, href, activity, as, isPublic } = await aWeek(t)
  await db.activity.update({ where: { id: activity.id }, data: { status: 'published' } })
  const edit = async (given: object, headers = as) => {
    const form = filledIn((await app.inject({ url: `${href}/edit`, headers })).body)
    return await post(app, `${href}/edit`, { ...form, ...given }, headers)
  }
  for (const [given, what] of [
    [{ title: 'A bigger stall' }, 'Title'], [{ summary: 'Call me' }, 'Summary'], [{ starts_time: '17:00' }, 'When'],
    [{ venue: 'My house' }, 'Venue'], [{ audiences: 'parents' }, 'Who it is for'], [{ district: 'Bury' }, 'District']
  ] as const) {
    t.equal((await edit(given)).headers.location, `${href}/proposal?done=asked&saved=`)
    t.match(perceived(await app.inject({ url: `${href}/proposal`, headers: as })).text, `${what} Now`)
    await post(app, `${href}/proposal/withdrawal`, {}, as)
  }
  t.match(await db.activity.findUnique({ where: { id: activity.id } }), { title: 'A stall', venue: 'The market' })
  t.equal((await edit({ places_per_booking: '2' })).statusCode, 303)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  t.equal((await edit({ title: 'A bigger stall' }, headers)).statusCode, 303, 'the partnership’s own organisers approve')
  t.equal((await edit({ visibility: 'agency' })).statusCode, 303, 'what is hidden needs nobody’s leave')
  t.match((await edit({ visibility: 'public' })).headers.location, /proposal/)
  t.notOk(await isPublic())
})

t.test('a coordinator approves in their area only', async t => {
  const { app, db, stall, cora, as } = await aWeek(t)
  const { slug } = await anActivity(db, { ...stall, district: 'Bury' })
  const href = `/staff/activities/${slug}`
  await post(app, `${href}/approval/request`, {}, as)
  t.equal((await post(app, `${href}/approval`, {}, cora)).statusCode, 409)
  t.notMatch((await app.inject({ url: '/staff/approvals', headers: cora })).body, slug)
})

t.test('who approves is set on a page of the campaign, once nobody else has changed it', async t => {
  const { app, db, campaign } = await aWeek(t)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const another = await aStaffMember(db, { role: 'organiser', agencyId: (await anAgency(db)).id, name: 'Nia New' })
  const url = `/staff/campaigns/${campaign.slug}/approval`
  const { edition = '' } = filledIn((await app.inject({ url, headers })).body)
  t.match(perceived(await app.inject({ url, headers })).text, /Cora Coordinator, Bury Council All of the campaign Bolton Bury Nia New/)

  const save = async (areas: string[], given: Record<string, string> = {}) => await post(app, url, [
    new URLSearchParams({ approval: 'yes', edition, ...given }), ...areas.map(area => new URLSearchParams({ areas: area }))
  ].join('&'), headers)
  t.equal((await save([`${another.id}:Leeds`])).statusCode, 400)
  t.match((await save([`${another.id}:*`, `${another.id}:Bury`])).headers.location, /done=changed$/)
  t.match(await db.coordinator.findMany(), [{ staffMemberId: another.id, districts: [] }])
  const late = await save([], { approval: 'no' })
  t.equal(late.statusCode, 409)
  t.match(perceived(late).text, 'Someone else has changed this since you opened it')
  t.ok((await db.campaign.findUnique({ where: { id: campaign.id } }))?.needsApproval)
  t.equal((await app.inject({ url: '/staff/campaigns/nowhere/approval', headers })).statusCode, 404)
})

t.test('only organisers approve, and a coordinator nowhere but in their area', async () => {
  const district = fc.option(fc.constantFrom('Bolton', 'Bury'), { nil: undefined })
  fc.assert(fc.property(fc.constantFrom(...roles), fc.boolean(), fc.subarray(['Bolton', 'Bury']), fc.boolean(), district,
    (role, isOurs, districts, isNamed, district) => {
      const staff = { id: 'me', name: 'Me', role, agencyId: isOurs ? undefined : 'an agency' }
      const coordinators = [{ staffMemberId: isNamed ? 'me' : 'another', districts }]
      const inArea = districts.length === 0 || districts.some(one => one === district)
      const expected = role === 'admin' || (role === 'organiser' && (isOurs || (isNamed && inArea)))
      return approves(staff, coordinators, district) === expected
    }))
})
