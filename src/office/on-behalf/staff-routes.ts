import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { listDatesToCome } from '../../programme/activities/known-activities.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { running } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import type { BookingAddress } from '../../booking/bookings/booking-address.ts'
import { bookingIn, liveBookingIn } from '../../booking/bookings/booking-address.ts'
import { BookingNotFound } from '../../booking/bookings/errors.ts'
import { getBooking } from '../../booking/bookings/queries.ts'
import { form, refusing } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId } from '../../platform/http/url-params.ts'
import { ConfirmationRequired, confirming } from '../../identity/staff/confirmation.ts'
import { confirmationForm } from '../../identity/staff/schema.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { effectsOfTurn, restoreTurn } from './restore-turn.ts'
import { makeNewLinks } from './make-new-links.ts'
import { moveBooking } from './move-booking.ts'
import { detailsRoutes, phoneBookingRoutes } from './details-staff-routes.ts'
import { BookedThere, CannotMoveThere } from './errors.ts'
import { newLinkEffects } from './new-links.ts'
import { linksForm, moveFields, moveForm } from './schema.ts'
import { showEffects } from './show-effects.ts'
import { bookingHref, effectsPageOf, movePageOf } from './staff-page.ts'

/**
 * What an organiser does for one person: books a place by phone, changes their details, moves them, restores their turn
 * on a waiting list, ends links that others have.
 */
export const onBehalfStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'run activities')
  await app.register(phoneBookingRoutes)
  await app.register(detailsRoutes)
  await app.register(moveRoutes)
  await app.register(turnRoutes)
  await app.register(linkRoutes)
}

/** Moving a booking to another date. */
const moveRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/bookings/:booking/move'

  app.get(address, running<BookingAddress>(async asked => await show(asked)))

  app.post(address, running<BookingAddress>(confirming(showEffects('move'), form({
    schema: moveForm,
    fields: moveFields,
    again: show,
    refused: shownAt('to', CannotMoveThere)
  }, refusing(BookedThere, showOther, async asked => {
    const { staff, activity, params, input: { to, confirmed }, reply } = asked
    const date = (await datesFor(asked)).find(({ slug }) => slug === to && slug !== activity.slug)
    if (date === undefined) throw new CannotMoveThere('not-offered')
    // On a second press the booking is already where it was to go.
    const { activityId } = isId(params.booking) ? await getBooking(app.db, params.booking) : { activityId: undefined }
    if (activityId !== activity.id && activityId !== date.id) throw new BookingNotFound()
    await moveBooking(app.db, app.outbox, params.booking, { to: date.id, confirmed }, staff, app.clock())
    return await reply.redirect(`${bookingHref(date, params.booking)}?done=moved`, 303)
  })))))

  /** Another booking of that date has their address: the page links to it. */
  async function showOther (
    asked: Running<BookingAddress> & { input: { to: string } }, { message, bookingId }: BookedThere
  ): Promise<FastifyReply> {
    return await show(asked, formError('to', message), bookingHref({ slug: asked.input.to }, bookingId))
  }

  async function show (
    asked: Running<BookingAddress>, errors?: FormErrors, otherHref?: string
  ): Promise<FastifyReply> {
    const { staff, activity, body, reply } = asked
    const booking = await liveBookingIn(asked)
    const page = { activity, booking, dates: await datesFor(asked) }
    const model = movePageOf(page, app.clock(), errors && { typed: typedOf(body, moveFields), errors, otherHref })
    return reply.page('office/on-behalf/move-booking', { staff, ...model })
  }

  async function datesFor ({ staff, activity }: Running<BookingAddress>): Promise<KnownActivity[]> {
    return await listDatesToCome(app.db, staff, activity.campaign.id, app.clock())
  }
}

/** Restoring someone's turn on a waiting list: a page that says what it does, and its button. */
const turnRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/bookings/:booking/turn'

  app.get(address, running<BookingAddress>(async asked => await show(asked)))

  app.post(address, running<BookingAddress>(confirming(showEffects('turn'), form({
    schema: confirmationForm, again: show
  }, async asked => {
    const { staff, activity, input: { confirmed }, reply } = asked
    const { id } = await bookingIn(asked)
    await restoreTurn(app.db, app.outbox, id, confirmed, staff, app.clock())
    return await reply.redirect(`${bookingHref(activity, id)}?done=turn`, 303)
  }))))

  async function show (asked: Running<BookingAddress>, errors?: FormErrors): Promise<FastifyReply> {
    const { staff, activity, reply } = asked
    const booking = await bookingIn(asked)
    const required = new ConfirmationRequired(await effectsOfTurn(app.db, booking, activity, app.clock()), undefined)
    const model = effectsPageOf(activity, booking, 'turn', required, {})
    return reply.page('identity/staff/effects', { staff, errors, ...model })
  }
}

/** Making new links for a booking: a page that says what it does, and its button. */
const linkRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/bookings/:booking/links'

  app.get(address, running<BookingAddress>(async asked => await show(asked)))

  app.post(address, running<BookingAddress>(confirming(showEffects('links'), form({
    schema: linksForm, again: show
  }, async asked => {
    const { staff, activity, input: { links: linkVersion, confirmed }, reply } = asked
    const { id } = await bookingIn(asked)
    const areNew = await makeNewLinks(app.db, app.outbox, id, { linkVersion, confirmed }, staff, app.clock())
    return await reply.redirect(`${bookingHref(activity, id)}?done=${areNew ? 'links' : 'links-before'}`, 303)
  }))))

  async function show (asked: Running<BookingAddress>, errors?: FormErrors): Promise<FastifyReply> {
    const { staff, activity, reply } = asked
    const booking = await liveBookingIn(asked)
    const required = new ConfirmationRequired({ sentences: newLinkEffects(booking, activity), changes: [] }, undefined)
    const model = effectsPageOf(activity, booking, 'links', required, { links: String(booking.linkVersion) })
    return reply.page('identity/staff/effects', { staff, errors, ...model })
  }
}
