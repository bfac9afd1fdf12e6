import type { DateTime } from 'luxon'
import { cameOfBooked } from './divided.ts'
import type { CountedKind, PublishedKind } from './divided.ts'
import type { FinalResults } from '../evaluation-results/queries.ts'
import { addedAnswers } from './answers.ts'
import type { AddedQuestion } from './answers.ts'
import { addedUp, hasOwnNumber, publishedOf } from './published.ts'
import type { CountedActivity, CountedBlock, Division, Published, PublishedBlock } from './published.ts'
import { quarterOf } from './quarters.ts'
import type { Span } from './quarters.ts'
import type { CountedDivision, CountedPlaces, ReportedActivity } from './queries.ts'
import { exactly, sumOf } from './small-numbers.ts'

/** What the lines of a report may be. */
export const groupings = ['activity', 'campaign', 'agency', 'quarter', 'kind', 'audience'] as const
export type Grouping = typeof groupings[number]

export const divisionsShown = ['district', 'role', 'heard-from', 'lead-time'] as const satisfies readonly Division[]

/** Which activities a report is about. */
export interface Selection extends Span {
  /** Slug of a campaign, or of a leading organisation; undefined: all. */
  campaign: string | undefined
  agency: string | undefined
}

/** Activities that are counted together: see `CountedBlock`. */
export interface Block {
  /** Those that are over. */
  activities: ReportedActivity[]
  /** Any of them, over or not: all have its campaign, and the organisation that leads it. */
  first: ReportedActivity
  quarter: string
  isOver: boolean
}

/** The blocks of a selection, of which the activities that are over count. */
export function blocksOf (
  activities: readonly ReportedActivity[], { from, to, campaign, agency }: Selection, now: DateTime<true>
): Block[] {
  const chosen = activities.filter(activity =>
    (campaign === undefined || activity.campaign.slug === campaign) &&
    (agency === undefined || activity.leadAgency?.slug === agency))
  const keyOf = ({ startsAt, zone, campaign, leadAgency }: ReportedActivity) =>
    JSON.stringify([quarterOf(startsAt, zone), campaign.slug, leadAgency?.slug])
  return [...Map.groupBy(chosen, keyOf).values()].flatMap((some): Block[] => {
    const [first] = some
    if (first === undefined) return []
    const quarter = quarterOf(first.startsAt, first.zone)
    const activities = some.filter(({ endsAt }) => endsAt <= now)
    const block = { activities, first, quarter, isOver: activities.length === some.length }
    return quarter < from || quarter > to ? [] : [block]
  })
}

/** One line of a report, or all of it. */
export interface Line extends Published {
  /** Number of places that there were, in the activities that had such a number. */
  offered: number
  /** Whether all of them had: only then can what was booked be a share of it. */
  isAllOffered: boolean
}

export interface Report {
  total: Line
  lines: Array<{ of: ReportedActivity, block: Block, line: Line }>
  blocks: Array<{ block: Block, published: PublishedBlock }>
  /** How people are divided, in the blocks that are over. */
  divisions: Map<Division, PublishedKind[]>
  /** Everyone in these blocks. */
  divided: Published
  /** What people thought. */
  thought: { questions: AddedQuestion[], stillOpen: number }
}

/** Counted in activities that are over, and how people of their blocks are divided. */
export interface Counted {
  places: ReadonlyMap<string, CountedPlaces>
  divisions: readonly CountedDivision[]
  /** What people thought of each activity, as far as nobody can add to it. */
  answers: readonly FinalResults[]
}

/** How people of an activity are counted. */
export function countedActivityOf (
  { id, walkIns }: Pick<ReportedActivity, 'id' | 'walkIns'>, places: ReadonlyMap<string, CountedPlaces>
): CountedActivity {
  const { booked, came, recorded, waited } = places.get(id) ?? { booked: 0, came: 0, recorded: 0, waited: 0 }
  return { id, walkIns, waited, came, didNotCome: recorded - came, notRecorded: booked - recorded }
}

/**
 * For each activity of which the people are divided, the number of its block. Those that so few people booked that
 * their number is not published are left out, because everything else of their block could be subtracted.
 */
export function dividedActivities (
  blocks: readonly Block[], places: ReadonlyMap<string, CountedPlaces>
): Map<string, number> {
  return new Map(blocks.flatMap(({ activities, isOver }, n) => activities
    .filter(activity => isOver && hasOwnNumber(countedActivityOf(activity, places)))
    .map(({ id }) => [id, n] as const)))
}

/** What all of it came to. */
export function reportOf (blocks: readonly Block[], { places, divisions, answers }: Counted): Report {
  const divisionsOf = Map.groupBy(divisions, ({ block }) => block)
  const published = blocks.map((block, n) => ({
    block, published: publishedOf(countedBlockOf(block, places, divisionsOf.get(n) ?? []))
  }))
  const over = published.filter(({ block }) => block.isOver)
  return {
    total: lineOf(published.map(({ published }) => published.total), blocks.flatMap(({ activities }) => activities)),
    lines: published.flatMap(({ block, published }) => block.activities.flatMap(activity => {
      const its = published.activities.get(activity.id)
      return its === undefined ? [] : [{ of: activity, block, line: lineOf([its], [activity]) }]
    })),
    blocks: published,
    divisions: new Map(divisionsShown.map(by =>
      [by, addedDivisions(over.map(({ published }) => published.divisions?.get(by) ?? []))])),
    divided: addedUp(over.map(({ published }) => published.total)),
    thought: {
      questions: addedAnswers(answers.map(({ questions }) => questions)),
      stillOpen: answers.filter(({ isOpen }) => isOpen).length
    }
  }
}

export function lineOf (published: readonly Published[], activities: readonly ReportedActivity[]): Line {
  return {
    ...addedUp(published),
    offered: activities.reduce((sum, { capacity = 0 }) => sum + capacity, 0),
    isAllOffered: activities.every(({ capacity }) => capacity !== undefined)
  }
}

/** What is counted together, and its name: two campaigns may have the same, and hints tell these apart. */
export interface NamedLine {
  key: string
  name: string
  hints: readonly string[]
}

/** Of the lines of whole blocks and of single activities, those alike. */
export function groupedBy (
  { lines, blocks }: Report,
  linesOf: (of: ReportedActivity, quarter: string) => readonly NamedLine[],
  isOfBlocks: boolean
): Array<NamedLine & { line: Line }> {
  const parts = isOfBlocks
    ? blocks.flatMap(({ block: { first, quarter, activities }, published }) => activities.length === 0
      ? []
      : [{ of: first, quarter, line: lineOf([published.total], activities) }])
    : lines.map(({ of, block, line }) => ({ of, quarter: block.quarter, line }))
  const named = parts.flatMap(({ of, quarter, line }) => linesOf(of, quarter).map(named => ({ ...named, line })))
  return [...Map.groupBy(named, ({ key }) => key)].map(([key, some]) => ({
    key,
    name: some[0]?.name ?? key,
    hints: some[0]?.hints ?? [key],
    line: {
      ...addedUp(some.map(({ line }) => line)),
      offered: some.reduce((sum, { line }) => sum + line.offered, 0),
      isAllOffered: some.every(({ line }) => line.isAllOffered)
    }
  }))
}

function countedBlockOf (
  { activities, isOver }: Block, places: ReadonlyMap<string, CountedPlaces>, divisions: readonly CountedDivision[]
): CountedBlock {
  const counted = activities.map(activity => countedActivityOf(activity, places))
  const of = Map.groupBy(divisions, ({ by }) => by)
  return {
    activities: counted,
    isOver,
    divisions: new Map(divisionsShown.map(by => [by, withTheRest(of.get(by) ?? [], counted.filter(hasOwnNumber))]))
  }
}

/** With those of whom nothing is said, so that the kinds are all of a block: in a fixed order. */
function withTheRest (kinds: readonly CountedKind[], activities: readonly CountedActivity[]): CountedKind[] {
  const [none, said] = [kinds.filter(({ value }) => value === ''), kinds.filter(({ value }) => value !== '')]
  const sum = (some: readonly CountedKind[], part: 'booked' | 'came') => some.reduce((sum, kind) => sum + kind[part], 0)
  const booked = activities.reduce((sum, one) => sum + one.came + one.didNotCome + one.notRecorded, 0)
  const came = activities.reduce((sum, one) => sum + one.came, 0)
  const rest = {
    value: '',
    booked: Math.max(sum(none, 'booked'), booked - sum(said, 'booked')),
    came: Math.max(sum(none, 'came'), came - sum(said, 'came'))
  }
  return [...said.toSorted((one, other) => one.value < other.value ? -1 : 1), ...rest.booked > 0 ? [rest] : []]
    .map(({ value, booked, came }) => ({ value, booked, came: Math.min(came, booked) }))
}

function addedDivisions (blocks: ReadonlyArray<readonly PublishedKind[]>): PublishedKind[] {
  return [...Map.groupBy(blocks.flat(), ({ value }) => value)].map(([value, some]) => ({
    value,
    booked: some.length === 0 ? exactly(0) : sumOf(some.map(({ booked }) => booked)),
    came: some.every(({ came }) => came === undefined)
      ? undefined
      : sumOf(some.map(({ booked, came }) => came ?? cameOfBooked(booked)))
  }))
}
