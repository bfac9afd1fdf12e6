import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { form } from '../../platform/http/form.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { Seal } from '../../platform/seal.ts'
import { ConfirmationRequired, confirming } from '../../identity/staff/confirmation.ts'
import { namesOf } from '../../identity/staff/queries.ts'
import { may, requirePermission } from '../../identity/staff/roles.ts'
import { confirmationForm } from '../../identity/staff/schema.ts'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import { anew, organising } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import type { Surroundings } from '../editor/answers.ts'
import { AnswersRefused } from '../editor/errors.ts'
import { findProposal } from '../editor/proposals.ts'
import { getCurrentActivity, surroundingsFor } from '../editor/queries.ts'
import { buttonForm } from '../editor/schema.ts'
import { isApprover } from './ask.ts'
import { NotToBeApproved } from './errors.ts'
import {
  approveProposal, effectsOfApproving, mayApproveProposal, mayWithdraw, proposalInWords, returnProposal,
  withdrawProposal
} from './proposals.ts'
import { proposalPageOf } from './proposals-staff-page.ts'
import type { ProposalPage } from './proposals-staff-page.ts'
import { returnForm } from './schema.ts'

const entrant = 'The person who entered it without an account'

/** The change of what everyone reads that waits: approving it, sending it back, withdrawing it. */
export const proposalRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  const parts = { db: app.db, outbox: app.outbox, seal }
  const address = '/activities/:slug/proposal'
  const refused = shownAt('form', NotToBeApproved, AnswersRefused, BookingNotOpen)

  await app.register(async app => {
    requirePermission(app, 'see activities')
    app.get(address, organising(async asked => await show(asked)))
  })

  await app.register(async app => {
    requirePermission(app, 'approve activities')

    app.post(`${address}/approval`, organising(confirming(async (asked, required) => await show(asked, undefined, required), form({
      schema: confirmationForm, again: anew(show), refused
    }, async ({ staff, activity, input: { confirmed }, reply }) => {
      const around = await aroundOf({ staff, activity })
      await approveProposal(parts, activity.slug, { confirmed, around }, staff, app.clock())
      return await reply.redirect(`/staff/activities/${activity.slug}/proposal?done=approved`, 303)
    }))))

    app.post(`${address}/return`, organising(form({
      schema: returnForm, fields: ['reason'], again: anew(show), refused
    }, async ({ staff, activity, input: { reason }, reply }) => {
      await returnProposal(parts, activity.slug, reason, staff, app.clock())
      return await reply.redirect('/staff/approvals?done=returned', 303)
    })))
  })

  await app.register(async app => {
    requirePermission(app, 'edit activities')
    app.post(`${address}/withdrawal`, organising(form({ schema: buttonForm, again: anew(show), refused },
      async ({ staff, activity, reply }) => {
        await withdrawProposal(parts, activity.slug, staff, app.clock())
        return await reply.redirect(`/staff/activities/${activity.slug}/proposal?done=withdrawn`, 303)
      })))
  })

  async function show (
    { staff, activity, body, query, reply }: Running, errors?: FormErrors, confirmation?: ConfirmationRequired
  ): Promise<FastifyReply> {
    const page = await read({ staff, activity }, confirmation)
    const { reason } = body as { reason?: unknown }
    const model = proposalPageOf(page, { query, reason: typeof reason === 'string' ? reason : '', errors })
    return reply.page('office/approval/proposal', { staff, ...model })
  }

  /** What waits is known to those who edit the activity or approve it; others do not read if anything does. */
  async function read (
    { staff, activity }: Pick<Running, 'staff' | 'activity'>, confirmation: ConfirmationRequired | undefined
  ): Promise<ProposalPage> {
    const [current, proposal, around] = await Promise.all([
      getCurrentActivity(app.db, seal, activity.slug), findProposal(app.db, activity.id), aroundOf({ staff, activity })
    ])
    const edits = may(staff, 'edit activities', activity)
    const mayApprove = proposal === undefined
      ? await isApprover(app.db, current, staff)
      : await mayApproveProposal(app.db, current, proposal, staff)
    const mayKnow = edits || mayApprove
    if (!mayKnow || proposal === undefined) {
      return { activity, waiting: undefined, approving: undefined, edits, mayKnow }
    }
    const { askedByIds, returned } = proposal
    const names = await namesOf(app.db, [...askedByIds, returned?.byId])
    const isToDecide = mayApprove && returned === undefined && current.status === 'published'
    return {
      activity,
      waiting: {
        proposal,
        askedBy: askedByIds.map(id => id === activity.id ? entrant : names.get(id) ?? 'Someone'),
        returnedBy: returned && (names.get(returned.byId) ?? 'Someone'),
        changes: proposalInWords(current, proposal, around),
        mayWithdraw: mayWithdraw(staff, activity, proposal),
        isOfOthers: askedByIds.some(id => id !== staff.id)
      },
      approving: isToDecide ? confirmation ?? await approvingOf() : undefined,
      edits,
      mayKnow
    }

    async function approvingOf (): Promise<ProposalPage['approving']> {
      if (proposal === undefined) return undefined
      try {
        return new ConfirmationRequired(await effectsOfApproving(app.db, { current, proposal, around }, app.clock()))
      } catch (error) {
        if (error instanceof AnswersRefused) return { wrong: error.message }
        throw error
      }
    }
  }

  async function aroundOf ({ staff, activity }: Pick<Running, 'staff' | 'activity'>): Promise<Surroundings> {
    return await surroundingsFor(app.db, staff, activity.campaign.districts)
  }
}
