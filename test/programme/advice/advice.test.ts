import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { Test } from 'tap'
import { adviceDraft, answersOf } from '../../../src/programme/advice/advice-page.ts'
import type { AdviceDraft } from '../../../src/programme/advice/advice-page.ts'
import { addAdvice, changeAdvice } from '../../../src/programme/advice/commands.ts'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { organiser, signedIn } from '../../support/staff.ts'
import { aCampaign, anActivity, noon, warm, world } from '../../support/world.ts'

const advice: AdviceDraft = {
  title: 'If a picture was shared',
  audience: 'parents',
  text: '# What to do\nStay calm.\n\n- Thank them\n- See https://www.ceop.police.uk/',
  links: [{ title: 'Report Remove', url: 'https://www.childline.org.uk/report-remove', about: 'Takes pictures down' }],
  status: 'published',
  position: 0
}

async function context (t: Test) {
  const its = await service(t)
  const { headers, member } = await signedIn(its.app, its.db, { role: 'organiser' })
  const campaign = await aCampaign(its.db, { slug: 'week', title: 'Know who your friends are' })
  const open = async (url: string) => filledIn((await its.app.inject({ url, headers })).body)
  const added = async (campaignId?: string, given: Partial<AdviceDraft> = {}) => {
    const id = randomUUID()
    await addAdvice(its.db, { ...advice, ...given, id, campaignId }, organiser, noon)
    return id
  }
  return { ...its, headers, member, campaign, open, added }
}

t.test('an organiser writes a page of advice, and it is on the page of its campaign with who to call', async t => {
  const { app, db, headers, member, campaign, open } = await context(t)
  await anActivity(db, { campaignId: campaign.id })
  const url = '/staff/campaigns/week/advice/new'
  const form = {
    ...await open(url),
    title: 'If a picture was shared',
    audience: 'parents',
    text: '# What to do\r\nStay calm.\r\n\r\n- Thank them\r\n- <b>Listen</b>',
    status: 'published',
    link_1_title: 'Report Remove',
    link_1_url: 'https://www.childline.org.uk/report-remove',
    link_1_about: 'Takes pictures down',
    link_3_title: 'CEOP',
    link_3_url: 'https://www.ceop.police.uk/'
  }

  const answer = await post(app, url, form, headers)

  t.match(answer, { statusCode: 303, headers: { location: '/staff/campaigns/week/advice?done=added' } })
  t.match(perceived(await app.inject('/campaigns/week')).text, 'Advice If a picture was shared For parents and carers')
  const page = await app.inject('/campaigns/week/advice/if-a-picture-was-shared')
  t.match(perceived(page).text, /If a child is in danger now, call 999.*What to do Stay calm\. Thank them <b>Listen<\/b> Useful links Report Remove \(childline\.org\.uk\) Takes pictures down CEOP \(ceop\.police\.uk\)/)
  t.match(perceived(page).text, 'Worried about a child')
  t.match(page.body, '<h2 class="govuk-heading-m">What to do</h2>')
  t.match(page.body, '<a class="govuk-link" href="https://www.ceop.police.uk/" rel="noopener noreferrer">CEOP</a>')
  t.match(await db.auditEntry.findMany({ where: { action: 'advice.added' } }), [{ staffMemberId: member.id, subject: 'If a picture was shared' }])
  t.match(perceived(await app.inject('/advice')).text, 'Know who your friends are If a picture was shared')
})

t.test('advice for all belongs to no campaign; on a page for young people those come first who are there for them', async t => {
  const { app, added } = await context(t)
  await added(undefined, { audience: 'young-people', title: 'It is not your fault' })

  const { text } = perceived(await app.inject('/advice/it-is-not-your-fault'))

  t.match(text, /For children and young people.*Worried about a child, or need someone to talk to\? Childline/)
  t.match(perceived(await app.inject('/advice')).text, 'It is not your fault')
  for (const path of ['/advice/none', '/advice/%00', '/advice/A', '/campaigns/week/advice/it-is-not-your-fault']) {
    t.equal((await app.inject(path)).statusCode, 404, path)
  }
})

t.test('a draft, and advice of a campaign of which strangers may not know, are nowhere', async t => {
  const { app, db, campaign, added } = await context(t)
  await added(undefined, { status: 'draft', title: 'Marker draft' })
  await added(campaign.id, { title: 'Marker hidden' })
  await anActivity(db, { campaignId: campaign.id, visibility: 'operational' })
  await anActivity(db, { campaignId: campaign.id, embargoUntil: noon.plus({ minutes: 1 }).toJSDate() })

  const known = await app.inject('/campaigns/week/advice/marker-hidden')
  const unknown = await app.inject('/campaigns/none/advice/marker-hidden')
  t.strictSame([known.statusCode, unknown.statusCode], [404, 404])
  t.strictSame(perceived(known).text, perceived(unknown).text)
  t.equal((await app.inject('/advice/marker-draft')).statusCode, 404)
  t.notMatch((await app.inject('/advice')).body, 'Marker')
})

t.test('bad input gets a sentence beside its field, and what was typed stays', async t => {
  const { app, db, headers, open } = await context(t)
  const url = '/staff/advice/new'
  const cases: Array<[given: Record<string, string>, field: string, sentence: string | RegExp]> = [
    [{ title: ' ' }, 'title', 'Enter a title'],
    [{ title: 'x'.repeat(151) }, 'title', 'Title must be 150 characters or fewer'],
    [{ audience: 'dogs' }, 'audience', 'Select who it is for'],
    [{ text: ' \r\n ' }, 'text', 'Enter the advice'],
    [{ text: 'x'.repeat(10_001) }, 'text', 'Text must be 10,000 characters or fewer'],
    [{ text: 'Call Pat on 07700 900123' }, 'text', /^Text must not have a mobile number in it/],
    [{ status: 'maybe' }, 'status', 'Select who can see it'],
    [{ position: '-1' }, 'position', 'Position must be a whole number from 0 to 999'],
    [{ link_1_url: 'https://a.example/' }, 'link_1_title', 'Enter what the link is called'],
    [{ link_2_title: 'A' }, 'link_2_url', /^Web address must be a whole one that begins with https:/],
    [{ link_1_title: 'A', link_1_url: 'http://a.example/' }, 'link_1_url', /^Web address must be/],
    [{ link_1_title: 'A', link_1_url: 'javascript:alert(1)' }, 'link_1_url', /^Web address must be/],
    [{ link_1_title: 'A', link_1_url: 'https://a.example/', link_1_about: 'x'.repeat(301) }, 'link_1_about', 'What people find there must be 300 characters or fewer'],
    [{ submission: 'x' }, 'form', /^This form is damaged/],
    [{ colour: 'red' }, 'form', /^This form has no field “colour”/]
  ]
  const form = { ...await open(url), title: 'A title', audience: 'everyone', text: 'What was typed' }
  for (const [given, field, sentence] of cases) {
    const answer = await post(app, url, { ...form, ...given }, headers)
    const page = perceived(answer)
    t.equal(answer.statusCode, 400, String(sentence))
    t.match(page.errors, [{ field, sentence }])
    t.ok(page.has(field), `${field}: the link leads somewhere`)
    if (given.text === undefined) t.match(answer.body, 'What was typed')
  }
  t.equal(await db.advicePage.count(), 0)
})

t.test('of two who edit a page the second compares and loses nothing typed; its address stays', async t => {
  const { app, db, headers, open, added } = await context(t)
  const url = `/staff/advice/${await added()}`
  const form = await open(url)

  t.equal((await post(app, url, { ...form, title: 'Theirs' }, headers)).statusCode, 303)
  const stale = await post(app, url, { ...form, title: 'Mine', link_2_title: 'CEOP', link_2_url: 'https://www.ceop.police.uk/' }, headers)
  const meant = await post(app, url, filledIn(stale.body), headers)

  t.equal(stale.statusCode, 409)
  t.match(perceived(stale).text, /Title There now Theirs Yours Mine Useful links There now .*Yours .*CEOP, https:\/\/www\.ceop\.police\.uk\//)
  t.equal(meant.statusCode, 303)
  t.match(await db.advicePage.findMany({ include: { links: true } }), [{ slug: 'if-a-picture-was-shared', title: 'Mine', links: [{}, {}] }])
  t.equal(await db.auditEntry.count({ where: { action: 'advice.changed' } }), 2)
})

t.test('ten changes at once from the same page are one change, and ten pages of one title have ten addresses', async t => {
  const { db } = await world(t)
  await warm(db)
  const made = await Promise.allSettled(Array.from({ length: 10 }, async () => {
    await addAdvice(db, { ...advice, id: randomUUID(), campaignId: undefined }, organiser, noon)
  }))
  t.strictSame([...new Set(made.map(({ status }) => status))], ['fulfilled'])
  const pages = await db.advicePage.findMany()
  t.equal(new Set(pages.map(({ slug }) => slug)).size, 10)

  const id = pages[0]?.id ?? ''
  const changed = await Promise.allSettled(Array.from({ length: 10 }, async (_, n) => {
    const read = { id, versionHash: adviceDraft.versionHash(answersOf(advice)) }
    await changeAdvice(db, read, { ...advice, title: `${n}` }, organiser, noon)
  }))
  t.equal(changed.filter(({ status }) => status === 'fulfilled').length, 1)
})

t.test('a page is removed once someone has said so, as it was read, and the trail keeps what it said', async t => {
  const { app, db, headers, open, added } = await context(t)
  const id = await added()
  const url = `/staff/advice/${id}/removal`
  const form = await open(url)
  await post(app, `/staff/advice/${id}`, { ...await open(`/staff/advice/${id}`), text: 'Better' }, headers)

  const stale = await post(app, url, form, headers)
  t.equal(stale.statusCode, 409)
  t.match(perceived(stale).errors, [{ field: 'form', sentence: /^Someone has changed this page/ }])
  const meant = await post(app, url, filledIn(stale.body), headers)
  t.match(meant, { statusCode: 303, headers: { location: '/staff/advice?done=removed' } })
  t.equal(await db.adviceLink.count(), 0)
  t.match(await db.auditEntry.findMany({ where: { action: 'advice.removed' } }), [{ details: { text: 'Better' } }])
  for (const path of [`/staff/advice/${id}`, url, '/staff/advice/x']) {
    t.equal((await app.inject({ url: path, headers })).statusCode, 404, path)
  }
})

t.test('the database takes no link that is not https, and no second page at one address', async t => {
  const { db } = await world(t)
  const page = { slug: 'a', title: 'A', audience: 'everyone', text: 'A' }
  const { id: advicePageId } = await db.advicePage.create({ data: page })
  const { id: campaignId } = await aCampaign(db)
  await db.advicePage.create({ data: { ...page, campaignId } })

  await t.rejects(db.adviceLink.create({ data: { advicePageId, position: 0, title: 'A', url: 'javascript:alert(1)', about: '' } }), /advice_links_url/)
  await t.rejects(db.advicePage.create({ data: page }), /[Uu]nique/)
  await t.rejects(db.advicePage.create({ data: { ...page, campaignId } }), /[Uu]nique/)
})
