import { live, waitsAsCopy } from '../../programme/booking-rules.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { findQuestionnaire } from '../../programme/evaluations/queries.ts'
import type { Questionnaire } from '../../programme/evaluations/queries.ts'
import type { Reader } from '../../platform/database/connect.ts'

/** What people of an activity wait for, in numbers. */
export interface Open {
  /** Questions that nobody has answered or handed on, also of people who wait or have cancelled. */
  questions: number
  /** People who said what would help them take part and have no answer; copied bookings count where they were made. */
  unanswered: number
  /** Of the people with a place, those of whom it is noted whether they came. */
  noted: number
}

/** Counts what is open among the bookings of an activity. */
export async function countOpen (db: Reader, activityId: string): Promise<Open> {
  const [counted = { questions: 0, unanswered: 0, noted: 0 }] = await db.$queryRaw<Open[]>`
    SELECT count(*) FILTER (WHERE question IS NOT NULL AND question_outcome IS NULL)::int AS questions,
      count(*) FILTER (WHERE access_needs IS NOT NULL AND access_answer IS NULL AND ${live.sql()}
        AND NOT ${waitsAsCopy.sql()})::int AS unanswered,
      count(*) FILTER (WHERE status = 'confirmed' AND attended IS NOT NULL)::int AS noted
    FROM bookings WHERE activity_id = ${activityId}::uuid`
  return counted
}

/** What is set for an activity outside itself. */
export interface SetBeside {
  /** Holds that have not returned, and the places that they keep for people who have not claimed them yet. */
  holds: { count: number, left: number }
  /** Number of groups that go first on the waiting list. */
  groups: number
  /** How far the Teams meeting is that the service was asked to make. */
  meeting: string | undefined
  isLegallyHeld: boolean
  /** What people are asked afterwards. */
  questionnaire: Questionnaire
}

/** Reads what is set for an activity outside itself. */
export async function findSetBeside (
  db: Reader, activity: Pick<Activity, 'id' | 'campaign'>
): Promise<SetBeside> {
  const activityId = activity.id
  const [holds, groups, meeting, legalHolds, questionnaire] = await Promise.all([
    db.hold.aggregate({
      where: { activityId, returnedAt: null }, _count: true, _sum: { places: true, claimed: true }
    }),
    db.priorityGroup.count({ where: { activityId } }),
    db.teamsMeeting.findUnique({ where: { activityId }, select: { status: true } }),
    db.legalHold.count({ where: { activityId, liftedAt: null } }),
    findQuestionnaire(db, { activity })
  ])
  const { places, claimed } = holds._sum
  return {
    holds: { count: holds._count, left: (places ?? 0) - (claimed ?? 0) },
    groups,
    meeting: meeting?.status,
    isLegallyHeld: legalHolds > 0,
    questionnaire
  }
}
