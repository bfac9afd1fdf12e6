import type { FastifyPluginAsync } from 'fastify'
import type { DateTime } from 'luxon'
import { formRateLimit } from '../../platform/http/limits.ts'
import type { ReadKeptEmail } from '../../mail/emails/read-kept-email.ts'
import { CopyGone } from '../requests/errors.ts'
import { copyUntil } from '../requests/request.ts'
import type { AskedRequest } from '../requests/request.ts'
import type { SignedIds } from '../../platform/signed-id.ts'
import { keepFromSearchEngines } from '../../platform/http/unlisted.ts'
import { readKeptTexts } from './kept-texts.ts'
import { copyConfirmPageOf } from './page.ts'
import { everythingAsFile } from './everything-as-file.ts'
import { everythingInWords } from './everything-in-words.ts'
import { everythingAbout, findCopyAsked } from './queries.ts'

interface Token { Params: { token: string } }

/**
 * The copy of what we hold about a person who asked for it, by the link that only their address received. A button
 * shows it, because mail programs open links by themselves.
 */
export const copyRoutes: FastifyPluginAsync<{
  copyLinks: SignedIds, readKeptEmail: ReadKeptEmail | undefined
}> = async (app, { copyLinks, readKeptEmail }) => {
  app.addHook('onRequest', keepFromSearchEngines)
  const limited = { config: { rateLimit: formRateLimit } }

  app.get<Token>('/copies/:token', async ({ params: { token } }, reply) => {
    const { until } = await asked(token)
    return reply.page('office/rights/copy-door', copyConfirmPageOf(token, until))
  })

  app.post<Token>('/copies/:token', limited, async ({ params: { token } }, reply) => {
    const { request, until } = await asked(token)
    const everything = await everythingAbout(app.db, request.canonicalEmail)
    const words = everythingInWords(everything, await readKeptTexts(everything, readKeptEmail))
    return reply.page('office/rights/copy', { ...copyConfirmPageOf(token, until), everything: words })
  })

  app.post<Token>('/copies/:token/file', limited, async ({ params: { token } }, reply) => {
    const { request } = await asked(token)
    const everything = await everythingAbout(app.db, request.canonicalEmail)
    const file = everythingAsFile(everything, await readKeptTexts(everything, readKeptEmail), false)
    return reply.type('application/json; charset=utf-8').header('content-disposition', 'attachment; filename="copy.json"')
      .send(JSON.stringify(file, null, 2))
  })

  /** The request that a link belongs to, and until when it may be seen. Throws `CopyGone`. */
  async function asked (token: string): Promise<{ request: AskedRequest, until: DateTime<true> }> {
    const id = copyLinks.read(token)?.id
    const request = id === undefined ? undefined : await findCopyAsked(app.db, id)
    const until = request && copyUntil(request)
    if (request === undefined || until === undefined || app.clock() > until) throw new CopyGone()
    return { request, until }
  }
}
