import type { DateTime } from 'luxon'
import { isToCome } from '../../programme/activities/booking-window.ts'
import { peopleInWords, placesInWords } from '../../programme/activities/in-words.ts'
import { wallClock } from '../../programme/activities/local-time.ts'
import type { Headcount } from '../../programme/activities/headcount.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { timeInWords } from '../../programme/activities/when.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { fieldsIn } from '../../platform/http/form-answers.ts'
import { paginationOf } from '../../platform/http/pagination.ts'
import type { Seal } from '../../platform/seal.ts'
import { mailtoOf } from '../../platform/typed.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { may } from '../../identity/staff/roles.ts'
import { callOf } from '../../programme/support/contact.ts'
import { attendanceOf, attendances, notableFrom } from '../bookings/attendance.ts'
import { countedInWords } from './attendance-in-words.ts'
import { addressOf, everyone, fieldsOf, sortings, tellsTooMuch } from './filter.ts'
import type { AttendeeFilter, Sorting } from './filter.ts'
import { attendeeRoles, liveStatuses, statuses } from '../bookings/booking.ts'
import type { Booking, BookingStatus } from '../bookings/booking.ts'
import { attendancesInWords, filterInWords, rolesInWords } from './filter-in-words.ts'
import { districtsOf } from '../bookings/page.ts'
import { statusTagOf, statusTags } from '../bookings/status-tag.ts'

type Counts = ReadonlyArray<{ status: BookingStatus, people: number, places: number }>

interface AttendeeList {
  staff: StaffMember
  activity: KnownActivity
  filter: AttendeeFilter
  page: number
  areAllChosen: boolean
  attendees: readonly Booking[]
  /** Of everyone. */
  counts: Counts
  /** Of those whom the filter lets through. */
  matching: Counts
  /** Districts that people have named. */
  districts: readonly string[]
  /** Numbers of those whose details are erased. */
  headcounts: readonly Headcount[]
  /** How many, of those who come or wait and know it, emails do not reach. */
  unreached: number
  seal: Seal
}

/** What was asked of the list wrongly, where the page is shown again because of it. */
interface Tried { asked: unknown, errors: FormErrors }

/** The attendees of an activity, as far as a filter lets them through, and what can be done with those chosen. */
export function attendeesPageOf (shown: AttendeeList, now: DateTime<true>, tried?: Tried) {
  const { staff, activity, filter, page, areAllChosen, attendees, counts, matching, headcounts, unreached } = shown
  const href = `/staff/activities/${activity.slug}`
  const mayRun = may(staff, 'run activities', activity)
  const [total, found] = [peopleIn(counts), peopleIn(matching)]
  const addressFor = (filter: AttendeeFilter, page = 1) => hrefOf(shown, filter, page)
  const isComing = ({ status }: Booking) => liveStatuses.includes(status)
  const rows = (some: readonly Booking[]) => some.map(booking => rowOf(booking, activity))
  return {
    ...runningOf(activity),
    listHref: `${href}/attendees`,
    bookHref: mayRun && activity.booking === 'places' && isToCome(activity, now) ? `${href}/bookings/new` : undefined,
    mayDownload: !tellsTooMuch(filter) || may(staff, 'export needs and phones', activity),
    downloadHref: withMore(`${href}/list`, addressOf(filter, shown.seal)),
    takesBookings: activity.booking === 'places',
    total,
    found: foundInWords(found, total),
    narrowedTo: filterInWords(filter),
    everyoneHref: addressFor({ ...everyone, sort: filter.sort, isDescending: filter.isDescending }),
    counts: countsOf(shown),
    unreached: unreached === 0
      ? undefined
      : { text: `Emails do not reach ${peopleInWords(unreached)}`, href: addressFor({ ...everyone, statuses: liveStatuses, isUnreached: true }) },
    form: formOf(shown, tried),
    errors: tried?.errors,
    heads: headsOf(shown),
    hasDistricts: shown.districts.length > 0,
    isNotable: now >= notableFrom(activity),
    rows: rows(attendees.filter(isComing)),
    gone: {
      rows: rows(attendees.filter(booking => !isComing(booking))),
      total: peopleIn(matching.filter(({ status }) => !liveStatuses.includes(status))),
      isOpen: !attendees.some(isComing)
    },
    listQuery: addressOf(filter, shown.seal, page),
    buttons: attendees.some(isComing) ? buttonsOf(shown, mayRun, now) : [],
    areAllChosen,
    selectHref: areAllChosen
      ? addressFor(filter, page)
      : withMore(addressFor(filter, page), 'select=all'),
    pagination: paginationOf(found, page, number => addressFor(filter, number)),
    forgotten: forgottenOf(headcounts)
  }
}

function hrefOf ({ activity, seal }: Pick<AttendeeList, 'activity' | 'seal'>, filter: AttendeeFilter, page = 1): string {
  return withMore(`/staff/activities/${activity.slug}/attendees`, addressOf(filter, seal, page))
}

function withMore (href: string, more: string): string {
  if (more === '') return href
  return `${href}${href.includes('?') ? '&' : '?'}${more}`
}

function peopleIn (counts: Counts): number {
  return counts.reduce((sum, { people }) => sum + people, 0)
}

function foundInWords (found: number, total: number): string {
  return found === 0 ? `None of ${peopleInWords(total)}` : `${found} of ${peopleInWords(total)}`
}

/** How many there are of each status, each the way to them alone. */
function countsOf (shown: AttendeeList) {
  const { counts, filter } = shown
  const { sort, isDescending } = filter
  return statuses.flatMap(status => counts.filter(count => count.status === status))
    .map(({ status, people, places }) => ({
      ...statusTags[status],
      people,
      places,
      href: hrefOf(shown, { ...everyone, statuses: [status], sort, isDescending }),
      isCurrent: filter.statuses.length === 1 && filter.statuses[0] === status
    }))
}

/** The columns that sort, as their heads say it. */
const heads = {
  name: 'Name', status: 'Status', places: 'Places', role: 'Role', district: 'District', attendance: 'Came', booked: 'Booked'
} as const satisfies Partial<Record<Sorting, string>>

/** The same, and one more, as the form says it. */
const sortingInWords: Record<Sorting, string> = {
  status: 'Status, then turn',
  name: 'Surname',
  places: 'Places',
  role: 'Role',
  district: 'District',
  attendance: 'Who came',
  booked: 'When they booked',
  turn: 'Turn on the waiting list'
}

/** The head of each column that sorts: pressed again, it turns the order round. */
function headsOf (shown: AttendeeList) {
  const { filter } = shown
  return Object.fromEntries(Object.entries(heads).map(([name, text]) => {
    const isCurrent = filter.sort === name
    const isDescending = isCurrent && !filter.isDescending
    return [name, {
      text,
      href: hrefOf(shown, { ...filter, sort: name as Sorting, isDescending }),
      sorted: isCurrent ? filter.isDescending ? 'descending' : 'ascending' : undefined
    }]
  }))
}

/** The form that searches and filters, with what is chosen now or was asked wrongly. */
function formOf ({ activity, filter, districts }: AttendeeList, tried?: Tried) {
  const given = tried === undefined
    ? [...fieldsOf(filter).map(([name, value]) => ({ name, value })), { name: 'search', value: filter.search ?? '' }]
    : fieldsIn(tried.asked)
  const has = (name: string, value: string) => given.some(field => field.name === name && field.value === value)
  const chosen = (name: string, value: string, text: string) =>
    ({ value, text, checked: has(name, value), selected: has(name, value) })
  return {
    search: given.find(({ name }) => name === 'search')?.value,
    statuses: statuses.map(status => chosen('status', status, statusTags[status].text)),
    roles: attendeeRoles.map(role => chosen('role', role, rolesInWords[role])),
    districts: [...new Set([...districtsOf(activity.campaign.districts), ...districts, ...filter.districts])].map(district => chosen('district', district, district)),
    needs: [
      chosen('need', '', 'Everyone'), chosen('need', 'yes', 'Have an access need'), chosen('need', 'open', 'Need, not answered yet')
    ],
    reached: [chosen('reached', 'no', 'Emails do not reach them')],
    questions: [
      chosen('question', '', 'Everyone'), chosen('question', 'asked', 'Asked something'), chosen('question', 'open', 'Not answered yet')
    ],
    attendances: attendances.map(attendance => chosen('attendance', attendance, attendancesInWords[attendance])),
    sorts: sortings.map(sort => chosen('sort', sort === everyone.sort ? '' : sort, sortingInWords[sort])),
    orders: [chosen('order', '', 'First to last'), chosen('order', 'down', 'Last to first')],
    // What is chosen stands in words beside how many that are: the form is in nobody's way until it is wrong.
    isOpen: tried !== undefined && tried.errors.of.search === undefined
  }
}

/** One attendee, as a row or a card. */
function rowOf (booking: Booking, { slug, zone }: KnownActivity) {
  const href = `/staff/activities/${slug}/bookings/${booking.id}`
  const { id, reference, name, email, phone, places, role, district, accessNeeds, accessAnswer, question } = booking
  const attendance = attendanceOf(booking.attended)
  return {
    id,
    reference,
    name,
    href,
    status: statusTagOf(booking),
    places,
    email,
    mailto: email && mailtoOf(email),
    phone: callOf(phone),
    emailsHref: booking.unreachableAt && `${href}/letters`,
    role: rolesInWords[role],
    district,
    need: accessNeeds && { text: accessNeeds, isSettled: accessAnswer !== undefined },
    question: question && { text: question, isSettled: booking.questionOutcome !== undefined },
    attendance: attendance === 'unknown'
      ? undefined
      : [attendancesInWords[attendance], countedInWords(booking)].filter(words => words !== undefined).join(', '),
    joinedAt: booking.joinedAt && timeInWords(booking.joinedAt, zone),
    bookedAt: wallClock(booking.createdAt, zone)
  }
}

/** What someone may do with the people they choose; each is a page that says what it does before it is done. */
function buttonsOf ({ staff, activity }: AttendeeList, mayRun: boolean, now: DateTime<true>) {
  const href = `/staff/activities/${activity.slug}/attendees`
  const mayChange = mayRun && isToCome(activity, now)
  return [
    mayRun && { text: 'Write to them', href: `${href}/bulletin` },
    may(staff, 'record attendance', activity) && now >= notableFrom(activity) && { text: 'Say if they came', href: `${href}/attendance` },
    mayChange && { text: 'Move to another date', href: `${href}/move` },
    mayChange && { text: 'Cancel their bookings', href: `${href}/cancellation` }
  ].filter(button => button !== false)
}

/**
 * People whose details are erased, in numbers; undefined if there are none. Where they lived and who they were is for
 * reports: of one activity alone, a number so small that it is hidden could be subtracted from the others.
 */
function forgottenOf (headcounts: readonly Headcount[]) {
  const all = headcounts.find(({ dimension }) => dimension === 'total')
  if (all === undefined) return undefined
  const { booked, places, came, camePlaces, didNotCome, waited, cancelled, lapsed } = all
  return {
    numbers: [
      { text: 'Had a place', number: booked, more: places === booked ? '' : placesInWords(places) },
      { text: 'Came', number: came, more: camePlaces === came ? '' : placesInWords(camePlaces) },
      { text: 'Did not come', number: didNotCome },
      { text: 'Were on the waiting list', number: waited },
      { text: 'Cancelled', number: cancelled },
      { text: 'Left the waiting list without a place', number: lapsed }
    ]
  }
}
