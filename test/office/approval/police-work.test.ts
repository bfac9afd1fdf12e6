import t from 'tap'
import type { Test } from 'tap'
import { makeAnotherDate } from '../../../src/booking/waiting-list/another-date.ts'
import { importProgramme } from '../../../src/programme/programme-file/commands.ts'
import { programmeFileOf, readProgrammeFile } from '../../../src/programme/programme-file/csv-file.ts'
import type { ProgrammeRefused } from '../../../src/programme/programme-file/errors.ts'
import { listProgramme } from '../../../src/programme/programme-file/queries.ts'
import { rowOf } from '../../../src/programme/programme-file/row.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { aStaffMember, anAgency, organiser, signedIn } from '../../support/staff.ts'
import { aCampaign, anActivity, noon, secretKey, world } from '../../support/world.ts'

const seal = joinLinkSeal(secretKey)
const patrol = {
  kind: 'disruption', visibility: 'operational', booking: 'none', capacity: null, isOnline: false, title: 'Patrols', slug: 'patrols'
}
const over = { startsAt: noon.minus({ hours: 3 }).toJSDate(), endsAt: noon.minus({ hours: 1 }).toJSDate() }
const notPublic = /Who may see it must not be public for a disruption or compliance visit, or for what was one/

async function atWork (t: Test, given: object = {}) {
  const its = await service(t)
  const { app, db } = its
  const campaign = await aCampaign(db, { slug: 'the-week' })
  const agency = await anAgency(db)
  const activity = await anActivity(db, { ...patrol, campaignId: campaign.id, leadAgencyId: agency.id, ...given })
  const { headers, member } = await signedIn(app, db, { role: 'organiser', agencyId: agency.id })
  await db.namedPerson.create({ data: { activityId: activity.id, staffMemberId: member.id } })
  const url = `/staff/activities/${activity.slug}/edit`
  const edit = async (given: object) => {
    const form = filledIn((await app.inject({ url, headers })).body)
    const read = await post(app, url, { ...form, ...given }, headers)
    return read.statusCode === 200 ? await post(app, url, filledIn(read.body), headers) : read
  }
  const stored = async () => await db.activity.findUniqueOrThrow({ where: { id: activity.id } })
  return { ...its, campaign, agency, activity, headers, member, edit, stored }
}

t.test('a patrol does not become public by another kind, in one save or in two', async t => {
  const { edit, stored } = await atWork(t)

  const atOnce = await edit({ kind: 'other', visibility: 'public' })
  t.match(perceived(atOnce).errors, [{ field: 'visibility', sentence: notPublic }])
  t.equal((await edit({ kind: 'other' })).statusCode, 303)
  t.match(await stored(), { kind: 'other', visibility: 'operational', wasPoliceWork: true })
  t.match(perceived(await edit({ visibility: 'public' })).errors, [{ field: 'visibility', sentence: notPublic }])
  for (const visibility of ['agency', 'partners']) {
    t.match(perceived(await edit({ visibility })).errors, [{ field: 'visibility', sentence: /must be operational/ }])
  }
  t.match(await stored(), { visibility: 'operational' })
})

t.test('of another kind it is shown when it is over and a second person agrees, and its kind stays while it is shown', async t => {
  const { app, db, agency, activity, headers, stored } = await atWork(t, over)
  const { headers: second, member } = await signedIn(app, db, { role: 'organiser', agencyId: agency.id })
  await db.namedPerson.create({ data: { activityId: activity.id, staffMemberId: member.id } })
  await db.activity.update({ where: { id: activity.id }, data: { kind: 'other' } })
  const url = '/staff/activities/patrols/release'

  t.match(perceived(await app.inject({ url: '/staff/activities/patrols/settings', headers })).text, /Shown to everyone/)
  t.equal((await post(app, url, {}, headers)).statusCode, 303)
  t.equal((await post(app, `${url}/agreement`, {}, second)).statusCode, 303)
  t.match(await stored(), { visibility: 'public' })
  await t.rejects(db.release.delete({ where: { activityId: activity.id } }), /is public still/)
  t.equal((await post(app, `${url}/end`, {}, headers)).statusCode, 303)
  t.match(await stored(), { visibility: 'operational' })
})

t.test('nor by a programme file, in one or in two', async t => {
  const { db, outbox } = await world(t)
  await anActivity(db, patrol)
  const importWith = async (given: object) => {
    const [listed] = await listProgramme(db, seal)
    if (listed === undefined) throw new Error('There is no activity.')
    const file = Buffer.from(programmeFileOf([{ ...rowOf(listed), ...given }]))
    await importProgramme(db, outbox, seal, readProgrammeFile(file), { dryRun: false, overwrite: true }, noon)
  }
  const refused = async (given: object, text: RegExp) => {
    const error = await importWith(given).then(() => undefined, (error: unknown) => error)
    t.match((error as ProgrammeRefused | undefined)?.problems, [{ row: 2, column: 'visibility', text }])
  }

  await refused({ kind: 'other', visibility: 'public' }, /^must not be public for a disruption/)
  await refused({ visibility: 'partners' }, /^must be operational for a disruption/)
  await importWith({ kind: 'other' })
  await refused({ visibility: 'public' }, /^must not be public for a disruption/)
  await refused({ visibility: 'agency' }, /^must be operational for a disruption/)
  t.match(await db.activity.findFirst(), { kind: 'other', visibility: 'operational' })
})

t.test('nor by a change that a coordinator approves', async t => {
  const { app, db, campaign, activity, member, stored } = await atWork(t, { kind: 'other', wasPoliceWork: true })
  await db.campaign.update({ where: { id: campaign.id }, data: { needsApproval: true } })
  const { headers } = await signedIn(app, db)
  await db.proposal.create({
    data: {
      activityId: activity.id, askedById: member.id, askedAt: noon.toJSDate(), changes: { visibility: ['operational', 'public'] }
    }
  })

  const url = '/staff/activities/patrols/proposal'
  const page = await app.inject({ url, headers })
  const answer = await post(app, `${url}/approval`, filledIn(page.body), headers)

  t.match(perceived(answer).text, /must not be public for a disruption/)
  t.equal(await db.proposal.count(), 1)
  t.match(await stored(), { visibility: 'operational' })
})

t.test('nor does a copy of it: on its own, on other days, of its week, on another date', async t => {
  const { app, db, outbox, headers, campaign, edit } = await atWork(t)
  await edit({ kind: 'other' })
  const create = '/staff/activities/new?from=patrols'
  const form = filledIn((await app.inject({ url: create, headers })).body)
  const copy = { ...form, starts_day: '2026-12-14', starts_time: '10:00', ends_time: '12:00' }
  t.match(perceived(await post(app, '/staff/activities/new', { ...copy, visibility: 'public' }, headers)).errors,
    [{ field: 'visibility', sentence: notPublic }])
  t.equal((await post(app, '/staff/activities/new', copy, headers)).statusCode, 303)
  t.equal(await db.activity.count({ where: { wasPoliceWork: true, visibility: 'operational', kind: 'other' } }), 2)

  const admin = (await signedIn(app, db)).headers
  const week = await app.inject({ url: `/staff/campaigns/${campaign.slug}/copy?first_day=2027-11-29&title=Next`, headers: admin })
  t.match(perceived(week).text, /It is operational work/)

  await db.activity.updateMany({ where: { slug: 'patrols' }, data: over })
  const shown = await db.activity.findUniqueOrThrow({ where: { slug: 'patrols' } })
  await db.release.create({
    data: {
      activityId: shown.id,
      askedById: crypto.randomUUID(),
      askedAt: noon.toJSDate(),
      agreedById: crypto.randomUUID(),
      agreedAt: noon.toJSDate()
    }
  })
  await db.activity.update({ where: { id: shown.id }, data: { visibility: 'public' } })
  t.match(perceived(await app.inject({ url: `/staff/campaigns/${campaign.slug}/copy?first_day=2027-11-29&title=Next`, headers: admin })).text,
    /It is operational work.*It is operational work/, 'what two people have shown too')
  const by = await aStaffMember(db)
  const slug = await makeAnotherDate(db, outbox, shown.id, {
    startsAt: noon.plus({ days: 8 }), joinUrlSealed: undefined, confirmed: undefined
  }, { ...organiser, id: by.id }, noon)
  t.match(await db.activity.findUnique({ where: { slug }, include: { namedPeople: true } }), {
    visibility: 'operational', wasPoliceWork: true, kind: 'other'
  })
  t.equal(await db.namedPerson.count({ where: { staffMemberId: by.id } }), 1)
})

t.test('the database remembers it for good, and beside a version that does not know of it', async t => {
  const { db } = await world(t)
  const kindOf = async (id: string, kind: string) => await db.activity.update({ where: { id }, data: { kind } })
  const publish = async (id: string) => await db.activity.update({ where: { id }, data: { visibility: 'public' } })

  const { id, ...visit } = await anActivity(db, { ...patrol, kind: 'compliance-visit' })
  await t.rejects(db.activity.update({ where: { id }, data: { kind: 'other', visibility: 'public' } }), /two people have agreed/)
  await kindOf(id, 'other')
  await t.rejects(publish(id), /two people have agreed/)
  await db.activity.update({ where: { id }, data: { wasPoliceWork: false } })
  await t.rejects(publish(id), /two people have agreed/, 'it cannot be forgotten')
  const { icalUid: _, wasPoliceWork: __, ...row } = visit
  const another = await db.activity.create({ data: { ...row, kind: 'other', slug: 'another', anotherDateOfId: id } })
  await t.rejects(publish(another.id), /two people have agreed/, 'another date by an older version')
  const stall = await anActivity(db, { ...patrol, slug: 'stall', kind: 'stall', visibility: 'public' })
  await t.rejects(db.activity.update({ where: { id: stall.id }, data: { wasPoliceWork: true } }), /two people have agreed/)

  const slip = await anActivity(db, { ...patrol, slug: 'slip', visibility: 'agency', status: 'draft' })
  await kindOf(slip.id, 'stall')
  t.match(await publish(slip.id), { wasPoliceWork: false }, 'a draft that had the wrong kind')
  const published = await anActivity(db, { ...patrol, slug: 'published', visibility: 'agency' })
  t.equal((await kindOf(published.id, 'stall')).wasPoliceWork, true, 'what was published for its agency')
})

t.test('a visit that an agency’s people know of from before stays as it is until it is changed', async t => {
  const { db, outbox } = await world(t)
  await anActivity(db, { ...patrol, visibility: 'agency' })
  const load = async (given: object) => {
    const [listed] = await listProgramme(db, seal)
    if (listed === undefined) throw new Error('There is no activity.')
    const records = readProgrammeFile(Buffer.from(programmeFileOf([{ ...rowOf(listed), ...given }])))
    return await importProgramme(db, outbox, seal, records, { dryRun: false, overwrite: true }, noon)
  }

  t.match(await load({}), [{ outcome: 'unchanged' }])
  await t.rejects(load({ title: 'Patrols in town' }), /row 2, visibility: must be operational/)
  t.match(await load({ title: 'Patrols in town', visibility: 'operational' }), [{ outcome: 'updated' }])
})
