import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import type { z } from 'zod'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { arrangementsFields, arrangementsForm } from '../../programme/activities/schema.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { activityFor, organising, running } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { countRecipients } from '../../booking/bookings/recipients.ts'
import { DomainError } from '../../platform/errors.ts'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { isId } from '../../platform/http/url-params.ts'
import { formError, formErrors } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { confirmationForm } from '../../identity/staff/schema.ts'
import type { Seal } from '../../programme/teams/seal.ts'
import { activityFields, answersOf } from './answers.ts'
import type { Answers } from './answers.ts'
import { arrangementsPageOf } from './arrangements-staff-page.ts'
import { changeArrangements } from './arrangements.ts'
import { createActivity } from './create.ts'
import { deleteDraft } from './delete-draft.ts'
import { editActivity } from './edit.ts'
import { AnswersRefused, BothChanged, CannotBeDeleted, NotReady, PeopleRelyOnIt } from './errors.ts'
import { checkedLongAgo, missingFrom } from './missing.ts'
import { emptyAnswers, newDraft, withoutDays } from './new-draft.ts'
import { effectsOfPublishing, publishActivity, unpublishActivity } from './publish.ts'
import {
  getCurrentActivity, hasMeetingOfOurs, listCampaigns, listContactsUnchecked, reliedOn, surroundingsFor
} from './queries.ts'
import { whyNotDeleted } from './relied-on.ts'
import { repeatActivity } from './repeat.ts'
import { firstDayOf, weeksAfter } from './repeats.ts'
import { buttonForm, editForm, newForm, repeatFields, repeatForm, typedAnswers } from './schema.ts'
import {
  arrangementEffectsPageOf, collisionOf, deletionPageOf, editPageOf, effectsPageOf, errorsOf, newPageOf, publishPageOf
} from './staff-page.ts'
import type { Filled } from './staff-page.ts'

interface ProgrammeRoutes { seal: Seal }

/** Enough for a summary in a script that takes 12 bytes a character, with all other fields of the form. */
const bodyLimit = 131_072

/** What organisers do in the programme: make activities, change them, publish and unpublish them. */
export const programmeStaffRoutes: FastifyPluginAsync<ProgrammeRoutes> = async (app, { seal }) => {
  requirePermission(app, 'run activities')
  await app.register(editRoutes, { seal })
  await app.register(newRoutes, { seal })
  await app.register(publishRoutes, { seal })
  await app.register(deletionRoutes)
  await app.register(repeatRoutes, { seal })
  await app.register(arrangementRoutes)
}

/** The message on the page of an activity after an edit. */
const edited = { told: 'edited', quietly: 'edited-quietly', 'as-it-was': 'as-it-was' }

/** Changing an activity: first the form, then, if it writes to people, a page that says who they are. */
const editRoutes: FastifyPluginAsync<ProgrammeRoutes> = async (app, { seal }) => {
  const address = '/activities/:slug/edit'

  // Before the routes below, which inherit it as it is at that moment.
  app.setErrorHandler(async (error, request, reply) => {
    if (request.method !== 'POST' || !(error instanceof DomainError)) throw error
    if (error instanceof AnswersRefused) {
      return await organising(async asked =>
        await showAgain(asked, 400, errorsOf(error.wrong)))(request, reply)
    }
    if (error instanceof BothChanged) {
      const shown = { filled: { answers: error.answers, errors: collisionOf(error) }, now: error.now, collision: error }
      return await organising(async asked => await show(asked, 409, shown))(request, reply)
    }
    if (error instanceof ConfirmationRequired) {
      return await organising(async asked => await showEffects(asked, 200, error))(request, reply)
    }
    throw error
  })

  app.get(address, organising(async asked => {
    const now = answersOf(await getCurrentActivity(app.db, seal, asked.activity.slug))
    return await show(asked, 200, { filled: { answers: now }, now })
  }))

  app.post(address, { bodyLimit }, organising(async asked => {
    const { staff, activity, body, reply } = asked
    const form = editForm.safeParse(body)
    if (!form.success && form.error.issues.every(({ path }) => path[0] === 'reason')) return await askWhy(asked, form.error)
    if (!form.success) return await showAgain(asked, 400, formErrors(form.error, activityFields))
    const done = await editActivity({ db: app.db, outbox: app.outbox, seal }, activity.slug, {
      ...form.data, around: await around(staff, activity)
    }, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}?done=${edited[done]}`, 303)
  }))

  /** The page that says who a change writes to, shown again: the reason for telling no one is missing. */
  async function askWhy (asked: Running, error: z.core.$ZodError): Promise<FastifyReply> {
    const { staff, activity, body } = asked
    const { quiet, confirmed, reason, ...rest } = body as Record<string, unknown>
    const form = editForm.safeParse(rest)
    if (!form.success) return await showAgain(asked, 400, formErrors(form.error, activityFields))
    try {
      await editActivity({ db: app.db, outbox: app.outbox, seal }, activity.slug, {
        ...form.data, around: await around(staff, activity)
      }, staff, app.clock())
    } catch (thrown) {
      if (!(thrown instanceof ConfirmationRequired)) throw thrown
      const typed = typeof reason === 'string' ? reason : undefined
      return await showEffects(asked, 400, thrown, { reason: typed, errors: formErrors(error, ['reason']) })
    }
    return await asked.reply.redirect(`/staff/activities/${activity.slug}?done=edited`, 303)
  }

  async function showEffects (
    { staff, activity, body, reply }: Running, status: number, required: ConfirmationRequired,
    tried?: { reason: string | undefined, errors: FormErrors }
  ): Promise<FastifyReply> {
    const model = effectsPageOf(activity, required, body, tried)
    return reply.code(status).page('office/editor/activity-effects', { staff, ...model })
  }

  async function around (staff: StaffMember, { campaign }: KnownActivity) {
    return await surroundingsFor(app.db, staff, campaign.districts)
  }

  async function showAgain (asked: Running, status: number, errors: FormErrors): Promise<FastifyReply> {
    const { saw } = asked.body as { saw?: unknown }
    const now = answersOf(await getCurrentActivity(app.db, seal, asked.activity.slug))
    const answers = typedAnswers(asked.body)
    return await show(asked, status, { filled: { answers, errors }, now, ...(typeof saw === 'string' && { saw }) })
  }

  async function show (
    { staff, activity, reply }: Running, status: number,
    given: { filled: Filled, now: Answers, saw?: string, collision?: BothChanged }
  ): Promise<FastifyReply> {
    if (activity.status === 'cancelled') throw new BookingNotOpen('cancelled')
    if (activity.booking === 'places' && activity.endsAt <= app.clock()) throw new BookingNotOpen('over')
    const model = editPageOf({ activity, around: await around(staff, activity), ...given })
    return reply.code(status).page('office/editor/edit-activity', { staff, ...model })
  }
}

/** Making an activity, from an empty form or as a copy of another: always a draft. */
const newRoutes: FastifyPluginAsync<ProgrammeRoutes> = async (app, { seal }) => {
  requirePermission(app, 'create activities')
  const address = '/activities/new'

  // Before the routes below, which inherit it as it is at that moment.
  app.setErrorHandler(async (error, request, reply) => {
    if (request.method !== 'POST' || !(error instanceof AnswersRefused)) throw error
    return await asking(async asked => await showAgain(asked, errorsOf(error.wrong)))(request, reply.code(400))
  })

  app.get(address, asking(async asked => {
    const { request, query: { from, campaign } } = asked
    const copied = typeof from === 'string' ? await activityFor(request, from) : undefined
    const like = copied === undefined ? undefined : await getCurrentActivity(app.db, seal, copied.slug)
    return await show(asked, {
      campaign: copied?.campaign.slug ?? (typeof campaign === 'string' ? campaign : undefined),
      answers: like === undefined ? undefined : withoutDays(answersOf(like)),
      copied,
      submission: randomUUID()
    })
  }))

  app.post(address, { bodyLimit }, asking(form({
    schema: newForm, fields: activityFields, again: showAgain
  }, async asked => {
    const { request, input: { typed: answers, campaign: slug, copied: from, submission }, reply } = asked
    const staff = staffOf(request)
    const campaign = (await listCampaigns(app.db)).find(campaign => campaign.slug === slug)
    if (campaign === undefined) {
      return await showAgain({ ...asked, reply: reply.code(400) }, formError('form', 'Select a campaign'))
    }
    const copied = from === '' ? undefined : await activityFor(request, from)
    const like = copied === undefined ? undefined : await getCurrentActivity(app.db, seal, copied.slug)
    const around = await surroundingsFor(app.db, staff, campaign.districts)
    const made = await createActivity({ db: app.db, seal }, {
      submission, answers, base: newDraft(campaign, around.boundTo, like), copiedFrom: copied?.slug, around
    }, staff, app.clock())
    return await reply.redirect(`/staff/activities/${made}?done=created`, 303)
  })))

  async function showAgain (asked: Asked, errors: FormErrors): Promise<FastifyReply> {
    const { request, body } = asked
    const { campaign, copied, submission } = Object(body) as Record<string, unknown>
    return await show(asked, {
      campaign: typeof campaign === 'string' ? campaign : undefined,
      answers: typedAnswers(body),
      errors,
      copied: typeof copied === 'string' && copied !== '' ? await activityFor(request, copied) : undefined,
      submission: typeof submission === 'string' && isId(submission) ? submission : randomUUID()
    })
  }

  async function show ({ request, reply }: Asked, shown: {
    campaign: string | undefined,
    answers: Answers | undefined,
    errors?: FormErrors,
    copied: KnownActivity | undefined
    submission: string
  }): Promise<FastifyReply> {
    const staff = staffOf(request)
    const campaigns = await listCampaigns(app.db)
    const chosen = campaigns.length === 1 ? campaigns[0] : campaigns.find(({ slug }) => slug === shown.campaign)
    if (chosen === undefined) return reply.page('office/editor/choose-campaign', { staff, campaigns, errors: shown.errors })
    const around = await surroundingsFor(app.db, staff, chosen.districts)
    const given = shown.answers ?? emptyAnswers(around.boundTo)
    // An organiser who is bound to an agency may copy what another leads, but then leads the copy.
    const answers = around.boundTo === undefined ? given : { ...given, lead_agency: around.boundTo }
    return reply.page('office/editor/new-activity', { staff, ...newPageOf({ ...shown, answers, chosen, around }) })
  }
}

/** Publishing an activity and unpublishing it, with what is still missing. */
const publishRoutes: FastifyPluginAsync<ProgrammeRoutes> = async (app, { seal }) => {
  const address = '/activities/:slug/publish'
  const parts = { db: app.db, outbox: app.outbox, seal }

  // Before the routes below, which inherit it as it is at that moment.
  app.setErrorHandler(async (error, request, reply) => {
    if (error instanceof ConfirmationRequired) {
      return await organising(async asked => await show(asked, 200, { required: error }))(request, reply)
    }
    if (!(error instanceof PeopleRelyOnIt) && !(error instanceof NotReady)) throw error
    const errors = formError('form', error.message)
    return await organising(async asked => await show(asked, 409, { errors }))(request, reply)
  })

  app.get(address, organising(async asked => await show(asked, 200)))

  app.post(address, organising(async asked => {
    const { staff, activity, body, reply } = asked
    const form = confirmationForm.safeParse(body)
    if (!form.success) return await show(asked, 400, { errors: formErrors(form.error, []) })
    await publishActivity(parts, activity.slug, form.data.confirmed, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}?done=published`, 303)
  }))

  app.post('/activities/:slug/take-down', organising(async asked => {
    const { staff, activity, body, reply } = asked
    const form = buttonForm.safeParse(body)
    if (!form.success) return await show(asked, 400, { errors: formErrors(form.error, []) })
    await unpublishActivity(parts, activity.slug, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}?done=taken-down`, 303)
  }))

  async function show (
    { staff, activity, reply }: Running, status: number,
    tried: { required?: ConfirmationRequired, errors?: FormErrors } = {}
  ): Promise<FastifyReply> {
    const now = app.clock()
    const [current, contactsUnchecked] = await Promise.all([
      getCurrentActivity(app.db, seal, activity.slug), listContactsUnchecked(app.db, checkedLongAgo(now))
    ])
    const required = tried.required ?? new ConfirmationRequired(await effectsOfPublishing(app.db, activity.id, now))
    const missing = missingFrom(current, { contactsUnchecked }, now)
    const model = publishPageOf(activity, missing, required, tried.errors)
    return reply.code(status).page('office/editor/publish', { staff, ...model })
  }
}

/** Deleting a draft: first a page that says what is deleted with it, or why it cannot be. */
const deletionRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/deletion'

  // Before the routes below, which inherit it as it is at that moment.
  app.setErrorHandler(async (error, request, reply) => {
    if (!(error instanceof CannotBeDeleted)) throw error
    return await organising(async asked =>
      await show(asked, undefined, error.message))(request, reply.code(409))
  })

  app.get(address, organising(async asked => await show(asked)))

  app.post(address, organising(form({ schema: buttonForm, again: show }, async ({ staff, activity, reply }) => {
    await deleteDraft({ db: app.db, outbox: app.outbox }, activity.id, staff, app.clock())
    return await reply.redirect('/staff/activities?done=deleted', 303)
  })))

  async function show (
    { staff, activity, reply }: Running, errors?: FormErrors, refusal?: string
  ): Promise<FastifyReply> {
    const because = refusal ?? whyNotDeleted(activity, await reliedOn(app.db, activity.id))
    const hasMeeting = await hasMeetingOfOurs(app.db, activity.id)
    return reply.page('office/editor/delete-draft', { staff, ...deletionPageOf(activity, because, hasMeeting), errors })
  }
}

/** Making an activity again on other days, as drafts: all or none. */
const repeatRoutes: FastifyPluginAsync<ProgrammeRoutes> = async (app, { seal }) => {
  const address = '/activities/:slug/repeat'

  // Before the routes below, which inherit it as it is at that moment.
  app.setErrorHandler(async (error, request, reply) => {
    if (!(error instanceof AnswersRefused)) throw error
    return await organising(async asked => show(asked, errorsOf(error.wrong)))(request, reply.code(400))
  })

  app.get(address, organising(async asked => show(asked)))

  app.post(address, organising(form({
    schema: repeatForm, fields: repeatFields, again: show
  }, async ({ staff, activity, input: { submission, weeks, listed }, reply }) => {
    const days = weeks === undefined ? listed : weeksAfter(firstDayOf(activity), weeks)
    await repeatActivity({ db: app.db, seal }, activity.slug, { submission, days }, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}?done=repeated`, 303)
  })))

  function show ({ staff, activity, body, reply }: Running, errors?: FormErrors): FastifyReply {
    const values = typedOf(body, [...repeatFields, 'submission'])
    const submission = isId(values.submission ?? '') ? values.submission : randomUUID()
    return reply.page('office/editor/repeat', { staff, ...runningOf(activity), values, submission, errors })
  }
}

/** How people join and which emails they get; a change that reaches people says so first. */
const arrangementRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/arrangements'

  // Before the routes below, which inherit it as it is at that moment.
  app.setErrorHandler(async (error, request, reply) => {
    if (error instanceof ConfirmationRequired) {
      return await running(async ({ staff, activity, body, reply }) =>
        reply.page('identity/staff/effects', { staff, ...arrangementEffectsPageOf(activity, error, body) }))(request, reply)
    }
    // Cancelled or over by now: the page shows that itself.
    if (!(error instanceof BookingNotOpen)) throw error
    return await running(async asked => await show(asked, 409))(request, reply)
  })

  app.get(address, running(async asked => await show(asked, 200)))

  app.post(address, running(async asked => {
    const { staff, activity, body, reply } = asked
    const read = arrangementsForm(activity).safeParse(body)
    if (!read.success) return await show(asked, 400, formErrors(read.error, arrangementsFields))
    await changeArrangements(app.db, app.outbox, activity.id, read.data, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}?done=arrangements`, 303)
  }))

  async function show ({ staff, activity, body, reply }: Running, status: number, errors?: FormErrors) {
    const { confirmed, toCallWithPlace } = await countRecipients(app.db, activity)
    const given = errors && { typed: body, errors }
    const model = arrangementsPageOf(activity, { reached: confirmed, toCall: toCallWithPlace }, app.clock(), given)
    return reply.code(status).page('office/editor/arrangements', { staff, ...model })
  }
}
