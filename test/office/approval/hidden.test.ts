// Subject: the database.
import t from 'tap'
import type { Test } from 'tap'
import { announceDigests } from '../../../src/office/approval/digests.ts'
import { filledIn, formsOn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { aCampaign, anActivity, announced, noon } from '../../support/world.ts'

/** A week in which Cora of another agency approves what becomes public; Olu's agency leads a stall in her district. */
async function aWeek (t: Test, status: string, visibility = 'public') {
  const { app, db, outbox } = await service(t)
  const campaign = await aCampaign(db, {
    kind: 'week-of-action', needsApproval: true, districts: ['Bury'], slug: 'the-week'
  })
  const [ours, theirs] = [await anAgency(db), await anAgency(db, { name: 'Bury Council' })]
  const olu = await signedIn(app, db, { role: 'organiser', agencyId: ours.id })
  const admin = await signedIn(app, db, { role: 'admin' })
  const cora = await signedIn(app, db, { role: 'organiser', agencyId: theirs.id })
  await db.coordinator.create({ data: { campaignId: campaign.id, staffMemberId: cora.member.id, districts: ['Bury'] } })
  const { id, slug } = await anActivity(db, {
    campaignId: campaign.id,
    kind: 'stall',
    booking: 'none',
    capacity: null,
    isOnline: false,
    venue: 'The market',
    district: 'Bury',
    leadAgencyId: ours.id,
    title: 'A stall',
    status,
    visibility
  })
  const href = `/staff/activities/${slug}`
  const edit = async (given: object, { headers } = olu) => {
    const form = filledIn((await app.inject({ url: `${href}/edit`, headers })).body)
    const first = await post(app, `${href}/edit`, { ...form, ...given }, headers)
    return first.statusCode === 303 ? first : await post(app, `${href}/edit`, filledIn(first.body), headers)
  }
  /** What Cora reads of it, on every page that names what waits for her. */
  const read = async () => {
    const urls = ['/staff/approvals', '/staff/approvals/reading', '/staff/activities', '/staff', href, `${href}/approval`, `${href}/proposal`]
    const pages = await Promise.all(urls.map(async url => (await app.inject({ url, headers: cora.headers })).body))
    return [...new Set(pages.flatMap(body => body.match(/SECRET|A stall|bigger/g) ?? []))]
  }
  /** Gives her district's form its token, as it was before. */
  const buttonOf = async (at: string) => {
    const { body } = await app.inject({ url: `${href}/${at}`, headers: cora.headers })
    const action = at === 'approval' ? `${href}/approval` : `${href}/proposal/approval`
    return Object.fromEntries(formsOn(body, href).find(form => form.action === action)?.fields ?? [])
  }
  const waiting = async () => [await db.approvalRequest.count(), await db.proposal.count()]
  return { app, db, outbox, href, id, olu, admin, cora, edit, read, buttonOf, waiting }
}

for (const hidden of ['agency', 'partners', 'operational']) {
  t.test(`a draft that is made “${hidden}” while it waits is read and published by no other agency`, async t => {
    const { app, db, outbox, href, id, olu, cora, edit, read, buttonOf, waiting } = await aWeek(t, 'draft')
    t.equal((await post(app, `${href}/approval/request`, {}, olu.headers)).statusCode, 303)
    t.strictSame(await read(), ['A stall'], 'until then it waits for her')
    const button = await buttonOf('approval')
    t.match(button, { read: String })

    t.equal((await edit({ visibility: hidden, title: 'SECRET' })).statusCode, 303)
    t.strictSame(await waiting(), [0, 0])
    t.strictSame(await read(), [])
    await announceDigests(db, outbox, noon)
    t.strictSame(await announced(db, 'approval-digest.due'), [], 'nobody is emailed of it')
    t.equal((await post(app, `${href}/approval`, button, cora.headers)).statusCode, 404)
    t.match(await db.activity.findUnique({ where: { id } }), { status: 'draft' })
  })

  t.test(`so is the change of what is published and made “${hidden}”`, async t => {
    const { href, admin, edit, read, waiting } = await aWeek(t, 'published')
    t.match((await edit({ title: 'A bigger stall' })).headers.location, `${href}/proposal`)
    t.strictSame((await read()).sort(), ['A stall', 'bigger'])
    t.equal((await edit({ visibility: hidden, title: 'SECRET' }, admin)).statusCode, 303)
    t.strictSame(await waiting(), [0, 0])
    // To what partners see she was not let in by what waited.
    t.strictSame(await read(), hidden === 'partners' ? ['SECRET'] : [])
  })
}

t.test('what is hidden and asks to become public waits, until it is hidden more', async t => {
  const { href, admin, edit, read, waiting } = await aWeek(t, 'published', 'agency')
  t.match((await edit({ visibility: 'public' })).headers.location, `${href}/proposal`)
  t.strictSame(await read(), ['A stall'])
  t.equal((await edit({ visibility: 'partners' }, admin)).statusCode, 303)
  t.strictSame(await waiting(), [0, 1], 'shown to more people, it asks still to be shown to all')
  t.equal((await edit({ visibility: 'operational' }, admin)).statusCode, 303)
  t.strictSame([await waiting(), await read()], [[0, 0], []])
})

t.test('what no trigger has ended shows nothing either', async t => {
  const { app, db, href, id, olu, cora, read } = await aWeek(t, 'draft', 'agency')
  await db.approvalRequest.create({ data: { activityId: id, askedById: olu.member.id, askedAt: noon.toJSDate() } })
  t.strictSame(await read(), [])
  t.equal((await post(app, `${href}/approval`, {}, cora.headers)).statusCode, 404)
  await db.activity.update({ where: { id }, data: { status: 'published' } })
  await db.proposal.create({ data: { activityId: id, changes: { title: ['A stall', 'SECRET'] }, askedAt: noon.toJSDate() } })
  t.strictSame(await read(), [])
})

t.test('a coordinator whose agency takes part approves nothing that nobody asks for', async t => {
  const { app, db, href, id, cora, buttonOf } = await aWeek(t, 'draft')
  await db.activityPartner.create({ data: { activityId: id, agencyId: cora.member.agencyId ?? '' } })
  t.strictSame(await buttonOf('approval'), {})
  const pressed = await post(app, `${href}/approval`, {}, cora.headers)
  t.equal(pressed.statusCode, 409)
  t.match(perceived(pressed).errors, [{ sentence: /Nobody asks for approval/ }])
  t.match(await db.activity.findUnique({ where: { id } }), { status: 'draft' })
})

t.test('while somebody asks for approval, nothing is published that was not read', async t => {
  const { app, db, href, id, olu, admin, edit } = await aWeek(t, 'draft')
  await post(app, `${href}/approval/request`, {}, olu.headers)
  const publish = async (at: string, fields: Record<string, string>) =>
    (await post(app, `${href}/${at}`, fields, admin.headers)).statusCode
  const pageOf = async (at: string) => await app.inject({ url: `${href}/${at}`, headers: admin.headers })
  const fieldsOf = (body: string, at: string) =>
    Object.fromEntries(formsOn(body, href).find(({ action }) => action === `${href}/${at}`)?.fields ?? [])
  for (const at of ['approval', 'publish']) {
    t.equal(await publish(at, {}), 409, `${at}, with no version`)
    const before = await pageOf(at)
    t.match(perceived(before).text, /What everyone would read A stall Stall/)
    await edit({ summary: `Changed before ${at}` })
    t.equal(await publish(at, fieldsOf(before.body, at)), 409, `${at}, with an older version`)
    t.match(await db.activity.findUnique({ where: { id } }), { status: 'draft' })
    t.equal(await publish(at, fieldsOf((await pageOf(at)).body, at)), 303)
    await db.activity.update({ where: { id }, data: { status: 'draft' } })
    await post(app, `${href}/approval/request`, {}, olu.headers)
  }
  await post(app, `${href}/approval/return`, { reason: 'Say where.' }, admin.headers)
  t.equal(await publish('publish', {}), 409, 'nor what was sent back')
})
