import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import t from 'tap'
import type { Test } from 'tap'
import { publishedNumber, tallyOf } from '../../../src/office/week-report/week-report.ts'
import { figureInWords, isExact } from '../../../src/office/reports/small-numbers.ts'
import type { AskedActivity } from '../../../src/office/outcomes/queries.ts'
import type { Activity } from '../../../src/platform/database/generated/client.ts'
import { linesOf } from '../../support/pdf.ts'
import { perceived } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity } from '../../support/world.ts'
import { aWeekOfAction, at } from '../outcomes/week.ts'

const report = '/staff/campaigns/week/report'

/** A small week with numbers that can be added up by hand. */
async function aCountedWeek (t: Test) {
  const its = await aWeekOfAction(t)
  const police = await anAgency(its.db, { name: 'Greater Manchester Police', slug: 'police' })
  const said = async (activity: Activity, given: object = {}) => {
    await its.db.outcomeReport.create({
      data: { activityId: activity.id, tookPlace: true, givenAt: at('2027-03-08T10:00').toJSDate(), ...given }
    })
  }
  const stall = await its.aStall('Stall', { district: 'Bolton', audiences: ['parents'], peopleReached: 120, leafletsGiven: 1000, conversations: 20 })
  const visits = await its.aStall('Visits', { district: 'Bury', audiences: ['businesses', 'parents'], kind: 'business-engagement', premisesVisited: 3, leafletsGiven: 30, leadAgencyId: police.id, startsAt: at('2027-03-05T10:00').toJSDate(), endsAt: at('2027-03-05T12:00').toJSDate() })
  const talk = await its.aStall('Talk', { district: 'Bolton', audiences: ['parents'], peopleReached: 3 })
  await its.aStall('Called off', { status: 'cancelled', district: 'Bolton', audiences: [] })
  await its.aStall('Nobody has said', { district: 'Bury', audiences: [] })
  const rained = await its.aStall('Rained off', { district: 'Bury', peopleReached: 900, audiences: [] })
  const patrol = await its.aStall('Night patrol', { visibility: 'operational', kind: 'disruption', peopleReached: 5000, district: 'SECRETPLACE' })
  await said(stall, { learnt: 'Go earlier.', isChosen: true })
  await said(visits, { learnt: 'Not for everyone.' })
  await said(talk)
  await said(rained, { tookPlace: false })
  await said(patrol)
  return its
}

t.test('the report adds up what was said, by hand: by day, district, audience, kind and agency', async t => {
  const { db, campaign, read } = await aCountedWeek(t)
  const resource = await db.resource.create({ data: { name: 'Wristband', description: '', mostPerRequest: 10, stock: 5, createdAt: at('2027-01-01T00:00').toJSDate() } })
  await db.resourceTotal.create({ data: { resourceId: resource.id, campaignId: campaign.id, given: 1250 } })

  const { text } = perceived(await read(report))
  t.match(text, 'Activities that took place 3 of 6')
  t.match(text, 'People reached 121 to 124 said of 2 activities')
  t.match(text, 'Premises visited 3 said of 1 activity')
  t.match(text, 'Leaflets given out 1,030 said of 2 activities')
  t.match(text, 'Conversations 20 said of 1 activity')
  t.match(text, 'Nobody has said whether 1 activity took place.')
  t.match(text, 'Go earlier.')
  t.notMatch(text, /Not for everyone|Night patrol|SECRETPLACE|5,000/)

  const csv = parse((await read(`${report}.csv`)).body, { bom: true }) as string[][]
  const row = (table: string, name: string) => csv.find(([of, what]) => of === table && what === name)?.slice(2)
  t.strictSame(row('Each district', 'Bolton'), ['3', '2', '1', '0', '121 to 124', 'Not said', '1000', '20', '', ''])
  t.strictSame(row('Each district', 'Bury'), ['3', '1', '1', '1', 'Not said', '3', '30', 'Not said', '', ''])
  t.strictSame(row('Each audience', 'Parents')?.slice(0, 2), ['3', '3'])
  t.strictSame(row('Each audience', 'Businesses')?.slice(0, 2), ['1', '1'])
  t.strictSame(row('Each day', 'Friday 5 March 2027')?.slice(0, 6), ['1', '1', '0', '0', 'Not said', '3'])
  t.strictSame(row('Each organisation', 'Greater Manchester Police')?.[1], '1')
  t.strictSame(row('Each kind of activity', 'Work with businesses')?.[5], '3')
  t.strictSame(row('Resources handed over', 'Wristband')?.[8], '1250')

  const pdf = (await linesOf((await read(`${report}.pdf`)).rawPayload)).join(' ')
  for (const words of ['121 to 124', '1,030', 'Go earlier.', 'Wristband', 'Each district']) t.match(pdf, words)
  t.notMatch(pdf, /SECRETPLACE|5,000/)
})

t.test('page, file and document say one number wherever they say it', async t => {
  const { aStall, read } = await aCountedWeek(t)
  await aStall('Assembly', { runBy: 'Hill School', district: 'Bury', leafletsGiven: 70, audiences: ['children'] })
  const page = (await read(report)).body
  const csv = parse((await read(`${report}.csv`)).body, { bom: true }) as string[][]
  const pdf = (await linesOf((await read(`${report}.pdf`)).rawPayload)).join(' ')

  const sections = [...page.matchAll(/<h2[^>]*id="by-\w+">([^<]+)<\/h2>([\s\S]*?)<\/section>/g)]
  const shown = sections.flatMap(([, heading = '', body = '']) =>
    [...body.matchAll(/<tr role="row"><th scope="row"[^>]*>([^<]+)<\/th>([\s\S]*?)<\/tr>/g)]
      .map(([, name = '', cells = '']) =>
        [heading, name, ...[...cells.matchAll(/<\/span>([^<]*)<\/td>/g)].map(([, text = '']) => text)]))
  t.equal(sections.length, 5)
  t.strictSame(shown.map(row => row.map(cell => cell.replaceAll(/(?<=\d),(?=\d{3})/g, ''))),
    csv.filter(([table = '']) => table.startsWith('Each ')).map(row => row.slice(0, 10)))
  for (const cell of new Set(shown.flatMap(row => row.slice(1)))) t.match(pdf, cell, `the PDF says ${cell}`)
  const activities = (heading: string) =>
    shown.filter(([of]) => of === heading).reduce((sum, row) => sum + Number(row[2]), 0)
  for (const heading of ['Each day', 'Each district', 'Each kind of activity', 'Each organisation']) t.equal(activities(heading), 7, heading)
  t.match(csv.find(([table, name]) => table === 'Each organisation' && name === 'Hill School')?.slice(2, 6), ['1', '0', '0', '1'], 'a school that runs it is named')
})

t.test('an agency reports on what it leads, and someone who may not know of a campaign finds no report', async t => {
  const { app, db } = await aCountedWeek(t)
  const police = await db.agency.findUniqueOrThrow({ where: { slug: 'police' } })
  const other = await anAgency(db, { name: 'Other' })
  const [theirs, others, host] = await Promise.all([
    signedIn(app, db, { role: 'organiser', agencyId: police.id }), signedIn(app, db, { role: 'staff', agencyId: other.id }),
    signedIn(app, db, { role: 'host' })
  ])
  t.match(perceived(await app.inject({ url: report, headers: theirs.headers })).text, 'Activities that took place 1 of 1')
  t.equal((await app.inject({ url: report, headers: others.headers })).statusCode, 404)
  t.equal((await app.inject({ url: report, headers: host.headers })).statusCode, 403)
})

t.test('beside it stands the campaign that it was copied from', async t => {
  const { db, campaign, read } = await aCountedWeek(t)
  const before = await aCampaign(db, { title: 'The one before', firstDay: new Date('2026-03-02') })
  const activity = await anActivity(db, {
    campaignId: before.id,
    booking: 'none',
    capacity: null,
    peopleReached: 70,
    startsAt: at('2026-03-02T10:00').toJSDate(),
    endsAt: at('2026-03-02T11:00').toJSDate()
  })
  await db.outcomeReport.create({ data: { activityId: activity.id, tookPlace: true, givenAt: at('2026-03-03T10:00').toJSDate() } })
  await db.campaign.update({ where: { id: campaign.id }, data: { copiedFromId: before.id } })

  const { text } = perceived(await read(report))
  t.match(text, 'People reached 121 to 124 said of 2 activities The year before: 70')
  t.match(text, 'The year before was The one before')
})

t.test('bookings are exactly what a report of the campaign says: beside that report it tells nothing more', async t => {
  const { db, read, aStall } = await aWeekOfAction(t)
  for (const [title, came, away] of [['One', 17, 3], ['Two', 9, 8], ['Three', 2, 1]] as const) {
    // A lead who counts heads would give away how many stayed away.
    const { id } = await aStall(title, { booking: 'places', capacity: 30, peopleReached: came, conversations: came })
    await db.outcomeReport.create({ data: { activityId: id, tookPlace: true, givenAt: at('2027-03-08T10:00').toJSDate() } })
    for (let n = 0; n < came + away; n++) {
      await aBooking(db, id, { attended: n < came })
    }
  }
  const { text } = perceived(await read(report))
  const other = parse((await read('/staff/reports/report.csv?campaign=week&from=2027-Q1&to=2027-Q1&by=campaign')).body, { bom: true }) as string[][]
  const [, , , , offered, booked, , came, didNotCome] = other.find(([table]) => table === 'Campaign') ?? []
  t.match(text, `Places offered ${offered} Booked ${booked} Came ${came} Did not come ${didNotCome}`)
  t.match(text, 'People reached Not said')
  t.match(text, 'Conversations Not said')
})

/** An activity of a week, as far as numbers are published. */
const anOutcome = fc.record({
  peopleReached: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
  conversations: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
  booking: fc.constantFrom('none', 'drop-in', 'places', 'invitation'),
  tookPlace: fc.constantFrom(true, false, undefined)
}).map(({ booking, ...outcome }) => ({
  activity: { booking, status: 'published', endsAt: at('2027-03-04T12:00') },
  outcome: { premisesVisited: undefined, leafletsGiven: undefined, learnt: '', ...outcome },
  stage: 'done'
}) as unknown as AskedActivity)

t.test('whatever is added up, a count from 1 to 4 could be any other from 1 to 4', async () => {
  const now = at('2027-03-08T12:00')
  const aWeek = fc.array(anOutcome, { minLength: 1, maxLength: 8 })
  fc.assert(fc.property(aWeek, fc.integer({ min: 1, max: 4 }), (week, other) => {
    // The same week with every small number another one says the same, in every sum that there can be.
    const changed = week.map(one => ({
      ...one,
      outcome: {
        ...one.outcome,
        peopleReached: isSmall(one.outcome.peopleReached) ? other : one.outcome.peopleReached,
        conversations: isSmall(one.outcome.conversations) ? other : one.outcome.conversations
      }
    }))
    const subsets = Array.from({ length: 2 ** week.length }, (_, bits) =>
      [...week.keys()].filter(n => (bits >> n) % 2 === 1))
    return subsets.every(of => {
      const [one, two] = [week, changed].map(some => JSON.stringify(tallyOf(of.flatMap(n => some[n] ?? []), now)))
      return one === two
    })
  }))
  // And no figure of people is itself an exact small number.
  fc.assert(fc.property(anOutcome, one => (['peopleReached', 'conversations'] as const).every(number => {
    const figure = publishedNumber(one, number)
    return figure === undefined || !(isExact(figure) && isSmall(figure.low))
  })))
})

t.test('where bookings count who came, nothing is published of what anyone says beside them', async () => {
  fc.assert(fc.property(anOutcome, one => {
    const isCounted = one.activity.booking === 'places' || one.activity.booking === 'invitation'
    return !isCounted || (publishedNumber(one, 'peopleReached') === undefined && publishedNumber(one, 'conversations') === undefined)
  }))
})

t.test('a small sum says fewer than 5', async t => {
  const one = { activity: { booking: 'none' }, outcome: { peopleReached: 3, tookPlace: true } } as unknown as AskedActivity
  t.equal(figureInWords(publishedNumber(one, 'peopleReached') ?? { low: 0, high: 0, about: 0 }), 'fewer than 5')
})

function isSmall (count: number | undefined): boolean {
  return count !== undefined && count > 0 && count < 5
}
