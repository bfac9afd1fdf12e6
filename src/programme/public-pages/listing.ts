import type { DateTime } from 'luxon'
import { isPast } from '../activities/booking-window.ts'
import { calendarDayInWords } from '../activities/when.ts'
import type { PlacedActivity } from './placed.ts'
import { lastPageOf, perPage } from '../../platform/http/pagination.ts'

export const [onSeveralDays, alreadyOver] = ['On several days', 'Already over']

/** A page of a list: what is to come under its days, what lasts longer before them, what is over after them. */
export interface Listing {
  sections: Array<{ heading: string, isPast: boolean, activities: PlacedActivity[] }>
  page: number
  pages: number
  total: number
}

/** A page of these activities, which come soonest first; beyond the last page it is the last. */
export function listingOf (programme: readonly PlacedActivity[], page: number, now: DateTime<true>): Listing {
  const isOver = ({ activity }: PlacedActivity) => isPast(activity, now)
  const toCome = programme.filter(one => !isOver(one))
  const inOrder = [
    ...toCome.filter(({ isLong }) => isLong), ...toCome.filter(({ isLong }) => !isLong), ...programme.filter(isOver)
  ]
  const pages = lastPageOf(inOrder.length)
  const shown = Math.min(page, pages)
  const onPage = inOrder.slice((shown - 1) * perPage, shown * perPage)
  const headingOf = (one: PlacedActivity) =>
    isOver(one) ? alreadyOver : one.isLong ? onSeveralDays : calendarDayInWords(one.firstDay)
  return {
    sections: [...Map.groupBy(onPage, headingOf)].map(([heading, activities]) =>
      ({ heading, isPast: heading === alreadyOver, activities })),
    page: shown,
    pages,
    total: inOrder.length
  }
}
