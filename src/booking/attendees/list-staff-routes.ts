import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { listHeadcounts } from '../../programme/activities/known-activities.ts'
import { organising } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { form, query } from '../../platform/http/form.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import { lastPageOf, perPage } from '../../platform/http/pagination.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { addressOf, attendeeFilterForm, everyone, filterFields, isEveryone, listAddress } from './filter.ts'
import type { AttendeeFilter } from './filter.ts'
import { attendeesPageOf } from './staff-page.ts'
import { countAttendees, countMatching, listAttendees, listDistricts, listIdsMatching } from './queries.ts'
import { countReached } from '../bookings/recipients.ts'

const done = {
  'booking-cancelled': 'The booking is cancelled, and we are emailing this person.',
  'booking-cancelled-to-call': 'The booking is cancelled. Emails do not reach this person: call them.',
  'booking-cancelled-untold': 'The booking is cancelled. This person had not been asked yet, so hears nothing.',
  'bookings-cancelled': 'The bookings are cancelled, and we are emailing these people.',
  'bookings-cancelled-to-call': 'The bookings are cancelled, and we are emailing those our emails reach. Call the others.',
  'bookings-cancelled-untold': 'The bookings are cancelled. These people had not been asked yet, so hear nothing.',
  noted: 'We have saved who came.',
  'booking-moved': 'The booking is moved. We email this person within minutes, if emails reach them.',
  'bookings-moved': 'The bookings are moved. We email these people within minutes, if emails reach them.'
}

interface AskedList { filter: AttendeeFilter, page: number, areAllChosen: boolean }

const nothingAsked: AskedList = { filter: everyone, page: 1, areAllChosen: false }

/**
 * Who comes to an activity: all of them, or those whom a filter lets through, which is in the address. The form is a
 * POST that answers with that address, because a browser would put what it searches for there as it was typed.
 */
export const attendeesRoutes: FastifyPluginAsync = async app => {
  const { searchSeal: seal } = app
  requirePermission(app, 'know attendees')
  const address = '/activities/:slug/attendees'

  app.get(address, organising(query({
    schema: listAddress(seal),
    fields: filterFields,
    again: async (asked, errors) => await show(asked, nothingAsked, { asked: asked.query, errors })
  }, async asked => await show(asked, asked.input))))

  app.post(address, organising(form({
    schema: attendeeFilterForm,
    fields: filterFields,
    again: async (asked, errors) => await show(asked, nothingAsked, { asked: asked.body, errors })
  }, async ({ activity, input, reply }) => {
    const filter = addressOf(input, seal)
    return await reply.redirect(`/staff/activities/${activity.slug}/attendees${filter === '' ? '' : `?${filter}`}`, 303)
  })))

  async function show (
    { staff, activity, query, reply }: Running, { filter, page: asked, areAllChosen }: AskedList,
    tried?: { asked: unknown, errors: FormErrors }
  ): Promise<FastifyReply> {
    const { id } = activity
    const counts = await countAttendees(app.db, id)
    const matching = isEveryone(filter) ? counts : await countMatching(app.db, id, filter)
    const pages = lastPageOf(matching.reduce((sum, { people }) => sum + people, 0))
    // Further back than the last page there is nobody any more: some have left since the link was made.
    const page = Math.min(asked, pages)
    const ids = await listIdsMatching(app.db, id, filter, { skip: (page - 1) * perPage, take: perPage })
    const model = attendeesPageOf({
      staff,
      activity,
      filter,
      page,
      areAllChosen,
      attendees: await listAttendees(app.db, ids),
      counts,
      matching,
      districts: await listDistricts(app.db, id),
      headcounts: await listHeadcounts(app.db, id),
      unreached: (await countReached(app.db, id)).toCall,
      seal
    }, app.clock(), tried)
    return reply.page('booking/attendees/attendees', { staff, ...model, done: sentenceFor(done, query.done) })
  }
}
