import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { perPage } from '../../programme/activities/staff-page.ts'
import { organising } from '../../programme/activities/staff-routes.ts'
import type { Running, RunningAddress } from '../../programme/activities/staff-routes.ts'
import type { BookingStatus } from '../../booking/bookings/booking.ts'
import { BookingNotFound } from '../../booking/bookings/errors.ts'
import { asking, form } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { formError, formErrors } from '../../platform/http/form-errors.ts'
import { isId, pageNumber, sentenceFor } from '../../platform/http/url-params.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { countEmails, listBulletinTexts, listEmails } from '../../mail/emails/queries.ts'
import { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { isAnswerable } from './access.ts'
import { answerAccess, notePhoned } from './commands.ts'
import { NothingToAnswer } from './errors.ts'
import { findPeople, getPerson, readPast } from './queries.ts'
import type { Person } from './queries.ts'
import { accessFields, accessForm, searchFields, searchForm, phonedForm } from './schema.ts'
import { parseSearch } from './search-query.ts'
import { answerPageOf, peoplePageOf, personPageOf } from './staff-page.ts'
import type { TypedAnswer } from './staff-page.ts'

/** People get fewer emails than this about one booking; any further ones are in its log of emails. */
const maxEmails = 200

const done = {
  access: 'What is arranged is noted.',
  telephoned: 'It is noted that you have told them by phone.',
  made: 'They are booked in.',
  'made-waiting': 'They are on the waiting list.',
  'made-before': 'They had booked before: this is their booking. Nothing was changed.',
  'as-it-was': 'Nothing was changed: it was like that already.',
  details: 'The details are changed.',
  moved: 'The booking is moved.',
  links: 'Earlier links to this booking have stopped working.',
  'links-before': 'Nothing was changed: those links had ended already.',
  turn: 'They have their turn on the waiting list again.'
}

/**
 * Whether the message in an address about what was done is still true: the page is also opened later, and from the
 * browser's history.
 */
function isStillTrue (done: unknown, status: BookingStatus): boolean {
  switch (done) {
    case 'made': return status === 'confirmed'
    case 'made-waiting': return status === 'waiting'
    default: return true
  }
}

/** Finding people across activities, and one person's booking with its history. */
export const peopleStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'know attendees')
  await app.register(searchRoutes)
  await app.register(bookingRoutes)
}

/**
 * The search. It changes nothing and is a POST all the same: it contains a name, an address or a reference, and
 * browsers, proxies and logs keep URLs. The same goes for its further pages.
 */
const searchRoutes: FastifyPluginAsync = async app => {
  app.get('/people', async (request, reply) =>
    reply.page('office/people/people', { staff: staffOf(request), ...peoplePageOf(undefined, app.clock()) }))

  app.post('/people', asking(form({
    schema: searchForm,
    fields: searchFields,
    again: ({ request, body, reply }, errors) => {
      const { q: typed } = typedOf(body, searchFields)
      const model = peoplePageOf(undefined, app.clock(), errors)
      return reply.page('office/people/people', { staff: staffOf(request), typed, ...model })
    }
  }, async ({ request, input: { q: typed, page: asked }, reply }) => {
    const staff = staffOf(request)
    const now = app.clock()
    const sought = parseSearch(typed)
    const page = pageNumber(asked)
    const { people, total } = sought === undefined
      ? { people: [], total: 0 }
      : await findPeople(app.db, staff, sought, now, { skip: (page - 1) * perPage, take: perPage })
    return reply.page('office/people/people', { staff, ...peoplePageOf({ typed, page, people, total }, now) })
  })))
}

interface BookingAddress extends RunningAddress { Params: { slug: string, booking: string } }

/** One booking, what is arranged for its holder, and that they were phoned. */
const bookingRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/bookings/:booking'
  const { hostname: host } = new URL(app.publicUrl)

  app.get(address, organising<BookingAddress>(async asked => await show(asked, asked.reply)))

  await app.register(async changing => {
    requirePermission(changing, 'run activities')

    changing.post(`${address}/access`, organising<BookingAddress>(answer))
    changing.post(`${address}/telephoned`, organising<BookingAddress>(telephoned))

    changing.setErrorHandler(async (error, request, reply) => {
      if (error instanceof ConfirmationRequired) {
        return await organising<BookingAddress>(async asked => await showEffects(asked, error))(request, reply)
      }
      if (!(error instanceof NothingToAnswer)) throw error
      const errors = formError('access', error.message)
      return await organising<BookingAddress>(async asked =>
        await show(asked, asked.reply.code(409), { typed: typedOf(asked.body, accessFields), errors }))(request, reply)
    })
  })

  /** First a page that says who is told and how; with its button, the answer is saved. */
  async function answer (asked: Running<BookingAddress>): Promise<FastifyReply> {
    const { staff, activity, body, reply } = asked
    const now = app.clock()
    const person = await personIn(asked)
    if (!isAnswerable(person, activity, now)) throw new NothingToAnswer()
    const read = accessForm.safeParse(body)
    if (!read.success) {
      const errors = formErrors(read.error, accessFields)
      return await show(asked, reply.code(400), { typed: typedOf(body, accessFields), errors })
    }
    const arranged = { activityId: activity.id, bookingId: person.id, ...read.data, host }
    await answerAccess(app.db, app.outbox, arranged, staff, now)
    return await goBack(asked, 'access')
  }

  async function showEffects (asked: Running<BookingAddress>, required: ConfirmationRequired): Promise<FastifyReply> {
    const { staff, activity, body, reply } = asked
    const model = answerPageOf(activity, await personIn(asked), required, body)
    return reply.page('office/people/people-access', { staff, ...model })
  }

  async function telephoned (asked: Running<BookingAddress>): Promise<FastifyReply> {
    const { staff, activity, body, reply } = asked
    const { id } = await personIn(asked)
    const read = phonedForm.safeParse(body)
    if (!read.success) return await show(asked, reply.code(400), { typed: {}, errors: formErrors(read.error, []) })
    await notePhoned(app.db, { activityId: activity.id, bookingId: id }, staff, app.clock())
    return read.data.of === 'letters'
      ? await reply.redirect('/staff/letters?done=telephoned', 303)
      : await goBack(asked, 'telephoned')
  }

  async function show (
    asked: Running<BookingAddress>, reply: FastifyReply, given?: TypedAnswer
  ): Promise<FastifyReply> {
    const { staff, activity, query } = asked
    const person = await personIn(asked)
    const isSo = isStillTrue(query.done, person.status)
    const of = { bookingId: person.id }
    const [past, emails, counts, bulletins] = await Promise.all([
      readPast(app.db, staff, person),
      listEmails(app.db, of, { statuses: undefined, kind: undefined }, { skip: 0, take: maxEmails }),
      countEmails(app.db, of),
      listBulletinTexts(app.db, activity.id)
    ])
    const emailsTotal = counts.reduce((sum, { emails }) => sum + emails, 0)
    const model = personPageOf({ staff, activity, person, past, emails, emailsTotal, bulletins }, app.clock(), given)
    return reply.page('office/people/people-booking', {
      staff, ...model, done: given === undefined && isSo && sentenceFor(done, query.done)
    })
  }

  async function goBack (
    { activity, params, reply }: Running<BookingAddress>, what: keyof typeof done
  ): Promise<FastifyReply> {
    return await reply.redirect(`/staff/activities/${activity.slug}/bookings/${params.booking}?done=${what}`, 303)
  }

  /** Returns the booking that an address names, which must belong to its activity. */
  async function personIn ({ activity, params }: Running<BookingAddress>): Promise<Person> {
    if (!isId(params.booking)) throw new BookingNotFound()
    return await getPerson(app.db, activity.id, params.booking)
  }
}
