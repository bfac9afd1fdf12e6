import { DateTime } from 'luxon'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { mayEver } from '../../identity/staff/roles.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { paginationOf } from '../../platform/http/pagination.ts'
import { calendarMonth, monthInWords, monthOf, monthsBetween } from './calendar-month.ts'
import type { CalendarDay, CalendarMonth } from './calendar-month.ts'
import type { KnownActivity } from './known-activities.ts'
import { isMonth, isNarrowed, listAddress, listStates, toCome } from './list-filter.ts'
import type { ListFilter, ListState, Month, listFields } from './list-filter.ts'
import { isLong } from './page.ts'
import { anotherDateDue, staffCardOf } from './staff-page.ts'
import { timeInWords } from './when.ts'

/** Most months to choose from: more than people look back or plan ahead. */
const maxMonths = 60

/** What the filter can be set to. */
export interface Choices {
  campaigns: ReadonlyArray<{ slug: string, title: string }>
  agencies: ReadonlyArray<{ slug: string, name: string }>
  /** When the first and the last known activity starts. */
  span: { first: DateTime<true>, last: DateTime<true> } | undefined
}

type Typed = Partial<Record<typeof listFields[number], string>>

const statesInWords: Record<ListState, string> = {
  draft: 'Draft', published: 'Published', cancelled: 'Cancelled', full: 'Full'
}

/** The form that filters activities, as it is filled in. */
export function filterFormOf ({ campaigns, agencies, span }: Choices, typed: Typed, zone: string) {
  const { view = '', as } = typed
  const asCalendar = as === 'calendar'
  const known = span === undefined ? [] : monthsBetween(span.first, span.last, zone, maxMonths)
  // A calendar leads to any month, also to one in which nothing starts.
  const months = [...new Set(isMonth(view) ? [...known, view] : known)].sort().reverse()
  const itemsOf = (chosen: string | undefined, items: ReadonlyArray<{ value: string, text: string }>) =>
    items.map(item => ({ ...item, selected: item.value === (chosen ?? '') }))
  return {
    values: typed,
    asCalendar,
    whens: itemsOf(view, [
      ...asCalendar ? [{ value: '', text: 'This month' }] : [{ value: '', text: 'To come' }, { value: 'past', text: 'Past' }],
      ...months.map(month => ({ value: month, text: monthInWords(month) }))
    ]),
    campaigns: itemsOf(typed.campaign, [
      { value: '', text: 'All' }, ...campaigns.map(({ slug, title }) => ({ value: slug, text: title }))
    ]),
    agencies: itemsOf(typed.agency, [
      { value: '', text: 'All' }, ...agencies.map(({ slug, name }) => ({ value: slug, text: name }))
    ]),
    states: itemsOf(typed.state, [
      { value: '', text: 'All' }, ...listStates.map(state => ({ value: state, text: statesInWords[state] }))
    ])
  }
}

/** How much of what is asked for there is at another time. */
export interface Elsewhere { when: 'to-come' | 'past', total: number }

interface Shown {
  staff: StaffMember
  filter: ListFilter
  found: { activities: readonly KnownActivity[], total: number }
  elsewhere: readonly Elsewhere[]
}

/** What the list and the calendar have in common: what they show, and the ways between them. */
function headOf ({ staff, filter, found: { total }, elsewhere }: Shown) {
  const { when } = filter
  return {
    total,
    past: when === 'past',
    month: when === 'to-come' || when === 'past' ? undefined : monthInWords(when),
    mayMake: when !== 'past' && mayEver(staff, 'create activities'),
    isNarrowed: isNarrowed(filter),
    elsewhere: elsewhere.filter(({ total }) => total > 0).map(({ when, total }) => ({
      text: `${total === 1 ? '1 activity' : `${total} activities`} ${when === 'past' ? 'in the past' : 'to come'}`,
      href: listAddress({ ...filter, when, asCalendar: false })
    })),
    boardHref: filter.campaign === undefined ? undefined : `/staff/campaigns/${filter.campaign}/board`,
    everythingHref: listAddress({ ...toCome, when, asCalendar: filter.asCalendar }),
    ways: [
      { text: 'List', href: listAddress({ ...filter, asCalendar: false }), isCurrent: !filter.asCalendar },
      { text: 'Calendar', href: listAddress({ ...filter, asCalendar: true }), isCurrent: filter.asCalendar }
    ]
  }
}

/** The list of activities: to come, past, or of a month. */
export function staffListOf (shown: Shown, page: number, now: DateTime<true>) {
  const { staff, filter, found: { activities, total } } = shown
  return {
    ...headOf(shown),
    rows: activities.map(activity => ({
      ...staffCardOf(activity),
      isOnNow: activity.startsAt <= now && now < activity.endsAt,
      anotherDate: anotherDateDue(staff, activity, now)
    })),
    pagination: paginationOf(total, page, number => listAddress(filter, number))
  }
}

/** The month that a calendar shows: what is asked for, or this one. */
export function monthShown ({ when }: ListFilter, zone: string, now: DateTime<true>): CalendarMonth {
  return calendarMonth(when === 'to-come' || when === 'past' ? monthOf(now, zone) : when, zone, now)
}

/** The calendar of a month. What lasts longer than a day stands above it, because it would fill every day. */
export function staffCalendarOf (shown: Shown, month: CalendarMonth, zone: string) {
  const { filter, found: { activities, total } } = shown
  const [long, short] = [activities.filter(isLong), activities.filter(activity => !isLong(activity))]
  const at = (month: Month) => ({ href: listAddress({ ...filter, when: month }), text: monthInWords(month) })
  // What begins on the night before the month is on its first day.
  const byDay = Map.groupBy(short, ({ startsAt }) => DateTime.max(startsAt, month.from).setZone(zone).toISODate())
  return {
    ...headOf(shown),
    month: monthInWords(month.month),
    previous: at(month.previous),
    next: at(month.next),
    long: long.map(staffCardOf),
    weeks: month.weeks.map(week => weekOf(week, byDay)),
    left: total - activities.length
  }
}

function weekOf (
  week: ReadonlyArray<CalendarDay | undefined>, byDay: ReadonlyMap<string | null, readonly KnownActivity[]>
) {
  const days = week.map(day => day && dayOf(day, byDay.get(day.day) ?? []))
  return { days, isQuiet: days.every(day => day?.isQuiet !== false) }
}

function dayOf ({ day, startsAt, isToday }: CalendarDay, activities: readonly KnownActivity[]) {
  const shown = startsAt.setLocale('en-GB')
  return {
    day,
    number: shown.toFormat('d'),
    weekday: shown.toFormat('cccc'),
    month: shown.toFormat('LLLL'),
    isToday,
    // Left out on a phone.
    isQuiet: activities.length === 0 && !isToday,
    activities: activities.map(activity => {
      const { title, href, tags, fullness } = staffCardOf(activity)
      return {
        time: activity.allDay ? 'All day' : timeInWords(activity.startsAt, activity.zone),
        title,
        href,
        tags: fullness?.isFull === true && activity.status === 'published' ? [...tags, full] : tags
      }
    })
  }
}

const full = { text: 'Full', classes: 'govuk-tag--orange' }

/** The page with what is wrong with what was asked for; nothing is listed. */
export function nothingListedOf (choices: Choices, typed: Typed, zone: string, errors: FormErrors) {
  return { ...filterFormOf(choices, typed, zone), errors, ways: [], rows: [], total: 0 }
}
