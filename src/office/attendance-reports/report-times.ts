import { DateTime } from 'luxon'
import { overlap } from './presence.ts'
import type { Span } from './presence.ts'

/** The two orders in which programs write a date with slashes. */
export const dateOrders = ['day-first', 'month-first'] as const
export type DateOrder = typeof dateOrders[number]

/** A time as it stands in a report; `order` is undefined where day and month cannot be taken for each other. */
export interface WrittenTime {
  year: number
  /** The first and the second number of a date with slashes. */
  numbers: [number, number]
  order: DateOrder | undefined
  hour: number
  minute: number
  second: number
  /** The zone in which it was written. */
  zone: string
}

const slashed = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})[, ]+(.+)$/
const yearFirst = /^(\d{4})-(\d{1,2})-(\d{1,2})[T, ]+(.+)$/
const clockTime = /^(\d{1,2}):(\d{2})(?::(\d{2}))? ?([ap])?\.?(?:m\.?)?$/i

/**
 * Reads a time as Teams and spreadsheets write it: `9/22/26, 2:48:05 PM`, `22/09/2026, 14:48:05`, `22.09.2026 14:48`,
 * `2026-09-22 14:48:05`. Undefined if it is none. With dots the day comes first everywhere.
 */
export function readTime (text: string, zone: string): WrittenTime | undefined {
  const plain = text.replaceAll(/\s+/gu, ' ').trim()
  const [, first, separator, second, year, time] = slashed.exec(plain) ?? []
  if (first !== undefined) {
    return timed({
      year: Number(year?.padStart(4, '20')),
      numbers: [Number(first), Number(second)],
      order: separator === '.' ? 'day-first' : undefined,
      zone
    }, time)
  }
  const [, longYear, month, day, otherTime] = yearFirst.exec(plain) ?? []
  if (longYear === undefined) return undefined
  return timed({ year: Number(longYear), numbers: [Number(month), Number(day)], order: 'month-first', zone }, otherTime)
}

function timed (
  date: Pick<WrittenTime, 'year' | 'numbers' | 'order' | 'zone'>, time: string | undefined
): WrittenTime | undefined {
  const [, hours, minute, second = '0', half] = clockTime.exec(time ?? '') ?? []
  if (hours === undefined) return undefined
  const hour = Number(hours)
  if (half === undefined ? hour > 23 : hour < 1 || hour > 12) return undefined
  const isAfternoon = half?.toLowerCase() === 'p'
  return {
    ...date,
    hour: half === undefined ? hour : hour % 12 + (isAfternoon ? 12 : 0),
    minute: Number(minute),
    second: Number(second)
  }
}

/**
 * The instant of a written time, in milliseconds; undefined if there is no such day or time. Of two, the first: luxon
 * alone would choose by the season in which the report is read.
 */
export function instantOf (
  { year, numbers, order: own, zone, hour, minute, second }: WrittenTime, order: DateOrder
): number | undefined {
  const [day, month] = (own ?? order) === 'day-first' ? numbers : [numbers[1], numbers[0]]
  const at = DateTime.fromObject({ year, month, day, hour, minute, second }, { zone })
  return at.isValid ? Math.min(...at.getPossibleOffsets().map(each => each.toMillis())) : undefined
}

/** What the times of a report can mean: the one order that fits, none, or both. */
export type OrderFound = DateOrder | 'none' | 'both'

/**
 * The order of day and month in a report, from all of its times and from when the activity was: an order in which one
 * of its dates does not exist is not it, nor is one in which nobody joined while the activity took place.
 */
export function orderOf (times: readonly WrittenTime[], joinable: Span): OrderFound {
  const [one, other] = dateOrders.filter(order => {
    const instants = times.map(time => instantOf(time, order))
    return instants.every(at => at !== undefined) && instants.some(at => overlap(joinable, { from: at, to: at + 1 }))
  })
  if (one === undefined) return 'none'
  return other === undefined || times.every(time => instantOf(time, one) === instantOf(time, other)) ? one : 'both'
}

/** Reads a duration as Teams writes it: `1h 2m 3s`, `29m 22s`, `8s`. In seconds; undefined if it is none. */
export function readDuration (text: string): number | undefined {
  const [, hours, minutes, seconds] =
    /^(?:(\d{1,4})\s*h)?\s*(?:(\d{1,4})\s*m(?:in)?)?\s*(?:(\d{1,6})\s*s)?$/i.exec(text.trim()) ?? []
  if (hours === undefined && minutes === undefined && seconds === undefined) return undefined
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)
}
