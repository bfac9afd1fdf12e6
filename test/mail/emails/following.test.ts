import t from 'tap'
import { importProgramme } from '../../../src/programme/programme-file/commands.ts'
import { changeArrangements } from '../../../src/office/editor/arrangements.ts'
import { setJoinLink } from '../../../src/office/meetings/join-link.ts'
import { programmeFileOf, readProgrammeFile } from '../../../src/programme/programme-file/csv-file.ts'
import { listProgramme } from '../../../src/programme/programme-file/queries.ts'
import { rowOf } from '../../../src/programme/programme-file/row.ts'
import { changePlaces } from '../../../src/booking/bookings/change-own-booking.ts'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { sendAgain, sweepEmails } from '../../../src/mail/emails/commands.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { confirming } from '../../support/confirming.ts'
import { joinUrl } from '../../support/calendar-entry.ts'
import { read } from '../../support/icalendar.ts'
import { doJobs, keeping, contextWith } from '../../support/email-context.ts'
import { organiser } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, aRequest, noon, secretKey, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const seal = joinLinkSeal(secretKey)
const anotherLink = 'https://teams.microsoft.com/meet/3912345678901?p=Ab3dEf9hIjKlMn'

/** Exports the programme, changes its rows as an organiser does in a spreadsheet, and imports it. */
async function edit ({ db, outbox }: World, cells: Partial<ReturnType<typeof rowOf>>): Promise<void> {
  const rows = (await listProgramme(db, seal)).map(listed => ({ ...rowOf(listed), ...cells }))
  const file = readProgrammeFile(Buffer.from(programmeFileOf(rows)))
  await importProgramme(db, outbox, seal, file, { dryRun: false }, noon)
}

/** Sends the emails; returns their recipients, with the SEQUENCE of those with a calendar entry. */
async function emails (its: World): Promise<string[]> {
  const mailer = keeping()
  t.strictSame(await doJobs(its, contextWith(its, mailer)), [])
  return mailer.kept.map(({ to, subject, calendar }) => {
    const event = calendar === undefined ? undefined : read(calendar.content).events[0]
    return [subject.split(':')[0], to.split('@')[0], event?.sequence].filter(part => part !== undefined).join(' ')
  }).sort()
}

/** One has a place, one waits, one was asked, one does not know of it yet, and two have left. */
async function manyBookings ({ db }: World, activityId: string): Promise<void> {
  await aBooking(db, activityId, { email: 'has@example.org' })
  await aBooking(db, activityId, { email: 'waits@example.org', status: 'waiting' })
  await aBooking(db, activityId, { email: 'offered@example.org', status: 'offered' })
  await aBooking(db, activityId, { email: 'carried@example.org', status: 'waiting', copiedFromBookingId: crypto.randomUUID() })
  await aBooking(db, activityId, { email: 'left@example.org', status: 'cancelled' })
  await aBooking(db, activityId, { email: 'lapsed@example.org', status: 'lapsed' })
}

t.test('everyone a change concerns gets one email, and only those with a place get a calendar update', async t => {
  const its = await world(t)
  const { id } = await anActivity(its.db)
  await manyBookings(its, id)

  await edit(its, { starts: '2026-12-02 19:00', ends: '2026-12-02 19:30' })

  t.strictSame(await emails(its), [
    'Your booking has changed has 1', 'Your booking has changed offered', 'Your booking has changed waits'
  ])
  t.strictSame(await emails(its), [])
})

t.test('several edits within a minute are one email, which says how it is after the last', async t => {
  const its = await world(t)
  const { id } = await anActivity(its.db)
  await manyBookings(its, id)

  await edit(its, { starts: '2026-12-02 19:00', ends: '2026-12-02 19:30' })
  await edit(its, { join_url: joinUrl })
  await edit(its, { starts: '2026-12-03 19:00', ends: '2026-12-03 19:30' })
  const due = await its.db.$queryRaw<Array<{ seconds: number }>>`
    SELECT extract(epoch FROM start_after - created_on)::float AS seconds FROM pgboss.job WHERE name = 'booking.changed'`

  t.ok(due.length > 0)
  for (const { seconds } of due) t.ok(seconds > 59 && seconds < 61, 'nobody writes before others can join in')
  t.strictSame(await emails(its), [
    'Your booking has changed has 3', 'Your booking has changed offered', 'Your booking has changed waits'
  ])
})

t.test('someone’s own change is told at once, with what was still to be told of the activity', async t => {
  const its = await world(t)
  const { id } = await anActivity(its.db, { placesPerBooking: 3 })
  const booking = await aBooking(its.db, id, { email: 'has@example.org' })

  await edit(its, { starts: '2026-12-02 19:00', ends: '2026-12-02 19:30' })
  await changePlaces(its.db, its.outbox, booking.id, 2, noon)

  t.equal((await its.boss.fetch('booking.changed'))?.length, 1)
  await its.db.$executeRaw`UPDATE pgboss.job SET state = 'created' WHERE state = 'active'`
  t.strictSame(await emails(its), ['Your booking has changed has 2'])
})

t.test('a link concerns those who have a place, another link too, and the same one nobody', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id } = await anActivity(db)
  await manyBookings(its, id)
  const set = async (link: string | undefined) => {
    await confirming(async confirmed =>
      await setJoinLink(db, outbox, seal, id, { joinUrl: link, confirmed }, organiser, noon))
  }

  await set(joinUrl)
  t.strictSame(await emails(its), ['Your booking has changed has 1'])
  await set(joinUrl)
  t.strictSame(await emails(its), [])
  await set(anotherLink)
  t.strictSame(await emails(its), ['New link to join has 2'])
  await set(undefined)
  t.strictSame(await emails(its), ['The link to join has ended has 3'])
  t.strictSame((await db.auditEntry.findMany({ orderBy: { id: 'asc' } })).map(({ action }) => action),
    ['join-link.changed', 'join-link.changed', 'join-link.removed'])
  t.notMatch(JSON.stringify(await db.auditEntry.findMany({ select: { details: true } })), 'teams')
})

t.test('with links of their own people hear nothing of another Teams link, and of another way in they do', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id } = await anActivity(db)
  await manyBookings(its, id)
  const enterBy = async (joinMode: 'invitation' | 'personal') => {
    await confirming(async confirmed =>
      await changeArrangements(db, outbox, id, { draft: { joinMode, reminders: ['day'], followUp: true }, confirmed }, organiser, noon))
  }

  await enterBy('personal')
  t.strictSame(await emails(its), ['Your booking has changed has 1'])
  await enterBy('personal')
  await confirming(async confirmed => await setJoinLink(db, outbox, seal, id, { joinUrl, confirmed }, organiser, noon))
  await edit(its, { join_url: anotherLink })
  t.strictSame(await emails(its), [])
  await enterBy('invitation')
  t.strictSame(await emails(its), ['New link to join has 2'])
})

t.test('where the campaign is discreet another title is in no email, so nobody gets one', async t => {
  for (const discreet of [true, false]) {
    const its = await world(t)
    const { id: campaignId } = await aCampaign(its.db, { discreet })
    const { id } = await anActivity(its.db, { campaignId })
    await aBooking(its.db, id, { email: 'has@example.org' })

    await edit(its, { title: 'Another title' })

    t.strictSame(await emails(its), discreet ? [] : ['Your booking has changed has 1'])
    t.equal((await its.db.activity.findFirstOrThrow()).icalSequence, discreet ? 0 : 1)
  }
})

t.test('another district is told only while an activity in person has no venue', async t => {
  const its = await world(t)
  const { id } = await anActivity(its.db, { kind: 'training', isOnline: false, district: 'Cumberland' })
  await aBooking(its.db, id, { email: 'has@example.org' })

  await edit(its, { district: 'Westmorland' })
  t.strictSame(await emails(its), ['Your booking has changed has 1'])
  await edit(its, { venue: 'Kendal Library' })
  t.strictSame(await emails(its), ['New place to meet has 2'])
  await edit(its, { district: 'Cumberland' })
  t.strictSame(await emails(its), [])
})

t.test('a booking keeps the sender of its first invitation, even if ours is another by now', async t => {
  const its = await world(t)
  const { id } = await anActivity(its.db)
  await aBooking(its.db, id, { icalOrganizer: 'As we were <before@example.org>', icalSequence: 4 })
  const mailer = keeping()

  await edit(its, { starts: '2026-12-02 19:00', ends: '2026-12-02 19:30' })
  t.strictSame(await doJobs(its, contextWith(its, mailer)), [])

  t.match(mailer.kept, [{ from: { name: 'As we were', address: 'before@example.org' }, calendar: { method: 'REQUEST' } }])
  t.match(read(mailer.kept[0]?.calendar?.content ?? '').events, [{ sequence: 5, organizer: /before@example\.org/ }])
})

t.test('a change says in its subject what it is, and in its text what was and what is', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id: activityId } = await anActivity(db, { placesPerBooking: 2 })
  await requestPlaces(db, outbox, activityId, [aRequest('anne@example.org')], noon)
  await emails(its)
  const { id } = await db.booking.findFirstOrThrow({ where: { activityId } })
  const next = async () => {
    const mailer = keeping()
    t.strictSame(await doJobs(its, contextWith(its, mailer)), [])
    return mailer.kept[0]
  }

  await edit(its, { starts: '2026-12-01 19:00', ends: '2026-12-01 19:30' })
  const later = await next()
  await changePlaces(db, outbox, id, 2, noon)
  const more = await next()

  t.equal(later?.subject, 'New time: Online workshop – Cumbria safeguarding partnerships, Tuesday 1 December 2026')
  t.match(later?.text, '* When: it was Tuesday 1 December 2026, 6pm to 6:30pm. It is now Tuesday 1 December 2026, 7pm to 7:30pm.')
  t.match(more?.subject, /^You now have 2 places: /)
  t.match(more?.text, '* Places: it was 1. It is now 2.')
  t.notMatch(more?.text, 'it was Tuesday', 'what was told before is known')
})

t.test('an edit that is taken back within the minute emails nobody, and the sweep owes nothing', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id: activityId } = await anActivity(db, { capacity: 1 })
  for (const name of ['has', 'waits']) await requestPlaces(db, outbox, activityId, [aRequest(`${name}@example.org`)], noon)
  await emails(its)

  await edit(its, { starts: '2026-12-01 19:00', ends: '2026-12-01 19:30' })
  await edit(its, { starts: '2026-12-01 18:00', ends: '2026-12-01 18:30' })
  t.strictSame(await emails(its), [])
  await sweepEmails(db, outbox, noon.plus({ minutes: 5 }))
  t.strictSame(await emails(its), [])

  t.match(await db.email.findMany({ where: { kind: 'booking-changed' } }), [
    { status: 'withdrawn', answer: /changed back/, attempts: 0 }, { status: 'withdrawn' }
  ])
  await edit(its, { starts: '2026-12-02 19:00', ends: '2026-12-02 19:30' })
  t.strictSame(await emails(its), ['New date has 3', 'New date waits'])
})

t.test('if an earlier email may have arrived unnoticed, its reader is told that it was taken back', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id: activityId } = await anActivity(db)
  await requestPlaces(db, outbox, activityId, [aRequest('has@example.org')], noon)
  await emails(its)
  const lost = { async send () { throw new Error('The answer was lost.') }, async close () {} }

  await edit(its, { starts: '2026-12-01 19:00', ends: '2026-12-01 19:30' })
  t.equal((await doJobs(its, contextWith(its, lost))).length, 1)
  await edit(its, { starts: '2026-12-01 18:00', ends: '2026-12-01 18:30' })

  t.strictSame(await emails(its), ['Your booking has changed has 2'])
})

t.test('sent again, it says the same as before', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id: activityId } = await anActivity(db)
  await requestPlaces(db, outbox, activityId, [aRequest('has@example.org')], noon)
  await emails(its)
  await edit(its, { starts: '2026-12-01 19:00', ends: '2026-12-01 19:30' })
  await emails(its)
  const { id: emailId } = await db.email.findFirstOrThrow({ where: { kind: 'booking-changed' } })

  await sendAgain(db, outbox, { emailId, host: 'workshops.example.org' }, organiser, noon)

  t.strictSame(await emails(its), ['New time has 1'])
})
