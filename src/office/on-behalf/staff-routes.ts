import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { listDatesToCome } from '../../programme/activities/known-activities.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { anew, running } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import type { BookingAddress } from '../../booking/bookings/booking-address.ts'
import { bookingIn, liveBookingIn } from '../../booking/bookings/booking-address.ts'
import { chooseAgain, isAboutChoice, ofOne, withoutGone } from '../../booking/attendees/choose-again.ts'
import { stillLive } from '../../booking/bookings/effects.ts'
import { AlreadyCancelled, BookingNotFound } from '../../booking/bookings/errors.ts'
import { listAfter, listLeft } from '../../booking/attendees/list-left.ts'
import { getBooking, getChosen } from '../../booking/bookings/queries.ts'
import { chosenFields, chosenForm, chosenIn } from '../../booking/bookings/schema.ts'
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
import { moveBookings } from './move-bookings.ts'
import { detailsRoutes, phoneBookingRoutes } from './details-staff-routes.ts'
import { BookedThere, CannotMoveThere, PeopleInTheWay, TooFewPlaces } from './errors.ts'
import { newLinkEffects } from './new-links.ts'
import { linksForm, moveChosenFields, moveChosenForm, moveFields, moveForm } from './schema.ts'
import { showEffects } from './show-effects.ts'
import { bookingHref, effectsPageOf, moveChosenEffectsPageOf, moveChosenPageOf, movePageOf } from './staff-page.ts'

/**
 * What an organiser does for people: books a place by phone, changes details, moves one or several of them, restores a
 * turn on a waiting list, ends links that others have.
 */
export const onBehalfStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'run activities')
  await app.register(phoneBookingRoutes)
  await app.register(detailsRoutes)
  await app.register(moveRoutes)
  await app.register(moveChosenRoutes)
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
    const date = await dateIn(asked, to)
    // On a second press the booking is already where it was to go.
    const { activityId } = isId(params.booking) ? await getBooking(app.db, params.booking) : { activityId: undefined }
    if (activityId !== activity.id && activityId !== date.id) throw new BookingNotFound()
    const move = { from: activity.id, to: date.id, bookingIds: [params.booking], confirmed }
    await ofOne(moveBookings(app.db, app.outbox, move, staff, app.clock()))
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
    const page = { activity, bookings: [booking] as const, dates: await datesFor(asked) }
    const model = movePageOf(page, app.clock(), errors && { typed: typedOf(body, moveFields), errors, otherHref })
    return reply.page('office/on-behalf/move-booking', { staff, ...model })
  }
}

/** The dates of the campaign to come that the asker runs: people are moved to one of these. */
async function datesFor ({ staff, activity, reply }: Running): Promise<KnownActivity[]> {
  const { db, clock } = reply.server
  return await listDatesToCome(db, staff, activity.campaign.id, clock())
}

/** The date that was chosen, which must be one of those. */
async function dateIn (asked: Running, slug: string): Promise<KnownActivity> {
  const date = (await datesFor(asked)).find(date => date.slug === slug && date.slug !== asked.activity.slug)
  if (date === undefined) throw new CannotMoveThere('not-offered')
  return date
}

/** Moving the people who were chosen from the list of attendees: a page with the dates, and its button. */
const moveChosenRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/attendees/move'

  app.post(address, running(withoutGone(form({
    schema: chosenForm, fields: chosenFields, again: chooseAgain
  }, async asked => await show(asked, asked.input.booking)))))

  app.post(`${address}/date`, running(withoutGone(confirming(showEffects, form({
    schema: moveChosenForm,
    fields: moveChosenFields,
    again: anew(showAgain),
    refused: shownAt('to', CannotMoveThere, BookedThere, TooFewPlaces)
  }, refusing(PeopleInTheWay, showOthers, async asked => {
    const { staff, activity, input: { booking: bookingIds, to, confirmed }, reply } = asked
    const { id } = await dateIn(asked, to)
    await moveBookings(app.db, app.outbox, { from: activity.id, to: id, bookingIds, confirmed }, staff, app.clock())
    return await reply.redirect(listAfter(asked, `${bookingIds.length === 1 ? 'booking' : 'bookings'}-moved`), 303)
  }))))))

  /** The dates again; the list of attendees comes first where it is the choice of people that is wrong. */
  async function showAgain (asked: Running, errors: FormErrors): Promise<FastifyReply> {
    return isAboutChoice(errors) ? chooseAgain(asked, errors) : await show(asked, chosenIn(asked.body), errors)
  }

  /** Some are in the way; the page links to the bookings that they have on that date. */
  async function showOthers (
    asked: Running & { input: { booking: string[], to: string } }, { message, there }: PeopleInTheWay
  ): Promise<FastifyReply> {
    const { booking, to } = asked.input
    const others = there.map(({ name, bookingId }) => ({ name, href: bookingHref({ slug: to }, bookingId) }))
    return await show(asked, booking, formError('to', message), others)
  }

  async function show (
    asked: Running, ids: readonly string[], errors?: FormErrors, others: Array<{ name: string, href: string }> = []
  ): Promise<FastifyReply> {
    const { staff, activity, body, reply } = asked
    const bookings = await getChosen(app.db, activity.id, ids)
    if (stillLive(bookings).length === 0) throw new AlreadyCancelled(bookings.length)
    const page = { activity, bookings, dates: await datesFor(asked), list: listLeft(asked) }
    const tried = errors && { typed: typedOf(body, moveFields), errors }
    return reply.page('office/on-behalf/move-booking', { staff, others, ...moveChosenPageOf(page, app.clock(), tried) })
  }

  async function showEffects (asked: Running, required: ConfirmationRequired): Promise<FastifyReply> {
    const { staff, activity, body, reply } = asked
    const bookings = await getChosen(app.db, activity.id, chosenIn(body))
    const model = moveChosenEffectsPageOf(activity, bookings, listLeft(asked), required, body)
    return reply.page('office/on-behalf/move-chosen', { staff, ...model })
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
