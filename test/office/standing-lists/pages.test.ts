import { randomUUID } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import t from 'tap'
import type { Test } from 'tap'
import { aStandingList } from '../../support/everything.ts'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, noon } from '../../support/world.ts'

const asked = {
  columns: ['name', 'phone'], format: 'csv', why: 'door', how: 'weekly', weekday: '1', time: '8.30', days: '14', about: 'activity'
}

/** A form as a browser sends it; a field may be chosen several times. */
function filled (fields: Record<string, string | string[]>): string {
  return new URLSearchParams(Object.entries(fields).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]))).toString()
}

/** A workshop with two people, of whom one waits. */
async function aWorkshop (t: Test, role = 'organiser') {
  const its = await service(t)
  const activity = await anActivity(its.db, { title: 'Tea & talk' })
  await aBooking(its.db, activity.id, { name: 'Anne Kirkbride', phone: '01539 722 722' })
  await aBooking(its.db, activity.id, { name: 'Wanda Waits', status: 'waiting' })
  const { headers, member } = await signedIn(its.app, its.db, { role })
  return { ...its, activity, headers, member, at: `/staff/lists/standing/new?activity=${activity.slug}` }
}

t.test('the page of a list leads to having it sent, with its filter and without what was searched for', async t => {
  const { app, activity, headers } = await aWorkshop(t)
  const attendees = `/staff/activities/${activity.slug}/attendees`
  const found = await post(app, attendees, { search: 'Kirkbride', status: 'confirmed' }, headers)
  const query = String(found.headers.location).replace(/.*\?/, '')

  const page = await app.inject({ url: `/staff/activities/${activity.slug}/list?${query}`, headers })

  t.match(perceived(page).text, '“Kirkbride”')
  const [, href = ''] = /href="(\/staff\/lists\/standing\/new[^"]*)"/.exec(page.body) ?? []
  t.equal(href.replaceAll('&amp;', '&'), `/staff/lists/standing/new?activity=${activity.slug}&status=confirmed`)
  const form = await app.inject({ url: href.replaceAll('&amp;', '&'), headers })
  t.match(perceived(form).text, /Have a list sent to you.*Who Confirmed.*Tea & talk.*Activities of It’s Not OK.*All activities whose attendees you can see/)
})

t.test('someone sets up a list, and their page says what, when and what comes next', async t => {
  const { app, db, headers, member, at } = await aWorkshop(t)

  const answer = await post(app, `${at}&status=confirmed`, filled({ ...asked, submission: randomUUID() }), headers)

  t.equal(answer.statusCode, 303, perceived(answer).errors.map(({ sentence }) => sentence).join())
  const [list] = await db.standingList.findMany()
  t.match(list, {
    staffMemberId: member.id, about: 'activity', who: 'status=confirmed', columns: ['name', 'phone'], timeOfDay: '08:30', days: 14
  })
  const { text } = perceived(await app.inject({ url: answer.headers.location?.replace(/#.*/, '') ?? '', headers }))
  t.match(text, /We will email you when the list is ready\./)
  t.match(text, /Tea & talk When Every Monday at 8:30am Who Confirmed What is in it Name, Phone Format CSV/)
  t.match(text, /Next Monday 30 November 2026 at 8:30am Last time Not yet/)
})

t.test('a form filled in wrongly gets a sentence for each mistake, keeps what was typed, and makes nothing', async t => {
  const { app, db, headers, at } = await aWorkshop(t)
  const cases: Array<[change: Record<string, string | string[]>, field: string, sentence: string]> = [
    [{ columns: [] }, 'columns', 'Select at least one column'],
    [{ why: '' }, 'why', 'Select why you need this list'],
    [{ why: 'other' }, 'why_other', 'Say why you need this list'],
    [{ how: '' }, 'how', 'Select when you want it'],
    [{ weekday: '8' }, 'weekday', 'Select a day of the week'],
    [{ time: '24:00' }, 'time', 'Enter a time like 8:30 or 17:00'],
    [{ days: '15' }, 'days', 'Select which activities from those on the page'],
    [{ about: 'everything' }, 'about', 'Select which activities'],
    [{ how: 'before', hours: '' }, 'hours', 'Hours before must be a whole number from 1 to 336'],
    [{ how: 'before', hours: '337' }, 'hours', 'Hours before must be a whole number from 1 to 336'],
    [{ how: 'before', hours: '200' }, 'hours', 'The activity begins sooner than that. Enter fewer hours']
  ]

  for (const [change, field, sentence] of cases) {
    const answer = await post(app, at, filled({ ...asked, submission: randomUUID(), ...change }), headers)
    t.ok([400, 409].includes(answer.statusCode), sentence)
    t.strictSame(perceived(answer).errors, [{ field, sentence }])
    t.ok(perceived(answer).has(field), `${field} is there to go to`)
    if (field !== 'time') t.equal(filledIn(answer.body).time, '8.30')
  }
  t.equal(await db.standingList.count(), 0)
})

t.test('staff get no list of people found by a need, nor columns that only organisers may have', async t => {
  const { app, headers, at } = await aWorkshop(t, 'staff')

  t.equal((await app.inject({ url: `${at}&need=yes`, headers })).statusCode, 403)
  t.match(perceived(await app.inject({ url: at, headers })).text, /Phone, Access needs, Question: only organisers can have these/)
  t.equal((await post(app, at, filled({ ...asked, submission: randomUUID() }), headers)).statusCode, 400)
})

t.test('the link of an email leads to a page, and its button to a list of who is there by now, which is recorded', async t => {
  const { app, db, activity, headers, member } = await aWorkshop(t)
  const { standingList, run } = await aStandingList(db, member.id, activity.id)
  const url = `/staff/lists/standing/${standingList}/runs/${run}`
  await db.standingList.update({ where: { id: standingList }, data: { columns: ['name', 'phone'], who: 'status=confirmed' } })
  const before = await db.auditEntry.count()

  const page = await app.inject({ url, headers })
  t.match(perceived(page).text, /Your list Tea & talk.*Who Confirmed How many now 1 person What is in it Name, Phone/)
  t.notMatch(page.body, 'Kirkbride')
  t.equal(await db.auditEntry.count(), before, 'to look changes nothing')
  await aBooking(db, activity.id, { name: 'Bob Nixon' })
  const list = await post(app, url, {}, headers)

  t.equal(list.headers['content-disposition'], `attachment; filename="attendees-${activity.slug}-2026-11-23.csv"`)
  t.strictSame(parse(list.body, { bom: true, columns: true }), [
    { name: 'Anne Kirkbride', phone: '01539 722 722' }, { name: 'Bob Nixon', phone: '' }
  ])
  t.match(await db.auditEntry.findFirst({ where: { action: 'attendees.exported' } }), {
    staffMemberId: member.id, subject: activity.slug, details: { rows: 2, why: 'To check people in on the day', who: 'Confirmed' }
  })
})

t.test('rights are asked when the list is downloaded, too, and of who is asking', async t => {
  const { app, db, activity, headers, member } = await aWorkshop(t)
  const { standingList, run } = await aStandingList(db, member.id, activity.id)
  const url = `/staff/lists/standing/${standingList}/runs/${run}`

  const other = await signedIn(app, db)
  for (const address of [url, url.replace(/\/runs.*/, ''), url.replace(/\/runs.*/, '/deletion')]) {
    t.equal((await app.inject({ url: address, headers: other.headers })).statusCode, 404, 'an admin does not see it either')
  }
  await db.activity.update({ where: { id: activity.id }, data: { visibility: 'operational' } })
  t.equal((await app.inject({ url, headers })).statusCode, 409)
  t.equal((await post(app, url, {}, headers)).statusCode, 409)
  t.equal(await db.auditEntry.count({ where: { action: 'attendees.exported' } }), 0)
})

t.test('who has not lately proved who they are is asked to, and comes back to the page of the email', async t => {
  let now = noon
  const its = await service(t, { clock: () => now })
  const activity = await anActivity(its.db)
  const { headers, member } = await signedIn(its.app, its.db)
  const { standingList, run } = await aStandingList(its.db, member.id, activity.id)
  now = noon.plus({ minutes: 20 })
  const url = `/staff/lists/standing/${standingList}/runs/${run}`

  const answer = await its.app.inject({ url, headers })

  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, `/staff/again?to=${encodeURIComponent(url)}`)
  t.equal((await its.app.inject({ url: '/staff/lists/standing', headers })).statusCode, 200, 'what is set up is no secret')
})

t.test('someone changes, stops, starts and deletes their list, and sees what they changed elsewhere', async t => {
  const { app, db, activity, headers, member } = await aWorkshop(t)
  const { standingList: id } = await aStandingList(db, member.id, activity.id)
  const url = `/staff/lists/standing/${id}`
  const form = { ...filledIn((await app.inject({ url, headers })).body), columns: 'reference', how: 'weekly', why: 'door' }

  t.match((await post(app, url, { ...form, time: '17:00' }, headers)).headers.location, /done=changed/)
  const other = await post(app, url, { ...form, time: '9:00' }, headers)
  t.equal(other.statusCode, 409)
  t.match(perceived(other).text, /You have changed this list in another window.*Time There now 17:00 Yours 09:00/)
  t.match((await post(app, url, { ...form, time: '9:00', edition: filledIn(other.body).edition ?? '' }, headers)).headers.location, /done=changed/)
  t.match(await db.standingList.findUnique({ where: { id } }), { timeOfDay: '09:00' })

  t.match((await post(app, `${url}/stop`, {}, headers)).headers.location, /done=stopped/)
  t.match(perceived(await app.inject({ url: '/staff/lists/standing', headers })).text, /Stopped You stopped it on 23 November 2026 at midday/)
  t.match((await post(app, `${url}/start`, {}, headers)).headers.location, /done=started/)
  const started = await db.standingList.findUniqueOrThrow({ where: { id } })
  t.strictSame([started.stoppedAt, started.nextAt?.toISOString()], [null, '2026-11-30T09:00:00.000Z'])
  t.match(perceived(await app.inject({ url: `${url}/deletion`, headers })).text, /Do you want to delete this list\?/)
  t.match((await post(app, `${url}/deletion`, {}, headers)).headers.location, /done=deleted/)
  t.equal(await db.standingList.count() + await db.standingListRun.count(), 0)
})
