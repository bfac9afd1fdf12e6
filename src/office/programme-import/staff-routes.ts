import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { readPlan, readRows } from '../../programme/programme-file/commands.ts'
import { readProgrammeFile } from '../../programme/programme-file/csv-file.ts'
import { ProgrammeRefused } from '../../programme/programme-file/errors.ts'
import type { ProgrammeProblem } from '../../programme/programme-file/errors.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'
import { byteOrderMark } from '../../platform/csv.ts'
import { asking, catching, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { bodyLimitFor, takeUploads, uploading } from '../../platform/http/upload.ts'
import { isId } from '../../platform/http/url-params.ts'
import type { Seal } from '../../platform/seal.ts'
import { sendCsv } from '../../platform/http/download.ts'
import { officeZone } from '../../platform/clock.ts'
import { confirming } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { confirmationForm } from '../../identity/staff/schema.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { downloadProgramme, importUpload, keepUpload } from './commands.ts'
import { readReached } from './effects.ts'
import { UploadNotFound } from './errors.ts'
import { getUpload, listCampaignsRunBy, uploadIdOf } from './queries.ts'
import { downloadFields, downloadForm, fileLimits, uploadFields, uploadForm } from './schema.ts'
import { importedPageOf, previewPageOf, programmePageOf } from './staff-page.ts'

interface UploadAddress { Params: { upload: string } }

/** The programme as a file: out, changed in a spreadsheet, and in again once everything that it does was read. */
export const programmeImportStaffRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  requirePermission(app, 'create activities')
  await takeUploads(app)

  app.get('/programme', asking(async asked => await show(asked)))

  // A button and no link: a download is recorded, and a GET must not change anything.
  app.post('/programme/download', asking(form({
    schema: async ({ request }: Asked) => downloadForm(await listCampaignsRunBy(app.db, staffOf(request))),
    fields: downloadFields,
    again: showAgain
  }, async ({ request, input: { campaign }, reply }) => {
    const now = app.clock()
    const csv = await downloadProgramme(app.db, seal, campaign, staffOf(request), now)
    const name = `programme${campaign === undefined ? '' : `-${campaign}`}-${calendarDayOf(now, officeZone)}.csv`
    return await sendCsv(reply, name, byteOrderMark + csv)
  })))

  app.post('/programme', { bodyLimit: bodyLimitFor(fileLimits) }, asking(uploading(
    { field: 'file', limits: fileLimits, again: showAgain }, catching(ProgrammeRefused, showRefused, form({
      schema: uploadForm, fields: uploadFields, again: showAgain
    }, async ({ request, input: { file }, reply }) => {
      const staff = staffOf(request)
      const id = uploadIdOf(staff, file)
      await keepUpload(app.db, seal, { id, records: readProgrammeFile(file) }, staff, app.clock())
      return await reply.redirect(`/staff/programme/${id}`, 303)
    })))))

  app.get('/programme/:upload', asking<UploadAddress>(async asked => await showUpload(asked)))

  app.post('/programme/:upload', asking<UploadAddress>(catching(ProgrammeRefused, showWrong, confirming(
    async (asked, { token }) => await showUpload(asked, { token }),
    form({
      schema: confirmationForm, again: async (asked, errors) => await showUpload(asked, { errors })
    }, async asked => {
      const { request, input: { confirmed }, reply } = asked
      const id = idIn(asked)
      await importUpload({ db: app.db, outbox: app.outbox, seal }, id, confirmed, staffOf(request), app.clock())
      return await reply.redirect(`/staff/programme/${id}`, 303)
    })))))

  async function showAgain (asked: Asked, errors: FormErrors): Promise<FastifyReply> {
    return await show(asked, { errors })
  }

  async function showRefused (asked: Asked, { problems }: ProgrammeRefused): Promise<FastifyReply> {
    asked.reply.code(400)
    return await show(asked, { problems, errors: formError('file', 'Nothing was imported. What is wrong with the file stands below') })
  }

  /** What was right when it was read is wrong by now: the page says so, and has no button any more. */
  async function showWrong (asked: Asked<UploadAddress>): Promise<FastifyReply> {
    asked.reply.code(409)
    return await showUpload(asked)
  }

  async function showUpload (
    asked: Asked<UploadAddress>, { token, errors }: { token?: string | undefined, errors?: FormErrors } = {}
  ): Promise<FastifyReply> {
    const { request, reply } = asked
    const staff = staffOf(request)
    const upload = await getUpload(app.db, seal, staff, idIn(asked))
    if (upload.records === undefined) {
      return reply.page('office/programme-import/imported', { staff, ...importedPageOf(upload.imported) })
    }
    await app.giveWay(request)
    const plan = await readPlan(app.db, seal, await readRows(app.db, { records: upload.records, by: staff }))
    const reached = await readReached(app.db, plan.changes, app.clock())
    const model = previewPageOf(upload.id, plan, reached, token)
    return reply.page('office/programme-import/preview', { staff, ...model, errors })
  }

  async function show (
    { request, query, body, reply }: Asked,
    given: { problems?: readonly ProgrammeProblem[], errors?: FormErrors } = {}
  ): Promise<FastifyReply> {
    const staff = staffOf(request)
    const asked = typedOf(body, downloadFields).campaign ?? query.campaign
    const campaign = typeof asked === 'string' ? asked : undefined
    const campaigns = await listCampaignsRunBy(app.db, staff)
    const model = programmePageOf({ campaigns, campaign, ...given })
    return reply.page('office/programme-import/programme-file', { staff, ...model })
  }

  function idIn ({ params: { upload } }: Asked<UploadAddress>): string {
    if (!isId(upload)) throw new UploadNotFound()
    return upload
  }
}
