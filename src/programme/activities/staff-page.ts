import type { DateTime } from 'luxon'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { ToCall } from '../../identity/staff/confirmation.ts'
import { may } from '../../identity/staff/roles.ts'
import type { WaitingListMode } from './activity.ts'
import { bookability } from './booking-window.ts'
import { bookingsWait } from './in-words.ts'
import type { KnownActivity } from './known-activities.ts'
import type { OfferedActivity } from './queries.ts'
import { whereInWords } from './page.ts'
import { placeAmongSections } from './sections.ts'
import { bookable, freePlaces, placesTaken } from './supply.ts'
import { shortMoment, whenInWords } from './when.ts'

/** An activity in the list that staff see. */
export function staffCardOf (activity: OfferedActivity) {
  return {
    title: activity.title,
    href: `/staff/activities/${activity.slug}`,
    campaign: activity.campaign.title,
    when: whenInWords(activity),
    where: whereInWords(activity),
    leadAgency: activity.leadAgency,
    runBy: activity.runBy,
    tags: tagsOf(activity),
    fullness: fullnessOf(activity)
  }
}

/**
 * How full an activity is, for its row, its page and its bar; undefined if it takes no bookings. Includes the places of
 * people who had them to the end and whose bookings are erased.
 */
function fullnessOf (activity: OfferedActivity & Partial<Pick<KnownActivity, 'forgotten'>>) {
  const { booking, capacity, overBookingPercent, forgotten } = activity
  if (booking !== 'places' || capacity === undefined) return undefined
  const occupancy = { ...activity.occupancy, confirmed: activity.occupancy.confirmed + (forgotten?.places ?? 0) }
  const { confirmed, offered, held, waiting, waitingBookings } = occupancy
  const [all, taken, free] = [bookable(activity), placesTaken(occupancy), freePlaces(activity, occupancy)]
  // If more places are taken than there are, the whole bar stands for those taken.
  const percent = (places: number) => Math.round(1000 * places / Math.max(all, taken)) / 10
  return {
    capacity,
    overBookingPercent,
    bookable: all,
    confirmed,
    offered,
    held,
    waiting,
    waitingBookings,
    free: Math.max(0, free),
    over: Math.max(0, -free),
    overInWords: overInWords(taken, -free),
    bar: {
      confirmed: percent(confirmed),
      offered: percent(offered),
      held: percent(held),
      uptoOffered: percent(confirmed + offered),
      // Drawn beside the others, not after them, and never longer than the whole bar.
      waiting: Math.min(100, percent(waiting))
    },
    isFull: free <= 0,
    isCancelled: activity.status === 'cancelled'
  }
}

/** Fewer places than are taken take no one's away; the organiser who reduced them should know by how many. */
function overInWords (taken: number, over: number): string | undefined {
  if (over <= 0) return undefined
  return `${taken} places are taken, ${over} more than there are now; nobody loses theirs.`
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

/** Tags for what staff must not overlook about an activity. A published public one needs none. */
function tagsOf (activity: OfferedActivity) {
  const { status, visibility } = activity
  const embargo = embargoInWords(activity)
  return [
    ...statusTags[status],
    ...visibilityTags[visibility],
    ...embargo === undefined ? [] : [{ text: embargo, classes: 'govuk-tag--red' }]
  ]
}

/** Until when the public does not see an activity; also afterwards, as it says the moment and not what is now. */
export function embargoInWords ({ visibility, embargoUntil, zone }: OfferedActivity): string | undefined {
  if (visibility !== 'public' || embargoUntil === undefined) return undefined
  return `Under embargo until ${shortMoment(embargoUntil, zone)}`
}

/**
 * A hint that as many bookings wait as organisers asked to be told of, and no other date was made yet: only for those
 * who can make one, and only while people could still come to this one. On another date with free places it is left
 * out, because those who wait are about to be asked.
 */
export function anotherDateDue (staff: StaffMember, activity: KnownActivity, now: DateTime<true>) {
  const { slug, anotherDateAt, hasOtherDate, occupancy: { waitingBookings } } = activity
  const isAskingFirst = activity.isAnotherDate && freePlaces(activity, activity.occupancy) > 0
  const isDue = anotherDateAt !== undefined && waitingBookings >= anotherDateAt && !hasOtherDate && !isAskingFirst &&
    bookability(activity, now) === 'open' && may(staff, 'run activities', activity)
  return isDue ? { waiting: bookingsWait(waitingBookings), href: `/staff/activities/${slug}/another-date` } : undefined
}

/** The model of a page for someone who may not know who comes: how many there are to call, and not who. */
export function namingFor<Model extends { toCall: ToCall }> (
  staff: StaffMember, activity: KnownActivity, model: Model
): Model {
  return may(staff, 'know attendees', activity) ? model : { ...model, toCall: { count: model.toCall.count, people: [] } }
}

/** The waiting-list modes, as organisers choose between them. */
export const waitingListModesInWords: Record<WaitingListMode, { name: string, does: string }> = {
  automatic: {
    name: 'Automatic',
    does: 'Free places go at once to the next person they are enough for, and we email them. Best if people do not need to plan ahead.'
  },
  offers: {
    name: 'Offers',
    does: 'Free places are offered to the next person they are enough for. They must accept in time, or the offer goes to the next person. ' +
      'In the last 2 hours before the start we email everyone they are enough for, and the first person to accept gets them.'
  },
  'by-hand': {
    name: 'By hand',
    does: 'You choose who gets free places. Nobody gets one from the list until you do.'
  },
  off: {
    name: 'No waiting list',
    does: 'Nobody can wait. When all places are taken, people see that it is fully booked.'
  }
}

/**
 * The frame of every page about an activity: which one it is, and its sections. Which there are depends on who looks,
 * and which is the current one on the route, both of which a page knows when it is drawn.
 */
export function runningOf (activity: KnownActivity) {
  return {
    /** For pages that stand elsewhere too, which do not know of activities. */
    frame: 'programme/activities/running.njk',
    activity: {
      title: activity.title,
      when: whenInWords(activity),
      href: `/staff/activities/${activity.slug}`,
      tags: tagsOf(activity),
      isCancelled: activity.status === 'cancelled'
    },
    placeFor: (staff: StaffMember, route: string) => placeAmongSections(activity, staff, route),
    fullness: fullnessOf(activity)
  }
}
