import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { anew, organising } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import type { BookingAddress } from '../../booking/bookings/booking-address.ts'
import type { BookingStatus } from '../../booking/bookings/booking.ts'
import { BookingNotFound } from '../../booking/bookings/errors.ts'
import { asking, form } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, pageNumber, sentenceFor } from '../../platform/http/url-params.ts'
import { perPage } from '../../platform/http/pagination.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { countEmails, listBulletinTexts, listEmails } from '../../mail/emails/queries.ts'
import { confirming } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { isAnswerable } from './access.ts'
import { answerAccess, notePhoned } from './commands.ts'
import { NothingToAnswer } from './errors.ts'
import { findPeople, getPerson, readPast } from './queries.ts'
import type { Person } from './queries.ts'
import { accessFields, accessForm, searchFields, searchForm, phonedForm } from './schema.ts'
import { parseSearch } from '../../booking/attendees/search-query.ts'
import { answerPageOf, personPageOf } from './staff-page.ts'
import { peoplePageOf } from './finding-staff-page.ts'
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

/** What is asked about someone who has booked an activity. */
type OfPerson = Running<BookingAddress> & { person: Person }

/** One booking, what is arranged for its holder, and that they were phoned. */
const bookingRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/bookings/:booking'
  const { hostname: host } = new URL(app.publicUrl)

  app.get(address, ofPerson(async asked => await show(asked)))

  await app.register(async changing => {
    requirePermission(changing, 'run activities')

    changing.post(`${address}/access`, ofPerson(confirming(showEffects, form({
      schema: ({ person, activity }) => {
        if (!isAnswerable(person, activity, app.clock())) throw new NothingToAnswer()
        return accessForm
      },
      fields: accessFields,
      again: anew(showAgain),
      refused: shownAt('access', NothingToAnswer)
    }, async asked => {
      const { staff, activity, person, input } = asked
      const arranged = { activityId: activity.id, bookingId: person.id, ...input, host }
      await answerAccess(app.db, app.outbox, arranged, staff, app.clock())
      return await goBack(asked, 'access')
    }))))

    changing.post(`${address}/telephoned`, ofPerson(form({
      schema: phonedForm, again: showAgain
    }, async asked => {
      const { staff, activity, person, input, reply } = asked
      await notePhoned(app.db, { activityId: activity.id, bookingId: person.id }, staff, app.clock())
      return input.of === 'letters'
        ? await reply.redirect('/staff/letters?done=telephoned', 303)
        : await goBack(asked, 'telephoned')
    })))
  })

  /** What is asked about the booking that an address names, which must belong to its activity. */
  function ofPerson (answer: (asked: OfPerson) => Promise<FastifyReply>) {
    return organising<BookingAddress>(async asked => {
      const { activity, params } = asked
      if (!isId(params.booking)) throw new BookingNotFound()
      return await answer({ ...asked, person: await getPerson(app.db, activity.id, params.booking) })
    })
  }

  /** Says who is told what is arranged, and how, beside what they need by now: it may be just what has changed. */
  async function showEffects (asked: OfPerson, required: ConfirmationRequired): Promise<FastifyReply> {
    const { staff, activity, body, reply } = asked
    const person = await getPerson(app.db, activity.id, asked.person.id)
    return reply.page('office/people/people-access', { staff, ...answerPageOf(activity, person, required, body) })
  }

  async function showAgain (asked: OfPerson, errors: FormErrors): Promise<FastifyReply> {
    const person = await getPerson(app.db, asked.activity.id, asked.person.id)
    return await show({ ...asked, person }, { typed: typedOf(asked.body, accessFields), errors })
  }

  async function show (
    { staff, activity, person, query, reply }: OfPerson, given?: TypedAnswer
  ): Promise<FastifyReply> {
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
}
