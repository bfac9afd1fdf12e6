import t from 'tap'
import { suggested } from '../../../src/programme/evaluations/questionnaire.ts'
import { askingActivity, ownQuestions } from '../../support/evaluations.ts'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'
import { aBooking, anActivity } from '../../support/world.ts'

t.test('an activity is repeated weekly or on listed days, at the same times, as drafts without people', async t => {
  const { app, db } = await service(t)
  const first = await anActivity(db, { slug: 'safe', startsAt: new Date('2027-03-16T18:00Z'), endsAt: new Date('2027-03-16T18:30Z') })
  await aBooking(db, first.id)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = '/staff/activities/safe/repeat'
  const weekly = { ...filledIn((await app.inject({ url, headers })).body), how: 'weekly', weeks: '2' }
  const listed = { ...filledIn((await app.inject({ url, headers })).body), how: 'days', days: '2027-04-01\r\n2027-05-02' }

  const answer = await post(app, url, weekly, headers)
  await post(app, url, weekly, headers)
  await post(app, url, listed, headers)

  t.equal(answer.headers.location, '/staff/activities/safe?done=repeated', perceived(answer).text)
  const made = await db.activity.findMany({ where: { slug: { not: 'safe' } }, include: { bookings: true }, orderBy: { startsAt: 'asc' } })
  t.strictSame(made.map(({ slug, startsAt }) => [slug, startsAt.toISOString()]), [
    ['safe-2027-03-23', '2027-03-23T18:00:00.000Z'],
    ['safe-2027-03-30', '2027-03-30T17:00:00.000Z'],
    ['safe-2027-04-01', '2027-04-01T17:00:00.000Z'],
    ['safe-2027-05-02', '2027-05-02T17:00:00.000Z']
  ])
  t.ok(made.every(({ status, bookings }) => status === 'draft' && bookings.length === 0))
  t.equal(await db.auditEntry.count({ where: { action: 'activity.repeated' } }), 2)
})

t.test('all its repeats ask the same questions', async t => {
  const { app, db } = await service(t)
  await askingActivity(db, { slug: 'safe' })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = '/staff/activities/safe/repeat'

  await post(app, url, { ...filledIn((await app.inject({ url, headers })).body), how: 'weekly', weeks: '2' }, headers)

  const made = await db.activity.findMany({ where: { slug: { not: 'safe' } } })
  const asked = { questions: suggested.questions, asksLater: true, isAnswered: false }
  t.strictSame(await ownQuestions(db, made.map(({ id }) => id)), [asked, asked])
})

t.test('if one of the days is not possible, none is made, and what was typed stays', async t => {
  const { app, db } = await service(t)
  await anActivity(db, { slug: 'night', startsAt: new Date('2027-03-21T01:30Z'), endsAt: new Date('2027-03-21T03:00Z') })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = '/staff/activities/night/repeat'
  const form = filledIn((await app.inject({ url, headers })).body)
  const cases: Array<[Record<string, string>, string, RegExp]> = [
    [{ how: 'weekly', weeks: '2' }, 'days', /28 March 2027: there is no 01:30 that day/],
    [{ how: 'days', days: '2027-10-31' }, 'days', /31 October 2027: 01:30 comes twice that day/],
    [{ how: 'days', days: '2027-04-01 2027-02-30' }, 'days', /2027-02-30: Enter a day that exists/],
    [{ how: 'days', days: '2026-01-01' }, 'days', /It must start in the future/],
    [{ how: 'days', days: ' ' }, 'days', /Enter 1 to 52 days/],
    [{ how: 'days', days: 'x'.repeat(2001) }, 'days', /at most 52/],
    [{ how: 'weekly', weeks: '27' }, 'weeks', /from 1 to 26/],
    [{}, 'how', /Select weekly or a list of days/],
    [{ how: 'weekly', weeks: '1', slug: 'x' }, 'form', /no field/]
  ]

  for (const [given, field, sentence] of cases) {
    const answer = await post(app, url, { ...form, ...given }, headers)
    const { errors, has } = perceived(answer)
    t.equal(answer.statusCode, 400, JSON.stringify(given))
    t.match(errors, [{ field, sentence }], JSON.stringify(given))
    t.ok(has(field))
    t.equal(filledIn(answer.body).weeks, given.weeks ?? '')
  }
  t.equal(await db.activity.count(), 1)
})
