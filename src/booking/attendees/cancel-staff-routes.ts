import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { BookingNotOpen, assertToCome } from '../../programme/activities/errors.ts'
import { organising, running } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { form } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { ConfirmationRequired, confirming } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { confirmationForm } from '../../identity/staff/schema.ts'
import type { BookingAddress } from '../bookings/booking-address.ts'
import { bookingIn } from '../bookings/booking-address.ts'
import { liveStatuses } from '../bookings/booking.ts'
import type { Booking } from '../bookings/booking.ts'
import { cancelActivity, cancelBookingsByStaff } from '../bookings/cancel.ts'
import { bookingCancellationPageOf, bookingsCancellationPageOf, cancellationPageOf } from './cancel-staff-page.ts'
import { chooseAgain, ofOne, withoutGone } from './choose-again.ts'
import { attendeesHref, listAfter, listLeft } from './list-left.ts'
import { activityCancellationEffects, bookingCancellationEffects } from '../bookings/effects.ts'
import { AlreadyCancelled } from '../bookings/errors.ts'
import { getChosen } from '../bookings/queries.ts'
import { countRecipients } from '../bookings/recipients.ts'
import { cancellationFields, cancellationForm, chosenFields, chosenForm, chosenIn } from '../bookings/schema.ts'

/** Cancelling an activity: a page that says what it does and asks why, and its button. */
export const cancellationRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'run activities')
  const address = '/activities/:slug/cancellation'

  app.get(address, organising(async asked => await show(asked)))

  app.post(address, organising(confirming(showEffects, form({
    schema: ({ activity }: Running) => cancellationForm(activity), fields: cancellationFields, again: show
  }, async ({ staff, activity, input, reply }) => {
    await cancelActivity(app.db, app.outbox, activity.id, input, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}?done=cancelled`, 303)
  }))))

  async function show (asked: Running, errors?: FormErrors): Promise<FastifyReply> {
    const { activity } = asked
    assertToCome(activity, app.clock())
    const effects = activityCancellationEffects(await countRecipients(app.db, activity))
    return showEffects(asked, new ConfirmationRequired(effects), errors)
  }

  function showEffects (
    { staff, activity, body, reply }: Running, required: ConfirmationRequired, errors?: FormErrors
  ): FastifyReply {
    const model = cancellationPageOf(activity, required, { typed: typedOf(body, cancellationFields), errors })
    return reply.page('booking/attendees/cancel-activity', { staff, ...model })
  }
}

/** What is said once the bookings of some people are cancelled. */
function doneFor (chosen: number, { told, toCall }: { told: number, toCall: number }): string {
  const what = chosen === 1 ? 'booking-cancelled' : 'bookings-cancelled'
  if (toCall > 0) return `${what}-to-call`
  return told > 0 ? what : `${what}-untold`
}

/** What is asked about a booking of an activity. */
type OfBooking = Running<BookingAddress> & { booking: Booking }

/** Cancelling one booking: a page that says what it does, and its button. */
export const bookingCancellationRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'run activities')
  const address = '/activities/:slug/bookings/:booking/cancellation'

  app.get(address, ofBooking(async asked => show(asked)))

  app.post(address, ofBooking(confirming(showEffects, form({
    schema: confirmationForm, again: show
  }, async ({ staff, activity, booking, input: { confirmed }, reply }) => {
    const bookings = { activityId: activity.id, bookingIds: [booking.id], confirmed }
    const what = doneFor(1, await ofOne(cancelBookingsByStaff(app.db, app.outbox, bookings, staff, app.clock())))
    return await reply.redirect(`${attendeesHref(activity)}?done=${what}`, 303)
  }))))

  function show (asked: OfBooking, errors?: FormErrors): FastifyReply {
    const effects = bookingCancellationEffects([asked.booking], asked.activity)
    return showEffects(asked, new ConfirmationRequired(effects), errors)
  }

  function showEffects (
    { staff, activity, booking, reply }: OfBooking, required: ConfirmationRequired, errors?: FormErrors
  ): FastifyReply {
    const model = bookingCancellationPageOf(activity, booking, required, errors)
    return reply.page('booking/attendees/cancel-booking', { staff, ...model })
  }

  /** What is asked about the booking that an address names: it must not have ended yet. */
  function ofBooking (answer: (asked: OfBooking) => Promise<FastifyReply>) {
    return running<BookingAddress>(async asked => {
      const { activity } = asked
      const booking = await bookingIn(asked)
      if (app.clock() >= activity.endsAt) throw new BookingNotOpen('over')
      if (!liveStatuses.includes(booking.status)) throw new AlreadyCancelled()
      return await answer({ ...asked, booking })
    })
  }
}

/** Cancelling the bookings of people who were chosen from the list: a page that says what it does, and its button. */
export const bookingsCancellationRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'run activities')

  app.post('/activities/:slug/attendees/cancellation', running(withoutGone(confirming(showEffects, form({
    schema: chosenForm, fields: chosenFields, again: chooseAgain
  }, async asked => {
    const { staff, activity, input: { booking, confirmed }, reply } = asked
    const bookings = { activityId: activity.id, bookingIds: booking, confirmed }
    const what = doneFor(booking.length, await cancelBookingsByStaff(app.db, app.outbox, bookings, staff, app.clock()))
    return await reply.redirect(listAfter(asked, what), 303)
  })))))

  async function showEffects (asked: Running, required: ConfirmationRequired): Promise<FastifyReply> {
    const { staff, activity, body, reply } = asked
    const chosen = await getChosen(app.db, activity.id, chosenIn(body))
    const model = bookingsCancellationPageOf(activity, chosen, listLeft(asked), required)
    return reply.page('booking/attendees/cancel-booking', { staff, ...model })
  }
}
