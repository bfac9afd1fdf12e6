import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import cookie from '@fastify/cookie'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { bookability } from '../../programme/activities/booking-window.ts'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import { offerOf } from '../../programme/activities/page.ts'
import { findPublicActivity } from '../../programme/activities/queries.ts'
import type { OfferedActivity } from '../../programme/activities/queries.ts'
import { bookableNow, lastKnownActivity, offeredActivity } from '../../programme/activities/routes.ts'
import { availability } from '../../programme/activities/supply.ts'
import { isDatabaseAway } from '../../platform/database/errors.ts'
import type { DomainError } from '../../platform/errors.ts'
import { CodeRefused } from '../holds/errors.ts'
import { formError, formErrors } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { aFewLetters, aRoomful, aTownful } from '../../platform/http/limits.ts'
import { sentenceFor } from '../../platform/http/in-address.ts'
import { notReached } from '../../platform/http/page-errors.ts'
import { escapeHtml, inAscii } from '../../platform/http/pages.ts'
import { isTrapped, noteTrapped, trapped } from '../../platform/http/trap.ts'
import { canonicalAddress } from './address.ts'
import { mostPlaces } from './capacity.ts'
import { cancelBooking, changeOwnDetails, changePlaces, changeReminders, requestLinks, requestPlaces } from './commands.ts'
import { openDesk } from './desk.ts'
import { AlreadyCancelled, BookingEnded, FullyBooked, LinkEnded, NoPlacesLeft, PhoneNeeded } from './errors.ts'
import { addressQuestionOf, meantAddress, wantsAnother } from './likely-address.ts'
import type { BookingLinks } from './link.ts'
import {
  fieldsOf, formPageOf, isForCodesAlone, ownBookingPageOf, ownDetailsPageOf, summaryOf, valuesOf
} from './page.ts'
import type { WayInto } from './page.ts'
import { findBooking, findFirstBooking, listPriorityGroups, standingOf } from './queries.ts'
import type { BookingWithActivity } from './queries.ts'
import {
  bookingForm, findMyBookingForm, ownDetailsFields, ownDetailsForm, placesForm, remindersForm
} from './schema.ts'
import { keepTypedAddress, takeTypedAddress } from './typed-address.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** How the holder of a booking gets in, which a part to the right decides. */
    wayInto: WayInto
  }
}

/** By the address that is booked: a whole programme at one sitting, and not somebody else's inbox full. */
export const aProgramme = { max: 20, timeWindow: '15 minutes' }

interface Slug { Params: { slug: string } }
interface Token { Params: { token: string } }

/** Booking, one's own booking, and what is done with what people type. */
export const bookingRoutes: FastifyPluginAsync<{ links: BookingLinks }> = async (app, { links }) => {
  await app.register(bookingFormRoutes)
  await app.register(ownBookingRoutes, { links })
  await app.register(findMyBookingRoutes)
}

/**
 * The booking form. What it depends on is at most a second old and read once for everybody; only the
 * desk decides, and it decides on what is true at that moment.
 */
const bookingFormRoutes: FastifyPluginAsync = async app => {
  const desk = openDesk(async (activityId, requests) =>
    await requestPlaces(app.db, app.outbox, activityId, requests, app.clock()))
  app.addHook('onClose', async () => { await desk.idle() })
  const countBookings = app.limitOn(aProgramme)
  await app.register(cookie)

  app.get<Slug>('/activities/:slug/book', async ({ params: { slug } }, reply) => {
    const pieces = await app.fresh(`form ${slug}`, async () => await blankForm(app, slug))
    return reply.html(pieces.join(randomUUID()))
  })

  app.post<Slug>('/activities/:slug/book', { config: { rateLimit: aTownful } }, async (request, reply) => {
    const { slug } = request.params
    const activity = await offeredActivity(app, slug)
    const now = app.clock()
    const state = bookability(activity, now)
    if (state !== 'open') throw new BookingNotOpen(state)
    if (isTrapped(request.body)) {
      await noteTrapped(app.db, now.toJSDate())
      return showAgain(reply.code(400), activity, request.body, formError('form', trapped))
    }

    const form = bookingForm({ districts: activity.campaign.districts, placesPerBooking: activity.placesPerBooking })
    const read = form.safeParse(request.body ?? {})
    if (!read.success) {
      const errors = formErrors(read.error, fieldsOf(activity, valuesOf(request.body)))
      return showAgain(reply.code(400), activity, request.body, errors)
    }
    if (wantsAnother(request.body)) return showAgain(reply, activity, request.body)
    const meant = meantAddress(read.data.email, request.body)
    if ('suggested' in meant) {
      const question = addressQuestionOf(read.data.email, meant.suggested, request.body)
      return reply.page('booking/bookings/check-address', { ...question, activity: summaryOf(activity), href: `/activities/${slug}/book` })
    }
    await countBookings(canonicalAddress(meant.email), request, reply)
    await desk.request(activity.id, { ...read.data, email: meant.email })
    const path = bookedPath(slug)
    keepTypedAddress(reply, path, meant.email)
    return await reply.redirect(path, 303)
  })

  // The same for whoever asked: a stranger, somebody who is booked already, a machine.
  app.get<Slug>('/activities/:slug/booked', async (request, reply) => {
    const { slug } = request.params
    const typed = takeTypedAddress(request, reply, bookedPath(slug))
    const pieces = await app.fresh(`page ${bookedPath(slug)}`, async () => await bookedPages(app, slug))
    return reply.html(typed === undefined ? pieces.without : pieces.around.join(inAscii(escapeHtml(typed))))
  })

  app.setErrorHandler(async (error, request, reply) => {
    const { params, method, body } = request
    const { slug } = params as Slug['Params']
    if (method === 'POST' && isDatabaseAway(error)) {
      // As it was when it could be read: what was typed counts for more than how many places are left.
      const activity = lastKnownActivity(app, slug)
      if (activity === undefined) throw error
      return showAgain(app.awayFor(error as Error, request, reply), activity, body, formError('form', notReached))
    }
    if (error instanceof BookingEnded) {
      // What is sent next is a form of its own.
      const answers = { ...body as object, submission: undefined }
      return showAgain(reply.code(409), await offeredActivity(app, slug), answers, formError('form', error.message))
    }
    if (error instanceof CodeRefused) {
      return showAgain(reply.code(409), await offeredActivity(app, slug), body, formError('code', error.message))
    }
    if (!(error instanceof BookingNotOpen || error instanceof FullyBooked)) throw error
    return await showClosed(error, slug, reply)
  })

  function showAgain (reply: FastifyReply, activity: OfferedActivity, body: unknown, errors?: FormErrors) {
    const values = valuesOf(body)
    const model = formPageOf(activity, app.clock(), values.submission ?? randomUUID(), values, errors)
    return reply.page('booking/bookings/book-a-place', model)
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

/** What follows a booking, rendered once for everybody: without, and cut where the address goes that was typed. */
async function bookedPages (app: FastifyInstance, slug: string): Promise<{ without: string, around: string[] }> {
  const activity = summaryOf(await offeredActivity(app, slug))
  const cut = randomUUID()
  return {
    without: app.render('booking/bookings/booked', { activity }),
    around: inAscii(app.render('booking/bookings/booked', { activity, typed: cut })).split(cut)
  }
}

/** Rendered once for everybody and cut where each person's own submission goes. */
async function blankForm (app: FastifyInstance, slug: string): Promise<string[]> {
  const activity = await offeredActivity(app, slug)
  const now = app.clock()
  const state = bookability(activity, now)
  if (state !== 'open') throw new BookingNotOpen(state)
  if (availability(activity, activity.occupancy).is === 'full' && !isForCodesAlone(activity)) throw new FullyBooked()
  const cut = randomUUID()
  return inAscii(app.render('booking/bookings/book-a-place', formPageOf(activity, now, cut))).split(cut)
}

/** Whoever holds the link sees the booking and may change it; GET never does. */
const ownBookingRoutes: FastifyPluginAsync<{ links: BookingLinks }> = async (app, { links }) => {
  app.addHook('onRequest', keepFromSearchEngines)

  app.get<Token & { Querystring: { done?: unknown } }>('/bookings/:token', async ({ params: { token }, query }, reply) =>
    await showOwnBooking(app, reply, await bookingOf(token), token, { notice: sentenceFor(done, query.done) }))

  app.get<Token>('/bookings/:token/details', async ({ params: { token } }, reply) => await showDetails(reply, token))

  app.post<Token>('/bookings/:token/details', async (request, reply) => {
    const { token } = request.params
    const booking = await bookingOf(token)
    const read = ownDetailsForm.safeParse(request.body ?? {})
    if (!read.success) {
      return await showDetails(reply.code(400), token, request.body, formErrors(read.error, ownDetailsFields))
    }
    const isChanged = await changeOwnDetails(app.db, app.outbox, booking.id, read.data, app.clock(), booking)
    return await reply.redirect(`/bookings/${token}?done=${isChanged ? 'details' : 'as-it-was'}`, 303)
  })

  app.post<Token>('/bookings/:token/places', async (request, reply) => {
    const { token } = request.params
    const booking = await bookingOf(token)
    const read = placesForm(mostPlaces(booking.activity, booking)).safeParse(request.body ?? {})
    if (!read.success) {
      const errors = formErrors(read.error, ['places'])
      const typed = valuesOf(request.body).places
      return await showOwnBooking(app, reply.code(400), booking, token, { errors, typed })
    }
    await changePlaces(app.db, app.outbox, booking.id, read.data.places, app.clock(), booking)
    return await reply.redirect(`/bookings/${token}`, 303)
  })

  app.get<Token>('/bookings/:token/cancellation', async ({ params: { token } }, reply) => {
    const booking = await bookingOf(token)
    const model = ownBookingPageOf({ booking, line: undefined, first: undefined, token }, app.clock())
    if (model.isOver || !model.isLive) return await reply.redirect(`/bookings/${token}`, 303)
    return reply.page('booking/bookings/cancel-your-booking', model)
  })

  app.post<Token>('/bookings/:token/cancellation', async ({ params: { token } }, reply) => {
    const booking = await bookingOf(token)
    await cancelBooking(app.db, app.outbox, booking.id, app.clock(), booking)
    return await reply.redirect(`/bookings/${token}`, 303)
  })

  app.get<Token>('/bookings/:token/reminders', async ({ params: { token } }, reply) =>
    await showReminders(reply, token))

  app.post<Token>('/bookings/:token/reminders', async (request, reply) => {
    const { token } = request.params
    const booking = await bookingOf(token)
    const read = remindersForm.safeParse(request.body ?? {})
    if (!read.success) return await showReminders(reply.code(400), token, formErrors(read.error, []))
    await changeReminders(app.db, booking.id, read.data.reminders === 'on', app.clock(), booking)
    return await reply.redirect(`/bookings/${token}/reminders`, 303)
  })

  app.setErrorHandler(async (error, { params, body }, reply) => {
    const { token } = params as Token['Params']
    if (error instanceof PhoneNeeded) {
      return await showDetails(reply.code(409), token, body, formError('phone', error.message))
    }
    if (error instanceof NoPlacesLeft) {
      const tried = { errors: formError('places', error.message), typed: valuesOf(body).places }
      return await showOwnBooking(app, reply.code(409), await bookingOf(token), token, tried)
    }
    // Its page says so, and what else is on.
    if (error instanceof AlreadyCancelled) return await reply.redirect(`/bookings/${token}`, 303)
    throw error
  })

  async function bookingOf (token: string) {
    return await bookingByLink(app, links, token)
  }

  /** The form on which what we know of somebody is changed; of what is over or cancelled nothing is. */
  async function showDetails (
    reply: FastifyReply, token: string, body?: unknown, errors?: FormErrors
  ): Promise<FastifyReply> {
    const booking = await bookingOf(token)
    const own = ownBookingPageOf({ booking, line: undefined, first: undefined, token }, app.clock())
    if (own.isOver || !own.isLive) return await reply.redirect(`/bookings/${token}`, 303)
    const model = ownDetailsPageOf({ booking, token }, body, errors)
    return reply.page('booking/bookings/your-details', model)
  }

  /** Whether one is reminded; of what is over or cancelled nobody is, and its own page says that it is. */
  async function showReminders (reply: FastifyReply, token: string, errors?: FormErrors): Promise<FastifyReply> {
    const booking = await bookingOf(token)
    const model = ownBookingPageOf({ booking, line: undefined, first: undefined, token }, app.clock())
    if (model.isOver || !model.isLive) return await reply.redirect(`/bookings/${token}`, 303)
    return reply.page('booking/bookings/stop-reminders', { ...model, errors })
  }
}

/** What somebody has just done, in a sentence above their own booking. */
const done = {
  details: 'Your details are changed.',
  'as-it-was': 'Nothing was changed: it was like that already.'
}

/** What is above one's own booking, or in its form, because of what somebody has just tried. */
interface Tried {
  /** What did not come about, in a sentence. */
  notice?: string | undefined
  errors?: FormErrors
  typed?: string | undefined
}

/** Shows one's own booking as it is now; changes nothing. */
export async function showOwnBooking (
  app: FastifyInstance, reply: FastifyReply, booking: BookingWithActivity, token: string, tried: Tried = {}
): Promise<FastifyReply> {
  const line = booking.status === 'waiting'
    ? { ...await standingOf(app.db, booking), groups: await listPriorityGroups(app.db, booking.activityId) }
    : undefined
  const first = await findFirstBooking(app.db, booking)
  const now = app.clock()
  const model = ownBookingPageOf({ booking, line, first, wayIn: app.wayInto(booking, now), token }, now)
  if (!model.isOver && model.isLive) return reply.page('booking/bookings/your-booking', { ...model, ...tried })

  const again = !model.isOver && model.mayBookAgain ? await wayBack(app, booking) : undefined
  // What somebody has just left, or what was cancelled a moment ago, is nothing to book instead of itself.
  const others = (await bookableNow(app)).filter(({ href }) => href !== `/activities/${booking.activity.slug}`)
  return reply.page('booking/bookings/your-booking', { ...model, ...tried, again, others })
}

/** Where someone who has left the list asks for a place again, while anybody can. */
async function wayBack (
  app: FastifyInstance, { activity: { slug } }: BookingWithActivity
): Promise<{ text: string, href: string } | undefined> {
  const activity = await findPublicActivity(app.db, slug)
  const { button } = activity === undefined ? {} : offerOf(activity, app.clock())
  if (button === undefined) return undefined
  return { text: `${button} again`, href: `/activities/${slug}/book` }
}

/**
 * The booking that a link leads to. Throws alike where we did not make the link and where it has ended: whoever
 * holds an old one learns no more of the booking than a stranger.
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

/** A link to somebody's booking is theirs alone. */
export async function keepFromSearchEngines (_: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('x-robots-tag', 'noindex')
}

/** Longer than it takes to announce a letter: an address that has bookings answers no later than one that has none. */
const answerMs = 400

const findMyBookingRoutes: FastifyPluginAsync = async app => {
  const countLetters = app.limitOn(aFewLetters)

  app.setErrorHandler(async (error, request, reply) =>
    app.awayFor(error as Error, request, reply).page('booking/bookings/find-my-booking', {
      values: valuesOf(request.body), errors: formError('form', notReached)
    }))

  app.get('/find-my-booking', async (_, reply) => reply.page('booking/bookings/find-my-booking', { values: {} }))

  app.post('/find-my-booking', { config: { rateLimit: aRoomful } }, async (request, reply) => {
    const read = findMyBookingForm.safeParse(request.body ?? {})
    if (!read.success) {
      const errors = formErrors(read.error, ['email'])
      return reply.code(400).page('booking/bookings/find-my-booking', { values: valuesOf(request.body), errors })
    }
    if (wantsAnother(request.body)) {
      return reply.page('booking/bookings/find-my-booking', { values: valuesOf(request.body) })
    }
    const meant = meantAddress(read.data.email, request.body)
    if ('suggested' in meant) {
      const question = addressQuestionOf(read.data.email, meant.suggested, request.body)
      return reply.page('booking/bookings/check-address', { ...question, href: '/find-my-booking' })
    }
    await countLetters(canonicalAddress(meant.email), request, reply)
    await Promise.all([requestLinks(app.db, app.outbox, meant.email, app.clock()), sleep(answerMs)])
    return await reply.redirect('/find-my-booking/sent', 303)
  })

  app.get('/find-my-booking/sent', async (_, reply) => reply.page('booking/bookings/link-sent'))
}
