import { DateTime } from 'luxon'
import { audiences } from '../../programme/campaigns/audiences.ts'
import { isLong } from '../../programme/activities/page.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'
import { elsewhere } from '../../programme/public-pages/placed.ts'
import { isFor, isNarrow } from '../../programme/public-pages/programme-filter.ts'
import type { PlannedActivity } from './planned-activity.ts'

/** When parents who work can come. */
const freeTimes = ['evening', 'weekend'] as const
export type FreeTime = typeof freeTimes[number]

/** How much there is in a district: for each audience in order, and for parents in an evening or at a weekend. */
export interface DistrictRow {
  /** A district, or a key of `elsewhere`. */
  district: string
  counts: number[]
  whenParentsAreFree: number
}

/** What a campaign has nothing of. */
export interface Gaps {
  districts: string[]
  audiences: string[]
  /** Days that are not over, as `2026-12-01`. */
  days: string[]
  freeTimes: FreeTime[]
  table: { audiences: string[], rows: DistrictRow[] }
}

interface Campaign {
  zone: string
  districts: readonly string[]
  firstDay: string | undefined
  lastDay: string | undefined
  /** Who it has something to say to; empty: everyone there is. */
  audiences: readonly string[]
}

/** Days of a longer campaign without anything are no gaps: nobody fills a year. */
const mostDays = 31

/** From this hour on it is evening. */
const eveningFrom = 17

/** What these activities leave out, on the day `today`. */
export function gapsOf (campaign: Campaign, planned: readonly PlannedActivity[], today: string): Gaps {
  const expected = audiences.filter(isNarrow)
    .filter(audience => campaign.audiences.length === 0 || campaign.audiences.includes(audience))
  const days = daysOf(campaign)
  const short = planned.filter(one => !isLong(one))
  const used = new Set(short.map(({ startsAt }) => calendarDayOf(startsAt, campaign.zone)))
  const possible = freeTimes.filter(time => days.length === 0 || days.some(day => (time === 'weekend') === isWeekend(day)))
  const free = planned.filter(isOpenToParents).flatMap(one => freeTimeOf(one) ?? [])
  return {
    districts: campaign.districts.filter(name => !planned.some(({ district }) => district === name)),
    audiences: expected.filter(audience => !planned.some(one => isFor(one, audience))),
    days: days.filter(day => day >= today && !used.has(day)),
    freeTimes: campaign.audiences.length > 0 && !expected.includes('parents')
      ? []
      : possible.filter(time => !free.includes(time)),
    table: tableOf(campaign, planned, expected)
  }
}

function daysOf ({ firstDay, lastDay }: Campaign): string[] {
  if (firstDay === undefined || lastDay === undefined) return []
  const [first, last] = [firstDay, lastDay].map(day => DateTime.fromISO(day, { zone: 'utc' })) as [DateTime, DateTime]
  const length = last.diff(first, 'days').days + 1
  return length > mostDays ? [] : Array.from({ length }, (_, n) => first.plus({ days: n }).toFormat('yyyy-MM-dd'))
}

export function isWeekend (day: string): boolean {
  return DateTime.fromISO(day, { zone: 'utc' }).weekday > 5
}

/** True for what parents can simply come to, or book. */
function isOpenToParents (one: PlannedActivity): boolean {
  return one.visibility === 'public' && ['places', 'drop-in'].includes(one.booking) && !isLong(one) && isFor(one, 'parents')
}

function freeTimeOf ({ startsAt, zone }: PlannedActivity): FreeTime | undefined {
  const { weekday, hour } = startsAt.setZone(zone)
  if (weekday > 5) return 'weekend'
  return hour >= eveningFrom ? 'evening' : undefined
}

function tableOf (
  { districts }: Campaign, planned: readonly PlannedActivity[], expected: readonly string[]
): Gaps['table'] {
  const rowOf = ({ district, isOnline }: PlannedActivity) => district ?? (isOnline ? 'online' : 'other')
  const named = new Set(planned.map(rowOf))
  const rows = [...new Set([
    ...districts,
    ...[...named].filter(name => !Object.hasOwn(elsewhere, name)).sort(),
    ...Object.keys(elsewhere).filter(name => named.has(name))
  ])]
  const columns = [...new Set([
    ...expected, ...planned.flatMap(({ audiences }) => audiences).filter(isNarrow).sort()
  ])]
  return {
    audiences: columns,
    rows: rows.map(district => {
      const there = planned.filter(one => rowOf(one) === district)
      return {
        district,
        counts: columns.map(audience => there.filter(one => isFor(one, audience)).length),
        whenParentsAreFree: there.filter(one => isOpenToParents(one) && freeTimeOf(one) !== undefined).length
      }
    })
  }
}
