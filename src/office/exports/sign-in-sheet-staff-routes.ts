import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { organising } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { query } from '../../platform/http/form.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { requireRecentSignIn } from '../../identity/staff/recent-sign-in.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { mayHaveNeeds, printSignInSheet } from './print-sign-in-sheet.ts'
import { fieldsFor, sheetOptions } from './sign-in-sheet-schema.ts'
import { signInSheetPageOf } from './sign-in-sheet-staff-page.ts'
import { listSigners } from './sign-in-sheet-queries.ts'

/** The sheet on which people sign in: a page that says what it will be like, and the sheet. */
export const signInSheetStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'know attendees')

  app.get('/activities/:slug/sign-in-sheet', organising(async asked => await show(asked)))
  await app.register(sheetRoutes)
}

const sheetRoutes: FastifyPluginAsync = async app => {
  requireRecentSignIn(app)

  app.get('/activities/:slug/sign-in-sheet.pdf', organising(query({
    schema: ({ staff, activity }) => sheetOptions({ mayHaveNeeds: mayHaveNeeds(staff, activity) }),
    fields: ({ staff, activity }) => fieldsFor(mayHaveNeeds(staff, activity)),
    again: show
  }, async ({ staff, activity, input, reply }) => {
    reply.type('application/pdf')
      .header('content-disposition', `attachment; filename="sign-in-sheet-${activity.slug}.pdf"`)
    // Fastify answers HEAD with this route too: nothing is sent, so there is nothing to make or to record.
    if (reply.request.method === 'HEAD') return await reply.send()
    const pdf = await printSignInSheet(app.db, app.pdf, staff, activity, input, app.clock())
    return await reply.send(pdf)
  })))
}

async function show ({ staff, activity, query, reply }: Running, errors?: FormErrors): Promise<FastifyReply> {
  const { db, pdf } = reply.server
  const [signers, coverage] = await Promise.all([listSigners(db, activity.id, { withNeeds: false }), pdf.getCoverage()])
  const model = signInSheetPageOf({ staff, activity, signers, coverage }, errors && { query, errors })
  return reply.page('office/exports/sign-in-sheet', { staff, ...model })
}
