import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import t from 'tap'
import type { Test } from 'tap'
import { everyone } from '../../../src/booking/attendees/filter.ts'
import type { AttendeeFilter } from '../../../src/booking/attendees/filter.ts'
import type { Outbox } from '../../../src/platform/outbox.ts'
import type { Role } from '../../../src/identity/staff/roles.ts'
import type { StaffMember } from '../../../src/identity/staff/staff-member.ts'
import { disableMember } from '../../../src/office/staff-accounts/commands.ts'
import { allColumns } from '../../../src/office/exports/columns.ts'
import {
  changeStandingList, makeStandingList, startStandingList, stopStandingList
} from '../../../src/office/standing-lists/commands.ts'
import { announceStandingLists } from '../../../src/office/standing-lists/runs.ts'
import { StandingListChanged, StandingListNotFound, TooLate } from '../../../src/office/standing-lists/errors.ts'
import { sendStandingLists, tellOfStoppedLists } from '../../../src/office/standing-lists/jobs.ts'
import { findScope, getStandingList } from '../../../src/office/standing-lists/queries.ts'
import { mostFailures, versionOf } from '../../../src/office/standing-lists/standing-list.ts'
import type { About, StandingDraft, Timing } from '../../../src/office/standing-lists/standing-list.ts'
import { contextFor } from '../../support/email-context.ts'
import { aMailbox } from '../../support/mailbox.ts'
import { aStaffMember, anAgency } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, announced, noon, warm, world } from '../../support/world.ts'

const mondays: Timing = { how: 'weekly', weekday: 1, timeOfDay: '18:00', zone: 'Europe/London', days: 14 }
/** The first Monday at six after noon, which is a Monday. */
const firstMonday = noon.plus({ hours: 6 })
const aDayBefore: Timing = { how: 'before', hours: 24 }

function aDraft (timing: Timing, columns: string[] = ['name', 'email']): StandingDraft {
  return {
    columns: allColumns.filter(({ name }) => columns.includes(name)), format: 'csv', why: 'To check people in on the day', timing
  }
}

/** When an activity of an hour is. */
function anHourFrom (startsAt: DateTime<true>) {
  return { startsAt: startsAt.toJSDate(), endsAt: startsAt.plus({ hours: 1 }).toJSDate() }
}

/** A real mail server, an organiser, and a workshop eight days and six hours after noon with two people. */
async function office (t: Test) {
  const its = await world(t)
  const { db, outbox } = its
  const mailbox = await aMailbox(t)
  const context = { ...contextFor(t, its, mailbox.url), outbox }
  const campaign = await aCampaign(db, { title: 'Safe online' })
  const activity = await anActivity(db, { campaignId: campaign.id, title: 'Tea & talk' })
  await aBooking(db, activity.id, { name: 'Anne Kirkbride', email: 'anne@example.org' })
  await aBooking(db, activity.id, { name: 'Wanda Waits', email: 'wanda@example.org', status: 'waiting' })
  const row = await aStaffMember(db, { role: 'organiser' })
  const staff: StaffMember = {
    id: row.id, name: row.name, role: row.role as Role, agencyId: row.agencyId ?? undefined
  }

  async function make (
    about: About, draft: StandingDraft, filter: AttendeeFilter = everyone, now = noon
  ): Promise<string> {
    const id = randomUUID()
    const found = await findScope(db, staff, {
      activity: about === 'activity' ? activity.slug : undefined, campaign: about === 'campaign' ? campaign.slug : undefined
    })
    const scope = { about, ...found, filter, ...(about === 'activity' && { campaign: undefined }) }
    await makeStandingList(db, staff, { id, scope, draft }, now)
    return id
  }

  /** Lets it be an instant, as the worker does: what is due is announced, and then done. */
  async function at (now: DateTime<true>): Promise<string[]> {
    const before = new Set((await announced(db, 'standing-list.due')).map(({ runId }) => runId))
    await announceStandingLists(db, outbox, now)
    context.turnClock(now)
    const due = (await announced(db, 'standing-list.due')).filter(({ runId }) => !before.has(runId))
    const ends = await sendStandingLists(context, due)
    for (const end of ends) if (end.status === 'rejected') throw end.reason
    return await outcomes(due.map(({ runId }) => runId))
  }

  async function outcomes (ids: string[]): Promise<string[]> {
    const runs = await db.standingListRun.findMany({ where: { id: { in: ids } } })
    return runs.map(({ outcome }) => outcome ?? 'on its way')
  }

  return { ...its, mailbox, context, campaign, activity, staff, member: row, make, at }
}

t.test('a weekly list is announced by an email with a link and the numbers, and without any name', async t => {
  const { db, mailbox, campaign, activity, member, make, at } = await office(t)
  const far = noon.plus({ days: 60 })
  await anActivity(db, {
    campaignId: campaign.id, title: 'Far away', startsAt: far.toJSDate(), endsAt: far.plus({ hours: 1 }).toJSDate()
  })
  const id = await make('campaign', aDraft(mondays), { ...everyone, statuses: ['confirmed'] })

  t.strictSame(await at(firstMonday.minus({ minutes: 1 })), [], 'not before its moment')
  t.strictSame(await at(firstMonday), ['sent'])
  t.strictSame(await at(firstMonday.plus({ minutes: 1 })), [], 'nor twice')

  const [taken, ...others] = mailbox.taken
  t.strictSame(others, [])
  t.strictSame(taken?.to, [member.email])
  t.equal(taken?.mail.subject, 'Your list is ready: Activities of Safe online')
  const { text = '', html } = taken?.mail ?? {}
  t.match(text, /Who: Confirmed\nHow many now: 1 person/)
  t.match(text, /Tuesday 1 December 2026, 6pm to 6:30pm: Tea & talk: 1 person/)
  t.notMatch(text, 'Far away')
  const run = await db.standingListRun.findFirstOrThrow({ where: { standingListId: id } })
  t.match(text, `https://workshops.example.org/staff/lists/standing/${id}/runs/${run.id}`)
  t.match(text, 'Every Monday at 6pm.')
  for (const form of [text, String(html)]) t.notMatch(form, /Kirkbride|Waits|anne@|wanda@/)
  t.strictSame(taken?.mail.attachments, [], 'nothing is attached')

  const [entry] = await db.auditEntry.findMany({ where: { action: 'attendees.list-announced' } })
  t.match(entry, { staffMemberId: member.id, subject: activity.slug })
  t.strictSame(entry?.details, {
    rows: 1, columns: ['name', 'email'], why: 'To check people in on the day', who: 'Confirmed'
  })
  t.strictSame(await at(firstMonday.plus({ weeks: 1 })), ['sent'], 'and a week later again')
})

t.test('of ten sweeps at once, one announces what is due', async t => {
  const { db, outbox, make } = await office(t)
  await make('mine', aDraft(mondays))
  await make('activity', aDraft(aDayBefore))
  await warm(db)
  const due = noon.plus({ days: 7, hours: 6 })

  await Promise.all(Array.from({ length: 10 }, async () => { await announceStandingLists(db, outbox, due) }))

  t.equal((await announced(db, 'standing-list.due')).length, 2)
})

t.test('a transaction that fails announces nothing and leaves what is due', async t => {
  const { db, outbox, make, at } = await office(t)
  await make('mine', aDraft(mondays))
  const failing: Outbox = {
    async announce (...given) {
      await outbox.announce(...given)
      throw new Error('The queue is away.')
    }
  }

  await t.rejects(announceStandingLists(db, failing, firstMonday), /The queue is away/)
  t.equal(await db.standingListRun.count(), 0)
  t.strictSame(await announced(db, 'standing-list.due'), [])
  await announceStandingLists(db, outbox, firstMonday)
  t.equal((await announced(db, 'standing-list.due')).length, 1)
  t.strictSame(await at(firstMonday), [])
})

t.test('a job that comes twice sends one email', async t => {
  const { db, outbox, mailbox, context, make } = await office(t)
  await make('mine', aDraft(mondays))
  await announceStandingLists(db, outbox, firstMonday)
  context.turnClock(firstMonday)
  const due = await announced(db, 'standing-list.due')

  await sendStandingLists(context, due)
  await sendStandingLists(context, due)

  t.equal(mailbox.taken.length, 1)
  t.equal(await db.auditEntry.count({ where: { action: 'attendees.list-announced' } }), 1)
})

t.test('a weekly list that was missed for more than a day is noted, and comes at its next moment', async t => {
  const { db, mailbox, make, at } = await office(t)
  const id = await make('mine', aDraft(mondays))

  t.strictSame(await at(firstMonday.plus({ hours: 25 })), [])
  t.match(await db.standingListRun.findMany({ where: { standingListId: id } }), [{ outcome: 'missed' }])
  t.equal(mailbox.taken.length, 0)
  t.strictSame(await at(firstMonday.plus({ weeks: 1, hours: 23 })), ['sent'], 'and within a day it is still sent')
})

t.test('a weekly list without activities sends nothing, and that is no failure', async t => {
  const { db, mailbox, activity, make, at } = await office(t)
  const id = await make('mine', aDraft({ ...mondays, days: 7 }))
  await db.activity.update({ where: { id: activity.id }, data: { status: 'cancelled' } })

  t.strictSame(await at(firstMonday), ['nothing'])
  t.equal(mailbox.taken.length, 0)
  t.match(await db.standingList.findUnique({ where: { id } }), { failures: 0 })
})

t.test('a list comes before the activity, also with nobody on it, and not once it has begun', async t => {
  const { db, mailbox, activity, make, at } = await office(t)
  await db.booking.deleteMany()
  await make('activity', aDraft(aDayBefore))
  const due = noon.plus({ days: 7, hours: 6 })

  t.strictSame(await at(due.minus({ minutes: 1 })), [])
  t.strictSame(await at(due), ['sent'])
  t.match(mailbox.taken[0]?.mail.text, /How many now: Nobody yet[^]*Tuesday 1 December 2026, 6pm to 6:30pm: Tea & talk: 0 people/)

  await make('campaign', aDraft(aDayBefore))
  t.strictSame(await at(noon.plus({ days: 8, hours: 6 })), [], `${activity.title} has begun`)
})

t.test('a list follows an activity that moves, and comes again where it moves by more than a day', async t => {
  const { db, activity, make, at } = await office(t)
  await make('activity', aDraft(aDayBefore))
  const moveTo = async (startsAt: DateTime<true>) => {
    await db.activity.update({ where: { id: activity.id }, data: anHourFrom(startsAt) })
  }
  await moveTo(noon.plus({ days: 3 }))
  t.strictSame(await at(noon.plus({ days: 1, hours: 23 })), [], 'its new moment has not come')
  t.strictSame(await at(noon.plus({ days: 2 })), ['sent'])
  await moveTo(noon.plus({ days: 4 }))
  t.strictSame(await at(noon.plus({ days: 3 })), [], 'a day later is the same occasion')
  await moveTo(noon.plus({ days: 6 }))
  t.strictSame(await at(noon.plus({ days: 5 })), ['sent'], 'three days later is another')
  await moveTo(noon.plus({ days: 9 }))
  await db.activity.update({ where: { id: activity.id }, data: { status: 'cancelled' } })
  t.strictSame(await at(noon.plus({ days: 8 })), [], 'a cancelled activity has no list')
})

t.test('an activity that is cancelled after its list was announced has no email', async t => {
  const { db, outbox, mailbox, context, activity, make } = await office(t)
  const id = await make('activity', aDraft(aDayBefore))
  const due = noon.plus({ days: 7, hours: 6 })
  await announceStandingLists(db, outbox, due)
  await db.activity.update({ where: { id: activity.id }, data: { status: 'cancelled' } })
  context.turnClock(due)

  await sendStandingLists(context, await announced(db, 'standing-list.due'))

  t.equal(mailbox.taken.length, 0)
  t.match(await db.standingListRun.findFirst({ where: { standingListId: id } }), { outcome: 'overtaken' })
  t.match(await db.standingList.findUnique({ where: { id } }), { failures: 0 })
})

t.test('occasions that were past when a list was made are not sent, and one of a single activity is refused', async t => {
  const { make, at } = await office(t)
  const late = noon.plus({ days: 8 })

  await t.rejects(make('activity', aDraft(aDayBefore), everyone, late), new TooLate())
  await make('mine', aDraft(aDayBefore), everyone, late)
  t.strictSame(await at(late.plus({ minutes: 1 })), [])
})

t.test('someone who was disabled gets nothing, and after five times the list is stopped and nobody is told', async t => {
  const { db, mailbox, context, staff, make, at } = await office(t)
  const id = await make('mine', aDraft(mondays))
  await disableMember(db, staff.id, undefined, noon)

  for (let week = 0; week < mostFailures; week++) t.strictSame(await at(firstMonday.plus({ weeks: week })), ['disabled'])

  t.match(await db.standingList.findUnique({ where: { id } }), { failures: 5, stoppedBecause: 'disabled', nextAt: null })
  t.strictSame(await at(firstMonday.plus({ weeks: 5 })), [], 'it does not come any more')
  await tellOfStoppedLists(context, await announced(db, 'standing-list.stopped'))
  t.equal(mailbox.taken.length, 0)
  t.match(await db.auditEntry.findMany({ where: { action: 'standing-list.failed' } }), [
    { staffMemberId: staff.id, subject: id, details: { failures: 5, because: 'disabled' } }
  ])
})

t.test('rights that are taken away count: of the activity, of a column, and of whom the filter finds', async t => {
  const { db, mailbox, staff, make, at } = await office(t)
  await make('activity', aDraft(mondays, ['name', 'phone']))
  const needs = await make('activity', aDraft(mondays, ['name']), { ...everyone, need: 'yes' })
  t.strictSame(await at(firstMonday), ['sent', 'sent'])
  t.notMatch(mailbox.taken[0]?.mail.text, 'not on the list any more')

  await db.staffMember.update({ where: { id: staff.id }, data: { role: 'staff' } })
  t.strictSame((await at(firstMonday.plus({ weeks: 1 }))).sort(), ['sent', 'tells'])
  t.match(mailbox.taken[2]?.mail.text, /not on the list any more, because only organisers can have them in a list: Phone\./)
  t.match(await db.standingList.findUnique({ where: { id: needs } }), { failures: 1 })
  t.strictSame(await at(firstMonday.plus({ weeks: 2 })), ['nothing', 'nothing'], 'the activity is over')
  t.match(await db.standingList.findUnique({ where: { id: needs } }), { failures: 0 })

  const { id: agencyId } = await anAgency(db)
  await db.staffMember.update({ where: { id: staff.id }, data: { agencyId } })
  t.strictSame(await at(firstMonday.plus({ weeks: 3 })), ['not-allowed', 'not-allowed'])
  await make('mine', aDraft(mondays), everyone, firstMonday.plus({ weeks: 3 }))
  await db.staffMember.update({ where: { id: staff.id }, data: { role: 'host' } })
  t.strictSame(await at(firstMonday.plus({ weeks: 4 })), ['not-allowed', 'not-allowed', 'not-allowed'])
})

t.test('a list of all that someone may know leaves out what they may not', async t => {
  const { db, mailbox, staff, activity, make, at } = await office(t)
  const { id: agencyId } = await anAgency(db)
  await db.activity.update({ where: { id: activity.id }, data: { leadAgencyId: agencyId } })
  await db.staffMember.update({ where: { id: staff.id }, data: { agencyId } })
  await anActivity(db, { title: 'Not theirs' })
  await make('mine', aDraft(mondays))
  await make('mine', aDraft(aDayBefore))

  t.strictSame(await at(firstMonday), ['sent'])
  t.match(mailbox.taken[0]?.mail.text, 'Tea & talk')
  t.notMatch(mailbox.taken[0]?.mail.text, 'Not theirs')
  t.strictSame((await at(noon.plus({ days: 7, hours: 6 }))).sort(), ['overtaken', 'sent', 'sent'])
})

t.test('a mail server that refuses for good stops a list at the fifth time, and a success begins to count anew', async t => {
  const { db, mailbox, context, member, make, at } = await office(t)
  const id = await make('activity', aDraft({ ...mondays, days: undefined }))
  await db.activity.updateMany({ data: anHourFrom(noon.plus({ weeks: 20 })) })
  const refusing = () => ({ code: 550, text: 'No such user' })
  const week = (n: number) => firstMonday.plus({ weeks: n })

  mailbox.refuse = refusing
  for (let n = 0; n < mostFailures - 1; n++) t.strictSame(await at(week(n)), ['refused'])
  mailbox.refuse = () => undefined
  t.strictSame(await at(week(4)), ['sent'])
  t.match(await db.standingList.findUnique({ where: { id } }), { failures: 0, stoppedAt: null })
  mailbox.refuse = refusing
  for (let n = 5; n < 10; n++) t.strictSame(await at(week(n)), ['refused'])
  t.match(await db.standingList.findUnique({ where: { id } }), { failures: 5, stoppedBecause: 'refused' })

  mailbox.refuse = () => undefined
  const stopped = await announced(db, 'standing-list.stopped')
  t.equal(stopped.length, 1, 'its owner is told once')
  await tellOfStoppedLists(context, stopped)
  const last = mailbox.taken.at(-1)
  t.strictSame(last?.to, [member.email])
  t.equal(last?.mail.subject, 'We have stopped a list of yours: Tea & talk')
  t.match(last?.mail.text, /5 times in a row: Tea & talk\. The last time, the mail server refused the email\./)
})

t.test('a mail server that is away is tried again, until it is too late', async t => {
  const { db, outbox, mailbox, context, make } = await office(t)
  const id = await make('activity', aDraft(aDayBefore))
  const due = noon.plus({ days: 7, hours: 6 })
  await announceStandingLists(db, outbox, due)
  context.turnClock(due)
  const dues = await announced(db, 'standing-list.due')
  mailbox.refuse = () => ({ code: 450, text: 'Try again later' })

  t.equal((await sendStandingLists(context, dues))[0]?.status, 'rejected')
  t.match(await db.standingListRun.findFirst({ where: { standingListId: id } }), { outcome: null })
  context.turnClock(due.plus({ hours: 24 }))
  t.equal((await sendStandingLists(context, dues))[0]?.status, 'fulfilled')
  t.match(await db.standingListRun.findFirst({ where: { standingListId: id } }), { outcome: 'late' })
  t.match(await db.standingList.findUnique({ where: { id } }), { failures: 1 })
})

t.test('what a list was about is gone: that fails, and nothing else is lost', async t => {
  const { db, activity, make, at } = await office(t)
  const id = await make('activity', aDraft(mondays))
  await db.booking.deleteMany()
  await db.activity.delete({ where: { id: activity.id } })

  t.strictSame(await at(firstMonday), ['gone'])
  t.match(await db.standingList.findUnique({ where: { id } }), { about: 'activity', activityId: null, failures: 1 })
})

t.test('a list that is stopped is not sent, even if it was announced; started again it comes at its next moment', async t => {
  const { db, outbox, mailbox, context, staff, make, at } = await office(t)
  const id = await make('mine', aDraft(mondays))
  await announceStandingLists(db, outbox, firstMonday)
  await stopStandingList(db, staff, id, firstMonday)
  await stopStandingList(db, staff, id, firstMonday)
  context.turnClock(firstMonday)
  await sendStandingLists(context, await announced(db, 'standing-list.due'))
  t.equal(mailbox.taken.length, 0)
  t.strictSame(await at(firstMonday.plus({ weeks: 1 })), [])

  await startStandingList(db, staff, id, firstMonday.plus({ weeks: 1 }))
  t.strictSame(await at(firstMonday.plus({ weeks: 1, minutes: 1 })), [])
  t.strictSame(await at(firstMonday.plus({ weeks: 2 })), ['nothing'])
  t.strictSame((await db.auditEntry.findMany({ where: { subject: id }, orderBy: { id: 'asc' } })).map(({ action }) => action),
    ['standing-list.made', 'standing-list.stopped', 'standing-list.started'])
})

t.test('a change overwrites nothing that was not seen, and nobody changes the list of another', async t => {
  const { db, staff, make } = await office(t)
  const id = await make('mine', aDraft(mondays))
  const versionHash = versionOf(await getStandingList(db, staff, id))
  await changeStandingList(db, staff, { id, versionHash }, aDraft(aDayBefore), noon)
  await changeStandingList(db, staff, { id, versionHash }, aDraft(aDayBefore), noon)

  await t.rejects(changeStandingList(db, staff, { id, versionHash }, aDraft(mondays), noon), new StandingListChanged())
  const other = { ...staff, id: randomUUID() }
  await t.rejects(stopStandingList(db, other, id, noon), new StandingListNotFound())
  t.match(await db.standingList.findUnique({ where: { id } }), { how: 'before', hours: 24, nextAt: null, stoppedAt: null })
})
