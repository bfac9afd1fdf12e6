import { randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { assertOpen, BookingNotOpen } from '../../programme/activities/errors.ts'
import type { OfferedActivity } from '../../programme/activities/queries.ts'
import { bookableNow, lastKnownActivity, offeredActivity } from '../../programme/activities/routes.ts'
import { availability } from '../../programme/activities/supply.ts'
import { isDatabaseAway } from '../../platform/database/errors.ts'
import type { DomainError } from '../../platform/errors.ts'
import { CodeRefused } from '../holds/errors.ts'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { crowdRateLimit } from '../../platform/http/limits.ts'
import { notReached } from '../../platform/http/page-errors.ts'
import { escapeHtml, inAscii } from '../../platform/http/pages.ts'
import { untrapped } from '../../platform/http/trap.ts'
import { inTurns } from '../../platform/in-turns.ts'
import type { Seal } from '../../platform/seal.ts'
import { mailboxOf } from './address.ts'
import { openDesk } from './desk.ts'
import { BookingEnded, FullyBooked } from './errors.ts'
import { addressQuestionOf, meantAddress, wantsAnother } from './likely-address.ts'
import { fieldsOf, formPageOf, isForCodesAlone, summaryOf, valuesOf } from './page.ts'
import { requestPlaces } from './request-places.ts'
import { bookingForm } from './schema.ts'
import { keepTypedAddress, takeTypedAddress } from './typed-address.ts'

/** Per address booked: enough for a whole programme at one sitting, too few to fill someone else's inbox. */
export const addressRateLimit = { max: 20, timeWindow: 15 * 60_000 }

/** In one turn of the event loop: a few milliseconds, for which those let in wait at each step of theirs. */
const turnedAwayAtOnce = 8

interface Slug { Params: { slug: string } }

export interface BookingForm {
  addressSeal: Seal
  /** Who invites to what is booked. */
  organizer: string
}

/** A form for a place, as it came. */
interface Form { activity: OfferedActivity, body: unknown, reply: FastifyReply }

/**
 * The booking form. What it depends on is at most a second old and read once for everyone; only the desk decides, and
 * it decides on what is true at that moment.
 */
export const bookingFormRoutes: FastifyPluginAsync<BookingForm> = async (app, { addressSeal, organizer }) => {
  const desk = openDesk(async (activityId, requests) =>
    await requestPlaces(app.db, app.outbox, activityId, requests, app.clock(), organizer))
  app.addHook('onClose', async () => { await desk.idle() })
  const toBeTurnedAway = inTurns(turnedAwayAtOnce)
  const countBookings = app.limitEmailsTo('book', addressRateLimit)
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

  app.post('/activities/:slug/book', {
    preValidation: letInTime, config: { rateLimit: { ...crowdRateLimit, hook: 'preHandler' } }
  }, booking(untrapped(showAgain, form({
    schema: ({ activity: { campaign: { districts }, placesPerBooking } }) =>
      bookingForm({ districts, placesPerBooking }),
    fields: ({ activity, body }) => fieldsOf(activity, valuesOf(body)),
    again: showAgain
  }, async asked => {
    const { request, activity, body, input, reply } = asked
    if (wantsAnother(body)) return showAgain(asked)
    const meant = meantAddress(input.email, body)
    if ('suggested' in meant) return askAbout(asked, input.email, meant.suggested)
    await countBookings(mailboxOf(meant.email), reply)
    await inSameTime(desk.request(activity.id, { ...input, email: meant.email }, () => request.raw.socket.destroyed))
    const path = bookedPath(activity.slug)
    keepTypedAddress(reply, addressSeal, path, meant.email)
    return await reply.redirect(path, 303)
  }))))

  // The same for a stranger, someone who is booked already, and a machine.
  app.get<Slug>('/activities/:slug/booked', async (request, reply) => {
    const { slug } = request.params
    const typed = takeTypedAddress(request, reply, addressSeal, bookedPath(slug))
    const pieces = await app.fresh(`page ${bookedPath(slug)}`, async () => await bookedPages(app, slug))
    return reply.html(typed === undefined ? pieces.without : pieces.around.join(inAscii(escapeHtml(typed))))
  })

  /**
   * Ends a request for which the desk has no time before anything is asked of the database, which those let in need:
   * the form has been read, to be shown again, and it does not count towards a limit.
   */
  async function letInTime (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    const activity = lastKnownActivity(app, (request.params as Slug['Params']).slug)
    if (activity === undefined || desk.isInTime(activity.id)) return undefined
    await toBeTurnedAway()
    return await app.turnAway(request, reply)
  }

  /** What is asked about an activity that can be booked just now. */
  function booking (answer: (asked: Asked<Slug> & Form) => Promise<FastifyReply>) {
    return asking<Slug>(async asked => {
      const activity = await offeredActivity(app, asked.params.slug)
      assertOpen(activity, app.clock())
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

/** Longer than it takes to write down who asked again: a refusal comes no later to someone who is booked. */
const refusedMs = 400

/** Lets a request that is refused because all is full wait until that could be of anyone's. */
async function inSameTime (request: Promise<void>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, refusedMs)
  try {
    await request
  } catch (error) {
    if (error instanceof FullyBooked) await over
    throw error
  } finally {
    clearTimeout(timer)
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
  assertOpen(activity, now)
  if (availability(activity, activity.occupancy).is === 'full' && !isForCodesAlone(activity)) throw new FullyBooked()
  const cut = randomUUID()
  return inAscii(app.render('booking/bookings/book-a-place', formPageOf(activity, now, cut))).split(cut)
}
