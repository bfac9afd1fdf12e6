import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { getHostNames } from '../../programme/activities/hosts.ts'
import { anew, organising } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import type { BookingAddress } from '../../booking/bookings/booking-address.ts'
import type { CheckInCodes } from '../../booking/check-in/code.ts'
import { BookingNotFound } from '../../booking/bookings/errors.ts'
import { form } from '../../platform/http/form.ts'
import { typedOf, versionHashIn } from '../../platform/http/form-answers.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, sentenceFor } from '../../platform/http/url-params.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { requirePermission, may } from '../../identity/staff/roles.ts'
import { helplinesOf } from '../../programme/support/page.ts'
import type { Seal } from '../../platform/seal.ts'
import { chosenAttendanceRoutes } from './chosen-staff-routes.ts'
import { answerQuestion, handToSafeguarding, noteAttendance, noteWalkIns } from './commands.ts'
import { NothingToNote, NotTheDayYet, QuestionSettled, WalkInsChanged } from './errors.ts'
import { notNotedInWords } from './guest-list.ts'
import { onTheDay } from './on-its-day.ts'
import { countEmailsByKind, listGuests, listQuestions, walkInsOf } from './queries.ts'
import type { Question } from './queries.ts'
import { attendanceForm, buttonForm, chosenIn, receiptFields, receiptForm, walkInsFields, walkInsForm } from './schema.ts'
import { codePageOf, onTheDayPageOf, handOverPageOf } from './staff-page.ts'
import type { Tried } from './staff-page.ts'

const done = {
  noted: 'We have saved who came.',
  'walk-ins': 'It is saved how many came without a booking.',
  'as-it-was': 'Nothing was changed: it was like that already.',
  answered: 'The question is marked as answered.',
  'handed-over': 'Who received the question is noted, and its text is deleted here. What it was about belongs in your agency’s own case system.'
}

interface OnTheDayRoutes { seal: Seal, checkInCodes: CheckInCodes }

/** The day of an activity: who comes and has come, people's questions, and what to do in an emergency. */
export const onTheDayStaffRoutes: FastifyPluginAsync<OnTheDayRoutes> = async (app, parts) => {
  await app.register(disclosureRoutes)
  await app.register(attendanceRoutes, parts)
  await app.register(chosenAttendanceRoutes)
  await app.register(questionRoutes, parts)
}

/** What to do when someone discloses harm, for everyone who works here and at all times. */
const disclosureRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'have an account')

  app.get('/disclosure', async (request, reply) =>
    reply.page('office/on-the-day/disclosure', { staff: staffOf(request), helplines: helplinesOf(app.helplines()) }))
}

/** Enough for the list of the largest activity, with two fields for each booking. */
const bodyLimit = 262_144

/** Who is coming and who came. Hosts see and record it only on the day. */
const attendanceRoutes: FastifyPluginAsync<OnTheDayRoutes> = async (app, { seal, checkInCodes }) => {
  requirePermission(app, 'see people on the day')
  const address = '/activities/:slug/evening'

  app.get(address, onTheDay(async asked => await showOnTheDay(asked, seal)))
  app.get(`${address}/code`, onTheDay(async ({ staff, activity, reply }) => reply.page('office/on-the-day/code', {
    staff, ...codePageOf(activity, checkInCodes.codeOf(activity.id), `${app.publicUrl}/check-in`)
  })))

  await app.register(recordingRoutes, { seal })
}

/** As `shownAt`; of what is cancelled neither form is there any more. */
function refusedAt (...[field, ...kinds]: Parameters<typeof shownAt>) {
  const [shown, cancelled] = [shownAt(field, ...kinds), shownAt('people', NothingToNote)]
  return (error: unknown) => shown(error) ?? cancelled(error)
}

const recordingRoutes: FastifyPluginAsync<Pick<OnTheDayRoutes, 'seal'>> = async (app, { seal }) => {
  requirePermission(app, 'record attendance')

  app.post('/activities/:slug/evening/attendance', { bodyLimit }, onTheDay(form({
    schema: attendanceForm,
    again: anew(async (asked, errors) => await showOnTheDay(asked, seal, { errors, chosen: chosenIn(asked.body) })),
    refused: refusedAt('form', NotTheDayYet)
  }, async asked => {
    const { staff, activity, input, reply } = asked
    const notNoted = await noteAttendance(app.db, activity.id, input, staff, app.clock())
    if (notNoted.length > 0) {
      reply.code(409)
      const errors = notNotedInWords(notNoted, await listGuests(app.db, activity.id))
      return await showOnTheDay(asked, seal, { errors })
    }
    // RFC 7240 §4.2: the script that saves each tick by itself has the page already.
    if (reply.request.headers.prefer === 'return=minimal') return await reply.code(204).send()
    const what = input.length > 0 ? 'noted' : 'as-it-was'
    return await reply.redirect(`/staff/activities/${activity.slug}/evening?done=${what}`, 303)
  })))

  app.post('/activities/:slug/evening/walk-ins', onTheDay(form({
    schema: walkInsForm,
    fields: walkInsFields,
    again: anew(async (asked, errors) =>
      await showOnTheDay(asked, seal, { errors, typed: typedOf(asked.body, walkInsFields) })),
    refused: refusedAt('walk_ins', NotTheDayYet, WalkInsChanged)
  }, async ({ staff, activity, input, body, reply }) => {
    const note = { walkIns: input.walk_ins, readHash: versionHashIn(body) }
    await noteWalkIns(app.db, activity.id, note, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}/evening?done=walk-ins`, 303)
  })))
}

async function showOnTheDay (
  { staff, activity, query, reply }: Running, seal: Seal, tried?: Tried
): Promise<FastifyReply> {
  const { db, clock, helplines } = reply.server
  const [guests, walkIns, hosts, known] = await Promise.all([
    listGuests(db, activity.id),
    walkInsOf(db, activity.id),
    getHostNames(db, activity.id),
    may(staff, 'know attendees', activity)
      ? Promise.all([listQuestions(db, activity.id), countEmailsByKind(db, activity.id)])
        .then(([questions, emails]) => ({ questions, emails }))
      : undefined
  ])
  const shown = { staff, activity, guests, walkIns, hosts, contacts: helplines(), seal, known }
  const model = onTheDayPageOf(shown, clock(), tried)
  return reply.page('office/on-the-day/on-the-day', { staff, ...model, done: sentenceFor(done, query.done) })
}

/** Questions that came in advance: answering them, or handing them to safeguarding. */
const questionRoutes: FastifyPluginAsync<Pick<OnTheDayRoutes, 'seal'>> = async (app, { seal }) => {
  requirePermission(app, 'settle questions')
  const address = '/activities/:slug/evening/questions/:booking'

  app.setErrorHandler(async (error, request, reply) => {
    if (!(error instanceof QuestionSettled)) throw error
    return await organising(async asked =>
      await showOnTheDay(asked, seal, { errors: formError('questions', error.message) }))(request, reply.code(409))
  })

  app.post(address, organising<BookingAddress>(form({
    schema: buttonForm, again: async (asked, errors) => await showOnTheDay(asked, seal, { errors })
  }, async asked => {
    const { staff, activity } = asked
    const { bookingId } = await questionIn(asked)
    await answerQuestion(app.db, activity.id, bookingId, staff, app.clock())
    return await goBack(asked, 'answered')
  })))

  app.get(`${address}/safeguarding`, organising<BookingAddress>(async asked => await askBack(asked)))

  app.post(`${address}/safeguarding`, organising<BookingAddress>(form({
    schema: ({ activity: { zone } }) => receiptForm(zone, app.clock()), fields: receiptFields, again: askBack
  }, async asked => {
    const { staff, activity, input } = asked
    const { bookingId } = await questionIn(asked)
    await handToSafeguarding(app.db, activity.id, bookingId, input, staff, app.clock())
    return await goBack(asked, 'handed-over')
  })))

  async function askBack (asked: Running<BookingAddress>, errors?: FormErrors): Promise<FastifyReply> {
    const { staff, activity, body, reply } = asked
    const question = await questionIn(asked)
    if (question.outcome === 'handed-over') throw new QuestionSettled(question.outcome)
    const tried = errors && { typed: typedOf(body, receiptFields), errors }
    return reply.page('office/on-the-day/hand-over', {
      staff, ...handOverPageOf({ activity, question, contacts: app.helplines() }, app.clock(), tried)
    })
  }

  /** The question that an address names, which must be of the activity. */
  async function questionIn ({ activity, params }: Running<BookingAddress>): Promise<Question> {
    if (!isId(params.booking)) throw new BookingNotFound()
    const [question] = await listQuestions(app.db, activity.id, params.booking)
    if (question === undefined) throw new BookingNotFound()
    return question
  }

  async function goBack ({ activity, reply }: Running, what: keyof typeof done): Promise<FastifyReply> {
    return await reply.redirect(`/staff/activities/${activity.slug}/evening?done=${what}`, 303)
  }
}
