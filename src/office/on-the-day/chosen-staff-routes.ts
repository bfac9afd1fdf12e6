import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { chooseAgain, isAboutChoice, withoutGone } from '../../booking/attendees/choose-again.ts'
import { listAfter, listLeft } from '../../booking/attendees/list-left.ts'
import { getChosen } from '../../booking/bookings/queries.ts'
import { chosenFields, chosenForm, chosenIn } from '../../booking/bookings/schema.ts'
import { form, refusing } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { requirePermission, may } from '../../identity/staff/roles.ts'
import { chosenAttendancePageOf } from './chosen-staff-page.ts'
import { noteAttendance } from './commands.ts'
import { assertNotable, NobodyToNote } from './errors.ts'
import { notNotedInWords } from './guest-list.ts'
import { onTheDay } from './on-its-day.ts'
import { countEmailsByKind, listGuests } from './queries.ts'
import { chosenNotesFields, chosenNotesForm } from './schema.ts'

/** Noting of people who were chosen from the list of attendees whether they came: a page that asks, and its button. */
export const chosenAttendanceRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'record attendance')
  const address = '/activities/:slug/attendees/attendance'

  app.post(address, onTheDay(withoutNobody(form({
    schema: chosenForm, fields: chosenFields, again: chooseAgain
  }, async asked => await show(asked, asked.input.booking)))))

  app.post(`${address}/notes`, onTheDay(withoutNobody(form({
    schema: chosenNotesForm, fields: chosenNotesFields, again: showAgain
  }, async asked => {
    const { staff, activity, input: { booking, attended: wanted, shownOf }, reply } = asked
    const chosen = await getChosen(app.db, activity.id, booking)
    const notes = chosen.map(({ id, reference }) => ({ reference, shown: shownOf(id), wanted }))
    const notNoted = await noteAttendance(app.db, activity.id, notes, staff, app.clock())
    if (notNoted.length === 0) return await reply.redirect(listAfter(asked, 'noted'), 303)
    reply.code(409)
    return await show(asked, booking, notNotedInWords(notNoted, await listGuests(app.db, activity.id, booking)))
  }))))

  /** The question again; the list of attendees comes first where it is the choice of people that is wrong. */
  async function showAgain (asked: Running, errors: FormErrors): Promise<FastifyReply> {
    return isAboutChoice(errors) ? chooseAgain(asked, errors) : await show(asked, chosenIn(asked.body), errors)
  }

  async function show (asked: Running, ids: readonly string[], errors?: FormErrors): Promise<FastifyReply> {
    const { staff, activity, body, reply } = asked
    const now = app.clock()
    const chosen = await getChosen(app.db, activity.id, ids)
    assertNotable(activity, now)
    const guests = await listGuests(app.db, activity.id, ids)
    if (guests.length === 0) throw new NobodyToNote()
    const emails = may(staff, 'know attendees', activity) ? await countEmailsByKind(app.db, activity.id) : undefined
    const page = { activity, guests, withoutPlace: chosen.length - guests.length, list: listLeft(asked), emails }
    const tried = errors && { typed: typedOf(body, ['attended']), errors }
    return reply.page('office/on-the-day/chosen-attendance', { staff, ...chosenAttendancePageOf(page, now, tried) })
  }

  /** As `withoutGone`, and the same where nobody who was chosen has a place. */
  function withoutNobody (answer: (asked: Running) => Promise<FastifyReply>) {
    return withoutGone(refusing(NobodyToNote, (asked: Running, { message }) =>
      chooseAgain(asked, formError('booking', message)), answer))
  }
}
