import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { countUnreachable } from './unreachable.ts'
import { perPage } from '../../programme/activities/staff-page.ts'
import { organising } from '../../programme/activities/staff-routes.ts'
import type { Running, RunningAddress } from '../../programme/activities/staff-routes.ts'
import { BookingNotFound } from '../../booking/bookings/errors.ts'
import { getBookingOn, listAttendees } from '../../booking/bookings/queries.ts'
import { form } from '../../platform/http/form.ts'
import { firstSentence, formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, pageNumber, sentenceFor } from '../../platform/http/in-address.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { allAre } from '../../identity/staff/roles.ts'
import { sendAgain } from './commands.ts'
import { remindersToCome } from './due.ts'
import { GoesNoMore, LetterNotFound, OnItsWay, SentAgain } from './errors.ts'
import { imaginedLetter } from './imagined.ts'
import type { ImaginedRoom } from './imagined.ts'
import { isKind, kinds } from './kinds.ts'
import type { LetterKind } from './kinds.ts'
import type { Message } from './message.ts'
import { letFrame, showLetter } from './preview.ts'
import { countLetters, getAddressee, listBulletinTexts, listLetters } from './queries.ts'
import { listUnreachable } from './unreachable.ts'
import { circumstancesOf, givenCircumstances, logViewOf, sendAgainForm, shown } from './schema.ts'
import type { GivenCircumstances } from './schema.ts'
import { addressOf, bookingLogPageOf, kindsPageOf, logPageOf, unreachablePageOf } from './staff-page.ts'
import type { Refused } from './staff-page.ts'

interface LetterPages {
  /** What writing emails needs. */
  room: ImaginedRoom
}

/** The state of emails, the people they do not reach, and what each kind says. */
export const letterStaffRoutes: FastifyPluginAsync<LetterPages> = async (app, { room }) => {
  allAre(app, 'know attendees')
  app.get<{ Querystring: { page?: unknown, done?: unknown } }>('/letters', async (request, reply) => {
    const staff = staffOf(request)
    const now = app.clock()
    const page = pageNumber(request.query.page)
    const [total, people] = await Promise.all([
      countUnreachable(app.db, staff, now),
      listUnreachable(app.db, staff, now, { skip: (page - 1) * perPage, take: perPage })
    ])
    return reply.page('mail/emails/letters-that-do-not-arrive', {
      staff, ...unreachablePageOf({ people, total, page }), done: sentenceFor(done, request.query.done)
    })
  })

  await app.register(kindRoutes, { room })
  await app.register(logRoutes)
}

interface KindAddress { Params: { kind: string }, Querystring: Record<string, unknown> }

/** What each kind of email says, with the real templates and a made-up booking. */
const kindRoutes: FastifyPluginAsync<Pick<LetterPages, 'room'>> = async (app, { room }) => {
  allAre(app, 'see what letters say')

  app.get<KindAddress>('/letters/kinds', async (request, reply) => {
    const given = givenCircumstances(request.query)
    const letters = (Object.keys(kinds) as LetterKind[]).map(kind => ({ kind, message: letterOf(kind, given) }))
    return letFrame(reply).page('mail/emails/letter-kinds', { staff: staffOf(request), ...kindsPageOf(given, letters) })
  })

  app.get<KindAddress>('/letters/kinds/:kind', async (request, reply) => {
    const { kind } = request.params
    if (!isKind(kind)) throw app.httpErrors.notFound()
    return showLetter(reply, letterOf(kind, givenCircumstances(request.query)).html)
  })

  function letterOf (kind: LetterKind, given: GivenCircumstances): Message {
    return imaginedLetter(room, kind, circumstancesOf(given), app.helplines(), app.clock())
  }
}

const done = {
  telephoned: 'It is noted that you have told them by phone.',
  again: 'The email is on its way again. Emails to this address count as arriving until one comes back.'
}

interface BookingAddress extends RunningAddress { Params: { slug: string, booking: string } }
interface LetterAddress extends RunningAddress { Params: { slug: string, letter: string } }

/** What is asked about a letter, and whose it is. */
type OfLetter = Running<LetterAddress> & { letterId: string, bookingId: string }

/** The log of one activity and of one booking, and the button that sends an email again. */
const logRoutes: FastifyPluginAsync = async app => {
  const { hostname: host } = new URL(app.publicUrl)

  // Before the routes below, which inherit it as it is at that moment.
  app.setErrorHandler(async (error, request, reply) => {
    if (!(error instanceof OnItsWay || error instanceof SentAgain || error instanceof GoesNoMore)) throw error
    return await ofLetter(async asked =>
      await showAgain(asked, formError('form', error.message)))(request, reply.code(409))
  })

  app.get('/activities/:slug/letters', organising(async asked =>
    await showLog(asked, asked.query)))

  app.get('/activities/:slug/bookings/:booking/letters', organising<BookingAddress>(async asked =>
    await showBooking(asked, asked.params.booking, asked.query)))

  await app.register(async again => {
    allAre(again, 'run activities')
    again.post('/activities/:slug/letters/:letter/copies', ofLetter(form({
      schema: sendAgainForm, again: showAgain
    }, async ({ staff, activity, letterId, bookingId, input: { of, page, ...view }, reply }) => {
      await sendAgain(app.db, app.outbox, { letterId, host }, staff, app.clock())
      const base = `/staff/activities/${activity.slug}`
      const address = of === 'booking' ? `${base}/bookings/${bookingId}/letters` : `${base}/letters`
      return await reply.redirect(addressOf(address, { ...logViewOf(view), page: pageNumber(page), done: 'again' }), 303)
    })))
  })

  /** What is asked about a letter of an activity. */
  function ofLetter (answer: (asked: OfLetter) => Promise<FastifyReply>) {
    return organising<LetterAddress>(async asked => {
      const { activity, params: { letter: letterId } } = asked
      if (!isId(letterId)) throw new LetterNotFound()
      const { bookingId, activityId } = await getAddressee(app.db, letterId)
      if (activityId !== activity.id) throw new LetterNotFound()
      return await answer({ ...asked, letterId, bookingId })
    })
  }

  /** The page with the button, and why it did not do what it says. */
  async function showAgain (asked: OfLetter, errors: FormErrors): Promise<FastifyReply> {
    const given = asked.body as Readonly<Record<string, unknown>>
    const refused = { letterId: asked.letterId, sentence: firstSentence(errors) }
    return given.of === 'booking'
      ? await showBooking(asked, asked.bookingId, given, refused)
      : await showLog(asked, given, refused)
  }

  async function showLog (
    { staff, activity, reply, query }: Running, given: Readonly<Record<string, unknown>>, refused?: Refused
  ): Promise<FastifyReply> {
    const view = logViewOf(given)
    const page = pageNumber(given.page)
    const of = { activityId: activity.id }
    const filter = { statuses: view.show && shown[view.show].statuses, kind: view.kind }
    const [letters, counts, bulletins] = await Promise.all([
      listLetters(app.db, of, filter, { skip: (page - 1) * perPage, take: perPage }),
      countLetters(app.db, of),
      listBulletinTexts(app.db, activity.id)
    ])
    const bookings = await listAttendees(app.db, [...new Set(letters.map(({ bookingId }) => bookingId))])
    const model = logPageOf({ staff, activity, letters, bookings, bulletins, counts, view, page }, app.clock(), refused)
    return reply.page('mail/emails/letters', { staff, ...model, done: refused === undefined && sentenceFor(done, query.done) })
  }

  async function showBooking (
    { staff, activity, reply, query }: Running, id: string, given: Readonly<Record<string, unknown>>, refused?: Refused
  ): Promise<FastifyReply> {
    if (!isId(id)) throw new BookingNotFound()
    const booking = await getBookingOn(app.db, activity.id, id)
    const now = app.clock()
    const page = pageNumber(given.page)
    const of = { bookingId: booking.id }
    const [letters, counts, bulletins] = await Promise.all([
      listLetters(app.db, of, { statuses: undefined, kind: undefined }, { skip: (page - 1) * perPage, take: perPage }),
      countLetters(app.db, of),
      listBulletinTexts(app.db, activity.id)
    ])
    const total = counts.reduce((sum, { letters }) => sum + letters, 0)
    const toCome = remindersToCome(booking, activity, now)
    const model = bookingLogPageOf({ staff, activity, booking, letters, bulletins, toCome, page, total }, now, refused)
    return reply.page('mail/emails/letters-of-a-booking', {
      staff, ...model, done: refused === undefined && sentenceFor(done, query.done)
    })
  }
}
