import type { DateTime } from 'luxon'
import type { Reader } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { experienceOf, extraPlacesBy } from './no-shows.ts'
import { adviceOf } from './no-shows-page.ts'
import { countPlaces, listLearntFrom } from './queries.ts'
import type { ReportedActivity } from './queries.ts'
import type { ComingActivity } from './no-shows-queries.ts'

/** What is to be expected is learnt from so many years, and from so many activities at most: the latest. */
const [yearsOfExperience, mostExperience] = [2, 300]

/** The activities from which a member of staff may learn how many come, in order. */
export async function listExperience (
  db: Reader, staff: StaffMember, now: DateTime<true>
): Promise<ReportedActivity[]> {
  const since = { after: now.minus({ years: yearsOfExperience }).toJSDate(), before: now.toJSDate() }
  const activities = await listLearntFrom(db, staff, since)
  return activities.filter(({ endsAt }) => endsAt <= now).slice(-mostExperience)
}

/** What could be offered of one activity to come, as a sentence; undefined: no more than now, or nobody knows. */
export async function findAdvice (
  db: Reader, staff: StaffMember, coming: ComingActivity, now: DateTime<true>
): Promise<string | undefined> {
  const past = await listExperience(db, staff, now)
  const places = await countPlaces(db, past.map(({ id }) => id))
  const experience = experienceOf(past.map(({ id }) => places.get(id) ?? { recorded: 0, came: 0 }))
  if (experience === undefined) return undefined
  const { isMore, advice, more } = adviceOf(coming, extraPlacesBy(experience))
  return isMore ? `${advice} ${more}` : undefined
}
