import type { DateTime } from 'luxon'
import { offerOf, whereInWords } from '../../programme/activities/page.ts'
import type { OfferedActivity } from '../../programme/activities/queries.ts'
import { availability } from '../../programme/activities/supply.ts'
import { whenInWords } from '../../programme/activities/when.ts'
import { dateInWords, erasureDayOf } from '../../programme/campaigns/erasure.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { elsewhere } from './booking.ts'
import type { AttendeeRole } from './booking.ts'
import type { BookingWithActivity } from './queries.ts'
import { questions } from './questions.ts'
import type { Field } from './questions.ts'

/** The role of the person who books, as the form puts it. */
export const attendeeRoleInWords: Record<AttendeeRole, string> = {
  parent: 'A parent',
  carer: 'A carer or another relative',
  professional: 'Someone who works with children',
  other: 'Someone else'
}

/** What was typed, by field; only text is shown again in a form. */
export type Values = Partial<Record<Field | 'submission', string>>

/** Picks from a request body what the form can show again. */
export function valuesOf (body: unknown): Values {
  const names = [...Object.keys(questions), 'submission']
  const given = Object.entries(body ?? {}).filter(([name, value]) => names.includes(name) && typeof value === 'string')
  return Object.fromEntries(given)
}

/** The fields that an activity's form shows; the code field also if none is asked for but one was sent. */
export function fieldsOf ({ campaign, placesPerBooking, hasHolds }: OfferedActivity, values: Values = {}): Field[] {
  const left = new Set<Field>()
  if (campaign.districts.length === 0) left.add('district')
  if (placesPerBooking === 1) left.add('places')
  if (!hasHolds && (values.code ?? '').trim() === '') left.add('code')
  return (Object.keys(questions) as Field[]).filter(field => !left.has(field))
}

/** The booking form, empty or with what was typed and what is wrong with it. */
export function formPageOf (
  activity: OfferedActivity, now: DateTime<true>, submission: string, values: Values = {}, errors?: FormErrors
) {
  const { campaign, placesPerBooking } = activity
  const offer = offerOf(activity, now)
  const isOnlyWithCode = isForCodesAlone(activity)
  const choice = (name: Field) => (value: string, text: string) => ({ value, text, checked: values[name] === value })
  return {
    heading: offer.button ?? 'Book a place',
    offer,
    asksCode: fieldsOf(activity, values).includes('code'),
    isOnlyWithCode,
    activity: summaryOf(activity),
    questions,
    roles: Object.entries(attendeeRoleInWords).map(([value, text]) => choice('role')(value, text)),
    districts: districtsOf(campaign.districts).map(district => choice('district')(district, district)),
    placesPerBooking,
    partnership: campaign.partnership,
    erasedOn: dateInWords(erasureDayOf(activity)),
    submission,
    values: { places: '1', ...values },
    errors
  }
}

/** Districts to choose from, if that is asked, plus the answer for none of them. */
export function districtsOf (districts: readonly string[]): string[] {
  return districts.length === 0 ? [] : [...new Set([...districts, elsewhere])]
}

/** True if only people with a hold's code can have a place or wait for one. */
export function isForCodesAlone (activity: OfferedActivity): boolean {
  return activity.hasHolds && availability(activity, activity.occupancy).is === 'full'
}

/** What a page says about the activity that a booking is for. */
export function summaryOf (activity: OfferedActivity | BookingWithActivity['activity']) {
  return {
    title: activity.title,
    href: `/activities/${activity.slug}`,
    when: whenInWords(activity),
    where: whereInWords(activity)
  }
}
