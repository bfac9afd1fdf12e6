import type { DateTime } from 'luxon'
import type { OfferedActivity } from './queries.ts'
import { whereInWords } from './page.ts'
import { whenInWords } from './when.ts'

/** How many activities or attendees one page shows. */
export const perPage = 100

/** An activity in the list that staff see. */
export function staffCardOf (activity: OfferedActivity) {
  return {
    title: activity.title,
    href: `/staff/activities/${activity.slug}`,
    campaign: activity.campaign.title,
    when: whenInWords(activity),
    where: whereInWords(activity),
    leadAgency: activity.leadAgency,
    tags: tagsOf(activity),
    fullness: fullnessOf(activity)
  }
}

/** How full an activity is, for its row and its bar; nothing where no places are booked. */
export function fullnessOf ({ booking, capacity, occupancy }: OfferedActivity) {
  if (booking !== 'places' || capacity === undefined) return undefined
  const { confirmed, offered, waiting } = occupancy
  return {
    confirmed,
    offered,
    waiting,
    capacity,
    percent: Math.min(100, Math.round(100 * (confirmed + offered) / capacity)),
    isFull: confirmed + offered >= capacity
  }
}

const visibilityTags = {
  public: [],
  partners: [{ text: 'Partners only', classes: 'govuk-tag--purple' }],
  agency: [{ text: 'Agency only', classes: 'govuk-tag--purple' }],
  operational: [{ text: 'Operational', classes: 'govuk-tag--red' }]
}

const statusTags = {
  published: [],
  draft: [{ text: 'Draft', classes: 'govuk-tag--grey' }],
  cancelled: [{ text: 'Cancelled', classes: 'govuk-tag--red' }]
}

/** What staff must not overlook about an activity. A published public one needs no tag. */
export function tagsOf ({ status, visibility }: OfferedActivity) {
  return [...statusTags[status], ...visibilityTags[visibility]]
}

/** The list of activities: what is to come, or what has been. */
export function staffListOf (
  { activities, total }: { activities: readonly OfferedActivity[], total: number },
  { past, page }: { past: boolean, page: number }, now: DateTime<true>
) {
  const view = past ? 'view=past&' : ''
  return {
    past,
    total,
    rows: activities.map(activity => ({ ...staffCardOf(activity), isOnNow: !past && activity.startsAt <= now })),
    pagination: paginationOf(total, page, number => `/staff?${view}page=${number}`)
  }
}

/** The way to the pages before and after, for GOV.UK's pagination; nothing where one page is all. */
export function paginationOf (total: number, page: number, href: (page: number) => string) {
  const pages = Math.max(1, Math.ceil(total / perPage))
  if (pages === 1) return undefined
  return {
    page,
    pages,
    ...(page > 1 && { previous: { href: href(page - 1) } }),
    ...(page < pages && { next: { href: href(page + 1) } })
  }
}
