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
 * One line per request, when it is answered. Requests that machines send every few seconds are logged only at `debug`.
 */
export class RequestLog extends LogController {
  override incomingRequest (): void {}

  override requestCompleted (error: Error | null, request: FastifyRequest, reply: FastifyReply): void {
    const { url: route, config } = request.routeOptions
    const line = { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }
    if (error !== null && error !== undefined) reply.log.error({ ...line, err: error }, 'not answered')
    else if (config.quiet === true) reply.log.debug(line, 'answered')
    else reply.log.info(line, 'answered')
  }

  override routeNotFound (): void {}
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its requests are logged at `debug`. */
    quiet?: boolean
  }
}
