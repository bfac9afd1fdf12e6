import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import type { DateTime } from 'luxon'
import { asking, query } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { sendCsv } from '../../platform/http/download.ts'
import { officeZone } from '../../platform/clock.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { finalResults } from '../evaluation-results/queries.ts'
import { listExperience } from './advice.ts'
import { noShowsInWords } from './no-shows-page.ts'
import type { Past } from './no-shows-page.ts'
import { printedReportOf } from './printed-report.ts'
import { aroundSpan, quarterOf, usualSpans } from './quarters.ts'
import { countDivisions, countPlaces, findFirstStart, listChoices, listReported } from './queries.ts'
import { listComing } from './no-shows-queries.ts'
import type { ReportedActivity } from './queries.ts'
import { reportFile } from './report-file.ts'
import { blocksOf, dividedActivities, reportOf } from './report.ts'
import type { Report } from './report.ts'
import { reportChoice, reportFields } from './schema.ts'
import type { ReportChoice } from './schema.ts'
import { mostLines, reportInWords } from './staff-page.ts'
import { picturesOf } from './pictures.ts'
import { addressOf, choosingOf } from './choosing.ts'
import type { Choices } from './choosing.ts'

/** Number of coming activities for which there is advice. */
const mostComing = 20

type AskedReport = Asked & { choices: Choices }

/** What it came to: numbers that may be passed on, on a page and as a file. Nothing here changes anything. */
export const reportStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'see reports')

  app.get('/reports', withChoices(query({
    schema: schemaOf,
    fields: reportFields,
    again: async ({ request, reply, choices, query }, errors) => showForm({ request, reply, choices }, query, errors)
  }, async ({ request, reply, choices, input }) => {
    const report = await reportFor(request, input)
    return reply.page('office/reports/report', {
      staff: staffOf(request),
      ...choosingOf(choices, input),
      ...reportInWords(report, input, choices, app.clock()),
      mostLines,
      pictures: await picturesOf(report, input.by),
      csv: addressOf(input, '/report.csv'),
      pdf: addressOf(input, '/report.pdf')
    })
  })))

  app.get('/reports/report.csv', withChoices(query({
    schema: schemaOf,
    fields: reportFields,
    again: async ({ request, reply, choices, query }, errors) => showForm({ request, reply, choices }, query, errors)
  }, async ({ request, reply, choices, input }) => {
    const file = reportFile(await reportFor(request, input), input, choices, app.clock())
    return sendCsv(reply, `${fileName(input)}.csv`, file)
  })))

  app.get('/reports/report.pdf', withChoices(query({
    schema: schemaOf,
    fields: reportFields,
    again: async ({ request, reply, choices, query }, errors) => showForm({ request, reply, choices }, query, errors)
  }, async ({ request, reply, choices, input }) => {
    const [report, coverage] = [await reportFor(request, input), await app.pdf.getCoverage()]
    const printed = printedReportOf(report, input, choices, coverage, app.clock())
    const pdf = await app.pdf.print('office/reports/report', printed)
    return reply.type('application/pdf').header('content-disposition', `attachment; filename="${fileName(input)}.pdf"`)
      .send(pdf)
  })))

  app.get('/reports/no-shows', asking(async ({ request, reply }) => {
    const [staff, now] = [staffOf(request), app.clock()]
    const [activities, coming] = await Promise.all([
      listExperience(app.db, staff, now), listComing(app.db, staff, now, mostComing)
    ])
    return reply.page('office/reports/no-shows', { staff, ...noShowsInWords(await pastOf(activities), coming) })
  }))

  async function pastOf (activities: readonly ReportedActivity[]): Promise<Past[]> {
    const places = await countPlaces(app.db, activities.map(({ id }) => id))
    const divisions = await countDivisions(app.db, new Map(activities.map(({ id }, n) => [id, n])))
    const leadTimesOf = Map.groupBy(divisions.filter(({ by }) => by === 'lead-time'), ({ block }) => block)
    return activities.map((activity, n) => ({
      activity,
      ...places.get(activity.id) ?? { recorded: 0, came: 0 },
      byLeadTime: new Map((leadTimesOf.get(n) ?? []).map(division => [division.value, division]))
    }))
  }

  function withChoices (answer: (asked: AskedReport) => Promise<FastifyReply>) {
    return asking(async asked => {
      const staff = staffOf(asked.request)
      const [given, firstAt] = await Promise.all([listChoices(app.db, staff), findFirstStart(app.db, staff)])
      const now = app.clock()
      const usual = usualSpans(now)
      const edges = [...usual.flatMap(({ from, to }) => [from, to]), quarterOf(firstAt ?? now, officeZone)].toSorted()
      const current = quarterOf(now, officeZone)
      const quarters = { from: edges.at(0) ?? current, to: edges.at(-1) ?? current }
      return await answer({ ...asked, choices: { ...given, quarters, usual } })
    })
  }

  function schemaOf ({ choices }: AskedReport) {
    const [quarter, , year] = choices.usual
    return reportChoice({
      ...choices, usual: { from: year?.from ?? choices.quarters.from, to: quarter?.to ?? choices.quarters.to }
    })
  }

  function showForm (
    { request, reply, choices }: Pick<AskedReport, 'request' | 'reply' | 'choices'>, asked: unknown, errors: FormErrors
  ): FastifyReply {
    const form = choosingOf(choices, typedOf(asked, reportFields), errors)
    return reply.type('text/html').page('office/reports/report', { staff: staffOf(request), ...form })
  }

  async function reportFor (request: Asked['request'], choice: ReportChoice): Promise<Report> {
    const now: DateTime<true> = app.clock()
    const blocks = blocksOf(await listReported(app.db, staffOf(request), aroundSpan(choice)), choice, now)
    const activities = blocks.flatMap(({ activities }) => activities)
    const [places, answers] = await Promise.all([
      countPlaces(app.db, activities.map(({ id }) => id)), finalResults(app.db, activities, now)
    ])
    const divisions = await countDivisions(app.db, dividedActivities(blocks, places))
    return reportOf(blocks, { places, divisions, answers })
  }
}

/** The name of a file with a report, without its ending. */
function fileName ({ from, to, by }: ReportChoice): string {
  return `report-${from}-to-${to}-by-${by}`.toLowerCase()
}
