import type { DateTime } from 'luxon'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { factsOf, kindInWords } from '../../programme/activities/page.ts'
import { paragraphsOf } from '../../platform/marked-text.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { shortMoment } from '../../programme/activities/when.ts'
import { whyNotAgreed, whyNotReleased } from './releasing.ts'
import type { Release } from './releasing.ts'

/** The page on which two people show a disruption or compliance visit to everyone, when it is over. */
export function releasePageOf (
  { staff, activity, release }: { staff: StaffMember, activity: KnownActivity, release: Release },
  now: DateTime<true>, errors?: FormErrors
) {
  const { askedBy, agreedBy } = release
  const saying = (what: string, person: Release['askedBy']) =>
    person && `${person.name} ${what} on ${shortMoment(person.at, activity.zone)}.`
  const isPublic = activity.visibility === 'public'
  return {
    ...runningOf(activity),
    kind: kindInWords[activity.kind].toLowerCase(),
    shown: { ...factsOf(activity), title: activity.title, summary: paragraphsOf(activity.summary) },
    isPublic,
    asked: saying('asked for this', askedBy),
    agreed: saying('agreed', agreedBy),
    because: isPublic ? undefined : whyNotReleased(activity, now),
    mayAgree: askedBy !== undefined && whyNotAgreed(activity, release, staff, now) === undefined,
    isAsker: askedBy?.id === staff.id,
    errors
  }
}
