import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { activityFor } from '../../programme/activities/staff-routes.ts'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { idFromForm } from '../../platform/named-id.ts'
import { formErrors } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, sentenceFor } from '../../platform/http/url-params.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { ConfirmationRequired, effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { confirmationForm } from '../../identity/staff/schema.ts'
import { dayOf } from '../../programme/support/kept-contact.ts'
import { changeHold, effectsOfLifting, liftHold, setHold } from './commands.ts'
import { LegalHoldLifted, LegalHoldNotFound } from './errors.ts'
import type { Held, HoldDraft, LegalHold } from './legal-hold.ts'
import { getLegalHold, listLiftedHolds, listActiveHolds } from './queries.ts'
import { activityHoldForm, holdChangeForm, holdFields, personHoldForm } from './schema.ts'
import { holdFormOf, holdOf, holdsPageOf } from './staff-page.ts'
import type { TypedHold } from './staff-page.ts'

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
      ...holdsPageOf({ active, lifted }, app.clock()),
      done: sentenceFor(done, request.query.done)
    })
  })

  await app.register(settingRoutes)
  await app.register(changingRoutes)
}

/** Setting a hold: on a person by their address, on an activity from its page. */
const settingRoutes: FastifyPluginAsync = async app => {
  app.get('/legal-holds/new', async (request, reply) => showPerson(request, reply))

  app.post('/legal-holds/new', async (request, reply) => {
    const read = personHoldForm(dayOf(app.clock())).safeParse(request.body ?? {})
    if (!read.success) return showPerson(request, reply.code(400), formErrors(read.error, holdFields))
    const { email, ...form } = read.data
    return await set(request, reply, { canonicalEmail: canonicalAddress(email) }, form, '/staff/legal-holds/new')
  })

  app.get<Slug>('/activities/:slug/legal-hold', async (request, reply) => await showActivity(request, reply))

  app.post<Slug>('/activities/:slug/legal-hold', async (request, reply) => {
    const { id, slug, title } = await activityFor(request, request.params.slug)
    const read = activityHoldForm(dayOf(app.clock())).safeParse(request.body ?? {})
    if (!read.success) return await showActivity(request, reply.code(400), formErrors(read.error, holdFields))
    const of = { activity: { id, slug, title } }
    return await set(request, reply, of, read.data, `/staff/activities/${slug}/legal-hold`)
  })

  async function set (
    request: FastifyRequest, reply: FastifyReply, of: Held,
    { submission, confirmed, ...form }: Form & { submission: string, confirmed?: string | undefined },
    action: string
  ): Promise<FastifyReply> {
    const on = 'activity' in of ? { activity: of.activity.id } : of
    const id = idFromForm(submission, { on, ...form })
    try {
      await setHold(app.db, { id, of, confirmed, ...draftOf(form) }, staffOf(request), app.clock())
    } catch (error) {
      if (!(error instanceof ConfirmationRequired)) throw error
      return reply.page('office/legal-holds/legal-hold-effects', {
        staff: staffOf(request),
        heading: 'Do you want to set this legal hold?',
        lead: 'Nothing is set yet. If you set it:',
        button: 'Set the legal hold',
        ...effectsOf(error),
        fields: hiddenFieldsOf(request.body),
        action,
        leaveHref: '/staff/legal-holds'
      })
    }
    return await reply.redirect('/staff/legal-holds?done=set', 303)
  }

  function showPerson (request: FastifyRequest, reply: FastifyReply, errors?: FormErrors): FastifyReply {
    return reply.page('office/legal-holds/legal-hold-form', {
      staff: staffOf(request),
      ...holdFormOf({
        action: '/staff/legal-holds/new',
        backHref: '/staff/legal-holds',
        backText: 'Back to legal holds',
        heading: 'Legal hold on a person',
        asksEmail: true,
        submission: submissionIn(request)
      }, typedIn(request, errors))
    })
  }

  async function showActivity (
    request: FastifyRequest<Slug>, reply: FastifyReply, errors?: FormErrors
  ): Promise<FastifyReply> {
    const { slug, title } = await activityFor(request, request.params.slug)
    const href = `/staff/activities/${slug}`
    return reply.page('office/legal-holds/legal-hold-form', {
      staff: staffOf(request),
      ...holdFormOf({
        action: `${href}/legal-hold`,
        backHref: href,
        backText: 'Back to the activity',
        heading: `Legal hold on ${title}`,
        submission: submissionIn(request)
      }, typedIn(request, errors))
    })
  }
}

/** Changing a hold, which is also how a review is recorded, and lifting it. */
const changingRoutes: FastifyPluginAsync = async app => {
  app.get<Address>('/legal-holds/:id', async (request, reply) => show(request, reply, await holdFor(request)))

  app.post<Address>('/legal-holds/:id', async (request, reply) => {
    const hold = await holdFor(request)
    const read = holdChangeForm(dayOf(app.clock())).safeParse(request.body ?? {})
    if (!read.success) return show(request, reply.code(400), hold, typedIn(request, formErrors(read.error, holdFields)))
    await changeHold(app.db, hold.id, draftOf(read.data), staffOf(request), app.clock())
    return await reply.redirect('/staff/legal-holds?done=changed', 303)
  })

  app.get<Address>('/legal-holds/:id/lifting', async (request, reply) => {
    const hold = await holdFor(request)
    return showLifting(request, reply, hold, await requiredBy(hold))
  })

  app.post<Address>('/legal-holds/:id/lifting', async (request, reply) => {
    const hold = await holdFor(request)
    const read = confirmationForm.safeParse(request.body ?? {})
    if (!read.success) {
      const errors = formErrors(read.error, [])
      return showLifting(request, reply.code(400), hold, await requiredBy(hold), errors)
    }
    try {
      await liftHold(app.db, hold.id, read.data.confirmed, staffOf(request), app.clock())
    } catch (error) {
      if (!(error instanceof ConfirmationRequired)) throw error
      return showLifting(request, reply, hold, error)
    }
    return await reply.redirect('/staff/legal-holds?done=lifted', 303)
  })

  /** The effects of lifting a hold, none of them read yet. */
  async function requiredBy (hold: LegalHold): Promise<ConfirmationRequired> {
    return new ConfirmationRequired({ sentences: await effectsOfLifting(app.db, hold, app.clock()), changes: [] })
  }

  /** The hold that an address names, which must be active. */
  async function holdFor ({ params: { id } }: FastifyRequest<Address>): Promise<LegalHold> {
    if (!isId(id)) throw new LegalHoldNotFound()
    const hold = await getLegalHold(app.db, id)
    if (hold.liftedAt !== undefined) throw new LegalHoldLifted()
    return hold
  }

  function show (request: FastifyRequest, reply: FastifyReply, hold: LegalHold, typed?: TypedHold): FastifyReply {
    const shown = holdOf(hold, app.clock())
    return reply.page('office/legal-holds/legal-hold-form', {
      staff: staffOf(request),
      hold: shown,
      ...holdFormOf({
        action: shown.href,
        backHref: '/staff/legal-holds',
        backText: 'Back to legal holds',
        heading: `Legal hold on ${shown.on}`,
        hold
      }, typed)
    })
  }

  function showLifting (
    request: FastifyRequest, reply: FastifyReply, hold: LegalHold, required: ConfirmationRequired, errors?: FormErrors
  ): FastifyReply {
    const { liftingHref: action, on } = holdOf(hold, app.clock())
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
      leaveHref: '/staff/legal-holds'
    })
  }
}

interface Form { reason: string, owner: string, review_on: string }

function draftOf ({ reason, owner, review_on: reviewOn }: Form): HoldDraft {
  return { reason, owner, reviewOn }
}

function typedIn ({ body }: FastifyRequest, errors: FormErrors | undefined): TypedHold | undefined {
  return errors && { values: typedOf(body, holdFields), errors }
}

/** After a mistake the form keeps its id. */
function submissionIn ({ body }: FastifyRequest): string {
  const { submission } = typedOf(body, ['submission'])
  return submission !== undefined && isId(submission) ? submission : randomUUID()
}
