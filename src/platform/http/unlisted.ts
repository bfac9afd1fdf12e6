import type { FastifyReply, FastifyRequest } from 'fastify'

/** A hook for pages that a secret link opens: no search engine lists them. */
export async function keepFromSearchEngines (_: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('x-robots-tag', 'noindex')
}
