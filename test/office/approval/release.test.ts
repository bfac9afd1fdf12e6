import t from 'tap'
import type { Test } from 'tap'
import { perceived, post, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { anActivity, noon, world } from '../../support/world.ts'

const over = { startsAt: noon.minus({ hours: 3 }).toJSDate(), endsAt: noon.minus({ hours: 1 }).toJSDate() }
const patrol = {
  kind: 'disruption', visibility: 'operational', booking: 'none', capacity: null, isOnline: false, title: 'Patrols'
}

async function aPatrol (t: Test, given: object = {}) {
  const { app, db } = await service(t)
  const agency = await anAgency(db)
  const activity = await anActivity(db, { ...patrol, ...over, leadAgencyId: agency.id, ...given })
  const someone = async (name: string, role = 'organiser') => {
    const { headers, member } = await signedIn(app, db, { name, role, agencyId: agency.id })
    await db.namedPerson.create({ data: { activityId: activity.id, staffMemberId: member.id } })
    return headers
  }
  const url = `/staff/activities/${activity.slug}/release`
  const isPublic = async () => (await app.inject(`/activities/${activity.slug}`)).statusCode === 200
  return { app, db, activity, url, isPublic, ada: await someone('Ada Asks'), bo: await someone('Bo Both') }
}

t.test('a patrol that is over is shown to everyone when a second person agrees, and hidden again by one', async t => {
  const { app, db, url, isPublic, ada, bo } = await aPatrol(t)

  const nobodyAsked = await post(app, `${url}/agreement`, {}, bo)
  t.equal(nobodyAsked.statusCode, 409)
  t.match((await post(app, url, {}, ada)).headers.location, /done=asked$/)
  t.equal((await post(app, url, {}, ada)).statusCode, 303, 'asked twice, it is asked once')
  const alone = await post(app, `${url}/agreement`, {}, ada)
  t.equal(alone.statusCode, 409)
  t.match(perceived(alone).errors, [{ sentence: 'You have asked for this yourself. Someone else has to agree.' }])
  t.notOk(await isPublic())

  t.match(perceived(await app.inject({ url, headers: bo })).text, /What everyone would read Patrols .*Ada Asks asked for this/)
  t.match((await post(app, `${url}/agreement`, {}, bo)).headers.location, /done=agreed$/)
  t.ok(await isPublic())
  t.match(perceived(await app.inject({ url, headers: ada })).text, /Ada Asks asked for this .* Bo Both agreed/)

  t.match((await post(app, `${url}/end`, {}, ada)).headers.location, /done=ended$/)
  t.notOk(await isPublic())
  t.equal(await db.release.count(), 0, 'to show it once more takes two again')
  t.strictSame((await db.auditEntry.findMany({ where: { action: { startsWith: 'release' } }, orderBy: { id: 'asc' } }))
    .map(({ action }) => action), ['release.asked', 'release.agreed', 'release.ended'])
})

t.test('nothing is shown to everyone before it is over, or while it is a draft', async t => {
  for (const [given, sentence] of [
    [{ endsAt: noon.plus({ minutes: 1 }).toJSDate() }, 'This can be shown to everyone only when it is over.'],
    [{ status: 'draft' }, 'Publish this first. That does not show it to the public.'],
    [{ kind: 'stall' }, 'Only disruption and compliance visits need a second person. Edit who may see this.']
  ] as const) {
    const { app, url, ada, isPublic } = await aPatrol(t, given)
    const refused = await post(app, url, {}, ada)
    t.equal(refused.statusCode, 409, sentence)
    t.strictSame(perceived(refused).errors, [{ field: 'form', sentence }])
    t.match(perceived(await app.inject({ url, headers: ada })).text, sentence)
    t.notOk(await isPublic())
  }
})

t.test('who may not know of it may not agree to it either', async t => {
  const { app, db, url } = await aPatrol(t)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  for (const at of [url, `${url}/agreement`, `${url}/end`]) t.equal((await post(app, at, {}, headers)).statusCode, 404)
})

t.test('the database shows no visit to everyone that is not over, or that one person alone let through', async t => {
  const { db } = await world(t)
  const [one, other] = [crypto.randomUUID(), crypto.randomUUID()]
  const publish = async (id: string) => await db.activity.update({ where: { id }, data: { visibility: 'public' } })
  const released = async (activityId: string, agreedAt: Date | null, agreedById: string | null = other) =>
    await db.release.create({
      data: { activityId, askedById: one, askedAt: noon.toJSDate(), agreedById: agreedAt && agreedById, agreedAt }
    })

  await t.rejects(anActivity(db, { ...patrol, ...over, visibility: 'public' }), /two people have agreed/)
  const [alone, early, visit] = [
    await anActivity(db, { ...patrol, ...over }), await anActivity(db, { ...patrol, ...over }),
    await anActivity(db, { ...patrol, ...over, kind: 'compliance-visit' })
  ]
  await t.rejects(released(alone.id, noon.toJSDate(), one), /releases_two_people/)
  await t.rejects(publish(alone.id), /two people have agreed/)
  await released(alone.id, null)
  await t.rejects(publish(alone.id), /two people have agreed/, 'asked for only')
  await released(early.id, noon.minus({ hours: 2 }).toJSDate())
  await t.rejects(publish(early.id), /two people have agreed/, 'agreed to before it was over')
  await released(visit.id, noon.toJSDate())
  await publish(visit.id)
  await t.rejects(db.activity.update({ where: { id: visit.id }, data: { endsAt: noon.plus({ hours: 1 }).toJSDate() } }),
    /two people have agreed/, 'it is not over any more')
  await t.rejects(db.release.delete({ where: { activityId: visit.id } }), /is public still/)
  const stall = await anActivity(db, { kind: 'stall', isOnline: false })
  await t.rejects(db.activity.update({ where: { id: stall.id }, data: { kind: 'disruption' } }), /two people have agreed/)
  await db.activity.delete({ where: { id: visit.id } })
  t.equal(await db.release.count({ where: { activityId: visit.id } }), 0)
})
