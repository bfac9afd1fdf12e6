import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify'
import { BookingNotOpen, assertToCome, ListStillNeeded } from '../../programme/activities/errors.ts'
import { listOtherDates } from '../../programme/activities/known-activities.ts'
import { supplyFields, supplyForm } from '../../programme/activities/schema.ts'
import { anew, running } from '../../programme/activities/staff-routes.ts'
import type { Running, RunningAddress } from '../../programme/activities/staff-routes.ts'
import type { BookingAddress } from '../bookings/booking-address.ts'
import { bookingIn } from '../bookings/booking-address.ts'
import { isReachable } from '../bookings/booking.ts'
import { getBooking, listPriorityGroups } from '../bookings/queries.ts'
import type { PriorityGroup } from '../bookings/effective-status.ts'
import { form } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { pageNumber, sentenceFor } from '../../platform/http/url-params.ts'
import { firstSentence, formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { perPage } from '../../platform/http/pagination.ts'
import { ConfirmationRequired, confirming } from '../../identity/staff/confirmation.ts'
import { may, requirePermission } from '../../identity/staff/roles.ts'
import type { Seal } from '../../platform/seal.ts'
import { effectsOfAnotherDate, makeAnotherDate } from './another-date.ts'
import { DateWrong, NotByHand, NotWaiting, PartyDoesNotFit, PriorityGroupUnknown } from './errors.ts'
import { oneHoldStaffRoutes } from './hold-staff-routes.ts'
import { pickFromLine } from './pick.ts'
import { namePriorityGroup, prioritise, removePriorityGroup } from './priority-groups.ts'
import { countByPriority, listLine, listOffered } from './queries.ts'
import {
  anotherDateFields, anotherDateForm, buttonForm, groupFields, groupForm, newGroupFields, newGroupForm, placeForm,
  turnForm
} from './schema.ts'
import {
  anotherDatePageOf, groupPageOf, groupRemovalPageOf, linePageOf, pickEffectsPageOf, seesNames, supplyEffectsPageOf,
  supplyPageOf
} from './staff-page.ts'
import type { Refused } from './staff-page.ts'
import { changeSupply } from './supply.ts'

/** How many places there are and are kept, the waiting list, who goes first on it, and another date for those on it. */
export const waitingListStaffRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  requirePermission(app, 'run activities')
  await app.register(supplyRoutes)
  await app.register(lineRoutes)
  await app.register(groupRoutes)
  await app.register(anotherDateRoutes, { seal })
  await app.register(oneHoldStaffRoutes)
}

/**
 * How many places an activity gives and how its waiting list works; if a change reaches people, a page says so first.
 */
const supplyRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/places'

  app.get(address, running(async ({ staff, activity, reply }) => {
    assertToCome(activity, app.clock())
    return reply.page('booking/waiting-list/places', { staff, ...supplyPageOf(activity) })
  }))

  app.post(address, running(confirming(showEffects, form({
    schema: supplyForm,
    fields: supplyFields,
    again: anew(showAgain),
    refused: shownAt('waiting_list', ListStillNeeded)
  }, async ({ staff, activity, input, reply }) => {
    await changeSupply(app.db, app.outbox, activity.id, input, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}?done=places`, 303)
  }))))

  function showAgain ({ staff, activity, body, reply }: Running, errors: FormErrors): FastifyReply {
    const typed = typedOf(body, supplyFields)
    return reply.page('booking/waiting-list/places', { staff, ...supplyPageOf(activity, typed, errors) })
  }

  function showEffects ({ staff, activity, body, reply }: Running, required: ConfirmationRequired): FastifyReply {
    return reply.page('identity/staff/effects', { staff, ...supplyEffectsPageOf(activity, required, body) })
  }
}

const done = {
  placed: 'The place is given, and we email them.',
  'placed-to-call': 'The place is given. Emails do not reach them: call them.',
  'placed-to-have-called': 'The place is given. Emails do not reach them: ask an organiser to call them.',
  moved: 'Their turn is changed.',
  named: 'The group is saved.',
  removed: 'The group is removed. Its people now wait with everyone else, in the order they joined.'
}

const changedMeanwhile = 'Something has changed while you were reading, so nothing is done yet. Press the button again if it is still right.'

/** The line, and what can be done for someone in it. */
const lineRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'admit people')
  const address = '/activities/:slug/waiting-list'

  app.get(address, running(async asked => await show(asked, pageNumber(asked.query.page))))

  await app.register(turnRoutes)

  /** Who goes first is for those who run the activity. */
  async function turnRoutes (app: FastifyInstance): Promise<void> {
    requirePermission(app, 'run activities')
    app.post(`${address}/:booking/group`, ofBooking(form({
      schema: turnForm, again: anew(showAgain), refused: shownAt('form', PriorityGroupUnknown, NotWaiting)
    }, async asked => {
      await prioritise(app.db, asked.bookingId, asked.input.rank, asked.staff, app.clock())
      return await goBack(asked, 'moved')
    })))
  }

  app.post(`${address}/:booking/place`, ofBooking(confirming(showEffects, form({
    schema: placeForm,
    again: anew(showAgain),
    refused: shownAt('form', BookingNotOpen, NotByHand, NotWaiting, PartyDoesNotFit)
  }, async asked => {
    await pickFromLine(app.db, app.outbox, asked.bookingId, asked.input.confirmed, asked.staff, app.clock())
    const isTold = isReachable(await getBooking(app.db, asked.bookingId))
    const toCall = may(asked.staff, 'know attendees', asked.activity) ? 'placed-to-call' : 'placed-to-have-called'
    return await goBack(asked, isTold ? 'placed' : toCall)
  }))))

  /** What is asked about a booking of an activity. */
  function ofBooking (answer: (asked: Running<BookingAddress> & { bookingId: string }) => Promise<FastifyReply>) {
    return running<BookingAddress>(async asked => {
      const { id } = await bookingIn(asked)
      return await answer({ ...asked, bookingId: id })
    })
  }

  async function show ({ staff, activity, query, reply }: Running, page: number, refused?: Refused) {
    const [line, offered, groups, counts] = await Promise.all([
      listLine(app.db, activity.id, { skip: (page - 1) * perPage, take: perPage }),
      listOffered(app.db, activity.id, perPage),
      listPriorityGroups(app.db, activity.id),
      countByPriority(app.db, activity.id)
    ])
    const model = linePageOf({ staff, activity, line, offered, groups, counts, page }, app.clock(), refused)
    return reply.page('booking/waiting-list/waiting-list', { staff, ...model, done: sentenceFor(done, query.done) })
  }

  async function showAgain (asked: Running<BookingAddress>, errors: FormErrors): Promise<FastifyReply> {
    return await show(asked, pageOf(asked), { bookingId: asked.params.booking, sentence: firstSentence(errors) })
  }

  async function showEffects (asked: Running<BookingAddress>, required: ConfirmationRequired): Promise<FastifyReply> {
    const { staff, activity, params, body, reply } = asked
    if (!seesNames(staff, activity, app.clock())) {
      return await anew(showAgain)({ ...asked, reply: reply.code(409) }, formError('form', changedMeanwhile))
    }
    const model = pickEffectsPageOf(activity, params.booking, required, body)
    return reply.page('identity/staff/effects', { staff, ...model })
  }

  async function goBack (asked: Running, what: keyof typeof done): Promise<FastifyReply> {
    const page = pageOf(asked)
    const address = `/staff/activities/${asked.activity.slug}/waiting-list?done=${what}`
    return await asked.reply.redirect(page === 1 ? address : `${address}&page=${page}`, 303)
  }
}

/** The page on which a button was pressed. */
function pageOf ({ body }: Running): number {
  return pageNumber((body as { page?: unknown }).page)
}

interface GroupAddress extends RunningAddress { Params: { slug: string, rank: string } }

/** What is asked about a priority group, and all groups of its activity. */
type OfGroup = Running<GroupAddress> & { group: PriorityGroup, groups: PriorityGroup[] }

/** The groups of people who go first. */
const groupRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/waiting-list/groups'

  app.get(address, running(async asked => await showNew(asked)))

  app.post(address, running(form({
    schema: newGroupForm, fields: newGroupFields, again: showNew
  }, async asked => {
    const { staff, activity, input, reply } = asked
    const groups = await listPriorityGroups(app.db, activity.id)
    const taken = groups.find(({ rank }) => rank === input.rank)
    if (taken !== undefined) {
      reply.code(409)
      return await showNew(asked, formError('rank', `The group “${taken.name}” has this turn. Choose another.`))
    }
    await namePriorityGroup(app.db, activity.id, input, staff, app.clock())
    return await goBack(asked, 'named')
  })))

  app.get(`${address}/:rank`, ofGroup(async asked => show(asked)))

  app.post(`${address}/:rank`, ofGroup(form({
    schema: groupForm, fields: groupFields, again: show
  }, async asked => {
    const { staff, activity, group: { rank }, input } = asked
    await namePriorityGroup(app.db, activity.id, { rank, ...input }, staff, app.clock())
    return await goBack(asked, 'named')
  })))

  app.get(`${address}/:rank/removal`, ofGroup(async asked => await askBack(asked)))

  app.post(`${address}/:rank/removal`, ofGroup(form({
    schema: buttonForm, again: askBack
  }, async asked => {
    const { staff, activity, group: { rank } } = asked
    await removePriorityGroup(app.db, activity.id, rank, staff, app.clock())
    return await goBack(asked, 'removed')
  })))

  /** What is asked about a group, which an address names by its rank. */
  function ofGroup (answer: (asked: OfGroup) => Promise<FastifyReply>) {
    return running<GroupAddress>(async asked => {
      const groups = await listPriorityGroups(app.db, asked.activity.id)
      const group = groups.find(({ rank }) => String(rank) === asked.params.rank)
      if (group === undefined) throw new PriorityGroupUnknown()
      return await answer({ ...asked, group, groups })
    })
  }

  async function showNew ({ staff, activity, body, reply }: Running, errors?: FormErrors): Promise<FastifyReply> {
    const groups = await listPriorityGroups(app.db, activity.id)
    const model = groupPageOf({ activity, groups }, errors && typedOf(body, newGroupFields), errors)
    return reply.page('booking/waiting-list/group', { staff, ...model })
  }

  function show (asked: OfGroup, errors?: FormErrors): FastifyReply {
    const { staff, activity, group: { rank }, groups, body, reply } = asked
    const model = groupPageOf({ activity, groups, rank }, errors && typedOf(body, groupFields), errors)
    return reply.page('booking/waiting-list/group', { staff, ...model })
  }

  async function askBack ({ staff, activity, group, reply }: OfGroup, errors?: FormErrors): Promise<FastifyReply> {
    const people = (await countByPriority(app.db, activity.id)).get(group.rank) ?? 0
    return reply.page('booking/waiting-list/remove-group', { staff, ...groupRemovalPageOf({ activity, group, people }, errors) })
  }

  async function goBack ({ activity, reply }: Running, what: keyof typeof done): Promise<FastifyReply> {
    return await reply.redirect(`/staff/activities/${activity.slug}/waiting-list?done=${what}`, 303)
  }
}

/** Another date for those who wait. */
const anotherDateRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  const address = '/activities/:slug/another-date'

  app.get(address, running(async asked => await show(asked)))

  app.post(address, running(confirming(showEffects, form({
    schema: ({ activity }) => anotherDateForm(activity, app.clock()),
    fields: anotherDateFields,
    again: show,
    refused: shownAt('date', DateWrong)
  }, async ({ staff, activity, input: { joinUrl, ...date }, reply }) => {
    const joinUrlSealed = joinUrl === undefined ? undefined : seal.close(joinUrl)
    const slug = await makeAnotherDate(app.db, app.outbox, activity.id, { ...date, joinUrlSealed }, staff, app.clock())
    return await reply.redirect(`/staff/activities/${slug}?done=another-date`, 303)
  }))))

  async function show (asked: Running, errors?: FormErrors): Promise<FastifyReply> {
    const effects = await effectsOfAnotherDate(app.db, asked.activity)
    return await showEffects(asked, new ConfirmationRequired(effects), errors)
  }

  async function showEffects (
    { staff, activity, body, reply }: Running, required: ConfirmationRequired, errors?: FormErrors
  ): Promise<FastifyReply> {
    const dates = await listOtherDates(app.db, staff, activity)
    const typed = typedOf(body, anotherDateFields)
    const model = anotherDatePageOf({ activity, dates, required }, app.clock(), typed, errors)
    return reply.page('booking/waiting-list/another-date', { staff, ...model })
  }
}
