import type { FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify'
import type { z } from 'zod'
import { isDatabaseAway } from '../database/errors.ts'
import { DomainError } from '../errors.ts'
import { formError, formErrors } from './form-errors.ts'
import type { FormErrors } from './form-errors.ts'
import { notReached } from './page-errors.ts'

type Answer<A> = (asked: A) => FastifyReply | Promise<FastifyReply>
type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** What a route is asked, and where its answer goes. */
export interface Asked<Route extends RouteGenericInterface = RouteGenericInterface> {
  request: FastifyRequest<Route>
  params: FastifyRequest<Route>['params']
  query: Readonly<Record<string, unknown>>
  body: unknown
  reply: FastifyReply
}

/** What a route takes, and the page that it answers with when it is given anything else. */
interface Input<A, S extends z.ZodType> {
  /** May depend on who asks for what; it also refuses, by throwing, what needs no look at the input. */
  schema: S | ((asked: A) => S | Promise<S>)
  /** The fields of the page that can have an error beside them; an error about any other is about the whole form. */
  fields?: readonly string[] | ((asked: A) => readonly string[])
  /** The page with the form again, with what was typed and what is wrong; its status is set by then. */
  again: (asked: NoInfer<A>, errors: FormErrors) => FastifyReply | Promise<FastifyReply>
  /** What a rule refused that belongs on the same page; undefined, or thrown again, where it has a page of its own. */
  refused?: (error: unknown, asked: A) => FormErrors | undefined
}

/** Makes a handler of what needs the request and the reply in one. */
export function asking (answer: Answer<Asked>): Handler
export function asking<Route extends RouteGenericInterface> (answer: Answer<Asked<Route>>): Handler
export function asking<Route extends RouteGenericInterface> (answer: Answer<Asked<Route>>): Handler {
  return async (given, reply) => {
    const request = given as FastifyRequest<Route>
    const query = request.query as Asked['query']
    return await answer({ request, params: request.params, query, body: request.body ?? {}, reply })
  }
}

/**
 * Lets a route answer a form that was filled in rightly, with what it says as `input`. One that was not is shown
 * again with 400, with 409 one that a rule refused, and with 503 one that came while the database was away. A page that
 * cannot be made without the database leaves the last to page-errors.ts.
 */
export function form<A extends { body: unknown, reply: FastifyReply }, S extends z.ZodType> (
  declared: Input<A, S>, answer: Answer<NoInfer<A> & { input: z.output<S> }>
): (asked: A) => Promise<FastifyReply> {
  const read = reading(({ body }: A) => body, declared, answer)
  return async asked => {
    try {
      return await read(asked)
    } catch (error) {
      if (!isDatabaseAway(error)) throw error
      const { reply } = asked
      reply.server.answerDatabaseAway(error as Error, reply.request, reply)
      return await declared.again(asked, formError('form', notReached))
    }
  }
}

/** As `form`, for what an address asks for behind its question mark. */
export function query<A extends { query: unknown, reply: FastifyReply }, S extends z.ZodType> (
  declared: Input<A, S>, answer: Answer<NoInfer<A> & { input: z.output<S> }>
): (asked: A) => Promise<FastifyReply> {
  return reading(({ query }) => query, declared, answer)
}

/**
 * Lets a route show, for refusals of one kind, a page that says more of them than errors can; its status, that of the
 * refusal, is set by then. Put around `form`, or inside it where the page needs what was read.
 */
export function refusing<A extends { reply: FastifyReply }, R extends DomainError> (
  kind: abstract new (...given: never[]) => R,
  show: (asked: NoInfer<A>, refusal: R) => FastifyReply | Promise<FastifyReply>,
  answer: Answer<A>
): (asked: A) => Promise<FastifyReply> {
  return catching(kind, (asked, refusal) => {
    asked.reply.code(refusal.status)
    noteRefusal(asked.reply, refusal)
    return show(asked, refusal)
  }, answer)
}

/** Lets a route show a page for errors of one kind; its status is as it was set before. */
export function catching<A, E extends Error> (
  kind: abstract new (...given: never[]) => E,
  show: (asked: NoInfer<A>, error: E) => FastifyReply | Promise<FastifyReply>,
  answer: Answer<A>
): (asked: A) => Promise<FastifyReply> {
  return async asked => {
    try {
      return await answer(asked)
    } catch (error) {
      if (!(error instanceof kind)) throw error
      return await show(asked, error)
    }
  }
}

/** Names the rule that refused, for who counts: see metrics.ts. */
function noteRefusal (reply: FastifyReply, error: unknown): void {
  if (error instanceof DomainError) reply.refusal = error.refusal
}

function reading<A extends { reply: FastifyReply }, S extends z.ZodType> (
  given: (asked: A) => unknown,
  { schema, fields = [], again, refused = () => undefined }: Input<A, S>,
  answer: Answer<A & { input: z.output<S> }>
): (asked: A) => Promise<FastifyReply> {
  return async asked => {
    let status = 400
    let errors: FormErrors | undefined
    try {
      const read = (typeof schema === 'function' ? await schema(asked) : schema).safeParse(given(asked))
      if (read.success) return await answer({ ...asked, input: read.data })
      errors = formErrors(read.error, typeof fields === 'function' ? fields(asked) : fields)
    } catch (error) {
      errors = refused(error, asked)
      if (errors === undefined) throw error
      noteRefusal(asked.reply, error)
      status = errors.status ?? 409
    }
    asked.reply.code(status)
    return await again(asked, errors)
  }
}
