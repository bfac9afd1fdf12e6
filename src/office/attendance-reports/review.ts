import { z } from 'zod'
import type { Seal } from '../../platform/seal.ts'
import type { DateTime } from 'luxon'
import { ReportRefused, ReviewLost } from './errors.ts'
import type { Match } from './matching.ts'
import { distinct, hasCome, minutesAtLeast, overlap, secondsDuring } from './presence.ts'
import type { Presence, Span } from './presence.ts'

/** Where a report came from. */
export const reportSources = ['file', 'teams'] as const

const Reviewed = z.object({
  at: z.number(),
  from: z.enum(reportSources),
  /** What its organiser says of where it is from. */
  note: z.string(),
  people: z.array(z.object({
    name: z.string(),
    isPresenter: z.boolean(),
    // A page may still be open that the version before has sealed.
    isTwice: z.boolean().default(false),
    presences: z.array(z.tuple([z.number(), z.number(), z.number()])),
    found: z.object({ bookingId: z.string(), by: z.enum(['address', 'name']) }).optional(),
    near: z.array(z.string())
  })),
  /** Bookings of which the page says that staff noted that nobody came: who chooses one has seen it. */
  shownAbsent: z.array(z.string()).default([])
})

/**
 * What is left of a report while a person decides about it: who was there and when, and which booking it may be. It is
 * nowhere but in their page, sealed, for one activity: the database never has it.
 */
export type Review = z.infer<typeof Reviewed>

/** A page is forgotten in a tab for longer than this, or it was stolen from there. */
const hoursOpen = 12

/** What the field of a page may hold: with what is chosen beside it, a form stays below what a page may send. */
const mostSealed = 700_000

/** What a report leaves to decide: of when someone was there only what is of the event, and each join once. */
export function reviewOf (
  matches: readonly Match[], event: Span, { from, note }: Pick<Review, 'from' | 'note'>, now: DateTime<true>
): Review {
  const people = matches.map(({ joiner: { name, isPresenter, isTwice, presences }, found, near }) => ({
    name,
    isPresenter,
    isTwice,
    presences: distinct(presences).filter(presence => overlap(presence, event))
      .map(({ from, to, seconds }): [number, number, number] => [from, to, seconds]),
    ...found !== undefined && { found },
    near
  }))
  return { at: now.toMillis(), from, note, people, shownAbsent: [] }
}

/** Throws `ReportRefused` where it is more than the page could send back. */
export function sealReview (seal: Seal, activityId: string, review: Review): string {
  const sealed = seal.close(JSON.stringify(review), purpose(activityId))
  if (sealed.length > mostSealed) throw new ReportRefused('too-many')
  return sealed
}

/** Throws `ReviewLost` for anything that we did not seal for this activity, a while ago at most. */
export function openReview (seal: Seal, activityId: string, sealed: unknown, now: DateTime<true>): Review {
  const review = Reviewed.parse(JSON.parse(opened(seal, activityId, sealed)))
  if (review.at < now.minus({ hours: hoursOpen }).toMillis()) throw new ReviewLost()
  return review
}

function opened (seal: Seal, activityId: string, sealed: unknown): string {
  try {
    return seal.open(String(sealed), purpose(activityId))
  } catch {
    throw new ReviewLost()
  }
}

const purpose = (activityId: string) => `attendance report of ${activityId}`

/** What a person decides of someone whom the report does not tell. */
export type Decision = { bookingId: string } | 'walk-in' | 'left-out'

/** What a report says of a booking: for how long its people were there, and whether that is enough. */
export interface Attended {
  bookingId: string
  hasCome: boolean
  minutesAtLeast: number
}

/**
 * What a report says of each booking, with what a person has decided, and how many it shows without a booking. Someone
 * is counted without one only if they stayed long enough.
 */
export function attendedIn (
  { people }: Review, decisions: ReadonlyMap<number, Decision>, event: Span
): { attended: Attended[], walkIns: number, leftOut: number } {
  const decided = people.map(({ found, presences }, n) => ({
    presences: presences.map(([from, to, seconds]): Presence => ({ from, to, seconds })),
    decision: found ?? decisions.get(n) ?? 'left-out' as const
  }))
  const byBooking = Map.groupBy(
    decided.flatMap(({ presences, decision }) =>
      typeof decision === 'string' ? [] : [{ presences, bookingId: decision.bookingId }]),
    ({ bookingId }) => bookingId)
  return {
    attended: [...byBooking].map(([bookingId, several]) => {
      const seconds = secondsDuring(event, several.flatMap(({ presences }) => presences))
      return { bookingId, hasCome: hasCome(event, seconds), minutesAtLeast: minutesAtLeast(seconds) }
    }),
    walkIns: decided.filter(({ decision, presences }) =>
      decision === 'walk-in' && hasCome(event, secondsDuring(event, presences))).length,
    leftOut: decided.filter(({ decision }) => decision === 'left-out').length
  }
}

/** The bookings that a person asks to change: by the choice beside a difference, or by naming one shown as such. */
export function askedFor (
  { shownAbsent }: Review, decisions: ReadonlyMap<number, Decision>, changed: ReadonlySet<string>
): Set<string> {
  const named = [...decisions.values()].flatMap(decision => typeof decision === 'string' ? [] : [decision.bookingId])
  return new Set([...changed, ...named.filter(id => shownAbsent.includes(id))])
}

/** What is recorded of a booking when a report is taken. */
export interface Noted { attended: boolean | undefined, minutesAtLeast: number | undefined }

/** What taking a report does to a booking. */
export type Taking = 'marks' | 'measures' | 'changes-nothing' | 'differs'

/**
 * Decides what a report changes of a booking. It never says that someone did not come, and never replaces what a person
 * has noted: where a host noted that they did not, that is shown, and changed only by someone who asks for it.
 * It measures again only upwards, so that the same report twice changes nothing.
 */
export function takingOf (noted: Noted, { hasCome, minutesAtLeast }: Attended, isAskedFor: boolean): Taking {
  if (noted.attended === false) return !hasCome ? 'changes-nothing' : isAskedFor ? 'marks' : 'differs'
  if (noted.attended === undefined && hasCome) return 'marks'
  return minutesAtLeast > (noted.minutesAtLeast ?? -1) ? 'measures' : 'changes-nothing'
}
