import { LogController } from 'fastify'
import type { FastifyReply, FastifyRequest } from 'fastify'

function requestInLog (request: FastifyRequest) {
  return { method: request.method, route: request.routeOptions?.url }
}

function replyInLog (reply: { statusCode: number }) {
  return { status: reply.statusCode }
}

/**
 * Where a fault happened and what kind it is. Prisma's messages quote the query with what somebody
 * typed, so only their code is kept; of a stack only the frames, because it begins with the message.
 */
export function faultInLog (fault: unknown): object {
  if (!(fault instanceof Error)) return { type: typeof fault }
  const { code } = fault as { code?: unknown }
  return {
    type: fault.name,
    ...(typeof code === 'string' && { code }),
    ...(!fault.name.startsWith('Prisma') && { message: fault.message }),
    at: fault.stack?.split('\n').filter(line => line.startsWith('    at ')).map(line => line.trim())
  }
}

/**
 * How requests, answers and faults look in the log. Nothing of them names a person: requests are logged
 * by the pattern of their route, because addresses carry tokens, and faults without the texts that came
 * with them.
 */
export const serializers = { req: requestInLog, res: replyInLog, err: faultInLog }

/** One line per request, when it is answered. What machines ask for every few seconds is only for `debug`. */
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
