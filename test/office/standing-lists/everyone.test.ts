import { randomUUID } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import t from 'tap'
import type { Test } from 'tap'
import { announceStandingLists } from '../../../src/office/standing-lists/runs.ts'
import { dropOldRuns, monthsOfRuns } from '../../../src/office/standing-lists/drop-old-runs.ts'
import { aStandingList } from '../../support/everything.ts'
import { filledIn, formsOn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, noon } from '../../support/world.ts'

/** An organiser who has a list of a workshop sent to them, and an admin. */
async function aList (t: Test) {
  const its = await service(t)
  const { app, db } = its
  const activity = await anActivity(db, { title: 'Tea & talk' })
  await aBooking(db, activity.id, { name: 'Anne Kirkbride', phone: '01539 722 722', email: 'anne@example.org' })
  const owner = await signedIn(app, db, { role: 'organiser', name: 'Olive Owner' })
  const admin = await signedIn(app, db, { role: 'admin', name: 'Ada Admin' })
  return { ...its, activity, owner, admin, ...await aStandingList(db, owner.member.id, activity.id) }
}

const change = (list: string, fields: Record<string, string>) => ({
  ...fields, columns: 'email', why: 'figures', format: 'xlsx', how: 'weekly', weekday: '2', time: '9:00', days: '7', list
})

t.test('a run offers what was ticked when it was due, whatever the list has become; rights are asked of now', async t => {
  const { app, db, outbox, owner: { headers, member }, standingList: id } = await aList(t)
  await db.standingList.update({
    where: { id }, data: { columns: ['name', 'phone'], nextAt: noon.minus({ minutes: 1 }).toJSDate() }
  })
  await announceStandingLists(db, outbox, noon)
  const run = await db.standingListRun.findFirstOrThrow({ where: { standingListId: id, outcome: null } })
  const form = filledIn((await app.inject({ url: `/staff/lists/standing/${id}`, headers })).body)
  const { list: _, ...changed } = change(id, { edition: form.edition ?? '' })
  t.equal((await post(app, `/staff/lists/standing/${id}`, changed, headers)).statusCode, 303)

  const url = `/staff/lists/standing/${id}/runs/${run.id}`
  const { text } = perceived(await app.inject({ url, headers }))
  t.match(text, /As it was chosen on Monday 23 November 2026.*What is in it Name, Phone Format CSV.*Why To check people in on the day/)
  const file = await post(app, url, {}, headers)
  t.match(file.headers['content-type'], 'text/csv')
  t.strictSame(parse(file.body, { bom: true }), [['name', 'phone'], ['Anne Kirkbride', '01539 722 722']])

  await db.staffMember.update({ where: { id: member.id }, data: { role: 'staff' } })
  const less = await post(app, url, {}, headers)
  t.strictSame(parse(less.body, { bom: true }), [['name'], ['Anne Kirkbride']], 'what they may not have any more is left out')
})

t.test('a run that the version before made has what its list has', async t => {
  const { app, owner: { headers }, standingList: id, run } = await aList(t)

  const { text } = perceived(await app.inject({ url: `/staff/lists/standing/${id}/runs/${run}`, headers }))

  t.match(text, 'What is in it Reference Format CSV')
})

t.test('runs are kept for 12 months, and no list is sent twice because one is gone', async t => {
  const { db, outbox, standingList: standingListId, run } = await aList(t)
  const at = (when: typeof noon, occasion: string) =>
    ({ standingListId, occasion, dueAt: when.toJSDate(), outcome: 'sent', endedAt: when.toJSDate() })
  const edge = noon.minus({ months: monthsOfRuns })
  const { id: kept } = await db.standingListRun.create({ data: at(edge, 'the last that is kept') })
  await db.standingListRun.create({ data: at(edge.minus({ minutes: 1 }), 'the first that is not') })

  t.equal(await dropOldRuns(db, noon), 1)
  t.equal(await dropOldRuns(db, noon), 0)
  await announceStandingLists(db, outbox, noon)
  t.strictSame((await db.standingListRun.findMany()).map(({ id }) => id).sort(), [kept, run].sort())
})

t.test('admins see whose lists are sent, what they have and which fail, and stop one; its owner reads so', async t => {
  const { app, db, admin, owner, standingList: id } = await aList(t)
  await db.standingList.update({ where: { id }, data: { failures: 2 } })
  await db.standingListRun.updateMany({ data: { outcome: 'refused' } })

  const page = await app.inject({ url: '/staff/lists/everyone', headers: admin.headers })
  t.match(perceived(page).text, /Olive Owner : Tea & talk Failed 2 times When Every Monday at 8:30am Who is on it Everyone What is in it Reference Last time .*: not sent, as the mail server refused the email/)
  t.notMatch(page.body, /Kirkbride|01539/)
  t.equal((await app.inject({ url: '/staff/lists/everyone', headers: owner.headers })).statusCode, 403)
  t.equal((await post(app, `/staff/lists/everyone/${id}/stop`, {}, owner.headers)).statusCode, 403)

  const stop = formsOn(page.body, '').find(({ action }) => action.endsWith('/stop'))
  for (const again of ['once', 'twice']) {
    t.equal((await post(app, stop?.action ?? '', {}, admin.headers)).statusCode, 303, again)
  }
  t.match(await db.standingList.findUnique({ where: { id } }), { stoppedBecause: 'admin', nextAt: null })
  t.match(await db.auditEntry.findMany({ where: { action: 'standing-list.stopped' } }), [
    { staffMemberId: admin.member.id, subject: id, details: { about: 'Tea & talk', of: owner.member.id } }
  ])
  t.match(perceived(await app.inject({ url: '/staff/lists/everyone', headers: admin.headers })).text, /Stopped .*An admin stopped it on/)
  const theirs = perceived(await app.inject({ url: '/staff/lists/standing', headers: owner.headers })).text
  t.match(theirs, /An admin stopped it on 23 Nov/)
  t.equal((await post(app, `/staff/lists/standing/${id}/start`, {}, owner.headers)).statusCode, 303)
  t.match(await db.standingList.findUnique({ where: { id } }), { stoppedBecause: null })
  t.equal((await post(app, `/staff/lists/everyone/${randomUUID()}/stop`, {}, admin.headers)).statusCode, 404)
})

t.test('whoever disables or enables someone reads how many lists are sent to them, and can stop these first', async t => {
  const { app, db, admin, owner, standingList: id } = await aList(t)
  const other = await signedIn(app, db, { role: 'organiser', name: 'Ora Other' })
  const at = `/staff/members/${owner.member.id}`
  const textOf = async (url: string) => perceived(await app.inject({ url, headers: admin.headers })).text

  t.match(await textOf(at), 'Sent to them 1 list of attendees')
  t.match(await textOf(`${at}/disabling`), /1 list of attendees that is sent to them regularly is not sent any more\./)
  t.match(await textOf(`/staff/lists/everyone?of=${owner.member.id}`), /Lists that are sent to Olive Owner .* Tea & talk/)
  t.match(await textOf(`/staff/lists/everyone?of=${other.member.id}`), 'No list is sent to them.')
  t.match(await textOf('/staff/lists/everyone?of=x'), 'Tea & talk', 'nonsense is everyone')
  t.notMatch(await textOf(`/staff/members/${other.member.id}/disabling`), 'of attendees')

  await db.staffMember.update({ where: { id: owner.member.id }, data: { disabledAt: noon.toJSDate() } })
  t.match(await textOf(at), 'but not while they are disabled')
  t.match(await textOf(`${at}/enabling`), 'They get 1 list of attendees again')
  t.match(await textOf('/staff/lists/everyone'), 'Not sent: disabled')
  const of = { of: owner.member.id }
  const stopped = await post(app, `/staff/lists/everyone/${id}/stop`, of, admin.headers)
  t.equal(stopped.headers.location, `/staff/lists/everyone?of=${owner.member.id}&done=stopped#list-${id}`)
  t.notMatch(await textOf(`${at}/enabling`), 'of attendees')
})
