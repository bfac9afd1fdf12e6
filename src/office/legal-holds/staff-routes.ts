import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { activityFor } from '../../programme/activities/staff-routes.ts'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf, submissionIn } from '../../platform/http/form-answers.ts'
import { idFromForm } from '../../platform/named-id.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, sentenceFor } from '../../platform/http/url-params.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { ConfirmationRequired, confirming, effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { confirmationForm } from '../../identity/staff/schema.ts'
import { dayOf } from '../../programme/support/kept-contact.ts'
import { changeLegalHold, effectsOfLifting, liftLegalHold, setLegalHold } from './commands.ts'
import { LegalHoldLifted, LegalHoldNotFound } from './errors.ts'
import type { Held, LegalHoldDraft, LegalHold } from './legal-hold.ts'
import { getLegalHold, listLiftedHolds, listActiveHolds } from './queries.ts'
import { activityLegalHoldForm, legalHoldChangeForm, legalHoldFields, personLegalHoldForm } from './schema.ts'
import { legalHoldFormOf, legalHoldOf, legalHoldsPageOf } from './staff-page.ts'
import type { LegalHoldForm, TypedLegalHold } from './staff-page.ts'

interface Listed { Querystring: { done?: unknown } }
interface Address { Params: { id: string } }
interface Slug { Params: { slug: string } }

/** Maximum number of lifted holds shown. */
const maxLifted = 20

const done = {
  set: 'The legal hold is set.',
  changed: 'The legal hold is changed.',
  lifted: 'The legal hold is lifted. What it kept is deleted on its day, or in the next night where that has passed.'
}

/** Keeping what would be deleted, because an inquiry or a court may need it. */
export const legalHoldStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'answer for personal data')

  app.get<Listed>('/legal-holds', async (request, reply) => {
    const [active, lifted] = await Promise.all([listActiveHolds(app.db), listLiftedHolds(app.db, maxLifted)])
    return reply.page('office/legal-holds/legal-holds', {
      staff: staffOf(request),
      ...legalHoldsPageOf({ active, lifted }, app.clock()),
      done: sentenceFor(done, request.query.done)
    })
  })

  await app.register(settingRoutes)
  await app.register(changingRoutes)
}

/** What is asked about a hold that is to be set, and the form for it. */
type OfNewLegalHold = Asked & { page: LegalHoldForm, activity?: KnownActivity }

/** Setting a hold: on a person by their address, on an activity from its page. */
const settingRoutes: FastifyPluginAsync = async app => {
  app.get('/legal-holds/new', ofPerson(async asked => show(asked)))

  app.post('/legal-holds/new', ofPerson(confirming(showEffects, form({
    schema: () => personLegalHoldForm(dayOf(app.clock())), fields: legalHoldFields, again: show
  }, async asked => {
    const { email, ...draft } = asked.input
    return await set(asked, { canonicalEmail: canonicalAddress(email) }, draft)
  }))))

  app.get('/activities/:slug/legal-hold', ofActivity(async asked => show(asked)))

  app.post('/activities/:slug/legal-hold', ofActivity(confirming(showEffects, form({
    schema: () => activityLegalHoldForm(dayOf(app.clock())), fields: legalHoldFields, again: show
  }, async asked => {
    const { activity: { id, slug, title }, input } = asked
    return await set(asked, { activity: { id, slug, title } }, input)
  }))))

  function ofPerson (answer: (asked: OfNewLegalHold) => Promise<FastifyReply>) {
    return asking(async asked => await answer({
      ...asked,
      page: {
        action: '/staff/legal-holds/new',
        backHref: '/staff/legal-holds',
        backText: 'Back to legal holds',
        heading: 'Legal hold on a person',
        asksEmail: true
      }
    }))
  }

  function ofActivity (answer: (asked: OfNewLegalHold & { activity: KnownActivity }) => Promise<FastifyReply>) {
    return asking<Slug>(async asked => {
      const activity = await activityFor(asked.request, asked.params.slug)
      const href = `/staff/activities/${activity.slug}`
      return await answer({
        ...asked,
        activity,
        page: {
          action: `${href}/legal-hold`,
          backHref: `${href}/settings`,
          backText: 'Back to settings',
          heading: 'Legal hold on this activity'
        }
      })
    })
  }

  async function set (
    { request, reply }: Asked, of: Held,
    { submission, confirmed, ...draft }: Form & { submission: string, confirmed?: string | undefined }
  ): Promise<FastifyReply> {
    const on = 'activity' in of ? { activity: of.activity.id } : of
    const id = idFromForm(submission, { on, ...draft })
    await setLegalHold(app.db, { id, of, confirmed, ...draftOf(draft) }, staffOf(request), app.clock())
    return await reply.redirect('/staff/legal-holds?done=set', 303)
  }

  function show ({ request, page, activity, body, reply }: OfNewLegalHold, errors?: FormErrors): FastifyReply {
    const model = legalHoldFormOf({ ...page, submission: submissionIn(body) }, typedIn(body, errors))
    return reply.page('office/legal-holds/legal-hold-form', {
      staff: staffOf(request), ...(activity && runningOf(activity)), ...model
    })
  }

  function showEffects (
    { request, page: { action, backHref, backText }, activity, body, reply }: OfNewLegalHold,
    required: ConfirmationRequired
  ): FastifyReply {
    return reply.page('office/legal-holds/legal-hold-effects', {
      staff: staffOf(request),
      ...(activity && runningOf(activity)),
      heading: 'Do you want to set this legal hold?',
      lead: 'Nothing is set yet. If you set it:',
      button: 'Set the legal hold',
      ...effectsOf(required),
      fields: hiddenFieldsOf(body),
      action,
      backText,
      backHref
    })
  }
}

/** What is asked about a hold. */
type OfLegalHold = Asked<Address> & { hold: LegalHold }

/** Changing a hold, which is also how a review is recorded, and lifting it. */
const changingRoutes: FastifyPluginAsync = async app => {
  app.get('/legal-holds/:id', ofLegalHold(async asked => show(asked)))

  app.post('/legal-holds/:id', ofLegalHold(form({
    schema: () => legalHoldChangeForm(dayOf(app.clock())), fields: legalHoldFields, again: show
  }, async ({ request, hold, input, reply }) => {
    await changeLegalHold(app.db, hold.id, draftOf(input), staffOf(request), app.clock())
    return await reply.redirect('/staff/legal-holds?done=changed', 303)
  })))

  app.get('/legal-holds/:id/lifting', ofLegalHold(async asked => await showLifting(asked)))

  app.post('/legal-holds/:id/lifting', ofLegalHold(confirming(showLiftingEffects, form({
    schema: confirmationForm, again: showLifting
  }, async ({ request, hold, input: { confirmed }, reply }) => {
    await liftLegalHold(app.db, hold.id, confirmed, staffOf(request), app.clock())
    return await reply.redirect('/staff/legal-holds?done=lifted', 303)
  }))))

  /** What is asked about the hold that an address names, which must be active. */
  function ofLegalHold (answer: (asked: OfLegalHold) => Promise<FastifyReply>) {
    return asking<Address>(async asked => {
      const { id } = asked.params
      if (!isId(id)) throw new LegalHoldNotFound()
      const hold = await getLegalHold(app.db, id)
      if (hold.liftedAt !== undefined) throw new LegalHoldLifted()
      return await answer({ ...asked, hold })
    })
  }

  function show ({ request, hold, body, reply }: OfLegalHold, errors?: FormErrors): FastifyReply {
    const shown = legalHoldOf(hold, app.clock())
    return reply.page('office/legal-holds/legal-hold-form', {
      staff: staffOf(request),
      hold: shown,
      ...legalHoldFormOf({
        action: shown.href,
        backHref: '/staff/legal-holds',
        backText: 'Back to legal holds',
        heading: `Legal hold on ${shown.on}`,
        hold
      }, typedIn(body, errors))
    })
  }

  async function showLifting (asked: OfLegalHold, errors?: FormErrors): Promise<FastifyReply> {
    const sentences = await effectsOfLifting(app.db, asked.hold, app.clock())
    return showLiftingEffects(asked, new ConfirmationRequired({ sentences, changes: [] }), errors)
  }

  function showLiftingEffects (
    { request, hold, reply }: OfLegalHold, required: ConfirmationRequired, errors?: FormErrors
  ): FastifyReply {
    const { liftingHref: action, on } = legalHoldOf(hold, app.clock())
    return reply.page('office/legal-holds/legal-hold-effects', {
      staff: staffOf(request),
      errors,
      heading: `Do you want to lift the legal hold on ${on}?`,
      lead: 'Nothing is lifted yet. If you lift it:',
      button: 'Lift the legal hold',
      classes: 'govuk-button--warning',
      ...effectsOf(required),
      fields: [],
      action,
      backText: 'Back to legal holds',
      backHref: '/staff/legal-holds'
    })
  }
}

interface Form { reason: string, owner: string, review_on: string }

function draftOf ({ reason, owner, review_on: reviewOn }: Form): LegalHoldDraft {
  return { reason, owner, reviewOn }
}

function typedIn (body: unknown, errors: FormErrors | undefined): TypedLegalHold | undefined {
  return errors && { values: typedOf(body, legalHoldFields), errors }
}
