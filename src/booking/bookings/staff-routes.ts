import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import { getHostNames } from '../../programme/activities/hosts.ts'
import { listHeadcounts, listOtherDates } from '../../programme/activities/known-activities.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { perPage } from '../../programme/activities/staff-page.ts'
import { activityFor, organising, running } from '../../programme/activities/staff-routes.ts'
import type { Running, RunningAddress } from '../../programme/activities/staff-routes.ts'
import { form } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { isId, pageNumber, sentenceFor } from '../../platform/http/url-params.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { ConfirmationRequired, confirming } from '../../identity/staff/confirmation.ts'
import { requirePermission, may } from '../../identity/staff/roles.ts'
import { confirmationForm } from '../../identity/staff/schema.ts'
import { isReachable, liveStatuses } from './booking.ts'
import type { Booking } from './booking.ts'
import { cancelActivity, cancelBookingByStaff } from './cancel.ts'
import { activityCancellationEffects, bookingCancellationEffects } from './effects.ts'
import { AlreadyCancelled, BookingNotFound } from './errors.ts'
import { countAttendees, getBookingOn, listAttendeeIds, listAttendees } from './queries.ts'
import { countRecipients } from './recipients.ts'
import { cancellationFields, cancellationForm } from './schema.ts'
import { bookingCancellationPageOf, cancellationPageOf, staffPageOf } from './staff-page.ts'

interface Address { Params: { slug: string }, Querystring: { page?: unknown, done?: unknown } }

const done = {
  places: 'The places and the waiting list are changed.',
  arrangements: 'Joining and emails are changed. If people now join in another way, we email those who have a place within minutes, if emails reach them.',
  edited: 'The change is saved. We email everyone it affects within minutes, if emails reach them.',
  'edited-quietly': 'The change is saved, and nobody is told about it. Your reason is in the audit trail.',
  'as-it-was': 'Nothing was changed: it was like that already.',
  created: 'The activity is saved as a draft, which only staff see.',
  published: 'The activity is published.',
  repeated: 'The other days are saved as drafts, which only staff see. They are in the list of activities.',
  'taken-down': 'The activity is a draft again, which only staff see.',
  cancelled: 'The activity is cancelled. We email everyone who had a place or was waiting, if emails reach them.',
  'booking-cancelled': 'The booking is cancelled, and we are emailing this person.',
  'booking-cancelled-to-call': 'The booking is cancelled. Emails do not reach this person: call them.',
  'another-date': 'This is the new date. People who are waiting for the first one are asked in turn, before anyone else.'
}

/**
 * The status that a sentence claims an activity has: if it changed since, as when the address is opened again, the
 * sentence is left out.
 */
const saysThatItIs: Readonly<Record<string, KnownActivity['status']>> = {
  created: 'draft', published: 'published', 'taken-down': 'draft', cancelled: 'cancelled'
}

function doneTo (activity: KnownActivity, asked: unknown): string | undefined {
  const status = typeof asked === 'string' ? saysThatItIs[asked] : undefined
  return status === undefined || status === activity.status ? sentenceFor(done, asked) : undefined
}

/** One activity with how full it is and who comes. */
export const bookingStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'see activities')

  app.get<Address>('/activities/:slug', async (request, reply) => {
    const staff = staffOf(request)
    const activity = await activityFor(request, request.params.slug)
    const page = pageNumber(request.query.page)
    const people = may(staff, 'know attendees', activity) ? await attendeesOn(activity, page) : undefined
    const dates = await listOtherDates(app.db, staff, activity)
    const hosts = await getHostNames(app.db, activity.id)
    return reply.page('booking/bookings/activity', {
      staff,
      ...staffPageOf({ staff, activity, dates, hosts, people }, app.clock()),
      done: doneTo(activity, request.query.done)
    })
  })

  await app.register(cancellationRoutes)
  await app.register(bookingCancellationRoutes)

  async function attendeesOn (activity: KnownActivity, page: number) {
    const activityId = activity.id
    const ids = await listAttendeeIds(app.db, activityId, { skip: (page - 1) * perPage, take: perPage })
    return {
      page,
      attendees: await listAttendees(app.db, ids),
      counts: await countAttendees(app.db, activityId),
      headcounts: await listHeadcounts(app.db, activityId),
      unreached: (await countRecipients(app.db, activity)).toCall.count
    }
  }
}

/** Cancelling an activity: a page that says what it does and asks why, and its button. */
const cancellationRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'run activities')
  const address = '/activities/:slug/cancellation'

  app.get(address, organising(async asked => await show(asked)))

  app.post(address, organising(confirming(showEffects, form({
    schema: cancellationForm, fields: cancellationFields, again: show
  }, async ({ staff, activity, input, reply }) => {
    await cancelActivity(app.db, app.outbox, activity.id, input, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}?done=cancelled`, 303)
  }))))

  async function show (asked: Running, errors?: FormErrors): Promise<FastifyReply> {
    const { activity } = asked
    if (activity.status === 'cancelled') throw new BookingNotOpen('cancelled')
    if (app.clock() >= activity.endsAt) throw new BookingNotOpen('over')
    const effects = activityCancellationEffects(await countRecipients(app.db, activity))
    return showEffects(asked, new ConfirmationRequired(effects), errors)
  }

  function showEffects (
    { staff, activity, body, reply }: Running, required: ConfirmationRequired, errors?: FormErrors
  ): FastifyReply {
    const model = cancellationPageOf(activity, required, { typed: typedOf(body, cancellationFields), errors })
    return reply.page('booking/bookings/cancel-activity', { staff, ...model })
  }
}

interface BookingAddress extends RunningAddress { Params: { slug: string, booking: string } }

/** What is asked about a booking of an activity. */
type OfBooking = Running<BookingAddress> & { booking: Booking }

/** Cancelling one booking: a page that says what it does, and its button. */
const bookingCancellationRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'run activities')
  const address = '/activities/:slug/bookings/:booking/cancellation'

  app.get(address, ofBooking(async asked => show(asked)))

  app.post(address, ofBooking(confirming(showEffects, form({
    schema: confirmationForm, again: show
  }, async ({ staff, activity, booking, input: { confirmed }, reply }) => {
    await cancelBookingByStaff(app.db, app.outbox, booking.id, confirmed, staff, app.clock())
    const what = isReachable(booking) ? 'booking-cancelled' : 'booking-cancelled-to-call'
    return await reply.redirect(`/staff/activities/${activity.slug}?done=${what}`, 303)
  }))))

  function show (asked: OfBooking, errors?: FormErrors): FastifyReply {
    const effects = bookingCancellationEffects(asked.booking, asked.activity)
    return showEffects(asked, new ConfirmationRequired(effects), errors)
  }

  function showEffects (
    { staff, activity, booking, reply }: OfBooking, required: ConfirmationRequired, errors?: FormErrors
  ): FastifyReply {
    const model = bookingCancellationPageOf(activity, booking, required, errors)
    return reply.page('booking/bookings/cancel-booking', { staff, ...model })
  }

  /** What is asked about the booking that an address names: it must not have ended yet. */
  function ofBooking (answer: (asked: OfBooking) => Promise<FastifyReply>) {
    return running<BookingAddress>(async asked => {
      const { activity, params } = asked
      if (!isId(params.booking)) throw new BookingNotFound()
      const booking = await getBookingOn(app.db, activity.id, params.booking)
      if (app.clock() >= activity.endsAt) throw new BookingNotOpen('over')
      if (!liveStatuses.includes(booking.status)) throw new AlreadyCancelled()
      return await answer({ ...asked, booking })
    })
  }
}
