import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { running } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import type { AttendanceReports, MeetingJoin } from '../../programme/teams/attendance-reports.ts'
import { TeamsTrouble } from '../../programme/teams/errors.ts'
import { form, refusing } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { bodyLimitFor, takeUploads, uploading } from '../../platform/http/upload.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import type { Seal } from '../../platform/seal.ts'
import { oursOf } from '../meetings/kept-meeting.ts'
import { findMeeting, withLink } from '../meetings/queries.ts'
import { assertNotable, NotTheDayYet } from '../on-the-day/errors.ts'
import { walkInsOf } from '../on-the-day/queries.ts'
import { buttonForm } from '../on-the-day/schema.ts'
import { takeReport } from './commands.ts'
import { assertNotCancelled, ReportRefused, ReviewLost } from './errors.ts'
import { matchesOf } from './matching.ts'
import { belongsTo } from './presence.ts'
import { listBooked } from './queries.ts'
import type { Booked } from './queries.ts'
import { readReportFile } from './report-file.ts'
import type { ReportedJoin } from './report-file.ts'
import { openReview, reviewOf, sealReview } from './review.ts'
import type { Review } from './review.ts'
import { chosenIn, decisionFields, decisionForm, reportLimits, uploadFields, uploadForm } from './schema.ts'
import { reportPageOf, reviewPageOf, takenInWords } from './staff-page.ts'
import type { TriedDecisions, TypedUpload } from './staff-page.ts'

interface AttendanceRoutes {
  seal: Seal
  /** Undefined where Microsoft Graph is not configured. */
  reports: AttendanceReports | undefined
}

/** Enough for a page of the largest meeting: what is left of the report, and three fields for each person. */
const reviewBodyLimit = 1_048_576

/**
 * Who came by the attendance report of Teams. Not for hosts: a report names everyone in a meeting with their addresses,
 * and hosts know only who comes.
 */
export const attendanceReportStaffRoutes: FastifyPluginAsync<AttendanceRoutes> = async (app, { seal, reports }) => {
  requirePermission(app, 'know attendees')
  await takeUploads(app)
  const address = '/activities/:slug/attendance-report'

  app.get(address, running(async asked => await show(asked)))

  app.post(address, { bodyLimit: bodyLimitFor(reportLimits) }, running(uploading({
    field: 'report', limits: reportLimits, again: showAgain
  }, form({
    schema: uploadForm, fields: uploadFields, again: showAgain, refused: shownAt('report', ReportRefused)
  }, async asked => {
    const { activity, input: { report, source } } = asked
    assertNotCancelled(activity)
    const event = { from: activity.startsAt.toMillis(), to: activity.endsAt.toMillis(), zone: activity.zone }
    return await showReview(asked, report.flatMap(bytes => readReportFile(bytes, event)), { from: 'file', note: source })
  }))))

  app.post(`${address}/people`, { bodyLimit: reviewBodyLimit }, running(refusing(ReviewLost, showLost, form({
    schema: async ({ activity: { id }, body }) => decisionForm(openedIn(id, body), await listBooked(app.db, id)),
    fields: ({ body }) => decisionFields(body),
    again: showDecisionsAgain,
    refused: shownAt('form', NotTheDayYet, ReportRefused)
  }, async ({ staff, activity, body, input, reply }) => {
    const review = openedIn(activity.id, body)
    const { marked, kept, walkIns } = await takeReport(app.db, activity.id, review, input, staff, app.clock())
    const done = new URLSearchParams({
      marked: String(marked), kept: String(kept), ...walkIns !== undefined && { 'walk-ins': String(walkIns) }
    })
    return await reply.redirect(`/staff/activities/${activity.slug}/attendance-report?${done}`, 303)
  }))))

  if (reports !== undefined) {
    app.post(`${address}/fetch`, running(form({
      schema: buttonForm, again: showAgain, refused: notFetched
    }, async asked => {
      const { activity } = asked
      const now = app.clock()
      assertNotCancelled(activity)
      assertNotable(activity, now)
      const meetingId = await meetingIdOf(activity)
      const event = { from: activity.startsAt.toMillis(), to: activity.endsAt.toMillis() }
      const joins = meetingId === undefined ? [] : await reports.listJoins(meetingId, belongsTo(event))
      if (joins.length === 0) throw new ReportRefused('none-yet')
      return await showReview(asked, joins.map(reportedJoinOf), { from: 'teams', note: 'Microsoft Teams' })
    })))
  }

  /** The meeting that the service keeps for an activity, or the one of the workshop account to which its link leads. */
  async function meetingIdOf (activity: KnownActivity): Promise<string | undefined> {
    const { joinUrl, ...known } = withLink(activity, seal)
    const kept = oursOf(await findMeeting(app.db, seal, known.id), { ...known, joinUrl })
    return kept?.meetingId ?? (joinUrl === undefined ? undefined : await reports?.findMeetingId(joinUrl))
  }

  /** Why nothing could be fetched, at the button or for the whole page. */
  function notFetched (error: unknown): FormErrors | undefined {
    return error instanceof TeamsTrouble || error instanceof ReportRefused || error instanceof NotTheDayYet
      ? formError('fetch', error.message)
      : undefined
  }

  function openedIn (activityId: string, body: unknown): Review {
    return openReview(seal, activityId, (body as { review?: unknown } | undefined)?.review, app.clock())
  }

  async function showReview (
    asked: Running, joins: readonly ReportedJoin[], where: Pick<Review, 'from' | 'note'>
  ): Promise<FastifyReply> {
    const { activity } = asked
    const booked = await listBooked(app.db, activity.id)
    const event = { from: activity.startsAt.toMillis(), to: activity.endsAt.toMillis() }
    const review = reviewOf(await matchesOf(joins, booked), event, where, app.clock())
    return await showDecisions(asked, review, booked)
  }

  async function showDecisions (
    { staff, activity, reply }: Running, review: Review, booked: readonly Booked[], tried?: TriedDecisions
  ): Promise<FastifyReply> {
    const shownAbsent = booked.flatMap(({ id, attended }) => attended === false ? [id] : [])
    const sealed = sealReview(seal, activity.id, { ...review, shownAbsent })
    const walkIns = await walkInsOf(app.db, activity.id)
    const model = reviewPageOf({ activity, booked, walkIns, review, sealed }, tried)
    return reply.page('office/attendance-reports/people', { staff, ...model })
  }

  async function showDecisionsAgain (asked: Running, errors: FormErrors): Promise<FastifyReply> {
    const { activity, body } = asked
    const booked = await listBooked(app.db, activity.id)
    return await showDecisions(asked, openedIn(activity.id, body), booked, { chosen: chosenIn(body), errors })
  }

  /** Where the report is chosen again. */
  async function showLost (asked: Running, { message }: ReviewLost): Promise<FastifyReply> {
    return await show(asked, { typed: {}, errors: formError('report', message) })
  }

  async function showAgain (asked: Running, errors: FormErrors): Promise<FastifyReply> {
    return await show(asked, { typed: typedOf(asked.body, uploadFields), errors })
  }

  async function show ({ staff, activity, query, reply }: Running, given?: TypedUpload): Promise<FastifyReply> {
    const [booked, walkIns] = await Promise.all([listBooked(app.db, activity.id), walkInsOf(app.db, activity.id)])
    const mayFetch = reports !== undefined && activity.joinUrlSealed !== undefined
    const model = reportPageOf({ activity, booked, walkIns, mayFetch }, app.clock(), given)
    return reply.page('office/attendance-reports/attendance-report', { staff, ...model, done: takenInWords(query) })
  }
}

/** A join as Microsoft tells it, like one from a file. */
function reportedJoinOf ({ name, address, role, from, to }: MeetingJoin): ReportedJoin {
  return { name, address, role, presence: { from, to, seconds: (to - from) / 1000 } }
}
