import { randomUUID } from 'node:crypto'
import t from 'tap'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post, service, workshopForm } from '../../support/service.ts'
import { aStaffMember, anAgency, signedIn } from '../../support/staff.ts'
import { aCampaign, anActivity } from '../../support/world.ts'

t.test('operational work is known to those named for it, and for everyone else does not exist', async t => {
  const { app, db } = await service(t)
  const agency = await anAgency(db)
  const { id, slug } = await anActivity(db, { visibility: 'operational', title: 'Warrants', leadAgencyId: agency.id })
  const named = await signedIn(app, db, { role: 'organiser', name: 'Nia Named', agencyId: agency.id })
  const colleague = await signedIn(app, db, { role: 'organiser', name: 'Colin League', agencyId: agency.id })
  const ours = await signedIn(app, db, { role: 'organiser', name: 'Olu Organiser' })
  await db.namedPerson.create({ data: { activityId: id, staffMemberId: named.member.id } })
  const url = `/staff/activities/${slug}/people`

  for (const { headers } of [colleague, ours]) {
    t.equal((await app.inject({ url, headers })).statusCode, 404)
    t.equal((await post(app, url, { shown: '', people: colleague.member.id }, headers)).statusCode, 404)
    t.notMatch((await app.inject({ url: '/staff/activities', headers })).body, 'Warrants')
  }
  const page = perceived(await app.inject({ url, headers: named.headers }))
  t.match(page.text, /for everyone who is not ticked here it does not exist.*If you take yourself off/i)

  t.match((await post(app, url, { shown: named.member.id, people: [named.member.id, colleague.member.id].join(',') }, named.headers))
    .headers.location, /done=people$/)
  t.equal((await app.inject({ url, headers: colleague.headers })).statusCode, 200)
  const settings = await app.inject({ url: `/staff/activities/${slug}/settings`, headers: colleague.headers })
  t.match(perceived(settings).text, /Who may know of it Colin League, Nia Named/)

  const left = await post(app, url, { shown: named.member.id, people: '' }, named.headers)
  t.equal(left.headers.location, '/staff/activities', 'who took themselves off is not led to what they know no more')
  t.equal((await app.inject({ url, headers: named.headers })).statusCode, 404)
  const last = await post(app, url, { shown: colleague.member.id, people: '' }, colleague.headers)
  t.equal(last.statusCode, 409)
  t.strictSame(perceived(last).errors, [{ field: 'people', sentence: 'Leave at least one person who may know of it.' }])
  t.strictSame((await db.auditEntry.findMany({ where: { action: 'named-people.changed' }, orderBy: { id: 'asc' } }))
    .map(({ details }) => details), [{ added: colleague.member.id }, { removed: named.member.id }])
})

t.test('a title that hidden work has gives no number to the address of another', async t => {
  const { app, db } = await service(t)
  await aCampaign(db)
  const made = async (visibility: string) => {
    const { headers } = await signedIn(app, db, { role: 'organiser', agencyId: (await anAgency(db)).id })
    const form = filledIn((await app.inject({ url: '/staff/activities/new', headers })).body)
    const answer = await post(app, '/staff/activities/new', { ...form, ...workshopForm, title: 'Talk for drivers', visibility }, headers)
    return answer.headers.location?.replace(/^.*\/|\?.*$/g, '')
  }

  t.match(await made('agency'), /^talk-for-drivers-[0-9a-f]{6}$/)
  t.match(await made('operational'), /^activity-[0-9a-f]{12}$/)
  t.equal(await made('partners'), 'talk-for-drivers')
  t.match(await made('agency'), /^talk-for-drivers-[0-9a-f]{6}$/, 'as if there was no other')
})

t.test('nobody can be named whose agency has no part in it, nor read who that is', async t => {
  const { app, db } = await service(t)
  const agency = await anAgency(db)
  const { id, slug } = await anActivity(db, { visibility: 'operational', leadAgencyId: agency.id })
  const { headers, member } = await signedIn(app, db, { role: 'organiser', agencyId: agency.id })
  await db.namedPerson.create({ data: { activityId: id, staffMemberId: member.id } })
  const strange = await aStaffMember(db, { name: 'Stan Strange', role: 'organiser', agencyId: (await anAgency(db)).id })
  const url = `/staff/activities/${slug}/people`

  t.notMatch((await app.inject({ url, headers })).body, 'Stan Strange')
  t.equal((await post(app, url, { shown: '', people: strange.id }, headers)).statusCode, 409)
  t.equal(await db.namedPerson.count(), 1)
})

t.test('who makes or hides operational work goes on knowing of it, and its address does not tell its title', async t => {
  const { app, db } = await service(t)
  await aCampaign(db)
  const maker = await signedIn(app, db, { role: 'organiser' })
  const url = '/staff/activities/new'
  const form = filledIn((await app.inject({ url, headers: maker.headers })).body)
  const made = await post(app, url, {
    ...form, ...workshopForm, title: 'Warrants at dawn', visibility: 'operational'
  }, maker.headers)
  t.equal(made.statusCode, 303)
  t.match(made.headers.location, /^\/staff\/activities\/activity-[0-9a-f]{12}\?done=created$/)
  t.equal((await app.inject({ url: made.headers.location ?? '', headers: maker.headers })).statusCode, 200)

  const [{ slug = '' } = {}] = await db.activity.findMany()
  await post(app, `/staff/activities/${slug}/repeat`, {
    how: 'weekly', weeks: '2', days: '', submission: randomUUID()
  }, maker.headers)
  t.equal(await db.namedPerson.count({ where: { staffMemberId: maker.member.id } }), 3, 'and of what repeats it')
})
