import type { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

/** Sends a file of rows to be kept, under this name; without a text only its headers, as HEAD asks. */
export function sendCsv (reply: FastifyReply, fileName: string, text?: string | Readable): FastifyReply {
  return reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${fileName}"`).send(text)
}
