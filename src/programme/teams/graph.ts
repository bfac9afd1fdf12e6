import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { DateTime } from 'luxon'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Clock } from '../../platform/clock.ts'
import type { GraphAccess } from '../../platform/config.ts'
import { TeamsTrouble } from './errors.ts'
import type { Trouble } from './errors.ts'
import { isJoinLink } from './join-link.ts'
import type { Lobby, MadeMeeting, Meetings, WantedMeeting } from './meeting.ts'
import { retryPolicy as usualPolicy, readRetryAfter, waitMs } from './retry-policy.ts'
import type { RetryPolicy } from './retry-policy.ts'

interface GraphParts {
  access: GraphAccess
  clock: Clock
  log: Pick<Logger, 'info' | 'warn'>
  retryPolicy?: RetryPolicy
  random?: () => number
  sleep?: (ms: number) => Promise<unknown>
}

/** A request, named as in the log: its address may contain a meeting's id, which is a secret. */
interface Call {
  name: 'token' | 'createOrGet' | 'change' | 'remove'
  url: string
  method: 'POST' | 'PATCH' | 'DELETE'
  headers: Record<string, string>
  body?: string
}

/** A response; `body` is undefined if it was empty or not JSON. */
interface Answer {
  status: number
  body: unknown
  isWhole: boolean
  retryAfterMs: number | undefined
}

/** A token is renewed this long before it ends: clocks differ, and calls take time. */
const renewedMinutesBefore = 5

/** Maximum wait, whatever Microsoft asks for: a mistake on their side must not stop us until we are restarted. */
const longestQuietMs = 3_600_000

/** Status codes by which the server says that another try may succeed. */
const passing = [408, 409, 423, 425, 429, 500, 502, 503, 504]

const lobbyScopes: Record<Lobby, string> = { 'everyone-waits': 'organizer', 'nobody-waits': 'everyone' }

/**
 * Teams meetings made by Microsoft Graph v1.0, in the name of one account, with an application's own token (client
 * credentials) and no library: every call, including the one for the token, has the same patience, the same two
 * servers, and the same words for failures.
 *
 * Every call may be repeated without harm, so each is after a 429, a 5xx or silence. No redirect is followed. The log
 * gets Microsoft's request ids and never a token, a link or a meeting's id.
 */
export function graphMeetings ({
  access, clock, log, retryPolicy = usualPolicy, random = Math.random, sleep = delay
}: GraphParts): Meetings {
  const meetings = `${access.url}/v1.0/users/${access.organiserId}/onlineMeetings`
  const sentences = sentencesFor(access)
  let token: { text: string, renewAt: DateTime<true> } | undefined
  let renewing: Promise<string> | undefined
  /** Microsoft asked us to send nothing until then. */
  let quietUntil: DateTime<true> | undefined

  return {
    async createOrGet (externalId, wanted) {
      const { subject, startDateTime, endDateTime } = bodyOf(wanted)
      const answer = await ask('createOrGet', 'POST', `${meetings}/createOrGet`,
        { externalId, subject, startDateTime, endDateTime })
      return readMeeting(answer.body)
    },

    async change (id, wanted) {
      await ask('change', 'PATCH', `${meetings}/${encodeURIComponent(id)}`, bodyOf(wanted))
    },

    async remove (id) {
      try {
        await ask('remove', 'DELETE', `${meetings}/${encodeURIComponent(id)}`)
      } catch (error) {
        if (!(error instanceof TeamsTrouble && error.trouble === 'gone')) throw error
      }
    }
  }

  /** Retries until an answer that another try would not change, or until patience has run out. */
  async function ask (name: Call['name'], method: Call['method'], url: string, body?: object): Promise<Answer> {
    if (quietUntil !== undefined && clock() < quietUntil) {
      throw new TeamsTrouble('busy', sentences.busy, quietUntil.diff(clock()).toMillis())
    }
    const giveUpAt = clock().plus(retryPolicy.wholeMs)
    let isRenewed = false
    for (let nth = 1; ; nth++) {
      try {
        const authorization = `Bearer ${await currentToken()}`
        const answer = await send({
          name,
          method,
          url,
          headers: { authorization, ...(body !== undefined && { 'content-type': 'application/json' }) },
          ...(body !== undefined && { body: JSON.stringify(body) })
        })
        if (answer.status === 401 && !isRenewed && !isAboutThePolicy(answer)) {
          isRenewed = true
          if (authorization === `Bearer ${token?.text}`) token = undefined
          nth--
          continue
        }
        return assertDone(name, answer)
      } catch (error) {
        if (!(error instanceof TeamsTrouble) || error.isFinal || nth >= retryPolicy.tries) throw error
        const wait = waitMs(nth, error.retryAfterMs, retryPolicy, random)
        if (clock().plus(wait) >= giveUpAt) {
          if (error.retryAfterMs !== undefined) quietUntil = clock().plus(Math.min(error.retryAfterMs, longestQuietMs))
          throw error
        }
        await sleep(wait)
      }
    }
  }

  /** One token for all concurrent requests, until shortly before it expires. */
  async function currentToken (): Promise<string> {
    if (token !== undefined && clock() < token.renewAt) return token.text
    renewing ??= newToken().finally(() => { renewing = undefined })
    return await renewing
  }

  async function newToken (): Promise<string> {
    const askedAt = clock()
    const answer = await send({
      name: 'token',
      method: 'POST',
      url: `${access.loginUrl}/${access.tenantId}/oauth2/v2.0/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: access.clientId,
        client_secret: access.clientSecret,
        scope: `${access.url}/.default`
      }).toString()
    })
    const { access_token: text, expires_in: seconds } = read(Token, assertDone('token', answer).body)
    token = { text, renewAt: askedAt.plus({ seconds }).minus({ minutes: renewedMinutesBefore }) }
    return text
  }

  async function send ({ name, url, headers, ...call }: Call): Promise<Answer> {
    const clientRequestId = randomUUID()
    const { response, text } = await reach({ call: name, clientRequestId }, async signal => {
      const response = await fetch(url, {
        ...call,
        headers: { ...headers, accept: 'application/json', 'client-request-id': clientRequestId },
        redirect: 'manual',
        signal
      })
      return { response, text: await response.text() }
    })
    const { status } = response
    const answer = { status, ...readJson(text), retryAfterMs: readRetryAfter(response.headers.get('retry-after'), clock()) }
    const requestId = idIn(response.headers.get('request-id') ?? response.headers.get('x-ms-request-id'))
    const noted = { call: name, status, requestId, clientRequestId }
    if (response.ok) log.info(noted, 'Microsoft Graph has answered.')
    else log.warn({ ...noted, code: codeIn(answer.body) }, 'Microsoft Graph did not do what we asked.')
    return answer
  }

  async function reach<T> (noted: object, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await call(AbortSignal.timeout(retryPolicy.tryMs))
    } catch (error) {
      const { name: kind, cause } = error as Error
      log.warn({ ...noted, kind, code: (cause as { code?: unknown } | undefined)?.code }, 'Microsoft Graph cannot be reached.')
      throw new TeamsTrouble('unreachable', sentences.unreachable)
    }
  }

  /** Returns a successful answer; throws the trouble that any other means. */
  function assertDone (name: Call['name'], answer: Answer): Answer {
    const { status, retryAfterMs } = answer
    if (status >= 200 && status < 300) {
      const isRead = name === 'token' || name === 'createOrGet'
      // Garbled on the way: the request may have been carried out, and repeating it does no harm.
      if (isRead && !answer.isWhole) throw new TeamsTrouble('unreachable', sentences.unreachable)
      return answer
    }
    const trouble = troubleOf(name, answer)
    throw new TeamsTrouble(trouble, sentences[trouble], retryAfterMs)
  }

  function troubleOf (name: Call['name'], answer: Answer): Trouble {
    const { status } = answer
    if (passing.includes(status) || status > 504) return 'busy'
    if (isAboutThePolicy(answer)) return 'policy'
    if (name === 'token') return status >= 400 ? 'credentials' : 'answer'
    if (status === 401) return 'credentials'
    if (status === 403) return 'permission'
    if (status === 404 || status === 410) return name === 'createOrGet' ? 'organiser' : 'gone'
    return status >= 400 ? 'details' : 'answer'
  }

  function readMeeting (body: unknown): MadeMeeting {
    const { id, joinWebUrl, joinMeetingIdSettings, audioConferencing: audio } = read(Meeting, body)
    if (!isJoinLink(joinWebUrl)) throw new TeamsTrouble('answer', sentences.answer)
    return {
      id,
      joinUrl: joinWebUrl,
      otherWaysIn: {
        meetingId: joinMeetingIdSettings?.joinMeetingId,
        passcode: joinMeetingIdSettings?.passcode,
        phone: audio?.tollNumber ?? audio?.tollNumbers?.[0],
        freePhone: audio?.tollFreeNumber ?? audio?.tollFreeNumbers?.[0],
        conferenceId: audio?.conferenceId ?? audio?.ConferenceId
      }
    }
  }

  function read<T> (schema: z.ZodType<T>, body: unknown): T {
    const found = schema.safeParse(body)
    // Not the parser's own message: it quotes what was read.
    if (!found.success) throw new TeamsTrouble('answer', sentences.answer)
    return found.data
  }
}

/**
 * A meeting in Graph's terms: only fields that its documentation lists as changeable, and always both times. Only the
 * organiser presents, nothing is recorded, and chat is open only during the meeting.
 */
function bodyOf ({ subject, startsAt, endsAt, lobby, mayUnmute, mayShowCamera }: WantedMeeting) {
  return {
    subject,
    startDateTime: startsAt.toUTC().toISO(),
    endDateTime: endsAt.toUTC().toISO(),
    lobbyBypassSettings: { scope: lobbyScopes[lobby], isDialInBypassEnabled: lobby === 'nobody-waits' },
    allowedLobbyAdmitters: 'organizerAndCoOrganizersAndPresenters',
    allowedPresenters: 'organizer',
    allowAttendeeToEnableMic: mayUnmute,
    allowAttendeeToEnableCamera: mayShowCamera,
    allowMeetingChat: 'limited',
    allowRecording: false,
    recordAutomatically: false,
    allowTranscription: false,
    isEntryExitAnnounced: false
  }
}

const Token = z.object({ access_token: z.string().regex(/^[!-~]+$/), expires_in: z.coerce.number().positive() })

/** An optional detail in an unexpected format is left out. */
const text = (pattern: RegExp) => z.string().trim().regex(pattern).optional().catch(undefined)
const phone = text(/^[+\d][\d ().-]{3,40}$/)
const digits = text(/^\d[\d ]{1,30}#?$/)

/** Microsoft's own examples spell `conferenceId` in two ways; without the licence there is none. */
const Meeting = z.object({
  id: z.string().min(1).max(2048),
  joinWebUrl: z.string(),
  joinMeetingIdSettings: z.object({ joinMeetingId: digits, passcode: text(/^[!-~]{1,64}$/) }).optional().catch(undefined),
  audioConferencing: z.object({
    tollNumber: phone,
    tollNumbers: z.array(phone).optional().catch(undefined),
    tollFreeNumber: phone,
    tollFreeNumbers: z.array(phone).optional().catch(undefined),
    conferenceId: digits,
    ConferenceId: digits
  }).optional().catch(undefined)
})

const Fault = z.object({ error: z.union([z.string(), z.object({ code: z.string(), message: z.string().catch('') })]) })

function readJson (text: string): { body: unknown, isWhole: boolean } {
  try {
    return { body: JSON.parse(text), isWhole: true }
  } catch {
    return { body: undefined, isWhole: false }
  }
}

/** Microsoft's code for a fault; only a single word gets into the log. */
function codeIn (body: unknown): string | undefined {
  const error = Fault.safeParse(body).data?.error
  return idIn(typeof error === 'string' ? error : error?.code)
}

/** `App … is not authorized to Create meeting on behalf of user …`, or no application access policy by that name. */
function isAboutThePolicy ({ status, body }: Answer): boolean {
  const error = Fault.safeParse(body).data?.error
  return (status === 401 || status === 403) && typeof error === 'object' &&
    /application access policy|not authorized to .* on behalf of/i.test(error.message)
}

function idIn (given: string | null | undefined): string | undefined {
  return /^[\w.-]{1,64}$/.exec(given ?? '')?.[0]
}

/** What staff read about each trouble, and what they can do; commands on lines of their own. */
function sentencesFor ({ clientId, organiserId }: GraphAccess): Record<Trouble, string> {
  const askWhoRuns = 'Ask the people who run this service to check'
  return {
    busy: 'Microsoft Teams is busy.',
    unreachable: 'Microsoft Teams could not be reached.',
    policy: 'Microsoft does not let this service make meetings in the name of the workshop account. Ask your Microsoft 365 ' +
      'administrator to run these two commands, and try again half an hour later:\n' +
      `New-CsApplicationAccessPolicy -Identity Placekeeper -AppIds "${clientId}"\n` +
      `Grant-CsApplicationAccessPolicy -PolicyName Placekeeper -Identity "${organiserId}"`,
    permission: 'Microsoft does not let this service make meetings. Ask your Microsoft 365 administrator to give its app ' +
      'the application permission OnlineMeetings.ReadWrite.All, with admin consent.',
    credentials: `Microsoft does not accept this service’s credentials. ${askWhoRuns} GRAPH_TENANT_ID, GRAPH_CLIENT_ID ` +
      'and GRAPH_CLIENT_SECRET: the secret may have expired.',
    organiser: `Microsoft does not know the account that meetings are to belong to. ${askWhoRuns} GRAPH_ORGANISER_ID.`,
    gone: 'This meeting is not in Microsoft Teams any more, so its link leads nowhere. Make a new meeting.',
    details: 'Microsoft Teams does not accept this meeting’s title or times.',
    answer: `What Microsoft answered is not a Teams meeting. ${askWhoRuns} GRAPH_URL and GRAPH_LOGIN_URL, and look at the log.`
  }
}
