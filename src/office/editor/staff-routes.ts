import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { isForCoordinators } from '../../programme/activities/approval.ts'
import { ApprovalNeeded, BookingNotOpen } from '../../programme/activities/errors.ts'
import { arrangementsFields, arrangementsForm } from '../../programme/activities/schema.ts'
import { arrangementsPageOf } from './arrangements-staff-page.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { anew, organising, running } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { countRecipients } from '../../booking/bookings/recipients.ts'
import { form, refusing } from '../../platform/http/form.ts'
import { typedOf, submissionIn } from '../../platform/http/form-answers.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { ConfirmationRequired, confirming } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import type { Seal } from '../../platform/seal.ts'
import { changeArrangements } from './arrangements.ts'
import { deleteDraft } from './delete-draft.ts'
import { effectsOfPublishing, isAskedFor, publishActivity, unpublishActivity } from './publish.ts'
import { repeatActivity } from './repeat.ts'
import { editRoutes } from './edit-staff-routes.ts'
import { CannotBeDeleted, ChangedSinceRead, NotReady, PeopleRelyOnIt } from './errors.ts'
import { hostRoutes } from './hosts-staff-routes.ts'
import { checkedLongAgo, missingFrom } from './missing.ts'
import { namedPeopleRoutes } from './named-people-staff-routes.ts'
import { newRoutes } from './new-staff-routes.ts'
import { getCurrentActivity, hasMeetingOfOurs, listContactsUnchecked, reliedOn } from './queries.ts'
import { whyNotDeleted } from './relied-on.ts'
import { firstDayOf, weeksAfter } from './repeats.ts'
import { buttonForm, publishForm, repeatFields, repeatForm } from './schema.ts'
import { arrangementEffectsPageOf, deletionPageOf, publishPageOf, refusedAnswers, whatIsReadOf } from './staff-page.ts'

/** What organisers do in the programme: make activities, change them, name their hosts, publish and unpublish them. */
export const programmeStaffRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  requirePermission(app, 'run activities')
  await app.register(editRoutes, { seal })
  await app.register(newRoutes, { seal })
  await app.register(publishRoutes, { seal })
  await app.register(deletionRoutes)
  await app.register(repeatRoutes, { seal })
  await app.register(arrangementRoutes)
  await app.register(hostRoutes)
  await app.register(namedPeopleRoutes)
}

/** Publishing an activity and unpublishing it, with what is still missing. */
const publishRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  const address = '/activities/:slug/publish'
  const parts = { db: app.db, outbox: app.outbox, seal }

  app.get(address, organising(async asked => await show(asked)))

  app.post(address, organising(confirming(async (asked, required) => await show(asked, undefined, required), form({
    schema: publishForm,
    again: anew(show),
    refused: shownAt('form', NotReady, ApprovalNeeded, ChangedSinceRead)
  }, async ({ staff, activity, input: { confirmed, read }, reply }) => {
    await publishActivity(parts, activity.slug, confirmed, staff, app.clock(), { read })
    return await reply.redirect(`/staff/activities/${activity.slug}?done=published`, 303)
  }))))

  app.post('/activities/:slug/take-down', organising(form({
    schema: buttonForm,
    again: anew(show),
    refused: shownAt('form', PeopleRelyOnIt)
  }, async ({ staff, activity, reply }) => {
    await unpublishActivity(parts, activity.slug, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}?done=taken-down`, 303)
  })))

  async function show (
    { staff, activity, reply }: Running, errors?: FormErrors, confirmation?: ConfirmationRequired
  ): Promise<FastifyReply> {
    const now = app.clock()
    const [current, contactsUnchecked] = await Promise.all([
      getCurrentActivity(app.db, seal, activity.slug), listContactsUnchecked(app.db, checkedLongAgo(now))
    ])
    const required = confirmation ?? new ConfirmationRequired(await effectsOfPublishing(app.db, activity.id, now))
    const missing = missingFrom(current, { contactsUnchecked }, now)
    const forCoordinators = await isForCoordinators(app.db, current, staff)
    const isAsked = activity.status === 'draft' && await isAskedFor(app.db, activity.id)
    return reply.page('office/editor/publish', {
      staff,
      ...publishPageOf(activity, missing, required, errors),
      forCoordinators,
      read: isAsked ? whatIsReadOf(activity, current) : undefined
    })
  }
}

/** Deleting a draft: first a page that says what is deleted with it, or why it cannot be. */
const deletionRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/deletion'

  app.get(address, organising(async asked => await show(asked)))

  app.post(address, organising(refusing(CannotBeDeleted, anew(showWhy), form({
    schema: buttonForm, again: show
  }, async ({ staff, activity, reply }) => {
    await deleteDraft({ db: app.db, outbox: app.outbox }, activity.id, staff, app.clock())
    return await reply.redirect('/staff/activities?done=deleted', 303)
  }))))

  async function showWhy (asked: Running, { message }: CannotBeDeleted): Promise<FastifyReply> {
    return await show(asked, undefined, message)
  }

  async function show (
    { staff, activity, reply }: Running, errors?: FormErrors, refusal?: string
  ): Promise<FastifyReply> {
    const because = refusal ?? whyNotDeleted(activity, await reliedOn(app.db, activity.id))
    const hasMeeting = await hasMeetingOfOurs(app.db, activity.id)
    return reply.page('office/editor/delete-draft', { staff, ...deletionPageOf(activity, because, hasMeeting), errors })
  }
}

/** Making an activity again on other days, as drafts: all or none. */
const repeatRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  const address = '/activities/:slug/repeat'

  app.get(address, organising(async asked => show(asked)))

  app.post(address, organising(form({
    schema: repeatForm, fields: repeatFields, again: show, refused: refusedAnswers
  }, async ({ staff, activity, input: { submission, weeks, listed }, reply }) => {
    const days = weeks === undefined ? listed : weeksAfter(firstDayOf(activity), weeks)
    await repeatActivity({ db: app.db, seal }, activity.slug, { submission, days }, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}?done=repeated`, 303)
  })))

  function show ({ staff, activity, body, reply }: Running, errors?: FormErrors): FastifyReply {
    return reply.page('office/editor/repeat', {
      staff, ...runningOf(activity), values: typedOf(body, repeatFields), submission: submissionIn(body), errors
    })
  }
}

/** How people join and which emails they get; a change that reaches people says so first. */
const arrangementRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/arrangements'

  app.get(address, running(async asked => await show(asked)))

  app.post(address, running(refusing(BookingNotOpen, anew(showClosed), confirming(showEffects, form({
    schema: ({ activity }) => arrangementsForm(activity), fields: arrangementsFields, again: show
  }, async ({ staff, activity, input, reply }) => {
    await changeArrangements(app.db, app.outbox, activity.id, input, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}?done=arrangements`, 303)
  })))))

  /** Cancelled by now: the page shows that itself. */
  async function showClosed (asked: Running): Promise<FastifyReply> {
    return await show(asked)
  }

  function showEffects ({ staff, activity, body, reply }: Running, required: ConfirmationRequired): FastifyReply {
    return reply.page('identity/staff/effects', { staff, ...arrangementEffectsPageOf(activity, required, body) })
  }

  async function show ({ staff, activity, body, reply }: Running, errors?: FormErrors): Promise<FastifyReply> {
    const { confirmed, toCallWithPlace } = await countRecipients(app.db, activity)
    const given = errors && { typed: body, errors }
    const model = arrangementsPageOf(activity, { reached: confirmed, toCall: toCallWithPlace }, app.clock(), given)
    return reply.page('office/editor/arrangements', { staff, ...model })
  }
}
