import type { DateTime } from 'luxon'
import type { Visibility } from '../../programme/activities/activity.ts'
import { approves } from '../../programme/activities/approval.ts'
import type { Coordinator } from '../../programme/activities/approval.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { officeZone } from '../../platform/clock.ts'

/** From nine to five on weekdays: then people are emailed of what waits for them, and not on a Sunday night. */
export function isInOfficeHours (now: DateTime<true>): boolean {
  const { weekday, hour } = now.setZone(officeZone)
  return weekday <= 5 && hour >= 9 && hour < 17
}

/** Least minutes between two emails about what waits for someone. */
export const minutesBetween = 60

/** What waits: who coordinates its campaign, and all districts that whoever approves it must have. */
export interface Waiting {
  visibility: Visibility
  districts: ReadonlyArray<string | undefined>
  coordinators: readonly Coordinator[]
}

/**
 * Who is emailed of what waits: its coordinators; without any the partnership's own organisers, and without those its
 * admins. They may all approve it, but what is everyone's task is nobody's. Only admins know of all operational work.
 */
export function whoIsTold<Person extends StaffMember> (
  { visibility, districts, coordinators }: Waiting, people: readonly Person[]
): Person[] {
  const admins = people.filter(({ role }) => role === 'admin')
  if (visibility === 'operational') return admins
  const able = people.filter(person => person.role === 'organiser' &&
    districts.every(district => approves(person, coordinators, district)))
  const [own, named] = [
    able.filter(({ agencyId }) => agencyId === undefined), able.filter(({ agencyId }) => agencyId !== undefined)
  ]
  return [named, own, admins].find(group => group.length > 0) ?? []
}
