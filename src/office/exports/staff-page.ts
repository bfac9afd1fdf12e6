import type { DateTime } from 'luxon'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { shortMoment, whenInWords } from '../../programme/activities/when.ts'
import { fieldsOf } from '../../booking/attendees/filter.ts'
import type { AttendeeFilter } from '../../booking/attendees/filter.ts'
import { statuses } from '../../booking/bookings/booking.ts'
import { statusTags } from '../../booking/bookings/status-tag.ts'
import { fieldsIn } from '../../platform/http/form-answers.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { officeZone } from '../../platform/clock.ts'
import { columnsFor, leftOutInWords, onListInWords } from './choosing.ts'
import type { Chosen, Counts } from './choosing.ts'
import { activityColumns, allColumns, usualColumns } from './columns.ts'
import type { ListColumn } from './columns.ts'
import { formatNames, listFormats } from './formats.ts'
import { peopleInWords } from '../../programme/activities/in-words.ts'
import { whoInWords } from './in-words.ts'
import { purposeNames, purposes } from './purposes.ts'
import type { Purpose } from './purposes.ts'
import type { LastList, ListedActivity, Selection } from './queries.ts'
import { mostActivities } from './schema.ts'

/** A list that is on its way for longer has stopped, whatever became of it. */
const longestMinutes = 15

/** What was filled in, where the form is shown again: wrongly, or before its person had to show who they are. */
export interface Tried { body: unknown, errors: FormErrors | undefined }

/** The page on which someone chooses what is in a list, how they want it and why. */
export function listPageOf (
  { chosen, counts, last }: { chosen: Chosen, counts: Counts, last: LastList | undefined },
  now: DateTime<true>, tried?: Tried
) {
  const { activity, activities, leftOut, filter, path, address, changeHref } = chosen
  const people = [...counts.values()].reduce((sum, some) => sum + some, 0)
  return {
    ...(activity && runningOf(activity)),
    href: address === '' ? path : `${path}?${address}`,
    changeHref,
    people: peopleInWords(people),
    isEmpty: people === 0,
    who: whoInWords(filter),
    search: filter.search,
    standingHref: `/staff/lists/standing/new${standingOf(chosen)}`,
    leftOut: leftOut && `${leftOutInWords(leftOut)} that you chose ${leftOut.count === 1 ? 'is' : 'are'} not in this list.`,
    several: activity === undefined && activities.map(one => ({
      title: one.title, when: whenInWords(one), people: onListInWords(one, counts)
    })),
    ...listFieldsOf(columnsFor(chosen), keptChoice(last, filter), tried),
    cutOff: cutOffOf(last, now),
    errors: tried?.errors
  }
}

/** What the address of a list that is sent regularly says of the same people; what was searched for is never kept. */
function standingOf ({ activity, activities, filter }: Chosen): string {
  const campaigns = new Set(activities.map(({ campaign }) => campaign.slug))
  const [campaign = ''] = campaigns.size === 1 ? campaigns : []
  const about = activity === undefined ? { campaign } : { activity: activity.slug }
  const fields = [...Object.entries(about), ...fieldsOf(filter)].filter(([, value]) => value !== '')
  return fields.length === 0 ? '' : `?${new URLSearchParams(fields)}`
}

/** What is ticked and filled in on a form about a list that was not sent yet. */
export interface ListChoice {
  columns: readonly string[]
  format: string | undefined
  why?: Purpose | undefined
  other?: string | undefined
}

/** What someone chose the last time, or what most need; who asks for people in their turn wants it in the list. */
export function keptChoice (last: LastList | undefined, { sort }: Pick<AttendeeFilter, 'sort'>): ListChoice {
  const columns = last === undefined || last.columns.length === 0 ? usualColumns : last.columns
  return { columns: sort === 'turn' ? [...columns, 'turn'] : columns, format: last?.format }
}

/** The fields about what is in a list, its format and why someone needs it. */
export function listFieldsOf (columns: readonly ListColumn[], choice: ListChoice, tried?: Tried) {
  const given = tried && fieldsIn(tried.body)
  const has = (name: string, value: string, otherwise: boolean) =>
    given === undefined ? otherwise : given.some(field => field.name === name && field.value === value)
  const box = ({ name, heading }: ListColumn) =>
    ({ value: name, text: heading, checked: has('columns', name, choice.columns.includes(name)) })
  return {
    columns: columns.filter(({ name }) => !activityColumns.includes(name)).map(box),
    activityColumns: columns.filter(({ name }) => activityColumns.includes(name)).map(box),
    withheld: allColumns.filter(column => !columns.includes(column)).map(({ heading }) => heading),
    formats: formatNames.map((value, n) => ({
      value,
      text: listFormats[value].text,
      checked: has('format', value, choice.format === undefined ? n === 0 : value === choice.format)
    })),
    purposes: purposeNames.map(value => ({ value, text: purposes[value], checked: has('why', value, value === choice.why) })),
    other: given === undefined ? choice.other : given.find(({ name }) => name === 'why_other')?.value
  }
}

/** The last list of someone, if it did not reach them whole as far as we know. */
function cutOffOf (last: LastList | undefined, now: DateTime<true>) {
  if (last === undefined) return undefined
  const { rows, rowsSent, begunAt, madeAt } = last
  const isStillGoing = rowsSent === undefined && now < begunAt.plus({ minutes: longestMinutes })
  if (isStillGoing || rowsSent === rows) return undefined
  return {
    when: shortMoment(begunAt, officeZone),
    what: rowsSent === undefined
      ? `We do not know if all ${rows.toLocaleString('en-GB')} rows reached you.`
      : `It broke off after ${rowsSent.toLocaleString('en-GB')} of ${rows.toLocaleString('en-GB')} rows.`,
    href: madeAt
  }
}

interface ListsPage {
  activities: readonly ListedActivity[]
  total: number
  campaigns: ReadonlyArray<{ slug: string, title: string }>
  /** Undefined: nothing was asked, and those of the last weeks and to come are shown. */
  asked: Selection | undefined
  last: LastList | undefined
}

/** The page on which someone chooses the activities of a list. */
export function listsPageOf (
  { activities, total, campaigns, asked, last }: ListsPage, now: DateTime<true>, tried?: Tried
) {
  const fields = fieldsIn(tried?.body)
  const typed = (name: string) => fields.find(field => field.name === name)?.value
  const day = (at: DateTime<true> | undefined) => at?.setZone(officeZone).toISODate()
  const campaign = tried === undefined ? asked?.campaign : typed('campaign')
  return {
    campaigns: [
      { value: '', text: 'Any campaign' },
      ...campaigns.map(({ slug, title }) => ({ value: slug, text: title, selected: slug === campaign }))
    ],
    from: tried === undefined ? day(asked?.from) : typed('from'),
    to: tried === undefined ? day(asked?.before?.minus({ days: 1 })) : typed('to'),
    isAsked: asked !== undefined && tried === undefined,
    campaign,
    total,
    isTooLong: total > mostActivities,
    most: mostActivities,
    activities: activities.map(({ slug, title, campaign, ...its }) => ({
      value: slug,
      text: title,
      hint: { text: `${whenInWords(its)} · ${campaign.title}` },
      checked: fields.some(({ name, value }) => name === 'activity' && value === slug)
    })),
    statuses: statuses.map(status => ({ value: status, text: statusTags[status].text, checked: false })),
    cutOff: cutOffOf(last, now),
    errors: tried?.errors
  }
}
