import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import type { Activity, StaffMember, TeamsMeeting } from '../../../src/platform/database/generated/client.ts'
import { filledIn, tokenOn } from '../../support/filled-in.ts'
import { noPolicy } from '../../support/graph-server.ts'
import { meetingContext, seal } from '../../support/meeting-context.ts'
import type { TestMeetingContext } from '../../support/meeting-context.ts'
import { perceived, post, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, announced, noon } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const pasted = 'https://teams.microsoft.com/meet/3912345678901?p=Ab3dEf9hIjKlMn'
const choices = { lobby: 'everyone-waits' }

interface Context extends World {
  app: FastifyInstance
  activity: Activity
  headers: { cookie: string }
  member: StaffMember
  url: string
  context: TestMeetingContext
  /** Reads the page. */
  page: () => Promise<ReturnType<typeof perceived> & { body: string }>
  /** Sends the form that asks for a meeting as it is on the page. */
  ask: (fields?: Record<string, string>) => ReturnType<typeof post>
}

/** An organiser on the page about the Teams meeting of an activity, with Microsoft Graph or without. */
async function context (
  t: Test, given: Partial<Activity> = {}, { makesMeetings = true }: { makesMeetings?: boolean } = {}
): Promise<Context> {
  const its = await service(t, { makesMeetings })
  const activity = await anActivity(its.db, given)
  const organiser = await signedIn(its.app, its.db, { role: 'organiser' })
  const url = `/staff/activities/${activity.slug}/meeting`
  const { headers } = organiser
  const page = async () => {
    const answer = await its.app.inject({ url, headers })
    t.equal(answer.statusCode, 200)
    return { ...perceived(answer), body: answer.body }
  }
  const ask = async (fields: Record<string, string> = choices) => {
    const { body } = await page()
    const seen = /name="seen" value="([^"]*)"/.exec(body)?.[1] ?? ''
    return await post(its.app, url, { ...fields, seen, confirmed: tokenOn(body) }, headers)
  }
  return { ...its, ...organiser, activity, url, page, ask, context: await meetingContext(t, its) }
}

async function kept ({ db }: Context): Promise<TeamsMeeting> {
  return await db.teamsMeeting.findFirstOrThrow()
}

t.test('an organiser asks for a meeting, reads first who that reaches, and then that it is made', async t => {
  const its = await context(t)
  for (let n = 0; n < 27; n++) await aBooking(its.db, its.activity.id)
  await aBooking(its.db, its.activity.id, { status: 'waiting' })

  const before = await its.page()
  const answer = await its.ask({ lobby: 'nobody-waits', may_unmute: 'yes' })
  const asked = await its.page()
  t.strictSame(await its.context.doJobs(), [])
  const made = await its.page()

  t.match(before.text, 'There is no link yet, so nobody can join.')
  t.match(before.text, /We make a meeting called “Online workshop – Cumbria safeguarding partnerships” for Tuesday 1 December 2026, 6pm to 6:30pm, and put its link on this activity. 27 people get an updated invitation\./)
  t.equal(answer.statusCode, 303)
  t.match(asked.text, /We are making the Teams meeting. This takes up to a minute. See whether it is done/)
  t.notMatch(asked.text, 'Create the Teams meeting')
  t.match(made.text, /People join by a link to teams.microsoft.com , to the meeting that we made\. It is the link since Monday 23 November 2026 at midday/)
  t.match(made.text, /Lobby Nobody waits Microphones People may switch theirs on Cameras Off for everyone but the organiser/)
  t.equal((await announced(its.db, 'booking.changed')).length, 27)
  t.match(await its.db.auditEntry.findMany({ where: { action: 'meeting.asked' } }), [
    { staffMemberId: its.member.id, subject: its.activity.slug, details: { lobby: 'nobody-waits', mayUnmute: 'true', mayShowCamera: 'false' } }
  ])
})

t.test('no page has a link, an id or another way in, and the database has none that could be read', async t => {
  const its = await context(t)
  its.context.graph.extras = { joinMeetingIdSettings: { joinMeetingId: '1234567890', passcode: 'CHo4V6' } }

  await its.ask()
  await its.context.doJobs()
  const meeting = its.context.graph.meetings.get(its.activity.id)
  const bodies = [(await its.page()).body, (await its.app.inject({ url: `${its.url}/replacement`, headers: its.headers })).body]
  const rows = [await kept(its), await its.db.activity.findFirst(), await its.db.auditEntry.findMany()]
  const row = JSON.stringify(rows, (_, value: unknown) => typeof value === 'bigint' ? String(value) : value)

  const secrets = ['meetup-join', 'thread.v2', String(meeting?.id), '1234567890', 'CHo4V6', its.context.graph.access.tenantId]
  for (const secret of secrets) {
    t.notOk(bodies.some(body => body.includes(secret)), secret)
    t.notOk(row.includes(secret), secret)
  }
  t.equal(seal.open((await kept(its)).joinUrlSealed ?? ''), meeting?.joinWebUrl)
})

t.test('without Microsoft Graph a link is pasted, and nothing speaks of making one', async t => {
  const its = await context(t, {}, { makesMeetings: false })
  await aBooking(its.db, its.activity.id)

  const before = await its.page()
  const asked = await post(its.app, `${its.url}/link`, { join_url: ` ${pasted} ` }, its.headers)
  const between = await its.page()
  const answer = await post(its.app, `${its.url}/link`, filledIn(asked.body), its.headers)
  const after = await its.page()

  t.match(perceived(asked).text, '1 person gets the link in an updated invitation.')
  t.match(between.text, 'There is no link yet', 'nothing is saved before')
  t.notMatch(before.text, /Create|We make/)
  t.match(before.text, /Paste a link 1 person gets an updated invitation\./)
  t.equal(answer.statusCode, 303)
  t.match(after.text, /People join by a link to teams.microsoft.com \. It is the link since Monday 23 November 2026 at midday/)
  t.notOk(after.body.includes('3912345678901'))
  t.equal(seal.open((await its.db.activity.findFirstOrThrow()).joinUrlSealed ?? ''), pasted, 'byte for byte')
  t.equal((await post(its.app, its.url, { ...choices, seen: '' }, its.headers)).statusCode, 405)
  t.equal((await its.app.inject({ url: `${its.url}/replacement`, headers: its.headers })).statusCode, 404)
})

t.test('what Outlook wrapped for its safety check is unwrapped', async t => {
  const its = await context(t)
  const wrapped = `https://eur03.safelinks.protection.outlook.com/?url=${encodeURIComponent(pasted)}&data=05&reserved=0`

  await post(its.app, `${its.url}/link`, { join_url: wrapped }, its.headers)

  t.equal(seal.open((await its.db.activity.findFirstOrThrow()).joinUrlSealed ?? ''), pasted)
})

t.test('someone who pastes the link of a personal account reads when such meetings end', async t => {
  const its = await context(t)

  await post(its.app, `${its.url}/link`, { join_url: 'https://teams.live.com/meet/9312345678901?p=Ab3dEf' }, its.headers)

  t.match((await its.page()).text, 'Meetings of personal Teams accounts end after 60 minutes')
})

t.test('what is no Teams link gets a sentence beside its field, and keeps what was typed', async t => {
  const its = await context(t)
  const wrong = 'Enter the link of a Teams meeting, as Teams gives it: https://teams.microsoft.com/…'
  const cases: Array<[string, string | Record<string, string>, string, string]> = [
    ['nothing', { join_url: '  ' }, 'join_url', 'Enter the Teams link'],
    ['no field', {}, 'join_url', 'Enter the Teams link'],
    ['another address', { join_url: 'https://teams.microsoft.com.evil.example/meet/123456789?p=a' }, 'join_url', wrong],
    ['a script', { join_url: 'javascript:alert(1)' }, 'join_url', wrong],
    ['a very long one', { join_url: `${pasted}${'x'.repeat(3000)}` }, 'join_url', wrong],
    ['one of two lines', { join_url: `${pasted}\nx` }, 'join_url', wrong],
    ['one of two lines', { join_url: `${pasted}\nhttps://evil.example` }, 'join_url', wrong],
    ['two', `join_url=${encodeURIComponent(pasted)}&join_url=x`, 'join_url', 'Teams link must be given only once'],
    ['another field', { join_url: pasted, status: 'made' }, 'form', 'This form has no field “status”. Load the page again and fill it in once more.']
  ]

  for (const [what, form, field, sentence] of cases) {
    const answer = await post(its.app, `${its.url}/link`, form, its.headers)
    t.equal(answer.statusCode, 400, what)
    t.strictSame(perceived(answer).errors, [{ field, sentence }], what)
    t.ok(perceived(answer).has(field), `${what}: the link leads somewhere`)
  }
  const again = await post(its.app, `${its.url}/link`, { join_url: 'https://example.org/"><b>' }, its.headers)
  t.match(again.body, 'value="https://example.org/&quot;&gt;&lt;b&gt;"')
  t.match(again.body, /value="everyone-waits" checked/)
  t.match(await its.db.activity.findFirst(), { joinUrlSealed: null })
  t.strictSame(await announced(its.db, 'activity.changed'), [])
})

t.test('each wrong option gets a sentence, and nothing is asked for', async t => {
  const its = await context(t)
  const who = 'Select who waits to be let in'
  const cases: Array<[string, string | Record<string, string>, string, string]> = [
    ['nobody chosen', { seen: '' }, 'lobby', who],
    ['another lobby', { lobby: 'organizer', seen: '' }, 'lobby', who],
    ['two lobbies', 'lobby=nobody-waits&lobby=everyone-waits&seen=', 'lobby', 'Who waits must be given only once'],
    ['a strange tick', { ...choices, may_unmute: 'no', seen: '' }, 'may_unmute', 'Microphones must be ticked or not'],
    ['two ticks', 'lobby=nobody-waits&may_show_camera=yes&may_show_camera=yes&seen=', 'may_show_camera', 'Cameras must be given only once'],
    ['no mark', choices, 'form', 'Load this page again'],
    ['a long mark', { ...choices, seen: 'x'.repeat(65) }, 'form', 'Load this page again'],
    ['another field', { ...choices, seen: '', generation: '9' }, 'form', 'This form has no field “generation”. Load the page again and fill it in once more.']
  ]

  for (const [what, form, field, sentence] of cases) {
    const answer = await post(its.app, its.url, form, its.headers)
    t.equal(answer.statusCode, 400, what)
    t.strictSame(perceived(answer).errors, [{ field, sentence }], what)
    t.ok(perceived(answer).has(field), `${what}: the link leads somewhere`)
  }
  const again = await post(its.app, its.url, { lobby: 'nobody-waits', may_show_camera: 'yes', seen: 'x'.repeat(65) }, its.headers)
  t.match(again.body, /value="nobody-waits" checked/)
  t.match(again.body, /name="may_show_camera"[^>]* checked/)
  t.equal(await its.db.teamsMeeting.count(), 0)
})

t.test('the options of the meeting are still on the page when a link was wrong', async t => {
  const its = await context(t)
  await its.ask({ lobby: 'nobody-waits', may_unmute: 'yes' })
  await its.context.doJobs()

  const { body } = await post(its.app, `${its.url}/link`, { join_url: 'x' }, its.headers)

  t.match(body, /value="nobody-waits" checked/)
  t.match(body, /name="may_unmute"[^>]* checked/)
})

t.test('someone who asks for a meeting after a colleague has pasted a link sees that first', async t => {
  const its = await context(t)
  await post(its.app, `${its.url}/link`, { join_url: pasted }, its.headers)

  const answer = await post(its.app, its.url, { ...choices, seen: '' }, its.headers)

  t.equal(answer.statusCode, 409)
  t.match(perceived(answer).errors, [{ field: 'form', sentence: /^Someone has changed the Teams link in the meantime\./ }])
  t.match(perceived(answer).text, 'Make a Teams meeting instead')
  t.equal(await its.db.teamsMeeting.count(), 0)
  t.equal((await its.ask()).statusCode, 303, 'pressed again, having seen it')
})

t.test('who a meeting reaches by now is read before it is asked for', async t => {
  const its = await context(t)
  await aBooking(its.db, its.activity.id)
  const { body } = await its.page()
  await aBooking(its.db, its.activity.id)

  const asked = await post(its.app, its.url, { ...choices, seen: '', confirmed: tokenOn(body) }, its.headers)
  const between = await its.db.teamsMeeting.count()
  const answer = await post(its.app, its.url, filledIn(asked.body), its.headers)

  t.match(perceived(asked).text, 'Something has changed while you were reading')
  t.match(perceived(asked).text, '2 people get an updated invitation. New')
  t.equal(between, 0)
  t.equal(answer.statusCode, 303)
  t.match(await kept(its), { status: 'asked', generation: 0 })
})

t.test('pressing twice is asking once', async t => {
  const its = await context(t)
  for (let n = 0; n < 3; n++) await aBooking(its.db, its.activity.id)

  await Promise.all(Array.from({ length: 4 }, async () => await its.ask()))
  await its.context.doJobs()

  t.equal(its.context.graph.meetings.size, 1)
  t.equal((await announced(its.db, 'booking.changed')).length, 3)
})

t.test('why Teams could not make it is a sentence with what to do, and a button tries again', async t => {
  const its = await context(t)
  its.context.graph.fail(noPolicy)

  await its.ask()
  t.strictSame(await its.context.doJobs(), [], 'it is not tried again by itself')
  const failed = await its.page()
  const again = await post(its.app, `${its.url}/another-try`, {}, its.headers)
  await its.context.doJobs()

  t.match(failed.text, /The Teams meeting could not be made\. Microsoft does not let this service make meetings in the name of the workshop account\..*New-CsApplicationAccessPolicy .*Grant-CsApplicationAccessPolicy .* Try again/)
  t.notMatch(failed.text, 'We keep trying')
  t.equal(again.statusCode, 303)
  t.match((await its.page()).text, 'to the meeting that we made')
  t.equal((await post(its.app, `${its.url}/another-try`, { x: '1' }, its.headers)).statusCode, 400)
  t.equal((await post(its.app, `${its.url}/another-try`, {}, its.headers)).statusCode, 303, 'with nothing to try')
})

t.test('while Microsoft is away the page says that we keep trying', async t => {
  const its = await context(t)
  its.context.graph.fail({ status: 503 })

  await its.ask()
  t.equal((await its.context.doJobs()).length, 1)

  t.match((await its.page()).text,
    'The Teams meeting could not be made. Microsoft Teams is busy. We keep trying by ourselves. If it is urgent, paste a link below.')
})

t.test('a new meeting is made after a question, once however often it is pressed', async t => {
  const its = await context(t)
  for (let n = 0; n < 2; n++) await aBooking(its.db, its.activity.id)
  await its.ask()
  await its.context.doJobs()

  const question = await its.app.inject({ url: `${its.url}/replacement`, headers: its.headers })
  for (let n = 0; n < 2; n++) {
    t.equal((await post(its.app, `${its.url}/replacement`, filledIn(question.body), its.headers)).statusCode, 303)
  }
  const asked = await its.page()
  await its.context.doJobs()

  t.match(perceived(question).text, 'It has a new link and the same settings. 2 people get an updated invitation.')
  t.match(question.body, 'name="generation" value="0"')
  t.match(asked.text, 'We are making a new Teams meeting.')
  t.strictSame([...its.context.graph.meetings.keys()], [`${its.activity.id}-1`])
  t.equal((await announced(its.db, 'booking.changed')).length, 4)
  t.match(await its.db.auditEntry.findMany({ where: { action: 'meeting.replaced' } }), [{ staffMemberId: its.member.id }])
  for (const wrong of ['', '-1', '1e9', 'x', '1.5']) {
    const answer = await post(its.app, `${its.url}/replacement`, { generation: wrong }, its.headers)
    t.equal(answer.statusCode, 400, wrong)
    t.equal(perceived(answer).errors.length, 1, wrong)
  }
})

t.test('there is no meeting of ours to replace where there is none, or another link', async t => {
  const its = await context(t)
  const replace = async () => await post(its.app, `${its.url}/replacement`, { generation: '0' }, its.headers)

  t.equal((await its.app.inject({ url: `${its.url}/replacement`, headers: its.headers })).statusCode, 409)
  t.equal((await replace()).statusCode, 409)
  await its.ask()
  await its.context.doJobs()
  await post(its.app, `${its.url}/link`, { join_url: pasted }, its.headers)
  t.equal((await replace()).statusCode, 409)
  await its.context.doJobs()

  t.match((await its.page()).text, 'Make a Teams meeting instead')
  t.match(await kept(its), { status: 'removed', generation: 0 })
  t.equal(its.context.graph.meetings.size, 1, 'what people may still be in is left alone')
})

for (const [what, given, sentence] of [
  ['cancelled', { status: 'cancelled' }, 'This activity has been cancelled.'],
  ['over', { startsAt: noon.minus({ hours: 2 }).toJSDate(), endsAt: noon.minus({ hours: 1 }).toJSDate() }, 'This activity has already taken place.']
] as const) {
  t.test(`an activity that is ${what} has a page without forms, and a form sent late gets a sentence`, async t => {
    const its = await context(t, given)

    const page = await its.page()
    const answers = [
      await post(its.app, `${its.url}/link`, { join_url: pasted }, its.headers),
      await post(its.app, its.url, { ...choices, seen: '' }, its.headers),
      await post(its.app, `${its.url}/replacement`, { generation: '0' }, its.headers)
    ]

    t.match(page.text, sentence)
    t.notMatch(page.body, /name="(join_url|lobby)"/)
    for (const answer of answers) {
      t.equal(answer.statusCode, 409)
      t.match(perceived(answer).errors, [{ field: 'form', sentence }])
    }
    t.equal(await its.db.teamsMeeting.count(), 0)
    t.match(await its.db.activity.findFirst(), { joinUrlSealed: null })
  })
}

t.test('people who do not run an activity neither read nor change how people get in', async t => {
  const its = await context(t)
  const { id: agencyId } = await anAgency(its.db)
  const agencys = await anActivity(its.db, { leadAgencyId: agencyId, visibility: 'agency' })
  const others = await signedIn(its.app, its.db, { role: 'organiser', agencyId: (await anAgency(its.db)).id })
  const url = `/staff/activities/${agencys.slug}/meeting`

  const posts = [[`${url}/link`, { join_url: pasted }], [url, { ...choices, seen: '' }], [`${url}/another-try`, {}],
    [`${url}/replacement`, { generation: '0' }]] as const
  t.equal((await its.app.inject({ url, headers: others.headers })).statusCode, 404)
  for (const [to, form] of posts) t.equal((await post(its.app, to, form, others.headers)).statusCode, 404, to)
  const staff = await signedIn(its.app, its.db, { role: 'staff' })
  t.equal((await its.app.inject({ url, headers: staff.headers })).statusCode, 403)
  for (const [to, form] of posts) t.equal((await post(its.app, to, form, staff.headers)).statusCode, 403, to)
  t.equal((await its.app.inject({ url })).statusCode, 303, 'a stranger signs in first')

  t.equal(await its.db.teamsMeeting.count(), 0)
})

t.test('looking changes nothing', async t => {
  const its = await context(t)
  await its.ask()
  const before = await kept(its)

  await its.page()
  await its.app.inject({ url: `${its.url}/replacement`, headers: its.headers })

  t.strictSame(await kept(its), before)
})

t.test('the settings of the activity lead there', async t => {
  const its = await context(t)

  t.match((await its.app.inject({ url: `/staff/activities/${its.activity.slug}/settings`, headers: its.headers })).body, `href="${its.url}"`)
})

t.test('where people join by links of their own, a new meeting is no news to them', async t => {
  const its = await context(t, { joinMode: 'personal' })
  await aBooking(its.db, its.activity.id)

  const page = await its.page()
  await its.ask()
  await its.context.doJobs()

  t.match(page.text, 'Nobody is emailed: people join by links of their own')
  t.strictSame(await announced(its.db, 'booking.changed'), [])
})
