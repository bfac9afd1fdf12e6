import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { DateTime } from 'luxon'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Clock } from '../../platform/clock.ts'
import type { GraphAccess } from '../../platform/config.ts'
import { TeamsTrouble } from './errors.ts'
import type { Trouble } from './errors.ts'
import { retryPolicy as usualPolicy, readRetryAfter, waitMs } from './retry-policy.ts'
import type { RetryPolicy } from './retry-policy.ts'

export interface GraphParts {
  access: GraphAccess
  clock: Clock
  log: Pick<Logger, 'info' | 'warn'>
  retryPolicy?: RetryPolicy
  random?: () => number
  sleep?: (ms: number) => Promise<unknown>
}

/** What staff read, by what is the matter. */
export type Sentences = Record<Trouble, string>

/** A request, named as in the log: its address may hold a meeting's id, which is a secret. */
interface Call {
  name: 'token' | 'createOrGet' | 'change' | 'remove' | 'findMeeting' | 'listReports' | 'listRecords'
  url: string
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  headers: Record<string, string>
  body?: string
}

/** What came back; `body` is undefined where it was empty or not JSON. */
interface Answer {
  status: number
  body: unknown
  isWhole: boolean
  retryAfterMs: number | undefined
}

type Send = (call: Call) => Promise<Answer>

/** Makes one call, again if need be, and returns the body of an answer that says yes. Throws `TeamsTrouble`. */
export type Ask = (
  name: Call['name'], method: Call['method'], url: string, body?: object
) => Promise<unknown>

/** A token is renewed this long before it ends: clocks differ, and calls take time. */
const renewedMinutesBefore = 5

/** The longest time, in milliseconds, for which one answer of Microsoft's can stop us from asking. */
const longestQuietMs = 3_600_000

/** Statuses after which another try may end otherwise, by the server's own word. */
const passing = [408, 409, 423, 425, 429, 500, 502, 503, 504]

/**
 * A client of Microsoft Graph with an application's own token (client credentials) and no library: every call, the
 * one for the token included, has the same limits, the same two servers and the same words for what goes wrong.
 *
 * Every call may be repeated without harm, so each is after a 429, a 5xx or silence. No redirect is followed.
 */
export function graphClient (
  { access, clock, log, retryPolicy = usualPolicy, random = Math.random, sleep = delay }: GraphParts,
  sentences: Sentences
): Ask {
  const send = senderOf({ clock, log, tryMs: retryPolicy.tryMs }, sentences)
  const tokens = tokensOf(access, clock, send, sentences)
  /** Microsoft asked us to wait until then. */
  let quietUntil: DateTime<true> | undefined

  return async (name, method, url, body) => {
    if (quietUntil !== undefined && clock() < quietUntil) {
      throw new TeamsTrouble('busy', sentences.busy, quietUntil.diff(clock()).toMillis())
    }
    const giveUpAt = clock().plus(retryPolicy.wholeMs)
    for (let nth = 1; ; nth++) {
      try {
        return assertDone(name, await askOnce(name, method, url, body), sentences).body
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

  /** One try: with a token that is refused, once more with a new one. */
  async function askOnce (name: Call['name'], method: Call['method'], url: string, body?: object): Promise<Answer> {
    const token = await tokens.current()
    const call = callWith(name, method, url, body)
    const answer = await send(call(token))
    if (answer.status !== 401 || isAboutThePolicy(answer)) return answer
    tokens.drop(token)
    return await send(call(await tokens.current()))
  }
}

function callWith (name: Call['name'], method: Call['method'], url: string, body?: object): (token: string) => Call {
  return token => ({
    name,
    method,
    url,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) })
  })
}

/** One token for all who ask at once, until shortly before it ends. */
function tokensOf (access: GraphAccess, clock: Clock, send: Send, sentences: Sentences) {
  let token: { text: string, renewAt: DateTime<true> } | undefined
  let renewing: Promise<string> | undefined

  return {
    async current (): Promise<string> {
      if (token !== undefined && clock() < token.renewAt) return token.text
      renewing ??= renew().finally(() => { renewing = undefined })
      return await renewing
    },

    drop (refused: string): void {
      if (token?.text === refused) token = undefined
    }
  }

  async function renew (): Promise<string> {
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
    const { access_token: text, expires_in: seconds } = readAs(Token, assertDone('token', answer, sentences).body, sentences)
    token = { text, renewAt: askedAt.plus({ seconds }).minus({ minutes: renewedMinutesBefore }) }
    return text
  }
}

/** Sends a call. The log gets Microsoft's ids of requests and never a token, a link or a meeting's id. */
function senderOf ({ clock, log, tryMs }: Pick<GraphParts, 'clock' | 'log'> & { tryMs: number }, sentences: Sentences): Send {
  return async ({ name, url, headers, ...call }) => {
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
      return await call(AbortSignal.timeout(tryMs))
    } catch (error) {
      const { name: kind, cause } = error as Error
      log.warn({ ...noted, kind, code: (cause as { code?: unknown } | undefined)?.code }, 'Microsoft Graph cannot be reached.')
      throw new TeamsTrouble('unreachable', sentences.unreachable)
    }
  }
}

/** Returns an answer that says yes; throws what any other means. */
function assertDone (name: Call['name'], answer: Answer, sentences: Sentences): Answer {
  const { status, retryAfterMs } = answer
  if (status >= 200 && status < 300) {
    const isRead = name !== 'change' && name !== 'remove'
    // Garbled on the way: what was asked may have been done, and asking again does no harm.
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

/** Reads a body by its schema. Throws `TeamsTrouble` without the parser's own words: they quote what was read. */
export function readAs<T> (schema: z.ZodType<T>, body: unknown, sentences: Sentences): T {
  const found = schema.safeParse(body)
  if (!found.success) throw new TeamsTrouble('answer', sentences.answer)
  return found.data
}

const Token = z.object({ access_token: z.string().regex(/^[!-~]+$/), expires_in: z.coerce.number().positive() })

const Fault = z.object({ error: z.union([z.string(), z.object({ code: z.string(), message: z.string().catch('') })]) })

function readJson (text: string): { body: unknown, isWhole: boolean } {
  try {
    return { body: JSON.parse(text), isWhole: true }
  } catch {
    return { body: undefined, isWhole: false }
  }
}

/** What Microsoft calls a fault; no more than a word gets into the log. */
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
