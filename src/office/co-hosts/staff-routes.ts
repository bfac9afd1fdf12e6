import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { mailboxOf } from '../../booking/bookings/address.ts'
import { confirming } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { hasSignedInRecently } from '../../identity/staff/recent-sign-in.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { recentSignInMinutes } from '../../identity/staff/session-life.ts'
import { renderEmail } from '../../mail/emails/body.ts'
import { form } from '../../platform/http/form.ts'
import { typedOf, submissionIn } from '../../platform/http/form-answers.ts'
import { emailRateLimit } from '../../platform/http/limits.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, sentenceFor } from '../../platform/http/url-params.ts'
import { idFromForm } from '../../platform/named-id.ts'
import type { Templates } from '../../platform/templates.ts'
import { assertToCome, BookingNotOpen } from '../../programme/activities/errors.ts'
import { anew, organising } from '../../programme/activities/staff-routes.ts'
import type { Running, RunningAddress } from '../../programme/activities/staff-routes.ts'
import { listAgencies } from '../../programme/campaigns/queries.ts'
import { endCoHosting, inviteCoHost, takeBackCoHostInvitation } from './commands.ts'
import { toldOf } from './effects.ts'
import { CoHostNotFound, EmployerNotTheirs, EmployerUnknown, NeedsNoInvitation, TooManyCoHosts } from './errors.ts'
import { daysOfLink } from './invitation.ts'
import { modelOf, template } from './jobs.ts'
import { leaderOf, listCoHosts, listCoHostInvitations } from './queries.ts'
import { buttonForm, coHostInvitationFields, coHostInvitationForm } from './schema.ts'
import { coHostsPageOf, coHostInvitationPageOf, invitingPageOf } from './staff-page.ts'

const done = {
  invited: 'They are invited. We email them within a minute.',
  'taken-back': 'The invitation is taken back. Its link does nothing any more. Nobody is emailed: tell them yourself.',
  ended: 'They do not co-host any more, from now on. Nobody is emailed: tell them yourself.'
}

interface Ending extends RunningAddress { Params: { slug: string, id: string } }

/** Inviting co-hosts from other agencies, and taking that back. */
export const coHostStaffRoutes: FastifyPluginAsync<{ templates: Templates }> = async (app, { templates }) => {
  requirePermission(app, 'run activities')
  const address = '/activities/:slug/co-hosts'

  app.get(address, organising(async asked => await show(asked)))

  await app.register(invitingRoutes, { templates })

  // To shut someone out is never delayed: one button, and it is done.
  for (const [at, said, command] of [
    [`${address}/invitations/:id/end`, 'taken-back', takeBackCoHostInvitation], [`${address}/:id/end`, 'ended', endCoHosting]
  ] as const) {
    app.post(at, organising<Ending>(form({
      schema: buttonForm, again: show, refused: shownAt('form', CoHostNotFound)
    }, async ({ staff, activity, params: { id }, reply }) => {
      if (!isId(id)) throw new CoHostNotFound()
      await command(app.db, activity.id, id, staff, app.clock())
      return await reply.redirect(`/staff/activities/${activity.slug}/co-hosts?done=${said}`, 303)
    })))
  }

  async function show ({ staff, activity, query, reply }: Running, errors?: FormErrors): Promise<FastifyReply> {
    const now = app.clock()
    const [coHosts, invitations] = await Promise.all([
      listCoHosts(app.db, activity.id, now), listCoHostInvitations(app.db, activity.id, now)
    ])
    return reply.page('office/co-hosts/co-hosts', {
      staff,
      ...coHostsPageOf({ activity, coHosts, invitations }, now, errors),
      done: errors === undefined ? sentenceFor(done, query.done) : undefined
    })
  }
}

/**
 * The form that invites, and the page on which the email is read before it is sent. Because it lets people in, it needs
 * a recent confirmation of who asks; without one what was typed is kept, and they confirm in another tab.
 */
const invitingRoutes: FastifyPluginAsync<{ templates: Templates }> = async (app, { templates }) => {
  const address = '/activities/:slug/co-hosts/new'
  const countEmails = app.limitOn('invite to co-host', emailRateLimit)

  app.get(address, organising(async asked => {
    assertToCome(asked.activity, app.clock())
    return await show(asked)
  }))

  app.post(address, organising(form({
    schema: async () => coHostInvitationForm(await listAgencies(app.db)),
    fields: coHostInvitationFields,
    again: anew(show),
    refused: error => shownAt('email', NeedsNoInvitation)(error) ?? shownAt('agency', EmployerNotTheirs, EmployerUnknown)(error) ??
      shownAt('form', TooManyCoHosts, BookingNotOpen)(error)
  }, confirming(showEffects, async asked => {
    const { staff, activity, input: { submission, confirmed, ...invited }, reply } = asked
    if (!hasSignedInRecently(reply.request)) return await show({ ...asked, reply: reply.code(403) }, notShown)
    // Nobody's mailbox is filled by inviting them again and again.
    if (confirmed !== undefined) await countEmails(mailboxOf(invited.email), reply)
    const id = idFromForm(submission, { activity: activity.id, ...invited })
    await inviteCoHost(app.db, app.outbox, activity.id, { id, confirmed, ...invited }, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}/co-hosts?done=invited`, 303)
  }))))

  async function show ({ staff, activity, body, reply }: Running, errors?: FormErrors): Promise<FastifyReply> {
    return reply.page('office/co-hosts/invite', {
      staff,
      ...coHostInvitationPageOf({
        activity,
        agencies: await listAgencies(app.db),
        submission: submissionIn(body),
        typed: typedOf(body, coHostInvitationFields),
        errors
      }),
      isToShow: errors === notShown
    })
  }

  async function showEffects (
    { staff, activity, input: { name }, body, reply }: Running & { input: { name: string } },
    required: ConfirmationRequired
  ): Promise<FastifyReply> {
    const now = app.clock()
    const told = toldOf({
      activity, inviter: staff.name, leader: await leaderOf(app.db, activity), expiresAt: now.plus({ days: daysOfLink })
    }, now)
    const email = renderEmail(templates, `standalone/${template}`, modelOf(name, told, `${app.publicUrl}/co-hosting/…`))
    return reply.page('office/co-hosts/inviting', { staff, ...invitingPageOf(activity, email, required, body) })
  }
}

const notShown = formError('form', `It is more than ${recentSignInMinutes} minutes since you showed that it is you. ` +
  'Show it in another tab by the link below, then press the button here again. Nobody is invited yet.')
