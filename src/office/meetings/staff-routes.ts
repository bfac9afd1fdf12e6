import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { namingFor } from '../../programme/activities/staff-page.ts'
import { running } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { countRecipients } from '../../booking/bookings/recipients.ts'
import { DomainError } from '../../platform/errors.ts'
import { form } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { confirming } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { confirmationForm } from '../../identity/staff/schema.ts'
import type { Seal } from '../../platform/seal.ts'
import { askForMeeting, replaceMeeting, tryAgain } from './ask-for-meeting.ts'
import { NoMeetingKept } from './errors.ts'
import { setJoinLink } from './join-link.ts'
import { isDetached } from './kept-meeting.ts'
import { findMeeting, linkGivenAt, withLink } from './queries.ts'
import { linkFields, linkForm, meetingFields, meetingForm, replacementForm } from './schema.ts'
import { effectsPageOf, meetingPageOf, replacementPageOf } from './staff-page.ts'
import type { TypedMeeting } from './staff-page.ts'

interface MeetingRoutes {
  seal: Seal
  /** Whether the service can make Teams meetings by itself. */
  makesMeetings: boolean
}

const done = {
  asked: 'We tell Teams now. This page says when it is done.',
  link: 'People now join by the link that you pasted.'
}

/** These refusals are shown on the page itself; any other has its own page. */
const onThePage: readonly string[] = ['link-changed', 'no-meeting-kept', 'activity-cancelled', 'activity-over']

/** The Teams meeting of an activity: pasted, or made by the service. */
export const meetingStaffRoutes: FastifyPluginAsync<MeetingRoutes> = async (app, { seal, makesMeetings }) => {
  requirePermission(app, 'edit activities')
  const address = '/activities/:slug/meeting'
  const parts = { db: app.db, outbox: app.outbox, seal }

  // Not left to each form, because the form that replaces a meeting has another page. Before the routes below, which
  // inherit it as it is at that moment.
  app.setErrorHandler(async (error, request, reply) => {
    if (request.method !== 'POST' || !(error instanceof DomainError) || !onThePage.includes(error.refusal)) throw error
    const errors = formError('form', error.message)
    return await running(async asked => await showAgain(asked, errors))(request, reply.code(409))
  })

  app.get(address, running(async asked => await show(asked)))

  app.post(`${address}/link`, running(confirming(showEffects, form({
    schema: linkForm, fields: linkFields, again: showAgain
  }, async ({ staff, activity, input: { join_url: joinUrl, confirmed }, reply }) => {
    await setJoinLink(app.db, app.outbox, seal, activity.id, { joinUrl, confirmed }, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}/meeting?done=link`, 303)
  }))))

  if (makesMeetings) await app.register(makingRoutes)

  /** Routes that only exist where the service can make meetings. */
  async function makingRoutes (making: typeof app): Promise<void> {
    making.post(address, running(confirming(showEffects, form({
      schema: meetingForm, fields: meetingFields, again: showAgain
    }, async ({ staff, activity, input, reply }) => {
      const { may_unmute: mayUnmute, may_show_camera: mayShowCamera, ...wanted } = input
      await askForMeeting(parts, activity.id, { mayUnmute, mayShowCamera, ...wanted }, staff, app.clock())
      return await reply.redirect(`/staff/activities/${activity.slug}/meeting?done=asked`, 303)
    }))))

    making.post(`${address}/another-try`, running(confirming(showEffects, form({
      schema: confirmationForm, again: showAgain
    }, async ({ staff, activity, input: { confirmed }, reply }) => {
      await tryAgain(parts, activity.id, confirmed, staff, app.clock())
      return await reply.redirect(`/staff/activities/${activity.slug}/meeting`, 303)
    }))))

    making.get(`${address}/replacement`, running(async asked => await askBack(asked)))

    making.post(`${address}/replacement`, running(confirming(showEffects, form({
      schema: replacementForm, again: askBack
    }, async ({ staff, activity, input, reply }) => {
      await replaceMeeting(parts, activity.id, input, staff, app.clock())
      return await reply.redirect(`/staff/activities/${activity.slug}/meeting?done=asked`, 303)
    }))))
  }

  async function showAgain (asked: Running, errors: FormErrors): Promise<FastifyReply> {
    return await show(asked, { typed: typedOf(asked.body, [...meetingFields, ...linkFields]), errors })
  }

  /** What a form would do; the button there sends it again to the address that it was sent to. */
  function showEffects ({ staff, activity, body, reply }: Running, required: ConfirmationRequired): FastifyReply {
    const model = namingFor(staff, activity, effectsPageOf(activity, reply.request.url, required, body))
    return reply.page('identity/staff/effects', { staff, ...model })
  }

  async function show ({ staff, activity: known, query, reply }: Running, typed?: TypedMeeting) {
    const activity = withLink(known, seal)
    const [kept, recipients, givenAt] = await Promise.all([
      findMeeting(app.db, seal, activity.id),
      countRecipients(app.db, activity),
      linkGivenAt(app.db, activity.slug)
    ])
    const model = meetingPageOf({ activity, kept, makesMeetings, recipients, linkGivenAt: givenAt }, app.clock(), typed)
    return reply.page('office/meetings/meeting', {
      staff, ...namingFor(staff, activity, model), done: sentenceFor(done, query.done)
    })
  }

  async function askBack ({ staff, activity: known, reply }: Running, errors?: FormErrors) {
    const activity = withLink(known, seal)
    const [kept, recipients] = await Promise.all([
      findMeeting(app.db, seal, activity.id), countRecipients(app.db, activity)
    ])
    if (kept === undefined || isDetached(kept, activity)) throw new NoMeetingKept()
    const model = replacementPageOf({ activity, kept, recipients }, app.clock(), errors)
    return reply.page('office/meetings/new-meeting', { staff, ...namingFor(staff, activity, model) })
  }
}
