import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { listDatesToCome } from '../../programme/activities/known-activities.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { running } from '../../programme/activities/staff-routes.ts'
import type { Running, RunningAddress } from '../../programme/activities/staff-routes.ts'
import { liveStatuses } from '../../booking/bookings/booking.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { maxPlaces } from '../../booking/bookings/capacity.ts'
import { AlreadyCancelled, BookingEnded, BookingNotFound, NoPlacesLeft } from '../../booking/bookings/errors.ts'
import { addressQuestionOf, meantAddress, wantsAnother } from '../../booking/bookings/likely-address.ts'
import { getBooking, getBookingOn } from '../../booking/bookings/queries.ts'
import type { Db } from '../../platform/database/connect.ts'
import { DomainError } from '../../platform/errors.ts'
import { editionIn, typedOf } from '../../platform/http/form-answers.ts'
import { formError, formErrors } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId } from '../../platform/http/url-params.ts'
import { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { confirmationForm } from '../../identity/staff/schema.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { assertTakesCallers, bookByPhone } from './book-by-phone.ts'
import type { PhoneBooking } from './book-by-phone.ts'
import { changeDetails } from './change-details.ts'
import { BookedThere, CannotMoveThere, DetailsChanged } from './errors.ts'
import type { Details } from './details.ts'
import { makeNewLinks } from './make-new-links.ts'
import { moveBooking } from './move-booking.ts'
import { newLinkEffects } from './new-links.ts'
import { effectsOfTurn, restoreTurn } from './restore-turn.ts'
import { detailsFields, detailsForm, linksForm, moveFields, moveForm, phoneBookingFields, phoneBookingForm } from './schema.ts'
import { bookingHref, detailsPageOf, effectsPageOf, movePageOf, phoneBookingPageOf } from './staff-page.ts'

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

/** The message on the page of a booking that was made by phone. */
const madeAs: Record<PhoneBooking['is'], string> = {
  booked: 'made', waiting: 'made-waiting', 'booked-already': 'made-before'
}

/** The field that each refusal is about; a refusal that is not here is about the form as a whole. */
const fields: Readonly<Record<string, string>> = {
  'code-refused': 'code',
  'too-many-places': 'places',
  'no-places-left': 'places',
  'district-unknown': 'district',
  'booked-there': 'email'
}

/** Booking a place for someone who phones. */
const phoneBookingRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/bookings/new'

  app.get(address, running(async asked => show(asked, 200)))

  app.post(address, running(async asked => {
    const { staff, activity, body, reply } = asked
    const { campaign: { districts }, placesPerBooking } = activity
    const read = phoneBookingForm({ districts, placesPerBooking }).safeParse(body)
    if (!read.success) return show(asked, 400, formErrors(read.error, phoneBookingFields))
    if (wantsAnother(body)) return show(asked, 200, undefined, { isAgain: true })
    const meant = meantIn(read.data.email, body)
    if (meant.suggested !== undefined) return askAbout(asked, meant)
    const request = { ...read.data, email: meant.email }
    const { is, bookingId } = await bookByPhone(app.db, app.outbox, activity.id, request, staff, app.clock())
    return await reply.redirect(`${bookingHref(activity, bookingId)}?done=${madeAs[is]}`, 303)
  }))

  app.setErrorHandler(async (error, request, reply) => {
    const errors = request.method === 'POST' ? errorsOf(error) : undefined
    if (errors === undefined) throw error
    const isSpent = error instanceof BookingEnded
    return await running(async asked => show(asked, 409, errors, { isSpent }))(request, reply)
  })

  /** Where the form's booking has ended (`isSpent`), the form is shown with a new id. */
  function show (
    { staff, activity, body, reply }: Running, status: number, errors?: FormErrors,
    { isSpent = false, isAgain = errors !== undefined } = {}
  ): FastifyReply {
    const now = app.clock()
    const { submission } = isSpent ? {} : typedOf(body, ['submission'])
    const tried = isAgain ? { typed: typedOf(body, phoneBookingFields), errors } : undefined
    const model = phoneBookingPageOf(activity, submission ?? randomUUID(), whyNobody(activity), now, tried)
    return reply.code(status).page('office/on-behalf/book-by-phone', { staff, ...model })
  }

  /** Why people cannot be booked; undefined where they can. */
  function whyNobody (activity: KnownActivity): string | undefined {
    try {
      assertTakesCallers(activity, app.clock())
      return undefined
    } catch (error) {
      if (error instanceof DomainError) return error.message
      throw error
    }
  }
}

interface BookingAddress extends RunningAddress { Params: { slug: string, booking: string } }

/** Changing the details of a booking. */
const detailsRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/bookings/:booking/details'

  app.get(address, running<BookingAddress>(async asked => await show(asked, 200)))

  app.post(address, running<BookingAddress>(async asked => {
    const { staff, activity, body, reply } = asked
    const booking = await liveBookingIn(asked, app.db)
    const read = readDetails(activity, booking, body)
    if (!read.success) return await show(asked, 400, { errors: formErrors(read.error, detailsFields) })
    const { detailsAfter, edition, confirmed } = read.data
    const typed = detailsAfter(booking)
    if (wantsAnother(body)) return await show(asked, 200, {})
    const meant: MeantOrNone = typed.email === booking.email ? typed : meantIn(typed.email, body)
    if (meant.suggested !== undefined) return askAbout(asked, meant)
    const details = { ...typed, email: meant.email }
    const hasChanged = await changeDetails(
      app.db, app.outbox, booking.id, { details, edition, confirmed }, staff, app.clock())
    return await reply.redirect(`${bookingHref(activity, booking.id)}?done=${hasChanged ? 'details' : 'as-it-was'}`, 303)
  }))

  app.setErrorHandler(async (error, request, reply) => {
    if (request.method !== 'POST') throw error
    return await running<BookingAddress>(async asked => {
      const { activity } = asked
      if (error instanceof ConfirmationRequired) return await showEffects(asked, 'details', error)
      const errors = errorsOf(error)
      if (errors === undefined || error instanceof AlreadyCancelled) throw error
      if (error instanceof DetailsChanged) return await showBeside(asked, errors)
      const otherHref = error instanceof BookedThere ? bookingHref(activity, error.bookingId) : undefined
      return await show(asked, 409, { errors, otherHref })
    })(request, reply)
  })

  /**
   * A colleague was quicker: the current details are shown beside what was typed, and are the base of the next change.
   */
  async function showBeside (asked: Running<BookingAddress>, errors: FormErrors): Promise<FastifyReply> {
    const booking = await liveBookingIn(asked, app.db)
    const read = readDetails(asked.activity, booking, asked.body)
    const mine = read.success ? { mine: read.data.detailsAfter(booking) } : {}
    return await show(asked, 409, { errors, isBeside: true, ...mine })
  }

  async function show (
    asked: Running<BookingAddress>, status: number,
    tried?: { errors?: FormErrors, otherHref?: string | undefined, isBeside?: boolean, mine?: Details }
  ): Promise<FastifyReply> {
    const { staff, activity, body, reply } = asked
    const booking = await liveBookingIn(asked, app.db)
    const page = { activity, booking, districts: districtsFor(activity, booking) }
    const edition = tried?.isBeside === true ? undefined : editionIn(body)
    const model = detailsPageOf(page, tried && { ...tried, typed: typedOf(body, detailsFields), edition })
    return reply.code(status).page('office/on-behalf/booking-details', { staff, ...model })
  }

  function readDetails (activity: KnownActivity, booking: Booking, body: unknown) {
    return detailsForm({
      districts: districtsFor(activity, booking), placesPerBooking: maxPlaces(activity, booking)
    }).safeParse(body)
  }
}

/** Moving a booking to another date. */
const moveRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/bookings/:booking/move'

  app.get(address, running<BookingAddress>(async asked => await show(asked, 200)))

  app.post(address, running<BookingAddress>(async asked => {
    const { staff, activity, params, body, reply } = asked
    const read = moveForm.safeParse(body)
    if (!read.success) return await show(asked, 400, { errors: formErrors(read.error, moveFields) })
    const { to, confirmed } = read.data
    const date = (await datesFor(asked)).find(({ slug }) => slug === to && slug !== activity.slug)
    if (date === undefined) throw new CannotMoveThere('not-offered')
    // On a second press the booking is already where it was to go.
    const { activityId } = isId(params.booking) ? await getBooking(app.db, params.booking) : { activityId: undefined }
    if (activityId !== activity.id && activityId !== date.id) throw new BookingNotFound()
    await moveBooking(app.db, app.outbox, params.booking, { to: date.id, confirmed }, staff, app.clock())
    return await reply.redirect(`${bookingHref(date, params.booking)}?done=moved`, 303)
  }))

  app.setErrorHandler(async (error, request, reply) => {
    if (request.method !== 'POST') throw error
    return await running<BookingAddress>(async asked => {
      const { body } = asked
      if (error instanceof ConfirmationRequired) return await showEffects(asked, 'move', error)
      if (!(error instanceof CannotMoveThere || error instanceof BookedThere)) throw error
      const date = (await datesFor(asked)).find(({ slug }) => slug === typedOf(body, moveFields).to)
      const errors = formError('to', error.message)
      if (date === undefined || !(error instanceof BookedThere)) return await show(asked, 409, { errors })
      return await show(asked, 409, { errors, otherHref: bookingHref(date, error.bookingId) })
    })(request, reply)
  })

  async function show (
    asked: Running<BookingAddress>, status: number, tried?: { errors: FormErrors, otherHref?: string | undefined }
  ): Promise<FastifyReply> {
    const { staff, activity, body, reply } = asked
    const booking = await liveBookingIn(asked, app.db)
    const page = { activity, booking, dates: await datesFor(asked) }
    const model = movePageOf(page, app.clock(), tried && { ...tried, typed: typedOf(body, moveFields) })
    return reply.code(status).page('office/on-behalf/move-booking', { staff, ...model })
  }

  async function datesFor ({ staff, activity }: Running<BookingAddress>): Promise<KnownActivity[]> {
    return await listDatesToCome(app.db, staff, activity.campaign.id, app.clock())
  }
}

/** Restoring someone's turn on a waiting list: a page that says what it does, and its button. */
const turnRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/bookings/:booking/turn'

  app.get(address, running<BookingAddress>(async asked => await show(asked, 200)))

  app.post(address, running<BookingAddress>(async asked => {
    const { staff, activity, body, reply } = asked
    const { id } = await bookingIn(asked, app.db)
    const read = confirmationForm.safeParse(body)
    if (!read.success) return await show(asked, 400, formErrors(read.error, []))
    await restoreTurn(app.db, app.outbox, id, read.data.confirmed, staff, app.clock())
    return await reply.redirect(`${bookingHref(activity, id)}?done=turn`, 303)
  }))

  app.setErrorHandler(async (error, request, reply) => {
    if (!(error instanceof ConfirmationRequired)) throw error
    return await running<BookingAddress>(async asked => await showEffects(asked, 'turn', error))(request, reply)
  })

  async function show (
    asked: Running<BookingAddress>, status: number, errors?: FormErrors
  ): Promise<FastifyReply> {
    const { staff, activity, reply } = asked
    const booking = await bookingIn(asked, app.db)
    const required = new ConfirmationRequired(await effectsOfTurn(app.db, booking, activity, app.clock()), undefined)
    return reply.code(status).page('identity/staff/effects', { staff, errors, ...effectsPageOf(activity, booking, 'turn', required, {}) })
  }
}

/** Making new links for a booking: a page that says what it does, and its button. */
const linkRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/bookings/:booking/links'

  app.get(address, running<BookingAddress>(async asked => await show(asked, 200)))

  app.post(address, running<BookingAddress>(async asked => {
    const { staff, activity, body, reply } = asked
    const { id } = await bookingIn(asked, app.db)
    const read = linksForm.safeParse(body)
    if (!read.success) return await show(asked, 400, formErrors(read.error, []))
    const { links: linkVersion, confirmed } = read.data
    const areNew = await makeNewLinks(app.db, app.outbox, id, { linkVersion, confirmed }, staff, app.clock())
    return await reply.redirect(`${bookingHref(activity, id)}?done=${areNew ? 'links' : 'links-before'}`, 303)
  }))

  app.setErrorHandler(async (error, request, reply) => {
    if (!(error instanceof ConfirmationRequired)) throw error
    return await running<BookingAddress>(async asked => await showEffects(asked, 'links', error))(request, reply)
  })

  async function show (
    asked: Running<BookingAddress>, status: number, errors?: FormErrors
  ): Promise<FastifyReply> {
    const { staff, activity, reply } = asked
    const booking = await liveBookingIn(asked, app.db)
    const required = new ConfirmationRequired({ sentences: newLinkEffects(booking, activity), changes: [] }, undefined)
    const model = effectsPageOf(activity, booking, 'links', required, { links: String(booking.linkVersion) })
    return reply.code(status).page('identity/staff/effects', { staff, errors, ...model })
  }
}

/** The address that is meant, if any; and a suggestion to ask about first, where there is one. */
interface MeantOrNone { email: string | undefined, suggested?: string }

function meantIn (typed: string | undefined, body: unknown): MeantOrNone {
  const meant = typed === undefined ? { email: undefined } : meantAddress(typed, body)
  return 'suggested' in meant ? { email: typed, ...meant } : meant
}

/** Asks once whether an address that looks like a slip is right; the form is then sent again. */
function askAbout ({ staff, activity, body, reply }: Running, { email = '', suggested = '' }: MeantOrNone): FastifyReply {
  const question = addressQuestionOf(email, suggested, body)
  return reply.page('office/on-behalf/check-address', { staff, ...runningOf(activity), ...question, action: reply.request.url })
}

/** The effects of one of these changes, before it is made, with the fields that were sent. */
async function showEffects (
  asked: Running<BookingAddress>, what: 'details' | 'move' | 'turn' | 'links', required: ConfirmationRequired
): Promise<FastifyReply> {
  const { staff, activity, body, reply } = asked
  const booking = await bookingIn(asked, reply.server.db)
  return reply.page('identity/staff/effects', { staff, ...effectsPageOf(activity, booking, what, required, body) })
}

/** Returns the booking that an address names, which must belong to its activity. */
async function bookingIn ({ activity, params }: Running<BookingAddress>, db: Db): Promise<Booking> {
  if (!isId(params.booking)) throw new BookingNotFound()
  return await getBookingOn(db, activity.id, params.booking)
}

/** The booking that an address names, which must be of its activity and live. */
async function liveBookingIn (asked: Running<BookingAddress>, db: Db): Promise<Booking> {
  const booking = await bookingIn(asked, db)
  if (!liveStatuses.includes(booking.status)) throw new AlreadyCancelled()
  return booking
}

/** The districts to choose from, and the booking's own even if it cannot be chosen any more. */
function districtsFor ({ campaign: { districts } }: KnownActivity, { district }: Booking): string[] {
  if (districts.length === 0 || district === undefined || districts.includes(district)) return districts
  return [...districts, district]
}

/** A refusal, beside the field that it is about. */
function errorsOf (error: unknown): FormErrors | undefined {
  if (!(error instanceof DomainError) || error instanceof BookingNotFound) return undefined
  const sentence = error instanceof NoPlacesLeft
    ? 'There are not enough places for more. Give the activity more places first.'
    : error.message
  return formError(fields[error.refusal] ?? 'form', sentence)
}
