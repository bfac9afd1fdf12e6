import { LogController } from 'fastify'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { faultInLog } from '../log.ts'

function requestInLog (request: FastifyRequest) {
  return { method: request.method, route: request.routeOptions?.url }
}

function replyInLog (reply: { statusCode: number }) {
  return { status: reply.statusCode }
}

/**
 * How requests, answers and faults appear in the log, without naming anyone: requests are logged by the pattern of
 * their route, because addresses carry tokens, and faults without the texts that came with them.
 */
export const serializers = { req: requestInLog, res: replyInLog, err: faultInLog }

/**
 * One line per request, when it is answered; that of a refused one says by id who asked, if that is known. Requests
 * that machines send every few seconds are logged only at `debug`.
 */
export class RequestLog extends LogController {
  override incomingRequest (): void {}

  override requestCompleted (error: Error | null, request: FastifyRequest, reply: FastifyReply): void {
    const { url: route, config } = request.routeOptions
    const { statusCode: status } = reply
    const who = status < 400 ? undefined : request.who
    const ms = Math.round(reply.elapsedTime)
    const line = { method: request.method, route, status, ms, ...(who !== undefined && { who }) }
    if (error !== null && error !== undefined) reply.log.error({ ...line, err: error }, 'not answered')
    else if (config.quiet === true) reply.log.debug(line, 'answered')
    else reply.log.info(line, 'answered')
  }

  override routeNotFound (): void {}
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Id of who asks, where they have shown who they are: the line of a request that was refused has it. */
    who: string | undefined
  }

  interface FastifyContextConfig {
    /** Its requests are logged at `debug`. */
    quiet?: boolean
  }
}
