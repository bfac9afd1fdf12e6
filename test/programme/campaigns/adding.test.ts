import { randomUUID } from 'node:crypto'
import t from 'tap'
import { createAgency } from '../../../src/programme/campaigns/commands.ts'
import { perceived, post, service } from '../../support/service.ts'
import { anAgency, organiser, signedIn } from '../../support/staff.ts'
import { anActivity, noon, warm, world } from '../../support/world.ts'

function aForm (given: Record<string, string> = {}): Record<string, string> {
  return {
    title: 'It’s Not OK',
    kind: 'programme',
    partnership: 'Cumbria Safeguarding Children Partnership',
    first_day: '',
    last_day: '',
    districts: 'Cumberland\r\n Eden \r\n',
    submission: randomUUID(),
    ...given
  }
}

t.test('an organiser adds a campaign, and a second press adds no second one', async t => {
  const { app, db } = await service(t)
  const { headers, member } = await signedIn(app, db, { role: 'organiser' })
  const form = aForm()

  for (let n = 0; n < 2; n++) {
    const answer = await post(app, '/staff/campaigns/new', form, headers)
    t.match(answer, { statusCode: 303, headers: { location: '/staff/campaigns/its-not-ok?done=added' } }, answer.body)
  }
  t.match(await db.campaign.findMany(), [{
    slug: 'its-not-ok', title: 'It’s Not OK', districts: ['Cumberland', 'Eden'], discreet: true, firstDay: null
  }])
  t.match(await db.auditEntry.findMany({ where: { action: 'campaign.added' } }), [{ staffMemberId: member.id, subject: 'its-not-ok' }])

  const other = await post(app, '/staff/campaigns/new', aForm(), headers)
  t.equal(other.headers.location, '/staff/campaigns/its-not-ok-2?done=added', 'another of that title')
  const page = await app.inject({ url: '/staff/campaigns/its-not-ok-2?done=added', headers })
  t.match(perceived(page).text, 'The campaign is added.')
})

t.test('a campaign whose title leaves no slug, or that of a page, has one of its own', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  for (const title of ['Діти', 'New']) await post(app, '/staff/campaigns/new', aForm({ title }), headers)
  t.strictSame((await db.campaign.findMany({ orderBy: { createdAt: 'asc' } })).map(({ slug }) => slug).sort(), ['campaign', 'new-2'])
})

t.test('a week of action has seven days unless told otherwise', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  await post(app, '/staff/campaigns/new', aForm({ kind: 'week-of-action', first_day: '2026-12-28' }), headers)
  const { lastDay, discreet } = await db.campaign.findFirstOrThrow()
  t.equal(lastDay?.toISOString().slice(0, 10), '2027-01-03')
  t.notOk(discreet, 'people tell its activities apart')
})

t.test('the public calendar of a new week tells its activities apart, that of a programme begins discreet', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  for (const [kind, names] of [
    ['week-of-action', ['Street surgery', 'Talk at the library']],
    ['programme', ['Online workshop – Cumbria Safeguarding Children Partnership']]
  ] as const) {
    await post(app, '/staff/campaigns/new', aForm({ title: kind, kind, districts: '' }), headers)
    const { id: campaignId, slug } = await db.campaign.findFirstOrThrow({ where: { title: kind } })
    for (const title of ['Street surgery', 'Talk at the library']) await anActivity(db, { campaignId, title })
    const feed = (await app.inject(`/calendar/${slug}.ics`)).body.replaceAll(/\r\n[ \t]/g, '')
    t.strictSame([...new Set([...feed.matchAll(/^SUMMARY:(.*)\r$/gm)].map(([, name]) => name))].sort(), names, kind)
  }
})

t.test('what is wrong with a new campaign is said beside it, and what was typed stays', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  const cases: Array<[Record<string, string>, string]> = [
    [{ title: '' }, 'Enter a title'],
    [{ title: 'x'.repeat(201) }, 'Title must be 200 characters or fewer'],
    [{ title: 'a\nb' }, 'Title must be on one line'],
    [{ kind: 'party' }, 'Select what it is'],
    [{ partnership: ' ' }, 'Enter who runs it'],
    [{ first_day: '2026-02-30' }, 'First day must be a day, like 2026-12-01'],
    [{ last_day: '2026-12-01' }, 'Enter the first day as well'],
    [{ first_day: '2026-12-02', last_day: '2026-12-01' }, 'Last day must not be before the first day'],
    [{ districts: 'Eden\neden' }, 'Districts must not name one twice'],
    [{ submission: 'x' }, 'This form is damaged.'],
    [{ colour: 'red' }, 'This form has no field “colour”.']
  ]
  for (const [given, sentence] of cases) {
    const answer = await post(app, '/staff/campaigns/new', aForm({ districts: 'Typed', ...given }), headers)
    t.equal(answer.statusCode, 400, sentence)
    t.match(perceived(answer).text, sentence)
    if (given.districts === undefined) t.match(answer.body, 'Typed', 'nothing that was typed is lost')
  }
  t.equal(await db.campaign.count(), 0)
})

t.test('an admin adds an agency and renames it; of one name there is one', async t => {
  const { app, db } = await service(t)
  const { headers, member } = await signedIn(app, db)
  const form = { name: 'Cumbria Police', submission: randomUUID() }
  for (let n = 0; n < 2; n++) t.equal((await post(app, '/staff/agencies', form, headers)).statusCode, 303)
  const twice = await post(app, '/staff/agencies', { name: 'CUMBRIA POLICE', submission: randomUUID() }, headers)
  t.equal(twice.statusCode, 409)
  t.match(perceived(twice).text, 'There is an agency named CUMBRIA POLICE already')

  t.equal((await post(app, '/staff/agencies/cumbria-police', { name: 'Cumbria Constabulary' }, headers)).statusCode, 303)
  await anAgency(db, { slug: 'nspcc', name: 'NSPCC' })
  const taken = await post(app, '/staff/agencies/nspcc', { name: 'Cumbria constabulary' }, headers)
  t.equal(taken.statusCode, 409)
  t.match(taken.body, 'href="#name-nspcc"')
  t.equal((await post(app, '/staff/agencies/nspcc', { name: '' }, headers)).statusCode, 400)
  t.equal((await post(app, '/staff/agencies/nobody', { name: 'A' }, headers)).statusCode, 404)

  t.strictSame((await db.agency.findMany({ orderBy: { slug: 'asc' } })).map(({ slug, name }) => [slug, name]),
    [['cumbria-police', 'Cumbria Constabulary'], ['nspcc', 'NSPCC']])
  t.strictSame((await db.auditEntry.findMany({ where: { action: { startsWith: 'agency' } }, orderBy: { id: 'asc' } }))
    .map(({ action, staffMemberId, details }) => [action, staffMemberId, details]), [
    ['agency.added', member.id, { name: 'Cumbria Police' }],
    ['agency.changed', member.id, { from: 'Cumbria Police', to: 'Cumbria Constabulary' }]
  ])
})

t.test('of two who add an agency of one name at once, one does', async t => {
  const { db } = await world(t)
  await warm(db)
  const added = await Promise.allSettled(Array.from({ length: 8 }, async () => {
    await createAgency(db, { id: randomUUID(), name: 'NSPCC' }, organiser, noon)
  }))
  t.equal(added.filter(({ status }) => status === 'fulfilled').length, 1)
  t.equal(await db.agency.count(), 1)
})
