import { Readable } from 'node:stream'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { typedOf } from '../../platform/http/form-answers.ts'
import { formErrors } from '../../platform/http/form-errors.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { allAre } from '../../identity/staff/roles.ts'
import { askAgain } from '../../identity/staff/shown-lately.ts'
import { beginTrailExport } from './commands.ts'
import { listEntries, listStaffNames, namesIn, zone } from './queries.ts'
import type { Cursor } from './queries.ts'
import { noFilter, trailFields, trailFilter } from './schema.ts'
import { entriesPerPage, trailPageOf } from './staff-page.ts'
import { trailFile } from './trail-file.ts'

/** What everybody has done, to be read, searched and taken along; nothing here changes any of it. */
export const auditStaffRoutes: FastifyPluginAsync = async app => {
  allAre(app, 'read the audit trail')
  app.get<{ Querystring: Record<string, unknown> }>('/audit', async (request, reply) =>
    await show(request, reply, request.query as Record<string, unknown>))

  // A button and no link: it is written down, and what only looks changes nothing.
  app.post('/audit/export', async (request, reply) => {
    const read = trailFilter.safeParse(request.body ?? {})
    if (!read.success) return await show(request, reply, (request.body ?? {}) as Record<string, unknown>)
    if (await askAgain(request, reply, `/staff/audit?${new URLSearchParams(typedOf(request.body, trailFields))}`)) return reply
    const now = app.clock()
    const latest = await beginTrailExport(app.db, read.data, staffOf(request), now)
    const name = `audit-${now.setZone(zone).toFormat('yyyy-MM-dd-HHmm')}.csv`
    return await reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${name}"`)
      .send(Readable.from(trailFile(app.db, read.data, latest)))
  })

  async function show (request: FastifyRequest, reply: FastifyReply, asked: Record<string, unknown>) {
    const read = trailFilter.safeParse(asked)
    const cursor = read.success ? cursorIn(asked) : undefined
    const nothing = { entries: [], more: false }
    const [page, staff] = await Promise.all([
      read.success ? listEntries(app.db, read.data, cursor, entriesPerPage) : nothing, listStaffNames(app.db)
    ])
    const names = await namesIn(app.db, page.entries)
    const filter = read.success ? read.data : { ...noFilter, ...typedOf(asked, trailFields) }
    const errors = read.success ? undefined : formErrors(read.error, trailFields)
    const model = trailPageOf({ ...page, cursor, names, staff }, filter, errors)
    return reply.code(read.success ? 200 : 400).page('office/audit/audit', { staff: staffOf(request), ...model })
  }
}

/** Where a page begins; anything that is no entry's number is the newest page. */
function cursorIn ({ before, after }: Record<string, unknown>): Cursor {
  const isNumber = (text: unknown): text is string => typeof text === 'string' && /^\d{1,18}$/.test(text)
  if (isNumber(before)) return { before: BigInt(before) }
  return isNumber(after) ? { after: BigInt(after) } : undefined
}
