import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { confirming } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { confirmationForm } from '../../identity/staff/schema.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { submissionIn, typedOf } from '../../platform/http/form-answers.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, sentenceFor } from '../../platform/http/url-params.ts'
import { listReplyAddresses } from '../../programme/campaigns/queries.ts'
import { dayOf } from '../../programme/support/kept-contact.ts'
import { changeReplyAddress, planSuccession, readEffects, withdrawSuccession } from './commands.ts'
import {
  AlreadyPasses, PassesOn, PredecessorGone, RepliesGoElsewhere, SuccessorIsSame, SuccessionDone, SuccessionNotPlanned
} from './errors.ts'
import { listChoices, listDone, listPlanned } from './queries.ts'
import { replyFields, replyForm, successionFields, successionForm } from './schema.ts'
import { successionEffectsPageOf, successionsPageOf } from './staff-page.ts'

/** Maximum number of changes shown that are done. */
const mostDone = 50

const done = {
  planned: 'The change is planned. Nothing changes before its day, and you can withdraw it until then.',
  replies: 'Saved. Replies to emails that are sent from now on go there.',
  withdrawn: 'The change is withdrawn. Everything stays as it is.'
}

interface Address { Params: { id: string } }

/** Partnerships and agencies that split, merge or get another name on a day to come. */
export const successionStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'manage staff')

  app.get('/successions', asking(async asked => await show(asked)))

  app.post('/successions', asking(confirming(showEffects, form({
    schema: async () => successionForm(dayOf(app.clock()), (await listChoices(app.db)).districts),
    fields: successionFields,
    again: show,
    refused: refused => shownAt('successor', SuccessorIsSame)(refused) ?? shownAt('from', AlreadyPasses)(refused) ??
      shownAt('day', PassesOn)(refused) ?? shownAt('from', PredecessorGone)(refused) ??
      shownAt('replyTo', RepliesGoElsewhere)(refused)
  }, async ({ request, input, reply }) => {
    await planSuccession(app.db, input, staffOf(request), app.clock())
    return await reply.redirect('/staff/successions?done=planned', 303)
  }))))

  app.post('/successions/:id/withdrawal', asking<Address>(form({
    schema: confirmationForm, again: show, refused: shownAt('form', SuccessionDone, SuccessionNotPlanned)
  }, async ({ request, params: { id }, reply }) => {
    if (!isId(id)) throw new SuccessionNotPlanned()
    await withdrawSuccession(app.db, id, staffOf(request), app.clock())
    return await reply.redirect('/staff/successions?done=withdrawn', 303)
  })))

  app.post('/successions/replies', asking(form({
    schema: replyForm, fields: replyFields, again: show, refused: shownAt('partnership', PredecessorGone)
  }, async ({ request, input, reply }) => {
    await changeReplyAddress(app.db, input, staffOf(request), app.clock())
    return await reply.redirect('/staff/successions?done=replies', 303)
  })))

  async function show (
    { request, query, body, reply }: Omit<Asked, 'params'>, errors?: FormErrors
  ): Promise<FastifyReply> {
    const [choices, planned, past, replyAddresses] = await Promise.all([
      listChoices(app.db), listPlanned(app.db), listDone(app.db, { take: mostDone }), listReplyAddresses(app.db)
    ])
    const effectsOf = await readEffects(app.db, planned, app.clock())
    const typed = typedOf(body, [...successionFields, ...replyFields])
    return reply.page('office/successions/successions', {
      staff: staffOf(request),
      ...successionsPageOf({ choices, planned, effects: planned.map(effectsOf), past, replyAddresses, typed }),
      submission: submissionIn(body),
      errors,
      done: errors === undefined ? sentenceFor(done, query.done) : undefined
    })
  }

  function showEffects ({ request, body, reply }: Asked, required: ConfirmationRequired): FastifyReply {
    return reply.page('office/successions/effects', { staff: staffOf(request), ...successionEffectsPageOf(required, body) })
  }
}
