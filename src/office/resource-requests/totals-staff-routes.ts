import type { FastifyPluginAsync } from 'fastify'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { asking } from '../../platform/http/form.ts'
import { sendCsv } from '../../platform/http/download.ts'
import { listResources } from '../../programme/resources/queries.ts'
import { dayOf } from './request.ts'
import { periodIn } from './schema.ts'
import { totalsChart } from './totals-chart.ts'
import { everyMonth, listMonths, listYears, monthsOf } from './totals.ts'
import { periodsOf, totalsFile, totalsPageOf } from './totals-staff-page.ts'

/** How much was asked for and given out. Nothing in it tells of anyone, so nothing of it is recorded. */
export const resourceTotalsStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'pack resources')

  app.get('/resources/totals', asking(async ({ request, query, reply }) => {
    const period = periodIn(query)
    const span = monthsOf(period, dayOf(app.clock()))
    const [rows, years, resources] = await Promise.all([
      listMonths(app.db, span), listYears(app.db), listResources(app.db)
    ])
    const months = everyMonth(rows, span)
    const model = totalsPageOf(rows, months, resources, period)
    return reply.page('office/resource-requests/totals', {
      staff: staffOf(request),
      ...model,
      periods: periodsOf(years, period),
      picture: rows.length === 0 ? undefined : await totalsChart(months, `A pair of bars for each month. ${model.sentence} The numbers are in the table below.`)
    })
  }))

  app.get('/resources/totals.csv', asking(async ({ query, reply }) => {
    const period = periodIn(query)
    const rows = await listMonths(app.db, monthsOf(period, dayOf(app.clock())))
    return await sendCsv(reply, `resources-${period}.csv`, totalsFile(rows))
  }))
}
