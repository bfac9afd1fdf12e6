import { DateTime } from 'luxon'
import fc from 'fast-check'
import t from 'tap'
import { copyWeek } from '../../../src/office/board/copy-week.ts'
import { awarenessDays } from '../../../src/office/cycle/awareness-days.ts'
import { dateKinds, noDate, statesOf, stepsOf, suggested, wronglyOrdered } from '../../../src/office/cycle/dates.ts'
import type { Cycle } from '../../../src/office/cycle/dates.ts'
import { timelineOf } from '../../../src/office/cycle/timeline.ts'
import { filledIn } from '../../support/filled-in.ts'
import { partsOf, perceived } from '../../support/service.ts'
import { organiser } from '../../support/staff.ts'
import { aWeekOfAction, at } from '../outcomes/week.ts'

const url = '/staff/campaigns/week/cycle'
const none = Object.fromEntries(dateKinds.map(kind => [kind, noDate])) as Cycle
const week = { firstDay: '2027-03-01', lastDay: '2027-03-07' }

t.test('days that others keep are looked up: each says where and when, and no day twice', async t => {
  for (const { name, day, source, checkedOn } of awarenessDays) {
    t.ok(DateTime.fromISO(day).isValid && DateTime.fromISO(checkedOn).isValid, name)
    t.equal(new URL(source.url).protocol, 'https:', name)
    t.match(name, day.slice(0, 4))
  }
  t.equal(new Set(awarenessDays.map(({ day }) => day)).size, awarenessDays.length)
  t.strictSame(awarenessDays.filter(({ name }) => name.startsWith('Safer')).map(({ day }) => day), ['2026-02-10', '2027-02-09'])
})

t.test('suggested dates are in an order that can be meant, and what is planned stays', async t => {
  fc.assert(fc.property(fc.date({ min: new Date('2021-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }), fc.integer({ min: 0, max: 30 }), (date, days) => {
    const firstDay = date.toISOString().slice(0, 10)
    const lastDay = DateTime.fromISO(firstDay, { zone: 'utc' }).plus({ days }).toISODate() ?? ''
    return wronglyOrdered(suggested(none, { firstDay, lastDay }, '2020-01-01'), { firstDay, lastDay }).length === 0
  }))
  const mine = { ...none, 'report-due': { day: '2027-07-01', time: '', label: 'Board meets', isDone: false } }
  t.match(suggested(mine, week, '2026-12-07'), { 'report-due': { day: '2027-07-01', label: 'Board meets' }, 'entries-open': { day: '2026-12-07' } })
})

t.test('nothing is suggested that would be late at once', async t => {
  const days = fc.integer({ min: -100, max: 100 }).map(n => DateTime.fromISO('2027-03-01').plus({ days: n }).toISODate() ?? '')
  fc.assert(fc.property(days, today =>
    !statesOf(stepsOf(suggested(none, week, today), { firstDay: undefined, lastDay: undefined }), today).includes('late')))
  const cycle = suggested(none, week, '2027-02-02')
  t.strictSame(dateKinds.map(kind => cycle[kind].day), ['', '', '2027-03-01', '2027-04-04', '2027-05-02'])
})

t.test('a page says which dates it can no longer suggest, and begins nothing from a day that has gone', async t => {
  const { db, read, turnClock } = await aWeekOfAction(t, at('2027-02-02T12:00'))
  await db.campaignDate.deleteMany()
  const page = await read(`${url}?from=2027-03-01`)
  t.match(filledIn(page.body), { 'entries-close-day': '', 'numbers-due-day': '2027-04-04', 'report-due-day': '2027-05-02' })
  t.match(perceived(page).text, 'Entries close (usually Monday 1 February 2027)')
  t.match(perceived(await read(url)).text, 'From the first day of the campaign')
  turnClock(at('2027-06-01T12:00'))
  t.notMatch(perceived(await read(url)).text, 'From the first day of the campaign')
})

t.test('what is past and not done is late, and the first to come is next', async t => {
  const cycle = suggested(none, week, '2026-12-01')
  const steps = stepsOf({ ...cycle, 'entries-open': { ...cycle['entries-open'], isDone: true } }, week)
  t.strictSame(steps.map(({ kind }) => kind), ['entries-open', 'entries-close', 'embargo-ends', 'week', 'numbers-due', 'report-due'])
  t.strictSame(statesOf(steps, '2027-02-15'), ['done', 'late', 'next', 'later', 'later', 'later'])
  t.strictSame(statesOf(steps, '2027-03-03'), ['done', 'late', 'late', 'today', 'later', 'later'])
  t.strictSame(statesOf(steps, '2027-03-08'), ['done', 'late', 'late', 'done', 'next', 'later'])
  const drawn = timelineOf(steps, statesOf(steps, '2027-03-03'), '2027-03-03')
  t.ok(drawn?.marks.every(({ x, width, y }) => x >= 0 && x + width <= 100 && y > 0))
  t.equal(new Set(drawn?.marks.map(({ x, y }) => `${Math.round(x / 8)} ${y}`)).size, 6, 'no mark covers another')
  t.equal(timelineOf([], [], '2027-03-03'), undefined)
})

t.test('dates are planned on a page, with names of one’s own, and are on the home page when they come', async t => {
  const { db, read, send, turnClock } = await aWeekOfAction(t, at('2027-01-25T12:00'))
  const suggestion = { ...filledIn((await read(`${url}?from=2027-03-01`)).body), 'entries-open-day': '2026-12-07' }
  t.match(suggestion, { 'entries-close-day': '2027-02-01', 'embargo-ends-time': '06:00', 'numbers-due-day': '2027-04-04' })
  const saved = await send(url, { ...suggestion, 'entries-close-label': 'Last call' })
  t.equal(saved.statusCode, 303)
  const page = perceived(await read(url))
  t.match(page.text, 'Next: Last call: Monday 1 February 2027')
  t.match(page.text, 'Late: Entries open: Monday 7 December 2026')
  t.match(perceived(await read('/staff')).text, /Last call of Know who your friends are Monday 1 February 2027/)
  turnClock(at('2027-01-04T12:00'))
  t.notMatch(perceived(await read('/staff')).text, 'Last call', 'not yet')
  turnClock(at('2027-01-25T12:00'))

  const other = { ...filledIn((await read(url)).body) }
  await send(url, { ...other, 'report-due-label': 'Board' })
  const late = await send(url, { ...other, 'report-due-label': 'Cabinet' })
  t.equal(late.statusCode, 409)
  t.match(late.body, 'Cabinet', 'nothing typed is lost')
  t.match(await db.campaignDate.findFirst({ where: { kind: 'report-due' } }), { label: 'Board' })

  for (const [fields, field] of [
    [{ 'entries-close-day': '2026-12-01' }, 'entries-close-day'], [{ 'numbers-due-day': '2027-03-01' }, 'numbers-due-day'],
    [{ 'report-due-day': '' }, 'report-due-day'], [{ 'embargo-ends-time': '25:00' }, 'embargo-ends-time'],
    [{ 'entries-open-day': '2027-02-30' }, 'entries-open-day']
  ] as const) {
    const refused = await send(url, { ...filledIn((await read(url)).body), ...fields })
    t.match(perceived(refused).errors, [{ field }], field)
  }
})

t.test('moving the day until which people are asked is read first', async t => {
  const { db, campaign, aStall, read, send, confirmed } = await aWeekOfAction(t)
  const stall = await aStall('Stall')
  await db.outcomeAsking.create({ data: { campaignId: campaign.id, since: at('2027-03-01T12:00').toJSDate(), reminds: true } })
  await db.outcomeAsk.create({ data: { activityId: stall.id, occasion: 'first', askedAt: at('2027-03-05T09:00').toJSDate() } })

  const form = { ...filledIn((await read(url)).body), 'numbers-due-day': '2027-04-11' }
  const { asked, sent } = await confirmed(url, form)
  t.match(perceived(asked).text, '1 activity was asked for numbers and nobody has given them.')
  t.match(perceived(asked).text, 'three days before Sunday 11 April 2027')
  t.equal(sent.statusCode, 303)
  t.equal((await db.campaignDate.findFirst())?.day.toISOString().slice(0, 10), '2027-04-11')
  const done = await send(url, { ...filledIn((await read(url)).body), 'numbers-due-done': 'yes' })
  t.equal(done.statusCode, 303, 'what reaches nobody is saved at once')
})

t.test('the page says where entries and embargoes act, and where these differ from what is planned', async t => {
  const { db, campaign, aStall, read } = await aWeekOfAction(t, at('2027-02-25T12:00'))
  await db.campaignDate.create({ data: { campaignId: campaign.id, kind: 'embargo-ends', day: new Date('2027-03-01'), time: '06:00' } })
  await aStall('Launch', { embargoUntil: at('2027-03-01T06:00').toJSDate() })
  await aStall('Press', { embargoUntil: at('2027-03-02T06:00').toJSDate() })
  await aStall('Patrol', { embargoUntil: at('2027-03-03T06:00').toJSDate(), visibility: 'operational', kind: 'disruption' })
  const acting = { isOn: true, opensOn: new Date('2026-12-07'), closesOn: new Date('2027-02-08') }
  await db.entryForm.create({ data: { campaignId: campaign.id, ...acting } })
  await db.campaignDate.create({ data: { campaignId: campaign.id, kind: 'entries-close', day: new Date('2027-02-01') } })
  const { text } = perceived(await read(url))
  t.match(text, 'from Monday 7 December 2026 to Monday 8 February 2027 (not as planned here)')
  t.match(text, '1 activity until Monday 1 March 2027 at 6am; 1 activity until Tuesday 2 March 2027 at 6am (not as planned here)')
  t.notMatch(text, '3 March', 'nobody learns of operational work')
})

t.test('a copied campaign has its year, moved by as many days, with nothing done and nobody asked', async t => {
  const { db, outbox, campaign } = await aWeekOfAction(t)
  await db.campaignDate.update({
    where: { campaignId_kind: { campaignId: campaign.id, kind: 'numbers-due' } }, data: { isDone: true, label: 'Numbers in' }
  })
  await db.outcomeAsking.create({ data: { campaignId: campaign.id, since: at('2027-03-01T12:00').toJSDate(), reminds: true } })
  const { seal } = partsOf({ db, outbox })
  const { slug } = await copyWeek({ db, seal }, campaign.id, {
    submission: 'a9b4b4d8-8b0f-4b62-9d4a-0d9d9a4b2a11', title: 'Next', firstDay: '2028-02-28', ids: []
  }, organiser, at('2027-03-10T12:00'))
  const copy = await db.campaign.findUniqueOrThrow({ where: { slug }, include: { dates: true, outcomeAsking: true } })
  t.match(copy, { copiedFromId: campaign.id, outcomeAsking: null })
  t.match(copy.dates, [{ kind: 'numbers-due', isDone: false, label: 'Numbers in' }])
  t.equal(copy.dates[0]?.day.toISOString().slice(0, 10), '2028-04-02')
})
