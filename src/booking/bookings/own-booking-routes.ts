import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify'
import { offerOf } from '../../programme/activities/page.ts'
import { findPublicActivity } from '../../programme/activities/public-activities.ts'
import { findQuestionnaire } from '../../programme/evaluations/queries.ts'
import { asksAt } from '../../programme/evaluations/questionnaire.ts'
import { bookableNow } from '../../programme/activities/routes.ts'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import { keepFromSearchEngines } from '../../platform/http/unlisted.ts'
import { cancelBooking } from './cancel.ts'
import { maxPlaces } from './capacity.ts'
import { changeOwnDetails, changePlaces, changeReminders } from './change-own-booking.ts'
import { AlreadyCancelled, LinkEnded, NoPlacesLeft, PhoneNeeded } from './errors.ts'
import type { BookingLinks } from './link.ts'
import { ownBookingPageOf, ownDetailsPageOf } from './own-booking-page.ts'
import type { WayInto } from './own-booking-page.ts'
import { valuesOf } from './page.ts'
import { findBooking, findFirstBooking, listPriorityGroups, queuePositionOf } from './queries.ts'
import type { BookingWithActivity } from './queries.ts'
import { ownDetailsFields, ownDetailsForm, placesForm, remindersForm } from './schema.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** How the holder of a booking gets in; supplied by `joining/`, which builds on this part. */
    wayInto: WayInto
  }
}

interface Token { Params: { token: string } }

/** What the holder of a link asks of their booking. */
export type Own = Asked<Token> & { booking: BookingWithActivity, token: string }

/** The holder of the link sees the booking and may change it; GET never does. */
export const ownBookingRoutes: FastifyPluginAsync<{ links: BookingLinks }> = async (app, { links }) => {
  app.addHook('onRequest', keepFromSearchEngines)
  const own = owning(app, links)

  app.setErrorHandler(async (error, request, reply) => {
    if (error instanceof NoPlacesLeft) {
      return await own(async asked => await showPlaces(asked, formError('places', error.message)))(request, reply.code(409))
    }
    // Its page says so, and lists what else is on.
    if (error instanceof AlreadyCancelled) return await reply.redirect(`/bookings/${(request.params as Token['Params']).token}`, 303)
    throw error
  })

  app.get('/bookings/:token', own(async ({ booking, token, query, reply }) =>
    await showOwnBooking(app, reply, booking, token, { notice: sentenceFor(done, query.done) })))

  app.get('/bookings/:token/details', own(async asked => showDetails(asked)))

  app.post('/bookings/:token/details', own(form({
    schema: ownDetailsForm, fields: ownDetailsFields, again: showDetails, refused: shownAt('phone', PhoneNeeded)
  }, async ({ booking, token, input, reply }) => {
    const isChanged = await changeOwnDetails(app.db, app.outbox, booking.id, input, app.clock(), booking)
    return await reply.redirect(`/bookings/${token}?done=${isChanged ? 'details' : 'as-it-was'}`, 303)
  })))

  app.post('/bookings/:token/places', own(form({
    schema: ({ booking }) => placesForm(maxPlaces(booking.activity, booking)), fields: ['places'], again: showPlaces
  }, async ({ booking, token, input, reply }) => {
    await changePlaces(app.db, app.outbox, booking.id, input.places, app.clock(), booking)
    return await reply.redirect(`/bookings/${token}`, 303)
  })))

  app.get('/bookings/:token/cancellation', own(async asked =>
    whileItStands(asked, model => asked.reply.page('booking/bookings/cancel-your-booking', model))))

  app.post('/bookings/:token/cancellation', own(async ({ booking, token, reply }) => {
    await cancelBooking(app.db, app.outbox, booking.id, app.clock(), booking)
    return await reply.redirect(`/bookings/${token}`, 303)
  }))

  app.get('/bookings/:token/reminders', own(async asked => showReminders(asked)))

  app.post('/bookings/:token/reminders', own(form({
    schema: remindersForm, again: showReminders
  }, async ({ booking, token, input, reply }) => {
    await changeReminders(app.db, booking.id, input.reminders === 'on', app.clock(), booking)
    return await reply.redirect(`/bookings/${token}/reminders`, 303)
  })))

  /** The form on which people change what we know of them. */
  function showDetails (asked: Own, errors?: FormErrors): FastifyReply {
    const { booking, token, body, reply } = asked
    const typed = errors && body
    return whileItStands(asked, () =>
      reply.page('booking/bookings/your-details', ownDetailsPageOf({ booking, token }, typed, errors)))
  }

  async function showPlaces ({ booking, token, body, reply }: Own, errors: FormErrors): Promise<FastifyReply> {
    return await showOwnBooking(app, reply, booking, token, { errors, typed: valuesOf(body).places })
  }

  /** Whether one is reminded. */
  function showReminders (asked: Own, errors?: FormErrors): FastifyReply {
    return whileItStands(asked, model => asked.reply.page('booking/bookings/stop-reminders', { ...model, errors }))
  }

  /** Shows what can be done about a booking; about one that is over or cancelled nothing can, as its own page says. */
  function whileItStands (
    { booking, token, reply }: Own, show: (model: ReturnType<typeof ownBookingPageOf>) => FastifyReply
  ): FastifyReply {
    const model = ownBookingPageOf({ booking, line: undefined, first: undefined, token }, app.clock())
    return model.isOver || !model.isLive ? reply.redirect(`/bookings/${token}`, 303) : show(model)
  }
}

/** What someone has just done, in a sentence above their own booking. */
const done = {
  details: 'Your details are changed.',
  'as-it-was': 'Nothing was changed: it was like that already.'
}

/** Shown above one's own booking, or in its form, after a failed attempt. */
interface Tried {
  /** What did not succeed, in a sentence. */
  notice?: string | undefined
  errors?: FormErrors
  typed?: string | undefined
}

/** Shows one's own booking as it is now; changes nothing. */
export async function showOwnBooking (
  app: FastifyInstance, reply: FastifyReply, booking: BookingWithActivity, token: string, tried: Tried = {}
): Promise<FastifyReply> {
  const line = booking.status === 'waiting'
    ? { ...await queuePositionOf(app.db, booking), groups: await listPriorityGroups(app.db, booking.activityId) }
    : undefined
  const first = await findFirstBooking(app.db, booking)
  const now = app.clock()
  const asked = await findQuestionnaire(app.db, { activity: booking.activity })
  const isAsked = asksAt(asked, now < booking.activity.startsAt ? 'before' : 'after')
  const model = ownBookingPageOf({ booking, line, first, wayIn: app.wayInto(booking, now), isAsked, token }, now)
  if (!model.isOver && model.isLive) return reply.page('booking/bookings/your-booking', { ...model, ...tried })

  const again = !model.isOver && model.mayBookAgain ? await wayBack(app, booking) : undefined
  // An activity just left, or cancelled a moment ago, is not offered as its own replacement.
  const others = (await bookableNow(app)).filter(({ href }) => href !== `/activities/${booking.activity.slug}`)
  return reply.page('booking/bookings/your-booking', { ...model, ...tried, again, others })
}

/** Link by which someone who has left the list asks for a place again; undefined while no one can ask. */
async function wayBack (
  app: FastifyInstance, { activity: { slug } }: BookingWithActivity
): Promise<{ text: string, href: string } | undefined> {
  const activity = await findPublicActivity(app.db, slug, app.clock())
  const { button } = activity === undefined ? {} : offerOf(activity, app.clock())
  if (button === undefined) return undefined
  return { text: `${button} again`, href: `/activities/${slug}/book` }
}

/**
 * Returns the booking that a link leads to. Throws the same error for an ended link and for a link that we did not
 * make: the holder of an old link learns no more of the booking than a stranger.
 */
export async function bookingByLink (
  app: FastifyInstance, links: BookingLinks, token: string
): Promise<BookingWithActivity> {
  const link = links.read(token)
  if (link === undefined) throw new LinkEnded()
  const booking = await findBooking(app.db, link.id)
  if (booking?.linkVersion !== link.linkVersion) throw new LinkEnded()
  return booking
}

/** Gives a scope the wrapper of what only the holder of a booking is answered. */
export function owning (app: FastifyInstance, links: BookingLinks) {
  return (answer: (asked: Own) => Promise<FastifyReply>) => asking<Token>(async asked => {
    const { token } = asked.params
    return await answer({ ...asked, token, booking: await bookingByLink(app, links, token) })
  })
}
