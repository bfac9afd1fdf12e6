import type { DateTime } from 'luxon'
import { isKind } from '../../mail/emails/kinds.ts'
import { kindsInWords } from '../../mail/emails/in-words.ts'
import { beginningOf, changesBetween, service } from './changes-in-words.ts'
import type { Change, Names, Snapshot } from './changes-in-words.ts'

/** Something that a member of staff did. */
export interface DeedOn {
  at: DateTime<true>
  who: string
  action: string
  details: unknown
  /** Whether it was done to a whole activity, and is shown only where it changed this booking. */
  isToAll: boolean
}

/** One line of a history; `Extra` are the fields of lines that are neither changes nor staff actions. */
export interface Line<Extra = never> {
  at: DateTime<true>
  says: string
  by: string
  deed?: DeedOn
  extra?: Extra
}

interface Material<Extra> {
  events: readonly Snapshot[]
  deeds: readonly DeedOn[]
  /** Lines of another kind, such as emails. */
  others: ReadonlyArray<Line<Extra>>
  /** When it was booked: where the events begin later, its beginning is not shown. */
  createdAt: DateTime<true>
  /** Whether it was made from someone's turn on another date, without their asking. */
  isCopy: boolean
}

/**
 * The history of a booking: each event in order, each staff action, and the other lines. An action and its result are
 * one line, because a transaction writes both with the same time.
 */
export function historyOf<Extra> (
  { events, deeds, others, createdAt, isCopy }: Material<Extra>, names: Names
): Array<Line<Extra>> {
  const causes = new Set<DeedOn>()
  const changes = events.map((after, n): Line<Extra> => {
    const before = events[n - 1]
    const isCurrent = n === events.length - 1
    const told = before === undefined
      ? [beginningOf(after, createdAt, isCopy)]
      : changesBetween(before, after, isCopy, { ...names, offeredUntil: isCurrent ? names.offeredUntil : undefined })
    const cause = deeds.find(deed => !causes.has(deed) && deed.at.toMillis() === after.at.toMillis() &&
      told.some(({ change }) => causedBy(deed.action).includes(change)))
    if (cause !== undefined) causes.add(cause)
    return {
      at: after.at,
      says: told.map(({ says }) => `${says}.`).join(' '),
      by: cause?.who ?? told[0]?.by ?? service,
      ...cause !== undefined && { deed: cause }
    }
  })
  const alone = deeds.filter(deed => !causes.has(deed) && !deed.isToAll)
    .map((deed): Line<Extra> => ({ at: deed.at, says: `${deedInWords(deed)}.`, by: deed.who, deed }))
  return inTurn(inTurn(changes, alone), others)
}

/**
 * Merges two lists by time; at the same instant `first` goes first. Each keeps its own order, also where clocks
 * disagreed.
 */
function inTurn<T extends { at: DateTime<true> }> (first: readonly T[], second: readonly T[]): T[] {
  const merged: T[] = []
  let n = 0
  for (const one of first) {
    for (let next = second[n]; next !== undefined && next.at < one.at; next = second[++n]) merged.push(next)
    merged.push(one)
  }
  return [...merged, ...second.slice(n)]
}

/** Staff actions that change the state of a booking, and the changes each can cause. */
const causes: Readonly<Record<string, readonly Change[]>> = {
  'booking.cancelled': ['cancelled'],
  'activity.cancelled': ['cancelled'],
  'booking.picked': ['placed', 'offered'],
  'booking.made': ['booked', 'joined', 'placed'],
  'booking.corrected': ['places'],
  'booking.moved': ['moved'],
  'booking.turn-restored': ['waiting', 'placed', 'offered'],
  'another-date.made': ['joined']
}

function causedBy (action: string): readonly Change[] {
  return Object.hasOwn(causes, action) ? causes[action] ?? [] : []
}

/** The words in the history for actions on this booking. */
const deeds: Readonly<Record<string, string>> = {
  'booking.cancelled': 'Cancelled the booking',
  'booking.picked': 'Gave a place from the waiting list',
  'booking.made': 'Booked for them',
  'booking.corrected': 'Changed details',
  'booking.links-ended': 'Made new links, and ended the earlier ones',
  'attendance.changed': 'Noted whether they came',
  'question.answered': 'Marked their question as answered',
  'question.handed-over': 'Handed their question to safeguarding',
  'booking.access-answered': 'Said what is arranged for them',
  'booking.telephoned': 'Told them by phone'
}

/** What was done; an action without words here is shown by its name. */
function deedInWords ({ action, details }: DeedOn): string {
  if (action === 'letter.sent-again') {
    const { kind } = (details ?? {}) as { kind?: unknown }
    return typeof kind === 'string' && isKind(kind) ? `Sent an email again: ${kindsInWords[kind].name}` : 'Sent an email again'
  }
  if (action === 'booking.prioritised') {
    const { group } = (details ?? {}) as { group?: unknown }
    return typeof group === 'string'
      ? `Put them into the group “${group}” of the waiting list`
      : 'Took them out of any group of the waiting list'
  }
  const known = Object.hasOwn(deeds, action) ? deeds[action] : undefined
  const spaced = action.replace(/^booking\./, '').replaceAll(/[.-]/g, ' ')
  return known ?? `${spaced.charAt(0).toUpperCase()}${spaced.slice(1)}`
}
