import { bookable } from '../../programme/activities/supply.ts'
import { kindInWords } from '../../programme/activities/page.ts'
import { whenInWords } from '../../programme/activities/when.ts'
import { leadTimes } from '../forgetting/lead-time.ts'
import { leadTimeInWords } from './in-words.ts'
import {
  experienceOf, extraPlacesBy, fewestActivities, overBookingFor, rangeInWords, shareInWords, shareOf
} from './no-shows.ts'
import type { Experience, Recorded } from './no-shows.ts'
import type { ReportedActivity } from './queries.ts'
import type { ComingActivity } from './no-shows-queries.ts'

/** An activity that is over, with what is known of its places: of all, and by how long before they were booked. */
export interface Past extends Recorded {
  activity: Pick<ReportedActivity, 'kind' | 'startsAt' | 'zone'>
  byLeadTime: ReadonlyMap<string, Recorded>
}

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

/** How many come of those who book, and what follows for activities to come. */
export function noShowsInWords (past: readonly Past[], coming: readonly ComingActivity[]) {
  const experience = experienceOf(past)
  const extraPlaces = experience && extraPlacesBy(experience)
  const kinds = Map.groupBy(past, ({ activity }) => activity.kind)
  return {
    fewestActivities,
    activities: past.filter(({ recorded }) => recorded > 0).length,
    all: experience && sentenceOf(experience),
    groups: experience === undefined
      ? []
      : [
          {
            heading: 'By kind of activity',
            column: 'Kind',
            rows: [...kinds].map(([kind, some]) => rowOf(kindInWords[kind], some))
          },
          {
            heading: 'By day of the week',
            column: 'Day',
            rows: weekdays.map((name, n) => rowOf(name, past.filter(({ activity }) => weekdayOf(activity) === n + 1)))
          },
          {
            heading: 'By how long before the day they booked',
            column: 'Before the day',
            rows: leadTimes.map(from =>
              rowOf(leadTimeInWords(from), past.flatMap(({ byLeadTime }) => byLeadTime.get(String(from)) ?? [])))
          }
        ],
    coming: extraPlaces === undefined ? [] : coming.map(activity => adviceOf(activity, extraPlaces))
  }
}

/** 1 is Monday. */
function weekdayOf ({ startsAt, zone }: Past['activity']): number {
  return startsAt.setZone(zone).weekday
}

function sentenceOf (experience: Experience) {
  const { share, low, high } = shareOf(experience)
  return { share: shareInWords(share), range: rangeInWords({ low, high }) }
}

function rowOf (name: string, some: readonly Recorded[]) {
  const experience = experienceOf(some)
  return { name, ...experience === undefined ? { share: 'not enough data', range: '' } : sentenceOf(experience) }
}

/** What could be offered of an activity to come, as far as the form can say it, if it is another number of places. */
export function adviceOf (activity: ComingActivity, extraPlaces: (room: number) => number) {
  const { slug, title, capacity, overBookingPercent } = activity
  const [when, href] = [whenInWords(activity), `/staff/activities/${slug}/places`]
  const advised = overBookingFor(capacity, extraPlaces(capacity))
  const offered = bookable(activity)
  const more = bookable({ capacity, overBookingPercent: advised }) - offered
  if (more === 0) return { title, when, isMore: false, advice: `Its ${offered} places are right.`, href, more: '' }
  return {
    title,
    isMore: more > 0,
    when,
    href,
    advice: more > 0
      ? `Offer ${more} more ${more === 1 ? 'place' : 'places'}: 9 in 10 chance that at most ${capacity} come.`
      : `It offers ${-more} ${more === -1 ? 'place' : 'places'} too many: more than ${capacity} may come.`,
    more: `Set over-booking to ${advised}%; it is ${overBookingPercent}% now.`
  }
}
