import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import cookie from '@fastify/cookie'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { bookability } from '../../programme/activities/booking-window.ts'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import { offerOf } from '../../programme/activities/page.ts'
import type { OfferedActivity } from '../../programme/activities/queries.ts'
import { findPublicActivity } from '../../programme/activities/public-activities.ts'
import { bookableNow, lastKnownActivity, offeredActivity } from '../../programme/activities/routes.ts'
import { availability } from '../../programme/activities/supply.ts'
import { isDatabaseAway } from '../../platform/database/errors.ts'
import type { DomainError } from '../../platform/errors.ts'
import { CodeRefused } from '../holds/errors.ts'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { emailRateLimit, formRateLimit, crowdRateLimit } from '../../platform/http/limits.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import { notReached } from '../../platform/http/page-errors.ts'
import { escapeHtml, inAscii } from '../../platform/http/pages.ts'
import { untrapped } from '../../platform/http/trap.ts'
import { canonicalAddress } from './address.ts'
import { cancelBooking } from './cancel.ts'
import { maxPlaces } from './capacity.ts'
import { changeOwnDetails, changePlaces, changeReminders } from './change-own-booking.ts'
import { openDesk } from './desk.ts'
import { AlreadyCancelled, BookingEnded, FullyBooked, LinkEnded, NoPlacesLeft, PhoneNeeded } from './errors.ts'
import { requestLinks } from './find-my-booking.ts'
import { addressQuestionOf, meantAddress, wantsAnother } from './likely-address.ts'
import type { BookingLinks } from './link.ts'
import { ownBookingPageOf, ownDetailsPageOf } from './own-booking-page.ts'
import type { WayInto } from './own-booking-page.ts'
import { fieldsOf, formPageOf, isForCodesAlone, summaryOf, valuesOf } from './page.ts'
import { findBooking, findFirstBooking, listPriorityGroups, queuePositionOf } from './queries.ts'
import type { BookingWithActivity } from './queries.ts'
import { requestPlaces } from './request-places.ts'
import {
  bookingForm, findMyBookingForm, ownDetailsFields, ownDetailsForm, placesForm, remindersForm
} from './schema.ts'
import { keepTypedAddress, takeTypedAddress } from './typed-address.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** How the holder of a booking gets in; supplied by `joining/`, which builds on this part. */
    wayInto: WayInto
  }
}

/** Per address booked: enough for a whole programme at one sitting, too few to fill someone else's inbox. */
export const addressRateLimit = { max: 20, timeWindow: '15 minutes' }

interface Slug { Params: { slug: string } }
interface Token { Params: { token: string } }

/** A form for a place, as it came. */
interface Form { activity: OfferedActivity, body: unknown, reply: FastifyReply }

/** Booking, the page of one's own booking, and the forms on both. */
export const bookingRoutes: FastifyPluginAsync<{ links: BookingLinks }> = async (app, { links }) => {
  await app.register(bookingFormRoutes)
  await app.register(ownBookingRoutes, { links })
  await app.register(findMyBookingRoutes)
}

/**
 * The booking form. What it depends on is at most a second old and read once for everyone; only the desk decides, and
 * it decides on what is true at that moment.
 */
const bookingFormRoutes: FastifyPluginAsync = async app => {
  const desk = openDesk(async (activityId, requests) =>
    await requestPlaces(app.db, app.outbox, activityId, requests, app.clock()))
  app.addHook('onClose', async () => { await desk.idle() })
  const countBookings = app.limitOn(addressRateLimit)
  await app.register(cookie)

  app.setErrorHandler(async (error, request, reply) => {
    const { slug } = request.params as Slug['Params']
    const again = (reply: FastifyReply, activity: OfferedActivity, errors: FormErrors, body = request.body) =>
      showAgain({ activity, body, reply }, errors)
    if (request.method === 'POST' && isDatabaseAway(error)) {
      // The activity as last read: keeping what was typed matters more than the current number of places.
      const activity = lastKnownActivity(app, slug)
      if (activity === undefined) throw error
      return again(app.answerDatabaseAway(error as Error, request, reply), activity, formError('form', notReached))
    }
    if (error instanceof BookingEnded) {
      // The next attempt is a new form.
      const answers = { ...request.body as object, submission: undefined }
      return again(reply.code(409), await offeredActivity(app, slug), formError('form', error.message), answers)
    }
    if (error instanceof CodeRefused) {
      return again(reply.code(409), await offeredActivity(app, slug), formError('code', error.message))
    }
    if (!(error instanceof BookingNotOpen || error instanceof FullyBooked)) throw error
    return await showClosed(error, slug, reply)
  })

  app.get<Slug>('/activities/:slug/book', async ({ params: { slug } }, reply) => {
    const pieces = await app.fresh(`form ${slug}`, async () => await blankForm(app, slug))
    return reply.html(pieces.join(randomUUID()))
  })

  app.post('/activities/:slug/book', { config: { rateLimit: crowdRateLimit } }, booking(untrapped(showAgain, form({
    schema: ({ activity: { campaign: { districts }, placesPerBooking } }) =>
      bookingForm({ districts, placesPerBooking }),
    fields: ({ activity, body }) => fieldsOf(activity, valuesOf(body)),
    again: showAgain
  }, async asked => {
    const { request, activity, body, input, reply } = asked
    if (wantsAnother(body)) return showAgain(asked)
    const meant = meantAddress(input.email, body)
    if ('suggested' in meant) return askAbout(asked, input.email, meant.suggested)
    await countBookings(canonicalAddress(meant.email), request, reply)
    await desk.request(activity.id, { ...input, email: meant.email })
    const path = bookedPath(activity.slug)
    keepTypedAddress(reply, path, meant.email)
    return await reply.redirect(path, 303)
  }))))

  // The same for a stranger, someone who is booked already, and a machine.
  app.get<Slug>('/activities/:slug/booked', async (request, reply) => {
    const { slug } = request.params
    const typed = takeTypedAddress(request, reply, bookedPath(slug))
    const pieces = await app.fresh(`page ${bookedPath(slug)}`, async () => await bookedPages(app, slug))
    return reply.html(typed === undefined ? pieces.without : pieces.around.join(inAscii(escapeHtml(typed))))
  })

  /** What is asked about an activity that can be booked just now. */
  function booking (answer: (asked: Asked<Slug> & Form) => Promise<FastifyReply>) {
    return asking<Slug>(async asked => {
      const activity = await offeredActivity(app, asked.params.slug)
      const state = bookability(activity, app.clock())
      if (state !== 'open') throw new BookingNotOpen(state)
      return await answer({ ...asked, activity })
    })
  }

  function showAgain ({ activity, body, reply }: Form, errors?: FormErrors): FastifyReply {
    const values = valuesOf(body)
    const model = formPageOf(activity, app.clock(), values.submission ?? randomUUID(), values, errors)
    return reply.page('booking/bookings/book-a-place', model)
  }

  function askAbout ({ activity, body, reply }: Form, typed: string, suggested: string): FastifyReply {
    const question = { ...addressQuestionOf(typed, suggested, body), href: `/activities/${activity.slug}/book` }
    return reply.page('booking/bookings/check-address', { ...question, activity: summaryOf(activity) })
  }

  async function showClosed (refusal: DomainError, slug: string, reply: FastifyReply) {
    const activity = await offeredActivity(app, slug)
    const href = `/activities/${slug}`
    const others = (await bookableNow(app)).filter(card => card.href !== href)
    return reply.code(409).page('booking/bookings/not-open', {
      heading: refusal.message.replace(/\.$/, ''), activity: summaryOf(activity), reason: activity.cancellationReason, others
    })
  }
}

function bookedPath (slug: string): string {
  return `/activities/${slug}/booked`
}

/** The page after booking, rendered once for everyone: without the typed address, and cut where that goes. */
async function bookedPages (app: FastifyInstance, slug: string): Promise<{ without: string, around: string[] }> {
  const activity = summaryOf(await offeredActivity(app, slug))
  const cut = randomUUID()
  return {
    without: app.render('booking/bookings/booked', { activity }),
    around: inAscii(app.render('booking/bookings/booked', { activity, typed: cut })).split(cut)
  }
}

/** The empty form, rendered once for everyone and cut where each person's own submission goes. */
async function blankForm (app: FastifyInstance, slug: string): Promise<string[]> {
  const activity = await offeredActivity(app, slug)
  const now = app.clock()
  const state = bookability(activity, now)
  if (state !== 'open') throw new BookingNotOpen(state)
  if (availability(activity, activity.occupancy).is === 'full' && !isForCodesAlone(activity)) throw new FullyBooked()
  const cut = randomUUID()
  return inAscii(app.render('booking/bookings/book-a-place', formPageOf(activity, now, cut))).split(cut)
}

/** What the holder of a link asks of their booking. */
export type Own = Asked<Token> & { booking: BookingWithActivity, token: string }

/** The holder of the link sees the booking and may change it; GET never does. */
const ownBookingRoutes: FastifyPluginAsync<{ links: BookingLinks }> = async (app, { links }) => {
  app.addHook('onRequest', keepFromSearchEngines)
  const own = owning(app, links)

  app.setErrorHandler(async (error, request, reply) => {
    if (error instanceof PhoneNeeded) {
      return await own(async asked => showDetails(asked, formError('phone', error.message)))(request, reply.code(409))
    }
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
    schema: ownDetailsForm, fields: ownDetailsFields, again: showDetails
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
  const model = ownBookingPageOf({ booking, line, first, wayIn: app.wayInto(booking, now), token }, now)
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
  const activity = await findPublicActivity(app.db, slug)
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

/** A link to someone's booking is private. */
export async function keepFromSearchEngines (_: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('x-robots-tag', 'noindex')
}

/**
 * Longer than announcing an email takes: the answer for an address that has bookings comes no later than for one
 * without.
 */
const answerMs = 400

const findMyBookingRoutes: FastifyPluginAsync = async app => {
  const countEmails = app.limitOn(emailRateLimit)

  app.setErrorHandler(async (error, request, reply) =>
    await asking(async asked => show(asked, formError('form', notReached)))(
      request, app.answerDatabaseAway(error as Error, request, reply)))

  app.get('/find-my-booking', asking(async asked => show(asked)))

  app.post('/find-my-booking', { config: { rateLimit: formRateLimit } }, asking(form({
    schema: findMyBookingForm, fields: ['email'], again: show
  }, async asked => {
    const { request, body, input, reply } = asked
    if (wantsAnother(body)) return show(asked)
    const meant = meantAddress(input.email, body)
    if ('suggested' in meant) {
      const question = addressQuestionOf(input.email, meant.suggested, body)
      return reply.page('booking/bookings/check-address', { ...question, href: '/find-my-booking' })
    }
    await countEmails(canonicalAddress(meant.email), request, reply)
    await Promise.all([requestLinks(app.db, app.outbox, meant.email, app.clock()), sleep(answerMs)])
    return await reply.redirect('/find-my-booking/sent', 303)
  })))

  app.get('/find-my-booking/sent', async (_, reply) => reply.page('booking/bookings/link-sent'))

  function show ({ body, reply }: Asked, errors?: FormErrors): FastifyReply {
    return reply.page('booking/bookings/find-my-booking', { values: valuesOf(body), errors })
  }
}
