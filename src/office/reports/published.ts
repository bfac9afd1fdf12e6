import { dividedOf } from './divided.ts'
import type { CountedKind, PublishedKind } from './divided.ts'
import { alone, exactly, few, fewest, isExact, isSmall, partsOf, shared, sumOf, sumOfAlone } from './small-numbers.ts'
import type { Figure } from './small-numbers.ts'

/** What became of the places that were booked, in the order in which one is hidden to protect another. */
export const outcomes = ['came', 'notRecorded', 'didNotCome'] as const
export type Outcome = typeof outcomes[number]

/** How many places of an activity were booked, by what became of them, and who else there was. */
export interface CountedActivity extends Record<Outcome, number> {
  id: string
  /** Bookings that were ever on the waiting list. */
  waited: number
  /** People who came without a booking; undefined: nobody counted. */
  walkIns: number | undefined
}

/** What is published of an activity, or of several. */
export interface Published extends Record<Outcome, Figure> {
  activities: number
  booked: Figure
  waited: Figure
  /** Undefined: nobody counted. */
  walkIns: Figure | undefined
}

/** The people of some activities, divided once: by where they live, say. */
export type Division = 'district' | 'role' | 'heard-from' | 'lead-time'

/**
 * The activities that are counted together: those of one quarter, campaign and leading organisation, all known to the
 * same people. Whatever anyone may choose to see consists of whole blocks, or of single activities.
 */
export interface CountedBlock {
  activities: readonly CountedActivity[]
  /** True once no activity of it is still to come: until then its sums would tell from day to day what was added. */
  isOver: boolean
  /** The places of its activities that are not small (`hasOwnNumber`), divided in several ways. */
  divisions: ReadonlyMap<Division, readonly CountedKind[]>
}

export interface PublishedBlock {
  activities: ReadonlyMap<string, Published>
  total: Published
  /** Undefined while it is not over. */
  divisions: ReadonlyMap<Division, readonly PublishedKind[]> | undefined
}

/** Whether as many people booked an activity that their number is published. */
export function hasOwnNumber (activity: CountedActivity): boolean {
  return !isSmall(bookedOf(activity))
}

function bookedOf (activity: CountedActivity): number {
  return outcomes.reduce((sum, outcome) => sum + activity[outcome], 0)
}

/**
 * What is published of a block. Everything on any page, in any file and any picture is computed from this alone: a
 * count from 1 to 4 can be worked out from all of them together only if it can be from here, and here it cannot.
 *
 * - Of an activity everyone is taken to know how many places were booked; its outcomes are parts of that.
 * - The sums of a block are published as they are only where the small outcomes of its activities stay free.
 * - Each division is published as if these sums were known. Two divisions have nothing but these in common.
 */
export function publishedOf ({ activities, isOver, divisions }: CountedBlock): PublishedBlock {
  const published = new Map(activities.map(activity => [activity.id, ofActivity(activity)]))
  const total = totalOf(activities, published, isOver)
  return {
    activities: published,
    total,
    divisions: isOver
      ? new Map([...divisions].map(([by, kinds]) => [by, divisionOf(activities, published, kinds)]))
      : undefined
  }
}

function ofActivity (activity: CountedActivity): Published {
  const { waited, walkIns } = activity
  const booked = bookedOf(activity)
  const abouts = shared(few.about, outcomes.map(() => 1))
  const figures = hasOwnNumber(activity)
    ? partsOf(outcomes.map(outcome => activity[outcome]))
    : abouts.map(about => ({ low: 0, high: few.high, about }))
  const [came = few, notRecorded = few, didNotCome = few] = figures
  return {
    activities: 1,
    booked: alone(booked),
    came,
    notRecorded,
    didNotCome,
    waited: alone(waited),
    walkIns: walkIns === undefined ? undefined : alone(walkIns)
  }
}

/** Adds up what is published. */
export function addedUp (published: readonly Published[]): Published {
  const walkIns = published.flatMap(({ walkIns }) => walkIns ?? [])
  const sum = (part: Outcome | 'booked' | 'waited') => sumOf(published.map(one => one[part]))
  return {
    activities: published.reduce((sum, { activities }) => sum + activities, 0),
    booked: sum('booked'),
    came: sum('came'),
    notRecorded: sum('notRecorded'),
    didNotCome: sum('didNotCome'),
    waited: sum('waited'),
    walkIns: walkIns.length === 0 ? undefined : sumOf(walkIns)
  }
}

function totalOf (
  activities: readonly CountedActivity[], published: ReadonlyMap<string, Published>, isOver: boolean
): Published {
  const sum = addedUp([...published.values()])
  if (!isOver) return sum
  const walkIns = activities.flatMap(({ walkIns }) => walkIns ?? [])
  return {
    ...sum,
    ...sumsKnown(activities, published),
    waited: sumOfAlone(activities.map(({ waited }) => waited)),
    walkIns: walkIns.length === 0 ? undefined : sumOfAlone(walkIns)
  }
}

/** The sums of outcomes, as far as they can be known. */
function sumsKnown (
  activities: readonly CountedActivity[], published: ReadonlyMap<string, Published>
): Partial<Record<Outcome, Figure>> {
  if (isFreeOf(activities, published)) return outcomesAdded(activities, published)
  return isCameFreeOf(activities, published) ? cameAdded(activities, published) : {}
}

/** Those who came as they are, and of the others what follows from that, and from what is published of them. */
function cameAdded (
  activities: readonly CountedActivity[], published: ReadonlyMap<string, Published>
): Record<Outcome, Figure> {
  const { came } = outcomesAdded(activities, published)
  const sum = (outcome: Outcome, some: readonly CountedActivity[]) =>
    sumOf(some.flatMap(({ id }) => published.get(id)?.[outcome] ?? []))
  const [core, others] = [activities.filter(hasOwnNumber), activities.filter(activity => !hasOwnNumber(activity))]
  const away = total(core, activity => bookedOf(activity) - activity.came)
  const [notRecorded, didNotCome] = [sum('notRecorded', core), sum('didNotCome', core)]
  const abouts = shared(away, [notRecorded.about, didNotCome.about])
  const within = (one: Figure, other: Figure, about = 0) =>
    ({ low: Math.max(one.low, away - other.high), high: Math.min(one.high, away - other.low), about })
  return {
    came,
    notRecorded: sumOf([within(notRecorded, didNotCome, abouts[0]), sum('notRecorded', others)]),
    didNotCome: sumOf([within(didNotCome, notRecorded, abouts[1]), sum('didNotCome', others)])
  }
}

/** Outcomes as they are, of the activities with a number of their own; what is published of the others is added. */
function outcomesAdded (
  activities: readonly CountedActivity[], published: ReadonlyMap<string, Published>
): Record<Outcome, Figure> {
  const others = activities.filter(activity => !hasOwnNumber(activity)).flatMap(({ id }) => published.get(id) ?? [])
  const sum = (outcome: Outcome) => sumOf([
    exactly(total(activities.filter(hasOwnNumber), activity => activity[outcome])),
    ...others.map(other => other[outcome])
  ])
  return { came: sum('came'), notRecorded: sum('notRecorded'), didNotCome: sum('didNotCome') }
}

/**
 * Whether the sums of outcomes can be known without telling more of any activity. Activities of which it is only said
 * that 5 or more came make up for whatever a small number is thought to be: of each outcome but `came` there must be
 * enough of these, or none that is hidden.
 */
function isFreeOf (activities: readonly CountedActivity[], published: ReadonlyMap<string, Published>): boolean {
  return (['didNotCome', 'notRecorded'] as const).every(outcome => {
    const hidden = activities.filter(hasOwnNumber).flatMap((activity): Unknown[] => {
      const its = published.get(activity.id)
      if (its === undefined || isExact(its[outcome])) return []
      const { low, high } = its[outcome]
      return [{ count: activity[outcome], low, high, makesUp: isSmall(activity[outcome]) && makesUp(its, 0) }]
    })
    return hidden.length === 0 || isMadeUp(hidden)
  })
}

/**
 * Whether the sum of those who came can be known in the same way, even where the others cannot be told apart. None is
 * published so with 5 who are away: so each that makes up can have 6, and there are more than two.
 */
function isCameFreeOf (activities: readonly CountedActivity[], published: ReadonlyMap<string, Published>): boolean {
  const hidden = activities.filter(hasOwnNumber).flatMap((activity): Unknown[] => {
    const its = published.get(activity.id)
    if (its === undefined || isExact(its.came)) return []
    const booked = bookedOf(activity)
    const [least, most] = [booked - its.came.high, booked - its.came.low]
    return [{ count: booked - activity.came, low: least, high: most, makesUp: makesUp(its, 2) }]
  })
  return hidden.filter(({ makesUp }) => makesUp).length > 2 && isMadeUp(hidden)
}

/** A number of an activity of which it is only known that it is one of `low` to `high`. */
interface Unknown {
  count: number
  low: number
  high: number
  /** Whether it can be any of these whatever the others are, and so make up for them. */
  makesUp: boolean
}

/**
 * Whether the sum of some unknown numbers can be known. What makes up must be enough whatever the others are thought to
 * be: were that decided by what they are, it would tell of them that a sum is known.
 */
function isMadeUp (unknowns: readonly Unknown[]): boolean {
  const [some, others] = [unknowns.filter(({ makesUp }) => makesUp), unknowns.filter(({ makesUp }) => !makesUp)]
  const sum = (of: readonly Unknown[], part: 'low' | 'count' | 'high') => total(of, one => one[part])
  const [all, margin] = [sum(unknowns, 'count'), few.high - few.low]
  return some.length > 0 && sum(some, 'low') + margin <= all - sum(others, 'high') &&
    all - sum(others, 'low') <= sum(some, 'high') - margin
}

/**
 * Whether it is published of an activity that 5 or more came, and of the others only that they are few: these can be
 * any from 1 to 4 then. `together`: how many fewer they may have to be, all in all, so that 5 came.
 */
function makesUp (published: Published, together: number): boolean {
  const { booked, came } = published
  const hidden = outcomes.filter(outcome => !isExact(published[outcome]))
  const known = total(outcomes.filter(outcome => isExact(published[outcome])), outcome => published[outcome].low)
  const smalls = hidden.filter(outcome => outcome !== 'came')
  return !isExact(came) && came.low >= fewest && smalls.every(outcome => published[outcome].high === few.high) &&
    booked.low - known - few.high * smalls.length + together >= fewest
}

/** A division of the places of a block, of which everyone is taken to know the sums. */
function divisionOf (
  activities: readonly CountedActivity[], published: ReadonlyMap<string, Published>, kinds: readonly CountedKind[]
): PublishedKind[] {
  const core = activities.filter(hasOwnNumber)
  const [booked, came] = [total(core, bookedOf), total(core, ({ came }) => came)]
  // Small sums would say too much of each kind, even hidden.
  const areSumsKnown = 'came' in sumsKnown(activities, published) && !isSmall(came) && !isSmall(booked - came)
  return dividedOf(kinds, areSumsKnown)
}

function total<Counted> (counted: readonly Counted[], countOf: (one: Counted) => number): number {
  return counted.reduce((sum, one) => sum + countOf(one), 0)
}
