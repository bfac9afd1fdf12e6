import { Readable } from 'node:stream'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { asking, form, query } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { sendCsv } from '../../platform/http/download.ts'
import { officeZone } from '../../platform/clock.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { askToSignInAgain } from '../../identity/staff/recent-sign-in.ts'
import { beginTrailExport } from './commands.ts'
import { listEntries, listStaffNames, namesIn } from './queries.ts'
import type { Cursor } from './queries.ts'
import { noFilter, trailFields, trailFilter } from './schema.ts'
import type { TrailFilter } from './schema.ts'
import { entriesPerPage, trailPageOf } from './staff-page.ts'
import { trailFile } from './trail-file.ts'

/** The audit trail, to be read, searched and exported; nothing here changes it. */
export const auditStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'read the audit trail')

  app.get('/audit', asking(query({
    schema: trailFilter,
    fields: trailFields,
    again: async (asked, errors) => await showNothing(asked, asked.query, errors)
  }, async asked => await show(asked, asked.input, cursorIn(asked.query)))))

  // A button and no link: an export is recorded, and a GET must not change anything.
  app.post('/audit/export', asking(form({
    schema: trailFilter,
    fields: trailFields,
    again: async (asked, errors) => await showNothing(asked, asked.body, errors)
  }, async ({ request, body, input, reply }) => {
    if (await askToSignInAgain(request, reply, `/staff/audit?${new URLSearchParams(typedOf(body, trailFields))}`)) return reply
    const now = app.clock()
    const latest = await beginTrailExport(app.db, input, staffOf(request), now)
    const name = `audit-${now.setZone(officeZone).toFormat('yyyy-MM-dd-HHmm')}.csv`
    return await sendCsv(reply, name, Readable.from(trailFile(app.db, input, latest)))
  })))

  async function show ({ request, reply }: Asked, filter: TrailFilter, cursor: Cursor): Promise<FastifyReply> {
    const [page, staff] = await Promise.all([
      listEntries(app.db, filter, cursor, entriesPerPage), listStaffNames(app.db)
    ])
    const names = await namesIn(app.db, page.entries)
    const model = trailPageOf({ ...page, cursor, names, staff }, filter)
    return reply.page('office/audit/audit', { staff: staffOf(request), ...model })
  }

  async function showNothing ({ request, reply }: Asked, asked: unknown, errors: FormErrors): Promise<FastifyReply> {
    const filter = { ...noFilter, ...typedOf(asked, trailFields) }
    const nothing = { entries: [], more: false, cursor: undefined, names: await namesIn(app.db, []) }
    const model = trailPageOf({ ...nothing, staff: await listStaffNames(app.db) }, filter, errors)
    return reply.page('office/audit/audit', { staff: staffOf(request), ...model })
  }
}

/** Where a page begins; anything that is not the number of an entry means the newest page. */
function cursorIn ({ before, after }: Record<string, unknown>): Cursor {
  const isNumber = (text: unknown): text is string => typeof text === 'string' && /^\d{1,18}$/.test(text)
  if (isNumber(before)) return { before: BigInt(before) }
  return isNumber(after) ? { after: BigInt(after) } : undefined
}
