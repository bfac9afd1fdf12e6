import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import type { z } from 'zod'
import { anew, organising } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { form, refusing } from '../../platform/http/form.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { confirming } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import type { Seal } from '../../platform/seal.ts'
import { activityFields } from './answers.ts'
import type { Surroundings } from './answers.ts'
import { assertEditable, editActivity } from './edit.ts'
import type { EditEnd } from './edit.ts'
import { BothChanged } from './errors.ts'
import { findProposal } from './proposals.ts'
import { getCurrentActivity, surroundingsFor } from './queries.ts'
import { bodyLimit, editForm, typedAnswers } from './schema.ts'
import { collisionOf, editPageOf, effectsPageOf, refusedAnswers, waitingOf } from './staff-page.ts'
import type { Filled } from './staff-page.ts'
import { continues, shownIn } from './waiting.ts'

/** The message on the page of an activity after an edit. */
const edited = { told: 'edited', quietly: 'edited-quietly', 'as-it-was': 'as-it-was' }

/** Changing an activity: first the form, then, if it writes to people, a page that says who they are. */
export const editRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  const address = '/activities/:slug/edit'
  const declared = {
    schema: editForm, fields: [...activityFields, 'reason'], again: showAgain, refused: refusedAnswers
  }

  app.get(address, organising(async asked => {
    const { shown } = await shownTo(asked)
    return await show(asked, { filled: { answers: shown } })
  }))

  app.post(address, { bodyLimit }, organising(
    refusing(BothChanged, anew(showBoth), confirming(showEffects, form(declared, async asked => {
      return await goBack(asked, await save(asked))
    })))
  ))

  async function save ({ staff, activity, input }: Running & { input: z.output<typeof editForm> }) {
    const parts = { db: app.db, outbox: app.outbox, seal }
    const around = await aroundOf({ staff, activity })
    return await editActivity(parts, activity.slug, { ...input, around }, staff, app.clock())
  }

  async function goBack ({ activity, reply }: Running, { how, saved, waiting }: EditEnd): Promise<FastifyReply> {
    const href = `/staff/activities/${activity.slug}`
    const done = waiting.length === 0 ? `?done=${edited[how]}` : `/proposal?done=asked&saved=${saved.join(',')}`
    return await reply.redirect(href + done, 303)
  }

  async function showAgain (asked: Running, errors: FormErrors): Promise<FastifyReply> {
    if (errors.list.length === 1 && 'reason' in errors.of) return await askWhy(asked, errors)
    const { saw } = asked.body as { saw?: unknown }
    const filled = { answers: typedAnswers(asked.body), errors }
    return await show(asked, { filled, ...(typeof saw === 'string' && { saw }) })
  }

  /** The page that says who a change writes to, shown again: the reason for telling no one is missing. */
  async function askWhy (asked: Running, errors: FormErrors): Promise<FastifyReply> {
    const { quiet, confirmed, reason, ...body } = asked.body as Record<string, unknown>
    const tried = { reason: typeof reason === 'string' ? reason : undefined, errors }
    const showWhy = (asked: Running, required: ConfirmationRequired) => showEffects(asked, required, tried)
    const saveOrAsk = confirming<Running>(showWhy, form(declared, async asked => {
      return await goBack(asked, await save(asked))
    }))
    return await saveOrAsk({ ...asked, body })
  }

  function showEffects (
    { staff, activity, body, reply }: Running, required: ConfirmationRequired,
    tried?: { reason: string | undefined, errors: FormErrors }
  ): FastifyReply {
    return reply.page('office/editor/activity-effects', { staff, ...effectsPageOf(activity, required, body, tried) })
  }

  async function showBoth (asked: Running, refusal: BothChanged): Promise<FastifyReply> {
    const filled = { answers: refusal.answers, errors: collisionOf(refusal) }
    return await show(asked, { filled, collision: refusal })
  }

  async function show (
    { staff, activity, reply }: Running,
    given: { filled: Filled, saw?: string, collision?: BothChanged }
  ): Promise<FastifyReply> {
    assertEditable(activity, app.clock())
    const { current, proposal, isTheirs, shown } = await shownTo({ staff, activity })
    const around = await aroundOf({ staff, activity })
    const waiting = proposal && waitingOf({ current, proposal, isTheirs }, around)
    // Both versions are of one moment: what was read in the refusal.
    const now = given.collision?.now ?? shown
    const model = editPageOf({ activity, around, now, waiting, ...given })
    return reply.page('office/editor/edit-activity', { staff, ...model })
  }

  /** What the form shows to someone of an activity, and why. */
  async function shownTo ({ staff, activity }: Pick<Running, 'staff' | 'activity'>) {
    const [current, proposal] = await Promise.all([
      getCurrentActivity(app.db, seal, activity.slug), findProposal(app.db, activity.id)
    ])
    const isTheirs = await continues(app.db, { current, proposal }, staff)
    return { current, proposal, isTheirs, shown: shownIn({ current, proposal, isTheirs }) }
  }

  async function aroundOf ({ staff, activity }: Pick<Running, 'staff' | 'activity'>): Promise<Surroundings> {
    return await surroundingsFor(app.db, staff, activity.campaign.districts)
  }
}
