import type { FastifyPluginAsync } from 'fastify'
import { asking } from '../../platform/http/form.ts'
import { inAscii } from '../../platform/http/pages.ts'
import { isId } from '../../platform/http/url-params.ts'
import { findChecksum, findDownload, listPublicDownloads } from './download-queries.ts'
import { DownloadNotFound } from './errors.ts'
import { resourcesPageOf } from './page.ts'
import { listResources } from './queries.ts'

interface File { Params: { id: string, name: string } }

/** What professionals can ask for, and files for anyone: the same for everyone. */
export const resourceRoutes: FastifyPluginAsync = async app => {
  app.get('/resources', async (_, reply) => reply.html(await app.fresh('page /resources', async () => {
    const [resources, downloads] = await Promise.all([listResources(app.db), listPublicDownloads(app.db)])
    return inAscii(app.render('programme/resources/resources', resourcesPageOf(resources, downloads)))
  })))

  // Saved, never shown: what is in a file must not run as a page of ours. Browsers that have it are told so by its
  // checksum, for which the file is not read.
  app.get<File>('/downloads/:id/:name', asking<File>(async ({ request, params: { id }, reply }) => {
    const known = isId(id) ? await findChecksum(app.db, id) : undefined
    if (known === undefined) throw new DownloadNotFound()
    reply.header('etag', `"${known}"`).header('cache-control', 'public, max-age=300')
    if (request.headers['if-none-match'] === `"${known}"`) return await reply.code(304).send()
    const file = await findDownload(app.db, id)
    if (file === undefined) throw new DownloadNotFound()
    return await reply.type(file.mediaType)
      .header('content-disposition', `attachment; filename="${file.fileName}"`)
      .header('x-content-type-options', 'nosniff')
      .send(Buffer.from(file.bytes))
  }))
}
