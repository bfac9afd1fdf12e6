import type { DateTime } from 'luxon'
import { isWorkingDay } from '../../platform/working-days.ts'
import type { Visibility } from '../../programme/activities/activity.ts'
import type { Coordinator } from '../../programme/activities/approval.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { officeZone } from '../../platform/clock.ts'
import { isFor } from './waiting.ts'
import type { Matter } from './waiting.ts'

/** From nine to five on working days: then people are emailed of what waits for them, and not on a Sunday night. */
export function isInOfficeHours (now: DateTime<true>): boolean {
  const there = now.setZone(officeZone)
  return there.hour >= 9 && there.hour < 17 && isWorkingDay(there.toFormat('yyyy-MM-dd'))
}

/** Least minutes between two emails about what waits for someone. */
export const minutesBetween = 60

/** What waits, with who coordinates its campaign. */
export interface Waiting extends Pick<Matter, 'about' | 'districts' | 'leadAgencyId'> {
  visibility: Visibility
  coordinators: readonly Coordinator[]
}

/**
 * Who is emailed of what waits: its coordinators, or where it is to be cancelled the organisers of the agency that
 * leads it; without any the partnership's own organisers, and without those its admins. They may all decide it, but
 * what is everyone's task is nobody's. Only admins know of all operational work.
 */
export function whoIsTold<Person extends StaffMember> (
  { visibility, coordinators, ...matter }: Waiting, people: readonly Person[]
): Person[] {
  const admins = people.filter(({ role }) => role === 'admin')
  if (visibility === 'operational') return admins
  const able = people.filter(person => person.role === 'organiser' && isFor(person, matter, coordinators))
  const [own, named] = [
    able.filter(({ agencyId }) => agencyId === undefined), able.filter(({ agencyId }) => agencyId !== undefined)
  ]
  return [named, own, admins].find(group => group.length > 0) ?? []
}
