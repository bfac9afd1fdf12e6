import type { DateTime } from 'luxon'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { whereInWords } from '../../programme/activities/page.ts'
import { momentInWords, whenInWords, calendarDayOf } from '../../programme/activities/when.ts'
import { tellsTooMuch } from '../../booking/attendees/filter.ts'
import type { AttendeeFilter } from '../../booking/attendees/filter.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { may } from '../../identity/staff/roles.ts'
import type { Led, Permission } from '../../identity/staff/roles.ts'
import { allColumns } from './columns.ts'
import type { ListColumn } from './columns.ts'
import { TellsTooMuch } from './errors.ts'
import type { FormatName } from './formats.ts'
import { peopleInWords } from '../../programme/activities/in-words.ts'
import { officeZone } from '../../platform/clock.ts'
import { whoInOneLine } from './in-words.ts'
import type { ListedActivity } from './queries.ts'

/** Of whom someone wants a list, and where the page about it is. */
export interface Chosen {
  staff: StaffMember
  /** Undefined: several. */
  activity: KnownActivity | undefined
  activities: readonly ListedActivity[]
  /** How many activities were chosen that are not in the list, if any. */
  leftOut: { count: number, of: number } | undefined
  filter: AttendeeFilter
  /** Address of the page, without who is asked about. */
  path: string
  /** What the address says of who is asked about. */
  address: string
  /** Where that is chosen. */
  changeHref: string
  /** Where the list can be chosen again, without anyone who is looked for. */
  againHref: string
  /** Begins the name of the file; never what someone typed. */
  file: string
}

/** How they want it, and why. */
export interface Wanted {
  columns: readonly ListColumn[]
  format: FormatName
  why: string
  /** Whether they chose all this, and are shown it next time. */
  isChosen: boolean
}

/** Who wants a list, and of which activities. */
interface Wanting { staff: StaffMember, activities: readonly Led[] }

/** The columns that someone may have: of every activity of the list. */
export function columnsFor (chosen: Wanting): ListColumn[] {
  return allColumns.filter(({ permission }) => permission === undefined || mayAll(chosen, permission))
}

/**
 * Refuses a list of people for what is in a column that someone may not have: that they are on it tells it. What people
 * on it have in common is seen on the page, but not taken away.
 */
export function assertMayTake (chosen: Wanting & Pick<Chosen, 'filter'>): void {
  if (!mayTake(chosen)) throw new TellsTooMuch()
}

/** Whether `assertMayTake` lets someone have a list. */
export function mayTake (chosen: Wanting & Pick<Chosen, 'filter'>): boolean {
  return !tellsTooMuch(chosen.filter) || mayAll(chosen, 'export needs and phones')
}

function mayAll ({ staff, activities }: Wanting, permission: Permission): boolean {
  return activities.every(activity => may(staff, permission, activity))
}

/** The zone of a list's day, and of what it says of itself. */
function zoneOf ({ activities }: Pick<Chosen, 'activities'>): string {
  return activities[0]?.zone ?? officeZone
}

export function titleOf ({ activity, activities }: Chosen): string {
  return activity === undefined ? `Attendees of ${activities.length} activities` : activity.title
}

/** How many people are on a list of each activity, by id; an activity with nobody is left out. */
export type Counts = ReadonlyMap<string, number>

/** How many people are on a list of one activity. */
export function onListInWords ({ id }: Pick<ListedActivity, 'id'>, counts: Counts): string {
  const count = counts.get(id) ?? 0
  return count === 0 ? 'nobody' : peopleInWords(count)
}

/**
 * The name of the file. It says that some of the activities that were chosen are not in it: a CSV file has nothing but
 * rows, and its name goes along when it is passed on.
 */
export function fileNameOf (chosen: Chosen, format: string, now: DateTime<true>): string {
  const { file, leftOut } = chosen
  const which = leftOut === undefined ? '' : `-${leftOut.of - leftOut.count}-of-${leftOut.of}-activities`
  return `${file}${which}-${calendarDayOf(now, zoneOf(chosen))}.${format}`
}

/** What a list says of itself, as lines of what and which. */
export function aboutOf (
  chosen: Chosen, { counts, why }: { counts: Counts, why: string }, now: DateTime<true>
): Array<[what: string, which: string]> {
  const count = [...counts.values()].reduce((sum, some) => sum + some, 0)
  return [
    ...activityLines(chosen, counts),
    ['Who', whoInOneLine(chosen.filter)],
    ['How many', peopleInWords(count)],
    ['Made', `${momentInWords(now, zoneOf(chosen))}, by ${chosen.staff.name}`],
    ['Why', why],
    ['Take care', 'This is personal information. Delete this file when you no longer need it.']
  ]
}

/** Of the activities that were chosen, those that are not in the list: `2 of the 4 activities`. */
export function leftOutInWords ({ count, of }: { count: number, of: number }): string {
  return `${count} of the ${of} activities`
}

function activityLines (
  { activity, activities, leftOut }: Chosen, counts: Counts
): Array<[what: string, which: string]> {
  if (activity === undefined) {
    return [
      ...activities.map((one): [string, string] => [
        'Activity', `${one.title}: ${whenInWords(one)}, ${whereInWords(one)}: ${onListInWords(one, counts)}`
      ]),
      ...leftOut === undefined ? [] : [['Not in it', `${leftOutInWords(leftOut)} that were chosen`] as [string, string]]
    ]
  }
  return [['Activity', activity.title], ['When', whenInWords(activity)], ['Where', whereInWords(activity)]]
}
