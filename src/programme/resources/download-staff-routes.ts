import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf, submissionIn } from '../../platform/http/form-answers.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { bodyLimitFor, takeUploads, uploading } from '../../platform/http/upload.ts'
import { isId, sentenceFor } from '../../platform/http/url-params.ts'
import { sizeInWords } from '../../platform/size-in-words.ts'
import { listCampaignsToChoose } from './choices.ts'
import { downloadInWords, downloadLimits } from './download.ts'
import { addDownload, removeDownload } from './download-commands.ts'
import { downloadFields, downloadForm, removalForm } from './download-schema.ts'
import { listDownloads } from './download-queries.ts'
import { DownloadNotFound, NotAFileToGiveOut } from './errors.ts'
import { listResources } from './queries.ts'

interface Address { Params: { id: string } }

const done = { added: 'Anyone can download the file now.', removed: 'Nobody can download the file any more.' }

/** Files that anyone can download: adding and removing them. */
export const downloadStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'run resources')
  await takeUploads(app)

  app.get('/resources/downloads', asking(async asked => await show(asked)))

  app.post('/resources/downloads', { bodyLimit: bodyLimitFor(downloadLimits) }, asking(uploading({
    field: 'file', limits: downloadLimits, again: show
  }, form({
    schema: async () => {
      const [resources, campaigns] = await Promise.all([listResources(app.db), listCampaignsToChoose(app.db)])
      return downloadForm(resources, campaigns)
    },
    fields: downloadFields,
    again: show,
    refused: shownAt('file', NotAFileToGiveOut)
  }, async ({ request, input, reply }) => {
    await addDownload(app.db, input, staffOf(request), app.clock())
    return await reply.redirect('/staff/resources/downloads?done=added', 303)
  }))))

  app.post('/resources/downloads/:id/removal', asking<Address>(form({
    schema: removalForm, again: async (asked, errors) => await show(asked as Asked, errors)
  }, async ({ request, params: { id }, reply }) => {
    if (!isId(id)) throw new DownloadNotFound()
    await removeDownload(app.db, id, staffOf(request), app.clock())
    return await reply.redirect('/staff/resources/downloads?done=removed', 303)
  })))

  async function show ({ request, query, body, reply }: Asked, errors?: FormErrors): Promise<FastifyReply> {
    const [downloads, resources, campaigns] = await Promise.all([
      listDownloads(app.db), listResources(app.db), listCampaignsToChoose(app.db)
    ])
    const values = typedOf(body, downloadFields)
    const choice = (items: ReadonlyArray<{ id: string, text: string }>, chosen: string | undefined) => [
      { value: '', text: 'None' }, ...items.map(({ id, text }) => ({ value: id, text, selected: id === chosen }))
    ]
    const besides = [...resources.map(({ id, name: text }) => ({ id, text })), ...campaigns]
    const names = new Map(besides.map(({ id, text }) => [id, text]))
    return reply.page('programme/resources/downloads', {
      staff: staffOf(request),
      downloads: downloads.map(download => ({
        id: download.id,
        ...downloadInWords(download),
        beside: [download.resourceId, download.campaignId].flatMap(id => names.get(id ?? '') ?? []).join(', ')
      })),
      resources: choice(besides.slice(0, resources.length), values.resource),
      campaigns: choice(campaigns, values.campaign),
      largest: sizeInWords(downloadLimits.bytesPerFile),
      submission: submissionIn(body),
      values,
      errors,
      done: errors === undefined ? sentenceFor(done, query.done) : undefined
    })
  }
}
