import type { DateTime } from 'luxon'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { factsOf, kindInWords, paragraphsOf } from '../../programme/activities/page.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { shortMoment } from '../../programme/activities/when.ts'
import { whyNotAgreed, whyNotDisclosed } from './disclosing.ts'
import type { Disclosure } from './disclosing.ts'

/** The page on which two people show a disruption or compliance visit to everyone, when it is over. */
export function disclosurePageOf (
  { staff, activity, disclosure }: { staff: StaffMember, activity: KnownActivity, disclosure: Disclosure },
  now: DateTime<true>, errors?: FormErrors
) {
  const { askedBy, agreedBy } = disclosure
  const saying = (what: string, person: Disclosure['askedBy']) =>
    person && `${person.name} ${what} on ${shortMoment(person.at, activity.zone)}.`
  const isPublic = activity.visibility === 'public'
  return {
    ...runningOf(activity),
    kind: kindInWords[activity.kind].toLowerCase(),
    shown: { ...factsOf(activity), title: activity.title, summary: paragraphsOf(activity.summary) },
    isPublic,
    asked: saying('asked for this', askedBy),
    agreed: saying('agreed', agreedBy),
    because: isPublic ? undefined : whyNotDisclosed(activity, now),
    mayAgree: askedBy !== undefined && whyNotAgreed(activity, disclosure, staff, now) === undefined,
    isAsker: askedBy?.id === staff.id,
    errors
  }
}
