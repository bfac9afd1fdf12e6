import type { DateTime } from 'luxon'
import type { Kind } from '../../programme/activities/activity.ts'
import { isLong } from '../../programme/activities/page.ts'
import type { Person } from './people.ts'
import { isOneVenue } from './venue.ts'
import type { Venue } from './venue.ts'

/** What an activity ties up for as long as it lasts. */
export interface Engagement {
  id: string
  kind: Kind
  startsAt: DateTime<true>
  /** Exclusive. */
  endsAt: DateTime<true>
  place: Venue | undefined
  people: readonly Person[]
}

/** Two activities that need the same venue or the same people at one time; the first begins no later. */
export interface Clash<E extends Engagement = Engagement> {
  one: E
  other: E
  isSameVenue: boolean
  /** Names of the people whom both need. */
  people: string[]
}

/**
 * All clashes of these activities in which at least one is asked about, in order of time. One right after the other is
 * no clash, however far apart: how long a way takes, nobody has told us. What lasts for days, such as posters, and
 * what needs nobody to be anywhere, such as advertisements, clashes with nothing.
 */
export function clashesOf<E extends Engagement> (
  engagements: readonly E[], isAsked: (engagement: E) => boolean = () => true
): Array<Clash<E>> {
  const found = new Map<string, Clash<E>>()
  const clashOf = ([one, other]: [E, E]): Clash<E> => {
    const key = [one.id, other.id].sort().join()
    const known = found.get(key) ?? { one, other, isSameVenue: false, people: [] }
    found.set(key, known)
    return known
  }
  const isAskedIn = (pair: [E, E]) => pair.some(isAsked)
  const held = engagements.filter(engagement => !isLong(engagement) && !needsNobody(engagement))
  for (const some of groupsBy(held, ({ place }) => place === undefined ? [] : [place.name])) {
    for (const pair of overlapping(some).filter(isAskedIn)) {
      const [{ place: one }, { place: other }] = pair
      if (one !== undefined && other !== undefined && isOneVenue(one, other)) clashOf(pair).isSameVenue = true
    }
  }
  for (const some of groupsBy(held, ({ people }) => people.map(({ key }) => key))) {
    for (const pair of overlapping(some).filter(isAskedIn)) clashOf(pair)
  }
  return [...found.values()].map(clash => ({ ...clash, people: inBoth(clash) })).sort(byTime)
}

function needsNobody ({ kind, place }: Engagement): boolean {
  return kind === 'advertising' || kind === 'social-media' || (kind === 'press' && place === undefined)
}

/** Those who share a key, for each key; one is in as many groups as it has keys. */
function groupsBy<E> (engagements: readonly E[], keysOf: (of: E) => readonly string[]): E[][] {
  const groups = new Map<string, E[]>()
  for (const engagement of engagements) {
    for (const key of keysOf(engagement)) {
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [engagement])
      else group.push(engagement)
    }
  }
  return [...groups.values()]
}

/** What has a beginning and an end. */
type Span = Pick<Engagement, 'id' | 'startsAt' | 'endsAt'>

/**
 * All pairs that overlap. A line is swept over the time from start to start: only what still goes on there is compared,
 * so it takes as long as there are pairs, and not the square of how many there are.
 */
export function overlapping<S extends Span> (spans: readonly S[]): Array<[S, S]> {
  const pairs: Array<[S, S]> = []
  let goingOn: S[] = []
  for (const span of [...spans].sort(byStart)) {
    goingOn = goingOn.filter(({ endsAt }) => endsAt > span.startsAt)
    for (const earlier of goingOn) pairs.push([earlier, span])
    goingOn.push(span)
  }
  return pairs
}

function byStart (one: Span, other: Span): number {
  return one.startsAt.toMillis() - other.startsAt.toMillis() || (one.id < other.id ? -1 : 1)
}

/** By when the overlap begins. */
function byTime (one: Clash, other: Clash): number {
  return byStart(one.other, other.other) || byStart(one.one, other.one)
}

/** The people whom both need, each once, under the name that the first of the two gives them. */
function inBoth ({ one, other }: Clash): string[] {
  const theirs = new Set(other.people.map(({ key }) => key))
  return [...new Set(one.people.filter(({ key }) => theirs.has(key)).map(({ name }) => name))]
}
