import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyPluginAsync } from 'fastify'
import type { ReturnPaths } from '../letters/return-path.ts'
import { takeIn } from './jobs.ts'

/** Who may post what came back, and how its letter is found. */
export interface BouncePost {
  secret: string
  letterIdIn: ReturnPaths['letterIdIn']
}

/** A report may carry all of the letter that came back, which has 20 KB, and be a long one. */
const mostBytes = 1_048_576

/**
 * Where the mail system hands over what comes to the bounce address, each mail as it came. Whatever could be
 * read is answered alike, also what is no report, or the mail system would try it again; and a mail is not
 * counted against its sender, because after a bulletin a hundred come at once. Without a secret there is no such
 * address.
 */
export const bounceRoutes: FastifyPluginAsync<{ bounces: BouncePost | undefined }> = async (app, { bounces }) => {
  if (bounces === undefined) return
  const { secret, letterIdIn } = bounces
  const wanted = digest(`Bearer ${secret}`)

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('message/rfc822', { parseAs: 'buffer' }, (_, body, done) => { done(null, body) })

  app.post<{ Body: Buffer | undefined }>('/bounces', {
    bodyLimit: mostBytes,
    // Before the body is read: nobody else's is.
    onRequest: async ({ headers: { authorization = '' } }, reply) => {
      if (timingSafeEqual(digest(authorization), wanted)) return
      await reply.code(401).header('www-authenticate', 'Bearer').send()
    }
  }, async ({ body }, reply) => {
    if (body === undefined) throw app.httpErrors.unsupportedMediaType()
    await takeIn({ db: app.db, clock: app.clock, letterIdIn }, body)
    return await reply.code(204).send()
  })
}

/** Of one length whatever was sent, as a comparison in constant time takes it. */
function digest (text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
