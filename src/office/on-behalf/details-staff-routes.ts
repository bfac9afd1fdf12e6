import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { anew, running } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import type { BookingAddress } from '../../booking/bookings/booking-address.ts'
import { liveBookingIn } from '../../booking/bookings/booking-address.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { maxPlaces } from '../../booking/bookings/capacity.ts'
import { AlreadyCancelled, BookingEnded, BookingNotFound, NoPlacesLeft } from '../../booking/bookings/errors.ts'
import { addressQuestionOf, meantAddress, wantsAnother } from '../../booking/bookings/likely-address.ts'
import { DomainError } from '../../platform/errors.ts'
import { form, refusing } from '../../platform/http/form.ts'
import { versionHashIn, typedOf } from '../../platform/http/form-answers.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { ConfirmationRequired, confirming } from '../../identity/staff/confirmation.ts'
import { assertTakesCallers, bookByPhone } from './book-by-phone.ts'
import { changeDetails } from './change-details.ts'
import type { PhoneBooking } from './book-by-phone.ts'
import type { Details } from './details.ts'
import { BookedThere, DetailsChanged } from './errors.ts'
import { detailsFields, detailsForm, phoneBookingFields, phoneBookingForm } from './schema.ts'
import type { DetailsInput } from './schema.ts'
import { showEffects } from './show-effects.ts'
import { bookingHref, detailsPageOf, phoneBookingPageOf } from './staff-page.ts'

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
export const phoneBookingRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/bookings/new'

  app.get(address, running(async asked => show(asked)))

  app.post(address, running(form({
    schema: ({ activity: { campaign: { districts }, placesPerBooking } }) =>
      phoneBookingForm({ districts, placesPerBooking }),
    fields: phoneBookingFields,
    again: anew(show),
    refused: errorsOf
  }, refusing(BookingEnded, anew(showNew), async asked => {
    const { staff, activity, body, input, reply } = asked
    if (wantsAnother(body)) return show(asked, undefined, { isAgain: true })
    const meant = meantIn(input.email, body)
    if (meant.suggested !== undefined) return askAbout(asked, meant)
    const request = { ...input, email: meant.email }
    const { is, bookingId } = await bookByPhone(app.db, app.outbox, activity.id, request, staff, app.clock())
    return await reply.redirect(`${bookingHref(activity, bookingId)}?done=${madeAs[is]}`, 303)
  }))))

  /** The form's booking has ended: what was typed makes another one. */
  function showNew (asked: Running, refusal: BookingEnded): FastifyReply {
    return show(asked, errorsOf(refusal), { isSpent: true })
  }

  /** Where the form's booking has ended (`isSpent`), the form is shown with a new id. */
  function show (
    { staff, activity, body, reply }: Running, errors?: FormErrors,
    { isSpent = false, isAgain = errors !== undefined } = {}
  ): FastifyReply {
    const now = app.clock()
    const { submission } = isSpent ? {} : typedOf(body, ['submission'])
    const tried = isAgain ? { typed: typedOf(body, phoneBookingFields), errors } : undefined
    const model = phoneBookingPageOf(activity, submission ?? randomUUID(), whyNobody(activity), now, tried)
    return reply.page('office/on-behalf/book-by-phone', { staff, ...model })
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

/** What is asked about a live booking of an activity. */
type OfBooking = Running<BookingAddress> & { booking: Booking }

/** Changing the details of a booking. */
export const detailsRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/bookings/:booking/details'

  app.get(address, ofBooking(async asked => show(asked)))

  app.post(address, ofBooking(confirming(showEffects('details'), form({
    schema: ({ activity, booking }) => detailsForm({
      districts: districtsFor(activity, booking), placesPerBooking: maxPlaces(activity, booking)
    }),
    fields: detailsFields,
    again: bookingAnew(showAgain),
    refused: error => error instanceof AlreadyCancelled ? undefined : errorsOf(error)
  }, refusing(DetailsChanged, bookingAnew(showBeside), refusing(BookedThere, bookingAnew(showOther), async asked => {
    const { staff, activity, booking, body, input: { detailsAfter, versionHash, confirmed }, reply } = asked
    const typed = detailsAfter(booking)
    if (wantsAnother(body)) return show(asked, {})
    const meant: MeantOrNone = typed.email === booking.email ? typed : meantIn(typed.email, body)
    if (meant.suggested !== undefined) return askAbout(asked, meant)
    const details = { ...typed, email: meant.email }
    const hasChanged = await changeDetails(
      app.db, app.outbox, booking.id, { details, versionHash, confirmed }, staff, app.clock())
    return await reply.redirect(`${bookingHref(activity, booking.id)}?done=${hasChanged ? 'details' : 'as-it-was'}`, 303)
  }))))))

  /** Lets a route answer only what is asked about a live booking. */
  function ofBooking (answer: (asked: OfBooking) => FastifyReply | Promise<FastifyReply>) {
    return running<BookingAddress>(async asked => await answer({ ...asked, booking: await liveBookingIn(asked) }))
  }

  /** As `anew`, with the booking too. */
  function bookingAnew<A extends OfBooking, More> (show: (asked: A, more: More) => FastifyReply) {
    return anew(async (asked: A, more: More) => show({ ...asked, booking: await liveBookingIn(asked) }, more))
  }

  function showAgain (asked: OfBooking, errors: FormErrors): FastifyReply {
    return show(asked, { errors })
  }

  /** Another booking has the address that was typed: the page links to it. */
  function showOther (asked: OfBooking, refusal: BookedThere): FastifyReply {
    return show(asked, { errors: errorsOf(refusal), otherHref: bookingHref(asked.activity, refusal.bookingId) })
  }

  /**
   * A colleague was quicker: the current details are shown beside what was typed, and are the base of the next change.
   */
  function showBeside (asked: OfBooking & { input: DetailsInput }, refusal: DetailsChanged): FastifyReply {
    return show(asked, { errors: errorsOf(refusal), mine: asked.input.detailsAfter(asked.booking) })
  }

  function show (
    { staff, activity, booking, body, reply }: OfBooking,
    tried?: { errors?: FormErrors | undefined, otherHref?: string, mine?: Details }
  ): FastifyReply {
    const page = { activity, booking, districts: districtsFor(activity, booking) }
    const versionHash = tried?.mine === undefined ? versionHashIn(body) : undefined
    const model = detailsPageOf(page, tried && { ...tried, typed: typedOf(body, detailsFields), versionHash })
    return reply.page('office/on-behalf/booking-details', { staff, ...model })
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

/** The districts to choose from, and the booking's own even if it cannot be chosen any more. */
function districtsFor ({ campaign: { districts } }: KnownActivity, { district }: Booking): string[] {
  if (districts.length === 0 || district === undefined || districts.includes(district)) return districts
  return [...districts, district]
}

/** A refusal, beside the field that it is about; undefined where it has a page of its own. */
function errorsOf (error: unknown): FormErrors | undefined {
  if (!(error instanceof DomainError) || error instanceof BookingNotFound) return undefined
  if (error instanceof ConfirmationRequired) return undefined
  const sentence = error instanceof NoPlacesLeft
    ? 'There are not enough places for more. Give the activity more places first.'
    : error.message
  return formError(fields[error.refusal] ?? 'form', sentence)
}
