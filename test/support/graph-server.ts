import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import type { GraphAccess } from '../../src/platform/config.ts'

type Kind = 'token' | 'createOrGet' | 'change' | 'remove' | 'findMeeting' | 'listReports' | 'listRecords'

/** A fault that happens once, with the next request or with the next of a kind. */
export interface Fault {
  on?: Kind
  /** Answers with this instead of doing anything. */
  status?: number
  headers?: Record<string, string>
  body?: unknown
  /** Does what was asked and then closes the connection, does not answer, or answers with this. */
  afterwards?: 'hang-up' | 'silence' | { body: string }
}

/** A meeting in the server: what was given, and what Microsoft adds. */
export interface StandingMeeting extends Record<string, unknown> {
  id: string
  externalId: string
  joinWebUrl: string
}

/** An attendance report in the server, of one session of a meeting. */
export interface StandingReport {
  id: string
  meetingStartDateTime: string
  meetingEndDateTime: string
  records: object[]
}

export interface GraphServer {
  access: GraphAccess
  /** By externalId, which the documentation calls the identifier of a meeting together with its owner. */
  meetings: Map<string, StandingMeeting>
  /** By the id of their meeting. */
  reports: Map<string, StandingReport[]>
  /** How many items of a list are on one page. */
  perPage: number
  /** Every request so far: kind and status, as `createOrGet 201`; what it sent; its token. */
  asked: Array<{ kind: Kind, status: number | undefined, body: Record<string, unknown>, headers: IncomingMessage['headers'] }>
  /** Additional fields of every new meeting. */
  extras: Record<string, unknown>
  fail: (...faults: Fault[]) => void
  /** Makes every token that was issued so far invalid. */
  forgetTokens: () => void
  kinds: () => string[]
}

/** Fields that PATCH may change, by onlinemeeting-update of Graph v1.0; any other is refused here. */
const changeable = [
  'allowAttendeeToEnableCamera', 'allowAttendeeToEnableMic', 'allowBreakoutRooms', 'allowCopyingAndSharingMeetingContent',
  'allowedLobbyAdmitters', 'allowedPresenters', 'allowLiveShare', 'allowMeetingChat', 'allowPowerPointSharing',
  'allowRecording', 'allowTeamworkReactions', 'allowTranscription', 'allowWhiteboard', 'anonymizeIdentityForRoles',
  'endDateTime', 'isEntryExitAnnounced', 'lobbyBypassSettings', 'participants', 'recordAutomatically', 'startDateTime',
  'subject', 'watermarkProtection'
]

/** Fields that createOrGet takes. */
const creatable = ['endDateTime', 'externalId', 'participants', 'startDateTime', 'subject']

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

/**
 * Implements the token endpoint of the Microsoft identity platform and the calls of Microsoft Graph v1.0 that make,
 * find, change and delete online meetings and list their attendance reports, as documented, with its error formats;
 * what is not documented is refused. Stopped when the test is over.
 */
export async function graphServer (t: Test): Promise<GraphServer> {
  const faults: Fault[] = []
  const tokens = new Set<string>()
  const server = createServer((request, response) => { void answer(request, response) })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(async () => {
    server.closeAllConnections()
    await new Promise(resolve => { server.close(resolve) })
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const access: GraphAccess = {
    tenantId: '0823831b-1f1b-424b-b90a-1caa345a742a',
    clientId: 'ddb80e06-92f3-4978-bc22-a0eee85e6a9e',
    clientSecret: 'a+secret of the app~&=%',
    organiserId: '748d2cbb-3b55-40ed-8c34-2eae5932b22a',
    url,
    loginUrl: url
  }
  const its: GraphServer = {
    access,
    meetings: new Map(),
    reports: new Map(),
    perPage: 100,
    asked: [],
    extras: {},
    fail: (...given) => { faults.push(...given) },
    forgetTokens: () => { tokens.clear() },
    kinds: () => its.asked.map(({ kind, status }) => `${kind} ${status ?? 'nothing'}`)
  }
  return its

  async function answer (request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request)
    const kind = kindOf(request)
    const fault = takeFault(kind)
    const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded'
    const body = (isForm ? Object.fromEntries(new URLSearchParams(text)) : text === '' ? {} : JSON.parse(text)) as
      Record<string, unknown>
    const told = fault?.status === undefined
      ? respond(kind, request, body)
      : { status: fault.status, body: fault.body ?? refusal(fault.status, 'UnknownError', 'Ordered.') }
    const isSilent = fault?.afterwards === 'hang-up' || fault?.afterwards === 'silence'
    its.asked.push({ kind, status: isSilent ? undefined : told.status, body, headers: request.headers })
    if (fault?.afterwards === 'hang-up') { request.socket.destroy(); return }
    if (fault?.afterwards === 'silence') return
    const sent = typeof fault?.afterwards === 'object'
      ? fault.afterwards.body
      : typeof told.body === 'string' ? told.body : told.body === undefined ? '' : JSON.stringify(told.body)
    response.writeHead(told.status, {
      'content-type': 'application/json',
      'request-id': randomUUID(),
      ...fault?.headers
    }).end(sent)
  }

  function takeFault (kind: Kind): Fault | undefined {
    const index = faults.findIndex(({ on = kind }) => on === kind)
    return index < 0 ? undefined : faults.splice(index, 1)[0]
  }

  function respond (kind: Kind, { url: path = '', headers }: IncomingMessage, body: Record<string, unknown>) {
    if (kind === 'token') return tokenFor(path, body)
    if (!tokens.has(headers.authorization?.replace(/^Bearer /, '') ?? '')) {
      return { status: 401, body: refusal(401, 'InvalidAuthenticationToken', 'Access token has expired or is not yet valid.') }
    }
    const [, user, rest = ''] = /^\/v1\.0\/users\/([^/]+)\/onlineMeetings[/?](.+)$/.exec(path) ?? []
    if (user !== access.organiserId) return { status: 404, body: refusal(404, 'NotFound', 'User Not Found.') }
    if (kind === 'createOrGet') return created(body)
    if (kind === 'findMeeting') return found(rest)
    if (kind === 'listReports' || kind === 'listRecords') return listed(path, rest)
    const meeting = [...its.meetings.values()].find(({ id }) => encodeURIComponent(id) === rest)
    if (meeting === undefined) return { status: 404, body: refusal(404, 'NotFound', 'Meeting not found.') }
    return kind === 'change' ? changed(meeting, body) : removed(meeting)
  }

  /** `$filter=JoinWebUrl eq '…'`, the only filter that is documented for this list. */
  function found (query: string) {
    const [, joinUrl] = /^JoinWebUrl eq '(.*)'$/.exec(new URLSearchParams(query).get('$filter') ?? '') ?? []
    if (joinUrl === undefined) return { status: 400, body: refusal(400, 'BadRequest', 'Filter expression expected.') }
    const meetings = [...its.meetings.values()].filter(({ joinWebUrl }) => joinWebUrl === joinUrl.replaceAll("''", "'"))
    return { status: 200, body: { value: meetings } }
  }

  /** The reports of a meeting without their records, or the records of one report; page by page. */
  function listed (path: string, rest: string) {
    const { pathname, searchParams } = new URL(rest, 'http://x/')
    const [meetingId = '', , reportId] = pathname.slice(1).split('/').map(decodeURIComponent)
    const reports = its.reports.get(meetingId)
    if (reports === undefined) return { status: 404, body: refusal(404, 'NotFound', 'Meeting not found.') }
    const all = reportId === undefined
      ? reports.map(({ records, ...report }) => report)
      : reports.find(({ id }) => id === reportId)?.records
    if (all === undefined) return { status: 404, body: refusal(404, 'NotFound', 'Report not found.') }
    const from = Number(searchParams.get('$skiptoken') ?? 0)
    const next = from + its.perPage
    return {
      status: 200,
      body: {
        value: all.slice(from, next),
        ...next < all.length && { '@odata.nextLink': `${url}${path.replace(/\?.*/, '')}?$skiptoken=${next}` }
      }
    }
  }

  function tokenFor (path: string, given: Record<string, unknown>) {
    const isRight = path === `/${access.tenantId}/oauth2/v2.0/token` && given.grant_type === 'client_credentials' &&
      given.client_id === access.clientId && given.client_secret === access.clientSecret &&
      given.scope === `${access.url}/.default`
    if (!isRight) return { status: 401, body: { error: 'invalid_client', error_description: 'AADSTS7000215: …' } }
    const token = `eyJ.${randomUUID()}.token`
    tokens.add(token)
    return { status: 200, body: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: token } }
  }

  function created (body: Record<string, unknown>) {
    const wrong = wrongIn(body, creatable) ?? (typeof body.externalId === 'string' ? undefined : 'externalId is required.')
    if (wrong !== undefined) return { status: 400, body: refusal(400, 'BadRequest', wrong) }
    const known = its.meetings.get(String(body.externalId))
    // An existing meeting is returned as it is: asking for it again does not change its times.
    if (known !== undefined) return { status: 200, body: known }
    const n = its.asked.length
    const meeting: StandingMeeting = {
      id: `MSp${n}*0**19:meeting_${randomUUID()}@thread.v2`,
      externalId: String(body.externalId),
      joinWebUrl: joinUrlOf(n),
      creationDateTime: '2026-11-23T12:00:00.1909168Z',
      audioConferencing: null,
      joinMeetingIdSettings: null,
      lobbyBypassSettings: { scope: 'organization', isDialInBypassEnabled: false },
      ...body,
      ...its.extras
    }
    its.meetings.set(meeting.externalId, meeting)
    return { status: 201, body: meeting }
  }

  function changed (meeting: StandingMeeting, body: Record<string, unknown>) {
    const wrong = wrongIn(body, changeable)
    if (wrong !== undefined) return { status: 400, body: refusal(400, 'BadRequest', wrong) }
    Object.assign(meeting, body)
    return { status: 200, body: meeting }
  }

  function removed ({ externalId }: StandingMeeting) {
    its.meetings.delete(externalId)
    return { status: 204, body: undefined }
  }

  function joinUrlOf (n: number): string {
    return `https://teams.microsoft.com/l/meetup-join/19%3ameeting_${String(n).padStart(8, '0')}%40thread.v2/0` +
      `?context=%7b%22Tid%22%3a%22${access.tenantId}%22%2c%22Oid%22%3a%22${access.organiserId}%22%7d`
  }
}

function wrongIn (body: Record<string, unknown>, known: readonly string[]): string | undefined {
  const { startDateTime: start, endDateTime: end } = body
  const unknown = Object.keys(body).find(name => !known.includes(name))
  if (unknown !== undefined) return `The property ${unknown} cannot be given.`
  if ((start === undefined) !== (end === undefined)) return 'startDateTime and endDateTime go together.'
  for (const at of [start, end]) if (at !== undefined && !instant.test(String(at))) return 'This is no DateTimeOffset.'
  return Date.parse(String(end)) < Date.parse(String(start)) ? 'endDateTime is earlier than startDateTime.' : undefined
}

/** Graph's format of an error. */
export function refusal (status: number, code: string, message: string): object {
  return { error: { code, message, innerError: { date: '2026-11-23T12:00:00', 'request-id': randomUUID(), status } } }
}

/** Graph's error where there is no application access policy; from its documentation. */
export const noPolicy: Fault = {
  on: 'createOrGet',
  status: 403,
  body: refusal(403, 'Unauthorized', 'App ddb80e06-92f3-4978-bc22-a0eee85e6a9e is not authorized to Create meeting on ' +
    'behalf of user 748d2cbb-3b55-40ed-8c34-2eae5932b22a')
}

function kindOf ({ method, url = '' }: IncomingMessage): Kind {
  if (url.endsWith('/token')) return 'token'
  if (method === 'GET') {
    if (url.includes('/attendanceRecords')) return 'listRecords'
    return url.includes('/attendanceReports') ? 'listReports' : 'findMeeting'
  }
  return method === 'PATCH' ? 'change' : method === 'DELETE' ? 'remove' : 'createOrGet'
}

async function textOf (request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
