import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import { anew, running } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import type { BookingAddress } from '../bookings/booking-address.ts'
import { bookingIn } from '../bookings/booking-address.ts'
import { isReachable } from '../bookings/booking.ts'
import { getBooking, listPriorityGroups } from '../bookings/queries.ts'
import { form } from '../../platform/http/form.ts'
import { pageNumber, sentenceFor } from '../../platform/http/url-params.ts'
import { firstSentence, formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { perPage } from '../../platform/http/pagination.ts'
import { confirming } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { may, requirePermission } from '../../identity/staff/roles.ts'
import { NotByHand, NotWaiting, PartyDoesNotFit, PriorityGroupUnknown } from './errors.ts'
import { pickFromLine } from './pick.ts'
import { prioritise } from './priority-groups.ts'
import { countByPriority, listLine, listOffered } from './queries.ts'
import { placeForm, turnForm } from './schema.ts'
import { linePageOf, pickEffectsPageOf, seesNames } from './line-staff-page.ts'
import type { Refused } from './line-staff-page.ts'

export const done = {
  placed: 'The place is given, and we email them.',
  'placed-to-call': 'The place is given. Emails do not reach them: call them.',
  'placed-to-have-called': 'The place is given. Emails do not reach them: ask an organiser to call them.',
  moved: 'Their turn is changed.',
  named: 'The group is saved.',
  removed: 'The group is removed. Its people now wait with everyone else, in the order they joined.'
}

const changedMeanwhile = 'Something has changed while you were reading, so nothing is done yet. Press the button again if it is still right.'

/** The line, and what can be done for someone in it. */
export const lineRoutes: FastifyPluginAsync = async app => {
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
