import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { running } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { countRecipients } from '../../booking/bookings/recipients.ts'
import { DomainError } from '../../platform/errors.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import { formError, formErrors } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { confirmationForm } from '../../identity/staff/schema.ts'
import type { Seal } from '../../programme/teams/seal.ts'
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
  requirePermission(app, 'run activities')
  const address = '/activities/:slug/meeting'
  const parts = { db: app.db, outbox: app.outbox, seal }

  // Before the routes below, which inherit it as it is at that moment.
  app.setErrorHandler(async (error, request, reply) => {
    if (error instanceof ConfirmationRequired) {
      return await running(async ({ staff, activity, body, reply }) =>
        reply.page('identity/staff/effects', { staff, ...effectsPageOf(activity, request.url, error, body) }))(request, reply)
    }
    if (request.method !== 'POST' || !(error instanceof DomainError) || !onThePage.includes(error.refusal)) throw error
    const errors = formError('form', error.message)
    return await running(async asked => await showAgain(asked, 409, errors))(request, reply)
  })

  app.get(address, running(async asked => await show(asked, asked.reply)))

  app.post(`${address}/link`, running(async asked => {
    const { staff, activity, body, reply } = asked
    const read = linkForm.safeParse(body)
    if (!read.success) return await showAgain(asked, 400, formErrors(read.error, linkFields))
    const { join_url: joinUrl, confirmed } = read.data
    await setJoinLink(app.db, app.outbox, seal, activity.id, { joinUrl, confirmed }, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}/meeting?done=link`, 303)
  }))

  if (makesMeetings) await app.register(makingRoutes)

  /** Routes that only exist where the service can make meetings. */
  async function makingRoutes (making: typeof app): Promise<void> {
    making.post(address, running(async asked => {
      const { staff, activity, body, reply } = asked
      const read = meetingForm.safeParse(body)
      if (!read.success) return await showAgain(asked, 400, formErrors(read.error, meetingFields))
      const { lobby, may_unmute: mayUnmute, may_show_camera: mayShowCamera, seen, confirmed } = read.data
      await askForMeeting(parts, activity.id, { lobby, mayUnmute, mayShowCamera, seen, confirmed }, staff, app.clock())
      return await reply.redirect(`/staff/activities/${activity.slug}/meeting?done=asked`, 303)
    }))

    making.post(`${address}/another-try`, running(async asked => {
      const { staff, activity, body, reply } = asked
      const read = confirmationForm.safeParse(body)
      if (!read.success) return await showAgain(asked, 400, formErrors(read.error, []))
      await tryAgain(parts, activity.id, read.data.confirmed, staff, app.clock())
      return await reply.redirect(`/staff/activities/${activity.slug}/meeting`, 303)
    }))

    making.get(`${address}/replacement`, running(async asked => await askBack(asked, asked.reply)))

    making.post(`${address}/replacement`, running(async asked => {
      const { staff, activity, body, reply } = asked
      const read = replacementForm.safeParse(body)
      if (!read.success) return await askBack(asked, reply.code(400), formErrors(read.error, []))
      await replaceMeeting(parts, activity.id, read.data, staff, app.clock())
      return await reply.redirect(`/staff/activities/${activity.slug}/meeting?done=asked`, 303)
    }))
  }

  async function showAgain (asked: Running, status: number, errors: FormErrors): Promise<FastifyReply> {
    const typed = typedOf(asked.body, [...meetingFields, ...linkFields])
    return await show(asked, asked.reply.code(status), { typed, errors })
  }

  async function show ({ staff, activity: known, query }: Running, reply: FastifyReply, typed?: TypedMeeting) {
    const activity = withLink(known, seal)
    const [kept, recipients, givenAt] = await Promise.all([
      findMeeting(app.db, seal, activity.id),
      countRecipients(app.db, activity),
      linkGivenAt(app.db, activity.slug)
    ])
    const model = meetingPageOf({ activity, kept, makesMeetings, recipients, linkGivenAt: givenAt }, app.clock(), typed)
    return reply.page('office/meetings/meeting', { staff, ...model, done: sentenceFor(done, query.done) })
  }

  async function askBack ({ staff, activity: known }: Running, reply: FastifyReply, errors?: FormErrors) {
    const activity = withLink(known, seal)
    const [kept, recipients] = await Promise.all([
      findMeeting(app.db, seal, activity.id), countRecipients(app.db, activity)
    ])
    if (kept === undefined || isDetached(kept, activity)) throw new NoMeetingKept()
    return reply.page('office/meetings/new-meeting', { staff, ...replacementPageOf({ activity, kept, recipients }, app.clock(), errors) })
  }
}
