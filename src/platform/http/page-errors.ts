import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isDatabaseAway, refusesWrites } from '../database/errors.ts'
import { DomainError } from '../errors.ts'
import type { Refusal } from '../errors.ts'
import { fieldsIn } from './form-answers.ts'
import { headers } from './security.ts'

/** Whatever was thrown: by Fastify and its plugins with a status, by Prisma with a code of its own. */
type Failure = Error & { statusCode?: number | undefined, code?: string | undefined }

declare module 'fastify' {
  interface FastifyInstance {
    /** Answers an error with its page. For what fails before Fastify knows a route. */
    answerError: (error: Failure, request: FastifyRequest, reply: FastifyReply) => void
    /**
     * Notes that the database was away, for a form that is shown again with what was typed: in the log, in the
     * answer's status and in when to come again. Throws whatever else went wrong.
     */
    awayFor: (error: Failure, request: FastifyRequest, reply: FastifyReply) => FastifyReply
    /** Milliseconds since the database last refused to write what a page was to save; Infinity if it never has. */
    sinceRefusedWrite: () => number
  }
}

const refusals = {
  'activity-not-found': { status: 404, title: 'Page not found' },
  'campaign-not-found': { status: 404, title: 'Page not found' },
  'agency-not-found': { status: 404, title: 'Page not found' },
  'agency-name-taken': { status: 409, title: 'This name is taken' },
  'campaign-changed': { status: 409, title: 'This has been changed' },
  'districts-in-use': { status: 409, title: 'People live there' },
  'contact-not-found': { status: 404, title: 'Page not found' },
  'contact-changed': { status: 409, title: 'This has been changed' },
  'contact-name-taken': { status: 409, title: 'Choose another name' },
  'last-contact': { status: 409, title: 'Somebody must be there to call' },
  'booking-not-found': { status: 404, title: 'Booking not found' },
  'booking-link-ended': { status: 404, title: 'This link does not work' },
  'not-bookable': { status: 409, title: 'There is nothing to book' },
  'booking-not-yet-open': { status: 409, title: 'Booking has not opened yet' },
  'booking-closed': { status: 409, title: 'Booking has closed' },
  'activity-cancelled': { status: 409, title: 'Cancelled' },
  'activity-over': { status: 409, title: 'This has already taken place' },
  'fully-booked': { status: 409, title: 'Fully booked' },
  'too-many-places': { status: 409, title: 'Too many places' },
  'district-unknown': { status: 409, title: 'The list of districts has changed' },
  'no-places-left': { status: 409, title: 'Not enough places left' },
  'phone-needed': { status: 409, title: 'We need a phone number' },
  'already-cancelled': { status: 409, title: 'Already cancelled' },
  'booking-moved': { status: 409, title: 'This booking has been moved' },
  'sent-before': { status: 409, title: 'This form was sent before' },
  'booked-there': { status: 409, title: 'There is a booking already' },
  'cannot-move-there': { status: 409, title: 'Choose another date' },
  'details-changed': { status: 409, title: 'Somebody else has changed this' },
  'turn-stays-ended': { status: 409, title: 'The turn cannot be restored' },
  'code-refused': { status: 409, title: 'This code does not keep a place for you' },
  'hold-not-found': { status: 404, title: 'Page not found' },
  'too-few-to-hold': { status: 409, title: 'Not enough places are free' },
  'people-wait': { status: 409, title: 'People are waiting' },
  'code-taken': { status: 409, title: 'Choose another code' },
  'hold-returned': { status: 409, title: 'This hold has ended' },
  'hold-claimed': { status: 409, title: 'These places have been claimed' },
  'hold-ends-wrongly': { status: 409, title: 'Choose another day' },
  'nothing-offered': { status: 409, title: 'No place is offered to you yet' },
  'offer-ended': { status: 409, title: 'This offer has ended' },
  'place-taken': { status: 409, title: 'Somebody else was quicker' },
  'not-waiting': { status: 409, title: 'Not on the waiting list any more' },
  'not-by-hand': { status: 409, title: 'This list gives places in its order' },
  'party-does-not-fit': { status: 409, title: 'Not enough places are free' },
  'list-still-needed': { status: 409, title: 'People are waiting' },
  'priority-group-unknown': { status: 409, title: 'There is no such group' },
  'date-wrong': { status: 409, title: 'Choose another date' },
  'link-changed': { status: 409, title: 'The Teams link has changed' },
  'no-meeting-kept': { status: 409, title: 'There is no meeting to change' },
  'letter-not-found': { status: 404, title: 'Page not found' },
  'letter-on-its-way': { status: 409, title: 'On its way' },
  'letter-sent-again': { status: 409, title: 'Sent again already' },
  'letter-outdated': { status: 409, title: 'Not true any more' },
  'bulletin-not-found': { status: 404, title: 'Page not found' },
  'bulletin-sent': { status: 409, title: 'This has been sent' },
  'bulletin-changed': { status: 409, title: 'This has been changed' },
  'nobody-to-write-to': { status: 409, title: 'There is nobody to write to' },
  'answers-refused': { status: 400, title: 'Something is not right yet' },
  'both-changed': { status: 409, title: 'Somebody else has changed this' },
  'people-to-tell': { status: 409, title: 'People would be told' },
  'people-rely-on-it': { status: 409, title: 'People rely on this' },
  'cannot-be-deleted': { status: 409, title: 'This cannot be deleted' },
  'not-ready': { status: 409, title: 'Not ready yet' },
  'not-the-day-yet': { status: 409, title: 'Not yet' },
  'question-settled': { status: 409, title: 'Settled already' },
  'host-unknown': { status: 409, title: 'They do not work here any more' },
  'sign-in-link-used': { status: 410, title: 'This sign-in link no longer works' },
  'sign-in-code-wrong': { status: 409, title: 'This code does not work' },
  'factor-code-wrong': { status: 409, title: 'This code does not work' },
  'factor-locked': { status: 429, title: 'Too many wrong codes' },
  'session-over': { status: 409, title: 'You have been signed out' },
  'no-factor': { status: 409, title: 'You have no authenticator' },
  'factor-unreadable': { status: 409, title: 'We cannot check your codes' },
  'factor-setup-over': { status: 409, title: 'Start again' },
  'factor-is-own': { status: 409, title: 'This is your own' },
  'other-work-account': { status: 403, title: 'This is another work account' },
  'session-not-found': { status: 404, title: 'Page not found' },
  'no-turn-to-restore': { status: 409, title: 'There is no turn to restore' },
  'nothing-to-answer': { status: 409, title: 'There is nothing to answer' },
  'work-account-taken': { status: 409, title: 'This work account is another’s' },
  'work-account-unknown': { status: 403, title: 'We do not know this work account' },
  'member-not-found': { status: 404, title: 'Page not found' },
  'member-changed': { status: 409, title: 'This has been changed' },
  'address-taken': { status: 409, title: 'This address is another’s' },
  'last-admin': { status: 409, title: 'An admin must remain' },
  'own-account': { status: 409, title: 'Ask another admin' },
  'request-not-found': { status: 404, title: 'Page not found' },
  'request-answered': { status: 409, title: 'Answered already' },
  'copy-gone': { status: 410, title: 'This link no longer works' },
  'legal-hold-not-found': { status: 404, title: 'Page not found' },
  'legal-hold-lifted': { status: 409, title: 'This hold was lifted' },
  'legally-held': { status: 409, title: 'A legal hold keeps this' }
} as const satisfies Record<Refusal, { status: number, title: string }>

/** What an answer of this kind says to whoever reads it: a heading, what is the matter, what to do. */
interface Explanation { title: string, sentences: string[] }

const explanations: Record<number, Explanation> = {
  400: {
    title: 'We could not understand what was sent',
    sentences: ['Nothing has been changed.', 'Go back, load the page again and try once more.']
  },
  403: {
    title: 'This form was sent from another website',
    sentences: ['Nothing has been changed.', 'Start again from our own pages.']
  },
  404: {
    title: 'Page not found',
    sentences: [
      'If you typed the web address, check it is correct.',
      'If you pasted the web address, check you copied all of it.'
    ]
  },
  405: { title: 'This page does not work like that', sentences: ['Nothing has been changed.', 'Start again from our first page.'] },
  413: {
    title: 'That was too much to send',
    sentences: ['Nothing has been changed.', 'Go back, shorten what you wrote and send it again.']
  },
  415: {
    title: 'We could not read that form',
    sentences: ['Nothing has been changed.', 'Go back, load the page again and fill in the form there.']
  },
  429: { title: 'Too many tries', sentences: ['Nothing has been changed.'] },
  500: {
    title: 'Sorry, there is a problem with the service',
    sentences: ['Try again in a few minutes.']
  },
  503: {
    title: 'Sorry, the service is not available',
    sentences: ['We cannot reach our records at the moment.', 'Try again in a few minutes.']
  }
}

/**
 * Answers everything that goes wrong with a page: a refusal with its own sentence, a fault with a
 * reference that leads to it in the log and nothing about its cause. Whoever is signed in keeps the way around.
 */
export const pageErrors = fp(async app => {
  app.setErrorHandler(answer)
  app.setNotFoundHandler(async (request, reply) => await answer(app.httpErrors.notFound(), request, reply))
  app.decorate('answerError', (error, request, reply) => {
    reply.headers(headers)
    void answer(error, request, reply)
  })
  app.decorate('awayFor', (error, request, reply) => {
    if (!isDatabaseAway(error)) throw error
    return reply.code(note(error, request, reply))
  })
  let refusedWriteAt = -Infinity
  app.decorate('sinceRefusedWrite', () => performance.now() - refusedWriteAt)

  async function answer (error: Failure | DomainError, request: FastifyRequest, reply: FastifyReply) {
    if (error instanceof DomainError) return await refuse(error, request, reply)
    const status = note(error, request, reply)
    if (status === 503 && isSentAgain(request)) return sendAgain(request, reply)
    return await explain(request, reply, status, {
      ...explanations[status] ?? explanations[400],
      ...(status === 429 && { sentences: ['Nothing has been changed.', tryAgain(reply)] }),
      ...(status === 500 && { reference: request.id })
    })
  }

  /** Whatever a fault calls for besides a page; gives its status. */
  function note (error: Failure, request: FastifyRequest, reply: FastifyReply): number {
    const status = statusOf(error)
    if (refusesWrites(error)) refusedWriteAt = performance.now()
    if (status >= 500) request.log.error({ err: error }, 'fault')
    if (status === 503) reply.header('retry-after', '30')
    return status
  }

  /** The page brings along what was sent, and with it nothing is lost: the same button sends it again. */
  function sendAgain ({ body }: FastifyRequest, reply: FastifyReply): FastifyReply {
    const fields = fieldsIn(body)
    return reply.code(503).page('platform/http/try-again', {
      title: explanations[503]?.title, sentences: [notReached], fields, typed: typedAmong(fields)
    })
  }

  async function refuse ({ refusal, message }: DomainError, request: FastifyRequest, reply: FastifyReply) {
    const { status, title } = refusals[refusal]
    const sentences = status === 404 ? explanations[404]?.sentences ?? [] : []
    return await explain(request, reply, status, { title, sentences: [message, ...sentences] })
  }

  async function explain ({ staff }: FastifyRequest, reply: FastifyReply, status: number, model: object) {
    return await reply.code(status).type('text/html; charset=utf-8').send(app.render('platform/http/error', { ...model, staff }))
  }
}, { name: 'page-errors', dependencies: ['pages', '@fastify/sensible'] })

/** What is said above what was typed while the database is away. */
export const notReached = 'We cannot reach our records at the moment. Press the button again in a minute: ' +
  'what you typed is still here, and sending it twice does no harm.'

/** Whether a form can be sent again from the page that says that it did not get through. */
function isSentAgain ({ method, staff, headers, body }: FastifyRequest): boolean {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
  return method === 'POST' && staff === undefined && isForm && body !== undefined
}

/** Of what a form brought, what somebody typed or chose, for them to read. */
function typedAmong (fields: ReturnType<typeof fieldsIn>) {
  const ours = new Set(['submission', 'edition', 'confirmed'])
  return fields.filter(({ name, value }) => !ours.has(name) && value.trim() !== '').map(({ name, value }) => ({
    key: { text: name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ') }, value: { text: value }
  }))
}

function statusOf (error: Failure): number {
  if (isDatabaseAway(error)) return 503
  const { statusCode = 500 } = error
  return statusCode >= 400 && statusCode < 500 ? statusCode : 500
}

/** How long to wait, in words. */
function tryAgain (reply: FastifyReply): string {
  const minutes = Math.ceil(Number(reply.getHeader('retry-after') ?? 60) / 60)
  return `Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`
}
