import type { DateTime } from 'luxon'
import type { CurrentActivity } from '../../programme/activities/draft.ts'
import { isOnline } from '../../programme/activities/draft.ts'
import { endedLink } from '../../programme/activities/ended-link.ts'
import { hasVenueInAddress, objectionsTo } from '../../programme/activities/objections.ts'

/** Something that an activity lacks, and the page on which it can be added. */
export interface Missing {
  text: string
  href: string
  link: string
  /** Whether the activity cannot be published without it. */
  mustBe: boolean
}

/** Number of days after which a support contact has to be checked again. */
const daysUntilAskedAgain = 90

/** What is still missing before an activity is published, the indispensable first. */
export function missingFrom (
  activity: CurrentActivity, { contactsUnchecked }: { contactsUnchecked: readonly string[] }, now: DateTime<true>
): Missing[] {
  const href = `/staff/activities/${activity.slug}`
  const edit = { href: `${href}/edit`, link: 'Edit' }
  const takesPlaces = activity.booking === 'places'
  const draft = { ...activity, status: 'published' } as const
  const must: Missing[] = objectionsTo(draft).map(({ about, text }) => ({
    ...(about === 'capacity' ? { href: `${href}/places`, link: 'Change places' } : edit),
    text: `${names[about] ?? 'This activity'} ${text}.`,
    mustBe: true
  }))
  if (takesPlaces && activity.startsAt <= now) must.push({ ...edit, text: 'It starts in the past, so nobody could book.', mustBe: true })

  if (hasVenueInAddress(activity)) {
    must.push({
      text: 'Its address names the venue, and everyone can read that. Copy it under another title, and delete this one.',
      href: `/staff/activities/new?from=${activity.slug}`,
      link: 'Copy',
      mustBe: true
    })
  }

  const ended = endedLink(activity, activity)
  const warn = (text: string, to: { href: string, link: string }): Missing => ({ text, ...to, mustBe: false })
  return [
    ...must,
    ...takesPlaces && isOnline(activity) && activity.joinUrl === undefined
      ? [warn('It has no Teams link yet. People who book are told that it comes later.', { href: `${href}/meeting`, link: 'Teams meeting' })]
      : [],
    ...ended === undefined ? [] : [warn(ended, { href: `${href}/meeting`, link: 'Teams meeting' })],
    ...takesPlaces && activity.waitingList === 'off'
      ? [warn('It has no waiting list. When it is full, people are turned away.', { href: `${href}/places`, link: 'Change places' })]
      : [],
    ...activity.leadAgencyId === undefined ? [warn('No agency leads it: the partnership does.', edit)] : [],
    ...activity.summary === '' ? [warn('It has no summary, so people read only its title.', edit)] : [],
    ...activity.audiences.length === 0 ? [warn('It does not say who it is for.', edit)] : [],
    ...activity.visibility === 'public' ? [] : [warn('It is not public, so it is not on the programme for parents.', edit)],
    ...contactsUnchecked.length === 0
      ? []
      : [warn(`Support contacts were not checked for ${daysUntilAskedAgain} days: ${contactsUnchecked.join(', ')}.`,
          { href: '/staff/support', link: 'Support contacts' })]
  ]
}

/** The day, as `2026-12-01`, before which a support contact was checked too long ago. */
export function checkedLongAgo (now: DateTime<true>): string {
  return now.minus({ days: daysUntilAskedAgain }).toISODate()
}

const names: Partial<Record<keyof CurrentActivity, string>> = {
  title: 'The title',
  summary: 'The summary',
  endsAt: 'The end',
  capacity: 'Places',
  visibility: 'Who may see it',
  embargoUntil: 'The end of the embargo',
  booking: 'How people come',
  venue: 'The venue'
}
