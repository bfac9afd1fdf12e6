import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { z } from 'zod'
import { requirePermission } from '../../identity/staff/roles.ts'
import { form } from '../../platform/http/form.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { unknownField } from '../../platform/http/form-answers.ts'
import { isId, sentenceFor } from '../../platform/http/url-params.ts'
import { sendCsv } from '../../platform/http/download.ts'
import { running } from '../../programme/activities/staff-routes.ts'
import type { Running, RunningAddress } from '../../programme/activities/staff-routes.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'
import { chartOf } from './chart.ts'
import { deleteText, exportResults } from './commands.ts'
import { csvFileOf } from './csv-file.ts'
import { ResultNotFound, TextNotFound } from './errors.ts'
import { evaluationResults, findText } from './queries.ts'
import { deletionPageOf, resultsPageOf } from './staff-page.ts'

interface ChartAddress extends RunningAddress { Params: { slug: string, question: string } }
interface TextAddress extends RunningAddress { Params: { slug: string, text: string } }

/** The button that deletes a text. */
const deletionForm = z.strictObject({}, { error: unknownField })

const done = {
  questions: 'The questions are saved.',
  deleted: 'The text is deleted.'
}

/** What people thought of an activity: for reading, as pictures and as a file. */
export const resultsStaffRoutes: FastifyPluginAsync = async app => {
  await app.register(readingRoutes)
  await app.register(deletingRoutes)
}

const readingRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'know attendees')

  app.get('/activities/:slug/evaluation', running(async ({ staff, activity, query, reply }) => {
    const [results = { answered: [], questions: [] }] = await evaluationResults(app.db, [activity], app.clock())
    return reply.page('office/evaluation-results/evaluation', {
      staff, ...resultsPageOf({ staff, activity, results }), done: sentenceFor(done, query.done)
    })
  }))

  app.get('/activities/:slug/evaluation/charts/:question', running<ChartAddress>(async ({ activity, params, query, reply }) => {
    const [results] = await evaluationResults(app.db, [activity], app.clock())
    const result = results?.questions.find(({ question }) => String(question.number) === params.question)
    if (result?.distributions.some(({ counts }) => counts !== undefined) !== true) throw new ResultNotFound()
    return reply.type('image/svg+xml; charset=utf-8').send(await chartOf(result, query.size === 'narrow' ? 'narrow' : 'wide'))
  }))

  app.get('/activities/:slug/evaluation.csv', { config: { recentSignIn: true } }, running(async ({ staff, activity, reply }) => {
    const now = app.clock()
    const fileName = `evaluation-${activity.slug}-${calendarDayOf(now, activity.zone)}.csv`
    // Fastify answers HEAD with this route too: nothing is sent, so there is nothing to record.
    if (reply.request.method === 'HEAD') return sendCsv(reply, fileName)
    return sendCsv(reply, fileName, csvFileOf(await exportResults(app.db, activity, staff, now)))
  }))
}

const deletingRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'settle questions')
  const address = '/activities/:slug/evaluation/texts/:text'

  app.get(address, running<TextAddress>(async asked => await show(asked)))

  app.post(address, running<TextAddress>(form({
    schema: deletionForm, again: show
  }, async ({ staff, activity, params, reply }) => {
    await deleteText(app.db, activity, params.text, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}/evaluation?done=deleted`, 303)
  })))

  async function show (
    { staff, activity, params, reply }: Running<TextAddress>, errors?: FormErrors
  ): Promise<FastifyReply> {
    const text = isId(params.text) ? await findText(app.db, activity.id, params.text) : undefined
    if (text === undefined) throw new TextNotFound()
    return reply.page('office/evaluation-results/delete-text', { staff, ...deletionPageOf(activity, text), errors })
  }
}
