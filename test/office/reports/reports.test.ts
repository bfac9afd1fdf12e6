import type { FastifyInstance } from 'fastify'
import { parse } from 'csv-parse/sync'
import t from 'tap'
import { forgetBookings } from '../../../src/office/forgetting/commands.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import { instant } from '../../../src/platform/clock.ts'
import { suggested } from '../../../src/programme/evaluations/questionnaire.ts'
import { answersOfMany } from '../../support/evaluations.ts'
import { innardsOf, linesOf } from '../../support/pdf.ts'
import { aPastActivity } from '../../support/reported.ts'
import { countedService, perceived, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, noon } from '../../support/world.ts'

type Headers = Awaited<ReturnType<typeof signedIn>>['headers']

const lastQuarter = '/staff/reports?from=2026-Q3&to=2026-Q3&by=activity'

async function look (app: FastifyInstance, headers: Headers, url = lastQuarter) {
  const answer = await app.inject({ url, headers })
  return { ...perceived(answer), status: answer.statusCode }
}

/**
 * Four evenings of the third quarter: 60 of 80 places booked, 45 came, 15 did not. 44 lived in Allerdale, of whom 33
 * came; 16 in Eden, of whom 12 came.
 */
async function fourEvenings (db: Db, leadAgencyId: string | null = null) {
  const { id: campaignId } = await aCampaign(db, { title: 'Online safety' })
  const given = { campaignId, leadAgencyId }
  const allerdale = { district: 'Allerdale', heardFrom: 'School' }
  const eden = { district: 'Eden', role: 'carer', daysBefore: 2 }
  return [
    await aPastActivity(db, 70, [{ came: 9, away: 2, ...allerdale }, { came: 3, away: 1, ...eden }], { ...given, title: 'First' }),
    await aPastActivity(db, 69, [{ came: 8, away: 2, ...allerdale }, { came: 2, ...eden }], { ...given, title: 'Second' }),
    await aPastActivity(db, 68, [{ came: 10, away: 2, ...allerdale }, { came: 4, away: 2, ...eden }], { ...given, title: 'Third' }),
    await aPastActivity(db, 67, [{ came: 6, away: 5, ...allerdale }, { came: 3, away: 1, ...eden }], { ...given, title: 'Fourth' })
  ]
}

t.test('a report says what was counted by hand, and hides what is small of each evening', async t => {
  const { app, db } = await service(t)
  const [first] = await fourEvenings(db)
  await db.activity.update({ where: { id: first?.id ?? '' }, data: { walkIns: 7 } })
  await aBooking(db, first?.id ?? '', { status: 'cancelled', waitedAt: noon.minus({ days: 80 }).toJSDate() })
  const { headers } = await signedIn(app, db, { role: 'organiser' })

  const { text } = await look(app, headers)

  t.match(text, 'July to September 2026')
  t.match(text, /Activities 4 80 places offered Places booked 60 75% of those offered People came 45 and 7 without a booking/)
  t.match(text, /Did not come 15 1 in 4, where someone noted it Not recorded 0/)
  t.notMatch(text, 'of these nobody noted', 'there are none')
  t.match(text, /First .* Booked: 15 Came: 11 to 14 Did not come: fewer than 5 Not recorded: 0 Without a booking: 7 Were on a waiting list: fewer than 5/)
  t.match(text, /Fourth .* Booked: 15 Came: 9 Did not come: 6/)
  t.match(text, /All Activities: 4 Places offered: 80 Booked: 60 Came: 45 Did not come: 15/)
  t.match(text, 'District Booked Came Allerdale 44 30 to 33 Eden 16 12 to 15', '4 of Eden did not come')
  t.match(text, /Before the day Booked Came 1 to 6 days 16/)
})

t.test('where it is not known how many came, no number and no picture says so', async t => {
  const { app, db } = await service(t)
  await aPastActivity(db, 70, [{ came: 6, away: 2, unknown: 82, district: 'Eden' }], { title: 'Big talk' })
  await aPastActivity(db, 70, [{ came: 3, away: 1, unknown: 4, district: 'Eden' }])
  const { headers } = await signedIn(app, db, { role: 'organiser' })

  const { text } = await look(app, headers)

  t.match(text, /Big talk .* Booked: 90 Came: 5 to 84 Did not come: fewer than 5 Not recorded: 5 to 84/)
  t.notMatch(text, /about \d/)
  t.notMatch(text, 'where someone noted it')
  t.match(text, /Not recorded 6 to 88 of these nobody noted whether they came/)
  t.match(text, 'Booked, what became of them is not shown')
  t.match(text, /District Booked Came Eden 98 not shown/)
  t.match(text, 'Booked, who of them came is not shown')
  const csv = await app.inject({ url: lastQuarter.replace('?', '/report.csv?'), headers })
  t.match(csv.body, /\r\nDistrict,Eden,,,,98,,not shown,/)
  const pdf = await app.inject({ url: lastQuarter.replace('?', '/report.pdf?'), headers })
  t.match((await linesOf(pdf.rawPayload)).join(' '), 'Eden 98 not shown')
})

t.test('the PDF says all that the page says of itself, and names no partnership of which nothing is counted', async t => {
  const { app, db } = await service(t)
  const { id: campaignId } = await aCampaign(db, { title: 'Gaming' })
  await aPastActivity(db, 3, [{ came: 12, away: 6 }], { campaignId, audiences: ['parents', 'professionals'] })
  await anActivity(db, { campaignId })
  await anActivity(db, { campaignId: (await aCampaign(db, { partnership: 'Elsewhere', title: 'Not yet' })).id })
  await fourEvenings(db)
  const asked = await aPastActivity(db, 20, [{ came: 20 }])
  await db.questionnaire.create({ data: { activityId: asked.id, questions: [...suggested.questions] } })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = '/staff/reports?from=2026-Q2&to=2026-Q4&by=audience'

  const { body } = await app.inject({ url, headers })
  const pdf = (await linesOf((await app.inject({ url: url.replace('?', '/report.pdf?'), headers })).rawPayload)).join(' ')

  const said = [...body.matchAll(/<p class="govuk-body">([^<]+)<\/p>/g)].map(([, text = '']) => text.trim())
  t.ok(said.length >= 5)
  for (const text of said) t.match(pdf, text)
  for (const text of [
    'Up to Monday 23 November 2026: only what is over counts.', 'An activity for two audiences counts for both.',
    'What follows is of 80 booked places', 'Still going on', 'Gaming, led by the partnership itself',
    'For 1 activity people can still answer.', 'Operational work is not counted here.'
  ]) t.match(pdf, text)
  t.notMatch(pdf, 'Elsewhere')
  const past = await app.inject({ url: lastQuarter.replace('?', '/report.pdf?'), headers })
  t.notMatch((await linesOf(past.rawPayload)).join(' '), /Up to|Still going on/)
})

t.test('the file says what the page says', async t => {
  const { app, db } = await service(t)
  await fourEvenings(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })

  const answer = await app.inject({ url: lastQuarter.replace('?', '/report.csv?'), headers })

  t.equal(answer.headers['content-disposition'], 'attachment; filename="report-2026-q3-to-2026-q3-by-activity.csv"')
  const [columns = '', ...rows] = answer.body.split('\r\n')
  const first = rows.find(row => !row.startsWith('About this report,'))
  t.match(columns, 'table,name,when,activities,offered,booked,waited,came,did_not_come,not_recorded,walk_ins')
  t.match(first, /^Activity,First,.*,1,20,15,0,11 to 14,fewer than 5,0,not counted,,,,$/)
})

t.test('the file says of itself what the page says: of what it is, of which day, and how to read it', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug: campaign } = await aCampaign(db, { title: 'Gaming, and =more' })
  await aPastActivity(db, 3, [{ came: 12, away: 6 }], { campaignId, audiences: ['parents', 'professionals'] })
  await anActivity(db, { campaignId })
  await fourEvenings(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const aboutOf = async (query: string) => {
    const { body } = await app.inject({ url: `/staff/reports/report.csv?${query}`, headers })
    const rows: Array<Record<string, string>> = parse(body, { bom: true, columns: true })
    t.ok(rows.findLastIndex(({ table }) => table === 'About this report') < rows.findIndex(({ booked }) => booked !== ''),
      'it is read before the numbers')
    return rows.filter(({ table }) => table === 'About this report').map(({ name = '' }) => name)
  }

  const about = await aboutOf('from=2026-Q2&to=2026-Q4&by=audience')
  const { text } = perceived(await app.inject({ url: '/staff/reports?from=2026-Q2&to=2026-Q4&by=audience', headers }))
  t.match(about, [
    'What it came to: April to December 2026', 'All campaigns, and everyone who leads activities', 'Made on Monday 23 November 2026',
    'Up to Monday 23 November 2026: only what is over counts.', /fewer than 5.* any number from one to the other/,
    'An activity for two audiences counts for both.', 'What follows is of 60 booked places', /^Still going on: Gaming, and =more/
  ])
  for (const sentence of about.slice(3, 7)) t.match(text, sentence, 'the page says it too')

  const one = await aboutOf(`from=2026-Q4&to=2026-Q4&campaign=${campaign}`)
  t.equal(one[1], 'Gaming, and =more')
  t.notMatch((await aboutOf('from=2026-Q3&to=2026-Q3&by=activity')).join(), /Up to|Still going on|two audiences/)
})

t.test('what was booked is no more of what was offered than it can be', async t => {
  const { app, db } = await service(t)
  const over = await aPastActivity(db, 70, [{ came: 22 }])
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const said = async () => {
    const [, more] = /Places booked (.*?) People came/.exec((await look(app, headers)).text) ?? []
    return more
  }

  t.equal(await said(), '22 2 more than were offered', 'more may be booked than there are')
  await db.activity.update({ where: { id: over.id }, data: { capacity: 22 } })
  t.equal(await said(), '22 100% of those offered')
  await db.activity.update({ where: { id: over.id }, data: { booking: 'invitation', capacity: null } })
  await aPastActivity(db, 70, [{ came: 10 }])
  t.equal(await said(), '32', 'no share of places that were no number')
})

t.test('the PDF says what the page says, and titles come out as they went in', async t => {
  const { app, db } = await service(t)
  const [first] = await fourEvenings(db)
  await db.activity.update({ where: { id: first?.id ?? '' }, data: { title: '#read("/etc/hostname") *Łucja*' } })
  const { headers } = await signedIn(app, db, { role: 'organiser' })

  const answer = await app.inject({ url: lastQuarter.replace('?', '/report.pdf?'), headers })

  t.equal(answer.headers['content-type'], 'application/pdf')
  t.equal(answer.headers['content-disposition'], 'attachment; filename="report-2026-q3-to-2026-q3-by-activity.pdf"')
  const text = (await linesOf(answer.rawPayload)).join(' ')
  t.match(text, 'What it came to: July to September 2026')
  t.match(text, '#read("/etc/hostname") *Łucja*')
  t.match(text, /All 4 80 60 45 15 0 not counted 0/)
  t.match(text, /Allerdale 44 30 to 33 Eden 16 12 to 15/)
  t.match(innardsOf(answer.rawPayload), /pdfuaid:part/)
})

t.test('a report of a past year is the same when the people’s details are deleted, some of them or all', async t => {
  const { app, db } = await service(t)
  const [first] = await fourEvenings(db)
  await aBooking(db, first?.id ?? '', { places: 3, attended: true, camePlaces: 2, waitedAt: noon.minus({ days: 90 }).toJSDate() })
  await aBooking(db, first?.id ?? '', { places: 2, heardFrom: 'Facebook', district: null })
  // Joined, and cancelled afterwards.
  await aBooking(db, first?.id ?? '', { places: 4, status: 'cancelled', attended: true })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const before = await look(app, headers)
  const file = lastQuarter.replace('?', '/report.csv?')
  const fileBefore = await app.inject({ url: file, headers })
  const ids = (await db.booking.findMany({ select: { id: true } })).map(({ id }) => id)

  for (const some of [ids.slice(0, 20), ids.slice(20)]) {
    await db.$transaction(async tx => await forgetBookings(tx, some, noon))

    t.equal((await look(app, headers)).text, before.text)
    t.equal((await app.inject({ url: file, headers })).body, fileBefore.body)
  }
  t.equal(await db.booking.count(), 0)
})

t.test('numbers of the version before, which counted no places that were taken, are used as they are', async t => {
  const { app, db } = await service(t)
  const { id: activityId } = await aPastActivity(db, 70, [])
  const numbers = { booked: 20, places: 20, waited: 0, cancelled: 0, lapsed: 0, came: 12, didNotCome: 8 }
  await db.headcount.createMany({
    data: [{ activityId, dimension: 'total', value: '', ...numbers }, { activityId, dimension: 'role', value: 'parent', ...numbers }]
  })
  const { headers } = await signedIn(app, db, { role: 'organiser' })

  const { text } = await look(app, headers)

  t.match(text, /Booked: 20 Came: 12 Did not come: 8 Not recorded: 0/)
  t.match(text, /A parent 20 12/)
  t.match(text, /Before the day Booked Came Not known 20 12/, 'how long before was not counted then')
})

t.test('while activities of a campaign are to come, people are not divided, and the page says so', async t => {
  const { app, db } = await service(t)
  const { id: campaignId } = await aCampaign(db, { title: 'Online safety' })
  await aPastActivity(db, 3, [{ came: 12, away: 6, district: 'Eden' }], { campaignId })
  await anActivity(db, { campaignId })
  await aPastActivity(db, 2, [{ came: 30, away: 6, district: 'Copeland' }])
  const { headers } = await signedIn(app, db, { role: 'organiser' })

  const { text } = await look(app, headers, '/staff/reports?from=2026-Q4&to=2026-Q4')

  t.match(text, 'Activities 2')
  t.match(text, 'What follows is of 36 booked places')
  t.match(text, /Copeland 36 30/)
  t.notMatch(text, /Eden/)
  t.match(text, 'Online safety, led by the partnership itself, October to December 2026')
})

t.test('an agency reads of what it leads, and nobody of operational work, which a report would pass on', async t => {
  const { app, db } = await service(t)
  const [ours, theirs] = [await anAgency(db, { name: 'NSPCC' }), await anAgency(db, { name: 'Cumbria Police' })]
  await aPastActivity(db, 70, [{ came: 10, away: 5 }], { title: 'Ours', leadAgencyId: ours.id })
  await aPastActivity(db, 69, [{ came: 20, away: 5 }], { title: 'Theirs', leadAgencyId: theirs.id })
  const secret = await aCampaign(db, { title: 'Quiet work' })
  await aPastActivity(db, 68, [{ came: 30, away: 5 }], {
    title: 'Secret', leadAgencyId: theirs.id, campaignId: secret.id, visibility: 'operational', kind: 'disruption'
  })
  await aPastActivity(db, 800, [{ came: 30 }], { title: 'Secret', leadAgencyId: theirs.id, visibility: 'operational' })
  const [admin, organiser, ofOurs, ofTheirs] = [
    await signedIn(app, db, { role: 'admin' }),
    await signedIn(app, db, { role: 'organiser' }),
    await signedIn(app, db, { role: 'staff', agencyId: ours.id }),
    await signedIn(app, db, { role: 'organiser', agencyId: theirs.id })
  ]
  const [all, some, others] = [
    await look(app, organiser.headers), await look(app, ofOurs.headers), await look(app, ofTheirs.headers)
  ]

  t.match(all.text, /Activities 2 .*People came 30/)
  t.notMatch(all.text, /Secret|Quiet work/)
  t.match(some.text, /Activities 1 .*People came 10/)
  t.notMatch(some.text, /Theirs|Secret|Quiet|Cumbria Police/)
  t.match(others.text, /Activities 1 .*People came 20/)
  t.notMatch(others.text, /Ours|NSPCC/)
  for (const { headers } of [admin, ofTheirs]) {
    const page = await look(app, headers)
    const csv = await app.inject({ url: lastQuarter.replace('?', '/report.csv?'), headers })
    const pdf = await app.inject({ url: lastQuarter.replace('?', '/report.pdf?'), headers })
    for (const text of [page.text, csv.body, (await linesOf(pdf.rawPayload)).join(' ')]) {
      t.match(text, 'Theirs')
      t.notMatch(text, /Secret|Quiet work/)
    }
    t.notMatch(page.text, /[a-z] 2024/, 'not even the quarters to choose from say since when')
    t.equal((await look(app, headers, `${lastQuarter}&campaign=${secret.slug}`)).status, 400, 'as if there were none')
  }
  t.match((await look(app, admin.headers)).text, /Activities 2 .*People came 30/)
  t.equal((await look(app, ofOurs.headers, `${lastQuarter}&agency=${theirs.slug}`)).status, 400, 'as if there were none')
})

t.test('lines can be of campaigns, organisations, quarters, kinds and audiences', async t => {
  const { app, db } = await service(t)
  const { id: leadAgencyId } = await anAgency(db, { name: 'NSPCC' })
  await fourEvenings(db, leadAgencyId)
  await aPastActivity(db, 160, [{ came: 20, away: 10 }], { audiences: ['professionals'], kind: 'training' })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const linesBy = async (by: string) => (await look(app, headers, `/staff/reports?from=2026-Q2&to=2026-Q3&by=${by}`)).text

  t.match(await linesBy('campaign'), /Online safety Activities: 4 Places offered: 80 Booked: 60 Came: 45 Did not come: 15/)
  t.match(await linesBy('agency'), /The partnership itself Activities: 1 .* Came: 20 .*NSPCC Activities: 4 .* Came: 45/)
  t.match(await linesBy('quarter'), /April to June 2026 Activities: 1 .*July to September 2026 Activities: 4 .* Came: 45/)
  t.match(await linesBy('kind'), /Training Activities: 1 .* Came: 20/i)
  t.match(await linesBy('audience'), /Professionals Activities: 1 .* Came: 20 .*Parents Activities: 4 .*An activity for two audiences counts for both/)
  t.match(await linesBy('kind'), /Where nobody counted how many of a booking for several people came, we count all of them\./)
})

t.test('campaigns, activities and organisations of one name have a line each, and are told apart', async t => {
  const { app, db } = await service(t)
  const [first, second] = [
    await aCampaign(db, { title: 'Online safety', firstDay: new Date('2025-09-01'), lastDay: new Date('2025-09-07') }),
    await aCampaign(db, { title: 'Online safety', firstDay: new Date('2026-09-07'), lastDay: new Date('2026-09-13') })
  ]
  const [police, others] = [await anAgency(db, { name: 'Police' }), await anAgency(db, { name: 'Police' })]
  const given = { title: 'Street surgery', isOnline: false }
  await aPastActivity(db, 70, [{ came: 20, away: 6 }], { ...given, campaignId: first.id, leadAgencyId: police.id, venue: 'Kendal' })
  await aPastActivity(db, 70, [{ came: 19, away: 6 }], { ...given, campaignId: second.id, leadAgencyId: others.id, venue: 'Penrith' })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const textBy = async (by: string) => (await look(app, headers, `/staff/reports?from=2026-Q3&to=2026-Q3&by=${by}`)).text

  const campaigns = await textBy('campaign')
  t.match(campaigns, /Online safety Monday 1 to Sunday 7 September 2025 Activities: 1 .* Came: 20/)
  t.match(campaigns, /Online safety Monday 7 to Sunday 13 September 2026 Activities: 1 .* Came: 19 .*All Activities: 2/)
  t.match(campaigns, 'Online safety (Monday 1 to Sunday 7 September 2025)', 'in the choice too')
  const activities = await textBy('activity')
  t.match(activities, /Street surgery [^:]*2026, 7pm to 8pm, Kendal Activities: 1 .* Came: 20/)
  t.match(activities, /Street surgery [^:]*2026, 7pm to 8pm, Penrith Activities: 1 .* Came: 19/)
  const agencies = await textBy('agency')
  t.match(agencies, new RegExp(`Police ${police.slug} Activities: 1 .* Came: 20`))
  t.match(agencies, `Police (${others.slug})`)

  const url = '/staff/reports/report.csv?from=2026-Q3&to=2026-Q3&by=campaign'
  const csv = await app.inject({ url, headers })
  t.match(csv.body, /Campaign,Online safety,Monday 1 to Sunday 7 September 2025,1,/)
  const pdf = await app.inject({ url: url.replace('.csv', '.pdf'), headers })
  t.match((await linesOf(pdf.rawPayload)).join(' '), 'Sunday 13 September 2026')
})

t.test('what people thought is added up: before and afterwards, once nobody can answer any more, and never in their words', async t => {
  const { app, db } = await service(t)
  const { id: campaignId } = await aCampaign(db, { title: 'Online safety' })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const asking = async (daysAgo: number, useful: readonly number[]) => {
    const activity = await aPastActivity(db, daysAgo, [{ came: 20 }], { campaignId })
    await db.questionnaire.create({ data: { activityId: activity.id, questions: [...suggested.questions] } })
    const endsAt = instant(activity.endsAt)
    await answersOfMany(db, activity.id, 6, [{ number: 1, value: 2 }], 'before', endsAt.minus({ days: 1 }))
    for (const value of useful) {
      await answersOfMany(db, activity.id, 1, [{ number: 1, value: 4 }, { number: 2, value }, { number: 4, text: 'A longer break' }], 'after', endsAt)
    }
  }
  await asking(70, [5, 5, 5, 5, 5, 4])
  await asking(68, [5, 5, 5, 5, 5, 5, 5, 4, 4])
  await asking(66, [5, 1, 1, 1])
  await asking(59, [1, 1, 1, 1, 1])

  const { text } = await look(app, headers)

  t.match(text, 'What people thought Answers count when people can no longer give any: 60 days after an activity.')
  t.match(text, 'For 1 activity people can still answer.')
  t.match(text, /How confident [^?]*\? Answer Before Afterwards 1 – Not at all confident 0 0 2 18 0 3 0 0 4 0 15 5 – Very confident 0 0 Average, from 1 to 5 2\.0 4\.0 Answered 18 15 Activities 3 2/)
  t.match(text, /How useful was it for you\? Answer Afterwards 1 – Not useful 0 2 0 3 0 4 fewer than 10 5 – Very useful 6 to 13 Average, from 1 to 5 4\.4 to 4\.9 Answered 15 Activities 2/)
  t.notMatch(text, /longer break/)
  const csv = await app.inject({ url: lastQuarter.replace('?', '/report.csv?'), headers })
  t.match(csv.body, /\r\nWhat people thought,4,,2,,,,,,,,How useful was it for you\?,after,fewer than 10,15\r\n/)
  const pdf = await app.inject({ url: lastQuarter.replace('?', '/report.pdf?'), headers })
  const printed = (await linesOf(pdf.rawPayload)).join(' ')
  t.match(printed, /What people thought .*How useful was it for you\? Answer Afterwards .*5 – Very useful 6 to 13/)
  for (const file of [csv.body, printed]) t.notMatch(file, /longer break/)
})

t.test('the form shows the span of the report below it, whichever is chosen', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const formOf = async (url: string) => {
    const { body } = await app.inject({ url, headers })
    const selected = (name: string) =>
      new RegExp(`<select[^>]* name="${name}"(?:(?!</select>).)*<option value="([^"]*)" selected`, 's').exec(body)?.[1]
    const usual = [...body.matchAll(/href="(\/staff\/reports\?[^"]*from=[^"]*)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'))
    return { usual, from: selected('from'), to: selected('to') }
  }
  const first = await formOf('/staff/reports')

  t.match(first, { from: '2026-Q2', to: '2026-Q4' })
  t.equal(first.usual.length, 4)
  for (const url of [...first.usual, '/staff/reports?from=2019-Q3&to=2020-Q1', '/staff/reports?from=2028-Q1&to=2028-Q2']) {
    const asked = new URL(url, 'https://example.org').searchParams
    const { from, to } = await formOf(url)
    t.strictSame({ from, to }, { from: asked.get('from'), to: asked.get('to') }, url)
  }
})

t.test('bad choices get one sentence, and no numbers', async t => {
  const { app, db } = await service(t)
  await fourEvenings(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })

  for (const [choice, sentence] of [
    ['from=2026-Q5', 'Select the first quarter from those on the page'],
    ['from=2026-Q3&to=2026-Q2', 'The last quarter must not be before the first'],
    ['from=2001-Q1&to=2026-Q2', 'A report can be of 10 years at most'],
    ['campaign=nothing', 'Select the campaign from those on the page'],
    ['by=people', 'Select the lines from those on the page']
  ] as const) {
    for (const page of ['/staff/reports', '/staff/reports/report.csv', '/staff/reports/report.pdf']) {
      const { status, text } = await look(app, headers, `${page}?${choice}`)
      t.equal(status, 400)
      t.match(text, sentence)
      t.notMatch(text, 'People came')
    }
  }
  t.match((await look(app, headers, '/staff/reports?from=2025-Q1&to=2025-Q1')).text, 'No activity with places was over in this time.')
})

t.test('the number of queries does not grow with activities and people', async t => {
  const { app, db, counted } = await countedService(t)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const queries = async (url: string) => {
    counted.queries = 0
    await app.inject({ url, headers })
    return counted.queries
  }
  await fourEvenings(db)
  const [few, noShows] = [await queries(lastQuarter), await queries('/staff/reports/no-shows')]
  for (let n = 0; n < 3; n++) await fourEvenings(db)

  t.equal(await queries(lastQuarter), few)
  t.equal(await queries('/staff/reports/no-shows'), noShows)
})

t.test('how many come is said from 5 activities on, with advice that changes nothing', async t => {
  const { app, db } = await service(t)
  await fourEvenings(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const few = await look(app, headers, '/staff/reports/no-shows')
  await aPastActivity(db, 66, [{ came: 15, away: 5, unknown: 30 }])
  const { slug, capacity } = await anActivity(db, { title: 'The next', capacity: 20 })

  const { text } = await look(app, headers, '/staff/reports/no-shows')

  t.match(few.text, 'There is not enough data yet. It takes 5 activities that are over and for which someone noted who came; there are 4.')
  t.match(text, /Did not come: 1 in 4 of those who booked\. We are 9 in 10 sure that it is from 1 in \d to (?:1 in \d|2 in 5)\./, 'nobody counts as absent who was not noted')
  t.match(text, /The next .* Offer \d more places?: 9 in 10 chance that at most 20 come\. Set over-booking to \d+%; it is 0% now\./)
  t.match(text, /Thursday not enough data/)
  t.match(await db.activity.findUnique({ where: { slug } }), { capacity, overBookingPercent: 0 })
})

t.test('a long list of activities is cut on the page, and whole in the file', async t => {
  const { app, db } = await service(t)
  const { id: campaignId } = await aCampaign(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const first = await anActivity(db, { campaignId })
  const { id, slug, icalUid, ...given } = first
  await db.activity.createMany({
    data: Array.from({ length: 205 }, (_, n) => ({
      ...given,
      campaignId,
      slug: `${slug}-${n}`,
      title: `Evening ${n}.`,
      startsAt: noon.minus({ days: 70, minutes: n }).toJSDate(),
      endsAt: noon.minus({ days: 69, minutes: n }).toJSDate()
    }))
  })

  const { text } = await look(app, headers)
  const file = await app.inject({ url: lastQuarter.replace('?', '/report.csv?'), headers })

  t.match(text, 'These are the first 200 of 205 lines. The file has all of them.')
  t.notMatch(text, 'Evening 0.')
  t.match(file.body, 'Evening 0.')
})

t.test('the page of one activity does not divide people whose details are deleted', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await aPastActivity(db, 70, [{ came: 12, district: 'Eden' }, { came: 2, district: 'Copeland' }])
  await aBooking(db, id, { places: 3, attended: true, camePlaces: 2, district: 'Eden' })
  const ids = (await db.booking.findMany({ where: { activityId: id } })).map(({ id }) => id)
  await db.$transaction(async tx => await forgetBookings(tx, ids, noon))
  const { headers } = await signedIn(app, db, { role: 'organiser' })

  const { text } = await look(app, headers, `/staff/activities/${slug}/attendees`)

  t.match(text, 'Had a place 15 (17 places) Came 15 (16 places)')
  t.notMatch(text, /Eden|Copeland/)
})
