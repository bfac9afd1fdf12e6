import t from 'tap'
import type { Test } from 'tap'
import { changeKeyMessages } from '../../../src/programme/campaigns/change-content.ts'
import { messagesDraft } from '../../../src/programme/campaigns/key-messages.ts'
import { listKeyMessages } from '../../../src/programme/campaigns/queries.ts'
import { filledIn } from '../../support/filled-in.ts'
import { aDownload } from '../../support/resources.ts'
import { perceived, post, service } from '../../support/service.ts'
import { anAgency, organiser, signedIn } from '../../support/staff.ts'
import { aCampaign, anActivity, noon, warm, world } from '../../support/world.ts'

async function context (t: Test, page: string) {
  const its = await service(t)
  const campaign = await aCampaign(its.db, { slug: 'week', title: 'Know who your friends are' })
  await anActivity(its.db, { campaignId: campaign.id })
  const { headers, member } = await signedIn(its.app, its.db, { role: 'organiser' })
  const url = `/staff/campaigns/week/${page}`
  const form = async (given: Record<string, string>) =>
    ({ ...filledIn((await its.app.inject({ url, headers })).body), ...given })
  return { ...its, campaign, headers, member, url, form }
}

t.test('key messages are on the campaign’s page, for each audience that has any, and in the trail once', async t => {
  const { app, db, headers, member, campaign, url, form } = await context(t, 'key-messages')
  const sent = await form({ parents: 'Ask who they talk to.\r\n\r\n Stay calm. ', 'young-people': 'It is not your fault. <b>Tell</b> someone.' })

  const answers = [await post(app, url, sent, headers), await post(app, url, sent, headers)]

  t.strictSame(answers.map(({ statusCode }) => statusCode), [303, 303])
  const { text } = perceived(await app.inject('/campaigns/week'))
  t.match(text, 'What we want you to know Parents and carers Ask who they talk to. Stay calm. Children and young people It is not your fault. <b>Tell</b> someone.')
  t.notMatch(text, 'Businesses')
  t.match(await db.auditEntry.findMany({ where: { action: 'campaign.messages-changed' } }), [
    { staffMemberId: member.id, subject: 'week', details: { parents: ['', 'Ask who they talk to.; Stay calm.'] } }
  ])
  t.equal(await db.auditEntry.count({ where: { action: 'campaign.messages-changed' } }), 1)

  await post(app, url, await form({ parents: 'Stay calm.' }), headers)
  t.match(await listKeyMessages(db, campaign.id), { parents: ['Stay calm.'], 'young-people': [/not your fault/] })
})

t.test('of two who edit key messages or the press contact the second compares, and loses nothing typed', async t => {
  for (const [page, theirs, mine, seen] of [
    ['key-messages', { businesses: 'Theirs' }, { businesses: 'Mine' }, 'Businesses There now Theirs Yours Mine'],
    ['press', { pressNote: 'Theirs' }, { pressNote: 'Mine' }, 'Note There now Theirs Yours Mine']
  ] as const) {
    const { app, headers, url, form } = await context(t, page)
    const [first, second] = [await form(theirs), await form(mine)]

    t.equal((await post(app, url, first, headers)).statusCode, 303)
    const stale = await post(app, url, second, headers)
    const meant = await post(app, url, filledIn(stale.body), headers)

    t.equal(stale.statusCode, 409)
    t.match(perceived(stale).text, seen)
    t.equal(meant.statusCode, 303)
    t.match((await app.inject({ url, headers })).body, /Mine/)
  }
})

t.test('ten changes of key messages at once from the same page are one change', async t => {
  const { db } = await world(t)
  const { slug, id } = await aCampaign(db)
  const before = await listKeyMessages(db, id)
  await warm(db)

  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, async (_, n) => {
    const read = { slug, versionHash: messagesDraft.versionHash(before) }
    await changeKeyMessages(db, read, { ...before, everyone: [`${n}`] }, organiser, noon)
  }))

  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  t.equal((await listKeyMessages(db, id)).everyone.length, 1)
})

t.test('who journalists turn to is a team at work: no mobile number, no mailbox at home', async t => {
  const { app, db, headers, url, form } = await context(t, 'press')
  const cases: Array<[given: Record<string, string>, field: string, sentence: string | RegExp]> = [
    [{ pressContact: 'Pat, 07700 900123' }, 'pressContact', /^Who to ask must not have a mobile number in it/],
    [{ pressContact: 'Press office' }, 'pressEmail', 'Enter an email address or a phone number'],
    [{ pressEmail: 'press' }, 'pressEmail', /^Email must be an email address/],
    [{ pressEmail: 'pat.smith@gmail.com' }, 'pressEmail', 'Email must be a mailbox at work that a team reads, not one person’s own'],
    [{ pressPhone: '+44 7700 900 123' }, 'pressPhone', /^Phone must not have a mobile number in it/],
    [{ pressPhone: '337195' }, 'pressPhone', /^Phone must be a whole UK number/],
    [{ pressNote: 'Or 07700900123.' }, 'pressNote', /^Note must not have a mobile number in it/]
  ]
  for (const [given, field, sentence] of cases) {
    const answer = await post(app, url, await form({ pressNote: 'Typed', ...given }), headers)
    t.equal(answer.statusCode, 400)
    t.match(perceived(answer).errors, [{ field, sentence }])
    if (given.pressNote === undefined) t.match(answer.body, 'Typed', 'nothing that was typed is lost')
  }
  t.notMatch(perceived(await app.inject('/campaigns/week')).text, 'For the press')

  const said = { pressContact: 'Press office', pressEmail: 'press@bolton.example', pressPhone: '(01204) 337195', pressNote: 'Not before 7am.' }
  t.equal((await post(app, url, await form(said), headers)).statusCode, 303)
  const page = await app.inject('/campaigns/week')
  t.match(perceived(page).text, 'For the press Press office press@bolton.example (01204) 337195 Not before 7am.')
  t.match(page.body, 'href="tel:01204337195"')
  t.match(await db.auditEntry.findMany({ where: { action: 'campaign.press-changed' } }), [{ subject: 'week' }])
})

t.test('strapline, area, accounts and hashtags stand on the page as plain links; a discreet calendar has none of them', async t => {
  const { app, db } = await service(t)
  const { id: campaignId } = await aCampaign(db, {
    slug: 'week',
    title: 'A title of our own',
    strapline: 'A strapline of our own',
    area: 'Greater Manchester',
    districts: ['Bolton', 'Bury'],
    hashtags: ['#itsnotokay'],
    accounts: ['https://www.facebook.com/notokayGM']
  })
  await db.keyMessage.create({ data: { campaignId, audience: 'parents', position: 0, text: 'A message of our own' } })
  await anActivity(db, { campaignId })

  const page = await app.inject('/campaigns/week')
  const { body: calendar } = await app.inject('/calendar/week.ics')

  t.match(perceived(page).text, 'A title of our own A strapline of our own')
  t.match(perceived(page).text, 'Where Greater Manchester: Bolton, Bury')
  t.match(perceived(page).text, 'Follow it #itsnotokay on Facebook Facebook (notokayGM)')
  t.match(page.body, '<a class="govuk-link" href="https://www.facebook.com/hashtag/itsnotokay" rel="noopener noreferrer">')
  t.match(page.body, '<a class="govuk-link" href="https://www.facebook.com/notokayGM" rel="noopener noreferrer">')
  t.notMatch(page.body, /<(?:script|img|iframe)[^>]*facebook/)
  t.match(calendar, 'BEGIN:VEVENT')
  t.notMatch(calendar, /of our own/)
})

t.test('partners are the agencies of what is public; one that only takes part in something hidden does not show', async t => {
  const { app, db } = await service(t)
  const { id: campaignId } = await aCampaign(db, { slug: 'week' })
  const named = async (name: string) => (await anAgency(db, { slug: name.toLowerCase(), name })).id
  const withPartner = async (given: object, partner: string) => {
    const { id: activityId } = await anActivity(db, { campaignId, ...given })
    await db.activityPartner.create({ data: { activityId, agencyId: await named(partner) } })
  }
  await withPartner({ leadAgencyId: await named('Council') }, 'NSPCC')
  const before = (await app.inject('/campaigns/week')).body

  await withPartner({ visibility: 'operational', leadAgencyId: await named('Police') }, 'Immigration')
  await withPartner({ visibility: 'partners' }, 'Hotels')
  await withPartner({ status: 'draft' }, 'Licensing')
  await withPartner({ embargoUntil: noon.plus({ hours: 1 }).toJSDate() }, 'Press')
  await withPartner({ campaignId: (await aCampaign(db)).id }, 'Elsewhere')

  const { body } = await app.inject('/campaigns/week')
  t.match(perceived(await app.inject('/campaigns/week')).text, 'Taking part Council and NSPCC')
  t.equal(body, before)
})

t.test('a campaign’s files are on its page with their kind, size and language; those of others are not', async t => {
  const { app, db } = await service(t)
  const { id: campaignId } = await aCampaign(db, { slug: 'week' })
  await anActivity(db, { campaignId })
  const { text: before } = perceived(await app.inject('/campaigns/week'))
  const { id } = await aDownload(db, { title: 'Tips <for> parents', language: 'Polish', fileName: 'tips.pdf', campaignId })
  await aDownload(db, { title: 'Elsewhere', campaignId: (await aCampaign(db)).id })
  await aDownload(db, { title: 'Of no campaign' })

  const page = await app.inject('/campaigns/week')

  t.notMatch(before, 'Downloads', 'no heading without files')
  t.match(perceived(page).text, /Downloads Tips <for> parents \( ?PDF, 1 KB, Polish ?\)/)
  t.notMatch(page.body, /Elsewhere|Of no campaign/)
  t.equal((await app.inject(`/downloads/${id}/tips.pdf`)).statusCode, 200)
  t.match(page.body, 'href="#downloads"', 'the links at the top lead there')
  t.match(page.body, `href="/downloads/${id}/tips.pdf"`)
})
