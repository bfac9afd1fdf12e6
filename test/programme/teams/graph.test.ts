import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { DateTime } from 'luxon'
import { pino } from 'pino'
import t from 'tap'
import type { Test } from 'tap'
import type { GraphAccess } from '../../../src/platform/config.ts'
import { TeamsTrouble } from '../../../src/programme/teams/errors.ts'
import { graphMeetings } from '../../../src/programme/teams/graph.ts'
import type { WantedMeeting } from '../../../src/programme/teams/meeting.ts'
import { retryPolicy, readRetryAfter, waitMs } from '../../../src/programme/teams/retry-policy.ts'
import type { RetryPolicy } from '../../../src/programme/teams/retry-policy.ts'
import { graphServer, noPolicy, refusal } from '../../support/graph-server.ts'
import type { GraphServer } from '../../support/graph-server.ts'
import { noon } from '../../support/world.ts'

const name = '7eb8263f-d0e0-4149-bb1c-1f0476083c56'

const wanted: WantedMeeting = {
  subject: 'Keeping your child safe online',
  startsAt: noon.plus({ days: 8, hours: 6 }),
  endsAt: noon.plus({ days: 8, hours: 6, minutes: 30 }),
  lobby: 'everyone-waits',
  mayUnmute: false,
  mayShowCamera: false
}

/** The adapter and the server it speaks to; time passes only while it waits, and every wait is recorded. */
async function context (t: Test, given: Partial<RetryPolicy> & { access?: Partial<GraphAccess> } = {}) {
  const graph = await graphServer(t)
  const { access, ...limits } = given
  const time = { now: noon }
  const waits: number[] = []
  const lines: string[] = []
  const log = pino({ level: 'trace' }, new PassThrough().on('data', line => { lines.push(String(line)) }))
  const meetings = graphMeetings({
    access: { ...graph.access, ...access },
    clock: () => time.now,
    log,
    retryPolicy: { ...retryPolicy, ...limits },
    random: () => 0.5,
    sleep: async ms => {
      waits.push(ms)
      time.now = time.now.plus(ms)
      return await Promise.resolve()
    }
  })
  return { graph, meetings, time, waits, lines }
}

async function troubleOf (asked: Promise<unknown>): Promise<TeamsTrouble> {
  const error: unknown = await asked.then(() => undefined, (reason: unknown) => reason)
  if (!(error instanceof TeamsTrouble)) throw new Error('There was no trouble.', { cause: error })
  return error
}

function bodiesOf ({ asked }: GraphServer, kind: string) {
  return asked.filter(request => request.kind === kind).map(({ body }) => body)
}

t.test('a meeting is made with a name, a subject and both times, and nobody is invited by Microsoft', async t => {
  const { graph, meetings } = await context(t)

  const made = await meetings.createOrGet(name, wanted)

  const current = graph.meetings.get(name)
  t.strictSame(bodiesOf(graph, 'createOrGet'), [{
    externalId: name,
    subject: 'Keeping your child safe online',
    startDateTime: '2026-12-01T18:00:00.000Z',
    endDateTime: '2026-12-01T18:30:00.000Z'
  }])
  t.equal(made.id, current?.id)
  t.equal(made.joinUrl, current?.joinWebUrl, 'byte for byte')
})

t.test('a meeting that there is already comes back', async t => {
  const { graph, meetings } = await context(t)

  const first = await meetings.createOrGet(name, wanted)
  const second = await meetings.createOrGet(name, { ...wanted, subject: 'Another' })

  t.strictSame(second, first)
  t.strictSame(graph.kinds(), ['token 200', 'createOrGet 201', 'createOrGet 200'])
})

t.test('a change carries both times and what organisers chose, and nothing that cannot be changed', async t => {
  const { graph, meetings } = await context(t)
  const { id } = await meetings.createOrGet(name, wanted)

  await meetings.change(id, wanted)
  await meetings.change(id, { ...wanted, lobby: 'nobody-waits', mayUnmute: true, mayShowCamera: true })

  const safe = {
    subject: 'Keeping your child safe online',
    startDateTime: '2026-12-01T18:00:00.000Z',
    endDateTime: '2026-12-01T18:30:00.000Z',
    lobbyBypassSettings: { scope: 'organizer', isDialInBypassEnabled: false },
    allowedLobbyAdmitters: 'organizerAndCoOrganizersAndPresenters',
    allowedPresenters: 'organizer',
    allowAttendeeToEnableMic: false,
    allowAttendeeToEnableCamera: false,
    allowMeetingChat: 'limited',
    allowRecording: false,
    recordAutomatically: false,
    allowTranscription: false,
    isEntryExitAnnounced: false
  }
  t.strictSame(bodiesOf(graph, 'change'), [safe, {
    ...safe,
    lobbyBypassSettings: { scope: 'everyone', isDialInBypassEnabled: true },
    allowAttendeeToEnableMic: true,
    allowAttendeeToEnableCamera: true
  }])
})

t.test('a meeting that is taken away is gone, and taking it away twice is fine', async t => {
  const { graph, meetings } = await context(t)
  const { id } = await meetings.createOrGet(name, wanted)

  await meetings.remove(id)
  await meetings.remove(id)

  t.equal(graph.meetings.size, 0)
  t.strictSame(graph.kinds().slice(2), ['remove 204', 'remove 404'])
  t.match(await troubleOf(meetings.change(id, wanted)), { trouble: 'gone', isFinal: true })
})

t.test('one token serves until five minutes before it ends, however many ask at once', async t => {
  const { graph, meetings, time } = await context(t)

  await Promise.all(Array.from({ length: 10 }, async (_, n) => await meetings.createOrGet(`name-${n}`, wanted)))
  time.now = noon.plus({ seconds: 3599 }).minus({ minutes: 5, seconds: 1 })
  await meetings.createOrGet(name, wanted)
  t.equal(bodiesOf(graph, 'token').length, 1)
  time.now = noon.plus({ seconds: 3599 }).minus({ minutes: 5 })
  await meetings.createOrGet(name, wanted)

  t.equal(bodiesOf(graph, 'token').length, 2)
})

t.test('a token that is refused is renewed once, without a wait', async t => {
  const { graph, meetings, waits } = await context(t)
  await meetings.createOrGet(name, wanted)
  graph.forgetTokens()

  await meetings.createOrGet(name, wanted)

  t.strictSame(graph.kinds().slice(2), ['createOrGet 401', 'token 200', 'createOrGet 200'])
  t.strictSame(waits, [])
})

t.test('a second refusal of the token is the end, and names the variables to check', async t => {
  const { graph, meetings, waits } = await context(t)
  const no = { on: 'createOrGet', status: 401, body: refusal(401, 'InvalidAuthenticationToken', 'No.') } as const
  graph.fail(no, no)

  const trouble = await troubleOf(meetings.createOrGet(name, wanted))

  t.match(trouble, { trouble: 'credentials', isFinal: true, message: /GRAPH_CLIENT_SECRET.*the secret may have expired/ })
  t.strictSame(graph.kinds(), ['token 200', 'createOrGet 401', 'token 200', 'createOrGet 401'])
  t.strictSame(waits, [])
})

t.test('a wrong secret is asked with once', async t => {
  const { graph, meetings } = await context(t, { access: { clientSecret: 'an old one' } })

  t.match(await troubleOf(meetings.createOrGet(name, wanted)), { trouble: 'credentials', isFinal: true })
  t.strictSame(graph.kinds(), ['token 401'])
})

t.test('a missing application access policy is not tried again, and staff read which commands to run', async t => {
  const { graph, meetings, waits } = await context(t)
  graph.fail(noPolicy)

  const trouble = await troubleOf(meetings.createOrGet(name, wanted))
  // The same refusal with the status that its code suggests must not cause the token to be renewed.
  graph.fail({ ...noPolicy, status: 401 })
  t.match(await troubleOf(meetings.createOrGet(name, wanted)), { trouble: 'policy' })

  t.match(trouble, { trouble: 'policy', isFinal: true })
  t.match(trouble.message, 'New-CsApplicationAccessPolicy -Identity Placekeeper -AppIds "ddb80e06-92f3-4978-bc22-a0eee85e6a9e"')
  t.match(trouble.message,
    'Grant-CsApplicationAccessPolicy -PolicyName Placekeeper -Identity "748d2cbb-3b55-40ed-8c34-2eae5932b22a"')
  t.strictSame(graph.kinds(), ['token 200', 'createOrGet 403', 'createOrGet 401'])
  t.strictSame(waits, [])
})

const refusals = [
  [403, 'permission', /OnlineMeetings\.ReadWrite\.All/],
  [404, 'organiser', /GRAPH_ORGANISER_ID/],
  [400, 'details', /title or times/],
  [302, 'answer', /GRAPH_URL/]
] as const

for (const [status, trouble, message] of refusals) {
  t.test(`${status} is a sentence for staff, and is not tried again`, async t => {
    const { graph, meetings } = await context(t)
    graph.fail({ on: 'createOrGet', status })

    t.match(await troubleOf(meetings.createOrGet(name, wanted)), { trouble, isFinal: true, message })
    t.strictSame(graph.kinds(), ['token 200', `createOrGet ${status}`])
  })
}

t.test('no redirect is followed, neither with a token nor with a secret', async t => {
  const { graph, meetings } = await context(t)
  let visitors = 0
  const elsewhere = createServer((_, response) => { visitors++; response.end('{}') })
  await new Promise<void>(resolve => { elsewhere.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => { elsewhere.closeAllConnections(); elsewhere.close() })
  const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/latest/meta-data`

  for (const status of [301, 302, 303, 307, 308]) {
    graph.fail({ on: 'token', status, headers: { location } })
    t.match(await troubleOf(meetings.createOrGet(name, wanted)), { trouble: 'answer' }, `token ${status}`)
  }
  await meetings.createOrGet(name, wanted)
  for (const status of [301, 302, 303, 307, 308]) {
    graph.fail({ on: 'createOrGet', status, headers: { location } })
    t.match(await troubleOf(meetings.createOrGet(name, wanted)), { trouble: 'answer' }, `call ${status}`)
  }

  t.equal(visitors, 0)
})

for (const status of [429, 503]) {
  t.test(`${status} is waited out for as long as Microsoft asks, in seconds or until a date`, async t => {
    const { graph, meetings, waits } = await context(t)
    graph.fail(
      { on: 'createOrGet', status, headers: { 'retry-after': '7' } },
      { on: 'createOrGet', status, headers: { 'retry-after': 'Mon, 23 Nov 2026 12:00:20 GMT' } })

    await meetings.createOrGet(name, wanted)

    t.strictSame(graph.kinds(), ['token 200', `createOrGet ${status}`, `createOrGet ${status}`, 'createOrGet 201'])
    // Seven seconds; then until twenty seconds past noon, which is 12.5 later; half a second of jitter each.
    t.strictSame(waits, [7_500, 13_000])
  })
}

t.test('a wait that is longer than our patience is left to the queue, and nobody asks before its end', async t => {
  const { graph, meetings, time, waits } = await context(t)
  graph.fail({ on: 'createOrGet', status: 429, headers: { 'retry-after': '120' } })

  const trouble = await troubleOf(meetings.createOrGet(name, wanted))

  t.match(trouble, { trouble: 'busy', isFinal: false, retryAfterMs: 120_000 })
  time.now = noon.plus({ seconds: 119 })
  t.match(await troubleOf(meetings.createOrGet('another', wanted)), { trouble: 'busy', retryAfterMs: 1_000 })
  t.strictSame(graph.kinds(), ['token 200', 'createOrGet 429'])
  time.now = noon.plus({ seconds: 120 })
  await meetings.createOrGet(name, wanted)
  t.strictSame(graph.kinds().slice(2), ['createOrGet 201'])
  t.strictSame(waits, [])
})

t.test('without a word how long, waits double with jitter, and tries end', async t => {
  const { graph, meetings, waits } = await context(t)
  graph.fail(...Array.from({ length: 9 }, () => ({ on: 'createOrGet', status: 503 } as const)))

  t.match(await troubleOf(meetings.createOrGet(name, wanted)), { trouble: 'busy', isFinal: false })

  t.strictSame(graph.kinds(), ['token 200', ...Array.from({ length: 4 }, () => 'createOrGet 503')])
  t.strictSame(waits, [500, 1_000, 2_000])
})

t.test('tries end when the whole has taken too long, however many there are', async t => {
  const { graph, meetings, waits } = await context(t, { tries: 100, wholeMs: 30_000 })
  graph.fail(...Array.from({ length: 99 }, () => ({ on: 'createOrGet', status: 500 } as const)))

  await troubleOf(meetings.createOrGet(name, wanted))

  t.ok(waits.reduce((sum, ms) => sum + ms, 0) < 30_000, JSON.stringify(waits))
  t.ok(waits.length > 4)
})

t.test('a hang-up after the meeting was made gives the same meeting', async t => {
  const { graph, meetings } = await context(t)
  graph.fail({ on: 'createOrGet', afterwards: 'hang-up' })

  const made = await meetings.createOrGet(name, wanted)

  t.strictSame(graph.kinds(), ['token 200', 'createOrGet nothing', 'createOrGet 200'])
  t.equal(graph.meetings.size, 1)
  t.equal(made.id, graph.meetings.get(name)?.id)
})

t.test('silence after the meeting was made gives the same meeting', async t => {
  const { graph, meetings } = await context(t, { tryMs: 200 })
  graph.fail({ on: 'createOrGet', afterwards: 'silence' })

  await meetings.createOrGet(name, wanted)

  t.strictSame(graph.kinds(), ['token 200', 'createOrGet nothing', 'createOrGet 200'])
  t.equal(graph.meetings.size, 1)
})

t.test('an answer that is cut off or garbled is asked for again', async t => {
  const { graph, meetings } = await context(t)
  graph.fail(
    { on: 'token', afterwards: { body: '<html>' } },
    { on: 'createOrGet', afterwards: { body: '{"id":"MSp' } },
    { on: 'createOrGet', afterwards: { body: '' } })

  await meetings.createOrGet(name, wanted)

  t.equal(graph.meetings.size, 1)
})

const strange: Array<[string, Record<string, unknown> | string]> = [
  ['a list', '[]'],
  ['null', 'null'],
  ['no link', { id: 'x' }],
  ['no id', { joinWebUrl: 'https://teams.microsoft.com/meet/123456789?p=abc' }],
  ['an id that is none', { id: { toString: 'x' }, joinWebUrl: 'https://teams.microsoft.com/meet/123456789?p=abc' }],
  ['a link that leads elsewhere', { id: 'x', joinWebUrl: 'https://teams.microsoft.com.evil.example/meet/123456789?p=abc' }],
  ['a link that is a script', { id: 'x', joinWebUrl: 'javascript:alert(1)' }]
]

for (const [what, body] of strange) {
  t.test(`${what} is no meeting, and nobody is sent there`, async t => {
    const { graph, meetings } = await context(t)
    graph.fail({ on: 'createOrGet', afterwards: { body: typeof body === 'string' ? body : JSON.stringify(body) } })

    t.match(await troubleOf(meetings.createOrGet(name, wanted)), { trouble: 'answer', isFinal: true })
  })
}

t.test('a token that is none is not used', async t => {
  const none = [{}, { access_token: '', expires_in: 3599 }, { access_token: 'a\r\nb', expires_in: 1 }, { access_token: 'a' }]
  for (const body of none) {
    const { graph, meetings } = await context(t)
    graph.fail({ on: 'token', status: 200, body })

    t.match(await troubleOf(meetings.createOrGet(name, wanted)), { trouble: 'answer' }, JSON.stringify(body))
    t.strictSame(graph.kinds(), ['token 200'])
  }
})

t.test('other ways in are read as Microsoft writes them, in both spellings, and none is made up', async t => {
  const ways = async (extras: Record<string, unknown>) => {
    const { graph, meetings } = await context(t)
    graph.extras = extras
    return (await meetings.createOrGet(name, wanted)).otherWaysIn
  }
  const none = {
    meetingId: undefined, passcode: undefined, phone: undefined, freePhone: undefined, conferenceId: undefined
  }

  t.strictSame(await ways({ audioConferencing: null, joinMeetingIdSettings: null }), none)
  t.strictSame(await ways({
    audioConferencing: { conferenceId: '251 335 441#', tollNumber: '+44 20 3321 5200', tollFreeNumber: null, dialinUrl: 'x' },
    joinMeetingIdSettings: { isPasscodeRequired: true, joinMeetingId: '1234567890', passcode: 'CHo4V6' }
  }), {
    ...none, meetingId: '1234567890', passcode: 'CHo4V6', phone: '+44 20 3321 5200', conferenceId: '251 335 441#'
  })
  t.strictSame(await ways({
    audioConferencing: {
      ConferenceId: '251335441', tollNumbers: ['+442033215200'], tollFreeNumbers: ['08003215200'], more: [1]
    },
    joinMeetingIdSettings: { isPasscodeRequired: false, joinMeetingId: '1234567890', passcode: null }
  }), {
    ...none, meetingId: '1234567890', phone: '+442033215200', freePhone: '08003215200', conferenceId: '251335441'
  })
  t.strictSame(await ways({
    audioConferencing: { conferenceId: 'call <b>me</b>', tollNumber: 'javascript:1', tollNumbers: 7 },
    joinMeetingIdSettings: 'none'
  }), none)
})

t.test('the log has Microsoft’s ids of requests, and no token, secret, link or meeting', async t => {
  const { graph, meetings, lines } = await context(t)
  graph.fail(
    { on: 'createOrGet', status: 503, headers: { 'request-id': 'line\tbreak {}' } },
    { on: 'createOrGet', afterwards: 'hang-up' },
    { on: 'change', status: 403, body: refusal(403, 'Forbidden', 'You may not. https://teams.microsoft.com/meet/1') })

  const { id, joinUrl } = await meetings.createOrGet(name, wanted)
  await troubleOf(meetings.change(id, wanted))
  await meetings.remove(id)

  const text = lines.join('')
  const entries = text.trim().split('\n').map(line => JSON.parse(line) as Record<string, unknown>)
  t.strictSame(entries.map(({ call, status }) => [call, status]), [
    ['token', 200], ['createOrGet', 503], ['createOrGet', undefined], ['createOrGet', 200], ['change', 403], ['remove', 204]
  ])
  for (const { clientRequestId, requestId, status } of entries) {
    t.match(clientRequestId, /^[\da-f-]{36}$/)
    t.equal(typeof requestId, status === undefined || status === 503 ? 'undefined' : 'string')
  }
  const ids = entries.map(({ clientRequestId }) => clientRequestId)
  t.strictSame(graph.asked.map(({ headers }) => headers['client-request-id']), ids)
  const token = graph.asked.at(-1)?.headers.authorization?.replace('Bearer ', '') ?? ''
  const secrets = [token, graph.access.clientSecret, joinUrl, id, encodeURIComponent(id), 'teams.microsoft.com', 'thread.v2']
  for (const secret of secrets) t.notOk(text.includes(secret), secret)
})

t.test('how long to wait is read from seconds and from dates, and from nothing else', t => {
  const cases: Array<[string | null, number | undefined]> = [
    ['120', 120_000], [' 0 ', 0], ['Mon, 23 Nov 2026 12:02:00 GMT', 120_000], ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
    [null, undefined], ['', undefined], ['soon', undefined], ['-5', undefined], ['1e3', undefined], ['1.5', undefined],
    ['99999999999', undefined]
  ]
  for (const [header, ms] of cases) t.equal(readRetryAfter(header, noon), ms, String(header))
  t.end()
})

t.test('no wait is shorter than was asked for, or longer than the longest', t => {
  const asked = fc.option(fc.integer({ min: 0, max: 1e7 }), { nil: undefined })
  fc.assert(fc.property(fc.integer({ min: 1, max: 50 }), asked, fc.double({ min: 0, max: 1, noNaN: true }),
    (nth, asked, random) => {
      const ms = waitMs(nth, asked, retryPolicy, () => random)
      return asked === undefined
        ? ms >= 0 && ms <= retryPolicy.longestMs
        : ms >= asked && ms <= asked + retryPolicy.firstMs
    }))
  t.end()
})

t.test('a server that is not there is trouble that passes', async t => {
  const { meetings } = await context(t, { access: { url: 'http://127.0.0.1:1', loginUrl: 'http://127.0.0.1:1' }, tries: 2 })

  t.match(await troubleOf(meetings.createOrGet(name, wanted)), { trouble: 'unreachable', isFinal: false })
})

t.test('times go out in UTC, whatever zone they are in', async t => {
  const { graph, meetings } = await context(t)
  const startsAt = DateTime.fromISO('2027-03-28T18:00', { zone: 'Europe/London' }) as DateTime<true>

  await meetings.createOrGet(name, { ...wanted, startsAt, endsAt: startsAt.plus({ hours: 1 }) })

  t.match(bodiesOf(graph, 'createOrGet'), [{ startDateTime: '2027-03-28T17:00:00.000Z' }])
})
