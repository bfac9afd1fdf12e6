import { createHash, timingSafeEqual } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { FastifyPluginAsync } from 'fastify'
import type { ReturnPaths } from '../emails/return-path.ts'
import { processBounce } from './jobs.ts'
import { maxBytes } from './report.ts'

/** Who may post what came back, and how its email is found. */
export interface BouncePost {
  secret: string
  emailIdIn: ReturnPaths['emailIdIn']
}

/**
 * Where the mail system posts what comes to the bounce address, each mail as it came. Every mail gets the same answer,
 * whatever is in it and however long it is, or the mail system would try it again for days. Other answers are only for
 * what another mail would not cause: a wrong secret or type, or a database that is away. Mails do not count against the
 * sender's rate limit, because after a bulletin a hundred come at once. Without a secret the route does not exist.
 */
export const bounceRoutes: FastifyPluginAsync<{ bounces: BouncePost | undefined }> = async (app, { bounces }) => {
  if (bounces === undefined) return
  const { secret, emailIdIn } = bounces
  const wanted = digest(`Bearer ${secret}`)

  app.removeAllContentTypeParsers()
  // The second is the name of the first where addresses are in other scripts (RFC 6532 §3.7).
  app.addContentTypeParser(['message/rfc822', 'message/global'], async (_: unknown, stream: Readable) =>
    await beginningOf(stream).catch((error: Error) => { throw app.httpErrors.badRequest(error.message) }))

  app.post<{ Body: Buffer | undefined }>('/bounces', {
    // Before the body is read: without the secret it never is.
    onRequest: async ({ headers: { authorization = '' } }, reply) => {
      if (timingSafeEqual(digest(authorization), wanted)) return
      await reply.code(401).header('www-authenticate', 'Bearer').send()
    }
  }, async ({ body }, reply) => {
    if (body === undefined) throw app.httpErrors.unsupportedMediaType()
    await processBounce({ db: app.db, clock: app.clock, emailIdIn }, body)
    return await reply.code(204).send()
  })
}

/**
 * The first bytes of a stream, as many as are looked at. The rest is read and dropped: a sender waits for no answer
 * before everything was taken, and treats a connection that is closed meanwhile as a failure.
 */
async function beginningOf (stream: Readable): Promise<Buffer> {
  const kept: Buffer[] = []
  let context = maxBytes
  for await (const piece of stream as AsyncIterable<Buffer>) {
    if (context > 0) kept.push(piece.subarray(0, context))
    context -= piece.length
  }
  return Buffer.concat(kept)
}

/** Makes a digest of fixed length, which a comparison in constant time needs. */
function digest (text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
