import { randomInt, randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isDatabaseAway, refusesWrites } from '../database/errors.ts'
import { DomainError, Overloaded } from '../errors.ts'
import { fieldsIn } from './form-answers.ts'
import { escapeHtml, inAscii } from './pages.ts'
import { headers } from './security.ts'

/** Any thrown error: Fastify and its plugins add a status, Prisma a code of its own. */
type Failure = Error & { statusCode?: number | undefined, code?: string | undefined }

declare module 'fastify' {
  interface FastifyInstance {
    /** Answers an error with its page, for failures before Fastify knows the route. */
    answerError: (error: Failure, request: FastifyRequest, reply: FastifyReply) => void
    /**
     * Records that the database was away, for a form that is shown again with what was typed: in the log, in the
     * answer's status and in its Retry-After. Throws any other error again.
     */
    answerDatabaseAway: (error: Failure, request: FastifyRequest, reply: FastifyReply) => FastifyReply
    /**
     * Answers someone who comes when too many wait, with all that their form holds. Does less than the error thrown
     * would: in a rush this is what most get.
     */
    turnAway: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>
    /** Milliseconds since the database last refused to write what a page was to save; Infinity if it never has. */
    sinceRefusedWrite: () => number
  }
}

/** The text of an error page: a heading, what is wrong, what to do. */
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
    sentences: ['We cannot reach our records at the moment. Places that are booked stay booked.', 'Try again in a few minutes.']
  }
}

/** What everyone is told who comes when too many wait. */
const overloaded = new Overloaded()

interface AsOfRequest {
  /** What the page of an error says besides, by who asks. */
  modelOf: (request: FastifyRequest) => object
}

/**
 * Answers everything that goes wrong with a page: a refusal with its own sentence, a fault with a
 * reference that leads to it in the log and nothing about its cause.
 */
export const pageErrors = fp<AsOfRequest>(async (app, { modelOf }) => {
  app.setErrorHandler(answer)
  app.setNotFoundHandler(async (request, reply) => await answer(app.httpErrors.notFound(), request, reply))
  app.decorate('answerError', (error, request, reply) => {
    reply.headers(headers)
    void answer(error, request, reply)
  })
  app.decorate('answerDatabaseAway', (error, request, reply) => {
    if (!isDatabaseAway(error)) throw error
    return reply.code(note(error, request, reply))
  })
  app.decorate('turnAway', turnAway)
  let refusedWriteAt = -Infinity
  app.decorate('sinceRefusedWrite', () => performance.now() - refusedWriteAt)

  async function answer (error: Failure | DomainError, request: FastifyRequest, reply: FastifyReply) {
    if (error instanceof Overloaded) return await turnAway(request, reply)
    if (error instanceof DomainError) return await refuse(error, request, reply)
    const status = note(error, request, reply)
    if (status === 503) {
      const fields = await fieldsSent(request)
      if (fields !== undefined) return sendAgain(fields, request, reply)
    }
    return await explain(request, reply, status, {
      ...explanations[status] ?? explanations[400],
      ...(status === 429 && { sentences: ['Nothing has been changed.', tryAgain(reply)] }),
      ...(status === 500 && { reference: request.id })
    })
  }

  /** Logs a fault and sets its Retry-After; returns its status. */
  function note (error: Failure, request: FastifyRequest, reply: FastifyReply): number {
    const status = statusOf(error)
    if (refusesWrites(error)) refusedWriteAt = performance.now()
    if (status >= 500) request.log.error({ err: error }, 'fault')
    if (status === 503) reply.header('retry-after', '30')
    return status
  }

  /** The page contains what was sent, so nothing is lost: the same button sends it again. */
  function sendAgain (fields: readonly Field[], request: FastifyRequest, reply: FastifyReply): FastifyReply {
    asPage(reply)
    return reply.code(503).page('try-again', {
      title: explanations[503]?.title, sentences: [notReached], fields, typed: typedAmong(fields), ...modelOf(request)
    })
  }

  /** Rendered once a second and filled in for each: when it is needed, most answers are this one. */
  async function turnAway (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    reply.refusal = overloaded.refusal
    // Those who are turned away together are not to come back together.
    reply.code(503).header('retry-after', String(randomInt(3, 11)))
    asPage(reply)
    const fields = await fieldsSent(request)
    if (fields === undefined) {
      const { title, message } = overloaded
      return reply.html(await app.fresh('turned away', async () => app.render('error', { title, sentences: [message] })))
    }
    const pageWith = await app.fresh('turned away with a form', async () => turnedAwayPage())
    return reply.html(pageWith(fields))
  }

  function turnedAwayPage (): (fields: readonly Field[]) => string {
    const { title, message } = overloaded
    const cut = randomUUID()
    const page = app.render('try-again', { title, sentences: [message, 'What you typed is still here.'], cut })
    const [start = '', beforeName = '', beforeFields = '', end = ''] = inAscii(page).split(cut)
    const typed = listed(rows => app.render('parts/what-was-typed', { typed: rows.map(([label, value]) => ({ label, value })) }))
    const hidden = listed(rows => app.render('parts/hidden-fields', { fields: rows.map(([name, value]) => ({ name, value })) }))
    return fields => start + typed(typedAmong(fields).map(({ label, value }) => [label, value])) +
      beforeName + randomUUID() + beforeFields + hidden(fields.map(({ name, value }) => [name, value])) + end
  }

  async function refuse (
    { refusal, status, title, message }: DomainError, request: FastifyRequest, reply: FastifyReply
  ) {
    reply.refusal = refusal
    const sentences = status === 404 ? explanations[404]?.sentences ?? [] : []
    if (status === 503) reply.header('retry-after', '60')
    return await explain(request, reply, status, { title, sentences: [message, ...sentences] })
  }

  async function explain (request: FastifyRequest, reply: FastifyReply, status: number, model: object) {
    const html = app.render('error', { ...model, ...modelOf(request) })
    asPage(reply)
    return await reply.code(status).type('text/html; charset=utf-8').send(html)
  }
}, { name: 'page-errors', dependencies: ['pages', 'fresh', '@fastify/sensible'] })

/** Two texts that belong together in a list. */
type Row = readonly [string, string]

/** Fills a list in, of which a template is rendered once, with two rows, and cut where the texts of each go. */
function listed (render: (rows: readonly Row[]) => string): (rows: readonly Row[]) => string {
  const cut = randomUUID()
  const [start = '', within = '', between = '', , end = ''] = inAscii(render([[cut, cut], [cut, cut]])).split(cut)
  const shown = (text: string) => inAscii(escapeHtml(text))
  return rows => rows.length === 0
    ? ''
    : start + rows.map(row => row.map(shown).join(within)).join(between) + end
}

/** A file that could not be made is answered with a page: the browser must show it, not save it as the file. */
function asPage (reply: FastifyReply): void {
  reply.removeHeader('content-disposition')
}

/** Shown above what was typed while the database is away. */
export const notReached = 'We cannot reach our records at the moment. Press the button again in a minute: ' +
  'what you typed is still here, and sending it twice does no harm.'

/** One field of a form as it was sent. */
type Field = ReturnType<typeof fieldsIn>[number]

/**
 * The fields of a form that was sent; undefined where none was. A hook that asks the database, such as the one that
 * knows who is signed in, ends a request before its form is read: it is read here then, only to be shown.
 */
async function fieldsSent ({ method, headers, body, raw, routeOptions }: FastifyRequest): Promise<Field[] | undefined> {
  if (method !== 'POST' || headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true) return undefined
  if (body !== undefined) return fieldsIn(body)
  // What is too long is not read at all; without a length we would have to count.
  const length = Number(headers['content-length'])
  if (!(length <= routeOptions.bodyLimit) || raw.readableDidRead) return undefined
  const sent = new URLSearchParams(Buffer.concat(await raw.toArray() as Buffer[]).toString())
  return [...sent].map(([name, value]) => ({ name, value }))
}

/** Ids, hashes and tokens, which a form carries and nobody has typed. */
const ofMachines = /^([\da-f-]{16,}|[\w.~-]{40,})$/

/** The fields of a form that someone typed or chose, for them to read. */
function typedAmong (fields: readonly Field[]) {
  const read = fields.filter(({ name, value }) =>
    name !== 'confirmed' && value.trim() !== '' && !ofMachines.test(value))
  return read.map(({ name, value }) => ({
    label: name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' '), value
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
