import { randomUUID } from 'node:crypto'
import t from 'tap'
import { filledIn, tokenOn } from '../../support/filled-in.ts'
import { countedService, perceived, post, service } from '../../support/service.ts'
import { aStaffMember, anAgency, signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, countWaitingForLocks, noon, warm } from '../../support/world.ts'
import { aWeek } from './week.ts'

/** Ticked activities, with a button. */
function ticked (ids: readonly string[], given: Record<string, string> = {}): string {
  const sent = new URLSearchParams(given)
  for (const id of ids) sent.append('activities', id)
  return sent.toString()
}

const planned = {
  stage: 'confirmed',
  owner: 'someone-else',
  owner_name: 'PC Sam Carter',
  owner_email: 'team@police.example',
  staffing: '2 officers',
  materials: 'A gazebo',
  risk: 'done',
  risk_by: 'Ann Birch',
  risk_on: '2026-11-20',
  notes: 'Ring the mill first'
}

t.test('an organiser plans an activity, and the board shows who looks after it', async t => {
  const { app, db } = await service(t)
  const activity = await anActivity(db, { status: 'draft', district: 'Bolton' })
  const { slug: campaign } = await db.campaign.findUniqueOrThrow({ where: { id: activity.campaignId } })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = `/staff/activities/${activity.slug}/plan`
  const board = `/staff/campaigns/${campaign}/board`
  t.match(perceived(await app.inject({ url: board, headers })).text, /Nobody looks after it.*No risk assessment/)

  const form = { ...filledIn((await app.inject({ url, headers })).body), ...planned }
  const answer = await post(app, url, form, headers)

  t.equal(answer.headers.location, `/staff/activities/${activity.slug}?done=planned`, perceived(answer).text)
  t.match(perceived(await app.inject({ url: answer.headers.location ?? '', headers })).text, /The plan is saved\..*Confirmed PC Sam Carter/)
  const { text } = perceived(await app.inject({ url: board, headers }))
  t.match(text, /Confirmed.*PC Sam Carter.*2 officers/)
  t.notMatch(text, 'No risk assessment')
  t.match(text, /Materials: A gazebo.*Risk assessment: Done by Ann Birch on 20 November 2026/)
  t.notMatch(text, 'Ring the mill first')
  t.match(filledIn((await app.inject({ url, headers })).body), planned)
  t.match(await db.auditEntry.findFirst({ where: { action: 'plan.changed' } }), { subject: activity.slug, details: { stage: ['idea', 'confirmed'] } })
  const csv = (await app.inject({ url: `${board}.csv`, headers })).body
  t.match(csv, /Confirmed,draft,public,PC Sam Carter,team@police.example,2 officers,A gazebo,Done,Ann Birch,2026-11-20/)
  await db.activity.updateMany({ data: { runBy: 'Hill School' } })
  t.match((await app.inject({ url: `${board}.csv`, headers })).body, /,run_by\r\n.*,Hill School\r\n/)
})

t.test('what is wrong with a plan gets a sentence, and what was typed stays', async t => {
  const { app, db } = await service(t)
  const { slug, id } = await anActivity(db)
  const elsewhere = await aStaffMember(db, { agencyId: (await anAgency(db)).id })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  await db.activity.update({ where: { id }, data: { leadAgencyId: null } })
  const url = `/staff/activities/${slug}/plan`
  const form = { ...filledIn((await app.inject({ url, headers })).body), ...planned }

  for (const [given, field, sentence] of [
    [{ stage: 'done' }, 'stage', 'is not over yet'],
    [{ stage: 'idea' }, 'stage', 'Take it down first'],
    [{ owner_name: '' }, 'owner_name', 'Enter the name'],
    [{ owner_email: 'x' }, 'owner_email', 'Enter an email address'],
    [{ owner: randomUUID() }, 'owner', 'does not work here'],
    [{ risk_by: '' }, 'risk_by', 'Enter who did'],
    [{ risk_on: 'Friday' }, 'risk_on', 'like 2026-12-01'],
    [{ notes: 'x'.repeat(2001) }, 'notes', '2,000 characters'],
    [{ colour: 'red' }, 'form', 'no field']
  ] as Array<[Record<string, string>, string, string]>) {
    const answer = await post(app, url, { ...form, ...given }, headers)
    t.match(perceived(answer).errors, [{ field, sentence: new RegExp(sentence) }], JSON.stringify(given))
    t.match(filledIn(answer.body), { staffing: '2 officers', materials: 'A gazebo' })
  }
  t.equal(await db.activityPlan.count(), 0)
  t.equal((await post(app, url, { ...form, owner: elsewhere.id }, headers)).statusCode, 303, 'the partnership may name anyone')
  t.match(await db.activityPlan.findFirst(), { ownerId: elsewhere.id, ownerName: '' })
})

t.test('of two who edit one plan, the second reads what the first has made of it', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = `/staff/activities/${slug}/plan`
  const form = { ...filledIn((await app.inject({ url, headers })).body), ...planned }
  await post(app, url, { ...form, staffing: 'Nobody yet' }, headers)

  const answer = await post(app, url, form, headers)

  t.equal(answer.statusCode, 409)
  t.match(perceived(answer).text, /Staffing There now Nobody yet Yours 2 officers/)
  t.match(await db.activityPlan.findFirst(), { staffing: 'Nobody yet' })
  t.equal((await post(app, url, filledIn(answer.body), headers)).statusCode, 303, 'and saves what they mean')
  t.match(await db.activityPlan.findFirst(), { staffing: '2 officers' })
})

t.test('of many who plan or mark one activity at the same moment, nobody undoes what they have not read', async t => {
  const { app, db } = await service(t)
  const { slug, id, campaignId } = await anActivity(db, { status: 'draft' })
  const { slug: campaign } = await db.campaign.findUniqueOrThrow({ where: { id: campaignId } })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = `/staff/activities/${slug}/plan`
  const form = { ...filledIn((await app.inject({ url, headers })).body), ...planned }
  await warm(db)

  const answers = await Promise.all([1, 2, 3, 4].map(async n => await post(app, url, { ...form, staffing: `${n} officers` }, headers)))
  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [303, 409, 409, 409])

  await db.activityPlan.deleteMany()
  const marks = await Promise.all([1, 2, 3, 4].map(async () =>
    await post(app, `/staff/campaigns/${campaign}/board/stages`, ticked([id], { stage: 'confirmed' }), headers)))
  t.strictSame(marks.map(({ statusCode }) => statusCode), [303, 303, 303, 303])
})

t.test('several are marked at once: all, or none with a sentence for each that cannot be', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug } = await aCampaign(db)
  const [over, draft, cancelled] = [
    await anActivity(db, { campaignId, title: 'Over', startsAt: noon.minus({ hours: 2 }).toJSDate(), endsAt: noon.minus({ hours: 1 }).toJSDate() }),
    await anActivity(db, { campaignId, title: 'To come', status: 'draft' }),
    await anActivity(db, { campaignId, title: 'Off', status: 'cancelled' })
  ]
  const elsewhere = await anActivity(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const board = `/staff/campaigns/${slug}/board`
  const mark = async (ids: string[], stage: string) => await post(app, `${board}/stages?rows=district`, ticked(ids, { stage }), headers)

  const refused = await mark([over.id, draft.id, cancelled.id], 'done')
  t.equal(refused.statusCode, 409)
  t.strictSame(perceived(refused).errors.map(({ sentence }) => sentence),
    ['“Off” is cancelled, as people were told', '“To come” is not over yet, so it cannot be done'])
  t.equal(await db.activityPlan.count(), 0, 'none is marked')
  t.equal((await mark([draft.id, elsewhere.id], 'confirmed')).statusCode, 409, 'one of another campaign is not there')
  t.match(perceived(await mark([], 'done')).errors, [{ sentence: 'Choose at least one activity' }])

  const answer = await mark([over.id], 'done')
  t.equal(answer.headers.location, `${board}?rows=district&done=marked&n=1`)
  t.match(perceived(await app.inject({ url: answer.headers.location ?? '', headers })).text, '1 activity is marked.')
  await mark([over.id, draft.id], 'confirmed')
  t.strictSame((await db.activityPlan.findMany()).map(({ stage }) => stage), ['confirmed', 'confirmed'])
  t.equal(await db.auditEntry.count({ where: { action: 'plan.changed' } }), 3)
})

t.test('several drafts are deleted after what goes was read, or none', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug } = await aCampaign(db)
  const drafts = []
  for (const title of ['One', 'Two', 'Three']) drafts.push(await anActivity(db, { campaignId, title, status: 'draft' }))
  const [one, two, three] = drafts.map(({ id }) => id) as [string, string, string]
  const published = await anActivity(db, { campaignId, title: 'Seen by all' })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = `/staff/campaigns/${slug}/board/deletion`
  const send = async (ids: string[], confirmed?: string) =>
    await post(app, url, ticked(ids, confirmed === undefined ? {} : { confirmed }), headers)

  const stays = await send([one, published.id])
  t.equal(stays.statusCode, 409)
  t.match(perceived(stays).text, /“Seen by all”.*Only a draft can be deleted.*Go on with the other one/)

  const question = await send([one, two])
  t.equal(perceived(question).h1, 'Do you want to delete these 2 drafts?')
  t.equal(await db.activity.count(), 4, 'to look changes nothing')
  const other = await send([one, two, three], tokenOn(question.body))
  t.match(perceived(other).text, /Something has changed while you were reading.*“Three”/, 'not more than was read')
  t.equal(await db.activity.count(), 4)

  await aBooking(db, two, { status: 'cancelled' })
  t.match(perceived(await send([one, two], tokenOn(question.body))).text, /“Two”.*1 booking was made for it/, 'someone booked meanwhile')
  t.equal(await db.activity.count(), 4, 'nor is the other one deleted')

  const both = await send([one, three])
  const answer = await send([one, three], tokenOn(both.body))
  t.match(answer.headers.location, /done=deleted&n=2$/)
  t.strictSame((await db.activity.findMany({ orderBy: { title: 'asc' } })).map(({ title }) => title), ['Seen by all', 'Two'])
  t.equal(await db.auditEntry.count({ where: { action: 'activity.deleted' } }), 2)
  t.equal((await send([one, three], tokenOn(both.body))).statusCode, 409, 'pressed twice')
})

t.test('a draft that is published while it is being deleted with others stays', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug } = await aCampaign(db)
  const ids = [(await anActivity(db, { campaignId, status: 'draft' })).id, (await anActivity(db, { campaignId, status: 'draft' })).id]
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = `/staff/campaigns/${slug}/board/deletion`
  const confirmed = tokenOn((await post(app, url, ticked(ids), headers)).body)
  await warm(db)

  let deleting
  await db.$transaction(async tx => {
    await tx.activity.update({ where: { id: ids[0] ?? '' }, data: { status: 'published' } })
    deleting = post(app, url, ticked(ids, { confirmed }), headers)
    while (await countWaitingForLocks(db) === 0);
  })

  t.match(await deleting, { statusCode: 409 })
  t.equal(await db.activity.count(), 2)
})

t.test('people see on the board what they may know of, and mark what they run', async t => {
  const { app, db } = await service(t)
  const { campaign, agencies, ids } = await aWeek(db, 24)
  const [first] = agencies
  await db.activity.update({ where: { id: ids[5] ?? '' }, data: { title: 'Warrant at dawn', visibility: 'operational', leadAgencyId: agencies[1]?.id ?? null } })
  const url = `/staff/campaigns/${campaign.slug}/board`
  const see = async (given: Parameters<typeof signedIn>[2]) => {
    const { headers } = await signedIn(app, db, given)
    const answer = await app.inject({ url, headers })
    const csv = await app.inject({ url: `${url}.csv`, headers })
    return { headers, status: answer.statusCode, ...perceived(answer), csv: csv.body, rows: csv.body.split('\r\n').length - 2 }
  }

  const admin = await see({})
  t.match(admin.text, /24 activities.*Warrant at dawn/)
  const organiser = await see({ role: 'organiser' })
  t.match(organiser.text, '23 activities')
  t.notMatch(organiser.text + organiser.csv, 'Warrant at dawn')
  const agency = await see({ role: 'organiser', agencyId: first?.id ?? null })
  t.match(agency.text, agency.rows === 1 ? '1 activity' : `${agency.rows} activities`)
  t.equal(agency.rows, await db.activity.count({ where: { leadAgencyId: first?.id ?? '' } }))
  t.equal((await see({ role: 'host' })).status, 404, 'who hosts none of it')
  const notTheirs = ids.find((_, n) => n % 13 === 12) ?? ''
  t.equal((await post(app, `${url}/stages`, ticked([notTheirs], { stage: 'confirmed' }), agency.headers)).statusCode, 409)
  t.equal((await post(app, `${url}/stages`, ticked([notTheirs], { stage: 'confirmed' }), (await see({ role: 'staff' })).headers)).statusCode, 403)
  t.equal((await app.inject({ url: '/staff/campaigns/nothing/board', headers: admin.headers })).statusCode, 404)
})

t.test('the board is narrowed by plain addresses, and grows by no query', async t => {
  const { app, db, counted } = await countedService(t)
  const { campaign, agencies } = await aWeek(db, 10)
  const { headers } = await signedIn(app, db)
  const url = `/staff/campaigns/${campaign.slug}/board`
  const text = async (query: string) => perceived(await app.inject({ url: `${url}?${query}`, headers })).text
  const queriesOf = async () => {
    const before = counted.queries
    await app.inject({ url, headers })
    return counted.queries - before
  }

  t.match(await text('district=Bolton'), '2 activities')
  t.match(await text('stage=cancelled'), '1 activity')
  t.match(await text(`agency=${agencies[0]?.id}`), '1 activity')
  t.match(await text('from=2027-03-08'), 'There is nothing on these days')
  t.match(await text('rows=district&risk=missing'), /without a risk assessment.*Bolton/)
  for (const [query, field] of [['from=Friday', 'from'], ['rows=x', 'rows'], ['agency=x', 'agency'], ['stage=x', 'stage'], ['risk=x', 'risk']] as Array<[string, string]>) {
    const answer = await app.inject({ url: `${url}?${query}`, headers })
    t.equal(answer.statusCode, 400, query)
    t.equal(perceived(answer).errors.length, 1, `${query} ${field}`)
  }

  const few = await queriesOf()
  for (let n = 0; n < 30; n++) await anActivity(db, { campaignId: campaign.id, startsAt: new Date('2027-03-16T10:00Z'), endsAt: new Date('2027-03-16T11:00Z') })
  t.equal(await queriesOf(), few)
})
