import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { kindsPageOf } from './kinds-staff-page.ts'
import { unreachablePageOf } from './unreachable-staff-page.ts'
import { anew, organising } from '../../programme/activities/staff-routes.ts'
import type { Running, RunningAddress } from '../../programme/activities/staff-routes.ts'
import type { BookingAddress } from '../../booking/bookings/booking-address.ts'
import { BookingNotFound } from '../../booking/bookings/errors.ts'
import { getBookingOn } from '../../booking/bookings/queries.ts'
import { listAttendees } from '../../booking/attendees/queries.ts'
import { form } from '../../platform/http/form.ts'
import { firstSentence, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, pageNumber, sentenceFor } from '../../platform/http/url-params.ts'
import { perPage } from '../../platform/http/pagination.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { sendAgain } from './commands.ts'
import { EmailOutdated, EmailNotFound, EmailPending, SentAgain } from './errors.ts'
import { sampleEmail } from './sample.ts'
import type { SampleContext } from './sample.ts'
import { isKind, kinds } from './kinds.ts'
import type { EmailKind } from './kinds.ts'
import type { Message } from './message.ts'
import { allowOwnFrames, showEmail } from './preview.ts'
import { listPending } from './pending.ts'
import { countEmails, getAddressee, listBulletinTexts, listEmails, listWritten } from './queries.ts'
import { countUnreachable, listUnreachable } from './unreachable.ts'
import { circumstancesOf, givenCircumstances, logViewOf, sendAgainForm, shown } from './schema.ts'
import type { GivenCircumstances } from './schema.ts'
import { addressOf, bookingLogPageOf, logPageOf } from './staff-page.ts'
import type { Refused } from './staff-page.ts'

interface EmailPages {
  /** What writing emails needs. */
  context: SampleContext
}

/** The state of emails, the people they do not reach, and what each kind says. */
export const emailStaffRoutes: FastifyPluginAsync<EmailPages> = async (app, { context }) => {
  requirePermission(app, 'know attendees')
  app.get<{ Querystring: { page?: unknown, done?: unknown } }>('/letters', async (request, reply) => {
    const staff = staffOf(request)
    const now = app.clock()
    const page = pageNumber(request.query.page)
    const [total, people] = await Promise.all([
      countUnreachable(app.db, staff, now),
      listUnreachable(app.db, staff, now, { skip: (page - 1) * perPage, take: perPage })
    ])
    return reply.page('mail/emails/emails-that-do-not-arrive', {
      staff, ...unreachablePageOf({ people, total, page }), done: sentenceFor(done, request.query.done)
    })
  })

  await app.register(kindRoutes, { context })
  await app.register(logRoutes)
}

interface KindAddress { Params: { kind: string }, Querystring: Record<string, unknown> }

/** What each kind of email says, with the real templates and a made-up booking. */
const kindRoutes: FastifyPluginAsync<Pick<EmailPages, 'context'>> = async (app, { context }) => {
  requirePermission(app, 'see what emails say')

  app.get<KindAddress>('/letters/kinds', async (request, reply) => {
    const given = givenCircumstances(request.query)
    const emails = (Object.keys(kinds) as EmailKind[]).map(kind => ({ kind, message: emailOf(kind, given) }))
    return allowOwnFrames(reply).page('mail/emails/email-kinds', { staff: staffOf(request), ...kindsPageOf(given, emails) })
  })

  app.get<KindAddress>('/letters/kinds/:kind', async (request, reply) => {
    const { kind } = request.params
    if (!isKind(kind)) throw app.httpErrors.notFound()
    return showEmail(reply, emailOf(kind, givenCircumstances(request.query)).html)
  })

  function emailOf (kind: EmailKind, given: GivenCircumstances): Message {
    return sampleEmail(context, kind, circumstancesOf(given), app.helplines(), app.clock())
  }
}

const done = {
  telephoned: 'It is noted that you have told them by phone.',
  again: 'The email is on its way again. Emails to this address count as arriving until one comes back.'
}

interface EmailAddress extends RunningAddress { Params: { slug: string, email: string } }

/** A request about an email, with the booking that the email is for. */
type OfEmail = Running<EmailAddress> & { emailId: string, bookingId: string }

/** The log of one activity and of one booking, and the button that sends an email again. */
const logRoutes: FastifyPluginAsync = async app => {
  const { hostname: host } = new URL(app.publicUrl)

  app.get('/activities/:slug/letters', organising(async asked =>
    await showLog(asked, asked.query)))

  app.get('/activities/:slug/bookings/:booking/letters', organising<BookingAddress>(async asked =>
    await showBooking(asked, asked.params.booking, asked.query)))

  await app.register(async again => {
    requirePermission(again, 'run activities')
    again.post('/activities/:slug/letters/:email/copies', ofEmail(form({
      schema: sendAgainForm, again: anew(showAgain), refused: shownAt('form', EmailPending, SentAgain, EmailOutdated)
    }, async ({ staff, activity, emailId, bookingId, input: { of, page, ...view }, reply }) => {
      await sendAgain(app.db, app.outbox, { emailId, host }, staff, app.clock())
      const base = `/staff/activities/${activity.slug}`
      const address = of === 'booking' ? `${base}/bookings/${bookingId}/letters` : `${base}/letters`
      return await reply.redirect(addressOf(address, { ...logViewOf(view), page: pageNumber(page), done: 'again' }), 303)
    })))
  })

  /** Answers a request about an email of an activity. Throws `EmailNotFound` if the activity has no such email. */
  function ofEmail (answer: (asked: OfEmail) => Promise<FastifyReply>) {
    return organising<EmailAddress>(async asked => {
      const { activity, params: { email: emailId } } = asked
      if (!isId(emailId)) throw new EmailNotFound()
      const { bookingId, activityId } = await getAddressee(app.db, emailId)
      if (activityId !== activity.id) throw new EmailNotFound()
      return await answer({ ...asked, emailId, bookingId })
    })
  }

  /** The page with the button, and why it did not do what it says. */
  async function showAgain (asked: OfEmail, errors: FormErrors): Promise<FastifyReply> {
    const given = asked.body as Readonly<Record<string, unknown>>
    const refused = { emailId: asked.emailId, sentence: firstSentence(errors) }
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
    const [emails, counts, bulletins] = await Promise.all([
      listEmails(app.db, of, filter, { skip: (page - 1) * perPage, take: perPage }),
      countEmails(app.db, of),
      listBulletinTexts(app.db, activity.id)
    ])
    const bookings = await listAttendees(app.db, [...new Set(emails.map(({ bookingId }) => bookingId))])
    const model = logPageOf({ staff, activity, emails, bookings, bulletins, counts, view, page }, app.clock(), refused)
    return reply.page('mail/emails/emails', { staff, ...model, done: refused === undefined && sentenceFor(done, query.done) })
  }

  async function showBooking (
    { staff, activity, reply, query }: Running, id: string, given: Readonly<Record<string, unknown>>, refused?: Refused
  ): Promise<FastifyReply> {
    if (!isId(id)) throw new BookingNotFound()
    const booking = await getBookingOn(app.db, activity.id, id)
    const now = app.clock()
    const page = pageNumber(given.page)
    const of = { bookingId: booking.id }
    const [emails, written, bulletins, pending] = await Promise.all([
      listEmails(app.db, of, { statuses: undefined, kind: undefined }, { skip: (page - 1) * perPage, take: perPage }),
      listWritten(app.db, booking.id),
      listBulletinTexts(app.db, activity.id),
      listPending(app.db, [booking.id])
    ])
    const log = { staff, activity, booking, emails, written, bulletins, pending, page, total: written.length }
    const model = bookingLogPageOf(log, now, refused)
    return reply.page('mail/emails/emails-of-a-booking', {
      staff, ...model, done: refused === undefined && sentenceFor(done, query.done)
    })
  }
}
