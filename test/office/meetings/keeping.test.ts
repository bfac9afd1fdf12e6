import t from 'tap'
import type { Test } from 'tap'
import { importProgramme } from '../../../src/programme/programme-file/commands.ts'
import { setJoinLink } from '../../../src/office/meetings/join-link.ts'
import { programmeFileOf, readProgrammeFile } from '../../../src/programme/programme-file/csv-file.ts'
import { listProgramme } from '../../../src/programme/programme-file/queries.ts'
import { rowOf } from '../../../src/programme/programme-file/row.ts'
import { getActivity } from '../../../src/programme/activities/queries.ts'
import { cancelActivity } from '../../../src/booking/bookings/cancel.ts'
import type { Activity, TeamsMeeting } from '../../../src/platform/database/generated/client.ts'
import { askForMeeting, replaceMeeting, tryAgain } from '../../../src/office/meetings/ask-for-meeting.ts'
import { noteMade, sweepMeetings } from '../../../src/office/meetings/keeping.ts'
import { linkMark } from '../../../src/office/meetings/link-effects.ts'
import { keepMeeting } from '../../../src/office/meetings/jobs.ts'
import { findMeeting } from '../../../src/office/meetings/queries.ts'
import type { MeetingChoices, Meetings } from '../../../src/programme/teams/meeting.ts'
import type { Outbox } from '../../../src/platform/outbox.ts'
import { confirming } from '../../support/confirming.ts'
import { noPolicy, refusal } from '../../support/graph-server.ts'
import { doJobs as doEmails, keeping, contextWith } from '../../support/email-context.ts'
import { meetingContext, seal } from '../../support/meeting-context.ts'
import type { TestMeetingContext } from '../../support/meeting-context.ts'
import { expectSound } from '../../support/sound.ts'
import { organiser } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, announced, noon, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const pasted = 'https://teams.microsoft.com/meet/3912345678901?p=Ab3dEf9hIjKlMn'
const safest: MeetingChoices = { lobby: 'everyone-waits', mayUnmute: false, mayShowCamera: false }

interface Context extends World {
  activity: Activity
  context: TestMeetingContext
  ask: (choices?: Partial<MeetingChoices>) => Promise<void>
  paste: (link?: string) => Promise<void>
  /** The current meeting, and the activity's link. */
  now: () => Promise<{ kept: TeamsMeeting, link: string | undefined }>
  /** Number of emails with another link that were owed so far. */
  told: () => Promise<number>
  sweep: () => Promise<void>
}

/** An activity of a campaign that is not discreet, with the given number of people, and a server that speaks Graph. */
async function aContext (
  t: Test, { people = 3, ...given }: Partial<Activity> & { people?: number } = {}
): Promise<Context> {
  const its = await world(t)
  const { db, outbox } = its
  const { id: campaignId } = await aCampaign(db, { discreet: false })
  const activity = await anActivity(db, { campaignId, ...given })
  for (let n = 0; n < people; n++) await aBooking(db, activity.id)
  const context = await meetingContext(t, its)
  return {
    ...its,
    activity,
    context,
    async ask (choices) {
      const seen = linkMark(await getActivity(db, activity.id))
      await confirming(async confirmed => {
        const asked = { ...safest, ...choices, seen, confirmed }
        await askForMeeting(context.parts, activity.id, asked, organiser, context.clock())
      })
    },
    async paste (link = pasted) {
      await confirming(async confirmed =>
        await setJoinLink(db, outbox, seal, activity.id, { joinUrl: link, confirmed }, organiser, context.clock()))
    },
    async now () {
      const { joinUrlSealed } = await db.activity.findUniqueOrThrow({ where: { id: activity.id } })
      const kept = await db.teamsMeeting.findUniqueOrThrow({ where: { activityId: activity.id } })
      return { kept, link: joinUrlSealed === null ? undefined : seal.open(joinUrlSealed) }
    },
    async told () { return (await announced(db, 'booking.changed')).length },
    async sweep () { await sweepMeetings(context.parts, context.clock()) }
  }
}

/** Exports the programme, changes its only row as an organiser does in a spreadsheet, and imports it. */
async function edit ({ db, outbox }: World, cells: Partial<ReturnType<typeof rowOf>>): Promise<void> {
  const rows = (await listProgramme(db, seal)).map(listed => ({ ...rowOf(listed), ...cells }))
  const file = readProgrammeFile(Buffer.from(programmeFileOf(rows)))
  await importProgramme(db, outbox, seal, file, { dryRun: false }, noon)
}

async function forgetJobs ({ db }: World): Promise<void> {
  await db.$executeRaw`DELETE FROM pgboss.job WHERE name = 'activity.changed'`
}

t.test('a meeting that was asked for is made once with its options, and everyone who has a place is told once', async t => {
  const its = await aContext(t, { people: 40 })

  await its.ask({ mayUnmute: true })
  t.equal(await its.told(), 0, 'nobody before there is a link')
  t.strictSame(await its.context.doJobs(), [])
  t.strictSame(await its.context.doJobs(), [])

  const { kept, link } = await its.now()
  const meeting = its.context.graph.meetings.get(its.activity.id)
  t.match(kept, { status: 'made', problem: null, generation: 0 })
  t.equal(link, meeting?.joinWebUrl)
  t.match(meeting, {
    subject: 'Keeping your child safe online',
    startDateTime: '2026-12-01T18:00:00.000Z',
    endDateTime: '2026-12-01T18:30:00.000Z',
    allowAttendeeToEnableMic: true,
    lobbyBypassSettings: { scope: 'organizer' }
  })
  t.strictSame(its.context.graph.kinds(), ['token 200', 'createOrGet 201', 'change 200'])
  t.equal(await its.told(), 40)
  const mailer = keeping()
  t.strictSame(await doEmails(its, contextWith(its, mailer)), [])
  t.equal(new Set(mailer.kept.map(({ to }) => to)).size, 40)
  t.equal(mailer.kept.length, 40)
  t.ok(mailer.kept.every(({ text }) => text.includes(String(link))))
})

t.test('an activity that is moved by an import takes its meeting along, with both times, and the link stays', async t => {
  const its = await aContext(t)
  await its.ask()
  await its.context.doJobs()
  const { link } = await its.now()

  await edit(its, { starts: '2026-12-02 19:00', ends: '2026-12-02 20:00', title: 'Online, safely' })
  t.strictSame(await its.context.doJobs(), [])

  t.strictSame(its.context.graph.kinds().slice(3), ['change 200'])
  t.match(its.context.graph.meetings.get(its.activity.id), {
    subject: 'Online, safely', startDateTime: '2026-12-02T19:00:00.000Z', endDateTime: '2026-12-02T20:00:00.000Z'
  })
  t.equal((await its.now()).link, link)
  t.equal(await its.told(), 6, 'of the link, and of the move')
})

t.test('a change that Teams need not know is not told', async t => {
  const its = await aContext(t)
  await its.ask()
  await its.context.doJobs()

  await edit(its, { capacity: '30', summary: 'Bring a pen.' })
  await its.context.doJobs()

  t.equal(its.context.graph.asked.length, 3)
})

t.test('the meeting of a cancelled activity is taken away', async t => {
  const its = await aContext(t)
  await its.ask()
  await its.context.doJobs()

  await confirming(async confirmed =>
    await cancelActivity(its.db, its.outbox, its.activity.id, { reason: 'The speaker is ill.', confirmed }, organiser, noon))
  await its.context.doJobs()

  t.equal(its.context.graph.meetings.size, 0)
  t.match((await its.now()).kept, { status: 'removed', meetingIdSealed: null })
})

t.test('while Microsoft is away organisers save and cancel as ever, and once it is back all is done once', async t => {
  const its = await aContext(t)
  const down = Array.from({ length: 5 }, () => ({ status: 503 }))
  its.context.graph.fail(...down)

  await its.ask()
  t.ok((await its.context.doJobs()).length > 0, 'fails, and is tried again')
  t.match((await its.now()).kept, { status: 'asked', problem: 'Microsoft Teams is busy.' })
  await edit(its, { starts: '2026-12-02 19:00', ends: '2026-12-02 20:00' })
  t.ok((await its.context.doJobs()).length > 0)
  t.equal(await its.told(), 3, 'of the move, and of no link yet')
  // Its retries have ended, too.
  await forgetJobs(its)
  await its.sweep()
  t.strictSame(await announced(its.db, 'activity.changed'), [{ activityId: its.activity.id }])
  await its.sweep()
  t.equal((await announced(its.db, 'activity.changed')).length, 1, 'a job that is about to do it is left to its work')
  for (let n = 2; n < down.length; n++) {
    t.ok((await its.context.doJobs()).length > 0)
    await forgetJobs(its)
    await its.sweep()
  }
  t.strictSame(await its.context.doJobs(), [])

  t.match((await its.now()).kept, { status: 'made', problem: null })
  t.equal(its.context.graph.kinds().filter(kind => kind === 'createOrGet 201').length, 1)
  t.match(its.context.graph.meetings.get(its.activity.id), { startDateTime: '2026-12-02T19:00:00.000Z' })
  t.equal(await its.told(), 6)
  await expectSound(its.db)
})

t.test('an activity can be cancelled while Microsoft is away, and its meeting goes when it is back', async t => {
  const its = await aContext(t)
  await its.ask()
  await its.context.doJobs()
  its.context.graph.fail({ on: 'remove', status: 500 })

  await confirming(async confirmed =>
    await cancelActivity(its.db, its.outbox, its.activity.id, { reason: 'The speaker is ill.', confirmed }, organiser, noon))
  t.ok((await its.context.doJobs()).length > 0)
  await forgetJobs(its)
  await its.sweep()
  t.strictSame(await its.context.doJobs(), [])

  t.equal(its.context.graph.meetings.size, 0)
})

t.test('what was made before the connection broke is found again, and told of once', async t => {
  const its = await aContext(t)
  its.context.graph.fail({ on: 'createOrGet', afterwards: 'hang-up' }, { on: 'change', afterwards: 'hang-up' })

  await its.ask()
  for (let n = 0; n < 2; n++) {
    t.ok((await its.context.doJobs()).length > 0)
    await forgetJobs(its)
    await its.sweep()
  }
  t.strictSame(await its.context.doJobs(), [])

  t.equal(its.context.graph.meetings.size, 1)
  t.equal(await its.told(), 3)
})

t.test('nobody has a link before the meeting has its options', async t => {
  const its = await aContext(t)
  its.context.graph.fail({ on: 'change', status: 503 })

  await its.ask()
  await its.context.doJobs()

  t.equal((await its.now()).link, undefined)
  t.equal(await its.told(), 0)
})

t.test('a worker that dies before it notes what it did, and another that does the same, tell everyone once', async t => {
  const its = await aContext(t)
  await its.ask()
  const { createOrGet, change } = its.context.meetings as Meetings
  const wanted = { ...safest, subject: 'x', startsAt: noon, endsAt: noon.plus({ hours: 1 }) }
  const made = await createOrGet(its.activity.id, wanted)
  await change(made.id, wanted)

  const context = { ...its.context, meetings: its.context.meetings as Meetings }
  await Promise.all(Array.from({ length: 4 }, async () => { await keepMeeting(context, its.activity.id) }))

  t.equal((await its.now()).link, made.joinUrl)
  t.equal(await its.told(), 3)
  t.equal(its.context.graph.kinds().filter(kind => kind.startsWith('change')).length, 2, 'one of the four had something to do')
})

t.test('a link that an organiser pastes while the meeting is being made stays, and what was made goes', async t => {
  const its = await aContext(t)
  await its.ask()
  const { createOrGet } = its.context.meetings as Meetings
  const meetings: Meetings = {
    ...its.context.meetings as Meetings,
    async createOrGet (...given) {
      const made = await createOrGet(...given)
      await its.paste()
      return made
    }
  }

  await keepMeeting({ ...its.context, meetings }, its.activity.id)

  t.equal((await its.now()).link, pasted)
  t.equal(its.context.graph.meetings.size, 0)
  t.equal(await its.told(), 3, 'of the link that was pasted')
  t.match((await its.now()).kept, { status: 'removed', meetingIdSealed: null })
})

t.test('an activity that is cancelled while its meeting is being made has none', async t => {
  const its = await aContext(t)
  await its.ask()
  const { createOrGet } = its.context.meetings as Meetings
  const meetings: Meetings = {
    ...its.context.meetings as Meetings,
    async createOrGet (...given) {
      const made = await createOrGet(...given)
      await confirming(async confirmed =>
        await cancelActivity(its.db, its.outbox, its.activity.id, { reason: 'The speaker is ill.', confirmed }, organiser, noon))
      return made
    }
  }

  await keepMeeting({ ...its.context, meetings }, its.activity.id)

  t.equal(its.context.graph.meetings.size, 0)
  t.match(await its.now(), { link: undefined, kept: { status: 'removed' } })
})

t.test('an activity that is moved while Teams is being told is told where it is in the end', async t => {
  const its = await aContext(t)
  await its.ask()
  await its.context.doJobs()
  const { change } = its.context.meetings as Meetings
  let moves = 0
  const meetings: Meetings = {
    ...its.context.meetings as Meetings,
    async change (...given) {
      await change(...given)
      if (moves++ === 0) await edit(its, { starts: '2026-12-03 19:00', ends: '2026-12-03 20:00' })
    }
  }

  await edit(its, { starts: '2026-12-02 19:00', ends: '2026-12-02 20:00' })
  await keepMeeting({ ...its.context, meetings }, its.activity.id)

  t.match(its.context.graph.meetings.get(its.activity.id), { startDateTime: '2026-12-03T19:00:00.000Z' })
  t.match((await its.now()).kept, { status: 'made' })
})

t.test('a meeting whose place a pasted link took is left in Teams, follows nothing, and comes back when asked', async t => {
  const its = await aContext(t)
  await its.ask()
  await its.context.doJobs()
  const { link } = await its.now()

  await its.paste()
  await edit(its, { starts: '2026-12-02 19:00', ends: '2026-12-02 20:00' })
  await its.context.doJobs()
  t.match(await its.now(), { link: pasted, kept: { status: 'removed' } })
  t.match(its.context.graph.meetings.get(its.activity.id), { startDateTime: '2026-12-01T18:00:00.000Z' })
  await its.ask()
  await its.context.doJobs()

  t.match(await its.now(), { link, kept: { status: 'made' } })
  t.match(its.context.graph.meetings.get(its.activity.id), { startDateTime: '2026-12-02T19:00:00.000Z' })
  t.equal(its.context.graph.meetings.size, 1)
})

t.test('a meeting of ours takes the place of a pasted link when it is asked for', async t => {
  const its = await aContext(t)
  await its.paste()

  await its.ask()
  await its.context.doJobs()

  t.match((await its.now()).link, /meetup-join/)
  t.equal(await its.told(), 6)
})

t.test('a new meeting has another link, of which everyone is told, and the old one is taken away', async t => {
  const its = await aContext(t)
  await its.ask({ lobby: 'nobody-waits' })
  await its.context.doJobs()
  const before = await its.now()

  for (let n = 0; n < 2; n++) {
    await confirming(async confirmed =>
      await replaceMeeting(its.context.parts, its.activity.id, { generation: 0, confirmed }, organiser, noon))
  }
  t.equal(await its.db.auditEntry.count({ where: { action: 'meeting.replaced' } }), 1, 'pressed twice is once')
  await its.context.doJobs()

  const after = await its.now()
  t.strictSame([...its.context.graph.meetings.keys()], [`${its.activity.id}-1`])
  t.not(after.link, before.link)
  t.match(its.context.graph.meetings.get(`${its.activity.id}-1`), { lobbyBypassSettings: { scope: 'everyone' } })
  t.match(after.kept, { status: 'made', generation: 1 })
  t.equal(await its.told(), 6)
})

t.test('a worker that dies between a new meeting and the end of the old one leaves no old one', async t => {
  const its = await aContext(t)
  await its.ask()
  await its.context.doJobs()
  await confirming(async confirmed =>
    await replaceMeeting(its.context.parts, its.activity.id, { generation: 0, confirmed }, organiser, noon))
  its.context.graph.fail({ on: 'remove', status: 503 })

  t.ok((await its.context.doJobs()).length > 0)
  t.equal(its.context.graph.meetings.size, 2)
  await forgetJobs(its)
  await its.sweep()
  await its.context.doJobs()

  t.strictSame([...its.context.graph.meetings.keys()], [`${its.activity.id}-1`])
  t.equal(await its.told(), 6)
})

t.test('a problem that only people can solve waits for them, and no sweep asks again', async t => {
  const its = await aContext(t)
  its.context.graph.fail(noPolicy, noPolicy)

  await its.ask()
  t.strictSame(await its.context.doJobs(), [])
  const asked = its.context.graph.asked.length
  await forgetJobs(its)
  await its.sweep()
  await edit(its, { starts: '2026-12-02 19:00', ends: '2026-12-02 20:00' })
  await its.context.doJobs()
  t.equal(its.context.graph.asked.length, asked)
  t.match((await its.now()).kept, { status: 'failed', problem: /New-CsApplicationAccessPolicy/ })
  for (let n = 0; n < 2; n++) {
    await confirming(async confirmed => await tryAgain(its.context.parts, its.activity.id, confirmed, organiser, noon))
    await its.context.doJobs()
  }

  t.match((await its.now()).kept, { status: 'made', problem: null })
})

t.test('a meeting that someone deleted in Teams is made anew when an organiser says so, and not before', async t => {
  const its = await aContext(t)
  await its.ask()
  await its.context.doJobs()
  const { link } = await its.now()
  its.context.graph.meetings.clear()

  await edit(its, { starts: '2026-12-02 19:00', ends: '2026-12-02 20:00' })
  await its.context.doJobs()
  t.match(await its.now(), { link, kept: { status: 'failed', problem: /not in Microsoft Teams any more.*Make a new meeting/ } })
  await edit(its, { starts: '2026-12-03 19:00', ends: '2026-12-03 20:00' })
  await its.context.doJobs()
  t.equal(its.context.graph.meetings.size, 0)
  await confirming(async confirmed => await tryAgain(its.context.parts, its.activity.id, confirmed, organiser, noon))
  await its.context.doJobs()

  t.strictSame([...its.context.graph.meetings.keys()], [`${its.activity.id}-1`], 'by another name: the old one may stay gone')
  t.not((await its.now()).link, link)
  t.equal(its.context.graph.meetings.get(`${its.activity.id}-1`)?.startDateTime, '2026-12-03T19:00:00.000Z')
})

t.test('one meeting that Teams does not take stops no other', async t => {
  const its = await aContext(t)
  const other = await anActivity(its.db)
  await its.ask()
  await confirming(async confirmed =>
    await askForMeeting(its.context.parts, other.id, { ...safest, seen: '', confirmed }, organiser, noon))
  its.context.graph.fail({ on: 'createOrGet', status: 400, body: refusal(400, 'BadRequest', 'No.') })

  t.strictSame(await its.context.doJobs(), [])

  const statuses = (await its.db.teamsMeeting.findMany()).map(({ status }) => status).sort()
  t.strictSame(statuses, ['failed', 'made'])
})

t.test('once Microsoft is away the rest of a batch is not tried, and comes back', async t => {
  const its = await aContext(t)
  const other = await anActivity(its.db)
  await its.ask()
  await confirming(async confirmed =>
    await askForMeeting(its.context.parts, other.id, { ...safest, seen: '', confirmed }, organiser, noon))
  its.context.graph.fail({ status: 503 })

  t.equal((await its.context.doJobs()).length, 2)

  t.strictSame(its.context.graph.kinds(), ['token 503'])
})

t.test('when a transaction fails, nothing of it is kept or announced', async t => {
  const its = await aContext(t)
  const broken: Outbox = {
    async announce (...given) { await its.outbox.announce(...given); throw new Error('The machine has stopped.') }
  }

  await t.rejects(confirming(async confirmed =>
    await askForMeeting({ ...its.context.parts, outbox: broken }, its.activity.id, { ...safest, seen: '', confirmed }, organiser, noon)))
  await its.ask()
  await forgetJobs(its)
  const made = { id: 'one', joinUrl: pasted, otherWaysIn: {} }
  const wanted = { ...safest, subject: 'x', startsAt: noon, endsAt: noon }
  await t.rejects(noteMade({ ...its.context.parts, outbox: broken }, its.activity.id, made,
    { do: 'make', externalId: its.activity.id, generation: 0, wanted }, noon))

  t.match(await its.now(), { link: undefined, kept: { status: 'asked', meetingIdSealed: null } })
  t.strictSame(await announced(its.db, 'activity.changed'), [])
  t.equal(await its.told(), 0)
})

t.test('other ways in are kept, sealed', async t => {
  const its = await aContext(t)
  its.context.graph.extras = {
    joinMeetingIdSettings: { joinMeetingId: '1234567890', passcode: 'CHo4V6' },
    audioConferencing: { ConferenceId: '251335441', tollNumber: '+44 20 3321 5200' }
  }

  await its.ask()
  await its.context.doJobs()

  t.match(await findMeeting(its.db, seal, its.activity.id), {
    otherWaysIn: { meetingId: '1234567890', passcode: 'CHo4V6', phone: '+44 20 3321 5200', conferenceId: '251335441' }
  })
  t.notMatch((await its.now()).kept.waysInSealed, /1234567890/)
})

t.test('what is over is left alone, and so is what Microsoft Graph is not configured for', async t => {
  const its = await aContext(t)
  await its.ask()
  await its.context.doJobs()
  const asked = its.context.graph.asked.length

  await edit(its, { starts: '2026-12-02 19:00', ends: '2026-12-02 20:00' })
  its.context.turnClock(noon.plus({ days: 30 }))
  await its.context.doJobs()
  await forgetJobs(its)
  await its.sweep()

  t.equal(its.context.graph.asked.length, asked)
  t.strictSame(await announced(its.db, 'activity.changed'), [])
})
